"""A second opinion: the mass found once more from another reference, and what is done where the two disagree."""

from dataclasses import replace

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy.sampling.draws import Draws, importance
from pdeopt.entropy.sampling.moments import Moments, moments
from pdeopt.entropy.sampling.plans import Plan, from_kernel
from pdeopt.entropy.sampling.regression import Mean
from pdeopt.entropy.sampling.scaled import Scaled

__all__ = ["excess", "poor", "second_opinion", "widened"]

SHARE = 0.1
"""Draws of the second opinion over those of the first."""
FEWEST = 1024
SIGNIFICANT = 1.5
"""Bars of the difference above which it is not chance; one bar is about two standard errors."""

TRUSTED = 100.0
LEAST_EFFECTIVE = 0.01


def second_opinion(target: Scaled, plan: Plan, rng: np.random.Generator, n: int) -> Moments | None:
    """Find mass and moments from the kernel alone, or from the mixture about the peaks if the first came from there.

    Nothing if no draw avoids the walls.
    """
    few = max(FEWEST, int(SHARE * n))
    if plan.fallback is not None:
        draws = importance(target, plan.fallback, rng, few)
    else:
        draws = from_kernel(target, plan, rng).draws(target, rng, few)
    return moments(draws, plan.leading, stein=False) if np.isfinite(draws.log_weight).any() else None


def excess(first: Moments, second: Moments | None) -> float:
    """Return by how much the second logarithm of the mass is larger, or zero if that may be chance.

    Only larger counts. Both masses are unbiased and positive, so that one exceeds c times the truth with probability at
    most 1 / c, while one that misses wells is too small as often as it likes, with a bar that knows nothing of them.
    """
    if second is None:
        return 0.0
    difference = float(second.log_mass.value[0] - first.log_mass.value[0])
    bar = float(np.hypot(first.log_mass.half_width[0], second.log_mass.half_width[0]))
    return difference if difference > SIGNIFICANT * bar else 0.0


def poor(found: Moments, draws: Draws) -> bool:
    """Say whether so few of the draws count that their own bar cannot be used to compare."""
    return found.effective < min(TRUSTED, LEAST_EFFECTIVE * len(draws.w))


def widened(first: Moments, second: Moments | None) -> Moments:
    """Widen the bars of the first to the end of those of the second where the two disagree."""
    if second is None or not excess(first, second):
        return first
    gap = np.abs(second.covariance.trace_entries - first.covariance.trace_entries).max()
    return replace(
        first,
        log_mass=_reaching(first.log_mass, second.log_mass),
        mean=_reaching(first.mean, second.mean),
        covariance_error=max(first.covariance_error, float(gap) + second.covariance_error),
    )


def _reaching(first: Mean, second: Mean) -> Mean:
    reach: FloatArray = np.abs(second.value - first.value) + second.half_width
    return Mean(first.value, np.maximum(first.half_width, reach))
