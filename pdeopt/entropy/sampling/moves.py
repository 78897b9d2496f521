"""Metropolised moves of walkers: MALA, OBABO, and fresh coordinates for those bound to the kernel."""

from collections.abc import Callable

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.entropy.sampling.walkers import Path, Walkers
from pdeopt.kernels.entropy_chains import (
    half_squares,
    kick,
    kick_and_move,
    langevin_log_ratio,
    langevin_proposal,
    refresh,
)

__all__ = ["BEST_ACCEPTANCE", "Move", "fresh_coordinates", "mala", "obabo"]

Move = Callable[[Path, Walkers, float, float, np.random.Generator, FloatArray], float]
"""Moves walkers at a level by a step; the last argument holds momenta; returns the share accepted."""

MEMORY = 0.7
"""Share of momentum that OBABO keeps in one step."""


def mala(path: Path, walkers: Walkers, level: float, h: float, rng: np.random.Generator, _momenta: FloatArray) -> float:
    """Move each walker by one Euler step of Langevin dynamics, accepted or not."""
    before, ahead = path.drift(walkers, level), np.empty_like(walkers.v)
    langevin_proposal(walkers.v, before, rng.standard_normal(walkers.v.shape), h, ahead)
    proposed = path.at(ahead, walkers.labels)
    ratio = np.empty(len(ahead))
    langevin_log_ratio(walkers.v, before, ahead, path.drift(proposed, level), h, ratio)
    accepted = _accepted(path, walkers, proposed, level, ratio, rng)
    walkers.settle(np.flatnonzero(accepted), proposed.taken(np.flatnonzero(accepted)))
    return float(accepted.mean())


def obabo(path: Path, walkers: Walkers, level: float, h: float, rng: np.random.Generator, momenta: FloatArray) -> float:
    """Move each walker by one step of OBABO, accepted or not; where it is not, the momentum turns round.

    Source: G. Bussi, M. Parrinello, Accurate sampling using Langevin dynamics, Physical Review E 75 (2007).
    """
    shape = walkers.v.shape
    before, after, start, end = np.empty(shape), np.empty(shape), np.empty(shape[0]), np.empty(shape[0])
    ahead = np.empty(shape)
    refresh(momenta, rng.standard_normal(shape), MEMORY, before)
    half_squares(before, start)
    kick_and_move(walkers.v, before, path.drift(walkers, level), h, ahead, after)
    proposed = path.at(ahead, walkers.labels)
    kick(after, path.drift(proposed, level), h, after)
    half_squares(after, end)
    accepted = _accepted(path, walkers, proposed, level, start - end, rng)
    walkers.settle(np.flatnonzero(accepted), proposed.taken(np.flatnonzero(accepted)))
    refresh(np.where(accepted[:, None], after, -before), rng.standard_normal(shape), MEMORY, momenta)
    return float(accepted.mean())


def fresh_coordinates(path: Path, walkers: Walkers, level: float, rng: np.random.Generator) -> None:
    """Draw some coordinates of walkers bound to the kernel anew, so that they jump between wells one axis at a time."""
    mine = np.flatnonzero(walkers.labels == 0)
    if not len(mine):
        return
    some = walkers.taken(mine)
    chosen = rng.random(some.v.shape) < 1.0 / walkers.v.shape[1]
    proposed = path.at(np.where(chosen, rng.standard_normal(some.v.shape), some.v), some.labels)
    ratio = level * (proposed.log_weight - some.log_weight)
    accepted = np.log(rng.random(len(mine))) < ratio
    walkers.settle(mine[accepted], proposed.taken(np.flatnonzero(accepted)))


def _accepted(
    path: Path, walkers: Walkers, proposed: Walkers, level: float, ratio: FloatArray, rng: np.random.Generator
) -> BoolArray:
    change = path.log_density(proposed, level) - path.log_density(walkers, level) + ratio
    accepted: BoolArray = np.log(rng.random(len(ratio))) < change
    return accepted


BEST_ACCEPTANCE: dict[Move, float] = {mala: 0.57, obabo: 0.8}
"""Acceptance that the step is tuned to before draws that count."""
