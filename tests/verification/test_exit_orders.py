"""Mean exit times of schemes without sampling: published values, orders, and the engine's own exits."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

import pdeopt
from pdeopt import sde
from pdeopt.systems import problems
from pdeopt.verification import exit_order
from pdeopt.verification.operators.exit_equation import exact_exit_times
from pdeopt.verification.operators.exit_tests import bridge_shares, crossing_chance, passage_share

STEPS = [0.25**k for k in range(2, 8)]


@pytest.mark.parametrize(
    ("problem", "published"),
    [
        (problems.exit_brownian(), 1.0),
        (problems.exit_ornstein_uhlenbeck(), 1.4452456133884),
        (problems.exit_double_well(), 0.6977156251094),
    ],
)
def test_exact_mean_exit_times_have_the_published_digits(problem, published):
    exact, spread = exact_exit_times(problem.system, (-1.0, 1.0), np.array([0.0]))
    assert exact[0] == pytest.approx(published, abs=6e-14)
    assert spread < 1e-13


def test_exact_mean_exit_times_with_varying_noise_agree_with_a_double_integral():
    system = pdeopt.SDE(lambda t, x: math.cos(x), lambda t, x: 1.0 + 0.3 * math.sin(x))
    lower, upper, x = -0.5, 1.5, 0.2

    def exponent(z):
        return quad(lambda y: 2.0 * math.cos(y) / (1.0 + 0.3 * math.sin(y)) ** 2, lower, z)[0]

    def scale(a, b):
        return quad(lambda z: math.exp(-exponent(z)), a, b)[0]

    def speed(y):
        return 2.0 * math.exp(exponent(y)) / (1.0 + 0.3 * math.sin(y)) ** 2

    # The Green function of the equation: scale functions towards either end.
    below = quad(lambda y: scale(lower, y) * speed(y), lower, x, epsabs=1e-10)[0] * scale(x, upper)
    above = quad(lambda y: scale(y, upper) * speed(y), x, upper, epsabs=1e-10)[0] * scale(lower, x)
    exact, _ = exact_exit_times(system, (lower, upper), np.array([x]))
    assert exact[0] == pytest.approx((below + above) / scale(lower, upper), rel=1e-8)


@pytest.mark.parametrize(("test", "order"), [("naive", 0.5), ("bridge", 1.0), ("half-step", 1.0), ("shifted", 1.0)])
def test_tests_of_exits_have_their_orders(test, order):
    found = exit_order("euler-maruyama", problems.exit_ornstein_uhlenbeck(), test=test, steps=STEPS)
    assert found.verdict == "certified"
    assert found.order == pytest.approx(order, abs=0.005)


def test_the_bridge_is_exact_for_brownian_motion():
    found = exit_order("euler-maruyama", problems.exit_brownian(), test="bridge", steps=STEPS)
    assert found.order == math.inf
    assert found.errors.max() < 1e-12


def test_the_first_overshoot_of_brownian_motion_is_the_constant_of_the_shift():
    found = exit_order("euler-maruyama", problems.exit_brownian(), start=0.0, steps=[0.25**k for k in range(5, 10)])
    # E tau = (1 + 0.5826 sqrt(h))^2 + O(h): twice the published mean overshoot.
    assert found.errors[-1] / math.sqrt(found.steps[-1]) == pytest.approx(2.0 * 0.5826, abs=0.003)


def test_a_step_with_the_drift_forgotten_is_refuted():
    def step(t, x, h, xi, args):
        return x + math.sqrt(h) * xi

    found = exit_order(step, problems.exit_ornstein_uhlenbeck(), test="bridge", steps=STEPS)
    assert found.verdict == "refuted"
    assert found.order == pytest.approx(0.0, abs=0.01)


def test_milstein_and_a_users_step_of_it_agree_with_noise_that_varies():
    system = problems.torus().system

    def step(t, x, h, xi, args):
        sigma = 0.8 + 0.4 * math.cos(x)
        drift = math.sin(x) + 0.5 * math.cos(2.0 * x)
        return x + drift * h + sigma * math.sqrt(h) * xi - 0.2 * math.sin(x) * sigma * h * (xi * xi - 1.0)

    own, ours = (exit_order(one, system, domain=(-1.0, 1.0), test="bridge", steps=STEPS) for one in (step, "milstein"))
    assert ours.verdict == "certified"
    assert own.errors == pytest.approx(ours.errors, rel=1e-8)


@pytest.mark.parametrize(("a", "b"), [(0.3, 0.4), (0.7, -0.2), (1e-3, 1.0)])
def test_passages_of_a_bridge_have_the_mean_of_its_density(a, b):
    q = 0.36

    def density(s):
        # First passage at s, and from the wall to b in the rest, given b.
        passage = a / math.sqrt(2.0 * math.pi * q * s**3) * math.exp(-(a**2) / (2.0 * q * s))
        rest = math.exp(-(b**2) / (2.0 * q * (1.0 - s))) / math.sqrt(1.0 - s)
        return passage * rest / math.exp(-((a - b) ** 2) / (2.0 * q))

    peak = [min(a * a / q, 0.5)]
    chance = quad(density, 0.0, 1.0, points=peak, limit=200)[0]
    mean = quad(lambda s: s * density(s), 0.0, 1.0, points=peak, limit=200)[0] / chance
    places = (np.array([a]), np.array([b]), np.array([q]))
    assert crossing_chance(*places)[0] == pytest.approx(chance, rel=1e-6)
    assert passage_share(*places)[0] == pytest.approx(mean, rel=1e-6)


def test_a_long_step_that_touches_both_walls_counts_up_to_the_first():
    x, y, q = np.array([0.1]), np.array([-0.2]), np.array([1.5])
    stays, share = bridge_shares(x, y, q, -1.0, 1.0)
    rng, n = np.random.default_rng(0), 200_000
    first = np.full(n, 1.0)
    for a, b in ((x + 1.0, y + 1.0), (1.0 - x, 1.0 - y)):
        ratio = rng.wald(a / b, a * a / q, n)
        touched = rng.random(n) < np.exp(-2.0 * a * b / q)
        first = np.where(touched, np.minimum(first, ratio / (1.0 + ratio)), first)
    assert share[0] == pytest.approx(first.mean(), abs=4.0 * first.std() / math.sqrt(n))
    assert stays[0] == pytest.approx(np.mean(first == 1.0), abs=4.0 * 0.5 / math.sqrt(n))


@pytest.mark.slow
@pytest.mark.parametrize(("test", "bridge"), [("naive", False), ("bridge", True)])
def test_exits_of_the_engine_have_the_mean_times_of_the_integral_equation(test, bridge):
    problem, h = problems.exit_ornstein_uhlenbeck(), 1 / 16
    found = exit_order("euler-maruyama", problem, test=test, start=0.0, steps=[2 * h, h, h / 2, h / 4])
    mean = 1.4452456133884 + (1.0 if test == "naive" else -1.0) * found.errors[1]
    event = sde.Exit(-1.0, 1.0, bridge=bridge)
    options = {"step": h, "n_steps": 800, "n_paths": 400_000, "statistics": False, "progress": False}
    exits = pdeopt.simulate(problem.system, [0.0], exit=event, **options).exits
    assert exits.fraction == 1.0
    assert exits.mean_time == pytest.approx(mean, abs=3.5 * exits.standard_error)


def test_what_cannot_be_decided_is_refused():
    with pytest.raises(ValueError, match=r"test='half'.*Use one of naive, bridge"):
        exit_order("euler-maruyama", test="half")
    with pytest.raises(ValueError, match=r"start=1.0 is not inside of domain=\(-1.0, 1.0\). Use a start such as 0"):
        exit_order("euler-maruyama", start=1.0)
    with pytest.raises(ValueError, match=r"domain=\(1.0, -1.0\) is no bounded interval"):
        exit_order("euler-maruyama", domain=(1.0, -1.0))
    with pytest.raises(ValueError, match=r"draws no normal numbers.*euler-maruyama"):
        exit_order("weak-euler-two-point")
    with pytest.raises(ValueError, match=r"carries more than its point.*euler-maruyama"):
        exit_order("leimkuhler-matthews")
    with pytest.raises(ValueError, match=r"vanishes at x=.*away from 0"):
        exit_order("euler-maruyama", pdeopt.SDE(lambda t, x: 1.0, lambda t, x: x), domain=(0.0, 1.0))
