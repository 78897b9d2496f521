"""Linear networks in closed form, and where no diffusion describes a network: rare branches and their jumps."""

from math import exp

import numpy as np
import pytest
from scipy.stats import binom

from pdeopt.convergence import observed_order
from pdeopt.networks import (
    AdditiveNoise,
    DenseBranch,
    DropConnect,
    Dropout,
    GaussianDropout,
    ResidualLayer,
    ShakeShake,
    StochasticDepth,
    diffusion_check,
    jump_limit,
    modified_equation,
)

BLOCKS = (10, 20, 40, 80)


def linear(t, x):
    return -x


def identity(t, x):
    return x


def of_network(n_blocks):
    """Mean and variance of X <- X - h X + 0.5 sqrt(h) zeta from 1."""
    h, mean, variance = 1.0 / n_blocks, 1.0, 0.0
    for _ in range(n_blocks):
        mean, variance = (1.0 - h) * mean, (1.0 - h) ** 2 * variance + 0.25 * h
    return mean, variance


def of_equation(n_blocks, name):
    """The like of dX = -k X dt + sqrt(a) dW, its coefficients read off the equation."""
    equations = modified_equation(ResidualLayer(linear, AdditiveNoise(0.5), 1.0 / n_blocks))
    k = -float(equations.drift(1.0, picture=name)[0])
    a = float(equations.covariance(0.3, picture=name)[0, 0])
    return exp(-k), a * (1.0 - exp(-2.0 * k)) / (2.0 * k)


def test_the_network_and_its_first_equation_have_the_known_moments():
    assert of_network(10) == pytest.approx((0.3486784401, 0.115582019132820), abs=1e-14)
    assert of_equation(10, "first") == pytest.approx((0.367879441171442, 0.108083089595423), abs=1e-12)


@pytest.mark.parametrize(("name", "order"), [("first", 1), ("second", 2)])
@pytest.mark.parametrize("moment", [0, 1])
def test_moments_of_additive_noise_are_of_the_order_of_the_equation(name, order, moment):
    errors = [abs(of_equation(n, name)[moment] - of_network(n)[moment]) for n in BLOCKS]
    found = observed_order(1.0 / np.array(BLOCKS), errors)
    assert found.bar <= 0.1
    assert found.admits(order)


def test_errors_of_the_second_equation_in_the_variance_are_the_known_ones():
    errors = [abs(of_equation(n, "second")[1] - of_network(n)[1]) for n in BLOCKS]
    assert errors == pytest.approx([6.7e-4, 1.6e-4, 4.1e-5, 1.0e-5], rel=0.04)


def rare(n_blocks, rate=2.0):
    return ResidualLayer(identity, StochasticDepth(rate / n_blocks, inverted=True), 1.0 / n_blocks)


@pytest.mark.parametrize(("power", "exponent"), [(2, 2.5), (3, 4.75)])
def test_moments_of_rare_branches_tend_to_those_of_jumps(power, exponent):
    found = jump_limit(rare(1000)).average(lambda x: x**power, 1.0, 1.0)
    assert found.value == pytest.approx(exp(exponent), rel=1e-14)
    assert abs(found.value - exp(exponent)) <= 10.0 * found.error
    assert found.n_paths == 0


def of_rare_network(n_blocks, power):
    """E X^power of layers x + x / 2 with probability 2 / N: of n jumps, x is 1.5^n."""
    n = np.arange(min(n_blocks, 150) + 1)
    return float(binom.pmf(n, n_blocks, 2.0 / n_blocks) @ 1.5 ** (power * n.astype(float)))


def test_a_network_of_rare_branches_has_the_limit_of_jumps_to_first_order_and_no_diffusion():
    assert of_rare_network(100, 2) == pytest.approx((1.0 + 0.02 * 1.25) ** 100, rel=1e-12)
    limit = jump_limit(rare(1000)).average(lambda x: x**3, 1.0, 1.0).value
    blocks = (50, 100, 200, 400, 800)
    found = observed_order(1.0 / np.array(blocks), [abs(of_rare_network(n, 3) - limit) for n in blocks])
    assert found.bar <= 0.1
    assert found.admits(1)
    # E X^3 of the diffusion dX = X dt + sqrt(1/2) X dW, with the moments of each layer.
    assert exp(4.5) < 0.8 * of_rare_network(1000, 3)


@pytest.mark.parametrize("power", [1, 2, 3])
def test_the_generator_of_jumps_is_what_one_layer_does(power):
    limit, x = jump_limit(rare(100)), np.array([0.5, -1.0, 2.0])
    wanted = 2.0 * ((1.5 * x) ** power - x**power)
    assert limit.generator(lambda z: z**power, x) == pytest.approx(wanted, rel=1e-14)


def test_simulated_jumps_have_the_average_of_the_sum():
    limit = jump_limit(rare(100))
    ends = limit.simulate(1.0, 1.0, n_paths=50_000, seed=4)[:, 0]
    values = np.sqrt(ends)
    exact = limit.average(np.sqrt, 1.0, 1.0).value
    assert exact == pytest.approx(exp(2.0 * (1.5**0.5 - 1.0)), rel=1e-14)
    assert abs(values.mean() - exact) <= 3.0 * values.std(ddof=1) / values.size**0.5
    assert np.array_equal(ends, limit.simulate(1.0, 1.0, n_paths=50_000, seed=4)[:, 0])


WEIGHTS = (np.array([[1.0, 0.5], [-0.5, 1.0]]), np.zeros(2), np.array([[0.4, 0.1], [-0.2, 0.3]]), np.array([0.1, -0.2]))
"""Of a branch of two identical units in the plane: linear, so that means are those of a linear equation."""


@pytest.mark.parametrize("noise", [Dropout(0.02), Dropout(0.02, "hidden"), DropConnect(0.02)], ids=repr)
def test_jumps_of_many_kinds_have_the_mean_of_the_branch(noise):
    inner, _, outer, bias = WEIGHTS
    limit = jump_limit(ResidualLayer(DenseBranch(*WEIGHTS, activation="identity"), noise, 0.01))
    found = limit.average(lambda x: x[:, 0], [0.6, -0.4], 0.5, n_paths=40_000, seed=2)
    # d m / dt = W2 W1 m + b2, whatever is dropped.
    matrix, mean, n = outer @ inner, np.array([0.6, -0.4]), 4000
    for _ in range(n):
        half = mean + 0.25 / n * (matrix @ mean + bias)
        mean = mean + 0.5 / n * (matrix @ half + bias)
    assert abs(found.value - mean[0]) <= 3.0 * found.error
    assert found.error < 2e-3


def test_jumps_of_hidden_units_are_their_columns_over_the_rate():
    branch = DenseBranch(*WEIGHTS, activation="tanh")
    limit = jump_limit(ResidualLayer(branch, Dropout(0.03, "hidden"), 0.01))
    x = np.array([[0.6, -0.4]])
    assert limit.rate == pytest.approx(3.0, rel=1e-14)
    assert limit.jumps(x)[0] == pytest.approx(
        branch.outer_weight * np.tanh(branch.inner_weight @ x[0]) / 3.0, abs=1e-15
    )
    connect = jump_limit(ResidualLayer(branch, DropConnect(0.03), 0.01)).jumps(x)[0]
    assert connect.sum(axis=1) == pytest.approx(limit.jumps(x)[0].sum(axis=1), abs=1e-15)
    assert (np.count_nonzero(connect, axis=0) == 1).all()


def test_a_generator_with_a_drift_is_refused():
    limit = jump_limit(ResidualLayer(DenseBranch(*WEIGHTS), Dropout(0.03, "hidden"), 0.01))
    with pytest.raises(ValueError, match="outer bias"):
        limit.generator(lambda x: x[:, 0], np.zeros((1, 2)))


def test_functions_that_outgrow_the_jumps_are_refused():
    with pytest.raises(ValueError, match="grows faster"):
        jump_limit(rare(100)).average(lambda x: np.exp(x**2), 1.0, 1.0)
    with pytest.raises(ValueError, match="one number each"):
        jump_limit(rare(100)).average(lambda x: 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    "noise", [StochasticDepth(0.02), ShakeShake(), GaussianDropout(0.1), Dropout(0.1, "input"), None]
)
def test_noise_without_rare_events_has_no_limit_of_jumps(noise):
    layer = ResidualLayer(identity, noise, 0.01, second=linear if isinstance(noise, ShakeShake) else None)
    with pytest.raises(TypeError, match="inverted=True"):
        jump_limit(layer)


def test_a_branch_that_depends_on_time_has_no_sum_over_jumps():
    layer = ResidualLayer(lambda t, x: x + t, StochasticDepth(0.02, inverted=True), 0.01)
    with pytest.raises(ValueError, match="depends on time"):
        jump_limit(layer).average(lambda x: x, 1.0, 1.0)
    with pytest.raises(ValueError, match=r"time=-1\.0"):
        jump_limit(rare(100)).average(lambda x: x, 1.0, -1.0)


def test_rare_branches_are_told_from_diffusions_whatever_the_step():
    for n in (100, 1000, 10_000):
        found = diffusion_check(rare(n), [1.0])
        assert not found.holds
        assert found.third == pytest.approx((1.0 - 4.0 / n) / 6.0, rel=1e-12)
        assert found.kept == pytest.approx(2.0, rel=1e-12)
        assert "jump_limit" in str(found)
        assert repr(found).startswith("<DiffusionCheck jumps")


def test_a_constant_keep_probability_becomes_a_diffusion_with_shorter_steps():
    thirds = []
    for n in (10, 100, 1000):
        found = diffusion_check(ResidualLayer(identity, Dropout(0.2), 1.0 / n), [0.5, 1.0])
        # h f (1 - 2 p) / (3 p) at the farthest point.
        assert found.third == pytest.approx(0.6 / (0.6 * n), rel=1e-12)
        assert found.point == pytest.approx([1.0])
        thirds.append(found)
    assert [found.verdict for found in thirds] == ["jumps", "diffusion", "diffusion"]
    assert thirds[-1].skewness == pytest.approx(0.6 / (0.2 * 0.8) ** 0.5 / 1000**0.5, rel=1e-12)


def test_half_has_no_third_cumulant_but_a_fourth():
    found = diffusion_check(ResidualLayer(identity, Dropout(0.5), 0.1), [1.0])
    assert found.third == pytest.approx(0.0, abs=1e-15)
    # log cos(k) = -k^2/2 (1 + k^2/6 + 2 k^4/45 + ...) with k = h f.
    assert found.deviation == pytest.approx(0.01 / 6.0 + 2e-4 / 45.0, rel=1e-4)


def test_gaussian_noise_is_a_diffusion_of_any_size():
    found = diffusion_check(ResidualLayer(identity, GaussianDropout(0.001), 0.1), [1.0])
    assert found.holds
    assert found.deviation == 0.0


@pytest.mark.parametrize(
    "noise", [Dropout(0.3), Dropout(0.3, "hidden"), Dropout(0.3, "input"), DropConnect(0.3)], ids=repr
)
def test_third_cumulants_along_the_principal_axis_are_those_of_all_masks(noise):
    rng, x, h = np.random.default_rng(5), np.array([0.7, -0.3]), 0.2
    branch = DenseBranch(rng.standard_normal((2, 2)), rng.standard_normal(2), rng.standard_normal((2, 2)), np.zeros(2))
    found = diffusion_check(ResidualLayer(branch, noise, h), x[None], scale=0.5)
    outcomes, weights = [], []
    n = 4 if isinstance(noise, DropConnect) else 2
    for k in range(2**n):
        mask = np.array([(k >> i) & 1 for i in range(n)], dtype=float)
        weights.append(np.prod(np.where(mask > 0, 0.3, 0.7)))
        xi = mask / 0.3
        where = getattr(noise, "where", "weights")
        s = np.tanh(branch.inner_weight @ (xi * x if where == "input" else x) + branch.inner_bias)
        outer = branch.outer_weight * (xi.reshape(2, 2) if where == "weights" else 1.0)
        f = outer @ (xi * s if where == "hidden" else s)
        outcomes.append(h * (xi * f if where == "branch" else f))
    w, moves = np.array(weights), np.array(outcomes)
    moves = moves - w @ moves
    axis = np.linalg.eigh(np.einsum("k,ki,kj->ij", w, moves, moves))[1][:, -1]
    y = moves @ axis
    assert found.third == pytest.approx(abs(w @ y**3) / (3.0 * 0.5 * (w @ y**2)), rel=1e-10)
    psi = np.log(w @ np.exp(2j * y))
    assert found.deviation == pytest.approx(abs(psi / (-2.0 * (w @ y**2)) - 1.0), rel=1e-10)


def test_checks_without_noise_or_with_bad_numbers_are_refused():
    with pytest.raises(ValueError, match="no noise"):
        diffusion_check(ResidualLayer(identity, None, 0.1), [1.0])
    with pytest.raises(ValueError, match=r"scale=0\.0"):
        diffusion_check(ResidualLayer(identity, Dropout(0.5), 0.1), [1.0], scale=0.0)
    with pytest.raises(ValueError, match=r"tolerance=-1"):
        diffusion_check(ResidualLayer(identity, Dropout(0.5), 0.1), [1.0], tolerance=-1.0)
