"""Autocorrelation of ensembles against closed forms and direct sums."""

import pickle

import numpy as np
import pytest

from pdeopt.sde.statistics import Statistics


def autoregression(coefficient, n_times, n_paths, seed=0, mean=0.0):
    """Return stationary paths of x' = mean + a (x - mean) + sqrt(1 - a^2) xi, shape (n_times, 1, n_paths)."""
    rng = np.random.default_rng(seed)
    x = np.empty((n_times, 1, n_paths))
    x[0] = rng.standard_normal(n_paths)
    for n in range(1, n_times):
        x[n] = coefficient * x[n - 1] + np.sqrt(1 - coefficient**2) * rng.standard_normal(n_paths)
    return mean + x


def collected(paths, n_lags, k=7, chunk=50):
    n_times, n_values, n_paths = paths.shape
    acc = Statistics(autocorrelation=n_lags).accumulator(n_times, n_values)
    for start in range(0, n_paths, chunk):
        acc.begin_chunk()
        for first in range(0, n_times, k):
            acc.add(first, paths[first : first + k, :, start : start + chunk])
    return acc


def result(acc):
    return acc.result(np.arange(acc.n_times), [f"x{i}" for i in range(acc.n_values)])


def direct(paths, n_lags):
    """Return the autocorrelation by its definition, from all paths at once; pairs with a NaN are left out."""
    deviations = paths - np.nanmean(paths, axis=(0, 2), keepdims=True)
    n = len(paths)
    covariances = [np.nanmean(deviations[: n - k] * deviations[k:], axis=(0, 2)) for k in range(n_lags + 1)]
    return np.array(covariances) / covariances[0]


@pytest.mark.parametrize("n_lags", [1, 5, 11, 39])
@pytest.mark.parametrize("k", [1, 7, 40])
def test_the_autocorrelation_is_the_sum_of_its_definition(n_lags, k):
    paths = np.concatenate([autoregression(a, 40, 130, seed=i, mean=i) for i, a in enumerate((0.9, -0.5))], axis=1)
    np.testing.assert_allclose(result(collected(paths, n_lags, k)).autocorrelation, direct(paths, n_lags), atol=1e-12)


def test_a_large_mean_does_not_cancel():
    paths = np.round(64 * autoregression(0.8, 30, 200)) / 64
    plain, shifted = result(collected(paths, 5)), result(collected(1e8 + paths, 5))
    np.testing.assert_allclose(shifted.autocorrelation, plain.autocorrelation, atol=1e-7)


def test_pairs_with_a_value_that_is_not_finite_are_left_out():
    paths = autoregression(0.8, 30, 120)
    rng = np.random.default_rng(5)
    paths[rng.random(paths.shape) < 0.05] = np.nan
    paths[4, 0, :60] = np.nan
    np.testing.assert_allclose(result(collected(paths, 6)).autocorrelation, direct(paths, 6), atol=1e-12)


def test_merging_agrees_with_adding_everything_to_rounding():
    paths = autoregression(0.8, 30, 300, mean=3.0)
    first, second = collected(paths[..., :100], 6), pickle.loads(pickle.dumps(collected(paths[..., 100:], 6)))
    first.merge(second)
    merged, whole = result(first), result(collected(paths, 6))
    np.testing.assert_array_equal(merged.correlation.pairs, whole.correlation.pairs)
    np.testing.assert_allclose(merged.autocorrelation, whole.autocorrelation, atol=1e-13)


def test_an_ornstein_uhlenbeck_process_forgets_exponentially():
    spacing, n_lags, groups = 0.25, 12, 40
    each = [
        result(collected(autoregression(np.exp(-spacing), 200, 100, seed), n_lags)).autocorrelation[:, 0]
        for seed in range(groups)
    ]
    error = np.std(each, axis=0, ddof=1) / np.sqrt(groups)
    expected = np.exp(-spacing * np.arange(n_lags + 1))
    assert np.all(np.abs(np.mean(each, axis=0) - expected)[1:] < 4 * error[1:])


@pytest.mark.parametrize("coefficient", [0.9, 0.5, -0.6])
def test_the_integrated_time_of_an_autoregression_is_its_closed_form(coefficient):
    found = result(collected(autoregression(coefficient, 400, 1000, seed=11), 150, chunk=500)).correlation
    expected = (1 + coefficient) / (1 - coefficient)
    assert found.window_fits.all()
    assert abs(found.integrated_time[0] - expected) < 4 * found.integrated_time_error[0]
    # Error bars as wide as the answer would prove nothing.
    assert found.integrated_time_error[0] < 0.05 * expected


@pytest.mark.parametrize("n_times", [400, 30])
def test_the_effective_sample_size_gives_the_variance_of_the_mean(n_times):
    # With 30 saves and time 19 the sum over the lags a run has matters, not the limit of long runs.
    a, n_paths = 0.9, 2000
    found = result(collected(autoregression(a, n_times, n_paths, 3), min(n_times - 1, 150), chunk=500))
    lags = np.arange(1, n_times)
    exact = n_times * n_paths / (1 + 2 * np.sum((1 - lags / n_times) * a**lags))
    assert abs(found.effective_sample_size[0] / exact - 1) < 0.06


def test_independent_values_count_fully():
    found = result(collected(autoregression(0.0, 100, 1000, 9), 20))
    correlation = found.correlation
    relative = correlation.integrated_time_error[0] / correlation.integrated_time[0]
    assert abs(found.effective_sample_size[0] / 100_000 - 1) < 4 * relative


def test_too_few_lags_are_told():
    assert not result(collected(autoregression(0.95, 60, 100), 10)).correlation.window_fits.any()


def test_a_value_that_never_varies_has_no_autocorrelation():
    assert np.isnan(result(collected(np.full((5, 1, 20), 0.7), 2)).autocorrelation).all()


def test_times_out_of_order_are_refused():
    acc = Statistics(autocorrelation=2).accumulator(9, 1)
    acc.add(0, np.zeros((2, 1, 4)))
    with pytest.raises(ValueError, match=r"first_time=3 .* Use first_time=2"):
        acc.add(3, np.zeros((1, 1, 4)))
    acc.add(2, np.zeros((1, 1, 4)))
