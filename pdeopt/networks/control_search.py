"""Minimisation on grids that are chosen, made larger and made finer as it goes on."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.networks.control_descent import Descent, Objective, descended
from pdeopt.networks.control_results import ControlSweeps

__all__ = ["Choices", "Found", "searched", "unresolved"]

ROUNDS = 30
"""How often a chosen grid is made anew."""

RADIUS = 1.0
"""How far a parameter moves on one chosen grid: states that grow from layer to layer would leave it far behind."""

FINEST = 4
"""By how much a chosen grid is made finer at most."""

RESOLUTION = 1e-3
"""Error of the grid, relative to the loss at the start, above which a minimum is one of the interpolation."""


class Choices(NamedTuple):
    """What depends on the problem: a grid for parameters, the objective on it, and what is found there."""

    grid: Callable[[FloatArray, int], Grid]
    is_given: bool
    objective: Callable[[Grid], Objective]
    sweeps: Callable[[FloatArray, Grid], ControlSweeps]
    leaves: Callable[[ControlSweeps], bool]


class Found(NamedTuple):
    """Where a search ended."""

    descent: Descent
    sweeps: ControlSweeps
    is_resolved: bool


def searched(choices: Choices, start: FloatArray, max_iterations: int, tolerance: float, progress: bool) -> Found:
    """Minimise on one grid after the other, until states stay on it and it resolves the loss."""
    theta, history, finer, used = start, list[float](), 1, 0
    for _ in range(ROUNDS):
        grid = choices.grid(theta, finer)
        radius = np.inf if choices.is_given else RADIUS
        descent = descended(choices.objective(grid), theta, max(max_iterations - used, 1), tolerance, progress, radius)
        moved, theta = float(np.abs(descent.parameters - theta).max()), descent.parameters
        used, history = used + len(descent.history) - 1, history + descent.history
        sweeps = choices.sweeps(theta, grid)
        is_resolved = sweeps.error <= RESOLUTION * abs(history[0])
        is_at_rest = moved < 0.999 * radius and not choices.leaves(sweeps)
        if choices.is_given or used >= max_iterations or (is_at_rest and (is_resolved or finer == FINEST)):
            break
        finer *= 2 if is_at_rest else 1
    return Found(descent._replace(history=history), sweeps, is_resolved)


def unresolved(found: Found) -> Found:
    """Return a search whose grid is too coarse with words that say so."""
    if found.is_resolved:
        return found
    words = (
        f"the grid does not resolve the loss, error {found.sweeps.error:.2g}: use a finer grid=, or weight_decay=1e-4"
    )
    return found._replace(descent=found.descent._replace(message=words))
