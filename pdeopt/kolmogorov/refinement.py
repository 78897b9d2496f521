"""The same question on finer grids, and what the answers say together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.ndimage import maximum_filter

from pdeopt._types import BoolArray, FloatArray
from pdeopt.grid import Grid

__all__ = ["Extrapolation", "default_levels", "extrapolated", "finer_grid", "finer_mask", "level_count", "restricted"]

SPLINE = 5
"""Degree in which stretched axes are continued between their nodes: positions are then smooth to sixth order."""

LARGEST_OF_THREE = 150_000
LARGEST = 600_000
"""Nodes of the finest of three, and of any, grid that is solved on without being asked for."""

MOST_LEVELS = 3

WINDOW = 5
"""Nodes along each axis over which the fall of differences is judged."""

SLOWEST = 0.5
"""Order below which differences are not extrapolated."""

ROUNDING = 64 * np.finfo(float).eps


@dataclass(frozen=True, eq=False)
class Extrapolation:
    """Values extrapolated to spacing zero.

    Parameters
    ----------
    values, error : array
        At the nodes of the coarsest grid; the error is an estimate.
    order : float
        Of the differences between the grids in the mean; NaN with fewer than three.
    differences : tuple of float
        Largest change from each grid to the next.
    """

    values: FloatArray
    error: FloatArray
    order: float
    differences: tuple[float, ...]


def finer_grid(grid: Grid, factor: int) -> Grid:
    """Return a grid that keeps every node, and is as smooth as the first where it is stretched."""
    if factor == 1 or all(grid.uniform):
        return grid.refined(factor)
    axes = [_finer_axis(grid, axis, factor) for axis in range(grid.dim)]
    return Grid.from_axes(*axes, periodic=grid.periodic)


def _finer_axis(grid: Grid, axis: int, factor: int) -> FloatArray:
    nodes = grid.axes[axis]
    if grid.uniform[axis]:
        return Grid(grid.lower[axis], grid.upper[axis], nodes.size, grid.periodic[axis]).refined(factor).axes[0]
    index = np.arange(nodes.size)
    positions = np.arange((nodes.size - 1) * factor + 1) / factor
    finer = np.asarray(make_interp_spline(index, nodes, k=min(SPLINE, nodes.size - 1 - (nodes.size % 2)))(positions))
    finer[::factor] = nodes
    return finer if np.all(np.diff(finer) > 0) else np.interp(positions, index, nodes)


def finer_mask(mask: BoolArray, grid: Grid, factor: int) -> BoolArray:
    """Return which nodes of a grid refined by a power of two belong to a set: those between nodes that do."""
    for _ in range(factor.bit_length() - 1):
        for axis in range(grid.dim):
            mask = _doubled(mask, axis, grid.periodic[axis])
    return mask


def _doubled(mask: BoolArray, axis: int, wraps: bool) -> BoolArray:
    lines = np.moveaxis(mask, axis, 0)
    between = lines & np.roll(lines, -1, axis=0)
    finer = np.stack([lines, between], axis=1).reshape(-1, *lines.shape[1:])
    return np.moveaxis(finer if wraps else finer[:-1], 0, axis)


def restricted(values: FloatArray, factor: int, dim: int) -> FloatArray:
    """Return the values at the nodes of the grid that was refined; the grid's axes are the last `dim`."""
    picked: Any = (..., *(slice(None, None, factor),) * dim)
    return np.asarray(values[picked])


def default_levels(grid: Grid) -> int:
    """Return how many grids are solved on: three, or fewer where the finest would be large."""
    sizes = [float(np.prod([factor * n for n in grid.shape])) for factor in (2, 4)]
    return 3 if sizes[1] <= LARGEST_OF_THREE or grid.dim == 1 else 2 if sizes[0] <= LARGEST else 1


def level_count(grid: Grid, levels: int | None, extrapolate: bool) -> int:
    """Return on how many grids to solve, or say what is wrong with what was asked."""
    if levels is not None and (not isinstance(levels, int | np.integer) or not 1 <= levels <= MOST_LEVELS):
        raise ValueError(f"levels={levels!r} must be 1, 2 or {MOST_LEVELS} grids, e.g. levels={MOST_LEVELS}.")
    if not extrapolate:
        return 1
    return default_levels(grid) if levels is None else int(levels)


def extrapolated(solutions: Sequence[FloatArray], dim: int, order: int = 2) -> Extrapolation:
    """Extrapolate solutions on grids of halved spacings, the coarsest first, at common nodes.

    Parameters
    ----------
    solutions : sequence of array
        One to three of one shape, whose last axes are those of the grid.
    dim : int
        Number of axes of the grid.
    order : int
        2: errors in even powers of the spacing. 1: errors in all powers.

    Notes
    -----
    Where, in a neighbourhood, differences do not fall as `order` says, they are extrapolated with the order that they
    show; where they hardly fall at all, the finest solution stays, with its last changes as its error.
    """
    finest = solutions[-1]
    if len(solutions) == 1:
        return Extrapolation(finest, np.full_like(finest, np.inf), np.nan, ())
    steps = [fine - coarse for coarse, fine in pairwise(solutions)]
    sizes = tuple(float(np.abs(step).max(initial=0.0)) for step in steps)
    floor = ROUNDING * float(np.abs(finest).max(initial=0.0))
    if len(steps) == 1:
        return Extrapolation(finest + steps[0] / (2**order - 1), np.abs(steps[0]) + floor, np.nan, sizes)
    means = [float(np.abs(step).mean()) for step in steps]
    seen = float(np.log2(means[0] / means[1])) if means[1] > floor and means[0] > 0.0 else np.nan
    values, error = _from_three(finest, steps, dim, order)
    return Extrapolation(values, error + floor, seen, sizes)


def _from_three(finest: FloatArray, steps: list[FloatArray], dim: int, order: int) -> tuple[FloatArray, FloatArray]:
    lead = finest.ndim - dim
    before, after = (maximum_filter(np.abs(step), size=(1,) * lead + (WINDOW,) * dim) for step in steps)
    fall = before / np.maximum(after, np.finfo(float).tiny)
    first, second = (step / (2**order - 1) for step in steps)
    # Both first extrapolations, and from them the second one.
    gap = steps[1] + second - first
    change = gap / (2 ** (order + 1 + (order == 2)) - 1)
    slow = steps[1] / (np.maximum(fall, 2.0**SLOWEST) - 1.0)
    cases = [fall >= 2.0 ** (order - 0.5), fall >= 2.0**SLOWEST]
    values = np.select(cases, [second + change, slow], 0.0)
    error = np.select(cases, [np.abs(change), np.abs(slow)], 2.0 * np.abs(steps[1]) + np.abs(steps[0]))
    return finest + values, error


def on_levels(solve: Callable[[int], FloatArray], count: int, dim: int) -> list[FloatArray]:
    """Return solutions on a grid and its refinements by 2, 4, ..., at the nodes of the first."""
    return [restricted(solve(2**level), 2**level, dim) for level in range(count)]
