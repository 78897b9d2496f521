"""Effective diffusivity of periodic potentials, against published numbers, closed forms and laws."""

import math

import numpy as np
import pytest
from scipy.special import i0

import pdeopt
from pdeopt.homogenization import cell_problems, effective_diffusivity
from pdeopt.homogenization.cell_problems import Corrector, Medium

PERIOD = 2.0 * math.pi
EGG_BOX = pdeopt.Landscape(lambda x: math.cos(x[0]) * math.cos(x[1]), dim=2)
SKEW = pdeopt.Landscape(
    lambda x: math.cos(x[0]) + 0.5 * math.cos(x[1]) + 0.7 * math.cos(x[0] - x[1]), dim=2, name="skew"
)
SKEW_EXACT = np.array([[0.652362427421808, 0.0653043183558335], [0.0653043183558335, 0.903447390610492]])


def wave(height):
    return pdeopt.Landscape(lambda x: height * math.cos(x))


def skew_on(points):
    return np.cos(points[..., 0]) + 0.5 * np.cos(points[..., 1]) + 0.7 * np.cos(points[..., 0] - points[..., 1])


def is_between(found, exact):
    gaps = np.linalg.eigvalsh(found.upper - exact), np.linalg.eigvalsh(exact - found.lower)
    return min(gap.min() for gap in gaps) >= -1e-15


@pytest.mark.parametrize(
    ("height", "exact"),
    [(0.5, 0.884175737194364), (1.0, 0.623860360432069), (2.0, 0.192436878491673), (5.0, 0.00134768961135401)],
)
def test_a_cosine_has_the_published_digits(height, exact):
    found = effective_diffusivity(wave(height), PERIOD)
    assert found.value[0, 0] == pytest.approx(exact, rel=3e-15)
    assert found.lower[0, 0] <= found.value[0, 0] <= found.upper[0, 0]


def test_two_harmonics_have_the_published_digits():
    v = pdeopt.Landscape(lambda x: math.cos(x) + 0.5 * math.sin(2.0 * x))
    assert effective_diffusivity(v, PERIOD).value[0, 0] == pytest.approx(0.551745331010064, rel=3e-15)


def test_a_high_cosine_at_low_temperature_keeps_its_digits():
    found = effective_diffusivity(wave(1.0), PERIOD, beta=40.0)
    assert found.value[0, 0] == pytest.approx(1.0 / (40.0 * i0(40.0) ** 2), rel=1e-13)


def test_a_sawtooth_is_integrated_between_its_kinks():
    v = pdeopt.Landscape(lambda x: 3.0 * abs((x % 1.0) - 0.5), kinks=(0.0, 0.5))
    up, down = (math.exp(1.5) - 1.0) / 1.5, (1.0 - math.exp(-1.5)) / 1.5
    assert effective_diffusivity(v, 1.0).value[0, 0] == pytest.approx(1.0 / (up * down), rel=1e-14)


def test_a_mobility_that_undoes_the_weight_leaves_its_mean():
    # exp(-v) m = 1: the resistance is even, and only <exp(-v)> = I_0(1) is left.
    m = pdeopt.Landscape(lambda x: math.exp(math.cos(x)))
    found = effective_diffusivity(wave(1.0), PERIOD, mobility=m)
    assert found.value[0, 0] == pytest.approx(1.0 / i0(1.0), rel=1e-14)


def test_a_skew_potential_lies_between_its_bounds_to_rounding():
    found = effective_diffusivity(SKEW, PERIOD)
    assert is_between(found, SKEW_EXACT)
    assert found.gap < 1e-13
    np.testing.assert_allclose(found.value, SKEW_EXACT, atol=2e-15)


@pytest.mark.parametrize(("beta", "digits"), [(1.0, 1e-14), (8.0, 1e-12), (16.0, 1e-12)])
def test_an_egg_box_is_separable_at_forty_five_degrees(beta, digits):
    found, exact = effective_diffusivity(EGG_BOX, PERIOD, beta=beta), 1.0 / (beta * i0(0.5 * beta) ** 2)
    assert is_between(found, exact * np.eye(2))
    np.testing.assert_allclose(found.value, exact * np.eye(2), rtol=digits, atol=digits * exact)


def test_three_dimensions_add_up():
    v = pdeopt.Landscape(lambda x: 0.5 * math.cos(x[0]) + 0.4 * math.cos(x[1] - x[2]), dim=3)
    found = effective_diffusivity(v, PERIOD, tolerance=1e-8)
    # Along the diagonal of the last two axes the period is that of 0.4 cos of a coordinate of its own.
    slow = 1.0 / i0(0.4) ** 2
    exact = np.array([[1.0 / i0(0.5) ** 2, 0.0, 0.0], [0.0, 0.5 + 0.5 * slow, 0.5 - 0.5 * slow], [0.0] * 3])
    exact[2] = [0.0, exact[1, 2], exact[1, 1]]
    np.testing.assert_allclose(found.value, exact, atol=1e-8)


@pytest.mark.parametrize("n", [15, 27, 45])
def test_bounds_of_a_coarse_cell_hold(n):
    medium = Medium(skew_on, (PERIOD,) * 2, 3.0, lowest=-1.5)
    fine, coarse = (cell_problems.bounds(medium, cell_problems.corrector(medium, size)) for size in (75, n))
    for low, high in ((coarse.lower, fine.lower), (fine.upper, coarse.upper)):
        assert np.linalg.eigvalsh(high - low).min() > -1e-13
    assert np.abs(fine.upper - fine.lower).max() < 1e-13


def test_any_trial_field_gives_bounds():
    medium, rng = Medium(skew_on, (PERIOD,) * 2, 1.0), np.random.default_rng(5)
    exact = cell_problems.corrector(medium, 15)
    for size in (1.0, 0.1, 0.01):
        trial = Corrector(exact.phi + size * rng.normal(size=exact.phi.shape), exact.s, 0)
        found = cell_problems.bounds(medium, trial)
        assert (
            np.linalg.eigvalsh(found.upper - SKEW_EXACT).min()
            > 0.0
            < np.linalg.eigvalsh(SKEW_EXACT - found.lower).min()
        )


def test_the_gap_is_of_second_order_in_the_error_of_the_field():
    medium, rng = Medium(skew_on, (PERIOD,) * 2, 1.0), np.random.default_rng(6)
    exact = cell_problems.corrector(medium, 27)
    noise, gaps = rng.normal(size=exact.phi.shape), []
    for size in (1e-2, 1e-3):
        found = cell_problems.bounds(medium, Corrector(exact.phi + size * noise, exact.s, 0))
        gaps.append(np.abs(found.upper - found.lower).max())
    assert gaps[0] / gaps[1] == pytest.approx(100.0, rel=0.1)


def test_a_potential_and_its_negative_are_dual_in_the_plane():
    # Keller: <w> A[v] = R^T (<1/w> A[-v])^-1 R with R the quarter turn.
    turned = pdeopt.Landscape(lambda x: -math.cos(x[0]) - 0.5 * math.cos(x[1]) - 0.7 * math.cos(x[0] - x[1]), dim=2)
    weights = np.exp(-skew_on(Medium(skew_on, (PERIOD,) * 2, 1.0).points(45)))
    left = weights.mean() * effective_diffusivity(SKEW, PERIOD).value
    right = np.linalg.inv((1.0 / weights).mean() * effective_diffusivity(turned, PERIOD).value)
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    np.testing.assert_allclose(left, quarter.T @ right @ quarter, rtol=1e-13)


def test_a_mobility_acts_as_the_generator_says():
    m = pdeopt.Landscape(lambda x: 1.0 + 0.5 * math.sin(x[0]), dim=2)
    found = effective_diffusivity(SKEW, PERIOD, beta=2.0, mobility=m)

    def drift(t, x):
        slope = (-math.sin(x[0]) - 0.7 * math.sin(x[0] - x[1]), -0.5 * math.sin(x[1]) + 0.7 * math.sin(x[0] - x[1]))
        mobility = 1.0 + 0.5 * math.sin(x[0])
        return -mobility * slope[0] + 0.25 * math.cos(x[0]), -mobility * slope[1]

    def covariance(t, x):
        return (1.0 + 0.5 * math.sin(x[0]), 0.0), (0.0, 1.0 + 0.5 * math.sin(x[0]))

    grid = pdeopt.Grid((0.0, 0.0), (PERIOD, PERIOD), 24, periodic=True)
    other = pdeopt.Generator.from_covariance(drift, covariance, grid).effective_dynamics()
    assert (np.abs(found.value - other.diffusivity) <= 3.0 * other.diffusivity_error + 1e-9).all()
    assert other.diffusivity_error.max() < 1e-4


def test_kinks_in_the_plane_leave_an_honest_gap():
    v = pdeopt.Landscape(lambda x: abs((x[0] % 1.0) - 0.5) + math.cos(PERIOD * x[1]), dim=2)
    found = effective_diffusivity(v, 1.0, tolerance=1e-4)
    tooth = 0.25 / ((math.exp(0.5) - 1.0) * (1.0 - math.exp(-0.5)))
    assert is_between(found, np.diag([tooth, 0.623860360432069]))
    assert 1e-9 < found.gap < 1e-3


def test_a_direction_has_its_own_bounds():
    found = effective_diffusivity(SKEW, PERIOD)
    value, lower, upper = found.along((3.0, 4.0))
    assert lower < value < upper
    assert value == pytest.approx(np.array([0.6, 0.8]) @ SKEW_EXACT @ np.array([0.6, 0.8]), rel=1e-14)
    with pytest.raises(ValueError, match=r"direction=\(0.0, 0.0\)"):
        found.along((0.0, 0.0))


def test_the_record_prints_value_and_both_bounds():
    text = str(effective_diffusivity(SKEW, PERIOD))
    assert all(word in text for word in ("skew", "value", "lower", "upper", "gap", "0.65236242742180"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"period": 3.0}, "period=3 along axis 0"),
        ({"period": -1.0}, "period=-1.0 must be a positive length"),
        ({"beta": 0.0}, "beta=0.0 must be positive"),
        ({"beta": 1000.0}, "Use beta <="),
        ({"mobility": pdeopt.Landscape(lambda x: math.cos(x[0]), dim=2)}, "must be positive, e.g. 1.0"),
        ({"potential": pdeopt.landscapes.double_well(4)}, "dim=4"),
    ],
)
def test_what_cannot_be_homogenized_is_refused(change, message):
    facts = {"potential": SKEW, "period": PERIOD} | change
    with pytest.raises(ValueError, match=message):
        effective_diffusivity(**facts)
