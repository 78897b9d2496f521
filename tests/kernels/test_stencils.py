"""Differences along a line against polynomials and closed forms."""

import numpy as np
import pytest
from numba import njit
from reference import bent, second_differences

from pdeopt.kernels import stencils

NODES = np.array([0.0, 0.3, 0.5, 1.1, 1.2, 2.0, 2.7])
PARABOLA = 1.0 - NODES + 1.5 * NODES**2


@njit
def second(values, nodes, j):
    return stencils.second_derivative(values, nodes, j)


@njit
def around(values, nodes, smooth, j):
    return stencils.cell_curvatures(values, nodes, smooth, j)


@njit
def bends(energy, nodes, smooth, mode, low, high, precision):
    bend, lift = np.full(nodes.size - 1, 7.0), np.full(nodes.size, 7.0)
    stencils.bend_cells(energy, nodes, smooth, mode, low, high, precision, bend, lift)
    return bend, lift


@njit
def indicators(energy, nodes, variance):
    out = np.empty((6, nodes.size))
    stencils.aliasing_indicators(energy, nodes, variance, out)
    return out


SMOOTH = np.ones(NODES.size, bool)


@pytest.mark.parametrize("j", range(1, 6))
def test_second_derivative_of_a_parabola_is_exact_at_any_spacing(j):
    assert second(PARABOLA, NODES, j) == pytest.approx(3.0, rel=1e-12)


def test_second_derivative_beside_a_wall_is_not_a_number():
    walled = PARABOLA.copy()
    walled[3] = np.inf
    assert np.isnan([second(walled, NODES, j) for j in (2, 3, 4)]).all()


def test_curvatures_of_a_cell_span_the_second_differences_around_it():
    values = np.sin(2.0 * NODES)
    low, high, _ = around(values, NODES, SMOOTH, 3)
    expected = second_differences(values, NODES)[1:5]
    assert (low, high) == (pytest.approx(expected.min()), pytest.approx(expected.max()))


def test_mean_curvature_of_a_cell_is_that_of_its_two_ends():
    values = np.sin(2.0 * NODES)
    assert around(values, NODES, SMOOTH, 3)[2] == pytest.approx(second_differences(values, NODES)[2:4].mean())


def test_curvatures_never_cross_a_kink():
    values = np.abs(NODES - NODES[3]) * 100.0 + PARABOLA
    smooth = SMOOTH.copy()
    smooth[3] = False
    assert around(values, NODES, smooth, 2) == pytest.approx((3.0, 3.0, 3.0))


def test_curvatures_of_a_lone_cell_are_zero():
    assert around(np.array([1.0, 5.0]), np.array([0.0, 1.0]), np.ones(2, bool), 0) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("mode", [stencils.BEND_MODEL, stencils.NO_BEND])
def test_modelled_bends_are_the_curvature_of_a_parabola_and_absent_ones_zero(mode):
    expected = 3.0 if mode == stencils.BEND_MODEL else 0.0
    bend, _ = bends(PARABOLA, NODES, SMOOTH, mode, np.nan, np.nan, 1.0)
    np.testing.assert_allclose(bend, expected, rtol=1e-12)


def wave(y):
    return np.cos(3.0 * y)


@pytest.mark.parametrize("known", [True, False])
def test_low_bends_lie_below_the_function(known):
    high = 9.0 if known else np.nan
    bend, lift = bends(wave(NODES), NODES, SMOOTH, stencils.BEND_LOW, np.nan, high, 1.0)
    y = np.linspace(NODES[0], NODES[-1], 1001)
    assert (bent(wave(NODES) + lift, NODES, bend, y) <= wave(y) + 1e-12).all()


@pytest.mark.parametrize("precision", [1.0, 100.0])
def test_high_bends_lie_above_the_function(precision):
    bend, lift = bends(wave(NODES), NODES, SMOOTH, stencils.BEND_HIGH, -9.0, np.nan, precision)
    y = np.linspace(NODES[0], NODES[-1], 1001)
    assert (bent(wave(NODES) + lift, NODES, bend, y) >= wave(y) - 1e-12).all()


def test_high_bends_keep_the_gaussian_integral_finite():
    bend, _ = bends(wave(NODES), NODES, SMOOTH, stencils.BEND_HIGH, -9.0, np.nan, 2.0)
    assert (bend + 2.0 > 0.0).all()


def test_aliasing_indicator_is_that_of_a_gaussian_of_the_combined_curvature():
    nodes = np.linspace(0.0, 1.0, 11)
    found = indicators(1.5 * nodes**2, nodes, 0.01)[0]
    narrowness = (1.2 * 3.0 + 100.0) * 0.01
    np.testing.assert_allclose(found, (2.0 + narrowness / 8.0) * np.exp(-2.0 * np.pi**2 / narrowness), rtol=1e-9)


@pytest.mark.parametrize(("rows", "period"), [((1, 2), 4), ((3, 4), 20 / 9)])
def test_waves_are_unit_circles_of_their_period(rows, period):
    nodes = np.linspace(0.0, 1.0, 13)
    found = indicators(nodes, nodes, 1.0)
    expected = np.exp(2j * np.pi * np.arange(13) / period)
    np.testing.assert_allclose(found[rows[0]] + 1j * found[rows[1]], expected, atol=1e-13)


def test_a_kink_on_a_node_shows_as_a_sixth_of_its_jump_per_spacing():
    nodes = np.linspace(-1.0, 1.0, 21)
    assert indicators(3.0 * np.abs(nodes), nodes, 1.0)[5, 10] == pytest.approx(6.0 * 0.1 / 6.0)


def test_a_smooth_line_has_no_kink():
    nodes = np.linspace(-1.0, 1.0, 21)
    np.testing.assert_array_equal(indicators(np.cos(2.0 * nodes), nodes, 1.0)[5], 0.0)
