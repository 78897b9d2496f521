"""Linear equations: verdicts on words of Langevin dynamics, and errors against closed forms."""

import numpy as np
import pytest

from pdeopt.systems import problems
from pdeopt.verification import invariant_bias, weak_order
from pdeopt.verification.moments.linear import gaussian_flow, steps_together

WELL = problems.harmonic_langevin(frequency=1.0, beta=1.0, friction=1.0)
STEPS = [0.5**k for k in range(2, 9)]
SECOND = ["baoab", "aboba", "obabo", "oabao", "aoboa", "boaob", "gjf", "bbk", "ubu", "bub"]
FIRST = ["bao", "oba", "exponential-euler"]


@pytest.mark.parametrize(("name", "order"), [(n, 2.0) for n in SECOND] + [(n, 1.0) for n in FIRST])
def test_finite_time_and_stationary_orders_on_the_harmonic_well_are_those_proved(name, order):
    for decide in (weak_order, invariant_bias):
        found = decide(name, WELL)
        assert (found.verdict, found.is_sharp) == ("certified", True)
        assert found.order == pytest.approx(order, abs=0.002)


@pytest.mark.parametrize("name", ["baoab", "aboba", "gjf"])
def test_positions_that_are_exact_on_the_harmonic_well_have_no_error_beyond_rounding(name):
    assert invariant_bias(name, WELL, components=(0,)).order == float("inf")


def test_errors_of_the_stationary_covariance_are_those_of_the_closed_forms():
    h = np.array(STEPS)
    baoab, obabo = (invariant_bias(name, WELL, steps=STEPS).errors for name in ("baoab", "obabo"))
    # Root mean squares of the four entries of the covariance, of which one is wrong.
    np.testing.assert_allclose(baoab, h**2 / 4 / 2, rtol=1e-8)
    np.testing.assert_allclose(obabo, (1.0 / (1.0 - h**2 / 4) - 1.0) / 2, rtol=1e-8)


def test_a_lie_splitting_is_refuted_as_a_scheme_of_second_order():
    found = weak_order("bao", WELL, claimed=2.0)
    assert found.verdict == "refuted"
    assert found.order == pytest.approx(1.0, abs=1e-3)


def test_a_users_step_in_the_plane_gets_the_verdict_of_the_word_it_is():
    def symplectic_euler(t, x, h, xi, args):
        beta, friction = args[:2]
        p = x[1] - h * x[0] - h * friction * x[1] + np.sqrt(2.0 * friction * h / beta) * xi
        return x[0] + h * p, p

    found = weak_order(symplectic_euler, WELL)
    assert (found.verdict, found.claimed) == ("certified", 1.0)


def test_the_flow_of_a_gaussian_has_the_moments_of_ornstein_and_uhlenbeck():
    mean, covariance = gaussian_flow(np.array([[-2.0]]), np.array([[0.5]]), 0.3)
    assert mean[0, 0] == pytest.approx(np.exp(-0.6), rel=1e-14)
    assert covariance[0, 0] == pytest.approx(0.5 * (1.0 - np.exp(-1.2)) / 4.0, rel=1e-13)


def test_steps_together_are_steps_one_after_another():
    mean, noise = np.array([[0.9, 0.1], [-0.2, 0.8]]), np.array([[0.3, 0.1], [0.1, 0.2]])
    total, spread = np.eye(2), np.zeros((2, 2))
    for _ in range(13):
        total, spread = mean @ total, mean @ spread @ mean.T + noise
    found = steps_together(mean, noise, 13)
    np.testing.assert_allclose(found[0], total, rtol=1e-13)
    np.testing.assert_allclose(found[1], spread, rtol=1e-13)
