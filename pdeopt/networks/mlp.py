"""Multi-layer perceptrons on one flat parameter vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.special import expit, softmax

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.kernels.networks import evaluation as kernels
from pdeopt.kernels.networks.curvature import curvature_work_size, hessian_vector_product
from pdeopt.kernels.networks.gradients import gradient
from pdeopt.kernels.networks.layout import LOGISTIC, RELU, SIGMOID, SOFTMAX, SOFTPLUS, SQUARED, TANH, work_size
from pdeopt.landscapes import Landscape
from pdeopt.networks import checks
from pdeopt.networks.loss_landscapes import loss_landscape

__all__ = ["MLP"]

ACTIVATIONS = {"relu": RELU, "tanh": TANH, "sigmoid": SIGMOID, "softplus": SOFTPLUS}
LOSSES = {"logistic": LOGISTIC, "softmax": SOFTMAX, "squared": SQUARED}


@dataclass(frozen=True, init=False, repr=False)
class MLP:
    """A feed-forward network whose parameters are one flat vector.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of units, from the inputs to the outputs: ``[2, 20, 1]`` has one hidden layer, ``[2, 1]`` none.
    activation : {"relu", "tanh", "sigmoid", "softplus"}
        Of the hidden units. The outputs are linear: they are logits.
    loss : {"logistic", "softmax", "squared"}, optional
        By default ``"logistic"`` for one output, else ``"softmax"``.

    Raises
    ------
    TypeError, ValueError
        If a size is no positive whole number, or a name is unknown.

    Notes
    -----
    The parameters are, layer by layer, the weights (n_out, n_in) row by row and then the biases (n_out,).

    Examples
    --------
    >>> net = MLP([2, 20, 1])
    >>> net.n_parameters, net.slices["layer2"]
    (81, slice(60, 81, None))
    """

    sizes: tuple[int, ...]
    activation: str
    loss_name: str

    def __init__(self, sizes: Sequence[int], activation: str = "relu", loss: str | None = None) -> None:
        checked = checks.checked_sizes(sizes)
        default = "logistic" if checked[-1] == 1 else "softmax"
        object.__setattr__(self, "sizes", checked)
        object.__setattr__(self, "activation", checks.checked_name(activation, "activation", tuple(ACTIVATIONS)))
        object.__setattr__(self, "loss_name", checks.checked_name(loss or default, "loss", tuple(LOSSES)))
        if self.loss_name == "softmax" and checked[-1] == 1:
            raise ValueError('loss="softmax" needs two outputs or more, not sizes[-1]=1. Use loss="logistic".')

    @property
    def n_layers(self) -> int:
        """Number of layers with weights."""
        return len(self.sizes) - 1

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases."""
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.sizes))

    @property
    def layout(self) -> IntArray:
        """What kernels take: ``[n_layers, activation, loss, n_0, ..., n_L]``, codes for names."""
        codes = [self.n_layers, ACTIVATIONS[self.activation], LOSSES[self.loss_name]]
        return np.array([*codes, *self.sizes], dtype=np.int64)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every tensor, in the order of the vector: ``"layer1.weight"``, ``"layer1.bias"``, ..."""
        found: dict[str, tuple[int, ...]] = {}
        for k, (n_in, n_out) in enumerate(pairwise(self.sizes), 1):
            found |= {f"layer{k}.weight": (n_out, n_in), f"layer{k}.bias": (n_out,)}
        return found

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Where each layer, such as ``"layer1"``, and each tensor lies in the vector."""
        found: dict[str, slice] = {}
        start = 0
        for name, shape in self.shapes.items():
            layer, stop = name.split(".")[0], start + int(np.prod(shape))
            found[layer] = slice(found[layer].start if layer in found else start, stop)
            found[name] = slice(start, stop)
            start = stop
        return found

    def views(self, parameters: FloatArray) -> dict[str, FloatArray]:
        """Return every tensor as a view of the vector: writing to it changes the parameters.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)

        Returns
        -------
        dict of str to array
            By name, in the order of the vector.
        """
        vector = checks.checked_vector(parameters, "parameters", self.n_parameters)
        return {name: vector[self.slices[name]].reshape(shape) for name, shape in self.shapes.items()}

    def initial(self, seed: int = 0, scheme: str | float = "uniform") -> FloatArray:
        """Draw parameters.

        Parameters
        ----------
        seed : int
        scheme : "uniform" or float
            ``"uniform"``: weights and biases of a layer from ``U(-1/sqrt(n_in), 1/sqrt(n_in))``, as PyTorch does. A
            number: the standard deviation of a Gaussian on all parameters, biases included.

        Returns
        -------
        array, shape (n_parameters,)

        Raises
        ------
        ValueError
            If the scheme is neither ``"uniform"`` nor a number from 0 on.
        """
        rng = np.random.default_rng(seed)
        if scheme == "uniform":
            bounds = [np.full((n_in + 1) * n_out, n_in**-0.5) for n_in, n_out in pairwise(self.sizes)]
            return np.concatenate(bounds) * rng.uniform(-1.0, 1.0, self.n_parameters)
        return checks.checked_deviation(scheme) * rng.standard_normal(self.n_parameters)

    def forward(self, parameters: FloatArray, x: ArrayLike) -> FloatArray:
        """Return the outputs of the last layer, before any sigmoid: logits.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        x : array_like, shape (n, n_in)

        Returns
        -------
        array, shape (n, n_out)
        """
        theta, points = self._vector(parameters), checks.checked_points(x, self.sizes[0])
        out: FloatArray = np.empty((len(points), self.sizes[-1]))
        kernels.forward(theta, self.layout, points, np.empty(work_size(self.layout, 1)), out)
        return out

    def probabilities(self, parameters: FloatArray, x: ArrayLike) -> FloatArray:
        """Return the probabilities of classes, shape (n, n_out); with one output that of class 1.

        Arguments as in `forward`. A network with squared loss has none.
        """
        outputs = self.forward(parameters, x)
        if self.loss_name == "squared":
            raise ValueError("loss='squared' gives no probabilities. Use forward, or loss='logistic' or 'softmax'.")
        return np.asarray(expit(outputs) if self.loss_name == "logistic" else softmax(outputs, axis=1))

    def predict(self, parameters: FloatArray, x: ArrayLike) -> FloatArray | IntArray:
        """Return the labels of points, shape (n,), or with squared loss the outputs, shape (n, n_out).

        Arguments as in `forward`.
        """
        outputs = self.forward(parameters, x)
        if self.loss_name == "squared":
            return outputs
        labels = outputs[:, 0] > 0.0 if self.sizes[-1] == 1 else outputs.argmax(axis=1)
        return np.asarray(labels, dtype=np.int64)

    def loss(self, parameters: FloatArray, x: ArrayLike, y: ArrayLike) -> float:
        """Return the mean loss over points.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        x : array_like, shape (n, n_in)
        y : array_like, shape (n,) or (n, n_out)
            Labels, or with squared loss numbers; with logistic loss and several outputs a 0 or 1 for each.
        """
        return self._evaluated(parameters, x, y)[0]

    def accuracy(self, parameters: FloatArray, x: ArrayLike, y: ArrayLike) -> float:
        """Return the share of points with the right label; arguments as in `loss`."""
        return self._evaluated(parameters, x, y)[1]

    def gradient(self, parameters: FloatArray, x: ArrayLike, y: ArrayLike) -> FloatArray:
        """Return the gradient of the mean loss by the parameters, shape (n_parameters,); arguments as in `loss`."""
        theta, points, targets = self._arguments(parameters, x, y)
        work, out = np.empty(work_size(self.layout, len(points))), np.empty(self.n_parameters)
        gradient(theta, self.layout, points, targets, np.arange(len(points)), work, out)
        return out

    def hessian_vector_product(
        self, parameters: FloatArray, x: ArrayLike, y: ArrayLike, vector: ArrayLike
    ) -> FloatArray:
        """Return the Hessian of the mean loss by the parameters times a vector.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        x : array_like, shape (n, n_in)
        y : array_like, shape (n,) or (n, n_out)
            As in `loss`.
        vector : array_like, shape (n_parameters,)

        Returns
        -------
        array, shape (n_parameters,)

        Notes
        -----
        Exact, without the Hessian, by `pdeopt.kernels.networks.curvature.hessian_vector_product`.
        """
        theta, points, targets = self._arguments(parameters, x, y)
        direction = checks.checked_vector(np.asarray(vector, dtype=np.float64), "vector", self.n_parameters)
        work, out = np.empty(curvature_work_size(self.layout, len(points))), np.empty(self.n_parameters)
        hessian_vector_product(theta, self.layout, points, targets, direction, work, out)
        return out

    def landscape(self, x: ArrayLike, y: ArrayLike) -> Landscape:
        """Return the mean loss over points as a landscape of the parameters.

        Parameters
        ----------
        x : array_like, shape (n, n_in)
        y : array_like, shape (n,) or (n, n_out)
            As in `loss`.

        Returns
        -------
        Landscape
            Of dimension n_parameters, with its gradient: for `pdeopt.simulate`, `pdeopt.local_entropy` and the rest.

        Examples
        --------
        >>> net = MLP([1, 4, 1])
        >>> net.landscape([[0.0], [1.0]], [0, 1]).dim
        13
        """
        return loss_landscape(self.layout, self.n_parameters, *self._arguments(np.zeros(self.n_parameters), x, y)[1:])

    def _vector(self, parameters: FloatArray) -> FloatArray:
        return checks.checked_vector(parameters, "parameters", self.n_parameters)

    def _arguments(
        self, parameters: FloatArray, x: ArrayLike, y: ArrayLike
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        points = checks.checked_points(x, self.sizes[0])
        return self._vector(parameters), points, checks.checked_targets(y, self.loss_name, len(points), self.sizes[-1])

    def _evaluated(self, parameters: FloatArray, x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
        theta, points, targets = self._arguments(parameters, x, y)
        return kernels.evaluate(theta, self.layout, points, targets, np.empty(work_size(self.layout, 1)))

    def __repr__(self) -> str:
        words = f"{list(self.sizes)}, activation={self.activation!r}, loss={self.loss_name!r}"
        return f"MLP({words})"
