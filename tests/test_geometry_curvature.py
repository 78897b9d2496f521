"""Semiconcavity constants, the bounds of the theory, and harmonic means at the minima."""

import numpy as np
import pytest
from scipy.stats import hmean

import pdeopt
from pdeopt import Grid
from pdeopt.geometry import (
    curvature_audit,
    curvature_bounds,
    harmonic_mean,
    harmonic_mean_audit,
    hessian_bounds,
    relaxed_constant,
    relaxed_laplacian,
    sandwich,
    semiconcavity,
)
from pdeopt.geometry.fields import extreme

LAND = pdeopt.landscapes
RIPPLES, LINE = LAND.chaudhari_figure_1(), Grid(-3.0, 3.0, 513)
TILTED = np.array([[2.0, 0.5], [0.5, 1.0]])
PLANE = Grid((-5.0, -5.0), (5.0, 5.0), (65, 65))


@pytest.mark.parametrize(
    ("time", "beta", "least"), [(0.1, 1.0, -6.4416), (0.2, 1.0, -0.1121), (0.3, 1.0, 0.7822), (0.3, 2.0, -1.358)]
)
def test_the_least_curvature_of_the_papers_ripples_is_the_published_one(time, beta, least):
    found = semiconcavity(pdeopt.relax(RIPPLES, LINE, time, beta)).least
    assert abs(found.value - least) < 0.5 * 10.0 ** -(3 if beta == 2.0 else 4) + found.error
    assert found.error < 1e-5


def test_extremes_lie_between_the_nodes_too():
    found = semiconcavity(RIPPLES, Grid(-3.0, 3.0, 97))
    bend = 1.5 * (2.0 * np.pi) ** 2
    assert abs(found.largest.value - (2.0 + bend)) < found.largest.error < 1e-2
    assert abs(found.least.value - (2.0 - bend)) < found.least.error < 1e-2


@pytest.mark.parametrize("seed", range(20))
def test_a_spline_that_rings_beside_something_steep_says_so(seed):
    grid = Grid(-1.0, 1.0, 65)
    bell = np.exp(-0.5 * (grid.axes[0] * 32.0) ** 2)
    rounding = 1e-14 * np.random.default_rng(seed).standard_normal(65)
    found = extreme(-(bell + rounding)[:, None, None], grid, _entry)
    assert abs(found.value) <= found.error + 1e-12 < 1e-3


def _entry(hessian):
    return hessian[..., 0, 0]


def test_a_tilted_bowl_has_its_eigenvalues_in_any_direction_and_its_diagonal_along_the_axes():
    found = semiconcavity(LAND.quadratic(TILTED), Grid(-1.0, 1.0, (9, 9)))
    assert np.allclose(found.constants, [2.0, 1.0], atol=1e-12)
    low, high = np.linalg.eigvalsh(TILTED)
    assert abs(found.largest.value - high) + abs(found.least.value - low) < 1e-12
    assert abs(found.laplacian.value - 3.0) < 1e-12


def test_errors_of_second_differences_cover_the_truth():
    samples = RIPPLES.on(LINE)
    found = semiconcavity(samples, LINE)
    assert found.source == "differences"
    assert abs(found.largest.value - (2.0 + 6.0 * np.pi**2)) < found.largest.error < 0.2
    assert not found.kinked


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_estimated_and_its_effect_covered(seed):
    noise = 1e-4 * np.random.default_rng(seed).standard_normal(LINE.shape)
    found = semiconcavity(RIPPLES.on(LINE) + noise, LINE)
    # The median of 500 correlated sizes has a relative standard error near 0.05.
    assert abs(found.noise / 1e-4 - 1.0) < 0.2
    assert 1.0 < abs(found.largest.value - (2.0 + 6.0 * np.pi**2)) < found.largest.error


def test_a_kink_is_told_by_a_constant_that_grows_as_the_spacing_shrinks():
    found = semiconcavity(np.abs(LINE.axes[0]), LINE)
    assert found.kinked
    assert "kink" in str(found)


def test_the_constant_after_a_time_is_that_of_a_parabola():
    # 1e8 at time 0.01 becomes 99.99990, not about 10 as printed.
    assert round(float(relaxed_constant(1e8, 0.01)), 5) == 99.9999
    assert float(relaxed_constant(0.0, 2.0)) == 0.0
    assert float(relaxed_constant(np.inf, 0.5)) == 2.0
    assert float(relaxed_constant(-1.0, 2.0)) == np.inf
    assert np.isclose(relaxed_laplacian(6.0, 0.5, 3), 3.0)


def test_the_sandwich_closes_on_a_parabola_with_the_corrected_logarithm():
    lower, upper = sandwich(3.0, 3.0, 0.4, 2.0, 1)
    value = 3.0 * 1.7**2 / 2.0 / (1.0 + 3.0 * 0.4)
    assert lower == upper
    assert abs(value + lower - 2.1675688855) < 1e-10
    printed = value + np.log(0.4 + 1.0 / 3.0) / 4.0
    assert abs(printed - 1.8929158134) < 1e-10


@pytest.mark.parametrize("beta", [0.5, 3.0, np.inf])
def test_bounds_are_attained_by_quadratics(beta):
    f, time = LAND.quadratic(TILTED), 0.3
    found = curvature_bounds(f, Grid(-1.0, 1.0, (17, 17)), time, beta, below=TILTED, above=TILTED)
    assert found.holds
    for name in ("largest eigenvalue", "least eigenvalue", "matrix from above", "matrix from below"):
        assert abs(found.named(name)[0].margin) < 1e-9
    relaxed = np.linalg.inv(np.linalg.inv(TILTED) + time * np.eye(2))
    assert abs(found.named("axis 0")[0].measured - relaxed[0, 0]) < 1e-9
    assert np.allclose(hessian_bounds(TILTED, TILTED, time)[0], relaxed)


def test_at_zero_temperature_the_lower_bound_is_attained_until_the_first_kink():
    found = curvature_bounds(LAND.double_well(), Grid(-2.0, 2.0, 257), [0.3, 0.6, 1.2], np.inf)
    rows = found.named("least eigenvalue")
    assert [round(row.measured, 9) for row in rows[:2]] == [round(-1.0 / (1.0 - t), 9) for t in (0.3, 0.6)]
    assert [row.verdict for row in rows] == ["holds", "holds", "no bound"]


@pytest.mark.parametrize(
    ("f", "grid", "beta"),
    [
        (RIPPLES, LINE, 0.7),
        (RIPPLES, LINE, 20.0),
        (LAND.cosine(2.0, 2), Grid(-np.pi / 2, np.pi / 2, (32, 32), periodic=True), 3.0),
        (LAND.log_cosh(), Grid(-4.0, 4.0, 129), 0.7),
        (LAND.gaussian_mixture([0.6, 0.4], [[-1.0, 0.0], [1.0, 0.5]], [0.2, 0.2]), Grid(-3.0, 3.0, (33, 33)), 0.7),
        (LAND.absolute_value(), Grid(-1.0, 1.0, 65), 20.0),
        (LAND.piecewise_parabolas(), Grid(-2.0, 2.0, 65), np.inf),
        (LAND.himmelblau().on(PLANE), PLANE, 0.7),
    ],
)
def test_no_bound_is_violated(f, grid, beta):
    found = curvature_bounds(f, grid, [0.02, 0.3], beta, progress=False)
    assert found.holds, str(found)
    assert {row.verdict for row in found.rows} == {"holds", "no bound"} or not found.initial.least.value < 0


def test_the_constant_one_over_t_needs_no_smoothness():
    stairs = np.floor(4.0 * np.random.default_rng(1).random(257))
    found = curvature_bounds(stairs, Grid(0.0, 1.0, 257), 0.05, 3.0)
    row = found.named("any direction, 1/t")[0]
    assert row.verdict == "holds"
    assert 0.5 * row.bound < row.measured <= row.bound * (1.0 + 1e-12)


def test_a_false_constant_is_refuted():
    found = curvature_bounds(LAND.quadratic(TILTED), Grid(-1.0, 1.0, (9, 9)), 0.3, above=0.9 * TILTED)
    assert found.named("matrix from above")[0].verdict == "violated"
    assert not found.holds


def test_harmonic_means_of_a_tilted_bowl_are_those_of_its_inverse():
    audit = harmonic_mean_audit(LAND.quadratic(TILTED), Grid(-1.0, 1.0, (17, 17)), 0.2, 3.0)
    (row,) = audit.rows
    relaxed = np.linalg.inv(np.linalg.inv(TILTED) + 0.2 * np.eye(2))
    assert abs(row.of_eigenvalues - 2.0 / np.trace(np.linalg.inv(relaxed))) < 1e-10
    assert abs(row.of_diagonal - hmean(np.diag(relaxed))) < 1e-10
    assert abs(row.bound - 1.0 / (0.2 + 1.0 / hmean([2.0, 1.0]))) < 1e-10
    assert audit.holds


@pytest.mark.parametrize("beta", [1.0, np.inf])
def test_the_chain_of_harmonic_means_holds_at_all_minima(beta):
    audit = harmonic_mean_audit(LAND.himmelblau(), Grid(-5.0, 5.0, (97, 97)), 0.02, beta)
    assert len(audit.rows) == 4
    assert [row.verdict for row in audit.rows] == 4 * ["holds"]
    assert all(min(row.margins[:2]) > 0 for row in audit.rows)


def test_at_a_saddle_the_means_may_stand_the_other_way():
    audit = harmonic_mean_audit(LAND.himmelblau(), Grid(-5.0, 5.0, (97, 97)), 0.02, points=[[0.3, 2.9]])
    (row,) = audit.rows
    assert row.verdict == "indefinite"
    assert row.of_eigenvalues > row.of_diagonal > 0
    assert "positive definite" in str(audit)


def test_harmonic_means_of_random_positive_matrices_are_ordered():
    rng = np.random.default_rng(0)
    for n in (2, 3, 7, 7, 7):
        root = rng.standard_normal((n, n))
        matrix = root @ root.T + 0.01 * np.eye(n)
        values = np.linalg.eigvalsh(matrix)
        mean = harmonic_mean(values)
        assert np.isclose(mean, hmean(values))
        assert values[0] <= mean <= n * values[0]
        assert mean <= harmonic_mean(np.diag(matrix))


def test_a_relaxation_brings_its_own_grid_time_and_temperature():
    r = pdeopt.relax(LAND.himmelblau(), PLANE, 0.05, 2.0)
    direct = harmonic_mean_audit(LAND.himmelblau(), PLANE, 0.05, 2.0)
    again = harmonic_mean_audit(r)
    assert again.time == 0.05
    assert [row.of_eigenvalues for row in again.rows] == [row.of_eigenvalues for row in direct.rows]


def test_the_audit_is_one_table():
    found = curvature_audit(LAND.double_well(), Grid(-2.0, 2.0, 129), 0.5, 2.0, progress=False)
    assert found.holds
    for words in ("at least", "bound", "harmonic means", "begins to be convex", "begins to be unimodal"):
        assert words in str(found)
    assert curvature_audit(LAND.double_well(), LINE, 0.5, 2.0, critical_times=False).convexity is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: semiconcavity(RIPPLES), "grid=None"),
        (lambda: semiconcavity(RIPPLES, Grid(0.0, 1.0, 4)), "at least 5"),
        (lambda: semiconcavity(RIPPLES, PLANE), "1 coordinates"),
        (lambda: semiconcavity(RIPPLES.on(LINE), LINE, noise=-1.0), "noise=-1.0"),
        (lambda: curvature_bounds(RIPPLES, LINE, 0.0), "time=0.0"),
        (lambda: curvature_bounds(RIPPLES, LINE, 0.1, above=[[1.0, 2.0]]), "above="),
        (lambda: harmonic_mean_audit(RIPPLES, LINE), "time=None"),
        (lambda: harmonic_mean_audit(RIPPLES, LINE, 0.1, constants=[1.0, 2.0]), "constants="),
        (lambda: harmonic_mean_audit(RIPPLES, LINE, 0.1, points=[9.0]), "inside the grid"),
        (lambda: harmonic_mean([]), "values is empty"),
        (lambda: curvature_bounds(RIPPLES, LINE, 0.1).named("axis 9"), "'axis 0'"),
    ],
)
def test_wrong_questions_are_answered_in_words(call, message):
    with pytest.raises((ValueError, TypeError), match=message.replace("[", r"\[")):
        call()
