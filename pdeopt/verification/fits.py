"""Orders of convergence of errors that are known to rounding: local slopes, and their limit with an error bar."""

from typing import NamedTuple

import numpy as np

from pdeopt._types import ArrayLike, FloatArray

__all__ = ["Fit", "extrapolated_order", "local_slopes"]

SPACINGS = (0.5, 1.0)
"""Between the powers of h that an error may have beyond its first: half-integers, integers."""

VISIBLE = 30.0
"""Errors are used where they exceed their rounding by this factor."""


class Fit(NamedTuple):
    """An order and its error bar."""

    order: float
    """Limit of the local slopes; ``inf`` where the errors are rounding alone, NaN where too few are more."""
    bar: float
    """What the limit may be wrong by, as far as the extrapolation itself shows."""


def local_slopes(steps: ArrayLike, errors: ArrayLike) -> FloatArray:
    """Return the slopes of log error over log step, from each step to the next.

    Parameters
    ----------
    steps, errors : array_like, shape (n,)
        Step sizes, and positive errors.

    Returns
    -------
    array, shape (n - 1,)

    Examples
    --------
    >>> local_slopes([0.4, 0.2, 0.1], [16.0, 4.0, 1.0]).tolist()
    [2.0, 2.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.diff(np.log(errors)) / np.diff(np.log(steps)))


def extrapolated_order(steps: ArrayLike, errors: ArrayLike, rounding: float = 0.0) -> Fit:
    """Return the limit of the local slopes for small steps, with an error bar.

    The error is taken to be ``C h**p (1 + c1 h**d + c2 h**(2 d) + ...)``, where d is 1/2 or 1: whichever gives the
    smaller bar. Richardson's extrapolation removes one power after the other.

    Parameters
    ----------
    steps : array_like, shape (n,)
        In geometric sequence, the largest first.
    errors : array_like, shape (n,)
        Without noise, at least 0.
    rounding : float
        Absolute size of the rounding in an error. Smaller errors than 30 times that are left out; the effect on the
        limit is part of the bar.

    Returns
    -------
    Fit
        Order and bar. The bar is the larger of the last changes along and across the extrapolation, and rounding. With
        fewer than four usable errors the order is NaN and the bar infinite; with none it is ``inf`` with bar 0.

    Raises
    ------
    ValueError
        If the steps are not a decreasing geometric sequence, or differ in number from the errors.

    Examples
    --------
    >>> h = 0.5 ** np.arange(3, 10)
    >>> fit = extrapolated_order(h, 2.0 * h**1.5 + 3.0 * h**2)
    >>> bool(abs(fit.order - 1.5) <= fit.bar < 0.02)
    True
    """
    h, e = _checked(steps, errors)
    visible = e > VISIBLE * rounding
    if not visible.any():
        return Fit(float("inf"), 0.0)
    # Once lost in rounding, an error does not come back.
    n = int(np.argmin(visible)) if not visible.all() else e.size
    if n < 4:
        return Fit(float("nan"), float("inf"))
    slopes, ratio = local_slopes(h[:n], e[:n]), h[0] / h[1]
    noise = (rounding / e[: n - 1] + rounding / e[1:n]) / np.log(ratio)
    fits = [_romberg(slopes, noise, float(ratio**spacing)) for spacing in SPACINGS]
    return min(fits, key=lambda fit: fit.bar)


def _checked(steps: ArrayLike, errors: ArrayLike) -> tuple[FloatArray, FloatArray]:
    h, e = np.asarray(steps, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if h.shape != e.shape or h.ndim != 1:
        raise ValueError(f"steps has shape {h.shape}, errors {e.shape}. Give one error for each step.")
    ratios = h[:-1] / h[1:]
    if not (np.all(ratios > 1.0) and np.allclose(ratios, ratios[:1], rtol=1e-9)):
        raise ValueError(f"steps={h.tolist()} is not a decreasing geometric sequence. Use 0.5 ** np.arange(4, 10).")
    return h, e


def _romberg(slopes: FloatArray, noise: FloatArray, ratio: float) -> Fit:
    """Return the entry of the extrapolation table with the smallest bar; `ratio` is that of the first power."""
    best = Fit(float(slopes[-1]), float(abs(slopes[-1] - slopes[-2]) + noise[-1]))
    power = 1.0
    while slopes.size > 2:
        power *= ratio
        before = slopes[-1]
        slopes = (power * slopes[1:] - slopes[:-1]) / (power - 1.0)
        noise = (power * noise[1:] + noise[:-1]) / (power - 1.0)
        change = max(abs(slopes[-1] - before), abs(slopes[-1] - slopes[-2]))
        bar = float(change + noise[-1])
        best = min(best, Fit(float(slopes[-1]), bar), key=lambda fit: fit.bar)
    return best
