"""Basins, and the passes where their components join: the kernels of `basins` and `merge_trees` in turn."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.grid import Grid
from pdeopt.kernels.basins import UNKNOWN, WALL, drain, lowest_neighbours, mark_passes
from pdeopt.kernels.merge_trees import find_passes, join_basins

__all__ = ["NONE", "Flood", "flood", "steps_around"]

NONE = -1


@dataclass(frozen=True, eq=False)
class Flood:
    """What flooding leaves: minima by value, the basin of each node, and for each basin where and into what it spills.

    Parameters
    ----------
    minima : array of int, shape (n,)
        Flat indices, the lowest first.
    basins : array of int, shape (N,)
        Rows of `minima`, -1 on walls.
    saddles : array of int, shape (n,)
        Flat indices of the nodes where components join an older one, -1 where none does.
    into : array of int, shape (n,)
        The minimum of the older component.
    doors : array of int, shape (n,)
        Its basin on the other side of the saddle.
    """

    minima: IntArray
    basins: IntArray
    saddles: IntArray
    into: IntArray
    doors: IntArray


def flood(field: FloatArray, grid: Grid, neighbours: str) -> Flood:
    """Return basins and passes of a checked field."""
    flat = np.ascontiguousarray(field).ravel()
    shape, wraps, diagonal = np.array(grid.shape), np.array(grid.periodic), neighbours == "all"
    steps = steps_around(grid.dim, neighbours)
    rows = np.array([step for step in product((-1, 0, 1), repeat=grid.dim - 1) if diagonal or sum(map(abs, step)) < 2])
    around = (shape, wraps, rows.reshape(len(rows), grid.dim - 1).astype(np.int64), np.empty(len(rows), np.int64))
    targets = np.empty(flat.size, np.int64)
    lowest_neighbours(flat, *around, np.empty(grid.shape[-1]), diagonal, targets)
    seeds = np.flatnonzero((targets == np.arange(flat.size)) & (flat < np.inf))
    seeds = seeds[ranked(flat[seeds])]
    basins = np.where(flat < np.inf, UNKNOWN, WALL)
    basins[seeds] = np.arange(seeds.size)
    drain(targets, basins)
    marks = np.empty(flat.size, bool)
    mark_passes(flat, basins, *around, diagonal, marks)
    n_marks, n_near = int(np.count_nonzero(marks)), len(steps)
    nodes, meeting = np.empty(n_marks, np.int64), np.empty((n_marks, max(2 * grid.dim, 2**grid.dim)), np.int64)
    box, pairs = _box(grid.dim, neighbours)
    work, strides = np.empty((2, len(box)), np.int64), np.cumprod([1, *grid.shape[:0:-1]])[::-1]
    n_passes = find_passes(marks, flat, basins, shape, wraps, box, box @ strides, pairs, n_near, work, nodes, meeting)
    nodes = nodes[:n_passes]
    joined = np.arange(seeds.size)
    saddles, into, doors = (np.full(seeds.size, NONE) for _ in range(3))
    join_basins(nodes, meeting, ranked(flat[nodes]), joined, saddles, into, doors)
    return Flood(seeds, basins, saddles, into, doors)


def ranked(values: FloatArray) -> IntArray:
    """Return the order of values, equal ones as they come."""
    order = np.argsort(values)
    by_size = values[order]
    # The fast sort is not stable; where nothing is equal it need not be.
    return np.argsort(values, kind="stable") if (by_size[1:] == by_size[:-1]).any() else order


def steps_around(dim: int, neighbours: str) -> IntArray:
    """Return the steps from a node to its neighbours, those along axes first."""
    steps = np.array([step for step in product((-1, 0, 1), repeat=dim) if any(step)])
    steps = steps[np.argsort(np.abs(steps).sum(axis=1), kind="stable")]
    return steps if neighbours == "all" else steps[: 2 * dim]


def _box(dim: int, neighbours: str) -> tuple[IntArray, IntArray]:
    """Return the steps to all nodes around a node, and which pairs of them are neighbours."""
    steps = steps_around(dim, "all")
    gaps = np.abs(steps[:, None] - steps)
    touching = gaps.max(axis=-1) == 1 if neighbours == "all" else gaps.sum(axis=-1) == 1
    return steps, np.argwhere(np.triu(touching))
