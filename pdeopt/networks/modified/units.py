"""Hidden units: an activation with its first two derivatives."""

from math import exp, log1p, tanh

from pdeopt.systems.compilation import Function, compiled

__all__ = ["JETS"]

Jet = tuple[float, float, float]


@compiled
def _tanh(z: float) -> Jet:
    s = tanh(z)
    slope = 1.0 - s * s
    return s, slope, -2.0 * s * slope


@compiled
def _logistic(z: float) -> float:
    e = exp(-abs(z))
    return (1.0 if z >= 0.0 else e) / (1.0 + e)


@compiled
def _sigmoid(z: float) -> Jet:
    s, rest = _logistic(z), _logistic(-z)
    return s, s * rest, s * rest * (rest - s)


@compiled
def _softplus(z: float) -> Jet:
    s, rest = _logistic(z), _logistic(-z)
    return max(z, 0.0) + log1p(exp(-abs(z))), s, s * rest


@compiled
def _relu(z: float) -> Jet:
    return max(z, 0.0), 1.0 if z > 0.0 else 0.0, 0.0


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
