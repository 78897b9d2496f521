"""Multi-layer perceptrons on one flat parameter vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.networks.layout import LOGISTIC, RELU, SIGMOID, SOFTMAX, SOFTPLUS, SQUARED, TANH
from pdeopt.networks import checks

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

    def __repr__(self) -> str:
        words = f"{list(self.sizes)}, activation={self.activation!r}, loss={self.loss_name!r}"
        return f"MLP({words})"
