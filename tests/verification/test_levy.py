"""Moments of Levy areas, and the order of schemes that draw them."""

import math

import numpy as np
import pytest

from pdeopt.kernels.sde.areas import levy_area
from pdeopt.verification import invariant_bias, weak_order
from pdeopt.verification.draws import normal_rule
from pdeopt.verification.operators.levy import area_moments, area_rule, n_area_terms, step_draws


def test_moments_of_the_area_are_those_of_levy():
    # Given the increments the variance is (1 + |xi|^2) / 12; all in all 1/4, and of the fourth power 5/16.
    nodes, weights = normal_rule(8)
    xi = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    moments = np.array([area_moments(pair, 8, 4) for pair in xi])
    np.testing.assert_allclose(moments[:, 2], (1.0 + np.sum(xi**2, axis=1)) / 12.0, rtol=1e-12)
    total = np.outer(weights, weights).ravel() @ moments
    assert total[2] == pytest.approx(0.25, rel=1e-12)
    # The tail of eight terms is Gaussian, which changes the fourth moment a little.
    assert total[4] == pytest.approx(5.0 / 16.0, abs=1e-3)


def test_moments_of_the_area_are_those_of_its_samples():
    rng, n, xi = np.random.default_rng(0), 200_000, (0.7, -1.2)
    terms = [tuple(rng.standard_normal((2, 2, n))) for _ in range(3)]
    samples = levy_area(3)(0, 1, xi, (rng.standard_normal((2, n)), rng.standard_normal((1, n)), terms))
    exact = area_moments(np.array(xi), 3, 6)
    for k in range(1, 7):
        assert exact[k] == pytest.approx(np.mean(samples**k), abs=4.0 * np.std(samples**k) / math.sqrt(n))


def test_four_areas_have_seven_moments():
    xi = np.array([0.3, 1.9])
    areas, weights = area_rule(xi, 8)
    found = [weights @ areas**k for k in range(8)]
    np.testing.assert_allclose(found, area_moments(xi, 8, 7), rtol=1e-11, atol=1e-13)


def test_draws_with_an_area_are_told_by_their_kinds():
    kinds = ("increment",) * 2 + ("normal",) * (3 + 4 * 5)
    assert n_area_terms(kinds) == 5
    assert n_area_terms(("increment", "normal")) == n_area_terms(("increment",) * 2) == 0
    draws, weights = step_draws(kinds, {"increment": normal_rule(6)})
    assert draws.shape == (6 * 6 * 4, len(kinds))
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("method", ["milstein", "derivative-free-milstein"])
def test_milsteins_schemes_have_weak_order_one_for_general_noise(method):
    found = weak_order(method, noise="general", steps=[0.125, 0.0625, 0.03125, 0.015625, 0.0078125])
    assert found.verdict == "certified"
    assert found.order == pytest.approx(1.0, abs=0.01)


@pytest.mark.slow
def test_stationary_averages_of_milsteins_scheme_have_order_one_for_general_noise():
    found = invariant_bias("milstein", noise="general")
    assert found.verdict == "certified"
    assert found.is_sharp
