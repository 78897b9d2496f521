"""Multi-layer perceptrons on one flat parameter vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.kernels.networks import evaluation as kernels
from pdeopt.kernels.networks.curvature import curvature_work_size, hessian_vector_product
from pdeopt.kernels.networks.evaluation_blas import evaluate_blas
from pdeopt.kernels.networks.gradients import gradient
from pdeopt.kernels.networks.layout import (
    LOGISTIC,
    RELU,
    SIGMOID,
    SOFTMAX,
    SOFTPLUS,
    SQUARED,
    TANH,
    prefers_blas,
    work_size,
)
from pdeopt.kernels.networks.products import gradient_blas
from pdeopt.kernels.networks.slopes import slope_address
from pdeopt.landscapes import Landscape
from pdeopt.networks import checks
from pdeopt.networks.loss_landscapes import loss_landscape
from pdeopt.networks.network import Network

__all__ = ["MLP"]

ACTIVATIONS = {"relu": RELU, "tanh": TANH, "sigmoid": SIGMOID, "softplus": SOFTPLUS}
LOSSES = {"logistic": LOGISTIC, "softmax": SOFTMAX, "squared": SQUARED}


@dataclass(frozen=True, init=False, repr=False)
class MLP(Network):
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

    @property
    def bounds(self) -> FloatArray:
        """``1 / sqrt(n_in)`` of each parameter's layer."""
        return np.concatenate([np.full((n_in + 1) * n_out, n_in**-0.5) for n_in, n_out in pairwise(self.sizes)])

    @property
    def description(self) -> dict[str, Any]:
        """What makes the network, as plain numbers and words."""
        return {"sizes": list(self.sizes), "activation": self.activation, "loss": self.loss_name}

    def changed(self, **settings: Any) -> "MLP":
        """Return the network with other `sizes`, `activation` or `loss`, or another `width` of all hidden layers."""
        width = settings.pop("width", None)
        sizes = self.sizes if width is None else [self.sizes[0], *[width] * (len(self.sizes) - 2), self.sizes[-1]]
        return MLP(**(self.description | {"sizes": sizes} | settings))

    def work_size(self, n_rows: int) -> int:
        """Return how many doubles of scratch gradients need for a minibatch of a number of rows."""
        return work_size(self.layout, n_rows)

    def prefers_blas(self, n_rows: int) -> bool:
        """Return whether gradients on minibatches of a number of rows are faster as products of matrices."""
        return prefers_blas(self.layout, n_rows)

    def slope(self, *, blas: bool) -> tuple[int, bool]:
        """Return where the gradient lies that the training loop takes."""
        return slope_address(gradient_blas if blas else gradient, noisy=False)

    def forward_rows(self, parameters: FloatArray, x: FloatArray) -> FloatArray:
        """Return the outputs for rows, arguments unchecked."""
        layout, out = self.layout, np.empty((len(x), self.sizes[-1]))
        kernels.forward(parameters, layout, x, np.empty(work_size(layout, 1)), out)
        return out

    def evaluate_rows(
        self, parameters: FloatArray, x: FloatArray, y: FloatArray, *, blas: bool = False
    ) -> tuple[float, float]:
        """Return the mean loss and the share of right answers for rows, arguments unchecked."""
        kernel, n_rows = (evaluate_blas, len(x)) if blas else (kernels.evaluate, 1)
        return kernel(parameters, self.layout, x, y, np.empty(work_size(self.layout, n_rows)))

    def gradient_rows(
        self, parameters: FloatArray, x: FloatArray, y: FloatArray, rows: IntArray, *, blas: bool = False
    ) -> FloatArray:
        """Return the gradient of the mean loss over some rows, arguments unchecked."""
        layout, out = self.layout, np.empty(self.n_parameters)
        kernel = gradient_blas if blas else gradient
        kernel(parameters, layout, x, y, rows, np.empty(work_size(layout, rows.size)), out)
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

    def __repr__(self) -> str:
        words = f"{list(self.sizes)}, activation={self.activation!r}, loss={self.loss_name!r}"
        return f"MLP({words})"
