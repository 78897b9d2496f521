"""Affine equations with multiplicative noise: strong and weak errors against closed forms in extended precision."""

import mpmath
import numpy as np
import pytest
from numba import njit
from scipy.linalg import expm, expm_frechet

from pdeopt.systems import SDE, problems
from pdeopt.verification import weak_order
from pdeopt.verification.evidence import settled_errors
from pdeopt.verification.moments.affine import affine_of, is_affine
from pdeopt.verification.moments.affine_strong import path_errors, strong_evidence
from pdeopt.verification.verdict import verdict_of

GROWTH, VOLATILITY = 1.01, 0.87
GBM = problems.gbm(GROWTH, VOLATILITY).system
CLARK_CAMERON = problems.clark_cameron().system
TWO = ("increment", "increment")


def decided(method, system, claimed=None, draws=("increment",)):
    evidence = strong_evidence(method, system, draws)
    steps, errors = settled_errors(evidence)
    rounding = [evidence.rounding(h) for h in steps]
    return verdict_of("", steps, errors, claimed=claimed, tier="", evidence="", rounding=rounding)


def error_of_gbm(n_steps, correction):
    """Return the root mean square error at time 1 from 1 of Euler's scheme, or of Milstein's, in sixty digits."""
    with mpmath.workdps(60):
        a, b, h = mpmath.mpf(GROWTH), mpmath.mpf(VOLATILITY), mpmath.mpf(1) / n_steps
        extra = correction * b**4 * h**2 / 2
        square = ((1 + a * h) ** 2 + b**2 * h + extra) ** n_steps
        mixed = (mpmath.exp(a * h) * (1 + a * h + b**2 * h + extra)) ** n_steps
        return float(mpmath.sqrt(square - 2 * mixed + mpmath.exp(2 * a + b**2)))


@pytest.mark.parametrize(("method", "correction"), [("euler-maruyama", 0), ("milstein", 1)])
@pytest.mark.parametrize("n_steps", [8, 512, 32768])
def test_strong_errors_on_geometric_brownian_motion_are_those_of_the_closed_form(method, correction, n_steps):
    found = path_errors(method, GBM, 1.0 / n_steps, n_steps, start=[1.0])
    assert found[0] == pytest.approx(error_of_gbm(n_steps, correction), rel=1e-15 * n_steps**1.7)


@pytest.mark.parametrize(("method", "first", "last"), [("euler-maruyama", 0.590, 0.5002), ("milstein", 0.846, 0.9999)])
def test_local_strong_slopes_on_geometric_brownian_motion_are_those_published(method, first, last):
    found = [path_errors(method, GBM, 1.0 / n, n)[0] for n in (8, 16, 16384, 32768)]
    assert np.log2(found[0] / found[1]) == pytest.approx(first, abs=5e-4)
    # That of 16384 steps is 0.50017 for Euler, which also rounds so.
    assert np.log2(found[2] / found[3]) == pytest.approx(last, abs=1.2e-4)


@pytest.mark.parametrize(("method", "correction"), [("euler-maruyama", 0), ("milstein", 1)])
def test_with_forty_digits_errors_after_a_billion_steps_are_those_of_the_closed_form(method, correction):
    found = path_errors(method, GBM, 0.5**30, 2**30, start=[1.0], digits=40)
    assert found[0] == pytest.approx(error_of_gbm(2**30, correction), rel=1e-14)


def test_with_forty_digits_slopes_stay_clean_where_doubles_have_none_left():
    found = [path_errors("milstein", GBM, 0.5**k, 2**k, digits=40)[0] for k in (29, 30)]
    assert np.log2(found[0] / found[1]) == pytest.approx(1.0, abs=1e-6)


def test_digits_need_matrices_that_commute():
    with pytest.raises(ValueError, match=r"digits=40 needs matrices that commute.*digits=None"):
        path_errors("euler-maruyama", CLARK_CAMERON, 0.125, 8, digits=40)


STRONG = {
    "euler-maruyama": 0.5,
    "drift-implicit-euler": 0.5,
    "milstein": 1.0,
    "derivative-free-milstein": 1.0,
    "heun": 1.0,
    "euler-heun": 1.0,
    "sriw1": 1.5,
}


@pytest.mark.parametrize("method", STRONG)
def test_strong_orders_on_geometric_brownian_motion_are_those_proved(method):
    found = decided(method, GBM, STRONG[method])
    assert (found.verdict, found.is_sharp) == ("certified", True)


@pytest.mark.parametrize(("method", "order"), [("euler-maruyama", 0.5), ("milstein", 1.0)])
def test_strong_orders_with_two_noises_that_commute_are_those_proved(method, order):
    found = decided(method, problems.linear_two_noises().system)
    assert (found.verdict, found.claimed) == ("certified", order)


def by_increments(t, x, h, xi, args):
    """Step as well as increments alone allow: half the product of both in place of the iterated integral."""
    first, second = h**0.5 * xi[0], h**0.5 * xi[1]
    return x[0] + first, x[1] + x[0] * second + 0.5 * first * second


@pytest.mark.parametrize(("method", "constant"), [("euler-maruyama", 0.5), (by_increments, 0.25)])
@pytest.mark.parametrize("n_steps", [4, 256])
def test_errors_without_levy_areas_are_those_of_clark_and_cameron(method, constant, n_steps):
    found = path_errors(method, CLARK_CAMERON, 3.0 / n_steps, n_steps, draws=TWO, start=[0.0, 0.0])
    assert found[1] == pytest.approx(np.sqrt(constant * 3.0 * 3.0 / n_steps), rel=1e-11)


def test_eulers_scheme_has_strong_order_one_half_where_noises_do_not_commute():
    assert decided("euler-maruyama", problems.non_commutative().system, 0.5).is_sharp


MIXED, MIXED_NOISES = (
    np.array([[-0.5, 0.3], [0.0, -1.0]]),
    np.array([[[0.4, 0.5], [0.0, 0.1]], [[0.0, 0.0], [0.7, 0.2]]]),
)


def mixed_drift(t, x):
    return -0.5 * x[0] + 0.3 * x[1], -1.0 * x[1]


def mixed_diffusion(t, x):
    return (0.4 * x[0] + 0.5 * x[1], 0.0), (0.1 * x[1], 0.7 * x[0] + 0.2 * x[1])


MIXED_SYSTEM = SDE(mixed_drift, mixed_diffusion, "general", dim=2, n_noise=2)
START = np.array([1.0, -0.5])


def test_strong_errors_where_noises_do_not_commute_are_those_of_sampled_paths():
    rng, n_paths, fine = np.random.default_rng(4), 8_000, 128
    w = rng.normal(size=(fine, n_paths, 2)) / np.sqrt(fine)
    exact, rough = (np.tile(START, (n_paths, 1)) for _ in range(2))

    def euler(x, dw, h):
        return x + h * x @ MIXED.T + np.einsum("nk,kij,nj->ni", dw, MIXED_NOISES, x)

    for k in range(fine):
        exact = euler(exact, w[k], 1.0 / fine)
    for block in w.reshape(4, fine // 4, n_paths, 2).sum(axis=1):
        rough = euler(rough, block, 0.25)
    squares = (rough - exact) ** 2
    found = path_errors("euler-maruyama", MIXED_SYSTEM, 0.25, 4, start=START)
    # Besides the sampling error, the fine path is wrong by a share of sqrt(4 / 128), whose square counts.
    slack = 4.0 * squares.std(axis=0) / np.sqrt(n_paths) + 0.04 * squares.mean(axis=0)
    np.testing.assert_array_less(np.abs(found**2 - squares.mean(axis=0)), slack)


@pytest.mark.parametrize("n_steps", [4, 32])
def test_strong_errors_where_noises_do_not_commute_are_those_of_three_moments(n_steps):
    """Subtract E X X', E X Y' and E Y Y' of Euler's X and the true Y: by Girsanov E w flow is a derivative of expm."""
    h, one = 1.0 / n_steps, np.eye(2)
    euler = one + h * MIXED
    numerical = np.kron(euler, euler) + h * sum(np.kron(b, b) for b in MIXED_NOISES)
    mixed = np.kron(euler, expm(h * MIXED))
    mixed += sum(np.kron(b, expm_frechet(h * MIXED, h * b, compute_expm=False)) for b in MIXED_NOISES)
    generator = np.kron(MIXED, one) + np.kron(one, MIXED) + sum(np.kron(b, b) for b in MIXED_NOISES)
    powers = [np.linalg.matrix_power(step, n_steps) for step in (numerical, mixed, expm(h * generator))]
    moments = [(power @ np.kron(START, START))[[0, 3]] for power in powers]
    found = path_errors("euler-maruyama", MIXED_SYSTEM, h, n_steps, start=START)
    np.testing.assert_allclose(found**2, moments[0] - 2.0 * moments[1] + moments[2], rtol=1e-11)


WEAK = {"euler-maruyama": 1.0, "milstein": 1.0, "heun": 1.0, "ri6": 2.0, "weak-euler-two-point": 1.0}


@pytest.mark.parametrize("method", WEAK)
def test_weak_orders_on_geometric_brownian_motion_are_those_proved(method):
    found = weak_order(method, problems.gbm(GROWTH, VOLATILITY), claimed=WEAK[method])
    assert (found.verdict, found.is_sharp) == ("certified", True)


def test_weak_errors_on_geometric_brownian_motion_are_those_of_the_closed_form():
    steps = [1 / 16, 1 / 32, 1 / 64, 1 / 128]
    found = weak_order("euler-maruyama", GBM, steps=steps)
    a, b, h = GROWTH, VOLATILITY, np.array(steps)
    first = (1 + a * h) ** (1 / h) - np.exp(a)
    second = ((1 + a * h) ** 2 + b**2 * h) ** (1 / h) - np.exp(2 * a + b**2)
    # Of the sixteen factors by which moments of (1, X) follow from those at the start, two are E X, one is E X^2.
    np.testing.assert_allclose(found.errors**2 * 16, 2 * first**2 + second**2, rtol=1e-9)


def test_ri6_has_weak_order_two_with_noises_that_do_not_commute():
    assert weak_order("ri6", problems.non_commutative(), claimed=2.0).is_sharp


def milstein(correction, shift, again):
    """Return Milstein's step with its correction weighed and shifted; `again` uses half of the increment twice."""

    def step(t, x, h, xi, args):
        a, b = args
        w = xi * h**0.5 * (1.0 + again)
        return x + a * x * h + b * x * w + correction * b * b * x * (w * w - shift * h)

    return step


def test_a_right_step_of_milstein_is_certified_and_broken_ones_are_refuted():
    assert decided(njit(milstein(0.5, 1.0, 0.0)), GBM, 1.0).is_sharp
    for mutant in (milstein(0.0, 1.0, 0.0), milstein(1.0, 1.0, 0.0), milstein(0.5, 0.0, 0.0), milstein(0.5, 1.0, 1e-3)):
        assert decided(mutant, GBM, 1.0).verdict == "refuted"


def test_equations_that_are_not_affine_or_depend_on_time_are_told_apart():
    assert is_affine(GBM)
    assert is_affine(problems.ornstein_uhlenbeck(m=2.0).system)
    assert not is_affine(problems.wave().system)
    assert not is_affine(problems.additive().system)


def test_coefficients_of_an_equation_in_the_sense_of_stratonovich_are_those_of_ito():
    found = affine_of(problems.gbm(1.0, 0.6).system.as_stratonovich())
    np.testing.assert_allclose(found.drift, [[0.0, 0.0], [0.0, 1.0]], atol=1e-9)


def test_a_step_that_is_not_affine_is_refused_with_one_that_is():
    with pytest.raises(ValueError, match=r"'tamed-euler' is not affine in the state .* 'euler-maruyama'"):
        path_errors("tamed-euler", GBM, 0.125, 8)


def test_draws_without_a_known_joint_law_are_refused_with_a_scheme_that_has_one():
    with pytest.raises(ValueError, match=r"have no known joint law .*'euler-maruyama'"):
        strong_evidence("ri6", GBM, ())
    strong_evidence("euler-maruyama", GBM, ())
