"""Levy areas: moments in closed form, by the algebra of quadratic forms of normals."""

import numpy as np
import pytest

from pdeopt.kernels.sde.areas import area_layout, levy_area, products, products_and_areas


def unflattened(layout, numbers):
    if isinstance(layout, tuple):
        return tuple(unflattened(part, numbers) for part in layout)
    return float(next(numbers))


def n_of(layout):
    return sum(map(n_of, layout)) if isinstance(layout, tuple) else 1


def quadratic_form(n_terms, xi=None):
    """Return mean, slopes and Hessian of the area of two motions, of all draws or with the increments fixed."""
    layout = area_layout(2, n_terms)
    n_others = n_of(layout)
    area = levy_area(n_terms)

    def value(z):
        given = (float(z[0]), float(z[1])) if xi is None else xi
        others = z[2:] if xi is None else z
        return area(0, 1, given, unflattened(layout, iter(others)))

    n = n_others + (2 if xi is None else 0)
    unit = np.eye(n)
    constant = value(np.zeros(n))
    slopes = np.array([0.5 * (value(e) - value(-e)) for e in unit])
    hessian = np.array([[value(e + f) - value(e) - value(f) + constant for f in unit] for e in unit])
    return constant, slopes, hessian


@pytest.mark.parametrize("n_terms", [1, 2, 5])
def test_the_variance_of_an_area_is_a_quarter_for_any_number_of_terms(n_terms):
    constant, slopes, hessian = quadratic_form(n_terms)
    assert abs(constant + 0.5 * np.trace(hessian)) < 1e-15
    assert slopes @ slopes + 0.5 * np.sum(hessian**2) == pytest.approx(0.25, rel=1e-13)


@pytest.mark.parametrize("xi", [(0.0, 0.0), (1.3, -0.4), (0.2, 2.5)])
def test_the_variance_given_the_increments_is_exact(xi):
    constant, slopes, hessian = quadratic_form(3, xi)
    assert abs(constant + 0.5 * np.trace(hessian)) < 1e-15
    exact = (1.0 + xi[0] ** 2 + xi[1] ** 2) / 12.0
    assert slopes @ slopes + 0.5 * np.sum(hessian**2) == pytest.approx(exact, rel=1e-13)


def test_the_fourth_moment_tends_to_that_of_the_area():
    # E A^4 = 5/16: the characteristic function is 1 / cosh(t / 2).
    def error(n_terms):
        hessian = quadratic_form(n_terms)[2]
        return 3.0 / 16.0 + 3.0 * np.trace(np.linalg.matrix_power(hessian, 4)) - 5.0 / 16.0

    assert abs(error(8)) < 0.2 * abs(error(2)) < 0.01


def test_integrals_split_into_products_of_increments_and_antisymmetric_areas():
    rng = np.random.default_rng(3)
    layout = ((0.0,) * 4, area_layout(4, 3))
    draws = unflattened(layout, iter(rng.normal(size=n_of(layout))))
    rows = np.array(products_and_areas(4, 1.0, 3)(draws))
    symmetric = np.array(products(4, 1.0)(draws[0]))
    xi = np.array(draws[0])
    np.testing.assert_allclose(symmetric, 0.5 * (np.outer(xi, xi) - np.eye(4)), rtol=1e-15)
    np.testing.assert_allclose(rows - symmetric, -(rows - symmetric).T, atol=1e-15)


def test_every_pair_of_motions_has_a_tail_of_its_own():
    layout = ((0.0,) * 4, area_layout(4, 1))
    n_before = 4 + 4
    seen = []
    for k in range(6):
        numbers = np.zeros(n_of(layout))
        numbers[n_before + k] = 1.0
        seen.append(np.argwhere(np.triu(np.array(products_and_areas(4, 0.0, 1)(unflattened(layout, iter(numbers)))))))
    assert sorted(tuple(pair) for found in seen for pair in found) == [
        (i, j) for i in range(4) for j in range(i + 1, 4)
    ]


def test_the_stratonovich_shift_leaves_the_squares():
    assert products(2, 0.0)((2.0, 3.0)) == ((2.0, 3.0), (3.0, 4.5))
