"""From Stratonovich to Ito and back: the drift that makes up for the other integral.

The Ito drift is the Stratonovich one plus c_i = 1/2 sum_jk sigma_kj d sigma_ij / d x_k.
"""

from functools import lru_cache
from typing import Any

from pdeopt.kernels._points import with_item
from pdeopt.systems.compilation import Function, returning_floats


@lru_cache(maxsize=256)
def corrected_drift(
    functions: tuple[Function, Function, Function], form: str, dim: int, n_brownian: int, factor: float
) -> Function:
    """Make the drift plus `factor` times sum_jk sigma_kj d_k sigma_ij, of (drift, diffusion, jacobian)."""
    drift, diffusion, jacobian = functions
    add = returning_floats(_addition(form, dim, n_brownian))

    def corrected(t: float, x: Any, *args: Any) -> Any:
        return add(drift(t, x, *args), factor, diffusion(t, x, *args), jacobian(t, x, *args))

    return returning_floats(corrected)


def _addition(form: str, dim: int, n_brownian: int) -> Function:
    if dim == 1:
        return _line_addition(n_brownian) if form == "rows" else _number_addition
    if form == "vector":
        return _vector_addition(dim)
    return _scalar_addition(dim) if form == "scalar" else _rows_addition(dim, n_brownian)


def _number_addition(drift: float, factor: float, sigma: float, slope: float) -> float:
    return drift + factor * sigma * slope


def _line_addition(n_brownian: int) -> Function:
    def add(drift: float, factor: float, sigma: Any, slopes: Any) -> float:
        for j in range(n_brownian):
            drift += factor * sigma[j] * slopes[j]
        return drift

    return add


def _vector_addition(dim: int) -> Function:
    def add(drift: Any, factor: float, sigma: Any, slopes: Any) -> Any:
        for i in range(dim):
            drift = with_item(drift, i, drift[i] + factor * sigma[i] * slopes[i])
        return drift

    return add


def _scalar_addition(dim: int) -> Function:
    def add(drift: Any, factor: float, sigma: Any, slopes: Any) -> Any:
        for i in range(dim):
            total = 0.0
            for k in range(dim):
                total += slopes[i][k] * sigma[k]
            drift = with_item(drift, i, drift[i] + factor * total)
        return drift

    return add


def _rows_addition(dim: int, n_brownian: int) -> Function:
    def add(drift: Any, factor: float, sigma: Any, slopes: Any) -> Any:
        for i in range(dim):
            total = 0.0
            for j in range(n_brownian):
                for k in range(dim):
                    total += slopes[i][j][k] * sigma[k][j]
            drift = with_item(drift, i, drift[i] + factor * total)
        return drift

    return add
