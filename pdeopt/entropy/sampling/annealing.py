"""Annealed sequential sampling: walkers go from a mixture to the law by levels, with weights and moves between."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp

from pdeopt._types import FloatArray, IntArray
from pdeopt.entropy.sampling.adaptation import effective_share
from pdeopt.entropy.sampling.draws import Draws
from pdeopt.entropy.sampling.moves import BEST_ACCEPTANCE, Move, fresh_coordinates
from pdeopt.entropy.sampling.walkers import Path, Walkers
from pdeopt.kernels.entropy_chains import systematic

__all__ = ["Schedule", "annealed", "scheduled"]

WANTED_SHARE = 0.7
"""Effective share of walkers that each level leaves."""
MOST_LEVELS = 400


@dataclass(frozen=True, eq=False)
class Schedule:
    """Levels from above zero to one, with the step of the moves at each and how many there are.

    Fixed by a first run, so that the mass found by later runs is unbiased.
    """

    levels: tuple[float, ...]
    steps: tuple[float, ...]
    counts: tuple[int, ...]
    arrived: Walkers
    shares: FloatArray


def scheduled(
    path: Path, move: Move, rng: np.random.Generator, n: int, most_moves: int, most_levels: int = MOST_LEVELS
) -> Schedule:
    """Find levels that keep the weights even, and steps that are accepted often enough.

    The last level is below one if `most_levels` are too few, or will be so by far.
    """
    walkers, level, h = path.drawn(rng, n), 0.0, 0.5 / path.target.dim ** (1 / 3)
    momenta = rng.standard_normal(walkers.v.shape)
    levels: list[float] = []
    steps: list[float] = []
    counts: list[int] = []
    while level < 1.0 and not _hopeless(levels, most_levels):
        following = _next_level(walkers.log_weight, level)
        walkers, _ = _resampled(walkers, following - level, 1, n, rng)
        level = following
        count = int(np.clip(np.ceil(1.0 / h), 4, most_moves))
        for _ in range(count):
            rate = move(path, walkers, level, h, rng, momenta)
            h = float(np.clip(h * np.exp(0.4 * (rate - BEST_ACCEPTANCE[move])), 1e-8, 1.5))
            fresh_coordinates(path, walkers, level, rng)
        levels.append(level)
        steps.append(h)
        counts.append(count)
    shares = np.bincount(walkers.labels, minlength=len(path.mixture.shares)) / n
    return Schedule(tuple(levels), tuple(steps), tuple(counts), walkers, shares)


def _hopeless(levels: list[float], most: int) -> bool:
    """Say whether levels are used up, or climb too slowly; after the first few they climb evenly."""
    slow = most < MOST_LEVELS and len(levels) >= 8 and levels[-1] < 0.5 * len(levels) / most
    return slow or len(levels) >= most


def _next_level(log_weight: FloatArray, level: float) -> float:
    def surplus(to: float) -> float:
        with np.errstate(invalid="ignore"):
            return effective_share(np.nan_to_num((to - level) * log_weight, nan=-np.inf, neginf=-np.inf)) - WANTED_SHARE

    # Walkers behind a wall are lost at the first level, however small.
    smallest = level + 1e-9 * (1.0 - level)
    if surplus(1.0) >= 0 or surplus(smallest) <= 0:
        return 1.0 if surplus(1.0) >= 0 else min(level + 1e-3, 1.0)
    return float(brentq(surplus, smallest, 1.0, xtol=1e-10))


def _resampled(
    walkers: Walkers, rise: float, batches: int, each: int, rng: np.random.Generator
) -> tuple[Walkers, FloatArray]:
    """Resample within batches by the weights of a rise of the level; also return the log of their mean, by batch."""
    logs = (rise * walkers.log_weight).reshape(batches, -1)
    log_mean = logsumexp(logs, axis=1) - np.log(logs.shape[1])
    weights = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
    index: IntArray = np.empty((batches, each), dtype=np.int64)
    systematic(weights, rng.random(batches), index)
    index += np.arange(batches)[:, None] * logs.shape[1]
    return walkers.taken(index.ravel()), log_mean


def annealed(
    path: Path,
    schedule: Schedule,
    move: Move,
    rng: np.random.Generator,
    *,
    batches: int,
    each: int,
    first: int,
    rounds: int,
) -> Draws:
    """Run independent batches of walkers, and let them walk on at level one for several rounds.

    `first` draws of the mixture are made for each batch, of which `each` walkers are left after the first level.
    """
    walkers = _several(path, rng, batches, first)
    log_mass, level, rates = np.zeros(batches), 0.0, []
    momenta = rng.standard_normal((batches * each, path.target.dim))
    kept: list[Walkers] = []
    for following, h, count in zip(schedule.levels, schedule.steps, schedule.counts, strict=True):
        walkers, gain = _resampled(walkers, following - level, batches, each, rng)
        log_mass, level = log_mass + gain, following
        for _ in range(rounds if level >= 1.0 else 1):
            for _ in range(count):
                rates.append(move(path, walkers, level, h, rng, momenta))
                fresh_coordinates(path, walkers, level, rng)
            kept = [*kept, walkers.taken(np.arange(len(walkers.w)))] if level >= 1.0 else []
    return _together(kept, log_mass, float(np.mean(rates[-rounds * schedule.counts[-1] :])))


def _several(path: Path, rng: np.random.Generator, batches: int, first: int) -> Walkers:
    labels = np.concatenate([rng.permutation(path.mixture.drawn(rng, first)[1]) for _ in range(batches)])
    return path.at(rng.standard_normal((len(labels), path.target.dim)), labels)


def _together(kept: list[Walkers], log_mass: FloatArray, rate: float) -> Draws:
    """Sort walkers by batch, then by round."""
    batches, rounds = len(log_mass), len(kept)

    def sorted_rows(name: str) -> Any:
        rows = np.stack([getattr(one, name) for one in kept])
        by_batch = rows.reshape(rounds, batches, -1, *rows.shape[2:])
        return np.moveaxis(by_batch, 0, 1).reshape(-1, *rows.shape[2:])

    w = sorted_rows("w")
    each = len(w) // (batches * rounds)
    weights = np.repeat(log_mass, rounds * each)
    return Draws(w, sorted_rows("slope"), weights, np.zeros((len(w), 0)), sorted_rows("labels"), batches, each, rate)
