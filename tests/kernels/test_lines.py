"""Transforms of many lines at once against the twins row by row."""

import numpy as np
import pytest
from numba import njit
from reference import cells, lowest_node, lowest_on_cells, softmin, softmin_averages, trapezoid

from pdeopt.kernels import cole_hopf, lines
from pdeopt.kernels.stencils import NO_BEND

N = 64
PERIODIC = np.arange(-N // 2, N + N // 2)
NODES = PERIODIC * 0.1
INDEX = np.mod(PERIODIC, N)
OUTPUTS = np.arange(N) * 0.1
VARIANCE = 0.04


@njit
def extended(row, index, outside):
    out = np.empty(index.size)
    lines.extend_line(row, index, outside, out)
    return out


@njit(cache=True)
def softmins(rule, energy, offset, carried, n_means, with_position, n_averages):
    spacing = OUTPUTS[1] - OUTPUTS[0]
    matrix = cole_hopf.tile_matrix(spacing, spacing, VARIANCE)
    out = np.empty((energy.shape[0], OUTPUTS.size))
    averages = np.empty((n_averages, energy.shape[0], OUTPUTS.size))
    offsets, smooth = np.full(NODES.size, offset), np.ones(NODES.size, np.bool_)
    line = (INDEX, NODES, offsets, smooth, OUTPUTS, spacing, VARIANCE, matrix, NO_BEND, (np.nan, np.nan), 0.0)
    lines.softmin_lines(rule, energy, *line, carried, n_means, with_position, out, averages)
    return out, averages


@njit
def envelopes(field, carried, index, nodes, outputs, time, nodes_only):
    outer, _, inner = field.shape
    out = np.empty((outer, outputs.size, inner))
    found = np.empty((carried.shape[0] + 1, outer, outputs.size, inner))
    half = outer * inner // 2
    for part in ((0, half), (half, outer * inner)):
        lines.hopf_lax_lines(field, carried, part, index, nodes, outputs, time, nodes_only, out, found)
    return out, found


@njit
def gathered(row, index, nodes, places):
    out = np.empty(places.size)
    lines.gather_line(row, index, nodes, lines.node_rate(nodes), places, out)
    return out


@njit
def lowest(values, index, nodes, outputs, time):
    out = np.empty((values.shape[0], outputs.size))
    smooth = np.ones(nodes.size, np.bool_)
    lines.lowest_cells_lines(values, index, nodes, smooth, outputs, time, NO_BEND, (np.nan, np.nan), out)
    return out


def rows(seed=0):
    return 10.0 * np.random.default_rng(seed).standard_normal((3, N))


def nearest(nodes, places):
    return np.abs(places[:, None] - nodes).argmin(axis=1)


def summed(row):
    spacing = 0.1
    offset = -np.log(spacing)
    return softmin(row[INDEX] + offset, NODES, OUTPUTS, VARIANCE) + 0.5 * np.log(2.0 * np.pi * VARIANCE)


ORACLES = {
    lines.TRAPEZOID: (0.0, lambda row: trapezoid(row[INDEX], NODES, OUTPUTS, VARIANCE)),
    lines.WEIGHTED: (-np.log(0.1), summed),
    lines.CELLS: (0.0, lambda row: cells(row[INDEX], NODES, OUTPUTS, VARIANCE, np.zeros(NODES.size - 1))),
}


def test_extended_line_takes_each_entry_from_its_source_and_walls_from_nowhere():
    found = extended(np.array([5.0, 6.0, 7.0]), np.array([2, -1, 0, 1]), np.inf)
    np.testing.assert_array_equal(found, [7.0, np.inf, 5.0, 6.0])


@pytest.mark.parametrize("rule", [lines.TRAPEZOID, lines.WEIGHTED, lines.CELLS])
def test_every_row_is_transformed_by_its_rule(rule):
    energy, (offset, oracle) = rows(), ORACLES[rule]
    result, _ = softmins(rule, energy, offset, np.empty((0, 3, N)), 0, False, 0)
    np.testing.assert_allclose(result, [oracle(row) for row in energy], rtol=1e-12, atol=1e-12)


def test_position_is_averaged_after_the_carried_means():
    energy, carried = rows(1), np.random.default_rng(2).standard_normal((3, 3, N))
    carried[1] = carried[1] ** 2
    _, averages = softmins(lines.TRAPEZOID, energy, 0.0, carried, 2, True, 6)
    for row in range(3):
        means = [carried[0, row][INDEX], NODES]
        zero = np.zeros(NODES.size)
        covariances = [carried[1, row][INDEX], zero, zero]
        expected = softmin_averages(
            energy[row][INDEX], NODES, OUTPUTS, VARIANCE, means, covariances, [carried[2, row][INDEX]]
        )
        np.testing.assert_allclose(averages[:, row], expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("inner", [1, 5])
@pytest.mark.parametrize("nodes_only", [False, True])
def test_every_line_gets_its_envelope_and_what_it_carries_from_its_minimiser(nodes_only, inner):
    rng = np.random.default_rng(3)
    field, carried = rng.standard_normal((4, N, inner)), rng.standard_normal((2, 4, N, inner))
    result, found = envelopes(field, carried, INDEX, NODES, OUTPUTS, 0.3, nodes_only)
    twin = lowest_node if nodes_only else lambda *line: lowest_on_cells(*line, np.zeros(NODES.size - 1))
    for i, q in np.ndindex(4, inner):
        value, place = twin(field[i, INDEX, q], NODES, OUTPUTS, 0.3)
        np.testing.assert_allclose(result[i, :, q], value, atol=1e-12)
        np.testing.assert_allclose(found[-1, i, :, q], place, atol=1e-6)
        np.testing.assert_array_equal(found[:2, i, :, q], carried[:, i, INDEX[nearest(NODES, place)], q])


@pytest.mark.parametrize("nodes", [np.array([0.0, 1.0, 3.0]), np.array([-1.0, 1.0, 3.0]), np.array([2.0])])
def test_places_between_nodes_take_the_nearest_and_the_upper_one_of_two_as_near(nodes):
    row, index = np.array([5.0, 6.0, 7.0]), np.array([2, 0, 1])[: nodes.size]
    places = np.linspace(-7.0, 9.0, 65)
    upper = [nodes.size - 1 - np.abs(y - nodes[::-1]).argmin() for y in places]
    np.testing.assert_array_equal(gathered(row, index, nodes, places), row[index[upper]])


def test_every_row_gets_the_lowest_of_its_cells():
    values = rows(4)
    flat = np.zeros(NODES.size - 1)
    expected = [lowest_on_cells(row[INDEX], NODES, OUTPUTS, 0.3, flat)[0] for row in values]
    np.testing.assert_allclose(lowest(values, INDEX, NODES, OUTPUTS, 0.3), expected, atol=1e-12)
