"""Passage of Brownian bridges against their laws."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from pdeopt.kernels.bridges import passage, passage_fraction
from pdeopt.kernels.random import normal, uniform

N = 20000


@njit
def fractions_and_uniforms(a, c, q, n):
    out = np.empty((2, n))
    for i in range(n):
        out[0, i], out[1, i] = passage_fraction(a, c, q, normal(1, i, 0, 0), uniform(1, i, 0, 1))
    return out


@njit
def passages(a, b, q, n):
    out = np.empty((2, n))
    for i in range(n):
        out[0, i], out[1, i] = passage(a, b, q, uniform(2, i, 0, 0), 2, i, 0, 0)
    return out


@pytest.mark.parametrize(("a", "c", "q"), [(0.5, 0.3, 0.2), (0.1, 2.0, 1.0), (2.0, 0.1, 0.5)])
def test_odds_of_the_passage_time_are_inverse_gaussian(a, c, q):
    s, _ = fractions_and_uniforms(a, c, q, N)
    law = stats.invgauss(mu=(a / c) / (a * a / q), scale=a * a / q)
    assert stats.kstest(s / (1.0 - s), law.cdf).pvalue > 0.01


def test_a_passage_that_ends_on_the_wall_has_a_levy_law():
    s, _ = fractions_and_uniforms(0.5, 0.0, 0.2, N)
    assert stats.kstest(s / (1.0 - s), stats.levy(scale=0.25 / 0.2).cdf).pvalue > 0.01


def test_a_path_without_noise_passes_by_linear_interpolation():
    s, _ = fractions_and_uniforms(0.3, 0.1, 0.0, 4)
    np.testing.assert_allclose(s, 0.75, rtol=1e-15)


def test_the_uniform_left_over_is_uniform_and_independent_of_the_time():
    s, u = fractions_and_uniforms(0.5, 0.3, 0.2, N)
    assert stats.kstest(u, "uniform").pvalue > 0.01
    assert abs(stats.spearmanr(s, u).statistic) < 4.0 / np.sqrt(N)


def test_bridges_touch_the_wall_as_often_as_the_reflection_principle_says():
    a, b, q = 0.4, 0.3, 0.25
    s, u = passages(a, b, q, N)
    p = np.exp(-2.0 * a * b / q)
    assert np.isfinite(s).mean() == pytest.approx(p, abs=4.0 * np.sqrt(p * (1.0 - p) / N))
    for touched in (True, False):
        assert stats.kstest(u[np.isfinite(s) == touched], "uniform").pvalue > 0.01


def test_a_step_that_ends_outside_has_always_passed():
    s, _ = passages(0.4, -0.1, 0.25, 100)
    assert ((s > 0.0) & (s < 1.0)).all()


def test_a_path_without_noise_that_stays_inside_never_passes():
    s, _ = passages(0.4, 0.1, 0.0, 4)
    assert (s == np.inf).all()
