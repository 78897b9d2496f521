"""Grids for the states of a random network: as large as paths need, and no larger."""

from collections.abc import Sequence

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.networks.interpolation import SURE, Interpolation
from pdeopt.networks.outcomes import Outcomes, room_for

__all__ = ["TOO_LARGE", "leaving_message", "likely_room", "roomy_grid"]

N_PATHS = 4096
ROUNDS = 12
"""How often the room beyond sampled paths is doubled before it is that of all paths."""

LEAVING = 1e-7
"""Probability of leaving a grid that is chosen here."""

TOO_LARGE = "parameters send states or losses beyond the finite numbers. Use smaller ones, e.g. net.initial(seed=0)."


def likely_room(stages: Sequence[Outcomes], points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends of a box that 4096 random paths from points, shape (n, d), stay in."""
    # A fixed stream: the grid is a function of the problem.
    rng, rows = np.random.default_rng(0), np.resize(points, (max(N_PATHS, len(points)), points.shape[1]))
    low, high = rows.min(axis=0), rows.max(axis=0)
    for stage in stages:
        shares = np.abs(stage.weights) / np.abs(stage.weights).sum()
        chosen = rng.choice(len(shares), size=len(rows), p=shares)
        rows = stage.positions(rows)[chosen, np.arange(len(rows))]
        low, high = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
    return low, high


def leaving_probability(place: Interpolation, stages: Sequence[Outcomes], points: FloatArray) -> float:
    """Return the expected number of steps that send a path from one of the points beyond the grid."""
    mass = np.full((1, len(points)), 1.0 / len(points))
    found = float(place.outside(points[None], SURE).mean())
    mass = place.spread(mass, points[None], SURE)
    for stage in stages:
        flat = mass.reshape(1, -1)
        rows = np.flatnonzero(flat[0])
        positions = stage.positions(place.nodes[rows])
        found += abs(float(flat[0, rows] @ place.outside(positions, stage.weights)))
        mass = place.spread(np.ascontiguousarray(flat[:, rows]), positions, stage.weights)
    return found


def roomy_grid(
    stages: Sequence[Outcomes], points: FloatArray, shape: tuple[int, ...], order: int, margin: float
) -> Grid:
    """Return a grid that paths from points leave with a probability of at most 1e-7.

    Parameters
    ----------
    stages : sequence of Outcomes
    points : array, shape (n, d)
    shape : tuple of int
    order : int
        Of the interpolation on it.
    margin : float
        Room at either end of sampled paths, as a share of the space between them; doubled as often as it takes. All
        paths, however unlikely, have no more room than their extremes.
    """
    ends, (low, high) = room_for(stages, points, shape), likely_room(stages, points)
    width = np.maximum(high - low, 0.1 * max(1.0, float(np.abs(points).max())))
    far = margin * np.maximum(ends[1] - ends[0], width)
    if not (np.isfinite(far).all() and np.isfinite(width).all()):
        raise ValueError(TOO_LARGE)
    for doubling in range(ROUNDS):
        room = margin * 2.0**doubling * width
        lower, upper = np.maximum(low - room, ends[0] - far), np.minimum(high + room, ends[1] + far)
        grid = Grid(lower.tolist(), upper.tolist(), shape)
        if leaving_probability(Interpolation(grid, order), stages, points) <= LEAVING:
            break
    return grid


def leaving_message(grid: Grid, leaving: float, better: Grid, *, is_given: bool) -> str:
    """Return what is wrong with a grid that states leave, and what works."""
    low, high = np.round(better.lower, 3).tolist(), np.round(better.upper, 3).tolist()
    advice = f"Use Grid({low}, {high}, ...), or grid=None"
    if not is_given:
        advice = "No grid chosen here holds them: parameters are too large. Use smaller ones, e.g. net.initial(seed=0)"
    return f"states leave the grid from {grid.lower} to {grid.upper} with probability {leaving:.2g}. {advice}."
