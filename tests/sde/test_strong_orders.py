"""Strong orders: local errors by quadrature and Gaussian algebra, global ones on coupled paths."""

import numpy as np
import pytest
from numba import njit
from random_equations import ON_A_LINE

from pdeopt import SDE, sde
from pdeopt.kernels._specialise import compiled

NORMAL, SHARE = np.polynomial.hermite_e.hermegauss(14)
SHARE = SHARE / SHARE.sum()
A, B, START = 0.5, 0.7, 0.4
STEPS = 2.0 ** -np.arange(8, 12)


def tanh_ito(t, x):
    return -(A + B * B * x) * (1.0 - x * x)


def tanh_stratonovich(t, x):
    return -A * (1.0 - x * x)


def tanh_noise(t, x):
    return B * (1.0 - x * x)


def tanh_slope(t, x):
    return -2.0 * B * x


def tanh_exact(h, w):
    return np.tanh(np.arctanh(START) - A * h + B * w)


def nested(kinds, first, second, coin):
    numbers = {"increment": first, "time-integral": second, "coin": coin}
    values = tuple(numbers[kind] for kind in kinds)
    if len(values) == 3:
        return values[:2], values[2]
    return values if len(values) == 2 else values[0]


def local_errors(scheme, system, h):
    """Return the mean and the root mean square of the error of one step, by quadrature over its draws."""
    stepper, mean, square = scheme.stepper(system), 0.0, 0.0
    seconds = zip(NORMAL, SHARE, strict=True) if len(stepper.draws) > 1 else [(0.0, 1.0)]
    for second, weight in list(seconds):
        for first, share in zip(NORMAL, SHARE, strict=True):
            for coin in (1.0, -1.0):
                xi = nested(stepper.draws, float(first), float(second), coin)
                error = stepper.step(0.0, START, h, xi, ()) - tanh_exact(h, np.sqrt(h) * first)
                mean += 0.5 * share * weight * error
                square += 0.5 * share * weight * error * error
    return abs(mean), np.sqrt(square)


ITO = ["euler-maruyama", "tamed-euler", "drift-implicit-euler", "milstein", "derivative-free-milstein", "sriw1"]
LOCAL = [(name, "ito") for name in [*ITO, "sriw1-random-sign"]]
LOCAL += [(name, "stratonovich") for name in ("heun", "euler-heun", "milstein")]


@pytest.mark.parametrize(("name", "interpretation"), LOCAL)
def test_local_errors_are_those_of_the_claimed_strong_and_weak_order(name, interpretation):
    drift = tanh_ito if interpretation == "ito" else tanh_stratonovich
    system = SDE(drift, tanh_noise, interpretation=interpretation, diffusion_jacobian=tanh_slope)
    errors = np.array([local_errors(sde.get(name), system, h) for h in STEPS])
    means, squares = np.log2(errors[:-1] / errors[1:])[-1]
    orders = sde.get(name).orders["diagonal"]
    assert squares == pytest.approx(orders.strong + 0.5, abs=0.03)
    assert means > orders.weak + 1.0 - 0.1


def relaxation(t, x):
    return -x


def amplitude(t, x):
    return 0.8


def error_of_ornstein_uhlenbeck(scheme, h):
    """Return the root mean square of the error of one step from 1: the step is linear in its two normals."""
    stepper = scheme.stepper(SDE(relaxation, amplitude, "additive"))

    def end(first, second):
        return stepper.step(0.0, 1.0, h, nested(stepper.draws, first, second, 1.0), ())

    mean, decay = end(0.0, 0.0), np.exp(-h)
    slopes = np.array([end(1.0, 0.0) - mean, end(0.0, 1.0) - mean])
    # Covariances of the integral of exp(-(h - s)) dW with W and with the integral of W.
    with_w, with_integral = 1.0 - decay, 1.0 - decay * (1.0 + h)
    exact = 0.8 * np.array([with_w, np.sqrt(3.0) * (2.0 * with_integral / h - with_w)]) / np.sqrt(h)
    unseen = 0.32 * (1.0 - decay**2) - exact @ exact
    return np.sqrt((mean - decay) ** 2 + np.sum((slopes - exact) ** 2) + unseen)


@pytest.mark.parametrize("name", ["euler-maruyama", "drift-implicit-euler", "implicit-midpoint", "milstein", "heun"])
def test_additive_noise_has_the_claimed_strong_order(name):
    first, second = (error_of_ornstein_uhlenbeck(sde.get(name), h) for h in (2.0**-8, 2.0**-9))
    assert np.log2(first / second) == pytest.approx(sde.get(name).orders["additive"].strong + 0.5, abs=0.03)


@pytest.mark.parametrize("name", ["sra1", "sriw1"])
def test_schemes_with_time_integrals_have_strong_order_two_where_the_drift_is_linear(name):
    # What they leave out of order 1.5 is a second derivative of the drift.
    first, second = (error_of_ornstein_uhlenbeck(sde.get(name), h) for h in (2.0**-6, 2.0**-7))
    assert np.log2(first / second) == pytest.approx(2.5, abs=0.03)


def coupled_draws(n_paths, n_levels, rng):
    """Return (increment, time integral) pairs of the same paths with 2, 4, ... steps of time 1, finest last."""
    n = 2**n_levels
    xi = rng.normal(size=(2, n_paths, n))
    w, z = xi[0] / np.sqrt(n), 0.5 * (xi[0] + xi[1] / np.sqrt(3.0)) / n**1.5
    levels = []
    while n > 1:
        first = w * np.sqrt(n)
        levels.insert(0, np.stack([first, np.sqrt(3.0) * (2.0 * z * n**1.5 - first)], axis=-1))
        z = z[:, ::2] + z[:, 1::2] + w[:, ::2] / n
        w, n = w[:, ::2] + w[:, 1::2], n // 2
    return levels


DRAWS = coupled_draws(1600, 9, np.random.default_rng(11))


@njit
def only_increment(xi, coin):
    return xi[0]


@njit
def both(xi, coin):
    return xi[0], xi[1]


@njit
def both_and_coin(xi, coin):
    return (xi[0], xi[1]), coin


def ends(step, form, draws, coins):
    @njit
    def advance(draws, coins):
        n_paths, n_steps, _ = draws.shape
        out = np.full(n_paths, 0.3)
        for i in range(n_paths):
            for n in range(n_steps):
                out[i] = step(n / n_steps, out[i], 1.0 / n_steps, form(draws[i, n], coins[i, n]), ())
        return out

    return [advance(draw, coin) for draw, coin in zip(draws, coins, strict=True)]


GLOBAL = [("milstein", "diagonal"), ("sriw1-random-sign", "diagonal"), ("sra1", "additive"), ("heun", "additive")]


@pytest.mark.parametrize(("name", "noise"), GLOBAL)
def test_coupled_paths_converge_at_the_claimed_strong_order(name, noise):
    stepper, rng = sde.get(name).stepper(ON_A_LINE[noise]), np.random.default_rng(4)
    form = {1: only_increment, 2: both, 3: both_and_coin}[len(stepper.draws)]
    draws = DRAWS[4:]
    coins = [rng.choice([-1.0, 1.0], size=draw.shape[:2]) for draw in draws]
    x = np.array(ends(compiled(stepper.step), form, draws, coins))
    # Sixteen batches of paths: an order from each, their mean and its standard error.
    squares = np.mean(np.reshape(x[1:] - x[:-1], (len(x) - 1, 16, -1)) ** 2, axis=2)
    orders = -np.polyfit(np.arange(len(x) - 1), 0.5 * np.log2(squares), 1)[0]
    bar = 3.0 * orders.std(ddof=1) / 4.0
    assert bar < 0.1
    assert np.mean(orders) == pytest.approx(sde.get(name).orders[noise].strong, abs=max(bar, 0.05))
