"""Equations given by their diffusion matrix: the noise is its Cholesky factor."""

from collections.abc import Callable
from functools import lru_cache
from math import sqrt
from typing import Any

from pdeopt._types import Arguments
from pdeopt.systems.compilation import Function, compiled, with_floats
from pdeopt.systems.sde import SDE

__all__ = ["sde_of_covariance"]

LARGEST = 3


def sde_of_covariance(
    drift: Callable[..., Any],
    covariance: Callable[..., Any],
    dim: int = 1,
    args: Arguments = (),
    *,
    name: str = "",
) -> SDE:
    """Return dX = drift dt + sigma dW with sigma sigma^T = covariance, sigma being lower triangular.

    Parameters
    ----------
    drift : callable
        As for `SDE`.
    covariance : callable
        The diffusion matrix a, a function of ``(t, x, *args)``: a float for ``dim=1``, else a tuple of `dim` rows.
    dim : int
        1, 2 or 3.
    args : tuple
        Parameters, passed after x.
    name : str
        Used in messages.

    Returns
    -------
    SDE

    Raises
    ------
    ValueError
        If `dim` is above 3.

    Examples
    --------
    >>> system = sde_of_covariance(lambda t, x: -x, lambda t, x: 4.0)
    >>> system.diffusion(0.0, 1.0)
    2.0
    """
    if dim > LARGEST:
        raise ValueError(
            f"dim={dim} is above the limit {LARGEST} of a diffusion matrix. Use SDE(drift, diffusion, ...)."
        )
    if dim == 1:
        return SDE(drift, _root_on_a_line(compiled(covariance)), args=args, name=name)
    factor = (_factor_of_two if dim == 2 else _factor_of_three)(with_floats(covariance))
    return SDE(drift, factor, noise="general", dim=dim, n_noise=dim, args=args, name=name)


@lru_cache(maxsize=256)
def _root_on_a_line(covariance: Function) -> Function:
    def root(t: float, x: float, *args: Any) -> float:
        return sqrt(covariance(t, x, *args))

    return compiled(root)


@lru_cache(maxsize=256)
def _factor_of_two(covariance: Function) -> Function:
    def factor(t: float, x: Any, *args: Any) -> Any:
        a = covariance(t, x, *args)
        first = sqrt(a[0][0])
        # A row of zeros has no noise of its own.
        below = a[1][0] / first if first > 0.0 else 0.0
        return (first, 0.0), (below, sqrt(max(a[1][1] - below * below, 0.0)))

    return compiled(factor)


@lru_cache(maxsize=256)
def _factor_of_three(covariance: Function) -> Function:
    def factor(t: float, x: Any, *args: Any) -> Any:
        a = covariance(t, x, *args)
        first = sqrt(a[0][0])
        b, c = (a[1][0] / first, a[2][0] / first) if first > 0.0 else (0.0, 0.0)
        second = sqrt(max(a[1][1] - b * b, 0.0))
        d = (a[2][1] - b * c) / second if second > 0.0 else 0.0
        return (first, 0.0, 0.0), (b, second, 0.0), (c, d, sqrt(max(a[2][2] - c * c - d * d, 0.0)))

    return compiled(factor)
