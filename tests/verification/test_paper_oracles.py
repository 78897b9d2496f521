"""What the formulas of the paper are held against: each oracle on a case known in closed form."""

import math

import numpy as np
import pytest

import pdeopt
from pdeopt.grid import Grid
from pdeopt.systems import SDE
from pdeopt.verification.paper import oracles
from pdeopt.verification.paper.laws import inner_law, stationary_law
from pdeopt.verification.paper.noise import heat_noise


@pytest.mark.parametrize(
    ("f", "x", "time", "beta", "value"),
    [
        (oracles.double_well, 0.3, 0.5, 1.0, 0.1685643906374680292),
        (oracles.double_well, 0.3, 0.5, 10.0, 0.1720881093061306573),
        (oracles.figure_1, 0.0, 0.2, 1.0, -0.3305460677408213189),
        (lambda y: 1.5 * y * y, 1.7, 0.4, 2.0, 2.167568885545612997),
    ],
)
def test_the_definition_by_quadrature_has_the_published_values(f, x, time, beta, value):
    assert oracles.entropy_by_quadrature(f, x, time, beta) == pytest.approx(value, rel=0, abs=2e-13)


def test_heat_smoothing_of_powers_has_the_moments_of_a_gaussian():
    assert oracles.smoothed(lambda y: y**4, 0.7, 0.5) == pytest.approx(0.7**4 + 6 * 0.5 * 0.7**2 + 3 * 0.25, rel=1e-13)


@pytest.mark.parametrize(("difference", "value"), [(oracles.derivative, 1.0), (oracles.second_derivative, -2.0)])
def test_differences_are_right_within_a_bar_that_is_small(difference, value):
    found, bar = difference(lambda x: math.sin(x) + math.cos(2.0 * x) / 2.0, 0.0)
    assert abs(found - value) <= bar < 1e-6


def test_paths_have_the_moments_of_the_ornstein_uhlenbeck_process_within_their_bars():
    moments, bars = oracles.moments_on_paths(lambda _, x: -x, 0.8, 1.5, 0.9, seed=3)
    mean = 1.5 * math.exp(-0.9)
    exact = np.array([mean, mean**2 + 0.32 * (1.0 - math.exp(-1.8))])
    assert (np.abs(moments - exact) <= bars).all()
    assert (bars < 0.02).all()


def test_the_bar_of_paths_sees_a_step_that_is_too_long():
    _, coarse = oracles.moments_on_paths(lambda _, x: -x, 0.0, 1.5, 4.0, seed=3, n_steps=4, n_paths=10)
    assert coarse[0] > 0.1


def test_a_stationary_law_is_that_of_the_equation():
    law = stationary_law(SDE(lambda t, x: -2.0 * x + 1.0, lambda t, x: 0.8, noise="additive"), Grid(-4.0, 5.0, 301))
    for (found, bar), exact in ((law.average, 0.5), (law.variance, 0.16)):
        assert abs(found - exact) <= bar < 1e-6


def test_the_inner_law_of_a_quadratic_has_the_mean_and_variance_of_lemma_4_as_corrected():
    stiffness, x, time, beta = 2.0, 1.0, 0.25, 3.0
    law = inner_law(x, time, math.sqrt(2.0 / beta), (stiffness, 0.0))
    s = 1.0 / (stiffness + 1.0 / time)
    for (found, bar), exact in ((law.average, s * stiffness * x), (law.variance, s / beta)):
        assert abs(found - exact) <= bar < 1e-6


def test_the_force_of_the_heat_equation_is_that_of_the_smoothed_polynomial():
    # G_s * (x^2 - 1)^2/4 has the derivative x^3 + 3 s x - x.
    _, force = heat_noise(0)
    for found, s in ((force.printed, 0.125), (force.corrected, 0.25), (force.oracle, 0.25)):
        assert found == pytest.approx(0.3**3 + 3 * s * 0.3 - 0.3, rel=0, abs=1e-8)


def test_smooth_has_the_force_of_the_corrected_heat_equation():
    smoothed = pdeopt.smooth(pdeopt.landscapes.double_well(), Grid(-0.7, 1.3, 201), variance=0.25)
    assert heat_noise(0)[1].corrected == pytest.approx(smoothed.gradient[100, 0], rel=0, abs=1e-8)


def test_averages_along_paths_are_those_of_the_stationary_law_within_their_bar():
    found, bar = oracles.stationary_mean_on_paths(lambda x: 1.0 - 2.0 * x, 0.8, 0.0, seed=5, n_paths=4000)
    assert abs(found - 0.5) <= bar < 0.03
