"""Basins and passes: which nodes drain where, and how high the water stands when it spills."""

from collections.abc import Iterator
from itertools import product
from typing import Literal

import numpy as np
from scipy.ndimage import minimum_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from pdeopt._types import FloatArray, IntArray
from pdeopt.grid import Grid

WALL = -1
ROUNDING = 8 * np.finfo(float).eps


def watershed(field: FloatArray, grid: Grid, shallowest: float) -> tuple[IntArray, FloatArray, IntArray]:
    """Return flat indices of the minima, their depths, and the basin of each node."""
    order = np.argsort(field, axis=None, kind="stable")
    rank = np.empty(field.size, dtype=np.int64)
    rank[order] = np.arange(field.size)
    modes: list[Literal["wrap", "nearest"]] = ["wrap" if closed else "nearest" for closed in grid.periodic]
    target = order[minimum_filter(rank.reshape(grid.shape), size=3, mode=modes).ravel()]
    while (target != target[target]).any():
        target = target[target]
    flat = field.ravel()
    # In the order of rank, row 0 is the global minimum; nodes inside walls are no basins.
    seeds = order[(target[order] == order) & np.isfinite(flat[order])]
    number = np.full(field.size, WALL)
    number[seeds] = np.arange(seeds.size)
    labels = np.where(np.isfinite(flat), number[target], WALL)
    depth, owner = _merged(flat, seeds, _passes(labels, rank, grid), order, shallowest)
    kept = np.flatnonzero(owner == np.arange(seeds.size))
    row = np.full(seeds.size + 1, WALL)
    row[:-1] = np.searchsorted(kept, owner)
    return seeds[kept], depth[kept], row[labels].reshape(grid.shape)


def _neighbours(grid: Grid) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield flat indices of all pairs of touching nodes, one direction at a time."""
    index = np.arange(grid.size).reshape(grid.shape)
    for offset in product((-1, 0, 1), repeat=grid.dim):
        if offset <= (0,) * grid.dim:
            continue
        rolled = np.roll(index, [-step for step in offset], axis=range(grid.dim))
        inside = tuple(
            slice(None) if closed else slice(max(0, -step), n - max(0, step))
            for step, n, closed in zip(offset, grid.shape, grid.periodic, strict=True)
        )
        yield index[inside].ravel(), rolled[inside].ravel()


def _passes(labels: IntArray, rank: IntArray, grid: Grid) -> list[tuple[int, int, int]]:
    """Return rank and basins of the passes in the minimum spanning tree of the basins, lowest first."""
    found = []
    n = int(labels.max()) + 1
    for left, right in _neighbours(grid):
        a, b = labels[left], labels[right]
        apart = (a != b) & (a != WALL) & (b != WALL)
        a, b, height = a[apart], b[apart], np.maximum(rank[left[apart]], rank[right[apart]])
        found.append(np.stack([height, np.minimum(a, b), np.maximum(a, b)]))
    height, a, b = np.concatenate(found, axis=1)
    sorted_by_height = np.argsort(height, kind="stable")
    _, first = np.unique((a * n + b)[sorted_by_height], return_index=True)
    chosen = sorted_by_height[first]
    # Shifted by one: a weight of zero would be no edge.
    graph = coo_array((height[chosen] + 1.0, (a[chosen], b[chosen])), shape=(n, n))
    tree = coo_array(minimum_spanning_tree(graph.tocsr()))
    rows = zip((tree.data - 1).astype(int).tolist(), tree.row.tolist(), tree.col.tolist(), strict=True)
    return sorted(rows)


def _root(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _merged(
    flat: FloatArray, seeds: IntArray, passes: list[tuple[int, int, int]], order: IntArray, shallowest: float
) -> tuple[FloatArray, IntArray]:
    """Flood the basins: return the depth of each, and who owns it once shallow ones have spilled."""
    bottom = flat[seeds]
    smallest = max(shallowest, ROUNDING * float(np.abs(flat[np.isfinite(flat)]).max(initial=0.0)))
    depth = np.full(seeds.size, np.inf)
    joined, owner = list(range(seeds.size)), list(range(seeds.size))
    for height, a, b in passes:
        deep, shallow = sorted((_root(joined, a), _root(joined, b)))
        depth[shallow] = flat[order[height]] - bottom[shallow]
        joined[shallow] = deep
        if depth[shallow] <= smallest:
            # It spills over this pass, into the basin on the other side.
            owner[shallow] = b if _root(owner, a) == shallow else a
    return depth, np.array([_root(owner, k) for k in range(seeds.size)], dtype=np.int64)
