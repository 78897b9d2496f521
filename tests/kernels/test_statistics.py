"""Kernels of streaming statistics, called from compiled code, against NumPy."""

import numpy as np
import pytest
from numba import njit

from pdeopt.kernels.statistics import correlations, covariances, histograms, moments, rows, sketches


@njit
def sums_of_halves(x, cut, order):
    a, b = np.empty(order), np.empty(order)
    moments.central_sums(x[:cut], x[0], a)
    moments.central_sums(x[cut:], x[cut], b)
    moments.merge_sums(cut, a, x.size - cut, b, x[cut] - x[0])
    return a


@pytest.mark.parametrize("order", range(1, 9))
def test_merged_central_sums_are_those_of_all_values(order):
    x = np.random.default_rng(order).exponential(size=77)
    found = sums_of_halves(x, 20, order)
    expected = [x.mean() - x[0], *(((x - x.mean()) ** p).sum() for p in range(2, order + 1))]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@njit
def products_of(x, m):
    out = np.zeros((x.shape[0], x.shape[0]))
    covariances.products(x, m, out)
    return out


def test_products_fill_the_upper_triangle():
    x = np.random.default_rng(0).standard_normal((7, 33))
    np.testing.assert_allclose(products_of(x, 30), np.triu(x[:, :30] @ x[:, :30].T), atol=1e-13)


@njit
def kept(x, mask):
    finite, marked = np.empty(x.size), np.zeros(x.size)
    m = rows.keep_finite(x, finite)
    rows.keep(x, mask, marked)
    return finite[:m], marked


def test_finite_and_marked_entries_come_to_the_front():
    finite, marked = kept(np.array([1.0, np.nan, -np.inf, 4.0]), np.array([False, False, False, True]))
    assert finite.tolist() == [1.0, 4.0]
    assert marked.tolist() == [4.0, 0.0, 0.0, 0.0]


@njit
def complete(x):
    mask, invalid = np.empty(x.shape[1], np.bool_), np.empty((1, x.shape[0]), np.int64)
    n = rows.find_complete(x, mask)
    rows.count_invalid(x.reshape(1, *x.shape), invalid)
    return n, mask, invalid


def test_lanes_with_an_entry_that_is_not_finite_are_found():
    n, mask, invalid = complete(np.array([[1.0, np.nan, 3.0], [np.inf, -np.inf, 6.0]]))
    assert (n, mask.tolist(), invalid.tolist()) == (1, [False, False, True], [[1, 2]])


def test_a_finite_row_whose_sum_overflows_has_nothing_invalid():
    assert complete(np.full((1, 3), 1e308))[2].tolist() == [[0]]


@njit
def bin_of(x, edges, guide, scale):
    return histograms.find_bin(x, edges, guide, scale)


def test_a_value_is_found_through_a_guide_of_one_cell():
    edges = np.array([0.0, 1.0, 2.0, 4.0, 8.0])
    guide = np.array([0, 3])
    for x, expected in ((-1.0, 0), (0.0, 1), (0.5, 1), (1.0, 2), (3.9, 3), (4.0, 4), (8.0, 4), (9.0, 5)):
        assert bin_of(x, edges, guide, 1 / 8) == expected


@njit
def extremes_of(x):
    return sketches.extremes(x)


def test_extremes_are_those_of_numpy():
    x = np.random.default_rng(3).standard_normal(50) * np.exp(np.arange(50) - 25.0)
    assert extremes_of(x) == (x.min(), x.max())
    assert extremes_of(np.array([-2.0, -3.0])) == (-3.0, -2.0)


@njit
def ranks(x, shift, m):
    counts, bounds = np.zeros((2, m), np.int64), np.full(2, np.nan)
    low, high = sketches.extremes(x)
    sketches.widen(counts, bounds, low, high, shift)
    sketches.count_keys(x, shift, sketches.top_key(low, high, shift) - m + 1, counts)
    out = np.empty(x.size)
    for k in range(x.size):
        out[k] = sketches.find_quantile(float(k), counts, bounds, shift)
    return out, counts


def test_every_value_is_found_by_its_rank():
    x = np.random.default_rng(4).standard_normal(200)
    found, counts = ranks(x, 52 - 5, 1024)
    assert counts.sum(axis=1).tolist() == [(x < 0).sum(), (x > 0).sum()]
    np.testing.assert_allclose(found, np.sort(x), rtol=2.0**-5)
    assert np.all(np.diff(found) >= 0)


@njit
def lagged(x, n_lags):
    origin, n = np.full(1, np.nan), n_lags + 1
    ring = (np.empty((1, n, x.shape[2])), np.empty((1, n)), np.empty((1, n), np.int64))
    count, sums = np.zeros((1, n, 1), np.int64), np.zeros((1, n, 3))
    invalid = np.zeros(x.shape[:2], np.int64)
    correlations.add_correlations(x, invalid, 0, np.empty(n), origin, *ring, count, sums)
    return origin[0], count[0, :, 0], sums[0]


def test_sums_over_lags_are_those_of_all_pairs():
    x = np.random.default_rng(5).standard_normal((12, 1, 9)) + 3.0
    origin, count, sums = lagged(x, 6)
    for lag in range(7):
        later, earlier = x[lag:].ravel(), x[: 12 - lag].ravel()
        product = ((later - later.mean()) * (earlier - earlier.mean())).sum()
        assert count[lag] == later.size
        np.testing.assert_allclose(sums[lag], [later.mean() - origin, earlier.mean() - origin, product], atol=1e-12)
