"""Exact operators on the circle: verdicts on schemes of the package and on a user's steps."""

import math

import pytest
from numba import njit

from pdeopt import sde
from pdeopt.systems import problems
from pdeopt.verification import invariant_bias, weak_order


def euler(t, x, h, xi, args):
    level, ripple = args
    drift = math.sin(x) + 0.5 * math.cos(2.0 * x)
    return x + drift * h + (level + ripple * math.cos(x)) * math.sqrt(h) * xi


def euler_with_the_wrong_drift(t, x, h, xi, args):
    level, ripple = args
    drift = math.sin(x) + 0.5 * math.cos(2.0 * x) - 0.5 * ripple * math.sin(x) * (level + ripple * math.cos(x))
    return x + drift * h + (level + ripple * math.cos(x)) * math.sqrt(h) * xi


@pytest.mark.parametrize("step", [euler, njit(euler)])
def test_a_users_step_gets_the_verdict_of_the_scheme_it_is(step):
    own, ours = weak_order(step, problems.torus()), weak_order("euler-maruyama")
    assert own.verdict == ours.verdict == "certified"
    assert own.errors == pytest.approx(ours.errors, rel=1e-8)


def test_a_step_that_does_not_compile_is_called_as_it_is():
    def step(t, x, h, xi, args):
        return {"next": euler(t, x, h, xi, args)}["next"]

    def opaque(t, x, h, xi, args):
        return step(t, x, h, xi, args)

    steps = [0.25, 0.125, 0.0625, 0.03125, 0.015625]
    own, ours = (weak_order(one, problems.torus(), steps=steps) for one in (opaque, "euler-maruyama"))
    assert own.errors == pytest.approx(ours.errors, rel=1e-8)


def test_a_step_for_another_equation_is_refuted():
    found = weak_order(euler_with_the_wrong_drift, problems.torus(), claimed=1.0)
    assert found.verdict == "refuted"
    assert found.order == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("decide", [weak_order, invariant_bias])
@pytest.mark.parametrize("name", ["euler-maruyama", "milstein", "heun", "sriw1-random-sign", "ri6"])
def test_claimed_orders_are_certified_and_sharp(name, decide):
    found = decide(name)
    assert found.verdict == "certified"
    assert found.is_sharp


def test_an_equation_that_is_not_periodic_is_refused():
    with pytest.raises(ValueError, match=r"not of period 2 pi .* systems\.problems\.torus"):
        weak_order("euler-maruyama", problems.sinh())


def test_a_claim_that_is_too_high_is_refuted():
    assert weak_order(sde.SRIW1(), claimed=2.0).verdict == "refuted"
