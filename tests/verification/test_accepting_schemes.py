"""Schemes that accept or refuse: the stationary law is exact, and steps with a wrong test are found out."""

import math

import numpy as np
import pytest
from numba import njit
from scipy.integrate import quad

from pdeopt.sde.schemes import get
from pdeopt.verification import invariant_bias, weak_order
from pdeopt.verification.equations import equation_for, langevin_on_the_circle
from pdeopt.verification.operators.transitions import transitions

SYSTEM = equation_for("mala")
BETA = 1.25
DRAWS = ("increment", "uniform")


@njit
def value(x):
    return math.sin(x) + 0.3 * math.cos(2.0 * x + 1.0)


@njit
def slope(x):
    return math.cos(x) - 0.6 * math.sin(2.0 * x + 1.0)


def mala(share):
    """Return MALA's step; `share` weighs what the ways to and fro differ by."""

    def step(t, x, h, xi, args):
        s = math.sqrt(2.0 * h / BETA)
        y = x - h * slope(x) + s * xi[0]
        back = (x - y + h * slope(y)) / s
        rise = BETA * (value(y) - value(x)) + 0.5 * share * (back * back - xi[0] * xi[0])
        return y if xi[1] < math.exp(-rise) else x

    return step


def test_expectations_after_a_step_of_mala_agree_with_adaptive_quadrature():
    h, x = 0.25, 0.4
    ends = transitions(get("mala").stepper(SYSTEM), SYSTEM.args, h, np.array([[x]]))
    s = math.sqrt(2.0 * h / BETA)

    def integrand(xi):
        y = x - h * slope(x) + s * xi
        back = (x - y + h * slope(y)) / s
        chance = min(1.0, math.exp(BETA * (value(x) - value(y)) + 0.5 * (xi * xi - back * back)))
        return (chance * math.sin(y) + (1.0 - chance) * math.sin(x)) * math.exp(-0.5 * xi * xi)

    exact = quad(integrand, -9.0, 9.0, points=np.linspace(-8.0, 8.0, 65), limit=500, epsabs=1e-12)[0]
    assert ends.weights.sum() == pytest.approx(1.0, abs=1e-11)
    assert ends.weights @ np.sin(ends.points[:, 0]) == pytest.approx(exact / math.sqrt(2.0 * math.pi), abs=1e-9)


def test_mala_leaves_the_law_alone_and_a_wrong_test_does_not():
    right = invariant_bias("mala")
    assert (right.verdict, right.order) == ("certified", math.inf)
    assert right.errors.max() < 1e-6
    wrong = invariant_bias(mala(0.5), SYSTEM, draws=DRAWS, claimed=math.inf)
    assert wrong.verdict == "refuted"
    assert wrong.errors.max() > 1e-3


def test_a_users_step_of_mala_agrees_with_ours():
    steps, few = [0.25, 0.125], {"n_modes": 8}
    own, ours = weak_order(mala(1.0), SYSTEM, draws=DRAWS, steps=steps, **few), weak_order("mala", steps=steps, **few)
    assert own.errors == pytest.approx(ours.errors, rel=1e-6)


def test_a_test_that_depends_on_two_normal_numbers_is_refused():
    def step(t, x, h, xi, args):
        y = x - h * slope(x) + math.sqrt(2.0 * h / BETA) * (0.6 * xi[0] + 0.8 * xi[1])
        return y if xi[2] < math.exp(BETA * (value(x) - value(y))) else x

    with pytest.raises(ValueError, match=r"depends on more normal numbers than the first.*method='mala'"):
        weak_order(step, SYSTEM, draws=("increment", "normal", "uniform"))


@pytest.mark.slow
def test_mala_has_weak_order_one():
    found = weak_order("mala")
    assert found.verdict == "certified"
    assert found.is_sharp


@pytest.mark.slow
def test_metropolised_obabo_has_weak_order_two_and_leaves_the_law_alone():
    weak, invariant = (
        decide("metropolised-obabo", langevin_on_the_circle()) for decide in (weak_order, invariant_bias)
    )
    assert weak.verdict == invariant.verdict == "certified"
    assert weak.is_sharp
    assert invariant.order == math.inf
    assert invariant.errors.max() < 1e-5
