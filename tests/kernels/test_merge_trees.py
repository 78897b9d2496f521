"""Kernels of merge trees, called from compiled code: against minima, basins and parts counted with NumPy and SciPy."""

import numpy as np
import pytest
from numba import njit
from reference_geometry import neighbours_of, persistence_pairs

from pdeopt.geometry.flooding import flood, steps_around
from pdeopt.grid import Grid
from pdeopt.kernels import basins as kernels
from pdeopt.kernels import merge_trees

SHAPE, WRAPS = (6, 7), (True, False)
ALL = steps_around(2, "all")
DISTANCES = ALL @ np.array([7, 1])
ROWS = np.array([[-1], [0], [1]])


@pytest.fixture(scope="module")
def values():
    return np.random.default_rng(0).integers(0, 9, SHAPE).astype(float)


def shape_and_wraps():
    return np.array(SHAPE), np.array(WRAPS)


@njit
def neighbours(node, shape, wraps, steps, distances, out):
    kernels.grid_neighbours(node, shape, wraps, steps, distances, out)


@njit
def targets_and_basins(values, shape, wraps, rows, diagonal, seeds, targets, basins):
    work, line = np.empty(rows.shape[0], np.int64), np.empty(shape[-1])
    kernels.lowest_neighbours(values, shape, wraps, rows, work, line, diagonal, targets)
    basins[:] = kernels.UNKNOWN
    count = 0
    for node in range(values.size):
        if targets[node] == node:
            seeds[count], basins[node] = node, count
            count += 1
    kernels.drain(targets, basins)
    return count


@njit
def passes(values, labels, shape, wraps, rows, box, distances, pairs, nodes, doors):
    marks, work = np.empty(values.size, np.bool_), np.empty(rows.shape[0], np.int64)
    kernels.mark_passes(values, labels, shape, wraps, rows, work, True, marks)
    room = np.empty((2, box.shape[0]), np.int64)
    return merge_trees.find_passes(
        marks, values, labels, shape, wraps, box, distances, pairs, box.shape[0], room, nodes, doors
    )


@njit
def joined(nodes, doors, order, n):
    parent, saddles, into, spills = np.arange(n), np.full(n, -1), np.full(n, -1), np.full(n, -1)
    merge_trees.join_basins(nodes, doors, order, parent, saddles, into, spills)
    roots = np.array([merge_trees.component(k, parent) for k in range(n)])
    return saddles, into, spills, roots


@njit
def one_step(node, shape, wraps, step):
    return kernels.node_beside(node, shape, wraps, step)


@njit
def comes_first(a, b, values):
    return kernels.is_lower(a, b, values)


def test_neighbours_are_the_nodes_that_touch():
    out = np.empty(8, np.int64)
    for node in range(42):
        neighbours(node, *shape_and_wraps(), ALL, DISTANCES, out)
        around = neighbours_of(divmod(node, 7), SHAPE, WRAPS, "all")
        assert sorted(out[out >= 0].tolist()) == sorted(i * 7 + j for i, j in around)


@pytest.mark.parametrize("kind", ["all", "axes"])
def test_each_node_drains_to_its_lowest_neighbour_and_ends_in_a_minimum(values, kind):
    seeds, targets, basins = (np.empty(42, np.int64) for _ in range(3))
    n = targets_and_basins(values.ravel(), *shape_and_wraps(), ROWS, kind == "all", seeds, targets, basins)
    for node in range(42):
        near = [divmod(node, 7), *neighbours_of(divmod(node, 7), SHAPE, WRAPS, kind)]
        lowest = min(near, key=lambda place: (values[place], place))
        assert divmod(targets[node], 7) == lowest
        assert basins[node] == basins[targets[node]]
    assert basins[seeds[:n]].tolist() == list(range(n))


def test_components_join_as_they_do_node_by_node(values):
    found = flood(values, Grid((0.0, 0.0), (1.0, 1.0), SHAPE, WRAPS), "all")
    gaps = np.abs(ALL[:, None] - ALL).max(axis=-1)
    nodes, doors = np.empty(42, np.int64), np.empty((42, 4), np.int64)
    flat, labels = values.ravel(), found.basins
    n = passes(flat, labels, *shape_and_wraps(), ROWS, ALL, DISTANCES, np.argwhere(np.triu(gaps == 1)), nodes, doors)
    order = np.lexsort((nodes[:n], flat[nodes[:n]]))
    saddles, into, spills, roots = joined(nodes[:n], doors, order, found.minima.size)
    assert [part.tolist() for part in (saddles, into, spills)] == [
        part.tolist() for part in (found.saddles, found.into, found.doors)
    ]
    assert roots.tolist() == [0] * found.minima.size
    deaths = np.where(saddles >= 0, flat[saddles], np.inf)
    births = flat[found.minima]
    pairs = sorted((low, high) for low, high in zip(births.tolist(), deaths.tolist(), strict=True) if high > low)
    assert pairs == persistence_pairs(values, WRAPS, "all")


def test_a_step_over_the_side_wraps_or_leaves_the_grid():
    steps = [one_step(0, *shape_and_wraps(), np.array(step)) for step in ((-1, 0), (0, -1), (-1, 1), (1, 1))]
    assert steps == [35, -1, 36, 8]


def test_of_equal_values_the_first_index_comes_first():
    flat = np.array([1.0, 0.0, 1.0])
    assert [comes_first(a, b, flat) for a, b in ((1, 0), (0, 2), (2, 0), (0, 0))] == [True, True, False, False]
