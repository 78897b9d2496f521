"""Steps broken on purpose: every one is refuted at the order of the right step, which is certified."""

import math

import numpy as np
import pytest
from numba import njit

from pdeopt.systems import problems
from pdeopt.verification import invariant_bias, weak_order

PAIR = ("increment", "time-integral")
LEVEL = 0.9


@njit
def drift(x):
    return math.sin(x) + 0.5 * math.cos(2.0 * x)


@njit
def noise(x):
    return 0.8 + 0.4 * math.cos(x)


def sra1(stage, weight, area, increment):
    """Return a step with stage and weight of the second evaluation, and its two normals made of those drawn."""

    def step(t, x, h, xi, args):
        first, second = xi[0], area * xi[0] + (1.0 - area) * xi[1]
        integral = 0.5 * math.sqrt(h) * (first + second / math.sqrt(3.0))
        b = drift(x)
        inner = x + 0.75 * h * b + stage * LEVEL * integral
        return x + h * ((1.0 - weight) * b + weight * drift(inner)) + increment * LEVEL * math.sqrt(h) * first

    return step


def heun(share, noisy):
    """Return a Heun step of an Ito equation without noise in its slopes; `noisy` weighs the noise of the stage."""

    def step(t, x, h, xi, args):
        w = LEVEL * math.sqrt(h) * xi
        b = drift(x)
        return x + h * ((1.0 - share) * b + share * drift(x + h * b + noisy * w)) + w

    return step


def stratonovich_heun(t, x, h, xi, args):
    w = math.sqrt(h) * xi
    b, s = drift(x), noise(x)
    y = x + h * b + s * w
    return x + 0.5 * h * (b + drift(y)) + 0.5 * w * (s + noise(y))


def milstein(correction, shift):
    def step(t, x, h, xi, args):
        slope = -0.4 * math.sin(x) * noise(x)
        return x + h * drift(x) + noise(x) * math.sqrt(h) * xi + correction * h * slope * (xi * xi - shift)

    return step


def test_right_steps_for_additive_noise_are_certified():
    additive = problems.torus_additive(LEVEL)
    assert weak_order(sra1(1.5, 2 / 3, 0.0, 1.0), additive, draws=PAIR, claimed=2.0).verdict == "certified"
    assert weak_order(heun(0.5, 1.0), additive, claimed=2.0).verdict == "certified"


def test_a_right_step_for_multiplicative_noise_is_certified():
    assert weak_order(milstein(0.5, 1.0), problems.torus(), claimed=1.0).verdict == "certified"


ADDITIVE = {
    "the noise of a stage with 1 in place of 3/2": (sra1(1.0, 2 / 3, 0.0, 1.0), PAIR),
    "the stages weighed equally": (sra1(1.5, 0.5, 0.0, 1.0), PAIR),
    "one normal for the increment and its integral": (sra1(1.5, 2 / 3, 1.0, 1.0), PAIR),
    "a stage without noise": (heun(0.5, 0.0), ("increment",)),
    "a stage with half the noise": (heun(0.5, 0.5), ("increment",)),
    "Euler in place of Heun": (heun(0.0, 1.0), ("increment",)),
    "two-point draws where normals are meant, and no stage": (heun(0.0, 1.0), ("two-point",)),
    "noise too large by a thousandth": (sra1(1.5, 2 / 3, 0.0, 1.001), PAIR),
}


@pytest.mark.parametrize("name", ADDITIVE)
def test_broken_steps_for_additive_noise_are_refuted(name):
    step, draws = ADDITIVE[name]
    assert weak_order(step, problems.torus_additive(LEVEL), draws=draws, claimed=2.0).verdict == "refuted"


MULTIPLICATIVE = {
    "the drift of Ito in a scheme of Stratonovich": stratonovich_heun,
    "Milstein's correction without its shift": milstein(0.5, 0.0),
    "Milstein's correction with half the shift": milstein(0.5, 0.5),
}


@pytest.mark.parametrize("name", MULTIPLICATIVE)
def test_broken_steps_for_multiplicative_noise_are_refuted(name):
    for decide in (weak_order, invariant_bias):
        assert decide(MULTIPLICATIVE[name], problems.torus(), claimed=1.0).verdict == "refuted"


def langevin_step(drags, kick, shared):
    """Return BAOAB with `drags` full steps of friction, its second kick weighed, and momenta of old positions."""

    def step(t, x, h, xi, args):
        q, p = x
        p -= 0.5 * h * q
        middle = q + 0.5 * h * p
        c = math.exp(-drags * h)
        p = c * p + math.sqrt(1.0 - c * c) * xi
        end = middle + 0.5 * h * p
        return end, p - 0.5 * kick * h * (shared * q + (1.0 - shared) * end)

    return step


LANGEVIN = {
    "friction twice": langevin_step(2.0, 1.0, 0.0),
    "one kick left out": langevin_step(1.0, 0.0, 0.0),
    "the gradient of the old position": langevin_step(1.0, 1.0, 1.0),
}


@pytest.mark.parametrize("name", LANGEVIN)
def test_broken_splittings_are_refuted(name):
    well = problems.harmonic_langevin(1.0, 1.0, 1.0)
    assert weak_order(langevin_step(1.0, 1.0, 0.0), well, claimed=2.0).verdict == "certified"
    assert weak_order(LANGEVIN[name], well, claimed=2.0).verdict == "refuted"


def test_a_mutant_that_errs_by_rounding_is_not_refuted():
    step = sra1(1.5 + 1e-15, 2 / 3, 0.0, 1.0)
    found = weak_order(step, problems.torus_additive(LEVEL), draws=PAIR, claimed=2.0)
    assert found.verdict == "certified"
    assert np.isfinite(found.errors).all()
