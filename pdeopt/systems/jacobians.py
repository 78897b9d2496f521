"""The derivative of a diffusion by central differences, compiled."""

from functools import lru_cache
from typing import Any

from pdeopt.kernels._points import with_item
from pdeopt.systems.compilation import Function, returning_floats

STEP = 6.055454452393343e-06
"""Relative step, the cube root of the machine epsilon: balances rounding eps / h against truncation h^2."""


@lru_cache(maxsize=256)
def difference_jacobian(diffusion: Function, form: str, dim: int, n_brownian: int) -> Function:
    """Make a function of ``(t, x, *args)`` that differentiates `diffusion` along each coordinate.

    The result is nested as `SDE` says. The relative error is about 1e-10, the step 6e-6 max(1, abs(x)).
    """
    if dim == 1:
        jacobian = _on_a_line(diffusion, n_brownian if form == "rows" else 0)
    elif form == "vector":
        jacobian = _of_own_coordinate(diffusion, dim)
    elif form == "scalar":
        jacobian = _of_vector(diffusion, dim)
    else:
        jacobian = _of_rows(diffusion, dim, n_brownian)
    dispatcher = returning_floats(jacobian)
    dispatcher.numerical = True
    return dispatcher


def _on_a_line(diffusion: Function, n_brownian: int) -> Function:
    def number(t: float, x: float, *args: Any) -> float:
        h = STEP * max(1.0, abs(x))
        slope: float = (diffusion(t, x + h, *args) - diffusion(t, x - h, *args)) / (2.0 * h)
        return slope

    def row(t: float, x: float, *args: Any) -> Any:
        h = STEP * max(1.0, abs(x))
        ahead, behind = diffusion(t, x + h, *args), diffusion(t, x - h, *args)
        out = ahead
        for j in range(n_brownian):
            out = with_item(out, j, (ahead[j] - behind[j]) / (2.0 * h))
        return out

    return row if n_brownian else number


def _of_own_coordinate(diffusion: Function, dim: int) -> Function:
    def jacobian(t: float, x: Any, *args: Any) -> Any:
        out = x
        for k in range(dim):
            h = STEP * max(1.0, abs(x[k]))
            ahead = diffusion(t, with_item(x, k, x[k] + h), *args)
            behind = diffusion(t, with_item(x, k, x[k] - h), *args)
            out = with_item(out, k, (ahead[k] - behind[k]) / (2.0 * h))
        return out

    return jacobian


def _of_vector(diffusion: Function, dim: int) -> Function:
    zeros = ((0.0,) * dim,) * dim

    def jacobian(t: float, x: Any, *args: Any) -> Any:
        out = zeros
        for k in range(dim):
            h = STEP * max(1.0, abs(x[k]))
            ahead = diffusion(t, with_item(x, k, x[k] + h), *args)
            behind = diffusion(t, with_item(x, k, x[k] - h), *args)
            for i in range(dim):
                out = with_item(out, i, with_item(out[i], k, (ahead[i] - behind[i]) / (2.0 * h)))
        return out

    return jacobian


def _of_rows(diffusion: Function, dim: int, n_brownian: int) -> Function:
    zeros = (((0.0,) * dim,) * n_brownian,) * dim

    def jacobian(t: float, x: Any, *args: Any) -> Any:
        out = zeros
        for k in range(dim):
            h = STEP * max(1.0, abs(x[k]))
            ahead = diffusion(t, with_item(x, k, x[k] + h), *args)
            behind = diffusion(t, with_item(x, k, x[k] - h), *args)
            for i in range(dim):
                for j in range(n_brownian):
                    row = with_item(out[i][j], k, (ahead[i][j] - behind[i][j]) / (2.0 * h))
                    out = with_item(out, i, with_item(out[i], j, row))
        return out

    return jacobian
