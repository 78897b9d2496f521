"""Optimal stopping: published option prices, closed forms, concave hulls, laws."""

from itertools import product

import numpy as np
import pytest
from numba import njit
from scipy import sparse
from scipy.stats import norm

import pdeopt
from pdeopt.kolmogorov import Generator
from pdeopt.kolmogorov.obstacles import Penalty, solved_by_policies
from pdeopt.kolmogorov.stopping import optimal_stopping, stopping_edges

ROOT = np.sqrt(2.0 * 0.05)


@njit
def black_scholes_drift(t, x, rate, dividend, volatility):
    return rate - dividend - 0.5 * volatility**2


@njit
def black_scholes_noise(t, x, rate, dividend, volatility):
    return volatility


@njit
def heston_drift(t, x, rate, reversion, level, volatility, correlation):
    return rate - 0.5 * x[1], reversion * (level - x[1])


@njit
def heston_noise(t, x, rate, reversion, level, volatility, correlation):
    root = np.sqrt(max(x[1], 0.0))
    share = np.sqrt(1.0 - correlation**2)
    return (root, 0.0), (volatility * correlation * root, volatility * share * root)


@njit
def still(t, x):
    return 0.0


@njit
def one(t, x):
    return 1.0


def black_scholes(n, *, strike=100.0, rate=0.05, dividend=0.0, volatility=0.2, width=1.2, boundary="linear"):
    system = pdeopt.SDE(black_scholes_drift, black_scholes_noise, args=(rate, dividend, volatility))
    middle = np.log(strike)
    return Generator(system, pdeopt.Grid(middle - width, middle + width, n), boundary=boundary, killing=rate)


def heston(shape, strike, width, *, rate, reversion, level, volatility, correlation):
    args = (rate, reversion, level, volatility, correlation)
    system = pdeopt.SDE(heston_drift, heston_noise, noise="general", dim=2, n_noise=2, args=args)
    prices = np.log(strike) + width * np.sinh(np.linspace(-2.0, 2.0, shape[0])) / np.sinh(2.0)
    variances = np.sinh(np.linspace(0.0, 3.0, shape[1])) / np.sinh(3.0)
    return Generator(system, pdeopt.Grid.from_axes(prices, variances), boundary="linear", killing=rate)


def put(strike):
    return lambda x: np.maximum(strike - np.exp(x), 0.0)


def brownian(n, lower=0.0, upper=1.0, killing=0.0):
    return Generator(pdeopt.SDE(still, one), pdeopt.Grid(lower, upper, n), boundary="absorbing", killing=killing)


@pytest.mark.parametrize(
    ("price", "strike", "market", "exact"),
    [
        # QuantLib 1.44, QdFpAmericanEngine, highPrecisionScheme.
        (100.0, 100.0, {}, 6.090370606535),
        (100.0, 100.0, {"dividend": 0.02}, 6.660686230723),
        (90.0, 100.0, {"dividend": 0.02}, 12.059062336300),
        (110.0, 100.0, {"dividend": 0.02}, 3.394489727460),
        (100.0, 110.0, {"rate": 0.03, "volatility": 0.25}, 14.579009403507),
        (36.0, 40.0, {"rate": 0.06}, 4.486674419027),
    ],
)
def test_american_puts_agree_with_integral_equations_to_a_millionth_of_the_strike(price, strike, market, exact):
    answer = optimal_stopping(black_scholes(161, strike=strike, **market), put(strike), 1.0)
    found = float(answer.at(np.log(price)))
    assert abs(found - exact) < 1e-6 * strike
    assert abs(found - exact) < 10.0 * answer.error.max() + 1e-7 * strike


@pytest.mark.parametrize(
    ("method", "scheme", "limit"),
    [
        ("penalty", "crank-nicolson", 1e-6),
        ("penalty", "backward-euler", 5e-5),
        ("splitting", "tr-bdf2", 3e-6),
        ("splitting", "crank-nicolson", 5e-6),
    ],
)
def test_other_schemes_agree_within_their_error(method, scheme, limit):
    answer = optimal_stopping(black_scholes(101), put(100.0), 1.0, method=method, scheme=scheme)
    error = abs(answer.values[50] - 6.090370606535)
    assert error < 100.0 * limit
    assert error < 3.0 * answer.error[50]


def test_a_call_without_dividends_is_never_exercised():
    answer = optimal_stopping(black_scholes(161), lambda x: np.maximum(np.exp(x) - 100.0, 0.0), 1.0)
    up, down = (0.05 + 0.02) / 0.2, (0.05 - 0.02) / 0.2
    assert abs(answer.values[80] - 100.0 * (norm.cdf(up) - np.exp(-0.05) * norm.cdf(down))) < 1e-4
    assert not answer.exercise[:140].any()


def test_values_grow_with_time_lie_above_the_reward_and_equal_it_where_exercised():
    times = [0.1, 1.0, 0.5]
    answer = optimal_stopping(black_scholes(101), put(100.0), times)
    reward = put(100.0)(answer.grid.axes[0])
    tenth, whole, half = answer.values
    assert (tenth <= half + 1e-9).all()
    assert (half <= whole + 1e-9).all()
    assert (answer.values >= reward).all()
    assert np.abs(answer.plain - reward)[answer.exercise].max() < 1e-6
    alone = optimal_stopping(black_scholes(101), put(100.0), 0.5)
    assert np.abs(alone.values - half).max() < 1e-4
    # The edge falls towards that of the perpetual put.
    assert answer.exercise[1].sum() <= answer.exercise[2].sum() <= answer.exercise[0].sum()


def test_the_perpetual_put_has_its_closed_form():
    answer = optimal_stopping(black_scholes(1201, width=4.0, boundary="absorbing"), put(100.0))
    power = 2.0 * 0.05 / 0.2**2
    edge = 100.0 * power / (1.0 + power)
    x = answer.grid.axes[0]
    exact = np.where(np.exp(x) < edge, 100.0 - np.exp(x), (100.0 - edge) * (np.exp(x) / edge) ** -power)
    near = np.abs(x - np.log(100.0)) < 2.0
    assert np.abs(answer.values - exact)[near].max() < 1e-6 * 100.0
    assert np.abs(answer.values - exact)[near].max() < 2.0 * answer.error.max()
    assert np.exp(answer.edges) == pytest.approx([edge], rel=2e-3)


def test_long_puts_approach_perpetual_ones():
    generator = black_scholes(201, width=3.0)
    ages = optimal_stopping(generator, put(100.0), 200.0, levels=1)
    endless = optimal_stopping(generator, put(100.0), levels=1)
    assert np.abs(ages.values - endless.values).max() < 2e-3


@njit
def camel(x):
    return max(0.4 - 4.0 * abs(x - 0.25), 1.0 - 6.0 * abs(x - 0.75), 0.0)


def test_stopping_brownian_motion_without_discount_is_worth_the_concave_hull():
    answer = optimal_stopping(brownian(81), camel)
    x = answer.grid.axes[0]
    corners = [0.0, 0.25, 0.75, 1.0], [0.0, 0.4, 1.0, 0.0]
    assert np.abs(answer.values - np.interp(x, *corners)).max() < 1e-12
    assert answer.exercise[1:-1].sum() == 2
    later = optimal_stopping(brownian(81), camel, 50.0, levels=1)
    assert np.abs(later.values - answer.plain).max() < 3e-6


def test_waiting_for_a_discounted_walk_ends_at_its_known_threshold():
    generator = brownian(513, -24.0, 8.0, killing=0.05)
    answer = optimal_stopping(generator, lambda x: np.maximum(x, 0.0))
    edge, x = 1.0 / ROOT, generator.grid.axes[0]
    exact = np.where(x < edge, edge * np.exp(-(edge - x) * ROOT), x)
    near = np.abs(x) < 4.0
    assert np.abs(answer.values - exact)[near].max() < 2e-3
    assert answer.edges == pytest.approx([edge], abs=2e-2)


def test_a_running_reward_is_earned_while_waiting():
    # With g = 0 and f = 1 - 4 |x| the walk on (-1, 1) is stopped where u and u' vanish: at |x| = 1/2 - and beyond.
    answer = optimal_stopping(brownian(201, -1.0, 1.0), lambda x: 0.0 * x, source=lambda t, x: 1.0 - 4.0 * abs(x))
    x = np.abs(answer.grid.axes[0])
    exact = np.where(x < 0.5, 1.0 / 12.0 - x**2 + 4.0 / 3.0 * x**3, 0.0)
    assert np.abs(answer.values - exact).max() < 2e-5
    assert answer.edges == pytest.approx([-0.5, 0.5], abs=5e-3)


def test_heston_puts_agree_with_ikonen_and_toivanen():
    market = {"rate": 0.1, "reversion": 5.0, "level": 0.16, "volatility": 0.9, "correlation": 0.1}
    generator = heston((61, 25), 10.0, 1.5, **market)
    answer = optimal_stopping(
        generator, lambda x: max(10.0 - np.exp(x[0]), 0.0), 0.25, method="splitting", n_steps=32, levels=2
    )
    found = [float(answer.at((np.log(price), 0.0625))) for price in (8.0, 9.0, 10.0, 11.0, 12.0)]
    assert np.abs(np.array(found) - [2.0, 1.10763, 0.520038, 0.213681, 0.082046]).max() < 2e-4


def test_a_heston_put_and_its_greeks_agree_with_refined_finite_differences():
    market = {"rate": 0.05, "reversion": 2.5, "level": 0.04, "volatility": 0.66, "correlation": -0.8}
    answer = optimal_stopping(
        heston((61, 31), 100.0, 1.5, **market),
        lambda x: max(100.0 - np.exp(x[0]), 0.0),
        1.0,
        method="splitting",
        n_steps=48,
        levels=2,
    )
    below, at, above = (float(answer.at((np.log(price), 0.04))) for price in (99.5, 100.0, 100.5))
    # QuantLib's FdHestonVanillaEngine has 5.66032 on a coarse grid, its own tolerance being 0.01. Refined it has
    # 5.66417, 5.66828, 5.66999, 5.67060 for 100 to 800 steps on 200 x 100 nodes and 5.67274 for 400 on 400 x 200.
    assert abs(at - 5.6750) < 1e-3
    assert abs((above - below) + 0.30065) < 5e-4
    assert abs((above - 2.0 * at + below) / 0.25 - 0.02202) < 2e-4


def random_chain(rng, n):
    """A Q-matrix with killing, dense enough not to be a line."""
    rates = rng.uniform(size=(n, n)) * (rng.uniform(size=(n, n)) < 0.6)
    np.fill_diagonal(rates, 0.0)
    return sparse.csr_array(rates - np.diag(rates.sum(axis=1) + rng.uniform(0.1, 0.3, n)))


@pytest.mark.parametrize("seed", range(5))
def test_complementarity_is_that_of_the_best_of_all_sets(seed):
    rng, n = np.random.default_rng(seed), 6
    matrix, reward, source = random_chain(rng, n), rng.uniform(-1.0, 2.0, n), 0.3 * rng.standard_normal(n)
    dense = matrix.toarray()

    def best(system, right):
        found = []
        for chosen in product([False, True], repeat=n):
            stops = np.array(chosen)
            rows = np.where(stops[:, None], np.eye(n), system)
            found.append(np.linalg.solve(rows, np.where(stops, reward, right)))
        return np.max(found, axis=0)

    values, stops, _ = solved_by_policies(matrix, source, reward)
    assert np.abs(values - best(-dense, source)).max() < 1e-12
    assert np.abs(values - reward)[stops].max(initial=0.0) < 1e-12
    right = rng.standard_normal(n)
    found = Penalty(matrix).stage(0.7, 0.7, right, reward)
    assert np.abs(found - best(np.eye(n) - 0.7 * dense, right)).max() < 1e-7


def test_edges_are_roots_of_a_smooth_touch():
    x = np.linspace(0.0, 1.0, 21)
    excess = np.where(x > 0.333, 5.0 * (x - 0.333) ** 2, 0.0)
    assert stopping_edges(x, excess, excess == 0.0) == pytest.approx([0.333], abs=1e-12)


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"method": "projection"}, "use 'penalty', 'splitting'"),
        ({"scheme": "heun"}, "use 'tr-bdf2', 'crank-nicolson', 'backward-euler'"),
        ({"time": 0.0}, r"time=0\.0 must be a positive number"),
        ({"n_steps": 0}, "n_steps=0 must be a whole number"),
        ({"reward": np.ones(7)}, r"reward has shape \(7,\)"),
    ],
)
def test_bad_input_is_named_with_what_would_do(keywords, words):
    given = {"reward": put(100.0), "time": 1.0} | keywords
    with pytest.raises(ValueError, match=words):
        optimal_stopping(black_scholes(33), given.pop("reward"), given.pop("time"), **given)
