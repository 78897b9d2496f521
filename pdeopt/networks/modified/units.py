"""Hidden units: an activation with its first two derivatives."""

from pdeopt.kernels.networks.activations import relu, relu_slope, sigmoid, softplus, tanh
from pdeopt.systems.compilation import Function, compiled

__all__ = ["JETS"]

Jet = tuple[float, float, float]


@compiled
def _tanh(z: float) -> Jet:
    s = tanh(z)
    slope = 1.0 - s * s
    return s, slope, -2.0 * s * slope


@compiled
def _sigmoid(z: float) -> Jet:
    s, rest = sigmoid(z), sigmoid(-z)
    return s, s * rest, s * rest * (rest - s)


@compiled
def _softplus(z: float) -> Jet:
    s, rest = sigmoid(z), sigmoid(-z)
    return softplus(z), s, s * rest


@compiled
def _relu(z: float) -> Jet:
    return relu(z), relu_slope(z), 0.0


@compiled
def _identity(z: float) -> Jet:
    return z, 1.0, 0.0


JETS: dict[str, Function] = {
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "relu": _relu,
    "identity": _identity,
}
"""Functions from a number to the activation there, its slope and its second derivative."""
