"""Histograms and quantiles of ensembles against NumPy on all the values at once."""

import numpy as np
import pytest

from pdeopt.sde.statistics import EnsembleStatistics, Statistics

EDGES = {
    "even": np.linspace(-2.0, 3.0, 41),
    "graded": np.sinh(np.linspace(-4.0, 4.0, 60)),
    "two far apart": np.array([-1.0, 0.0, 1e-12, 2e-12, 1e9]),
    "beside a large number": 1e8 + np.linspace(-3.0, 3.0, 33),
}


def collected(request, chunks):
    acc = request.accumulator(*chunks[0].shape[:2])
    for chunk in chunks:
        acc.begin_chunk()
        acc.add(0, chunk)
    return acc


def result(acc):
    return acc.result(np.arange(acc.n_times), [f"x{i}" for i in range(acc.n_values)])


def normals(n_chunks, shape=(2, 2, 512), seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for _ in range(n_chunks)]


@pytest.mark.parametrize("name", EDGES)
def test_counts_are_those_of_numpy(name):
    edges = EDGES[name]
    middle = 1e8 if name == "beside a large number" else 0.0
    chunks = [middle + chunk for chunk in normals(3)]
    # Values on the edges and beside them by rounding.
    chunks[1][0, 0, : edges.size] = edges
    chunks[1][0, 1, : edges.size] = np.nextafter(edges, -np.inf)
    chunks[1][1, 0, : edges.size] = np.nextafter(edges, np.inf)
    found, everything = result(collected(Statistics(histogram=edges), chunks)), np.concatenate(chunks, axis=2)
    for t in range(2):
        for v in range(2):
            histogram, values = found.histogram(v), everything[t, v]
            np.testing.assert_array_equal(histogram.counts[t], np.histogram(values, edges)[0])
            assert histogram.below[t] == (values < edges[0]).sum()
            assert histogram.above[t] == (values > edges[-1]).sum()


def test_the_density_integrates_to_the_share_between_the_edges():
    found = result(collected(Statistics(histogram=[-1.0, 0.5, 2.0]), normals(20))).histogram("x1")
    share = (found.density * np.diff(found.edges)).sum(axis=1)
    # 0.81859 of a normal law lies within -1 and 2; 10240 values.
    np.testing.assert_allclose(share, 0.81859, atol=4 * np.sqrt(0.81859 * 0.18141 / 10240))


def test_each_value_may_have_edges_of_its_own():
    found = result(collected(Statistics(histogram=[None, [0.0, 1.0]]), normals(1)))
    assert found.histogram("x1").counts.shape == (2, 1)
    with pytest.raises(ValueError, match="histogram of x0 was not collected"):
        found.histogram(0)


@pytest.mark.parametrize("accuracy", [0.1, 1e-2, 1e-3])
@pytest.mark.parametrize("law", ["normal", "heavy", "positive", "negative", "shifted"])
def test_quantiles_are_within_the_stated_accuracy(accuracy, law):
    make = {
        "normal": lambda x: x,
        "heavy": lambda x: np.sign(x) * np.exp(3 * np.abs(x)),
        "positive": np.exp,
        "negative": lambda x: -np.exp(x),
        "shifted": lambda x: 50.0 + x,
    }
    chunks = [make[law](chunk) for chunk in normals(8)]
    found = result(collected(Statistics(quantiles=accuracy), chunks))
    q = np.linspace(0.0, 1.0, 401)
    expected = np.quantile(np.concatenate(chunks, axis=2), q, axis=2, method="lower")
    assert found.sketch.accuracy <= accuracy
    bound = found.sketch.accuracy * np.abs(expected) + found.sketch.absolute_accuracy
    assert np.all(np.abs(found.quantile(q) - expected) <= bound)


def test_extremes_and_equal_values_are_exact():
    chunks = normals(3)
    found, everything = result(collected(Statistics(quantiles=0.1), chunks)), np.concatenate(chunks, axis=2)
    np.testing.assert_array_equal(found.quantile([0.0, 1.0])[0], everything.min(axis=2))
    np.testing.assert_array_equal(found.quantile([0.0, 1.0])[1], everything.max(axis=2))
    for number in (0.0, -0.3):
        equal = result(collected(Statistics(quantiles=0.1), [np.full((1, 1, 5), number)]))
        assert equal.quantile(0.37)[0, 0] == number


def test_values_far_below_the_largest_are_within_the_absolute_accuracy():
    values = np.array([[[1e-30, -1e-25, 3e-10, 1.0, -2.0, 1e5]]])
    found = result(collected(Statistics(quantiles=0.01), [values[..., :3], values[..., 3:]]))
    expected = np.sort(values[0, 0])
    bound = 0.01 * np.abs(expected) + found.sketch.absolute_accuracy[0, 0]
    assert np.all(np.abs(found.quantile(np.arange(6) / 5)[:, 0, 0] - expected) <= bound)


def test_no_order_of_merging_changes_a_bit_of_a_sketch():
    # Magnitudes over 60 octaves, so that keys fall out of the window at different moments.
    scales = (1e-12, 1e3, 1.0, 1e6, 1e-3)
    chunks = [scale * chunk for scale, chunk in zip(scales, normals(5), strict=True)]
    request = Statistics(quantiles=0.01)
    whole = collected(request, chunks)
    for order in ((4, 3, 2, 1, 0), (1, 3, 0, 4, 2)):
        parts = [collected(request, [chunks[i]]) for i in order]
        parts[3].merge(parts[4])
        parts[1].merge(parts[2])
        parts[1].merge(parts[3])
        parts[0].merge(parts[1])
        np.testing.assert_array_equal(parts[0].parts["quantiles"].counts, whole.parts["quantiles"].counts)
        np.testing.assert_array_equal(parts[0].parts["quantiles"].bounds, whole.parts["quantiles"].bounds)


def test_values_that_are_not_finite_are_in_no_bin_and_no_quantile():
    chunks = normals(2)
    chunks[1][0, 1, ::3] = np.nan
    chunks[0][0, 1, ::5] = np.inf
    request = Statistics(histogram=EDGES["even"], quantiles=1e-3)
    found, values = result(collected(request, chunks)), np.concatenate(chunks, axis=2)[0, 1]
    finite = values[np.isfinite(values)]
    np.testing.assert_array_equal(found.histogram(1).counts[0], np.histogram(finite, EDGES["even"])[0])
    median = np.quantile(finite, 0.4, method="lower")
    assert abs(found.quantile(0.4)[0, 1] - median) <= 1e-3 * abs(median)


def test_a_time_without_values_has_no_quantile():
    assert np.isnan(result(collected(Statistics(quantiles=True), [np.full((1, 1, 3), np.nan)])).quantile(0.5)).all()


def test_statistics_come_back_from_arrays_to_the_bit(tmp_path):
    request = Statistics(moments=3, histogram=[None, [0.0, 1.0]], quantiles=True, autocorrelation=1)
    found = result(collected(request, normals(3)))
    np.savez(tmp_path / "statistics.npz", **found.to_arrays())
    with np.load(tmp_path / "statistics.npz") as file:
        again = EnsembleStatistics.from_arrays(dict(file))
    arrays = again.to_arrays()
    assert sorted(arrays) == sorted(found.to_arrays())
    for name, array in found.to_arrays().items():
        np.testing.assert_array_equal(arrays[name], array)
    assert str(again) == str(found)
    np.testing.assert_array_equal(again.quantile([0.1, 0.9]), found.quantile([0.1, 0.9]))


def test_the_memory_is_stated_before_it_is_taken():
    request = Statistics(histogram=EDGES["even"], quantiles=0.1, autocorrelation=2)
    arrays = request.accumulator(6, 3).to_arrays()
    assert request.n_bytes(6, 3) == sum(array.nbytes for array in arrays.values())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"histogram": [0.0, 1.0, 1.0]}, r"histogram is not .* Use histogram=np.linspace"),
        ({"histogram": [None, [1.0]]}, r"histogram\[1\] is not"),
        ({"quantiles": 0.9}, r"quantiles=0.9 .* Use quantiles=True"),
        ({"quantiles": 1e-6}, r"quantiles=1e-06 .* Use quantiles=True"),
        ({"autocorrelation": 0}, r"autocorrelation=0 .* Use autocorrelation=100"),
        ({"autocorrelation": 1.5}, r"autocorrelation=1.5"),
    ],
)
def test_a_request_outside_its_limits_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Statistics(**options)


def test_a_request_that_does_not_fit_the_run_is_refused():
    with pytest.raises(ValueError, match=r"edges for 1 values, there are 2"):
        Statistics(histogram=[[0.0, 1.0]]).accumulator(3, 2)
    with pytest.raises(ValueError, match=r"autocorrelation=3 .* Use autocorrelation=2"):
        Statistics(autocorrelation=3).accumulator(3, 2)
    Statistics(autocorrelation=2).accumulator(3, 2)


def test_a_level_outside_zero_and_one_is_refused():
    with pytest.raises(ValueError, match=r"q=1.5 .* Use q=0.5"):
        result(collected(Statistics(quantiles=True), normals(1))).quantile(1.5)


def test_what_was_not_collected_names_the_request_that_collects_it():
    found = result(collected(Statistics(), normals(1)))
    with pytest.raises(ValueError, match=r"Statistics\(quantiles=True\)"):
        found.quantile(0.5)
    with pytest.raises(ValueError, match=r"Statistics\(autocorrelation=100\)"):
        _ = found.effective_sample_size
