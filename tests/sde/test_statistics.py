"""Moments and covariances of ensembles against NumPy and SciPy on all the values at once."""

import pickle

import numpy as np
import pytest
from scipy import stats

from pdeopt.sde.statistics import Statistics

TIMES, VALUES, LANES = 5, 3, 64


def skewed_paths(n_chunks, seed=0, shape=(TIMES, VALUES, LANES)):
    rng = np.random.default_rng(seed)
    mix = np.array([[1.0, 0.0, 0.0], [0.7, 0.5, 0.0], [-0.2, 0.4, 2.0]])[: shape[1], : shape[1]]
    return [np.einsum("ij,tjl->til", mix, rng.exponential(size=shape)) for _ in range(n_chunks)]


def collected(chunks, request=None, k=2):
    n_times, n_values = chunks[0].shape[:2]
    acc = (request or Statistics()).accumulator(n_times, n_values)
    for chunk in chunks:
        acc.begin_chunk()
        for first in range(0, n_times, k):
            acc.add(first, chunk[first : first + k])
    return acc


def result(acc):
    return acc.result(np.arange(acc.n_times), [f"x{i}" for i in range(acc.n_values)])


def test_moments_to_order_eight_agree_with_scipy():
    chunks = skewed_paths(7)
    found = result(collected(chunks, Statistics(moments=8)))
    everything = np.concatenate(chunks, axis=2)
    np.testing.assert_allclose(found.mean, everything.mean(axis=2), rtol=1e-14)
    for order in range(2, 9):
        expected = stats.moment(everything, order, axis=2)
        np.testing.assert_allclose(found.central_moment(order), expected, rtol=1e-11)
        np.testing.assert_allclose(found.raw_moment(order), (everything**order).mean(axis=2), rtol=1e-11)


def test_derived_statistics_agree_with_scipy():
    chunks = skewed_paths(4)
    found, everything = result(collected(chunks)), np.concatenate(chunks, axis=2)
    np.testing.assert_allclose(found.variance, everything.var(axis=2, ddof=1), rtol=1e-13)
    np.testing.assert_allclose(found.standard_error, stats.sem(everything, axis=2), rtol=1e-13)
    np.testing.assert_allclose(found.skewness, stats.skew(everything, axis=2), rtol=1e-12)
    np.testing.assert_allclose(found.kurtosis, stats.kurtosis(everything, axis=2), rtol=1e-12)


@pytest.mark.parametrize("n_values", [1, 2, 3, 9])
def test_covariance_agrees_with_numpy(n_values):
    rng = np.random.default_rng(1)
    mix = rng.standard_normal((n_values, n_values))
    chunks = [np.einsum("ij,tjl->til", mix, rng.standard_normal((TIMES, n_values, LANES))) for _ in range(4)]
    found, everything = result(collected(chunks)), np.concatenate(chunks, axis=2)
    for t in range(TIMES):
        expected = np.cov(everything[t]).reshape(n_values, n_values)
        np.testing.assert_allclose(found.covariance[t], expected, rtol=1e-11, atol=1e-13 * np.abs(expected).max())


def test_a_large_mean_does_not_cancel():
    rng = np.random.default_rng(2)
    # Whole 64ths are exact beside 1e8: the shifted values have the same central moments to the last bit.
    chunks = [np.round(64 * rng.standard_normal((1, 2, 512))) / 64 for _ in range(50)]
    plain, shifted = result(collected(chunks)), result(collected([1e8 + chunk for chunk in chunks]))
    np.testing.assert_allclose(shifted.central_moments, plain.central_moments, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(shifted.covariance, plain.covariance, rtol=1e-13, atol=1e-14)


def test_equal_values_have_no_variance():
    found = result(collected([np.full((2, 1, 7), 0.1)] * 3))
    assert np.all(found.variance == 0.0)
    assert np.all(found.mean == 0.1)


def test_merging_agrees_with_adding_everything_to_rounding():
    chunks = skewed_paths(9)
    whole = result(collected(chunks, Statistics(moments=8)))
    first, second, third = (collected(chunks[i : i + 3], Statistics(moments=8)) for i in (0, 3, 6))
    second.merge(third)
    first.merge(second)
    merged = result(first)
    np.testing.assert_array_equal(merged.count, whole.count)
    np.testing.assert_allclose(merged.mean, whole.mean, rtol=1e-14)
    np.testing.assert_allclose(merged.central_moments, whole.central_moments, rtol=1e-11)
    np.testing.assert_allclose(merged.covariance, whole.covariance, rtol=1e-11, atol=1e-13)


def test_merging_with_empty_sums_changes_no_bit():
    chunks = skewed_paths(2)
    whole, before, after = (collected(chunks) for _ in range(3))
    empty = Statistics().accumulator(TIMES, VALUES)
    after.merge(empty)
    empty.merge(before)
    for name, array in whole.to_arrays().items():
        np.testing.assert_array_equal(after.to_arrays()[name], array)
        np.testing.assert_array_equal(empty.to_arrays()[name], array)


def test_values_that_are_not_finite_are_counted_and_left_out():
    chunks = skewed_paths(3)
    chunks[0][1, 0, 5], chunks[0][1, 2, 6:9], chunks[2][4, 1, :] = np.nan, np.inf, -np.inf
    found, everything = result(collected(chunks)), np.concatenate(chunks, axis=2)
    np.testing.assert_array_equal(found.n_invalid, (~np.isfinite(everything)).sum(axis=2))
    finite = np.where(np.isfinite(everything), everything, np.nan)
    np.testing.assert_allclose(found.variance, np.nanvar(finite, axis=2, ddof=1), rtol=1e-12)
    complete = everything[1][:, np.isfinite(everything[1]).all(axis=0)]
    np.testing.assert_allclose(found.covariance[1], np.cov(complete), rtol=1e-12)


def test_a_time_without_finite_values_has_no_mean():
    found = result(collected([np.full((2, 2, 4), np.nan)]))
    assert np.isnan(found.mean).all()
    assert np.isnan(found.variance).all()
    assert np.isnan(found.covariance).all()


def test_sums_survive_pickling_and_arrays_to_the_bit():
    chunks = skewed_paths(4)
    whole, half = collected(chunks), collected(chunks[:2])
    restored = Statistics().accumulator(TIMES, VALUES)
    restored.restore(half.to_arrays())
    for acc in (pickle.loads(pickle.dumps(half)), restored):
        for chunk in chunks[2:]:
            acc.begin_chunk()
            acc.add(0, chunk)
        for name, array in whole.to_arrays().items():
            np.testing.assert_array_equal(acc.to_arrays()[name], array)


def test_the_error_of_the_variance_is_its_scatter_over_ensembles():
    rng = np.random.default_rng(3)
    found = [result(collected([rng.exponential(size=(1, 1, 400))], k=1)) for _ in range(600)]
    scatter = np.std([f.variance[0, 0] for f in found], ddof=1)
    predicted = np.sqrt(np.mean([f.variance_error[0, 0] ** 2 for f in found]))
    # Relative error of a standard deviation over 600 ensembles about 3 %, heavy tails apart.
    assert abs(predicted / scatter - 1) < 4 * 0.03


@pytest.mark.parametrize("moments", [0, 9, 2.5, True])
def test_an_order_of_moments_outside_one_to_eight_is_refused(moments):
    with pytest.raises(ValueError, match=r"moments=.* Use moments=4"):
        Statistics(moments=moments)


def test_a_moment_that_was_not_collected_names_the_request_that_collects_it():
    found = result(collected(skewed_paths(1), Statistics(moments=2)))
    with pytest.raises(ValueError, match=r"kurtosis .* Statistics\(moments=4\)"):
        _ = found.kurtosis


def test_values_of_another_shape_are_refused():
    acc = Statistics().accumulator(3, 2)
    with pytest.raises(ValueError, match=r"values has shape \(1, 3, 4\); use \(k, 2, lanes\)"):
        acc.add(0, np.zeros((1, 3, 4)))
    with pytest.raises(ValueError, match=r"first_time=2 .* first_time <= 1"):
        acc.add(2, np.zeros((2, 2, 4)))


def test_sums_of_another_kind_are_not_merged():
    with pytest.raises(ValueError, match=r"other has .*moments=2.* Use the same"):
        Statistics().accumulator(3, 2).merge(Statistics(moments=2).accumulator(3, 2))


def test_the_statistics_print_as_a_table():
    text = str(result(collected(skewed_paths(1))))
    assert text.startswith("Statistics of 64 paths at 5 times")
    assert [line.split()[0] for line in text.splitlines()[2:]] == ["x0", "x1", "x2"]
