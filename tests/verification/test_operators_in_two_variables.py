"""Operators in two variables: Langevin dynamics on a circle, and equations of two periodic components."""

import math

import numpy as np
import pytest
from numba import njit

import pdeopt
from pdeopt import SDE
from pdeopt.verification import invariant_bias, weak_order
from pdeopt.verification.equations import langevin_on_the_circle, two_components
from pdeopt.verification.methods import stepper_of
from pdeopt.verification.operators import torus
from pdeopt.verification.operators.line import Line
from pdeopt.verification.operators.on_sheet import FEW, generator
from pdeopt.verification.operators.sheet import Sheet, law_of, step_operator

STEPS = [0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125]
SYSTEM = langevin_on_the_circle()


def averages(method, system, h):
    """Return stationary averages of cos q and sin q, under the law of a scheme."""
    sheet = Sheet(torus.Circle(10), Line(20, math.sqrt(1.0 / system.beta)))
    law = law_of(step_operator(stepper_of(method, system), system.args, h, sheet, FEW) - np.eye(sheet.size), sheet)
    q = sheet.nodes[:, 0]
    return np.array([law @ np.cos(q), law @ np.sin(q)])


def test_positions_of_gjf_are_those_of_baoab_with_another_friction():
    h, friction = 0.4, SYSTEM.friction
    effective = -math.log((1.0 - 0.5 * friction * h) / (1.0 + 0.5 * friction * h)) / h
    other = pdeopt.langevin(SYSTEM.landscape, SYSTEM.beta, effective)
    np.testing.assert_allclose(averages("gjf", SYSTEM, h), averages("baoab", other, h), rtol=0, atol=2e-8)


def test_the_law_of_the_generator_is_that_of_gibbs():
    sheet = Sheet(torus.Circle(12), Line(24, math.sqrt(1.0 / SYSTEM.beta)))
    law, (q, p) = law_of(generator(SYSTEM, sheet), sheet), sheet.nodes.T
    fine = 2.0 * math.pi * np.arange(4096) / 4096
    gibbs = np.exp(-SYSTEM.beta * (np.sin(fine) + 0.3 * np.cos(2.0 * fine + 1.0)))
    found = [law @ np.cos(q), law @ np.sin(q), law @ p, law @ p**2]
    exact = [gibbs @ np.cos(fine) / gibbs.sum(), gibbs @ np.sin(fine) / gibbs.sum(), 0.0, 1.0 / SYSTEM.beta]
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-7)


def test_derivatives_and_values_on_a_line_are_those_of_polynomials():
    line, cubic = Line(6, 0.7), np.polynomial.Polynomial([1.0, -2.0, 0.5, 3.0])
    points = np.array([-1.3, 0.2, 2.1])
    np.testing.assert_allclose(line.values(points) @ cubic(line.nodes), cubic(points), rtol=1e-12)
    for order in (1, 2):
        exact = cubic.deriv(order)(line.nodes)
        np.testing.assert_allclose(line.derivative(order) @ cubic(line.nodes), exact, rtol=1e-11, atol=1e-11)


def test_a_step_of_two_components_apart_is_the_product_of_two_steps():
    def drift(t, x):
        return math.sin(x[0]), math.cos(x[1])

    def level(t, x):
        return 0.9, 0.7

    pair, circle = SDE(drift, level, "additive", dim=2), torus.Circle(4)
    singles = [
        SDE(lambda t, x: math.sin(x), lambda t, x: 0.9, "additive"),
        SDE(lambda t, x: math.cos(x), lambda t, x: 0.7, "additive"),
    ]
    parts = [torus.chain_of(stepper_of("heun", one), (), 0.1, circle).step for one in singles]
    found = step_operator(stepper_of("heun", pair), (), 0.1, Sheet(circle, circle), FEW)
    np.testing.assert_allclose(found, np.kron(*parts), rtol=0, atol=1e-10)


@pytest.mark.parametrize(("method", "order"), [("gjf", 2.0), ("exponential-euler", 1.0)])
def test_schemes_that_are_no_words_have_their_orders_in_a_periodic_potential(method, order):
    found = invariant_bias(method, SYSTEM, steps=STEPS)
    assert found.verdict == "certified"
    assert found.order == pytest.approx(order, abs=0.01)


def test_a_broken_langevin_step_is_refuted_in_a_periodic_potential():
    beta, friction = SYSTEM.beta, SYSTEM.friction

    @njit
    def slope(q):
        return math.cos(q) - 0.6 * math.sin(2.0 * q + 1.0)

    def baoab(kick):
        def step(t, x, h, xi, args):
            q, p = x
            p -= 0.5 * h * slope(q)
            q += 0.5 * h * p
            c = math.exp(-friction * h)
            p = c * p + math.sqrt((1.0 - c * c) / beta) * xi
            q += 0.5 * h * p
            return q, p - 0.5 * h * (slope(q) + kick * h * math.sin(q))

        return step

    assert invariant_bias(baoab(0.0), SYSTEM, claimed=2.0, steps=STEPS).verdict == "certified"
    broken = invariant_bias(baoab(0.1), SYSTEM, claimed=2.0, steps=STEPS)
    assert broken.verdict == "refuted"
    assert broken.order == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("method", "order"), [("euler-maruyama", 1.0), ("ri6", 2.0)])
def test_schemes_for_general_noise_have_their_orders_in_two_components(method, order):
    found = weak_order(method, n_components=2, noise="general", steps=STEPS)
    assert found.verdict == "certified"
    assert found.order == pytest.approx(order, abs=0.01)


def test_a_stage_without_noise_is_refuted_in_two_components():
    @njit
    def drift(x, y):
        return math.sin(x) + 0.5 * math.cos(y), 0.6 * math.cos(x + y) - 0.4 * math.sin(y)

    def heun(noisy):
        def step(t, x, h, xi, args):
            noise = 0.9 * math.sqrt(h) * xi[0], 0.8 * math.sqrt(h) * xi[1]
            first = drift(*x)
            second = drift(x[0] + h * first[0] + noisy * noise[0], x[1] + h * first[1] + noisy * noise[1])
            return (
                x[0] + 0.5 * h * (first[0] + second[0]) + noise[0],
                x[1] + 0.5 * h * (first[1] + second[1]) + noise[1],
            )

        return step

    problem, draws = two_components("additive"), ("increment", "increment")
    right, wrong = (invariant_bias(heun(k), problem, draws=draws, claimed=2.0, steps=STEPS) for k in (1.0, 0.0))
    assert (right.verdict, wrong.verdict) == ("certified", "refuted")


@pytest.mark.slow
@pytest.mark.parametrize("noise", ["additive", "diagonal", "commutative", "general"])
@pytest.mark.parametrize("method", ["euler-maruyama", "milstein", "heun", "euler-heun", "ri6"])
def test_claims_hold_in_two_components(method, noise):
    for decide in (weak_order, invariant_bias):
        found = decide(method, n_components=2, noise=noise)
        assert found.verdict == "certified"
        # Milstein's and Heun's schemes claim less in general than they have for additive noise.
        assert found.is_sharp or noise == "additive"


@pytest.mark.slow
@pytest.mark.parametrize("method", ["gjf", "bbk", "exponential-euler", "obabo", "ubu", "bao"])
def test_claims_of_langevin_schemes_hold_in_a_periodic_potential(method):
    for decide in (weak_order, invariant_bias):
        found = decide(method, SYSTEM)
        assert found.verdict == "certified"
        assert found.is_sharp


def test_what_is_no_operator_in_two_variables_is_refused():
    with pytest.raises(ValueError, match=r"carries more than its point"):
        weak_order("bbk-shared", SYSTEM)
    with pytest.raises(ValueError, match=r"not of period 2 pi in every component.*sines and cosines"):
        weak_order("euler-maruyama", SDE(lambda t, x: (-x[0], x[0] * x[1]), lambda t, x: (1.0, x[0]), dim=2))
    with pytest.raises(ValueError, match=r"n_components=3 has no default equation. Use 1 or 2"):
        weak_order("euler-maruyama", n_components=3)
