"""Decisions on sampled orders: two one-sided tests, a rule of power, and a correction for deciding many at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import norm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.verification.fits import local_slopes
from pdeopt.verification.paths.sampled_fits import SampledErrors, SampledFit, fit_order
from pdeopt.verification.verdict import CERTIFIED, INCONCLUSIVE, REFUTED, Verdict

__all__ = ["decide", "decide_means", "holm", "needed_paths", "together"]

LEVEL = 0.001
"""Probability of a wrong decision."""

TOLERANCE = 0.05
"""What an order may fall short of a claim by, or exceed it; orders are a quarter apart at least."""

HALF_WIDTH = 0.02
"""Of the 95 % interval, at most: otherwise there are too few paths to decide."""

TARGET = 0.75 * HALF_WIDTH
"""Half width that a number of paths is chosen for."""

PER_KURTOSIS = 20.0
"""Paths for each unit of the kurtosis of what they add to the order: so many make its mean a normal number."""

LARGEST_RATIO = 0.2
"""Of the standard deviation of a mean to the mean, at most."""

MOST_PATHS = 1 << 40
SAFETY = 1.2
"""On a number of paths that was estimated from fewer."""


def holm(p_values: ArrayLike) -> FloatArray:
    """Return p-values corrected for being several: those of at most a level may all be rejected at that level.

    Parameters
    ----------
    p_values : array_like, shape (n,)

    Returns
    -------
    array, shape (n,)
        The k-th smallest times ``n - k + 1``, at least the one before and at most 1.

    References
    ----------
    S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6, 1979.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(12).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)), 1.0)
    return adjusted


def one_sided(order: float, deviation: float, claimed: float) -> tuple[float, float]:
    """Return the p-values of an order of less than the claim less the tolerance, and of more than both together."""
    if not np.isfinite(deviation):
        return 1.0, 1.0
    low, high = (order - claimed + TOLERANCE) / deviation, (claimed + TOLERANCE - order) / deviation
    return float(norm.sf(low)), float(norm.sf(high))


def half_width(deviation: float) -> float:
    """Return half the width of the 95 % interval."""
    return float(norm.isf(0.025) * deviation)


def tail_paths(errors: SampledErrors, fit: SampledFit) -> float:
    """Return how many paths make the order a normal number."""
    gains = (errors.relative_squares[:, fit.first :] - 1.0) @ fit.weights
    return PER_KURTOSIS * float(np.mean(gains**4) / np.mean(gains**2) ** 2)


def nearest(order: float) -> float:
    """Return the nearest multiple of a half."""
    return float(np.round(2.0 * order) / 2.0)


def needed_paths(steps: FloatArray, errors: SampledErrors, fit: SampledFit, margin: float = TOLERANCE) -> int:
    """Return how many paths would settle the order, as far as those there are can tell.

    Parameters
    ----------
    steps : array, shape (n,)
    errors : SampledErrors
    fit : SampledFit
    margin : float
        How far the order is from where the decision changes; by default what it is if the claim is the order.

    Returns
    -------
    int
        0 if no number of paths would do at these steps.
    """
    bar = min(TARGET / float(norm.isf(0.025)), margin / float(norm.isf(LEVEL)))
    n = _paths_for(bar, steps, fit, errors.covariance, len(errors.relative_squares))
    return max(n, int(np.ceil(tail_paths(errors, fit)))) if n else 0


def _paths_for(bar: float, steps: FloatArray, fit: SampledFit, covariance: FloatArray, n: int) -> int:
    """Return how many paths make the deviation of the order less than `bar`, 0 if none do; `n` give the covariance."""
    used, known = steps[fit.first :], covariance[fit.first :, fit.first :]

    def settles(factor: float) -> bool:
        return fit_order(used, fit.curve, known / factor).deviation < bar

    low, high = 1.0, 1.0
    while not settles(high):
        low, high = high, 4.0 * high
        if high * n > MOST_PATHS:
            return 0
    while high > 1.1 * low:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if settles(middle) else (middle, high)
    return int(np.ceil(n * high * (SAFETY if high > 1.0 else 1.0)))


def _verdict(
    name: str, fit: SampledFit, claimed: float | None, steps: FloatArray, errors: FloatArray, deviations: FloatArray
) -> Verdict:
    """Return what the one-sided tests decide."""
    claim = nearest(fit.order) if claimed is None else float(claimed)
    below, above = one_sided(fit.order, fit.deviation, claim)
    half = half_width(fit.deviation)
    return Verdict(
        name,
        _tested(below, above, exact_claim=claimed is None),
        fit.order,
        (fit.order - half, fit.order + half),
        claim,
        steps,
        errors,
        local_slopes(steps, errors),
        "",
        "",
        standard_errors=deviations,
        tolerance=TOLERANCE,
        p_values=(below, above),
    )


def _margin(found: Verdict, claimed: float | None) -> float:
    """Return how far an order is from where the decision changes."""
    away = abs(found.order - found.claimed)
    return max(TOLERANCE - away, 0.0) if claimed is None else abs(found.order - found.claimed + TOLERANCE)


def decide(
    name: str, steps: FloatArray, errors: SampledErrors, *, claimed: float | None, tier: str, evidence: str
) -> Verdict:
    """Return the verdict on sampled errors.

    Parameters
    ----------
    name : str
        As for `Verdict`.
    steps : array, shape (n,)
        At least four.
    errors : SampledErrors
    claimed, tier, evidence
        As for `Verdict`; `claimed` of None takes the nearest multiple of a half, and asks for an order within 0.05.

    Returns
    -------
    Verdict
        Inconclusive if the 95 % interval is wider than 0.02 to a side, if few paths make the errors, or if neither
        one-sided test decides at the level 0.001; with the number of paths that would settle it.
    """
    fit, n, e = fit_order(steps, errors.logs, errors.covariance), len(errors.relative_squares), np.exp(errors.logs)
    found = _verdict(name, fit, claimed, steps, e, e * np.sqrt(np.diag(errors.covariance)))
    words = f"{evidence}, {n} paths, kurtosis {errors.kurtosis:.0f}"
    found = replace(found, tier=tier, evidence=words, n_paths=n)
    if half_width(fit.deviation) >= HALF_WIDTH or n < tail_paths(errors, fit):
        return replace(found, verdict=INCONCLUSIVE, needed_paths=needed_paths(steps, errors, fit))
    if found.verdict == INCONCLUSIVE:
        return replace(found, needed_paths=needed_paths(steps, errors, fit, _margin(found, claimed)))
    return found


def decide_means(
    name: str,
    steps: FloatArray,
    means: FloatArray,
    standard_errors: FloatArray,
    n_paths: int,
    *,
    claimed: float | None,
    tier: str,
    evidence: str,
) -> Verdict:
    """Return the verdict on the means of differences, of independent paths at every step.

    Parameters
    ----------
    name : str
        As for `Verdict`.
    steps, means, standard_errors : arrays, shape (n,)
        At least four steps.
    n_paths : int
        At every step.
    claimed, tier, evidence
        As for `Verdict`; `claimed` of None takes the nearest multiple of a half, and asks for an order within 0.05.

    Returns
    -------
    Verdict
        Inconclusive while the standard deviation of a mean exceeds 0.2 of it, or neither one-sided test decides at the
        level 0.001; with the number of paths that would settle it.
    """
    sizes = np.maximum(np.abs(means), np.finfo(np.float64).tiny)
    ratios = standard_errors / sizes
    fit, covariance = fit_order(steps, np.log(sizes), np.diag(ratios**2)), np.diag(ratios**2)
    found = _verdict(name, fit, claimed, steps, np.abs(means), standard_errors)
    found = replace(found, tier=tier, evidence=evidence, n_paths=n_paths)
    worst = float(ratios.max())
    if worst > LARGEST_RATIO:
        # A mean that is small by chance would ask for far too many.
        fitted = float(np.max(standard_errors[fit.first :] / np.exp(fit.curve)))
        needed = SAFETY * n_paths * max(fitted / LARGEST_RATIO, 1.0) ** 2
        return replace(found, verdict=INCONCLUSIVE, needed_paths=int(min(np.ceil(needed), MOST_PATHS)))
    if found.verdict == INCONCLUSIVE:
        # Of a wide interval the middle says little: the claim may be the order.
        is_wide = half_width(fit.deviation) >= TOLERANCE
        bar = (TOLERANCE if is_wide else _margin(found, claimed)) / float(norm.isf(LEVEL))
        return replace(found, needed_paths=_paths_for(bar, steps, fit, covariance, n_paths))
    return found


def _tested(below: float, above: float, *, exact_claim: bool) -> str:
    if exact_claim:
        return CERTIFIED if max(below, above) <= LEVEL else INCONCLUSIVE
    if below <= LEVEL:
        return CERTIFIED
    return REFUTED if 1.0 - below <= LEVEL else INCONCLUSIVE


def together(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return verdicts of several samples, corrected for being several; those that no longer hold are inconclusive.

    Parameters
    ----------
    verdicts : sequence of Verdict
        Those without p-values stay, and do not count.

    Returns
    -------
    tuple of Verdict
    """
    sampled = [one for one in verdicts if one.p_values]
    adjusted = holm([min(one.p_values[0], 1.0 - one.p_values[0]) for one in sampled])
    lost = {id(one) for one, p in zip(sampled, adjusted, strict=True) if p > LEVEL}
    return tuple(replace(one, verdict=INCONCLUSIVE) if id(one) in lost else one for one in verdicts)
