"""Transforms of many lines by windows against sums over all pairs."""

import numpy as np
import pytest
from numba import njit
from reference import trapezoid

from pdeopt.hamilton_jacobi.axes import Extension
from pdeopt.hamilton_jacobi.windows import make_windows
from pdeopt.kernels import bands, cole_hopf
from pdeopt.kernels.tiles import TILE

N_LINES = 140
NODES = np.linspace(-1.0, 1.5, 301)
VARIANCE = (3.0 * (NODES[1] - NODES[0])) ** 2


@njit(cache=True)
def transform(field, beta, index, nodes, outputs, step, variance, reach, inner, starts, phases, windows, out):
    spacing = (nodes[-1] - nodes[0]) / (nodes.size - 1)
    matrix = cole_hopf.tile_matrix(spacing, step, variance)
    line = (index, nodes, outputs, step, variance, matrix, reach, inner, starts, phases, windows)
    bands.transform_banded(field, beta, *line, out)


@njit
def sums(weights, start, windows, which):
    out = np.empty((bands.GROUP, TILE))
    bands.window_sums(weights, start, windows, which, out)
    return out


@njit
def segments(energy):
    out = np.empty((energy.shape[0], energy.shape[1] // bands.SEGMENT))
    for line in range(energy.shape[0]):
        bands.lowest_of_segments(energy, line, out)
    return out


@njit
def suffices(low, high, before, after, need, half, nodes, lowest, floor):
    return bands.window_suffices(low, high, before, after, need, need, half, nodes, lowest, 0, floor)


@njit
def bonus(reach, spacing, variance):
    return bands.window_bonus(reach, spacing, variance)


def transformed(energy, outputs, beta=2.0):
    """Return transforms by windows, each as wide as the smoothest line needs, and how many matrices there were."""
    step, smooth = (outputs[-1] - outputs[0]) / (outputs.size - 1), np.zeros((N_LINES, NODES.size))
    extension = Extension(np.arange(NODES.size), NODES)
    made = make_windows(extension, outputs, step, VARIANCE, np.empty((TILE, TILE)), smooth, 1.0)
    out = np.empty((1, 1, energy.shape[0], outputs.size))
    line = (extension.index, NODES, outputs, step, VARIANCE, made.reach, made.inner, made.starts, made.phases)
    transform(energy[None, None] / beta, beta, *line, made.matrices, out)
    return beta * out[0, 0], made.matrices.shape[0]


def waves(height):
    phase = np.arange(N_LINES)[:, None]
    return height * (np.cos(5.0 * NODES + phase) + 0.3 * np.sin(17.0 * NODES * (1.0 + 0.01 * phase)))


@pytest.mark.parametrize("height", [0.1, 30.0, 3e3])
@pytest.mark.parametrize("every", [0.5, 2.0, 1.37])
def test_banded_transform_is_the_sum_over_all_nodes_however_steep(height, every):
    outputs = NODES[0] + np.arange(int(300 / every)) * (every * 2.5 / 300)
    energy = waves(height)
    result, _ = transformed(energy, outputs)
    expected = [trapezoid(line, NODES, outputs, VARIANCE) for line in energy]
    np.testing.assert_allclose(result, expected, rtol=0, atol=1e-13 * (height + 10.0 / VARIANCE))


def test_tiles_that_lie_alike_among_the_nodes_share_a_matrix():
    assert transformed(waves(1.0), NODES[::2].copy())[1] == 1


@pytest.mark.parametrize("depth", [1e2, 1e4])
def test_a_well_beyond_the_window_of_a_tile_is_seen(depth):
    energy = np.zeros((N_LINES, NODES.size))
    energy[:, 250] = -depth
    result, _ = transformed(energy, NODES)
    expected = trapezoid(energy[0], NODES, NODES, VARIANCE)
    np.testing.assert_allclose(result, np.tile(expected, (N_LINES, 1)), rtol=1e-12, atol=1e-12)


def test_walls_and_lines_of_walls_alone_are_as_in_the_sum():
    energy = waves(5.0)
    energy[3] = np.inf
    energy[4, 40:200] = np.inf
    result, _ = transformed(energy, NODES)
    assert np.isposinf(result[3]).all()
    # Values deep inside the wall reach 360, and are rounded as such.
    np.testing.assert_allclose(result[4], trapezoid(energy[4], NODES, NODES, VARIANCE), rtol=0, atol=1e-12)


def test_a_line_does_not_depend_on_its_neighbours():
    energy = waves(20.0)
    whole, part = transformed(energy, NODES)[0], transformed(energy[5:16], NODES)[0]
    np.testing.assert_array_equal(part, whole[5:16])


def test_window_sums_are_products_by_the_chosen_matrix():
    rng = np.random.default_rng(0)
    weights, windows = rng.uniform(size=(bands.GROUP, 200)), rng.uniform(size=(2, 74, TILE))
    np.testing.assert_allclose(sums(weights, 17, windows, 1), weights[:, 17 : 17 + 74] @ windows[1], rtol=1e-13)


def test_segments_are_summarised_by_their_smallest_energies():
    energy = np.random.default_rng(1).standard_normal((3, 5 * bands.SEGMENT))
    np.testing.assert_array_equal(segments(energy), energy.reshape(3, 5, -1).min(axis=2))


@pytest.mark.parametrize(("depth", "expected"), [(10.0, True), (60.0, False)])
@pytest.mark.parametrize("place", [20, 75])
def test_window_suffices_unless_a_node_beyond_it_is_low_enough(place, depth, expected):
    nodes, energy = np.arange(96.0), np.zeros(96)
    energy[place] = -depth
    lowest = energy.reshape(1, -1, bands.SEGMENT).min(axis=2)
    # The nearest nodes, at a gap of 21, count 220.5: enough for the first depth and not for the second.
    assert suffices(45.0, 50.0, 24, 71, depth + 170.0, 0.5, nodes, lowest, -depth) == expected


def test_window_bonus_is_the_growth_of_half_a_square():
    reach, spacing, variance = 3.0, 0.2, 0.7
    gaps = reach + spacing * np.array([8, 16, 24])
    np.testing.assert_allclose(bonus(reach, spacing, variance), (gaps**2 - reach**2) / (2.0 * variance), rtol=1e-13)
