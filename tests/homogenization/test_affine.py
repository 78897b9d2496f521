"""Two-scale systems in quadratic landscapes, without sampling: published digits, closed forms, exponentials."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from pdeopt import landscapes
from pdeopt.homogenization import averaged, averaging_error, clt_covariance, linear_moments
from pdeopt.systems import TwoScale, elastic, entropy_sgd, entropy_sgd_2, heat

BOWL = landscapes.quadratic(2.0)
EPSILONS = [0.1 * 0.5**k for k in range(8)]


@pytest.mark.parametrize(
    ("epsilon", "slow", "spread"),
    [
        (0.1, -0.975015605499214272, 0.0119047619),
        (0.01, -0.997500015624804691, 0.00124378109),
        (0.001, -0.999750000015624998, 0.000124937531),
    ],
)
def test_slow_eigenvalue_and_stationary_variances_have_the_published_digits(epsilon, slow, spread):
    system = entropy_sgd(BOWL, 0.5, 2.0, epsilon)
    found = linear_moments(system, system.start(1.0))
    assert abs(found.slow_eigenvalues[0] - slow) < 5e-16
    assert found.stationary_covariance[0, 0] == pytest.approx(spread, rel=5e-9)
    assert found.stationary_covariance[1, 1] == pytest.approx(0.125, rel=0.6 * epsilon)


def test_the_error_of_the_slow_eigenvalue_is_a_quarter_of_epsilon():
    for epsilon in (1e-2, 1e-3, 1e-4):
        system = entropy_sgd(BOWL, 0.5, 2.0, epsilon)
        error = 1.0 + linear_moments(system, system.start(1.0)).slow_eigenvalues[0]
        assert error == pytest.approx(0.25 * epsilon, rel=0.1 * epsilon)


def test_moments_solve_their_differential_equations():
    system = entropy_sgd_2(landscapes.quadratic([[2.0, 0.5], [0.5, 1.0]], center=[0.3, -0.2]), 0.5, 2.0, 0.1)
    state, times = system.start([1.0, -1.0]), [0.0, 0.3, 1.0]
    found = linear_moments(system, state, times=times, covariance=0.1 * np.eye(4))
    q, one = np.array([[2.0, 0.5], [0.5, 1.0]]), np.eye(2)
    # Written out by hand: x' = -Q(x - z - m), z' = (Q(x - z - m) - z/t) / epsilon.
    matrix = np.block([[-q, q], [10.0 * q, -10.0 * q - 20.0 * one]])
    offset = np.concatenate([q @ [0.3, -0.2], -10.0 * q @ [0.3, -0.2]])
    noise = np.diag([0.0, 0.0, 10.0, 10.0])

    def slopes(_, s):
        c = s[4:].reshape(4, 4)
        return np.concatenate([matrix @ s[:4] + offset, (matrix @ c + c @ matrix.T + noise).ravel()])

    begin = np.concatenate([state, 0.1 * np.eye(4).ravel()])
    exact = solve_ivp(slopes, (0.0, 1.0), begin, t_eval=times, method="LSODA", rtol=1e-11, atol=1e-13).y.T
    np.testing.assert_allclose(found.mean, exact[:, :4], atol=1e-9)
    np.testing.assert_allclose(found.covariance.reshape(3, 16), exact[:, 4:], atol=1e-9)


def test_weak_and_strong_orders_are_one_and_a_half_without_sampling_error():
    found = averaging_error(entropy_sgd(BOWL, 0.5, 2.0), 1.0, EPSILONS)
    assert found.method == "exact"
    assert found.strong_order.bar < 0.05
    assert found.strong_order.admits(0.5)
    assert found.weak_order.bar < 0.05
    assert found.weak_order.admits(1.0)
    # The next order says how large: Var x = epsilon/8 (1 - exp(-2 T)) and the mean exp(-T (1 - epsilon/4)).
    assert found.strong[-1] == pytest.approx(np.sqrt(EPSILONS[-1] / 8.0 * (1.0 - np.exp(-2.0))), rel=2e-3)


@pytest.mark.parametrize("make", [entropy_sgd, entropy_sgd_2, heat])
def test_the_limit_descends_the_relaxed_quadratic(make):
    system = make(landscapes.quadratic([3.0, -0.5], center=[0.2, 0.4]), 0.5, 2.0)
    x, q = np.array([1.0, -0.6]), np.array([3.0, -0.5])
    slope = q * (x - [0.2, 0.4]) / (1.0 + (0.0 if make is heat else 0.5) * q)
    np.testing.assert_allclose(averaged(system).drift(x), -slope, rtol=1e-12)
    flowed = [0.2, 0.4] + (x - [0.2, 0.4]) * np.exp(-0.7 * slope / (x - [0.2, 0.4]))
    np.testing.assert_allclose(averaged(system).flow(x, [0.7])[0], flowed, rtol=1e-8)


def test_a_wrong_sign_of_the_force_is_seen_in_the_mean_of_the_fast_variable():
    # Printed: dz = -(z/t + grad f(x - z)); its mean is -t p / (1 - t q), not t p / (1 + t q), p = grad f(x).
    def slow(x, z):
        return -2.0 * (x - z)

    def printed(x, z):
        return -(z / 0.5 + 2.0 * (x - z))

    def corrected(x, z):
        return -(z / 0.5 - 2.0 * (x - z))

    limits = [averaged(TwoScale(slow, fast, 1.0)).affine for fast in (printed, corrected)]
    assert not limits[0].fast_is_stable
    assert limits[1].fast_mean(np.ones(1))[0] == pytest.approx(0.5 * 2.0 / (1.0 + 0.5 * 2.0), rel=1e-14)


@pytest.mark.parametrize("count", [1, 3])
def test_replicas_divide_the_noise_by_their_number(count):
    system = elastic(BOWL, 0.5, 2.0, 0.01, count)
    assert clt_covariance(system, 0.3).value[0, 0] == pytest.approx(0.25 / count, rel=1e-13)
    whole = linear_moments(system, system.start(1.0)).stationary_covariance[0, 0]
    assert whole == pytest.approx(0.00124378109 / count, rel=1e-8)


@pytest.mark.parametrize("epsilon", [1.0, 0.01])
def test_a_warm_centre_samples_the_replicated_local_entropy_at_every_epsilon(epsilon):
    # exp(-n beta f_t) with f_t of curvature q/(1 + t q) = 1.
    system = elastic(BOWL, 0.5, 2.0, epsilon, 3, centre_noise=True)
    spread = linear_moments(system, system.start(1.0)).stationary_covariance
    assert spread[0, 0] == pytest.approx(1.0 / (3 * 2.0), rel=1e-12)


@pytest.mark.parametrize("count", [1, 3])
def test_the_mean_of_replicas_and_a_normal_sample_the_same_law(count):
    system = elastic(BOWL, 0.5, 2.0, 0.1, count, "mean")
    spread = linear_moments(system, system.start(1.0)).stationary_covariance[1:, 1:]
    assert spread.mean() + 0.5 / (count * 2.0) == pytest.approx(1.0 / (count * 2.0), rel=1e-12)


def test_rates_that_are_not_affine_are_refused():
    system = entropy_sgd(landscapes.double_well())
    with pytest.raises(ValueError, match="not affine"):
        linear_moments(system, system.start(1.0))
    with pytest.raises(ValueError, match="method='exact' needs affine rates"):
        averaging_error(system, 1.0, [0.1, 0.05, 0.025], method="exact")
    with pytest.raises(ValueError, match=r"must decrease. Use \[0.1, 0.05\]"):
        averaging_error(entropy_sgd(BOWL), 1.0, [0.05, 0.1])
    with pytest.raises(TypeError, match="no two time scales"):
        linear_moments(BOWL, [1.0])


def test_moments_print_their_eigenvalues():
    system = entropy_sgd(BOWL, 0.5, 2.0, 0.01)
    assert "-0.9975000156248" in str(linear_moments(system, system.start(1.0)))
