"""Tiles against a search of every node."""

import numpy as np
import pytest
from numba import njit
from reference import exponents

from pdeopt.kernels import tiles

TILE = tiles.TILE


@njit
def summary(energy, nodes):
    n_tiles = (nodes.size + TILE - 1) // TILE
    lowest, left, right = np.empty(n_tiles), np.empty(n_tiles), np.empty(n_tiles)
    where = np.empty(n_tiles, np.int64)
    tiles.summarise_tiles(energy, nodes, lowest, where, left, right)
    return lowest, where, left, right


@njit
def search(energy, nodes, low, high, half_precision, slack):
    lowest, where, left, right = summary(energy, nodes)
    return tiles.search_tiles(low, high, half_precision, slack, lowest.min(), energy, nodes, lowest, where, left, right)


@njit
def distance(a, b, c, d):
    return tiles.gap(a, b, c, d)


def random_line(seed, n=203):
    rng = np.random.default_rng(seed)
    energy = 30.0 * rng.standard_normal(n)
    energy[rng.integers(0, n, 9)] = np.inf
    return energy, np.sort(rng.uniform(-2.0, 2.0, n))


def test_summary_holds_the_smallest_energy_of_each_tile():
    energy, nodes = random_line(0)
    blocks = [energy[i : i + TILE] for i in range(0, energy.size, TILE)]
    np.testing.assert_array_equal(summary(energy, nodes)[0], [block.min() for block in blocks])


def test_summary_names_the_node_of_the_smallest_energy():
    energy, nodes = random_line(1)
    lowest, where, _, _ = summary(energy, nodes)
    np.testing.assert_array_equal(energy[where], lowest)


def test_summary_holds_the_ends_of_each_tile():
    energy, nodes = random_line(2)
    _, _, left, right = summary(energy, nodes)
    np.testing.assert_array_equal(left, nodes[::TILE])
    np.testing.assert_array_equal(right, np.append(nodes[TILE - 1 :: TILE], nodes[-1])[: right.size])


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ((0.0, 1.0, 2.0, 3.0), 1.0),
        ((2.0, 3.0, 0.0, 1.5), 0.5),
        ((0.0, 2.0, 1.0, 3.0), 0.0),
        ((0.0, 9.0, 1.0, 2.0), 0.0),
    ],
)
def test_gap_is_the_distance_of_two_intervals(intervals, expected):
    assert distance(*intervals) == expected


@pytest.mark.parametrize("variance", [1e-4, 1e-2, 1.0, 100.0])
@pytest.mark.parametrize("seed", range(4))
def test_search_keeps_every_node_that_contributes_to_some_output(variance, seed):
    energy, nodes = random_line(seed)
    low, high, slack = -0.3, 0.1, 20.0
    first, end, _, _ = search(energy, nodes, low, high, 0.5 / variance, slack)
    total = exponents(energy, nodes, np.linspace(low, high, 101), variance)
    matters = np.flatnonzero((total <= total.min(axis=1, keepdims=True) + slack).any(axis=0))
    assert first * TILE <= matters.min()
    assert matters.max() < end * TILE


@pytest.mark.parametrize("seed", range(4))
def test_cutoff_of_the_search_lies_above_the_best_exponent_of_every_output(seed):
    energy, nodes = random_line(seed)
    _, _, cutoff, _ = search(energy, nodes, -0.3, 0.1, 5.0, 20.0)
    best = exponents(energy, nodes, np.linspace(-0.3, 0.1, 101), 0.1).min(axis=1)
    assert cutoff >= best.max() + 20.0 - 1e-9


def test_search_finds_nothing_where_every_energy_is_infinite():
    energy, nodes = np.full(70, np.inf), np.linspace(0.0, 1.0, 70)
    assert search(energy, nodes, 0.2, 0.4, 1.0, 10.0)[3] == -1
