"""Averaged limits, diffusion limits and the next order, against closed forms, relaxed landscapes and paths."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import pdeopt
from pdeopt.homogenization import averaged, averaging_error, diffusion_limit, diffusion_limit_sde, next_order
from pdeopt.systems import TwoScale, elastic, entropy_sgd, heat

WELL = pdeopt.landscapes.double_well()
FAST = pdeopt.Grid(-9.0, 9.0, 257)


def still(x, y):
    return 0.0


def damp(x, y):
    return -x * y * y


def relax(x, y):
    return -y


def push(x, y):
    return x * y


def wave(x, y):
    return np.sin(x) * y


def biased(x, y):
    return y * y


def test_the_landscape_of_the_limit_is_the_relaxed_one():
    x = np.linspace(-1.5, 1.5, 7)
    for beta, value, gradient in (
        (1.0, 0.1685643906374680292, 0.04721507787541257197),
        (10.0, 0.1720881093061306573, -0.2801623975679780545),
    ):
        limit = averaged(entropy_sgd(WELL, 0.5, beta))
        assert limit.landscape(0.3) == pytest.approx(value, abs=1e-11)
        assert limit.landscape.gradient_at(0.3)[0] == pytest.approx(gradient, abs=1e-11)
        np.testing.assert_allclose(limit.landscape.gradient_at(x), -limit.drift(x), atol=1e-11)
    smoothed = averaged(heat(WELL, 0.5, 1.0)).landscape
    np.testing.assert_allclose(smoothed.gradient_at(x)[:, 0], x**3 - x + 1.5 * x, atol=1e-12)
    np.testing.assert_allclose(smoothed(0.3), 0.212025, atol=1e-13)


@pytest.mark.slow
def test_the_landscape_of_the_limit_is_the_relaxed_one_in_the_plane():
    f = pdeopt.Landscape(lambda x: (x[0] ** 2 - 1.0) ** 2 / 4.0 + 2.0 * x[1] ** 2 + 0.5 * x[0] * x[1], dim=2)
    limit = averaged(entropy_sgd(f, 0.5, 2.0), grid=pdeopt.Grid((-4.0, -3.5), (4.0, 3.5), (81, 81)))
    np.testing.assert_allclose(limit.landscape([0.3, -0.2]), 0.43389595287558, atol=1e-11)
    gradient = limit.landscape.gradient_at([0.3, -0.2])
    np.testing.assert_allclose(gradient, [-0.11976363059471, -0.20668636411711], atol=1e-9)
    run = pdeopt.simulate(limit.sde, [0.3, -0.2], step=1e-3, n_steps=1000, method="heun")
    np.testing.assert_allclose(run.final[0], limit.flow([0.3, -0.2], [1.0])[0], atol=1e-6)


def test_a_centred_rate_gives_the_noise_of_stratonovich():
    # dx = xy/e ds, y of variance 1: dX = X ds + sqrt(2) X dW; the mean grows like e^t.
    system = TwoScale(still, relax, 2.0**0.5, centred=push, epsilon=0.01)
    found = diffusion_limit(system, [[0.5], [2.0]], grid=FAST)
    np.testing.assert_allclose(found.drift[:, 0], [0.5, 2.0], rtol=1e-8)
    np.testing.assert_allclose(found.covariance[:, 0, 0], [0.5, 8.0], rtol=1e-9)
    other = diffusion_limit(TwoScale(still, relax, 2.0**0.5, centred=wave), 0.7, grid=FAST)
    assert other.drift[0] == pytest.approx(np.sin(0.7) * np.cos(0.7), rel=1e-7)
    assert other.covariance[0, 0] == pytest.approx(2.0 * np.sin(0.7) ** 2, rel=1e-9)


def test_a_rate_that_is_not_centred_is_refused():
    with pytest.raises(ValueError, match=r"has the mean \[1.0"):
        diffusion_limit(TwoScale(still, relax, 2.0**0.5, centred=biased), 0.3, grid=FAST)
    with pytest.raises(ValueError, match="no centred rate"):
        diffusion_limit(TwoScale(damp, relax), 0.3)
    with pytest.raises(ValueError, match=r"Use diffusion_limit\(system, x\)"):
        averaged(TwoScale(still, relax, centred=push))


@pytest.mark.slow
@pytest.mark.parametrize(("e", "exact"), [(0.5, 2.12671579543224), (0.25, 2.55358947602347)])
def test_the_mean_under_a_centred_rate_has_the_published_value(e, exact):
    n = 100_000
    system = TwoScale(still, relax, 2.0**0.5, centred=push, epsilon=e * e)
    start = np.concatenate([np.ones((n, 1)), np.random.default_rng(1).normal(size=(n, 1))], axis=1)
    run = pdeopt.simulate(
        system, start, step=e * e / 25.0, n_steps=round(25.0 / e**2), n_paths=n, method="sra1", seed=2
    )
    x = run.final[:, 0]
    assert exact == pytest.approx(np.exp(1.0 - e * e * (1.0 - np.exp(-1.0 / e**2))), rel=1e-12)
    assert abs(x.mean() - exact) < 4.0 * x.std() / np.sqrt(n)


@pytest.mark.slow
def test_the_diffusion_limit_has_the_mean_of_the_limit():
    system = TwoScale(still, relax, 2.0**0.5, centred=push)
    sde = diffusion_limit_sde(system, pdeopt.Grid(-1.0, 4.0, 6))
    run = pdeopt.simulate(sde, 1.0, step=0.005, n_steps=40, n_paths=100_000, method="milstein", seed=4)
    x = run.final[:, 0]
    assert abs(x.mean() - np.exp(0.2)) < 4.0 * x.std() / np.sqrt(x.size)


def damped_mean(epsilon, spread, end):
    """E exp(-int y^2 ds), y stationary of variance `spread` and rate 1/epsilon: exp(-A y^2 - B) solves its equation."""

    def slopes(_, state):
        a = state[0]
        return [1.0 - 2.0 * a / epsilon - 4.0 * spread / epsilon * a * a, 2.0 * spread / epsilon * a]

    a, b = solve_ivp(slopes, (0.0, end), [0.0, 0.0], method="LSODA", rtol=1e-11, atol=1e-13).y[:, -1]
    return np.exp(-b) / np.sqrt(1.0 + 2.0 * a * spread)


@pytest.mark.slow
def test_sampled_errors_of_a_nonlinear_system_are_the_exact_ones():
    # dx = -x y^2 ds averages to -x/2; the mean of x is known by a Riccati equation.
    system, epsilons = TwoScale(damp, relax, 1.0), [0.4, 0.2, 0.1, 0.05, 0.025]
    found = averaging_error(system, 1.0, epsilons, n_paths=100_000, micro_step=0.05)
    exact = np.array([damped_mean(e, 0.5, 1.0) for e in epsilons]) - np.exp(-0.5)
    assert np.all(np.abs(found.weak - np.abs(exact)) < 4.0 * found.weak_error)
    assert np.all(found.weak_error < 0.1 * exact)
    assert found.strong_order.admits(0.5)
    assert "sampling" in str(found)
    small = [0.01 * 0.5**k for k in range(6)]
    order = pdeopt.convergence.observed_order(small, [damped_mean(e, 0.5, 1.0) - np.exp(-0.5) for e in small])
    assert order.admits(1.0)


@pytest.mark.slow
def test_the_double_well_keeps_the_strong_order():
    epsilons = [0.2, 0.1, 0.05, 0.025, 0.0125]
    found = averaging_error(entropy_sgd(WELL, 0.5, 1.0), 1.5, epsilons, n_paths=10_000, micro_step=0.02)
    assert found.strong_order.admits(0.5)
    assert found.strong_order.bar < 0.15


def test_a_drift_of_one_slow_variable_is_tabulated():
    limit = averaged(TwoScale(damp, relax, 1.0), grid=pdeopt.Grid(-2.0, 2.0, 5))
    drift = limit.sde.drift(0.0, 0.7, *limit.sde.args)
    assert drift == pytest.approx(-0.35, abs=1e-8)
    assert limit.sde.diffusion(0.0, 0.7, *limit.sde.args) == 0.0
    with pytest.raises(ValueError, match="must be uniform with one axis"):
        _ = averaged(TwoScale(damp, relax, 1.0)).sde


def test_the_next_order_of_a_quadratic_has_an_eighth_of_epsilon_for_its_variance():
    system = entropy_sgd(pdeopt.landscapes.quadratic(2.0), 0.5, 2.0, 0.04)
    matrix, offset, factor = next_order(system).args
    assert matrix[0, 0] == pytest.approx(-1.0, rel=1e-12)
    assert offset[0] == pytest.approx(0.0, abs=1e-12)
    assert factor[0, 0] ** 2 / 2.0 == pytest.approx(0.04 / 8.0, rel=1e-12)
    warm = elastic(pdeopt.landscapes.quadratic(2.0), 0.5, 2.0, 0.04, 2, centre_noise=True)
    assert next_order(warm).args[2][0, 0] ** 2 == pytest.approx(0.04 * 0.25 / 2.0 + 0.5, rel=1e-12)


@pytest.mark.slow
def test_the_next_order_has_the_spread_of_the_double_well():
    # The drift's own correction is of order epsilon: the standard deviation agrees to that relative order.
    epsilon, n = 0.01, 20_000
    system = entropy_sgd(WELL, 0.5, 1.0, epsilon)
    options = {"n_paths": n, "seed": 5}
    fast = pdeopt.simulate(system, system.start(1.5), step=2e-4, n_steps=5000, method="sra1", **options)
    sde = next_order(system, grid=pdeopt.Grid(-1.0, 2.5, 15))
    slow = pdeopt.simulate(sde, 1.5, step=0.01, n_steps=100, **options)
    assert slow.final[:, 0].std() == pytest.approx(fast.final[:, 0].std(), rel=0.04)
    assert slow.final[:, 0].mean() == pytest.approx(fast.final[:, 0].mean(), abs=0.006)
