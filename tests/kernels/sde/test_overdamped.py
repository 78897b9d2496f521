"""Leimkuhler-Matthews and MALA: stationary laws in closed form, and detailed balance."""

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from pdeopt.kernels.sde import heun, implicit, overdamped
from pdeopt.kernels.sde.euler import euler_maruyama
from pdeopt.kernels.sde.spread import by_component

CASES = [(1.0, 1.0, 0.5), (2.5, 0.3, 0.2)]


def stationary_covariance(step, n_state):
    """Return the covariance C = M C M' + S S' of a step that is linear in state and draw."""
    columns = [np.array(step(tuple(e), 0.0)) for e in np.eye(n_state)]
    noise = np.array(step((0.0,) * n_state, 1.0))
    return solve_discrete_lyapunov(np.stack(columns, axis=1), np.outer(noise, noise)), np.stack(columns, axis=1)


def harmonic(stiffness):
    def drift(t, x, beta):
        return -stiffness * x

    def diffusion(t, x, beta):
        return np.sqrt(2.0 / beta)

    return drift, diffusion


# From the closed forms 1 / (1 - k/2), 2 (2 - k) / (4 - 2 k + k^2), k = h w^2, and 1, times tau / w^2.
VARIANCES = {
    "euler": (4.0 / 3.0, 0.16),
    "heun": (12.0 / 13.0, 0.12 * 12.0 / 13.0),
    "implicit midpoint": (1.0, 0.12),
}


@pytest.mark.parametrize("case", [0, 1])
@pytest.mark.parametrize("method", VARIANCES)
def test_stationary_variance_of_one_step_schemes_on_the_harmonic_well(method, case):
    stiffness, tau, h = CASES[case]
    drift, diffusion = harmonic(stiffness)
    newton = implicit.newton_with_jacobian(drift, lambda t, x, beta: -stiffness, 1)
    steps = {
        "euler": euler_maruyama(drift, diffusion, by_component),
        "heun": heun.stochastic_heun(drift, diffusion, by_component),
        "implicit midpoint": implicit.implicit_midpoint(diffusion, by_component, newton, 1),
    }
    covariance, _ = stationary_covariance(lambda x, xi: (steps[method](0.0, x[0], h, xi, (1.0 / tau,)),), 1)
    assert covariance[0, 0] == pytest.approx(VARIANCES[method][case], rel=1e-13)


@pytest.mark.parametrize(("stiffness", "tau", "h"), CASES)
def test_leimkuhler_and_matthews_samples_the_harmonic_well_exactly(stiffness, tau, h):
    step = overdamped.leimkuhler_matthews(lambda x: stiffness * x)
    constants = overdamped.half_noise(h, (1.0 / tau,))
    covariance, matrix = stationary_covariance(lambda state, xi: step(0.0, state, h, xi, constants), 2)
    assert covariance[0, 0] == pytest.approx(tau / stiffness, rel=1e-13)
    # The published lag-1 autocorrelation 0.75 of the first case.
    if h == 0.5:
        assert (matrix @ covariance)[0, 0] == pytest.approx(0.75, rel=1e-13)


def test_leimkuhler_and_matthews_starts_without_previous_noise():
    assert overdamped.begin_leimkuhler_matthews(0.0, (1.0, 2.0), (1.0,)) == ((1.0, 2.0), (0.0, 0.0))


def value(x, a):
    return 0.25 * x[0] ** 4 - a * x[0] * x[1] + 0.5 * x[1] ** 2


def gradient(x, a):
    return x[0] ** 3 - a * x[1], x[1] - a * x[0]


def log_density(x, y, h, beta, a):
    """Return the logarithm of the Gibbs density at x times the density of a proposal y."""
    move = np.subtract(y, x) + h * np.array(gradient(x, a))
    return -beta * value(x, a) - beta * (move @ move) / (4.0 * h)


@pytest.mark.parametrize("seed", range(6))
def test_mala_accepts_at_the_probability_of_detailed_balance(seed):
    rng, h, beta, a = np.random.default_rng(seed), 0.6, 1.7, 0.4
    x, xi = tuple(rng.normal(size=2).tolist()), tuple(rng.normal(size=2).tolist())
    step, args = overdamped.mala(value, gradient), (beta, a)
    state, constants = overdamped.begin_mala(value, gradient)(0.0, x, args), overdamped.proposal_constants(h, args)
    y = np.subtract(x, h * np.array(gradient(x, a))) + np.sqrt(2.0 * h / beta) * np.array(xi)
    ratio = np.exp(log_density(tuple(y), x, h, beta, a) - log_density(x, tuple(y), h, beta, a))
    probability = min(1.0, ratio)
    end, (slopes, energy, accepted) = step(0.0, state, h, (xi, probability * (1.0 - 1e-9)), constants)
    assert end == pytest.approx(tuple(y), rel=1e-14)
    assert accepted == 1.0
    assert (slopes, energy) == (gradient(end, a), value(end, a))
    if ratio < 1.0:
        assert step(0.0, state, h, (xi, probability * (1.0 + 1e-9)), constants) == state


def test_the_probabilities_above_are_not_all_one():
    rng = np.random.default_rng(0)
    step, constants = overdamped.mala(value, gradient), overdamped.proposal_constants(0.6, (1.7, 0.4))
    state = overdamped.begin_mala(value, gradient)(0.0, (0.5, 0.5), (1.7, 0.4))
    for _ in range(200):
        state = step(0.0, state, 0.6, (tuple(rng.normal(size=2).tolist()), rng.uniform()), constants)
    assert 50 < state[1][2] < 190


def test_mala_rejects_what_is_not_a_number():
    step = overdamped.mala(lambda x: np.nan if x > 0.0 else 0.0, lambda x: 0.0)
    state, constants = (-0.1, (0.0, 0.0, 3.0)), overdamped.proposal_constants(0.1, (1.0,))
    assert step(0.0, state, 0.1, (2.0, 1e-9), constants) == state
