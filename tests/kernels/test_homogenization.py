"""Sums under Gibbs weights and splines, called from compiled code."""

import numba
import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from pdeopt.kernels._specialise import specialised
from pdeopt.kernels.homogenization import softmin, softmin_gradient, spline_at
from pdeopt.kernels.two_scales import array_rates_of_rows, rates_of_rows

TIME, BETA = 0.5, 1.0


@numba.njit
def on_a_line(xs, points, exponents, time, beta, out):
    for k in range(len(xs)):
        out[k, 0] = softmin(xs[k], points, exponents, time, beta)
        out[k, 1] = softmin_gradient(xs[k], points, exponents, time, beta)


@numba.njit
def in_the_plane(x, points, exponents, time, beta):
    return softmin(x, points, exponents, time, beta), softmin_gradient(x, points, exponents, time, beta)


@numba.njit
def along(xs, lower, spacing, coefficients, out):
    for k in range(len(xs)):
        out[k] = spline_at(xs[k], lower, spacing, coefficients)


def test_sums_over_nodes_have_the_published_digits():
    y = np.linspace(-6.0, 6.0, 241)
    weight = np.log((y[1] - y[0]) / np.sqrt(2.0 * np.pi * TIME / BETA))
    out = np.empty((1, 2))
    on_a_line(np.array([0.3]), y[:, None], BETA * 0.25 * (y * y - 1.0) ** 2 - weight, TIME, BETA, out)
    np.testing.assert_allclose(out[0], [0.1685643906374680292, 0.04721507787541257197], atol=1e-14)


def test_sums_do_not_overflow_and_find_the_nearest_node_when_it_is_cold():
    points = np.array([[0.0, 0.0], [1.0, 2.0], [5.0, 5.0]])
    value, gradient = in_the_plane((0.9, 1.8), points, np.array([1e5, 0.0, 1e5]), 0.1, 1e3)
    assert value == pytest.approx(0.05 / 0.2, rel=1e-12)
    np.testing.assert_allclose(gradient, [-1.0, -2.0], rtol=1e-12)
    # The first node heaviest: later ones only add to it.
    value, gradient = in_the_plane((0.9, 1.8), points, np.array([0.0, 1e5, 1e5]), 0.1, 1e3)
    np.testing.assert_allclose(gradient, [9.0, 18.0], rtol=1e-12)


def test_splines_are_scipy_s_inside_and_tangents_outside():
    nodes = np.linspace(-1.0, 2.0, 13)
    spline = CubicSpline(nodes, np.sin(nodes))
    xs = np.array([-1.0, -0.99, 0.1234, 1.999, 2.0, -1.5, 3.0])
    out = np.empty(xs.size)
    along(xs, -1.0, 0.25, spline.c, out)
    inside, ends = spline(xs[:5]), spline([-1.0, 2.0]) + spline([-1.0, 2.0], 1) * [-0.5, 1.0]
    np.testing.assert_allclose(out, [*inside, *ends], atol=1e-14)


def test_rates_are_evaluated_row_by_row_in_both_forms():
    def by_tuple(state, args):
        return (args[0] * state[0], state[0] * state[1])

    def by_array(state, out, args):
        for i in range(len(state)):
            out[i] = args[0] * state[i]

    states, out = np.array([[1.0, 2.0], [3.0, -4.0]]), np.empty((2, 2))
    specialised(rates_of_rows, rates=by_tuple, STATE=(0.0, 0.0))(states, (2.0,), out)
    assert out.tolist() == [[2.0, 2.0], [6.0, -12.0]]
    specialised(array_rates_of_rows, rates=by_array)(states, (2.0,), out)
    assert out.tolist() == [[2.0, 4.0], [6.0, -8.0]]
