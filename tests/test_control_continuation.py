"""Minimisers followed from convexity to the landscape, against closed forms and where branches must end."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.optimize import brentq

import pdeopt
from pdeopt.control import MinimiserPath, continued_minimisers
from pdeopt.plot import minimiser_path

LOPSIDED = pdeopt.landscapes.gaussian_mixture([0.7, 0.3], [[-1.0], [1.5]], [[[0.25]], [[0.04]]])
TRIANGLE = [[0.0, 1.0], [-math.sqrt(0.75), -0.5], [math.sqrt(0.75), -0.5]]


def test_the_path_of_a_bowl_stays_at_its_bottom():
    path = continued_minimisers(pdeopt.landscapes.quadratic([3.0, 0.5], center=[1.0, -2.0]), 2.0, 1.0, [5.0, 5.0])
    np.testing.assert_allclose(path.points, np.broadcast_to([1.0, -2.0], path.points.shape), atol=1e-9)
    np.testing.assert_allclose(path.curvatures, 0.5 / (1.0 + 0.5 * path.times), rtol=1e-9)
    assert path.times[0] == 2.0
    assert path.times[-1] == 0.0
    assert len(path.turns) == 0


def test_every_point_is_a_critical_point_of_the_relaxation_at_its_time():
    path = continued_minimisers(LOPSIDED, 4.0, 1.0, times=(1.0, 0.25))
    assert {1.0, 0.25} <= set(path.times)
    for time, point, value in zip(path.times, path.points, path.values, strict=True):
        u = LOPSIDED.relaxed(float(time), 1.0)
        assert np.abs(u.gradient_at(point)).max() < 1e-8
        assert float(u(point)) == pytest.approx(value, abs=1e-12)
    assert (path.curvatures > 0.0).all()
    # The wide well, though the sharp one is deeper.
    assert path.final[0] == pytest.approx(-1.0, abs=1e-6)
    assert LOPSIDED(1.5) < LOPSIDED(path.final)


def test_two_equal_wells_part_where_their_spread_reaches_their_distance():
    f = pdeopt.landscapes.gaussian_mixture([0.5, 0.5], [[-1.0], [1.0]], [[[0.1]], [[0.1]]])
    path = continued_minimisers(f, 4.0, 1.0)
    (turn,) = path.turns
    assert turn.kind == "branch"
    assert turn.time == pytest.approx(0.9, rel=1e-4)
    assert abs(path.final[0]) == pytest.approx(abs(f.minima[0][0]), abs=1e-9)
    # m = tanh(m / s) at spread s, on one side after the turn.
    late = path.times < 0.85
    for time, point in zip(path.times[late], path.points[late, 0], strict=True):
        spread = 0.1 + time
        exact = brentq(lambda m: m - math.tanh(m / spread), 1e-3, 2.0)  # noqa: B023
        assert abs(point) == pytest.approx(exact, abs=1e-8)


def test_a_mode_between_three_unequal_wells_ends_in_a_fold():
    f = pdeopt.landscapes.gaussian_mixture([0.335, 0.333, 0.332], TRIANGLE, [0.05] * 3)
    path = continued_minimisers(f, 2.0, 1.0)
    (turn,) = path.turns
    assert turn.kind == "fold"
    assert turn.distance > 0.3
    before = np.flatnonzero(path.times >= turn.time)[-1]
    assert path.curvatures[before] < 0.02 * path.curvatures[0]
    assert np.abs(f.gradient_at(path.final)).max() < 1e-8
    # A little earlier there is no critical point where the middle one was.
    u, side = f.relaxed(0.98 * turn.time, 1.0), np.linspace(-0.1, 0.1, 41)
    around = turn.before + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    assert np.linalg.norm(u.gradient_at(around), axis=-1).min() > 1e-3


def test_a_landscape_without_a_closed_form_is_followed_by_quadrature():
    f = pdeopt.landscapes.tilted_double_well()
    path = continued_minimisers(f, 4.0, 5.0)
    assert np.abs(f.gradient_at(path.final)).max() < 1e-8
    assert path.final[0] == pytest.approx(min(f.minima, key=lambda m: float(f(m)))[0], abs=1e-8)
    grid = continued_minimisers(f, 0.5, 5.0, [-0.9], grid=pdeopt.Grid(-3.0, 3.0, 201))
    assert grid.final[0] == pytest.approx(path.final[0], abs=1e-8)


def test_at_temperature_zero_minimisers_stay():
    f = pdeopt.landscapes.quadratic(2.0, center=0.4)
    path = continued_minimisers(f, 1.0, math.inf, [2.0])
    np.testing.assert_allclose(path.points, 0.4, atol=1e-9)


def test_a_path_prints_saves_and_comes_back(tmp_path):
    f = pdeopt.landscapes.gaussian_mixture([0.5, 0.5], [[-1.0], [1.0]], [[[0.1]], [[0.1]]])
    path = continued_minimisers(f, 2.0, 1.0)
    back = MinimiserPath.load(path.save(tmp_path / "path"))
    assert str(back) == str(path)
    assert "branch at time 0.9" in str(path)
    ax = minimiser_path(path)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["x[0]", "branch at 0.9"]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), path.points[:, 0])
    plt.close(ax.figure)
    np.testing.assert_array_equal(back.points, path.points)


def test_a_landscape_that_falls_for_ever_has_no_minimiser():
    with pytest.raises(ValueError, match="Use another x0"):
        continued_minimisers(pdeopt.landscapes.affine([1.0]), 1.0, 1.0)
