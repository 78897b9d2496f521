"""Descent on the local entropy of Gaussians against closed forms and against plain Monte Carlo."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from pdeopt.optimizers import LocalEntropyDescent
from pdeopt.optimizers.archive import Archive
from pdeopt.optimizers.local_entropy import reflected
from pdeopt.optimizers.quadratics import entropic_step, regressed


def test_the_regression_finds_the_relaxed_gradient_and_hessian_of_a_wave():
    rng, scale = np.random.default_rng(0), 0.8
    z = rng.standard_normal((200_000, 1))
    model = regressed(z, np.sin(0.4 + scale * z[:, 0]), np.ones(len(z)))
    damped = np.exp(-0.5 * scale**2)
    gradient, hessian = damped * scale * np.cos(0.4), -damped * scale**2 * np.sin(0.4)
    assert model.spread * model.gradient[0] == pytest.approx(gradient, abs=5e-3)
    assert model.spread * model.hessian[0, 0] == pytest.approx(hessian, abs=5e-3)


def test_noise_is_not_significant_and_a_quadratic_is_explained():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((60, 3))
    noise = [regressed(z, rng.standard_normal(60), np.ones(60)).significance for _ in range(200)]
    assert np.mean(noise) == pytest.approx(50.0 / 48.0, abs=0.2)
    assert regressed(z, z[:, 0] + (z**2).sum(axis=1), np.ones(60)).explained > 1.0 - 1e-12


def test_the_entropic_step_is_the_gibbs_law_of_a_quadratic():
    hessian, gradient = np.array([[2.0, 0.3], [0.3, 0.7]]), np.array([0.4, -1.1])
    step = entropic_step(gradient, hessian, 0.8)
    precision = np.eye(2) + step.beta * hessian
    covariance = np.linalg.inv(precision)
    assert np.allclose(step.shift, -step.beta * covariance @ gradient, atol=1e-12)
    assert np.allclose(step.factor @ step.factor.T, covariance, atol=1e-12)
    entropy = 0.5 * (np.trace(covariance) - 2.0 + step.shift @ step.shift + np.log(np.linalg.det(precision)))
    assert entropy == pytest.approx(0.8, abs=1e-8)


def test_an_archive_of_several_gaussians_weighs_to_any_other():
    rng, archive = np.random.default_rng(2), Archive.empty(2)
    for center, width, n in (([0.0, 0.0], 2.0, 3000), ([1.0, -1.0], 0.7, 2000), ([-2.0, 0.5], 1.0, 1000)):
        points = np.array(center) + width * rng.standard_normal((n, 2))
        archive = archive.with_draws(np.array(center), width * np.eye(2), points, points[:, 0] ** 2)
    factor = np.array([[0.9, 0.0], [0.3, 0.6]])
    weights, size = archive.weights(np.array([0.5, -0.3]), factor)
    mean = float(weights @ archive.values / weights.sum())
    assert mean == pytest.approx(0.5**2 + 0.9**2, abs=4.0 * 1.4 / np.sqrt(size))


def test_mixture_densities_are_those_of_scipy():
    archive = Archive.empty(2)
    factors = [np.array([[1.0, 0.0], [0.5, 2.0]]), np.array([[0.3, 0.0], [0.0, 0.1]])]
    points = np.array([[0.1, 0.2], [1.0, -1.0]])
    for factor in factors:
        archive = archive.with_draws(np.zeros(2), factor, points, np.zeros(2))
    exact = sum(2 * multivariate_normal(np.zeros(2), L @ L.T).pdf(points) for L in factors) * 2.0 * np.pi
    assert np.allclose(np.exp(archive.log_mixture), np.tile(exact, 2), rtol=1e-12)


def test_a_quadratic_of_any_condition_is_solved_in_few_evaluations():
    calls = []

    def bowl(x):
        calls.append(x)
        return float((np.array([1.0, 30.0, 1000.0]) * (x - 0.3) ** 2).sum())

    descent, x, rng = LocalEntropyDescent(scale=1.0), np.zeros(3), np.random.default_rng(3)
    state = descent.init(x)
    for _ in range(6):
        x, state = descent.step(bowl, x, state, rng)
    assert np.abs(x - 0.3).max() < 1e-6
    assert len(calls) < 100


def test_a_step_is_a_pure_function_of_its_arguments():
    descent, x = LocalEntropyDescent(scale=2.0), np.array([1.0, 2.0])
    state = descent.init(x)
    once, again = (descent.step(lambda y: float(np.abs(y).sum()), x, state, np.random.default_rng(5)) for _ in "ab")
    assert np.array_equal(once[0], again[0])
    assert len(state.archive.points) == 0


def test_folding_keeps_the_law_that_is_symmetric_about_a_bound():
    points = np.array([[-1.5, 4.2, -3.0], [0.2, 9.3, 5.0]])
    folded = reflected(points, np.array([-1.0, -np.inf, -np.inf]), np.array([1.0, 4.0, np.inf]))
    assert np.allclose(folded, [[-0.5, 3.8, -3.0], [0.2, -1.3, 5.0]])
