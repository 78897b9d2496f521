"""Transforms that are exact on every cell, against Gauss quadrature of each cell."""

import numpy as np
import pytest
from numba import njit
from reference import bent, cell_panels, cells, lowest_on_cells, softmin_weights

from pdeopt.kernels import cells as kernels
from pdeopt.kernels.tiles import TILE

NO_FIELDS = np.empty((0, 0))


@njit(cache=True)
def transform(energy, nodes, outputs, variance, bend, fields, n_means):
    out, averages = np.empty(outputs.size), np.empty((fields.shape[0], outputs.size))
    kernels.transform_cells_line(energy, nodes, outputs, variance, bend, fields, n_means, out, averages)
    return out, averages


@njit
def lowest(energy, nodes, outputs, time, bend):
    out = np.empty(outputs.size)
    kernels.lowest_cells_line(energy, nodes, outputs, time, bend, out)
    return out


@njit
def summary(energy, nodes, bend):
    n_tiles = (nodes.size - 1 + TILE - 1) // TILE
    low, left, right = np.empty(n_tiles), np.empty(n_tiles), np.empty(n_tiles)
    where = np.empty(n_tiles, np.int64)
    kernels.summarise_cells(energy, nodes, bend, low, where, left, right)
    return low, where, left, right


@njit
def quadratic_of(energy, nodes, bend, j, x, precision):
    return kernels.cell_range(energy, nodes, bend, j, x, precision)


def rough_line(seed=0, n=81, height=5.0):
    rng = np.random.default_rng(seed)
    nodes = np.linspace(-1.0, 1.0, n) + 0.6 / n * rng.uniform(-1.0, 1.0, n)
    return height * rng.standard_normal(n), nodes


@pytest.mark.parametrize("variance", [1e-4, 1e-2, 1.0, 1e2])
@pytest.mark.parametrize("height", [1e-2, 5.0, 300.0])
def test_transform_of_straight_cells_is_their_integral(height, variance):
    energy, nodes = rough_line(height=height)
    outputs, flat = np.linspace(-0.9, 0.9, 41), np.zeros(nodes.size - 1)
    expected = cells(energy, nodes, outputs, variance, flat, pieces=60)
    result, _ = transform(energy, nodes, outputs, variance, flat, NO_FIELDS, 0)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_transform_of_bent_cells_is_their_integral(sign):
    energy, nodes = rough_line(seed=1)
    bend = sign * 80.0 * np.random.default_rng(2).uniform(size=nodes.size - 1)
    outputs = np.linspace(-1.2, 1.2, 37)
    expected = cells(energy, nodes, outputs, 0.01, bend, pieces=60)
    result, _ = transform(energy, nodes, outputs, 0.01, bend, NO_FIELDS, 0)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)


def test_transform_passes_over_the_cells_beside_a_wall():
    nodes = np.linspace(0.0, 1.0, 11)
    energy = np.where(nodes > 0.55, np.inf, 3.0 * nodes)
    outputs = np.linspace(-0.2, 1.2, 15)
    free = nodes[:6]
    expected = cells(3.0 * free, free, outputs, 0.02, np.zeros(5))
    result, _ = transform(energy, nodes, outputs, 0.02, np.zeros(10), NO_FIELDS, 0)
    np.testing.assert_allclose(result, expected, rtol=1e-12)


def test_transform_of_walls_alone_is_infinite():
    nodes = np.linspace(0.0, 1.0, 50)
    result, _ = transform(np.full(50, np.inf), nodes, nodes, 0.01, np.zeros(49), NO_FIELDS, 0)
    assert np.isposinf(result).all()


def quadrature_moments(energy, nodes, outputs, variance, bend, field):
    """Return mean and variance of the position and the average of an interpolated field, by Gauss panels."""
    y, lengths = cell_panels(nodes, 40)
    weights = softmin_weights(bent(energy, nodes, bend, y) - np.log(lengths), y, outputs, variance)
    mean = weights @ y
    spread = weights @ (y * y) - mean**2
    return mean, spread, weights @ np.interp(y, nodes, field)


@pytest.mark.parametrize("entry", [0, 1, 2])
def test_averages_are_mean_and_variance_of_the_position_and_of_interpolated_fields(entry):
    energy, nodes = rough_line(seed=4, n=41)
    bend = np.full(40, 20.0)
    field = np.cos(3.0 * nodes)
    fields = np.array([nodes, np.zeros(41), field])
    outputs = np.linspace(-0.8, 0.8, 9)
    _, averages = transform(energy, nodes, outputs, 0.02, bend, fields, 1)
    expected = quadrature_moments(energy, nodes, outputs, 0.02, bend, field)
    np.testing.assert_allclose(averages[entry], expected[entry], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("sign", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("time", [1e-3, 0.01, 1.0])
def test_lowest_of_bent_cells_is_the_smallest_over_every_cell(time, sign):
    values, nodes = rough_line(seed=6, n=150)
    bend = sign * 0.8 / time * np.random.default_rng(1).uniform(size=149)
    outputs = np.linspace(-1.3, 1.3, 201)
    expected, _ = lowest_on_cells(values, nodes, outputs, time, bend)
    np.testing.assert_allclose(lowest(values, nodes, outputs, time, bend), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("bend_at", [5, 60, 120])
def test_deep_bends_of_far_cells_hide_nothing_nearby(bend_at):
    nodes = np.linspace(-1.5, 1.5, 151)
    values, bend = 0.01 * nodes**2, np.zeros(150)
    bend[bend_at] = 1e4
    outputs = np.linspace(-1.5, 1.5, 77)
    expected, _ = lowest_on_cells(values, nodes, outputs, 0.5, bend)
    np.testing.assert_allclose(lowest(values, nodes, outputs, 0.5, bend), expected, rtol=0, atol=1e-13)


def test_summary_lies_below_every_point_of_the_cells():
    energy, nodes = rough_line(seed=7, n=100)
    bend = np.full(99, 1e4)
    low, _, left, right = summary(energy, nodes, bend)
    y = np.linspace(nodes[0], nodes[-1], 20001)
    inside = bent(energy, nodes, bend, y)
    assert all(low[k] <= inside[(y >= left[k]) & (y <= right[k])].min() + 1e-12 for k in range(low.size))


@pytest.mark.parametrize("x", [-0.4, 0.5, 1.5, 1.9, 9.0])
def test_quadratic_of_a_cell_is_its_energy_plus_the_gaussian_exponent(x):
    energy, nodes, bend = np.array([1.0, 4.0]), np.array([0.2, 0.9]), np.array([3.0])
    precision, y = 5.0, np.linspace(0.2, 0.9, 9)
    bottom, left, width, scale = quadratic_of(energy, nodes, bend, 0, x, precision)
    z = left + (y - nodes[0]) / scale
    nearest = min(max(0.0, left), left + width)
    expected = bent(energy, nodes, bend, y) + 0.5 * precision * (x - y) ** 2
    np.testing.assert_allclose(bottom + 0.5 * (z * z - nearest * nearest), expected, rtol=1e-13)


@pytest.mark.parametrize("slope", [-0.5, 0.5])
def test_a_kernel_much_narrower_than_its_cell_costs_no_accuracy(slope):
    nodes, variance = np.linspace(-1.0, 1.0, 5), 1e-12
    outputs = np.array([-0.9, -0.500001, -0.1, 0.499999, 0.3])
    expected = slope * outputs - 0.5 * variance * slope**2
    result, _ = transform(slope * nodes, nodes, outputs, variance, np.zeros(4), NO_FIELDS, 0)
    np.testing.assert_allclose(result, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("variance", [1e-2, 1.0])
def test_a_cliff_between_close_nodes_costs_no_accuracy(variance):
    nodes = np.array([-1.0, 0.0, 1e-9, 1.0])
    energy = np.array([0.0, 0.0, 1e4, 1e4])
    outputs = np.linspace(-1.0, 0.9, 11)
    left = np.array([-1.0, 0.0])
    expected = cells(np.zeros(2), left, outputs, variance, np.zeros(1), pieces=200)
    result, _ = transform(energy, nodes, outputs, variance, np.zeros(3), NO_FIELDS, 0)
    np.testing.assert_allclose(result, expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize("beta", [1.0, 1e2, 1e4, 1e6, 1e9])
def test_transform_converges_at_second_order_whatever_the_temperature(beta):
    time, errors = 0.3, []
    outputs = np.array([0.1, 0.37, 0.8])
    for n in (65, 129, 257):
        nodes = np.linspace(-1.5, 1.5, n)
        value = -np.cos(np.pi * nodes)
        fine = np.linspace(-1.5, 1.5, 64 * (n - 1) + 1)
        flat = np.zeros(fine.size - 1)
        truth, _ = transform(-beta * np.cos(np.pi * fine), fine, outputs, time / beta, flat, NO_FIELDS, 0)
        result, _ = transform(beta * value, nodes, outputs, time / beta, np.zeros(n - 1), NO_FIELDS, 0)
        errors.append(np.abs(result - truth).max() / beta)
    assert max(e * n * n for e, n in zip(errors, (64, 128, 256), strict=True)) < 12.0
