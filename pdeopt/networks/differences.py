"""First and second derivatives of functions of points by central differences of order eight."""

from collections.abc import Callable

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["Smooth", "jacobian", "second_derivatives"]

Smooth = Callable[[FloatArray], FloatArray]
"""A function from points (n, d) to arrays (n, ...)."""

STEP = 0.02
"""In units of the points' size, at least 1: for sines of period 2 rounding and truncation are near 1e-12."""

ODD = np.array([4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0])
EVEN = np.array([8.0 / 5.0, -1.0 / 5.0, 8.0 / 315.0, -1.0 / 560.0])
CENTRE = -205.0 / 72.0


def jacobian(function: Smooth, x: FloatArray) -> FloatArray:
    """Return the first derivatives at points, an axis of length d after those of the function's results."""
    return np.stack([_first(function, x, axis) for axis in range(x.shape[1])], axis=-1)


def second_derivatives(function: Smooth, x: FloatArray) -> FloatArray:
    """Return the second derivatives at points, two axes of length d after those of the function's results."""
    d = x.shape[1]
    rows = [[_second(function, x, i, j) for j in range(d)] for i in range(d)]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _first(function: Smooth, x: FloatArray, axis: int) -> FloatArray:
    s, shift = _shift(x, axis)
    pairs = [c * (function(x + k * shift) - function(x - k * shift)) for k, c in enumerate(ODD, 1)]
    return np.asarray(np.sum(pairs, axis=0) / s)


def _second(function: Smooth, x: FloatArray, i: int, j: int) -> FloatArray:
    if i != j:
        return _first(lambda y: _first(function, y, j), x, i)
    s, shift = _shift(x, i)
    pairs = [c * (function(x + k * shift) + function(x - k * shift)) for k, c in enumerate(EVEN, 1)]
    return np.asarray((np.sum(pairs, axis=0) + CENTRE * function(x)) / s**2)


def _shift(x: FloatArray, axis: int) -> tuple[float, FloatArray]:
    # One step for all points: a power of two, so that it is what it says after addition.
    s = float(2.0 ** np.round(np.log2(STEP * max(1.0, float(np.abs(x).max())))))
    return s, s * np.eye(x.shape[1])[axis]
