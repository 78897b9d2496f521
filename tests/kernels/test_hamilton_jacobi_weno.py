"""Fifth-order slopes against polynomials, their slow twin, and a mirror."""

import numpy as np
import pytest
import reference_hamilton_jacobi as slow
from numba import njit

from pdeopt.convergence import observed_order
from pdeopt.kernels.hamilton_jacobi import weno

EPSILON = 1e-6
LINEAR = 1e40


@njit
def slopes(values, start, count, stride, inverse_spacing, epsilon):
    minus, plus = np.empty(count), np.empty(count)
    weno.weno5_slopes(values, start, count, stride, inverse_spacing, epsilon, minus, plus)
    return minus, plus


def of_line(line, spacing=1.0, epsilon=EPSILON):
    return slopes(line, weno.N_GHOSTS, line.size - 2 * weno.N_GHOSTS, 1, 1.0 / spacing, epsilon)


@pytest.mark.parametrize("epsilon", [EPSILON, 0.1, 1e-60])
def test_slopes_of_rough_data_agree_with_the_slow_twin(epsilon):
    line = np.random.default_rng(3).standard_normal(600).cumsum()
    expected = slow.weno5_slopes(line, 0.1, epsilon)
    np.testing.assert_allclose(of_line(line, 0.1, epsilon), expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slopes_along_every_axis_of_a_box_are_those_of_its_lines(axis):
    box = np.random.default_rng(4).standard_normal((8, 9, 10))
    start = int(np.ravel_multi_index((4, 4, 3), box.shape))
    ours = slopes(box.ravel(), start, 4, box.strides[axis] // box.itemsize, 2.0, EPSILON)
    lines = np.moveaxis(box, axis, -1)
    found = np.array([[slow.weno5_slopes(line, 0.5, EPSILON) for line in plane] for plane in lines])
    twin = np.moveaxis(found, 2, 0)
    nodes = [slice(4, 5), slice(4, 5), slice(3, 7)]
    nodes[axis] = slice(nodes[axis].start - 3, nodes[axis].stop - 3)
    expected = np.moveaxis(twin, -1, axis + 1)[(slice(None), *nodes)].reshape(2, 4)
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_slopes_of_a_cubic_are_exact_whatever_the_weights(degree):
    x = np.linspace(-1.0, 2.0, 31)
    exact = degree * x[3:-3] ** (degree - 1)
    np.testing.assert_allclose(of_line(x**degree, 0.1), [exact, exact], rtol=0.0, atol=1e-13 * 80)


@pytest.mark.parametrize("degree", [4, 5])
def test_slopes_with_the_linear_weights_are_exact_up_to_the_fifth_degree(degree):
    x = np.linspace(-1.0, 1.0, 21)
    exact = degree * x[3:-3] ** (degree - 1)
    np.testing.assert_allclose(of_line(x**degree, 0.1, LINEAR), [exact, exact], rtol=0.0, atol=1e-13)


def test_slopes_of_smooth_data_are_of_fifth_order():
    n = np.array([16, 32, 64, 128])
    errors = []
    for cells in n:
        x = np.arange(-3, cells + 4) / cells
        found = np.array(of_line(np.exp(x), 1.0 / cells))
        errors.append(np.abs(found - np.exp(x[3:-3])).max())
    order = observed_order(1.0 / n, errors)
    assert order.admits(5.0), str(order)


def test_slopes_beside_a_kink_come_from_their_own_side():
    minus, plus = of_line(np.abs(np.arange(-10.0, 11.0)) * 0.1, 0.1)
    expected = np.sign(np.arange(-7, 8)).astype(float)
    # A stencil across the kink has the smoothness of its jump, 1: its weight is (epsilon / 1)**2.
    np.testing.assert_allclose(minus, np.where(expected == 0.0, -1.0, expected), atol=1e-10)
    np.testing.assert_allclose(plus, np.where(expected == 0.0, 1.0, expected), atol=1e-10)


def test_mirrored_data_exchange_the_two_slopes_to_the_last_bit():
    line = np.random.default_rng(5).standard_normal(300)
    minus, plus = of_line(line, 0.3)
    mirrored_minus, mirrored_plus = of_line(line[::-1].copy(), 0.3)
    np.testing.assert_array_equal(mirrored_minus, -plus[::-1])
    np.testing.assert_array_equal(mirrored_plus, -minus[::-1])


@pytest.mark.parametrize("cut", [1, 3, 4, 100, 255])
def test_slopes_do_not_depend_on_where_a_row_is_cut(cut):
    line = np.random.default_rng(6).standard_normal(262)
    whole = np.array(of_line(line))
    parts = [slopes(line, 3, cut, 1, 1.0, EPSILON), slopes(line, 3 + cut, 256 - cut, 1, 1.0, EPSILON)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)
