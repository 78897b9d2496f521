"""What all networks have in common: named slices of one flat vector, losses, answers, gradients."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import expit, softmax

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.landscapes import Landscape
from pdeopt.networks import checks

__all__ = ["Network"]


class Network(ABC):
    """A function of points and of one flat vector of parameters, and a loss: the base of `MLP` and `ResNet`."""

    sizes: tuple[int, ...]
    activation: str
    loss_name: str
    settings: ClassVar[tuple[str, ...]] = ("activation", "sizes", "width")
    """What `changed` takes and scans vary."""
    takes_blas: ClassVar[bool] = True
    """Whether gradients can be products of matrices by BLAS."""

    @property
    @abstractmethod
    def layout(self) -> IntArray:
        """What kernels take: numbers of units and codes for names."""

    @property
    @abstractmethod
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every tensor, in the order of the vector."""

    @property
    @abstractmethod
    def bounds(self) -> FloatArray:
        """Half the widths of the intervals that ``initial("uniform")`` draws parameters from."""

    @property
    @abstractmethod
    def description(self) -> dict[str, Any]:
        """What makes the network, as plain numbers and words."""

    @abstractmethod
    def changed(self, **settings: Any) -> Self:
        """Return the network with other settings, or another ``width`` of all hidden layers."""

    @abstractmethod
    def work_size(self, n_rows: int) -> int:
        """Return how many doubles of scratch `slope` needs for a minibatch of a number of rows."""

    @abstractmethod
    def prefers_blas(self, n_rows: int) -> bool:
        """Return whether gradients on minibatches of a number of rows are faster as products of matrices."""

    @abstractmethod
    def slope(self, *, blas: bool) -> tuple[int, bool]:
        """Return where the gradient lies that the training loop takes, see `pdeopt.kernels.networks.slopes`."""

    @abstractmethod
    def forward_rows(self, parameters: FloatArray, x: FloatArray) -> FloatArray:
        """Return the outputs for rows, arguments unchecked."""

    @abstractmethod
    def evaluate_rows(
        self, parameters: FloatArray, x: FloatArray, y: FloatArray, *, blas: bool = False
    ) -> tuple[float, float]:
        """Return the mean loss and the share of right answers for rows, arguments unchecked."""

    @abstractmethod
    def gradient_rows(
        self, parameters: FloatArray, x: FloatArray, y: FloatArray, rows: IntArray, *, blas: bool = False
    ) -> FloatArray:
        """Return the gradient of the mean loss over some rows, without noise, arguments unchecked."""

    @abstractmethod
    def landscape(self, x: ArrayLike, y: ArrayLike) -> Landscape:
        """Return the mean loss over points as a landscape of the parameters."""

    @cached_property
    def n_parameters(self) -> int:
        """Number of weights and biases."""
        return sum(int(np.prod(shape)) for shape in self.shapes.values())

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
        vector = checks.checked_vector(parameters, "parameters", self.n_parameters, finite=False)
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
            return self.bounds * rng.uniform(-1.0, 1.0, self.n_parameters)
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
        return self.forward_rows(self._vector(parameters), checks.checked_points(x, self.sizes[0]))

    def probabilities(self, parameters: FloatArray, x: ArrayLike) -> FloatArray:
        """Return the probabilities of classes, shape (n, n_out); with one output that of class 1.

        Arguments as in `forward`. A network with squared loss has none.
        """
        outputs = self.forward(parameters, x)
        self._check_classes()
        return self._probabilities(outputs)

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
        return self.evaluate_rows(*self._arguments(parameters, x, y))[0]

    def accuracy(self, parameters: FloatArray, x: ArrayLike, y: ArrayLike) -> float:
        """Return the share of points with the right label; arguments as in `loss`."""
        return self.evaluate_rows(*self._arguments(parameters, x, y))[1]

    def gradient(self, parameters: FloatArray, x: ArrayLike, y: ArrayLike) -> FloatArray:
        """Return the gradient of the mean loss by the parameters, shape (n_parameters,); arguments as in `loss`."""
        theta, points, targets = self._arguments(parameters, x, y)
        return self.gradient_rows(theta, points, targets, np.arange(len(points)))

    def _check_classes(self) -> None:
        if self.loss_name == "squared":
            raise ValueError("loss='squared' gives no probabilities. Use forward, or loss='logistic' or 'softmax'.")

    def _probabilities(self, outputs: FloatArray) -> FloatArray:
        return np.asarray(expit(outputs) if self.loss_name == "logistic" else softmax(outputs, axis=-1))

    def _vector(self, parameters: FloatArray) -> FloatArray:
        return checks.checked_vector(parameters, "parameters", self.n_parameters)

    def _arguments(
        self, parameters: FloatArray, x: ArrayLike, y: ArrayLike
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        points = checks.checked_points(x, self.sizes[0])
        return self._vector(parameters), points, checks.checked_targets(y, self.loss_name, len(points), self.sizes[-1])
