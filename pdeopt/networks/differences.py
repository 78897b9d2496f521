"""First and second derivatives of functions of points by central differences of order eight."""

from collections.abc import Callable

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["Smooth", "jacobian", "second_derivatives"]

Smooth = Callable[[FloatArray], FloatArray]
"""A function from points (n, d) to arrays (n, ...). It is asked for several sets of points, one after the other."""

STEP = 0.02
"""In units of the points' size, at least 1: for sines of period 2 rounding and truncation are near 1e-12."""

ODD = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0.0, 4 / 5, -1 / 5, 4 / 105, -1 / 280])
EVEN = np.array([-1 / 560, 8 / 315, -1 / 5, 8 / 5, -205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560])
PLACES = np.arange(-4.0, 5.0)


def jacobian(function: Smooth, x: FloatArray) -> FloatArray:
    """Return the first derivatives at points, an axis of length d after those of the function's results."""
    axes = np.eye(x.shape[1])
    return np.stack([_summed(function, x, ODD, PLACES[:, None] * axis, 1) for axis in axes], axis=-1)


def second_derivatives(function: Smooth, x: FloatArray) -> FloatArray:
    """Return the second derivatives at points, two axes of length d after those of the function's results."""
    rows = [[_second(function, x, i, j) for j in range(x.shape[1])] for i in range(x.shape[1])]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _second(function: Smooth, x: FloatArray, i: int, j: int) -> FloatArray:
    axes = np.eye(x.shape[1])
    if i == j:
        return _summed(function, x, EVEN, PLACES[:, None] * axes[i], 2)
    places = PLACES[:, None, None] * axes[i] + PLACES[:, None] * axes[j]
    return _summed(function, x, np.outer(ODD, ODD).ravel(), places.reshape(-1, x.shape[1]), 2)


def _summed(function: Smooth, x: FloatArray, factors: FloatArray, places: FloatArray, power: int) -> FloatArray:
    # One step for all points, a power of two, so that it is what it says after addition; one call for all places.
    step = 2.0 ** np.round(np.log2(STEP * max(1.0, float(np.abs(x).max()))))
    used = factors != 0.0
    values = function((x + step * places[used][:, None]).reshape(-1, x.shape[1]))
    parts = values.reshape(int(used.sum()), len(x), *values.shape[1:])
    return np.asarray(np.tensordot(factors[used], parts, axes=1) / step**power)
