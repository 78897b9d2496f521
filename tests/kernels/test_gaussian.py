"""Gaussian building blocks against mpmath and SciPy."""

import mpmath
import numpy as np
import pytest
from numba import njit
from scipy.special import erfcx

from pdeopt.kernels import gaussian

# Left end and width, in standard deviations.
CELLS = [
    (-1.0, 3.0),
    (-0.1, 0.3),
    (0.0, 1e-9),
    (3.0, 1e-7),
    (5.0, 35.0),
    (-300.0, 1.0),
    (1e4, 1e-3),
    (-1e6, 1e-6),
    (1e6, 1e-12),
    (-30.0, 70.0),
    (0.7, 0.2),
]


@njit
def exponentials_in_a_loop(x):
    out = np.empty(x.size)
    for i in range(x.size):
        out[i] = gaussian.exponential(x[i])
    return out


@njit
def exponentials_at_once(x):
    out = np.empty(x.size)
    gaussian.exponentials(x, out)
    return out


@njit
def logarithms_in_a_loop(x):
    out = np.empty(x.size)
    for i in range(x.size):
        out[i] = gaussian.logarithm(x[i])
    return out


@njit
def scaled_erfc_in_a_loop(x):
    out = np.empty(x.size)
    for i in range(x.size):
        out[i] = gaussian.scaled_erfc(x[i])
    return out


@njit
def mass(left, width):
    return gaussian.cell_mass(left, width)


@njit
def moments(left, width):
    return gaussian.cell_moments(left, width)


def test_exponential_is_exp_to_two_units_in_the_last_place():
    x = np.concatenate([np.linspace(-707.0, 700.0, 4001), [0.0, 1e-300, -1e-17]])
    np.testing.assert_allclose(exponentials_in_a_loop(x), np.exp(x), rtol=4.5e-16)


def test_exponential_is_zero_far_below_the_smallest_exponent():
    assert (exponentials_in_a_loop(np.array([-709.0, -1e300, -np.inf])) == 0.0).all()


def test_exponentials_of_an_array_are_those_of_its_entries():
    x = np.linspace(-50.0, 3.0, 1003)
    np.testing.assert_array_equal(exponentials_at_once(x), exponentials_in_a_loop(x))


@pytest.mark.parametrize("largest", [1e-9, 1.0, 700.0])
def test_logarithm_is_that_of_numpy(largest):
    x = np.exp(np.random.default_rng(1).uniform(-largest, largest, 10_000))
    np.testing.assert_allclose(logarithms_in_a_loop(x), np.log(x), rtol=4.5e-16)


def test_logarithm_of_nothing_lies_below_that_of_every_number():
    assert (logarithms_in_a_loop(np.array([0.0, 5e-324])) < -700.0).all()


def test_scaled_erfc_is_that_of_scipy():
    x = np.concatenate([np.linspace(0.0, 10.0, 1001), np.geomspace(10.0, 1e8, 200)])
    np.testing.assert_allclose(scaled_erfc_in_a_loop(x), erfcx(x), rtol=2e-15)


def exact_integral(left, width, power=0):
    """Integrate normal density times (z - nearest)^power and exp(nearest^2 / 2), in 30 digits."""
    left, width = mpmath.mpf(left), mpmath.mpf(width)
    nearest = min(max(mpmath.mpf(0), left), left + width)
    reach = 80 / (abs(nearest) + mpmath.sqrt(nearest**2 + 80))
    low, high = max(left, nearest - reach), min(left + width, nearest + reach)
    points = [low + (high - low) * k / 16 for k in range(17)]

    def density(z):
        return (z - nearest) ** power * mpmath.exp((nearest**2 - z**2) / 2) / mpmath.sqrt(2 * mpmath.pi)

    return float(mpmath.quad(density, points))


@pytest.mark.parametrize(("left", "width"), CELLS)
def test_cell_mass_is_the_normal_mass_however_short_or_far_the_cell(left, width):
    with mpmath.workdps(40):
        expected = exact_integral(left, width)
    assert mass(left, width) == pytest.approx(expected, rel=2e-13)


@pytest.mark.parametrize("power", [0, 1, 2])
@pytest.mark.parametrize(("left", "width"), CELLS)
def test_cell_moments_are_the_integrals_about_the_nearest_point(left, width, power):
    with mpmath.workdps(40):
        expected = exact_integral(left, width, power)
    assert moments(left, width)[power] == pytest.approx(expected, rel=2e-12, abs=1e-15 * width**power)
