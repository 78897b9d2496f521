"""Global minima of shifted landscapes, and what the parts of the search do."""

import numpy as np
import pytest

from pdeopt.optimizers import minimize_local_entropy
from pdeopt.optimizers.langevin_mean import GibbsChain
from pdeopt.optimizers.scoping import Basin, envelope_minimum, softmin_weights


def rastrigin(x):
    return 10.0 * x.size + float((x**2 - 10.0 * np.cos(2.0 * np.pi * x)).sum())


def ackley(x):
    ripples = np.exp(np.cos(2.0 * np.pi * x).mean())
    return 20.0 + np.e - 20.0 * float(np.exp(-0.2 * np.sqrt((x * x).mean()))) - float(ripples)


@pytest.mark.parametrize("function", [rastrigin, ackley])
@pytest.mark.parametrize("seed", range(4))
def test_one_of_1600_minima_is_found_within_600_evaluations(function, seed):
    rng = np.random.default_rng(seed)
    shift, start = rng.uniform(-16.0, 16.0, 2), rng.uniform(-20.0, 20.0, 2)
    found = minimize_local_entropy(
        lambda x: function(x - shift), start, bounds=[(-20.0, 20.0)] * 2, rng=seed, maxfev=600
    )
    assert found.fun < 1e-4
    assert np.abs(found.x - shift).max() < 1e-3


def test_a_gradient_saves_evaluations_in_ten_dimensions():
    curvatures = np.geomspace(1.0, 100.0, 10)
    found = minimize_local_entropy(
        lambda x: float((curvatures * x**2).sum() + np.cos(8.0 * x).sum() / 8.0),
        np.full(10, 2.0),
        jac=lambda x: 2.0 * curvatures * x - np.sin(8.0 * x),
        rng=0,
        maxfev=3000,
    )
    assert found.njev > 0
    assert np.linalg.norm(2.0 * curvatures * found.x - np.sin(8.0 * found.x)) < 1e-4


def test_minima_on_a_paraboloid_point_to_its_minimum():
    rng = np.random.default_rng(0)
    centers = rng.uniform(-10.0, 10.0, (12, 3))
    # Units are the ranges along the axes: here they are equal.
    centers[:2] = [[-10.0] * 3, [10.0] * 3]
    values = 0.3 * ((centers - [1.0, -2.0, 0.5]) ** 2).sum(axis=1) + 7.0
    basins = [Basin(center, value, 1.0) for center, value in zip(centers, values, strict=True)]
    found = envelope_minimum(basins, np.full(3, -20.0), np.full(3, 20.0))
    assert np.allclose(found, [1.0, -2.0, 0.5], atol=1e-8)
    assert envelope_minimum(basins[:4], np.full(3, -20.0), np.full(3, 20.0)) is None


def test_softmin_weights_have_the_effective_sample_size_asked_for():
    values = np.random.default_rng(1).standard_normal(50)
    weights = softmin_weights(values, 20.0)
    assert 20.0 <= 1.0 / (weights**2).sum() < 26.0


@pytest.mark.parametrize("with_gradient", [True, False])
def test_the_inner_chain_samples_the_local_gibbs_law(with_gradient):
    beta, time, x = 1.0, 0.5, np.array([0.3])
    chain = GibbsChain(
        lambda y: float((y[0] ** 2 - 1.0) ** 2 / 4.0),
        (lambda y: y**3 - y) if with_gradient else None,
        lambda y: y,
    )
    mean, _, accepted = chain.mean(x, np.sqrt([time / beta]), beta, 40_000, 0.8, np.random.default_rng(0))
    published_gradient = 0.04721507787541257197
    assert accepted > 0.5
    assert mean[0] == pytest.approx(0.3 - time * published_gradient, abs=0.02)


def test_the_drift_of_the_proposals_leaves_the_variance_of_a_quadratic():
    stiffness, beta, time, x = 4.0, 4.0, 0.5, np.array([0.6])
    chain = GibbsChain(lambda y: 0.5 * stiffness * float(y @ y), lambda y: stiffness * y, lambda y: y)
    _, values, _ = chain.mean(x, np.sqrt([time / beta]), beta, 20_000, 1.0, np.random.default_rng(1))
    mean, variance = 0.6 / (1.0 + stiffness * time), 1.0 / (beta * (stiffness + 1.0 / time))
    assert values.mean() == pytest.approx(0.5 * stiffness * (mean**2 + variance), rel=0.06)
