"""Time integrals and Levy areas against their exact laws and against paths integrated by quadrature."""

import numba
import numpy as np
import pytest
import reference_random as reference
from numba import njit

from pdeopt.kernels import random

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="square roots here are compiled instructions")

H = 0.7
N_ERRORS = 4.0


@njit
def increment_pair(h, xi1, xi2):
    return random.increment_pair(h, xi1, xi2)


@njit
def increment_normals(h, dW, integral):
    return random.increment_normals(h, dW, integral)


@njit
def merge_pairs(dW1, I1, h2, dW2, I2):
    return random.merge_pairs(dW1, I1, h2, dW2, I2)


@njit
def area_of_tuple(h, xi1, xi2):
    return random.levy_area_pair(h, xi1, xi2, (0.3, -0.2, 1.1, 0.4, 0.5, -0.6, 0.7))


@njit
def areas_of_pairs(h, xi, normals, out):
    for i in range(out.size):
        out[i] = random.levy_area_pair(h, xi[i, 0], xi[i, 1], normals[i])


@njit
def areas(h, xi, p, normals, out):
    random.levy_areas(h, xi, p, normals, out)


def covariance(h):
    """Return that of the increment of a Brownian motion and its time integral."""
    return np.array([[h, h**2 / 2.0], [h**2 / 2.0, h**3 / 3.0]])


def matrix(h):
    """Return the linear map from normals to the pair."""
    return np.array([increment_pair(h, 1.0, 0.0), increment_pair(h, 0.0, 1.0)]).T


@pytest.mark.parametrize("h", [1e-3, 0.7, 5.0])
def test_the_pair_has_the_covariance_of_brownian_motion_and_its_integral(h):
    np.testing.assert_allclose(matrix(h) @ matrix(h).T, covariance(h), rtol=1e-14)


def test_the_normals_of_a_pair_are_those_it_was_made_of():
    np.testing.assert_allclose(increment_normals(H, *increment_pair(H, 0.3, -1.7)), (0.3, -1.7), rtol=1e-14)


def test_two_merged_pairs_have_the_covariance_of_the_longer_step():
    first, second = 0.4, 1.1
    columns = [merge_pairs(*matrix(first)[:, k], second, 0.0, 0.0) for k in range(2)]
    columns += [merge_pairs(0.0, 0.0, second, *matrix(second)[:, k]) for k in range(2)]
    merged = np.array(columns).T
    np.testing.assert_allclose(merged @ merged.T, covariance(first + second), rtol=1e-14)


def test_merging_pairs_integrates_a_path_made_of_pieces():
    # W(t) = t on [0, 2], then 2 - 3 (t - 2) on [2, 3].
    np.testing.assert_allclose(merge_pairs(2.0, 2.0, 1.0, -3.0, -1.5), (-1.0, 2.0 + 0.5), rtol=1e-15)


def sample_areas(p, n, seed=1, xi=None):
    """Return increments, normals and areas of n steps."""
    rng = np.random.default_rng(seed)
    xi = rng.standard_normal((n, 2)) if xi is None else np.tile(xi, (n, 1))
    normals = rng.standard_normal((n, 4 * p + 3))
    out = np.empty(n)
    areas_of_pairs(H, xi, normals, out)
    return xi, normals, out


def test_without_a_tail_the_area_is_that_of_the_path_of_the_series():
    rng = np.random.default_rng(2)
    xi, terms = rng.standard_normal(2), rng.standard_normal((6, 4))
    xi_row, out = xi[None, :], np.empty(1)
    # The tail of the formula is taken away by three zeros.
    areas_of_pairs(H, xi_row, np.append(terms.ravel(), np.zeros(3))[None, :], out)
    expected = reference.area_of_series(H, xi, terms[:, :2].T, terms[:, 2:].T)
    np.testing.assert_allclose(out[0], expected, rtol=1e-12)


@pytest.mark.parametrize("p", [0, 1, 5])
def test_mean_and_variance_given_the_increments_are_exact_for_any_truncation(p):
    xi = np.array([1.3, -0.4])
    _, _, area = sample_areas(p, 400_000, xi=xi)
    variance = H**2 * (1.0 + xi @ xi) / 12.0
    assert abs(area.mean()) < N_ERRORS * np.sqrt(variance / area.size)
    error = np.std((area - area.mean()) ** 2) / np.sqrt(area.size)
    assert abs(area.var() - variance) < N_ERRORS * error


@pytest.mark.parametrize("frequency", [1.0, 3.0, 8.0])
def test_the_area_has_levys_characteristic_function(frequency):
    _, _, area = sample_areas(8, 400_000, seed=3)
    cosine = np.cos(frequency * area)
    # Truncation at p = 8 moves the cosine by far less: its error is of second order in the mean square error.
    assert abs(cosine.mean() - 1.0 / np.cosh(0.5 * frequency * H)) < N_ERRORS * cosine.std() / np.sqrt(area.size)


@pytest.mark.parametrize("frequency", [2.0, 6.0])
def test_the_area_given_the_increments_has_levys_characteristic_function(frequency):
    xi = np.array([0.9, 1.2])
    _, _, area = sample_areas(8, 400_000, seed=4, xi=xi)
    cosine, x = np.cos(frequency * area), 0.5 * frequency * H
    exact = x / np.sinh(x) * np.exp(-0.5 * (xi @ xi) * (x / np.tanh(x) - 1.0))
    assert abs(cosine.mean() - exact) < N_ERRORS * cosine.std() / np.sqrt(area.size)


def truncated(xi, normals, p):
    """Return areas of p terms coupled to those of all terms, without and with the last normal, and the tail sums."""
    n_all = (normals.shape[1] - 3) // 4
    terms, (mu, last) = normals[:, :-3].reshape(-1, n_all, 4), np.split(normals[:, -3:], [2], axis=1)
    r = np.arange(1, n_all + 1)
    rest = np.pi**2 / 6.0 - np.sum(1.0 / r**2)
    tail = rest + np.sum(1.0 / r[p:] ** 2)
    X, Y, inverse = terms[:, p:, :2], terms[:, p:, 2:], 1.0 / r[p:, None]
    coarse_mu = (np.sum(X * inverse, axis=1) + np.sqrt(rest) * mu) / np.sqrt(tail)
    products = (
        np.sum((X[..., 0] * Y[..., 1] - X[..., 1] * Y[..., 0]) / r[p:], axis=1) + np.sqrt(2.0 * rest) * last[:, 0]
    )
    deviation = np.sqrt(np.sum((X**2).sum(axis=2) / r[p:] ** 2, axis=1) + 2.0 * rest)
    out = []
    for g in (np.zeros(len(xi)), products / deviation):
        values = np.empty(len(xi))
        areas_of_pairs(H, xi, np.column_stack([terms[:, :p].reshape(len(xi), -1), coarse_mu, g]), values)
        out.append(values)
    return *out, tail, np.pi**4 / 90.0 - np.sum(1.0 / r[:p] ** 4.0)


@pytest.mark.parametrize("p", [1, 4, 16])
def test_mean_square_errors_are_those_stated(p):
    xi, normals, area = sample_areas(200, 8_000, seed=5)
    without, with_last, tail, fourth = truncated(xi, normals, p)
    squares = (without - area) ** 2
    # Both share the terms, so the part of the increments cancels exactly.
    expected = H**2 * tail / (2.0 * np.pi**2)
    assert abs(squares.mean() - expected) < N_ERRORS * squares.std() / np.sqrt(area.size)
    assert expected < H**2 / (2.0 * np.pi**2 * p)
    squares = (with_last - area) ** 2
    bound = H**2 / (2.0 * np.pi**2) * fourth / tail
    assert 0.1 * bound < squares.mean() < bound
    if p == 16:
        assert squares.mean() == pytest.approx(0.25 * bound, rel=0.15)


def test_areas_of_two_noises_are_those_of_the_pair():
    xi, normals, area = sample_areas(3, 1, seed=6)
    out = np.empty((2, 2))
    areas(H, xi[0], 3, normals[0], out)
    np.testing.assert_array_equal(out, [[0.0, area[0]], [-area[0], 0.0]])


def test_areas_of_four_noises_are_those_of_each_pair_of_them():
    m, p, rng = 4, 3, np.random.default_rng(7)
    xi, normals = rng.standard_normal(m), rng.standard_normal(random.levy_normals(4, 3))
    terms, mu, last = (
        normals[: 2 * m * p].reshape(p, 2, m),
        normals[2 * m * p : 2 * m * p + m],
        normals[2 * m * p + m :],
    )
    out, single = np.empty((m, m)), np.empty(1)
    areas(H, xi, p, normals, out)
    for k, (i, j) in enumerate(zip(*np.triu_indices(m, 1), strict=True)):
        pair = [*terms[:, :, [i, j]].ravel(), mu[i], mu[j], last[k]]
        areas_of_pairs(H, xi[None, [i, j]], np.array([pair]), single)
        np.testing.assert_allclose(out[i, j], single[0], rtol=1e-14)
        assert out[j, i] == -out[i, j]
    assert last.size == 6


def test_normals_of_an_area_may_be_a_tuple():
    out = np.empty(1)
    normals = np.array([[0.3, -0.2, 1.1, 0.4, 0.5, -0.6, 0.7]])
    areas_of_pairs(H, np.array([[0.8, -0.1]]), normals, out)
    assert area_of_tuple(H, 0.8, -0.1) == out[0]
