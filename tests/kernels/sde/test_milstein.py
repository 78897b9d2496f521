"""Milstein's scheme and Platen's against closed forms and a slow twin."""

import numpy as np
import pytest

from pdeopt.kernels.sde import milstein as kernels
from pdeopt.kernels.sde.areas import products
from pdeopt.kernels.sde.euler import euler_maruyama
from pdeopt.kernels.sde.spread import by_component

A, B = 1.01, 0.87
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def growth(t, x):
    return A * x


def volatility(t, x):
    return B * x


def slope(t, x):
    return B


def mean_of(function):
    return float(WEIGHTS @ np.array([function(float(xi)) for xi in NODES]))


def exact(xi, h):
    return np.exp((A - 0.5 * B * B) * h + B * np.sqrt(h) * xi)


@pytest.mark.parametrize(("method", "extra"), [("euler", 0.0), ("milstein", 1.0)])
@pytest.mark.parametrize("h", [0.5, 0.1])
def test_moments_of_geometric_brownian_motion_after_a_step(method, extra, h):
    steps = {
        "euler": euler_maruyama(growth, volatility, by_component),
        "milstein": kernels.milstein(growth, volatility, slope, by_component, by_component, 1.0),
    }
    step = steps[method]
    square = mean_of(lambda xi: step(0.0, 1.0, h, xi, ()) ** 2)
    product = mean_of(lambda xi: step(0.0, 1.0, h, xi, ()) * exact(xi, h))
    correction = extra * 0.5 * B**4 * h * h
    assert square == pytest.approx((1.0 + A * h) ** 2 + B * B * h + correction, rel=1e-13)
    assert product == pytest.approx(np.exp(A * h) * (1.0 + A * h + B * B * h + correction), rel=1e-13)


def test_the_stratonovich_step_is_the_ito_step_of_the_corrected_drift():
    def corrected(t, x):
        return growth(t, x) + 0.5 * B * B * x

    ito = kernels.milstein(corrected, volatility, slope, by_component, by_component, 1.0)
    stratonovich = kernels.milstein(growth, volatility, slope, by_component, by_component, 0.0)
    assert stratonovich(0.0, 1.3, 0.1, 0.7, ()) == pytest.approx(ito(0.0, 1.3, 0.1, 0.7, ()), rel=1e-15)


def test_platens_step_is_milsteins_where_the_diffusion_is_linear_and_there_is_no_drift():
    def nothing(t, x):
        return 0.0

    first = kernels.milstein(nothing, volatility, slope, by_component, by_component, 1.0)
    second = kernels.platen(nothing, volatility, by_component)
    assert second(0.0, 1.3, 0.1, 0.7, ()) == pytest.approx(first(0.0, 1.3, 0.1, 0.7, ()), rel=1e-14)


def rows(t, x):
    return (0.5 + x[1] * x[0], 0.3, x[0]), (0.1 * x[1], x[0] ** 2, 0.2 + x[1])


def rows_jacobian(t, x):
    return ((x[1], x[0]), (0.0, 0.0), (1.0, 0.0)), ((0.0, 0.1), (2.0 * x[0], 0.0), (0.0, 1.0))


def plane(t, x):
    return x[1], -x[0]


def given(draws):
    return draws[1]


def test_the_matrix_step_is_the_ito_taylor_sum_over_all_indices():
    rng = np.random.default_rng(1)
    integrals, xi, x, h = rng.normal(size=(3, 3)), rng.normal(size=3), (0.7, -0.4), 0.2
    sigma, slopes = np.array(rows(0.0, x)), np.array(rows_jacobian(0.0, x))
    # Sum of d_k sigma_ij sigma_kl I_lj, with I_lj the integral of dW_l inside that of dW_j.
    twin = np.einsum("ijk,kl,lj->i", slopes, sigma, integrals)
    expected = np.array(x) + h * np.array(plane(0.0, x)) + np.sqrt(h) * sigma @ xi + h * twin
    step = kernels.milstein_by_matrix(plane, rows, rows_jacobian, kernels.first_draws, given)
    draws = (tuple(xi), tuple(map(tuple, integrals)))
    np.testing.assert_allclose(step(0.0, x, h, draws, ()), expected, rtol=1e-14)


def clark_cameron(t, x):
    return (1.0, 0.0), (0.0, x[0])


def no_drift(t, x):
    return 0.0, 0.0


def clark_cameron_jacobian(t, x):
    return ((0.0, 0.0), (0.0, 0.0)), ((0.0, 0.0), (1.0, 0.0))


@pytest.mark.parametrize("method", ["milstein", "platen"])
def test_clark_and_camerons_equation_is_solved_exactly_with_its_area(method):
    steps = {
        "milstein": kernels.milstein_by_matrix(
            no_drift, clark_cameron, clark_cameron_jacobian, kernels.first_draws, given
        ),
        "platen": kernels.platen_by_matrix(no_drift, clark_cameron, kernels.first_draws, given, 2),
    }
    xi, integrals, h = (0.4, -1.1), ((0.3, 0.6), (-1.5, 0.2)), 0.25
    end = steps[method](0.0, (0.7, 0.1), h, (xi, integrals), ())
    # X1 = x1 + W1, X2 = x2 + x1 W2 + integral of W1 dW2.
    assert end == pytest.approx((0.7 + 0.5 * 0.4, 0.1 + 0.7 * 0.5 * -1.1 + 0.25 * 0.6), rel=1e-14)


def test_platens_matrix_step_tends_to_milsteins():
    xi, x = (0.4, -1.1, 0.3), (0.7, -0.4)
    functions = (kernels.draws_themselves, products(3, 1.0))
    first = kernels.milstein_by_matrix(plane, rows, rows_jacobian, *functions)
    second = kernels.platen_by_matrix(plane, rows, *functions, 3)

    def distance(h):
        return np.abs(np.subtract(first(0.0, x, h, xi, ()), second(0.0, x, h, xi, ()))).max()

    # They differ by terms of order h^1.5: a second derivative times sqrt(h) h.
    assert np.log2(distance(1e-4) / distance(0.5e-4)) == pytest.approx(1.5, abs=0.02)


def test_one_column_is_diagonal_noise():
    def column(t, x):
        return (B * x,)

    def column_slope(t, x):
        return (B,)

    diagonal = kernels.milstein(growth, volatility, slope, by_component, by_component, 1.0)
    functions = (kernels.draws_themselves, products(1, 1.0))
    matrix = kernels.milstein_by_matrix(growth, column, column_slope, *functions)
    assert matrix(0.0, 1.3, 0.1, (0.7,), ()) == pytest.approx(diagonal(0.0, 1.3, 0.1, 0.7, ()), rel=1e-15)
