"""Orders of convergence of errors that are known to rounding: local slopes, and their limit with an error bar."""

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.convergence.slopes import Fit, local_slopes

__all__ = ["Fit", "extrapolated_order", "local_slopes", "sizes"]

SPACINGS = (0.5, 1.0)
"""Between the powers of h that an error may have beyond its first: half-integers, integers."""

VISIBLE = 300.0
"""Errors are used where they exceed their rounding by this factor."""

FEWEST = 4
"""Errors below this number give no order."""

SMALLEST = 1e-13
"""Relative rounding in any error."""

SHRINKING = 0.9
"""Changes of a converging sequence fall at least by this factor; those of a half-integer power by 0.71."""

AGREEMENT = 0.05
"""How far apart two ways to one order may lie; orders are 0.5 apart."""


def sizes(errors: FloatArray) -> FloatArray:
    """Return the root mean squares of rows of errors."""
    return np.asarray(np.sqrt(np.mean(errors**2, axis=1)))


def extrapolated_order(steps: ArrayLike, errors: ArrayLike, rounding: ArrayLike = 0.0) -> Fit:
    """Return the limit of the local slopes for small steps, with an error bar.

    The error is taken to be ``C h**p (1 + c1 h**d + c2 h**(2 d) + ...)``, where d is 1/2 or 1: whichever gives the
    smaller bar, as long as the other agrees. Richardson's extrapolation of the slopes removes one power after the
    other. Where there are several errors a step, such as those of several observables, the powers that follow the
    first may also be removed from the errors themselves: their root mean square forgets their signs, by which powers
    that nearly cancel can be told apart.

    Parameters
    ----------
    steps : array_like, shape (n,)
        In geometric sequence, the largest first.
    errors : array_like, shape (n,) or (n, m)
        With their signs, without noise: m errors for each step.
    rounding : float or array_like, shape (n,)
        Absolute size of the rounding in an error. From the first step on whose error is less than 300 times that, none
        is used; the effect on the limit is part of the bar.

    Returns
    -------
    Fit
        Order and bar. The bar is twice what one more extrapolation would change, and rounding, and at least what the
        smallest step changed; a sequence whose changes grow counts as not converged. With fewer than four usable
        errors the order is NaN and the bar infinite; with none it is ``inf`` with bar 0.

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
    h, e, noise = _checked(steps, errors, rounding)
    visible = sizes(e) > VISIBLE * noise
    if not visible.any():
        return Fit(float("inf"), 0.0)
    # Once lost in rounding, an error does not come back.
    n = h.size if visible.all() else int(np.argmin(visible))
    if n < FEWEST:
        return Fit(float("nan"), float("inf"))
    ratio = float(h[0] / h[1])
    fit = _best(e[:n], noise[:n], ratio)
    if n == FEWEST:
        return fit
    # What changes without the smallest step is not settled, however small its bar.
    change = abs(fit.order - _best(e[: n - 1], noise[: n - 1], ratio).order)
    return Fit(fit.order, max(fit.bar, change))


def _best(errors: FloatArray, noise: FloatArray, ratio: float) -> Fit:
    plain = _limit(errors, noise, ratio)
    return plain if errors.shape[1] == 1 or len(errors) < FEWEST + 2 else _cleared(plain, errors, noise, ratio)


def _checked(steps: ArrayLike, errors: ArrayLike, rounding: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    h, e = np.asarray(steps, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if h.ndim != 1 or e.ndim not in (1, 2) or e.shape[0] != h.size:
        raise ValueError(
            f"steps has shape {h.shape}, errors {e.shape}. Give one error, or row of errors, for each step."
        )
    ratios = h[:-1] / h[1:]
    if not (np.all(ratios > 1.0) and np.allclose(ratios, ratios[:1], rtol=1e-9)):
        raise ValueError(f"steps={h.tolist()} is not a decreasing geometric sequence. Use 0.5 ** np.arange(4, 10).")
    return h, e.reshape(h.size, -1), np.broadcast_to(np.asarray(rounding, dtype=np.float64), h.shape)


def _limit(errors: FloatArray, noise: FloatArray, ratio: float) -> Fit:
    """Return the limit of the slopes of root mean squares."""
    size = sizes(errors)
    slopes = -np.diff(np.log(size)) / np.log(ratio)
    bars = (noise[:-1] / size[:-1] + noise[1:] / size[1:] + SMALLEST) / np.log(ratio)
    fits = [_romberg(slopes, bars, ratio**spacing) for spacing in SPACINGS]
    best, other = sorted(fits, key=_by_bar)
    apart = abs(best.order - other.order) - other.bar
    return Fit(best.order, max(best.bar, apart))


def _cleared(plain: Fit, errors: FloatArray, noise: FloatArray, ratio: float) -> Fit:
    """Return the limit after removal of the powers that follow the likely order, if that confirms the order."""
    base, best = round(2.0 * plain.order) / 2.0, plain
    if base <= 0.0:
        return plain
    for power in (base + 0.5, base + 1.0):
        factor = ratio**power
        errors = (factor * errors[1:] - errors[:-1]) / (factor - 1.0)
        noise = (factor * noise[1:] + noise[:-1]) / (factor - 1.0)
        if np.any(sizes(errors) <= VISIBLE * noise):
            break
        fit = _limit(errors, noise, ratio)
        # Were the error of order base + 1/2, or less than base, its slopes would now tend to another limit.
        if abs(fit.order - base) <= fit.bar + AGREEMENT:
            best = min(best, fit, key=_by_bar)
    return best


def _by_bar(fit: Fit) -> float:
    return fit.bar


def _romberg(slopes: FloatArray, noise: FloatArray, ratio: float) -> Fit:
    """Return the entry of the extrapolation table with the smallest bar; `ratio` is that of the first power.

    What is left is what the next column would remove, twice over to be safe.
    """
    best, power = Fit(float(slopes[-1]), float("inf")), ratio
    while slopes.size > 2:
        before, last = np.abs(np.diff(slopes))[-2:]
        if last <= SHRINKING * before + noise[-1]:
            bar = 2.0 * last * max(1.0, 1.0 / (power - 1.0)) + noise[-1]
            best = min(best, Fit(float(slopes[-1]), float(bar)), key=_by_bar)
        slopes = (power * slopes[1:] - slopes[:-1]) / (power - 1.0)
        noise = (power * noise[1:] + noise[:-1]) / (power - 1.0)
        power *= ratio
    return best
