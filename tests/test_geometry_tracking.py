"""Minima over time: against parabolas that cover each other, folds in closed form, and laws."""

import numpy as np
import pytest
from numba import njit
from scipy.optimize import fsolve

import pdeopt
from pdeopt import Grid, Landscape
from pdeopt.geometry import TrackedMinima, track_minima

BOTTOMS, CURVATURES, PLACES = (0.0, 0.3, 0.6), (2.0, 1.0, 3.0), (-1.0, 0.6, 1.8)


@njit
def wells(x):
    return min(1.0 * (x + 1.0) ** 2, 0.3 + 0.5 * (x - 0.6) ** 2, 0.6 + 1.5 * (x - 1.8) ** 2)


def covering_time(k, j, step=0.0):
    """Return when parabola j, relaxed, gets below the bottom of k, at the bottom or one step towards j.

    The relaxed parabola of curvature a is `b + (x - m)^2 / (2 (t + 1 / a))`.
    """
    gap = abs(PLACES[k] - PLACES[j]) - step
    return gap**2 / (2.0 * (BOTTOMS[k] - BOTTOMS[j])) - 1.0 / CURVATURES[j]


@pytest.fixture(scope="module")
def parabolas():
    h = {}
    for n in (401, 1601):
        grid = Grid(-3.0, 3.0, n)
        h[grid.spacing[0]] = track_minima(pdeopt.relax(Landscape(wells, dim=1), grid, [0.5, 3.0, 6.0], np.inf))
    return h


def test_parabolas_end_when_another_covers_the_node_beside_their_bottom(parabolas):
    for h, tracked in parabolas.items():
        found = {merge.row: merge for merge in tracked.merges}
        for row, into in ((2, 1), (1, 0)):
            # The interpolant of the samples lies up to (1 + a t) h^2 / 8 a / t above: far below the term in h here.
            assert found[row].time == pytest.approx(covering_time(row, into, h), abs=found[row].error + 10 * h**2)
            assert found[row].into == into


def test_times_of_covering_converge_at_first_order_from_below(parabolas):
    errors = np.array(
        [[m.time - covering_time(m.row, m.into) for m in tracked.merges] for tracked in parabolas.values()]
    )
    assert (errors < 0).all()
    assert np.log2(errors[0] / errors[1]) / 2.0 == pytest.approx(1.0, abs=0.1)


def test_minima_of_the_inviscid_flow_stay_where_they_are_until_they_end(parabolas):
    for h, tracked in parabolas.items():
        drift = np.nanmax(tracked.points[:, :, 0], axis=0) - np.nanmin(tracked.points[:, :, 0], axis=0)
        assert drift.max() <= 2 * h
        assert np.nanmax(tracked.values, axis=0) == pytest.approx(BOTTOMS, abs=h**2)


def test_the_tilted_well_folds_under_the_heat_equation_at_its_closed_time():
    # The average of x^4/4 - x^2/2 + e x has the slope x^3 + (3 s - 1) x + e: a double root at 4 (1 - 3 s)^3 = 27 e^2.
    tilt = 0.05
    fold = (1.0 - (27.0 * tilt**2 / 4.0) ** (1.0 / 3.0)) / 3.0
    x = Grid(-2.0, 2.0, 201)

    @njit
    def tilted(x):
        return 0.25 * x**4 - 0.5 * x * x + 0.05 * x

    f = Landscape(tilted, dim=1)
    tracked = track_minima([pdeopt.smooth(f, x, s) for s in (0.1, 0.2, 0.4)], tolerance=1e-4)
    (merge,) = tracked.merges
    # Minimum and pass are 2 sqrt(fold - s) apart (both slopes of the cubic are 6 and 3 times its root).
    assert fold - x.spacing[0] ** 2 - merge.error <= merge.time <= fold + merge.error
    last = tracked.points[np.isfinite(tracked.values[:, 1]), 1, 0][-1]
    assert last == pytest.approx((tilt / 2.0) ** (1.0 / 3.0), abs=2 * x.spacing[0])


def test_a_mixture_of_gaussians_folds_at_the_time_of_its_closed_form():
    beta, weights, curvatures, centres = 4.0, np.array([0.6, 0.4]), np.array([3.0, 2.0]), np.array([-1.0, 1.0])

    @njit
    def mixture(x):
        return -0.25 * np.log(0.6 * np.exp(-6.0 * (x + 1.0) ** 2) + 0.4 * np.exp(-4.0 * (x - 1.0) ** 2))

    def slopes(place_and_time):
        """Return first and second derivative of the relaxed mixture, which stays one."""
        x, t = place_and_time
        a = curvatures / (1.0 + curvatures * t)
        shares = weights / np.sqrt(1.0 + curvatures * t) * np.exp(-0.5 * beta * a * (x - centres) ** 2)
        shares /= shares.sum()
        pulls = a * (x - centres)
        mean = shares @ pulls
        return mean, shares @ a - beta * (shares @ pulls**2 - mean**2)

    place, fold = fsolve(slopes, (0.6, 2.5), xtol=1e-12)
    assert np.abs(slopes((place, fold))).max() < 1e-9
    for n in (201, 801):
        grid = Grid(-3.0, 3.0, n)
        (merge,) = track_minima(pdeopt.relax(Landscape(mixture, dim=1), grid, [1.0, 3.0], beta)).merges
        assert (merge.row, merge.into) == (1, 0)
        assert merge.time == pytest.approx(fold, abs=merge.error + grid.spacing[0] ** 2)


def test_a_sum_over_two_axes_loses_its_minima_at_the_times_of_the_line(parabolas):
    @njit
    def plane(x):
        one = min(1.0 * (x[0] + 1.0) ** 2, 0.3 + 0.5 * (x[0] - 0.6) ** 2, 0.6 + 1.5 * (x[0] - 1.8) ** 2)
        return one + 0.5 * x[1] ** 2

    grid = Grid((-3.0, -0.5), (3.0, 0.5), (401, 7))
    tracked = track_minima(pdeopt.relax(Landscape(plane, dim=2), grid, [0.5, 3.0, 6.0], np.inf))
    line = parabolas[grid.spacing[0]]
    assert [merge.time for merge in tracked.merges] == pytest.approx([merge.time for merge in line.merges])
    assert [(merge.row, merge.into) for merge in tracked.merges] == [(2, 1), (1, 0)]


def test_the_lowest_minimum_outlives_the_others_and_the_inviscid_flow_makes_no_new_ones():
    # u <= f, and at a minimum of u its own place is the minimiser: there u = f, which is a minimum too.
    values = np.random.default_rng(0).standard_normal(150)
    grid = Grid(0.0, 1.0, 150, periodic=True)
    tracked = track_minima(pdeopt.relax(values, grid, np.geomspace(1e-4, 1.0, 8), np.inf), tolerance=0.1)
    assert tracked.survivors.tolist() == [0]
    assert (tracked.origin == -1).all()
    counts = [tracked.at_time(time).size for time in tracked.times]
    assert counts == sorted(counts, reverse=True)
    assert np.isfinite(tracked.values).sum(axis=1).tolist() == counts


def test_a_record_from_a_file_is_followed_from_time_to_time(tmp_path):
    grid = Grid(-3.0, 3.0, 401)
    relaxed = pdeopt.relax(Landscape(wells, dim=1), grid, [0.5, 3.0, 6.0], np.inf)
    stored = pdeopt.results.load(relaxed.save(tmp_path / "relaxed.npz"))
    assert [(merge.time, merge.error) for merge in track_minima(stored).merges] == [(1.75, 1.25), (4.5, 1.5)]
    again = track_minima(stored, Landscape(wells, dim=1))
    assert [merge.time for merge in again.merges] == [merge.time for merge in track_minima(relaxed).merges]


def test_a_minimum_that_appears_is_a_row_of_its_own():
    grid = Grid(0.0, 6.0, 7)
    start, later = np.array([3.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), np.array([3.0, 0.0, 1.0, 2.0, 1.5, 4.0, 5.0])
    shared = {"grid": grid, "beta": 1.0, "boundary": ("free",), "method": "by hand", "initial": start}
    times = np.array([1.0, 2.0, 3.0])
    made = pdeopt.results.Relaxation(values=np.stack([start, later, start]), time=times, **shared)
    tracked = track_minima(made)
    assert tracked.births.tolist() == [0.0, 1.5]
    assert tracked.deaths.tolist() == [np.inf, 2.5]
    assert (tracked.origin.tolist(), tracked.into.tolist()) == ([-1, 0], [-1, 0])
    text = str(tracked).splitlines()
    assert text[2].endswith("2 at (3.667) appears in the basin of 1")
    assert text[3].endswith("2 at (3.667) ends in the basin of 1")


def test_of_two_minima_the_one_in_whose_basin_the_new_one_lies_goes_on():
    start, later = np.array([3.0, 0.0, 1.0, 2.0, 0.2, 4.0, 5.0]), np.array([3.0, 2.5, 2.0, 1.0, -1.0, 4.0, 5.0])
    shared = {"grid": Grid(0.0, 6.0, 7), "beta": 1.0, "boundary": ("free",), "method": "by hand", "initial": start}
    tracked = track_minima(pdeopt.results.Relaxation(values=later, time=1.0, **shared))
    # Row 0 was the lower one at the start.
    assert tracked.deaths.tolist() == [0.5, np.inf]
    assert tracked.into.tolist() == [1, -1]


def test_shallow_minima_do_not_count():
    x = Grid(-2.0, 2.0, 201)
    ripples = x.axes[0] ** 2 + 0.01 * np.cos(40.0 * x.axes[0])
    assert len(track_minima(pdeopt.relax(ripples, x, [0.1, 1.0], 10.0), shallowest=0.05)) == 1


def test_a_record_comes_back_from_a_file(tmp_path, parabolas):
    tracked = next(iter(parabolas.values()))
    back = TrackedMinima.load(tracked.save(tmp_path / "tracked"))
    assert str(back) == str(tracked)
    assert np.array_equal(back.points, tracked.points, equal_nan=True)
    assert (back.grid, back.beta) == (tracked.grid, tracked.beta)


def test_records_that_do_not_belong_together_are_refused():
    x, wide = Grid(-2.0, 2.0, 21), Grid(-3.0, 3.0, 21)
    f = pdeopt.landscapes.double_well()
    with pytest.raises(ValueError, match="different grids or at different beta"):
        track_minima([pdeopt.relax(f, x, 0.1), pdeopt.relax(f, wide, 0.2)])
    with pytest.raises(ValueError, match=r"times \[0.2, 0.1\]; they must be positive and increase, e\.g\."):
        track_minima([pdeopt.relax(f, x, 0.2), pdeopt.relax(f, x, 0.1)])
    with pytest.raises(ValueError, match="relaxed is empty"):
        track_minima([])
    with pytest.raises(ValueError, match="tolerance=0 must lie between 0 and 1"):
        track_minima(pdeopt.relax(f, x, 0.2), tolerance=0)
