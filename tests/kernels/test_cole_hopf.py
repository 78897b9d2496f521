"""Log-domain Gaussian transforms of one line against sums over all pairs."""

import numpy as np
import pytest
from numba import njit
from reference import softmin, softmin_averages, trapezoid

from pdeopt.kernels import averages as averages_kernels
from pdeopt.kernels import cole_hopf, weighted
from pdeopt.kernels.tiles import TILE

NO_FIELDS = np.empty((0, 0))


@njit(cache=True)
def transform(energy, nodes, outputs, variance, fields, n_means):
    padded = np.full(cole_hopf.padded_size(nodes.size), np.inf)
    padded[: nodes.size] = energy
    spacing_in = (nodes[-1] - nodes[0]) / (nodes.size - 1)
    spacing_out = (outputs[-1] - outputs[0]) / (outputs.size - 1)
    matrix = cole_hopf.tile_matrix(spacing_in, spacing_out, variance)
    out, averages = np.empty(outputs.size), np.empty((fields.shape[0], outputs.size))
    line = cole_hopf.transform_line
    line(padded, nodes, outputs, spacing_out, variance, matrix, fields, n_means, out, averages)
    return out, averages


@njit(cache=True)
def transform_weighted(energy, nodes, outputs, variance, fields, n_means):
    out, averages = np.empty(outputs.size), np.empty((fields.shape[0], outputs.size))
    weighted.transform_weighted_line(energy, nodes, outputs, variance, fields, n_means, out, averages)
    return out, averages


@njit
def offsets(spacing):
    return cole_hopf.tile_offsets(spacing)


@njit
def matrix_of(spacing_in, spacing_out, variance):
    return cole_hopf.tile_matrix(spacing_in, spacing_out, variance)


@njit
def applied(x, matrix):
    out = np.empty(TILE)
    cole_hopf.apply_tile_matrix(x, matrix, out)
    return out


@njit
def counted(n_means, n):
    return averages_kernels.n_products(n_means), cole_hopf.padded_size(n)


@njit
def finished(total, n_means, reference):
    averages = np.empty((total.shape[0] - 1, 1))
    averages_kernels.finish_averages(total, 0, n_means, reference, averages, 0)
    return averages[:, 0]


def wiggly(nodes, height):
    return height * (np.cos(5.0 * nodes) + 0.3 * np.sin(17.0 * nodes))


@pytest.mark.parametrize("height", [0.1, 30.0, 3e4, 3e8])
@pytest.mark.parametrize("spacings", [1.4, 5.0, 60.0])
def test_transform_is_the_sum_over_all_nodes(height, spacings):
    nodes = np.linspace(-1.0, 1.5, 301)
    outputs = np.linspace(-2.0, 2.0, 97)
    variance = (spacings * (nodes[1] - nodes[0])) ** 2
    if (TILE * (nodes[1] - nodes[0] + outputs[1] - outputs[0])) ** 2 > 8.0 * 500.0 * variance:
        outputs = nodes[:-40]
    energy = wiggly(nodes, height)
    expected = trapezoid(energy, nodes, outputs, variance)
    result, _ = transform(energy, nodes, outputs, variance, NO_FIELDS, 0)
    np.testing.assert_allclose(result, expected, rtol=0, atol=1e-13 * (height + 10.0 / variance))


def test_transform_of_walls_alone_is_infinite():
    nodes = np.linspace(0.0, 1.0, 50)
    result, _ = transform(np.full(50, np.inf), nodes, nodes, 0.01, NO_FIELDS, 0)
    assert np.isposinf(result).all()


def test_transform_sees_a_single_free_node_among_walls():
    nodes = np.linspace(0.0, 1.0, 65)
    energy = np.full(65, np.inf)
    energy[20] = 2.0
    result, _ = transform(energy, nodes, nodes, 0.01, NO_FIELDS, 0)
    np.testing.assert_allclose(result, trapezoid(energy, nodes, nodes, 0.01), rtol=1e-13)


@pytest.mark.parametrize("height", [1.0, 1e3])
@pytest.mark.parametrize("compute", [transform, transform_weighted])
def test_averages_are_means_total_covariances_and_plain_averages(compute, height):
    rng = np.random.default_rng(3)
    nodes, outputs = np.linspace(-1.0, 1.0, 131), np.linspace(-1.1, 1.1, 71)
    fields = rng.standard_normal((6, nodes.size)) + 5.0
    energy, variance = wiggly(nodes, height), 0.03
    _, averages = compute(energy, nodes, outputs, variance, fields, 2)
    expected = softmin_averages(energy, nodes, outputs, variance, fields[:2], fields[2:5], fields[5:])
    np.testing.assert_allclose(averages, expected, rtol=1e-11)


@pytest.mark.parametrize("height", [0.1, 1e3, 1e9])
def test_weighted_transform_is_the_sum_over_all_nodes_at_any_spacing(height):
    rng = np.random.default_rng(5)
    nodes, outputs = np.sort(rng.uniform(-1.0, 1.0, 203)), np.sort(rng.uniform(-2.0, 2.0, 45))
    energy = wiggly(nodes, height)
    result, _ = transform_weighted(energy, nodes, outputs, 0.01, NO_FIELDS, 0)
    expected = softmin(energy, nodes, outputs, 0.01) + 0.5 * np.log(2.0 * np.pi * 0.01)
    np.testing.assert_allclose(result, expected, rtol=0, atol=1e-13 * (height + 1e3))


def test_weighted_transform_of_walls_alone_is_infinite():
    nodes = np.linspace(0.0, 1.0, 50)
    assert np.isposinf(transform_weighted(np.full(50, np.inf), nodes, nodes, 0.01, NO_FIELDS, 0)[0]).all()


def test_tile_offsets_are_symmetric_about_the_centre():
    np.testing.assert_allclose(offsets(0.5), 0.5 * (np.arange(TILE) - (TILE - 1) / 2))


def test_tile_matrix_is_the_gaussian_of_the_offsets():
    eta, xi = 0.1 * (np.arange(TILE) - 15.5), 0.2 * (np.arange(TILE) - 15.5)
    expected = np.exp(-((eta[:, None] - xi) ** 2) / 1.4)
    np.testing.assert_allclose(matrix_of(0.1, 0.2, 0.7), expected, rtol=1e-14)


def test_tile_matrix_is_applied_from_the_left():
    rng = np.random.default_rng(0)
    x, matrix = rng.uniform(size=TILE), rng.uniform(size=(TILE, TILE))
    np.testing.assert_allclose(applied(x, matrix), x @ matrix, rtol=1e-13)


@pytest.mark.parametrize(("n_means", "products"), [(0, 0), (1, 1), (2, 3), (3, 6)])
def test_products_are_the_entries_of_a_lower_triangle(n_means, products):
    assert counted(n_means, 1)[0] == products


@pytest.mark.parametrize(("n", "padded"), [(1, TILE), (TILE, TILE), (TILE + 1, 2 * TILE)])
def test_padded_size_is_the_next_multiple_of_a_tile(n, padded):
    assert counted(1, n)[1] == padded


def test_sums_become_mean_variance_and_average():
    weights, y, g = np.array([0.2, 0.5, 1.3]), np.array([1.0, 2.0, 4.0]), np.array([3.0, -1.0, 2.0])
    about = 1.5
    total = np.array([weights.sum(), weights @ (y - about), weights @ (y - about) ** 2, weights @ g])[:, None]
    mean = np.average(y, weights=weights)
    expected = [mean, np.average((y - mean) ** 2, weights=weights), np.average(g, weights=weights)]
    np.testing.assert_allclose(finished(total, 1, np.array([about])), expected, rtol=1e-13)
