"""Densities of splitting schemes on the plane: invariant laws to published digits, orders in an anharmonic well."""

import math

import numpy as np
import pytest

from pdeopt import Landscape, langevin
from pdeopt.systems import problems
from pdeopt.verification import invariant_bias, weak_order
from pdeopt.verification.operators.plane import Plane, gibbs_density, invariant_density, moves_of

INFINITE = 1e9
"""A friction that leaves nothing of a momentum after one step."""


def value(q):
    return 0.5 * q * q + math.sin(q)


def slope(q):
    return q + math.cos(q)


WELL = Landscape(value, slope)

DIGITS = """
1 BAOAB .8 -0.5586486227543 1.1149372561300 0.7767819042960
1 BAOAB .4 -0.5569052331212 1.1184872549480 0.9441629707185
1 ABOBA .4 -0.5458335314037 1.1173094035659 1.0590324881089
1 OBABO .8 -0.5059117093224 1.3200229742733 1.0044179954420
1 UBU .4 -0.5532035983360 1.0915255302731 1.0192511186446
inf BAOAB .8 -0.557054815662 1.118346255456 0.777502595938
inf BAOAB .4 -0.556512156574 1.119451373924 0.944203829302
"""
MORE_DIGITS = """
1 BAOAB .2 -0.5565798263123 1.1192822157463 0.9860469414027
1 OBABO .4 -0.5458335314037 1.1596707030903 1.0001202217160
1 OBABO .2 -0.5539149761298 1.1291064405118 1.0000060739506
1 OABAO .4 -0.5569052331212 1.0784860113967 1.0000310887799
1 BAO .4 -0.5811713086121 1.0350919721641 1.0330842137848
1 UBU .2 -0.5556908483091 1.1125157635318 1.0046886735674
inf BAOAB .2 -0.556482224276 1.119525912626 0.986049307073
inf OBABO .4 -0.546647935602 1.157625840362 1
inf OBABO .2 -0.554111979184 1.128612254814 1
"""
CASES = DIGITS.split("\n")[1:-1]
SLOW = [pytest.param(line, marks=pytest.mark.slow) for line in MORE_DIGITS.split("\n")[1:-1]]


@pytest.mark.parametrize("line", CASES + SLOW)
def test_invariant_laws_of_words_have_the_digits_of_the_table(line):
    friction, word, h, *digits = line.split()
    system, plane = langevin(WELL, 1.0, min(float(friction), INFINITE)), Plane(112, 10.0)
    found = plane.averages(invariant_density(word, system, float(h), plane))
    # Half a unit of the twelfth printed digit, and what the search leaves.
    np.testing.assert_allclose(found[[0, 1, 3]], [float(digit) for digit in digits], rtol=0, atol=2e-12)


def test_the_law_of_the_equation_has_the_exact_averages():
    plane = Plane()
    found = plane.averages(gibbs_density(langevin(WELL), plane))
    exact = [-0.5564803021475, 1.1195308273435, 0.0, 1.0, 0.0]
    np.testing.assert_allclose(found, exact, rtol=0, atol=2e-13)


@pytest.mark.parametrize("word", ["BAOAB", "UBU", "AVA"])
def test_letters_move_a_density_as_they_move_points_of_the_harmonic_well(word):
    plane, system = Plane(96, 9.5), problems.harmonic_langevin(1.0, 1.0, 1.0).system
    found = plane.averages(invariant_density(word, system, 0.5, plane))
    expected = {
        "BAOAB": (1.0, 0.9375),
        "UBU": (0.9585914656611, 1.021205555673),
        "AVA": (1.020747041268, 1.065223264261),
    }
    np.testing.assert_allclose(found[[1, 3]], expected[word], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("word", "order", "n_steps"), [("baoab", 2.0, 4), ("bao", 1.0, 5)])
def test_weak_orders_in_an_anharmonic_well_are_certified(word, order, n_steps):
    found = weak_order(word, langevin(WELL), steps=[0.5**k for k in range(2, 2 + n_steps)])
    assert found.verdict == "certified"
    assert found.order == pytest.approx(order, abs=0.005)


@pytest.mark.slow
def test_positions_of_baoab_have_order_two_at_friction_one_and_four_in_the_limit_of_strong_friction():
    found = invariant_bias("baoab", langevin(WELL), components=(0,))
    assert found.verdict == "certified"
    assert found.is_sharp
    limit = invariant_bias("baoab", langevin(WELL, 1.0, INFINITE), components=(0,), steps=[0.8, 0.4, 0.2])
    assert limit.errors[-2] / limit.errors[-1] == pytest.approx(16.0, abs=0.5)


def test_an_order_of_a_scheme_that_is_no_word_is_refused_in_an_anharmonic_well():
    with pytest.raises(ValueError, match=r"no splitting word with friction.*Use method='baoab'"):
        weak_order("gjf", langevin(WELL))


def test_a_law_that_leaves_the_plane_is_refused():
    with pytest.raises(ValueError, match=r"reaches beyond \+-9\.5 .* a larger beta"):
        invariant_bias("baoab", langevin(WELL, beta=0.1))


def test_moves_keep_the_total_probability():
    plane = Plane(64, 8.0)
    density = gibbs_density(langevin(WELL), plane)
    for move in moves_of("BAUVO", langevin(WELL), 0.3, plane):
        assert move(density).sum() == pytest.approx(density.sum(), rel=1e-13)
