"""Stretched axes: nodes where a solution needs them, as a smooth map of even ones."""

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["sine_axis", "sinh_axis", "square_axis"]


def sinh_axis(lower: float, upper: float, n: int, center: float, width: float) -> FloatArray:
    """Return nodes that crowd around a point, x = center + width sinh(xi) with xi even.

    Parameters
    ----------
    lower, upper : float
        Ends.
    n : int
        Number of nodes, at least 2.
    center : float
        Where they crowd.
    width : float
        Distance from the center within which they are nearly even, positive.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    ValueError
        If the ends are not in order, or `width` is not positive.

    Notes
    -----
    D. Tavella, C. Randall, *Pricing financial instruments: the finite difference method* (2000).

    Examples
    --------
    >>> sinh_axis(-1.0, 1.0, 5, 0.0, 0.1).round(3)
    array([-1.   , -0.213,  0.   ,  0.213,  1.   ])
    """
    _check(lower, upper, n)
    if not 0.0 < width < np.inf:
        raise ValueError(f"width={width!r} must be positive and finite, e.g. width={0.1 * (upper - lower):g}.")
    ends = np.arcsinh((np.array([lower, upper]) - center) / width)
    nodes = center + width * np.sinh(np.linspace(ends[0], ends[1], n))
    nodes[[0, -1]] = lower, upper
    return np.asarray(nodes)


def square_axis(lower: float, upper: float, n: int) -> FloatArray:
    """Return nodes with even roots above `lower`, where a diffusion that grows like x - lower becomes constant.

    Parameters
    ----------
    lower, upper : float
        Ends; the diffusion vanishes at the lower one.
    n : int
        Number of nodes, at least 2.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    ValueError
        If the ends are not in order.

    Examples
    --------
    >>> square_axis(0.0, 1.0, 5)
    array([0.    , 0.0625, 0.25  , 0.5625, 1.    ])
    """
    _check(lower, upper, n)
    return np.asarray(lower + (upper - lower) * np.linspace(0.0, 1.0, n) ** 2)


def sine_axis(lower: float, upper: float, n: int) -> FloatArray:
    """Return nodes that crowd at both ends as those of Chebyshev, where diffusions vanish like (x - a)(b - x).

    Parameters
    ----------
    lower, upper : float
        Ends; the diffusion vanishes at both.
    n : int
        Number of nodes, at least 2.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    ValueError
        If the ends are not in order.

    Examples
    --------
    >>> sine_axis(0.0, 1.0, 3)
    array([0. , 0.5, 1. ])
    """
    _check(lower, upper, n)
    nodes = lower + (upper - lower) * np.sin(0.5 * np.pi * np.linspace(0.0, 1.0, n)) ** 2
    nodes[[0, -1]] = lower, upper
    return np.asarray(nodes)


def _check(lower: float, upper: float, n: int) -> None:
    if not -np.inf < lower < upper < np.inf:
        raise ValueError(f"lower={lower!r} and upper={upper!r} must be finite and in order, e.g. lower=0.0, upper=1.0.")
    if n < 2:
        raise ValueError(f"n={n!r} is below the limit of 2 nodes, e.g. n=101.")
