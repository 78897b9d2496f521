"""Functions behind a shift and a stretch of each axis, of ``(x, stretch, offset, factor, *args)``, x an array."""

from functools import lru_cache
from typing import Any

import numba
import numpy as np

from pdeopt._types import FloatArray, ScalarFunction
from pdeopt.landscapes.evaluation import is_compiled


@lru_cache(maxsize=256)
def value_function(inner: ScalarFunction, _dim: int) -> ScalarFunction:
    """Make the outer value."""

    def value(x: FloatArray, stretch: FloatArray, offset: FloatArray, factor: float, *args: Any) -> Any:
        return factor * inner(stretch * x + offset, *args)

    return like(inner, value)


@lru_cache(maxsize=256)
def gradient_function(inner: ScalarFunction, dim: int) -> ScalarFunction:
    """Make the outer gradient, entries factor * stretch_i * g_i."""

    def gradient(x: FloatArray, stretch: FloatArray, offset: FloatArray, factor: float, *args: Any) -> Any:
        slopes = inner(stretch * x + offset, *args)
        out = np.empty(dim)
        for i in range(dim):
            out[i] = factor * stretch[i] * slopes[i]
        return out

    return like(inner, gradient)


@lru_cache(maxsize=256)
def hessian_function(inner: ScalarFunction, dim: int) -> ScalarFunction:
    """Make the outer Hessian, entries factor * stretch_i * H_ij * stretch_j."""

    def hessian(x: FloatArray, stretch: FloatArray, offset: FloatArray, factor: float, *args: Any) -> Any:
        bends = inner(stretch * x + offset, *args)
        out = np.empty((dim, dim))
        for i in range(dim):
            for j in range(dim):
                out[i, j] = factor * stretch[i] * bends[i][j] * stretch[j]
        return out

    return like(inner, hessian)


def like(inner: ScalarFunction, function: ScalarFunction) -> ScalarFunction:
    """Compile `function` if `inner` is compiled."""
    if not is_compiled(inner):
        return function
    compiled: ScalarFunction = numba.njit(nogil=True)(function)
    return compiled
