"""Orders of sampled errors: their covariance over step sizes, and a fit that does not take them for a straight line."""

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from pdeopt._types import FloatArray

__all__ = ["SampledErrors", "SampledFit", "fit_order", "root_mean_squares"]

POWERS = (0.5, 1.0)
"""Of h, by which squared errors depart from their first power: their coefficients are averaged over."""

FURTHER_POWERS, FURTHER = (1.5, 2.0), 0.03
"""And those beyond, with the standard deviation that their part of the slope has at the largest step beforehand."""

REACH, N_NODES = 3.0, 41
"""Standard deviations of 1 beforehand, and nodes, of the coefficients at the largest step."""

NARROWEST = 1e-3
"""Squared errors that fall below this part of their first power cancel: such coefficients are left out."""

UNLIKELY = 1e-3
"""A fit that is worse than this probability leaves out the largest step."""

FEWEST = 4


class SampledErrors(NamedTuple):
    """Errors at several steps, of one sample of paths."""

    logs: FloatArray
    """Logarithms of root mean squares, shape (n,)."""
    covariance: FloatArray
    """Of the logarithms, shape (n, n)."""
    relative_squares: FloatArray
    """Squared errors of single paths over their means, shape (n_paths, n)."""

    @property
    def kurtosis(self) -> float:
        """The largest one of squared errors; 3 for normal numbers, huge if few paths make the error."""
        away = self.relative_squares - 1.0
        return float(np.max(np.mean(away**4, axis=0) / np.mean(away**2, axis=0) ** 2))


class SampledFit(NamedTuple):
    """An order, and what is known of it."""

    order: float
    deviation: float
    """Standard deviation: by sampling, and by not knowing how errors depart from a power; infinite if nothing fits."""
    curve: FloatArray
    """Logarithms of the errors as fitted, of the steps used."""
    weights: FloatArray
    """What the order gains by a logarithm of an error."""
    first: int
    """The first step used."""


def root_mean_squares(squares: FloatArray) -> SampledErrors:
    """Return the errors of squared errors of paths.

    Parameters
    ----------
    squares : array, shape (n_paths, n)
        Of the same paths at n steps; positive means.

    Returns
    -------
    SampledErrors
        The covariance is that of the means by the delta method: paths are independent, step sizes of one are not.
    """
    means = squares.mean(axis=0)
    relative = squares / means
    away = relative - 1.0
    n = len(squares)
    return SampledErrors(0.5 * np.log(means), 0.25 * (away.T @ away) / (n * max(n - 1, 1)), relative)


def fit_order(steps: FloatArray, logs: FloatArray, covariance: FloatArray) -> SampledFit:
    """Return the order of errors that are known with a covariance.

    Parameters
    ----------
    steps : array, shape (n,)
        The largest first; at least four.
    logs, covariance : arrays, shapes (n,) and (n, n)
        Logarithms of errors.

    Returns
    -------
    SampledFit

    Notes
    -----
    Squared errors are ``C**2 h**(2 p) (1 + c1 h**0.5 + c2 h + ...)``. By generalised least squares for C and p, given
    c1 and c2, and an average over these, weighed by likelihood and a normal law of deviation 1 beforehand in units of
    the largest step. The deviation of p holds what the average spreads. Where no such curve fits, the largest step is
    left out.
    """
    for first in range(len(steps) - FEWEST + 1):
        fit, misfit = _averaged(steps[first:], logs[first:], covariance[first:, first:], first)
        if misfit <= chi2.isf(UNLIKELY, len(steps) - first - 2):
            return fit
    return fit._replace(deviation=float("inf"))


def _averaged(h: FloatArray, logs: FloatArray, covariance: FloatArray, first: int) -> tuple[SampledFit, float]:
    """Return the fit to all steps, and the least sum of squares of its residuals."""
    gain, quadratic, variance = _least_squares(h, covariance)
    centre, spread = np.zeros(2), np.full(2, REACH)
    # The second pass looks where the first one found the weight.
    for _ in range(2):
        c, curves = _departures(h / h[0], centre, spread)
        rest = logs - curves
        misfit = np.sum((rest @ quadratic) * rest, axis=1)
        likely = -0.5 * misfit - 0.5 * np.sum(c * c, axis=1)
        weights = np.exp(likely - likely.max())
        weights /= weights.sum()
        centre = weights @ c
        spread = np.minimum(5.0 * np.sqrt(weights @ (c - centre) ** 2) + 1e-3, REACH)
    orders = rest @ gain[1]
    order = float(weights @ orders)
    deviation = float(np.sqrt(variance + weights @ (orders - order) ** 2))
    curve = weights @ (curves + np.stack([rest @ gain[0], orders], axis=1) @ _design(h).T)
    return SampledFit(order, deviation, np.asarray(curve), gain[1], first), float(misfit.min())


def _design(h: FloatArray) -> FloatArray:
    return np.stack([np.ones(h.size), np.log(h)], axis=1)


def _least_squares(h: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Return the map from logarithms to constant and slope, the form of the residuals, and the slope's variance."""
    further = np.stack([FURTHER / q * (h / h[0]) ** q for q in FURTHER_POWERS], axis=1)
    # Rounding of logarithms, so that errors without noise have a covariance too.
    whole = covariance + further @ further.T + 1e-20 * np.eye(h.size)
    inverse, design = np.linalg.inv(whole), _design(h)
    information = design.T @ inverse
    both = np.linalg.inv(information @ design)
    gain = both @ information
    return gain, inverse - inverse @ design @ gain, float(both[1, 1])


def _departures(ratio: FloatArray, centre: FloatArray, spread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return coefficients on a grid and what they add to the logarithms of errors, shapes (m, 2) and (m, n)."""
    nodes = [c + s * np.linspace(-1.0, 1.0, N_NODES) for c, s in zip(centre, spread, strict=True)]
    c = np.stack([part.ravel() for part in np.meshgrid(*nodes, indexing="ij")], axis=1)
    factor = 1.0 + c @ np.stack([ratio**q for q in POWERS])
    kept = np.all(factor > NARROWEST, axis=1)
    return c[kept], 0.5 * np.log(factor[kept])
