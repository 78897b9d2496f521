"""From when on relaxations are convex, and have one minimum: published numbers, closed forms, independent roots."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

import pdeopt
from pdeopt import Grid
from pdeopt.geometry import convexity_time, covering_times, minima, unimodality_time
from pdeopt.geometry.critical_points import descended

LAND = pdeopt.landscapes
RIPPLES, LINE = LAND.chaudhari_figure_1(), Grid(-3.0, 3.0, 513)
HALF, VARIANCE, BETA = 1.0, 0.09, 2.0


def pair(weight, dim=1):
    """Return two equal Gaussians at +-1 on the first axis, with weights."""
    means = np.zeros((2, dim))
    means[:, 0] = -HALF, HALF
    return LAND.gaussian_mixture([weight, 1.0 - weight], means, [VARIANCE, VARIANCE], BETA)


def merging_time(weight):
    """Return when two Gaussians have one mode: a mixture is bimodal iff |log(p / (1 - p))| is below a bound.

    With d half their distance over their standard deviation the bound is 2 log(d - sqrt(d^2 - 1)) + 2 d sqrt(d^2 - 1)
    (de Helguero 1904, Behboodian 1970).
    """
    odds = abs(np.log(weight / (1.0 - weight)))

    def excess(d):
        root = np.sqrt(d * d - 1.0)
        return 2.0 * np.log(d - root) + 2.0 * d * root - odds

    d = 1.0 if odds == 0.0 else brentq(excess, 1.0, 50.0, xtol=1e-14)
    return BETA * ((HALF / d) ** 2 - VARIANCE)


def test_the_papers_ripples_are_convex_from_the_published_time():
    found = convexity_time(RIPPLES, 1.0, grid=LINE)
    assert abs(found.last - 0.2062243) < 5e-8
    assert found.first == found.last
    assert found.error < 1e-8
    assert not [row for row in found.tested if row.holds != (row.time > found.last)]
    colder = convexity_time(RIPPLES, 2.0, grid=LINE, times=[0.3, 0.6])
    assert colder.last > 0.3
    assert abs(colder.tested[0].measure + 1.358) < 5e-4


@pytest.mark.parametrize("weight", [0.5, 0.8, 0.97])
def test_two_gaussians_are_convex_when_their_width_is_half_their_distance_whatever_their_weights(weight):
    found = convexity_time(pair(weight), BETA, grid=Grid(-4.0, 4.0, 801))
    assert abs(found.last - BETA * (HALF**2 - VARIANCE)) < max(found.error, 1e-8)
    assert found.error < 1e-7


@pytest.mark.parametrize("weight", [0.5, 0.6, 0.8])
def test_two_gaussians_merge_at_the_time_of_the_classical_condition(weight):
    found = unimodality_time(pair(weight), BETA, grid=Grid(-2.0, 2.0, 513))
    assert abs(found.last - merging_time(weight)) < max(found.error, 1e-8) < 1e-6
    assert [row.measure for row in found.tested] == [1.0 + (row.time < found.last) for row in found.tested]


def test_in_the_plane_the_same_times_come_out():
    grid = Grid((-2.0, -1.0), (2.0, 1.0), (65, 33))
    convex = convexity_time(pair(0.5, 2), BETA, grid=grid, times=[1.5, 2.5])
    assert abs(convex.last - BETA * (HALF**2 - VARIANCE)) < max(convex.error, 1e-8) < 1e-5
    single = unimodality_time(pair(0.8, 2), BETA, grid=grid, times=[0.6, 0.9], tolerance=1e-3)
    assert abs(single.last - merging_time(0.8)) < single.error < 5e-3


def test_a_descent_from_beside_a_saddle_ends_in_the_minimum_below():
    f, grid = LAND.double_well(2), Grid(-1.5, 1.5, (31, 31))
    points = grid.points()
    found = descended(np.array([0.02, 0.9]), f.gradient_at(points), f.hessian_at(points), grid)
    assert np.allclose(found.point, [1.0, 1.0], atol=1e-6)
    assert np.allclose(found.hessian, 2.0 * np.eye(2), atol=1e-5)


@pytest.mark.slow
def test_in_space_the_same_time_comes_out():
    grid = Grid((-1.5, -0.5, -0.5), (1.5, 0.5, 0.5), (25, 9, 9))
    found = convexity_time(pair(0.5, 3), BETA, grid=grid, times=[1.5, 2.5], tolerance=1e-6)
    assert abs(found.last - BETA * (HALF**2 - VARIANCE)) < max(found.error, 1e-5) < 1e-3


def test_a_double_well_is_convex_when_the_variance_over_its_barrier_is_that_of_the_kernel():
    def excess(time):
        def weight(y):
            return np.exp(-BETA * (0.25 * (y * y - 1.0) ** 2 + y * y / (2.0 * time)))

        moments = [quad(lambda y, k=k: y**k * weight(y), -6.0, 6.0, epsabs=1e-14)[0] for k in (0, 2)]
        return moments[1] / moments[0] - time / BETA

    expected = brentq(excess, 0.5, 1.5, xtol=1e-12)
    grid = Grid(-2.0, 2.0, 257)
    assert abs(convexity_time(LAND.double_well(), BETA, grid=grid).last - expected) < 1e-8
    assert abs(unimodality_time(LAND.double_well(), BETA, grid=grid).last - expected) < 1e-8


def test_on_a_box_convexity_may_be_lost():
    amplitude, frequency, end = 0.5, 2.0, 1.0
    f = LAND.periodic_wells(amplitude, frequency, 1.0)
    found = convexity_time(f, 1.0, grid=Grid(-end, end, 401))
    expected = 2.0 / frequency**2 * np.log(amplitude / -np.cos(frequency * end))
    assert found.first == 0.0
    assert found.last == np.inf
    (crossing,) = found.crossings
    assert not crossing.begins
    assert abs(crossing.time - expected) < max(crossing.error, 1e-8)


@pytest.mark.parametrize("f", [LAND.quadratic(3.0), LAND.absolute_value(), LAND.log_cosh(), LAND.affine([1.0])])
def test_what_is_convex_is_so_from_the_start(f):
    found = convexity_time(f, 1.0, grid=Grid(-2.0, 2.0, 129))
    assert (found.first, found.last, found.crossings) == (0.0, 0.0, ())


def test_a_soft_minimum_of_lines_is_never_convex():
    found = convexity_time(LAND.log_sum_exp(), 1.0, times=[0.0, 0.1, 1.0, 10.0])
    assert found.never
    assert found.last == np.inf
    assert all(abs(row.measure + 1.0) < 1e-6 for row in found.tested)


def test_at_zero_temperature_convexity_on_a_box_begins_when_the_last_kink_has_left_it():
    levels, curvatures, end = (0.0, 0.2), (4.0, 2.0), 2.0
    f = LAND.piecewise_parabolas(levels, curvatures, (-1.0, 1.0))

    def gap(time):
        first, second = (
            a + c * d * d / (2 * (1 + c * time)) for a, c, d in zip(levels, curvatures, (3, 1), strict=True)
        )
        return first - second

    found = convexity_time(f, np.inf, grid=Grid(-end, end, 401))
    assert abs(found.last - brentq(gap, 1.0, 100.0, xtol=1e-12)) < found.error < 0.02
    assert "never becomes so" in found.note


def test_at_zero_temperature_parabolas_are_covered_at_the_time_of_their_closed_form():
    levels, curvatures, centers = (0.0, 0.3, 0.5), (4.0, 9.0, 2.0), (-1.0, 0.7, 2.0)
    f, grid = LAND.piecewise_parabolas(levels, curvatures, centers), Grid(-3.0, 4.0, 701)
    found = covering_times(f, grid)

    def covered(k, j):
        return ((centers[k] - centers[j]) ** 2 * curvatures[j] / (2 * (levels[k] - levels[j])) - 1) / curvatures[j]

    assert found[0].time == np.inf
    assert abs(found[1].time - covered(1, 0)) < 1e-7
    assert abs(found[2].time - min(covered(2, 0), covered(2, 1))) < 1e-7
    single = unimodality_time(f, np.inf, grid=grid)
    assert single.last == max(found[1].time, found[2].time)
    for time, count in ((0.98 * single.last, 2), (1.02 * single.last, 1)):
        values = pdeopt.relax(f, grid, time, np.inf).values
        assert len(minima(values, grid, shallowest=1e-6)) == count


def test_two_lowest_minima_stay_for_ever():
    found = unimodality_time(LAND.double_well(), np.inf)
    assert found.never
    assert "stay for ever" in found.note


def test_the_number_of_minima_on_a_line_never_grows():
    found = unimodality_time(RIPPLES, 1.0, grid=LINE)
    counts = [row.measure for row in found.tested]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 6
    frozen = unimodality_time(RIPPLES, np.inf, grid=LINE)
    assert [row.measure for row in frozen.tested] == [6, 5, 4, 3, 2, 1]


def test_samples_give_nearly_the_time_of_the_landscape():
    grid = Grid(-4.0, 4.0, 401)
    f = pair(0.8)
    found = unimodality_time(f.on(grid), BETA, grid=grid)
    assert abs(found.last / merging_time(0.8) - 1.0) < 1e-3


def test_the_breakdown_is_that_of_characteristics():
    assert (
        abs(convexity_time(RIPPLES, 1.0, grid=LINE, times=[0.1, 0.3]).breakdown - 1.0 / (6.0 * np.pi**2 - 2.0)) < 1e-9
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convexity_time(np.zeros(5)), "grid=None"),
        (lambda: convexity_time(RIPPLES, -1.0), "beta=-1.0"),
        (lambda: convexity_time(RIPPLES, 1.0, times=[0.1]), "times="),
        (lambda: convexity_time(RIPPLES, 1.0, tolerance=0.0), "tolerance=0.0"),
        (lambda: unimodality_time(RIPPLES, np.nan), "beta=nan"),
        (lambda: unimodality_time(RIPPLES, 1.0, shallowest=-1.0), "shallowest=-1.0"),
    ],
)
def test_wrong_questions_are_answered_in_words(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
