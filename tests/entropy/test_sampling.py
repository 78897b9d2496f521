"""Local entropy by sampling, against numbers known to twelve digits and more."""

import warnings

import numpy as np
import pytest
from published import VISCOUS

import pdeopt
from pdeopt import landscapes
from pdeopt.entropy import SamplingWarning

ROWS = {row.name: row for row in VISCOUS}
T1 = (0.3, -0.2), 0.5, 2.0
T1_GRADIENT = np.array([-0.11976363059471, -0.20668636411711])


def sampled(name, **options):
    row = ROWS[name]
    options = {"method": "sampling", "n_samples": 8192, "rng": 3} | options
    return pdeopt.local_entropy(row.landscape(), np.array(row.point), row.time, row.beta, **options)


@pytest.mark.parametrize("name", ["V1", "V2", "V4", "V6", "V7", "V8", "V14", "V15", "V16", "V17", "V18", "V21", "T1"])
def test_the_published_value_lies_within_two_bars(name):
    e, expected = sampled(name), ROWS[name].expected
    assert abs(e.value - expected[0]) <= 2.0 * e.error
    assert e.error_kind == "95 %"
    if len(expected) > 1 and expected[1] is not None:
        assert (np.abs(e.gradient - expected[1]) <= 2.0 * e.gradient_error).all()


@pytest.mark.parametrize("name", ["V1", "V7", "V16", "V18"])
def test_bars_are_a_few_thousandths_of_the_value(name):
    e = sampled(name)
    assert e.error <= 6e-3 * abs(e.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["V1", "V6", "V7", "V16", "V18"])
def test_bars_hold_the_truth_in_92_percent_of_200_runs(name):
    found = [sampled(name, rng=seed, n_samples=4096) for seed in range(200)]
    assert np.mean([abs(e.value - ROWS[name].expected[0]) <= e.error for e in found]) >= 0.92


def test_a_quadratic_has_no_sampling_error():
    matrix = np.array([[3.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, 0.2]])
    f, x = landscapes.quadratic(matrix), np.array([1.0, -2.0, 0.5])
    e = pdeopt.local_entropy(f, x, 0.7, 2.0, 1, method="sampling", n_samples=4096)
    resolvent = np.linalg.inv(np.eye(3) + 0.7 * matrix)
    value = 0.5 * x @ matrix @ resolvent @ x - 0.25 * np.linalg.slogdet(resolvent)[1]
    assert abs(e.value - value) <= 1e-12
    assert np.abs(e.gradient - matrix @ resolvent @ x).max() <= 1e-11
    assert np.abs(e.hessian - matrix @ resolvent).max() <= 1e-10
    assert e.error <= 1e-11
    assert e.gradient_error.max() <= 1e-10


def test_a_moved_landscape_takes_the_same_draws():
    f, x, by = landscapes.coupled_double_well(), np.array([0.25, -0.5]), np.array([4.0, -16.0])
    here, there = (
        pdeopt.local_entropy(g, y, 0.5, 2.0, 5, method="sampling", n_samples=2048)
        for g, y in ((f, x), (f.shifted(by), x + by))
    )
    # Line searches may end a step apart.
    assert abs(here.evaluations - there.evaluations) <= 0.01 * here.evaluations
    assert abs(here.value - there.value) <= 1e-10
    assert np.abs(here.gradient - there.gradient).max() <= 1e-8


def test_a_seed_repeats_the_answer_and_another_does_not():
    first, same, other = (sampled("V1", rng=seed) for seed in (1, 1, 2))
    assert first.value == same.value
    assert first.value != other.value


def test_points_come_back_in_their_shape():
    e = pdeopt.local_entropy(landscapes.double_well(), np.zeros((2, 3)), method="sampling", n_samples=1024)
    assert e.value.shape == e.diagnostics["sampler"].shape == (2, 3)
    assert e.hessian.shape == (2, 3, 1, 1)


def test_a_plain_python_function_without_gradient_is_enough():
    f = pdeopt.Landscape(lambda x: 0.25 * (x * x - 1.0) ** 2)
    e = pdeopt.local_entropy(f, 0.3, 0.5, 1.0, 2, method="sampling", n_samples=4096)
    assert abs(e.value - ROWS["V1"].expected[0]) <= 2.0 * e.error
    assert e.diagnostics["sampler"] == "importance"


@pytest.mark.parametrize("sampler", ["mala", "metropolised-obabo", "annealed"])
def test_chains_find_value_and_gradient_of_a_coupled_well(sampler):
    e = pdeopt.local_entropy(landscapes.coupled_double_well(), *T1, 4, sampler=sampler, n_samples=8192)
    assert abs(e.value - 0.43389595287558) <= 2.0 * e.error
    assert (np.abs(e.gradient - T1_GRADIENT) <= 2.0 * e.gradient_error).all()
    assert 0.3 < e.diagnostics["acceptance"] < 0.98
    assert e.diagnostics["sampler"] == sampler


def test_annealing_serves_where_weights_are_too_uneven():
    dim, (value, slope, bend) = 40, ROWS["V1"].expected
    e = pdeopt.local_entropy(
        landscapes.double_well(dim=dim), np.full(dim, 0.3), 0.5, 1.0, 6, sampler="annealed", n_samples=2048
    )
    assert abs(e.value - dim * value) <= 2.0 * e.error
    assert e.error <= 0.03 * dim * value
    assert np.mean(np.abs(e.gradient - slope) <= e.gradient_error) >= 0.8
    assert np.mean(np.abs(e.hessian_diagonal - bend) <= e.hessian_error) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize(("dim", "seeds"), [(5, 3), (10, 8), (20, 2)])
def test_thousands_of_wells_are_not_missed(dim, seeds):
    row = ROWS["V7"]
    f, x, n = landscapes.rastrigin(dim=dim), np.full(dim, 1.3), None if dim == 20 else 2048
    found = [
        pdeopt.local_entropy(f, x, row.time, row.beta, seed, method="sampling", n_samples=n) for seed in range(seeds)
    ]
    truth, held = dim * row.expected[0], [np.abs(e.gradient - row.expected[1]) <= e.gradient_error for e in found]
    assert all(abs(e.value - truth) <= 2.0 * e.error and e.error <= 0.02 * truth for e in found)
    assert np.mean([abs(e.value - truth) <= e.error for e in found]) >= 0.7
    assert np.mean(held) >= 0.85


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_a_sampler_that_misses_wells_is_found_out(seed):
    row = ROWS["V7"]
    f, x = landscapes.rastrigin(dim=10), np.full(10, 1.3)
    with pytest.warns(SamplingWarning, match="wells were missed"):
        e = pdeopt.local_entropy(f, x, row.time, row.beta, seed, sampler="importance", n_samples=8192)
    assert 0.5 * e.error <= abs(e.value - 10 * row.expected[0]) <= 1.1 * e.error


@pytest.mark.slow
def test_hundreds_of_dimensions_need_no_matrix():
    dim, (value, slope, _) = 300, ROWS["V10"].expected
    e = pdeopt.local_entropy(
        landscapes.log_cosh(dim=dim), np.full(dim, 1.5), 2.0, 3.0, 7, method="sampling", n_samples=256
    )
    assert abs(e.value - dim * value) <= 2.0 * e.error
    assert np.mean(np.abs(e.gradient - slope) <= e.gradient_error) >= 0.8
    assert np.isfinite(e.hessian_times(np.ones(dim))).all()


def test_a_tolerance_is_reached():
    e = sampled("V8", tolerance=2e-4, n_samples=1024)
    assert e.error <= 2e-4
    assert abs(e.value - ROWS["V8"].expected[0]) <= 2.0 * e.error


INVISCID = [
    (landscapes.double_well(), 0.3, 0.5, 0.180444954338326138, -0.371073423388284525),
    (landscapes.rastrigin(dim=1), 1.3, 0.25, 1.17920155497374173, 1.20798455336437691),
    (landscapes.chaudhari_figure_1(), 0.0, 0.1, -1.18849869520664923, 2.07455797986168294),
    (landscapes.absolute_value(), 0.25, 0.5, 0.0625, 0.5),
]


@pytest.mark.parametrize(("f", "x", "time", "value", "slope"), INVISCID)
def test_infinite_beta_gives_the_lowest_point(f, x, time, value, slope):
    e = pdeopt.local_entropy(f, x, time, np.inf, method="sampling")
    assert abs(e.value - value) <= 1e-12
    assert abs(e.gradient[0] - slope) <= 1e-8
    assert 0.0 < e.diagnostics["agreeing"] <= 1.0


def test_diagnostics_are_saved(tmp_path):
    e = sampled("V1")
    back = pdeopt.LocalEntropy.load(e.save(tmp_path / "e"))
    assert back.diagnostics["sampler"] == "importance"
    assert back.diagnostics["largest_weight"] == e.diagnostics["largest_weight"]


def test_too_few_draws_are_told():
    with pytest.warns(SamplingWarning, match="not to be trusted"):
        sampled("V1", n_samples=16)


def test_a_sampler_goes_with_sampling_only():
    with pytest.raises(ValueError, match="sampler='nuts' is unknown"):
        sampled("V1", sampler="nuts")
    with pytest.raises(ValueError, match="belongs to method='sampling'"):
        sampled("V1", sampler="mala", method="quadrature")


def test_a_loss_that_is_no_number_is_refused():
    f = pdeopt.Landscape(lambda x: np.nan if x > 1.0 else 0.0)
    with pytest.raises(ValueError, match=r"is nan or -inf.*return numpy\.inf"):
        pdeopt.local_entropy(f, 0.0, method="sampling")


def test_nothing_warns_where_all_is_well():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sampled("V1").effective_sample_size > 4000
