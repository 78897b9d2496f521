"""Copies of the fast variables at held slow ones: steps, starts at rest, and time averages of the slow rate."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.homogenization.affine import AffineSystem, affine_system
from pdeopt.homogenization.inputs import checked_count, checked_positive
from pdeopt.sde import simulate
from pdeopt.sde.scheme import Scheme
from pdeopt.systems import TwoScaleSystem

__all__ = ["Held", "at_rest", "fast_scales", "held", "micro_seed", "micro_step_for", "repeated"]

RESOLVED = 0.1
"""Step of the fast variables in units of their fastest time."""

PROBE = 1e-5
"""Step of the differences that the fastest time is taken from."""


@dataclass(frozen=True, eq=False)
class Held:
    """What copies did while the slow variables were held.

    Parameters
    ----------
    states : array, shape (n, dim)
        At the end.
    average : array, shape (n, n_slow)
        Time average of the slow rate along each copy.
    """

    states: FloatArray
    average: FloatArray


def repeated(points: FloatArray, count: int) -> FloatArray:
    """Return `count` copies of every row, those of one row next to each other."""
    return np.repeat(points, count, axis=0)


def micro_seed(seed: int, *index: int) -> int:
    """Return the seed of one part of a computation."""
    return int(np.random.SeedSequence([seed, *index]).generate_state(1, np.uint64)[0] >> np.uint64(1))


def held(
    system: TwoScaleSystem, states: FloatArray, step: float, n_steps: int, seed: int, method: str | Scheme
) -> Held:
    """Run the fast variables on their own clock, from every row of `states`."""
    begin = np.concatenate([states, np.zeros((len(states), system.n_slow))], axis=1)
    run = simulate(
        system.frozen,
        begin,
        step=step,
        n_steps=n_steps,
        n_paths=len(states),
        method=method,
        seed=seed,
        statistics=False,
        progress=False,
    )
    return Held(run.final[:, : system.dim], run.final[:, system.dim :] / (step * n_steps))


def fast_scales(system: TwoScaleSystem, states: FloatArray) -> float:
    """Return the fastest rate of the fast variables at states, from differences of g in y."""
    n, rates = system.n_slow, []
    for state in states[:: max(1, len(states) // 16)]:
        moved = np.repeat(state[None, :], system.n_fast, axis=0)
        size = PROBE * np.maximum(1.0, np.abs(state[n:]))
        moved[:, n:] += np.diag(size)
        slopes = (system.rates_at(moved)[1] - system.rates_at(state)[1]) / size[:, None]
        rates.append(float(np.linalg.norm(slopes, 2)))
    return max(rates)


def micro_step_for(system: TwoScaleSystem, states: FloatArray) -> float:
    """Return a step that resolves the fastest time of the fast variables."""
    rate = fast_scales(system, states)
    if not (np.isfinite(rate) and rate > 0.0):
        raise ValueError(
            f"the fast drift of {system!r} has no finite rate of change at the start ({rate}), so micro_step cannot be "
            "chosen. State it, e.g. micro_step=0.01."
        )
    return RESOLVED / rate


def at_rest(
    system: TwoScaleSystem,
    points: FloatArray,
    step: float | None,
    n_steps: int,
    copies: int,
    seed: int,
    method: str | Scheme,
) -> tuple[FloatArray, float, int]:
    """Return states (n copies, dim) with the fast variables at rest, the step, and the steps spent.

    They are drawn where they are Gaussian, else run in; without a step, the step is chosen where they come to rest.
    """
    begin = repeated(system.start(points), copies)
    chosen = micro_step_for(system, begin) if step is None else checked_positive(step, "micro_step", example="0.01")
    parts, count = affine_system(system), checked_count(n_steps, "n_burn")
    if parts is not None and parts.fast_is_stable:
        return _drawn(parts, begin[:, : system.n_slow], seed), chosen, 0
    states, spent = held(system, begin, chosen, count, seed, method).states, len(begin) * count
    if step is None:
        chosen = min(chosen, micro_step_for(system, states))
        states = held(system, states, chosen, count, micro_seed(seed, 1), method).states
        spent *= 2
    return states, chosen, spent


def _drawn(parts: AffineSystem, points: FloatArray, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    noise = rng.multivariate_normal(np.zeros(len(parts.fast)), parts.fast_covariance, size=len(points))
    means = np.array([parts.fast_mean(x) for x in points])
    return np.concatenate([points, means + noise], axis=1)
