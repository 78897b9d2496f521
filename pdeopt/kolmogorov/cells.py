"""Lengths along the axes of a grid: of the cells that nodes own, and of the gaps between nodes."""

from functools import reduce

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid

__all__ = ["distances", "gaps_along", "on_axis", "volumes_of", "widths_along"]


def gaps_along(grid: Grid, axis: int) -> FloatArray:
    """Return the distance from each node to the next, one fewer than nodes unless the axis is periodic."""
    count = grid.shape[axis] - (not grid.periodic[axis])
    return np.full(count, grid.spacing[axis]) if grid.uniform[axis] else np.diff(grid.axes[axis])


def distances(grid: Grid, axis: int) -> tuple[FloatArray, FloatArray]:
    """Return the distances of each node to the next and to the last; at an end that of the only neighbour."""
    gaps = gaps_along(grid, axis)
    return (gaps, gaps) if grid.periodic[axis] else (np.append(gaps, gaps[-1]), np.append(gaps[0], gaps))


def widths_along(grid: Grid, axis: int) -> FloatArray:
    """Return the lengths of the nodes' cells; an end node owns half a cell."""
    gaps = gaps_along(grid, axis)
    return gaps if grid.periodic[axis] else 0.5 * np.concatenate([gaps[:1], gaps[1:] + gaps[:-1], gaps[-1:]])


def volumes_of(grid: Grid) -> FloatArray:
    """Return the volumes of the nodes' cells, shape ``grid.shape``."""
    widths = [on_axis(widths_along(grid, axis), axis, grid.dim) for axis in range(grid.dim)]
    return reduce(np.multiply, widths, np.ones(grid.shape))


def on_axis(values: FloatArray, axis: int, dim: int) -> FloatArray:
    """Give values of one axis the shape that broadcasts on a grid of dim axes."""
    return values.reshape([-1 if k == axis else 1 for k in range(dim)])
