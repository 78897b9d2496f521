"""Weak orders and those of stationary averages, without sampling: one-step operators on periodic functions."""

from functools import lru_cache

import numpy as np
import pytest
import torus
from numba import njit
from random_equations import ON_A_LINE, constant, diffusion, drift, two_columns

from pdeopt import SDE, Landscape, overdamped_langevin, sde
from pdeopt.kernels._specialise import compiled
from pdeopt.kernels.sde.overdamped import leimkuhler_matthews

LEVELS = range(4, 10)


@njit
def single(z):
    return z[0]


@njit
def pair(z):
    return z[0], z[1]


@njit
def pair_and_coin(z):
    return (z[0], z[1]), z[2]


@njit
def pair_and_rest(z):
    return (z[0], z[1]), (z[2],)


NESTED = {"sra1": pair, "sriw1": pair, "sriw1-random-sign": pair_and_coin}
COLUMNS = {
    "additive": [lambda x: constant(0.0, x)],
    "diagonal": [lambda x: diffusion(0.0, x)],
    "general": [lambda x: two_columns(0.0, x)[0], lambda x: two_columns(0.0, x)[1]],
}
DISCRETE = ["weak-euler-two-point", "ri6"]
ADDITIVE = ["tamed-euler", "implicit-midpoint", "heun", "sra1", "weak-euler-three-point", "ri6"]
DIAGONAL = ["euler-maruyama", "drift-implicit-euler", "milstein", "derivative-free-milstein", "sriw1-random-sign"]
CASES = [("additive", name, "ito") for name in ADDITIVE]
CASES += [("diagonal", name, "ito") for name in DIAGONAL + DISCRETE]
CASES += [("diagonal", name, "stratonovich") for name in ("heun", "euler-heun", "milstein")]
CASES += [("general", name, "ito") for name in DISCRETE]
QUICK = [("additive", "sra1", "ito"), ("diagonal", "heun", "stratonovich"), ("general", "ri6", "ito")]
# The others are slow tests: the certified table decides on them as well, by code of its own.
CASES = [case if case in QUICK else pytest.param(*case, marks=pytest.mark.slow) for case in CASES]


def nested(name, noise):
    if noise == "general":
        return pair_and_rest if name == "ri6" else pair
    return NESTED.get(name, single)


def ito_drift(interpretation):
    def corrected(x):
        return drift(0.0, x) - 0.2 * diffusion(0.0, x) * np.sin(x)

    return corrected if interpretation == "stratonovich" else lambda x: drift(0.0, x)


@lru_cache
def operators(noise, name, interpretation):
    """Return ``operator(level)`` of steps 2**-level."""
    given = ON_A_LINE[noise]
    system = SDE(given.drift, given.diffusion, noise, n_noise=given.n_noise, interpretation=interpretation)
    stepper = sde.get(name).stepper(system)
    expectations = torus.one_step(compiled(stepper.step), nested(name, noise))
    draws, weights = torus.draws_and_weights(stepper.draws)

    @lru_cache
    def operator(level):
        return torus.operator(expectations(torus.NODES, 2.0**-level, draws, weights, ()))

    return operator


@lru_cache
def generator(noise, interpretation):
    return torus.generator(ito_drift(interpretation), *COLUMNS[noise])


@pytest.mark.parametrize(("noise", "name", "interpretation"), CASES)
def test_the_weak_order_is_the_claimed_one(noise, name, interpretation):
    errors = torus.weak_errors(operators(noise, name, interpretation), generator(noise, interpretation), LEVELS)
    claimed = sde.get(name).orders[noise].weak
    np.testing.assert_allclose(torus.slopes(errors)[-1], claimed, atol=0.03)


@pytest.mark.parametrize(("noise", "name", "interpretation"), CASES)
def test_the_order_of_stationary_averages_is_the_claimed_one(noise, name, interpretation):
    exact = torus.stationary_averages(generator(noise, interpretation))
    operator = operators(noise, name, interpretation)
    averages = [torus.stationary_averages(operator(k) - np.eye(torus.N)) for k in LEVELS]
    claimed = sde.get(name).orders[noise].invariant
    np.testing.assert_allclose(torus.slopes(np.abs(averages - exact))[-1], claimed, atol=0.06)


def test_sriw1_as_published_has_weak_order_one_and_a_half():
    operator, levels = operators("diagonal", "sriw1", "ito"), range(8, 13)
    flow = torus.flow(generator("diagonal", "ito")) @ torus.OBSERVABLES
    errors = np.array([np.linalg.matrix_power(operator(k), 2**k) @ torus.OBSERVABLES - flow for k in levels])
    # e(h) - 4 e(h/2) is free of h^2, which hides h^1.5 at first; largest over all starting points.
    remaining = np.abs(errors[:-1] - 4.0 * errors[1:]).max(axis=1)
    np.testing.assert_allclose(torus.slopes(remaining)[-1], sde.SRIW1().orders["diagonal"].weak, atol=0.05)


def potential(x):
    return np.sin(x) + 0.3 * np.cos(2.0 * x + 1.0)


def force(x):
    return np.cos(x) - 0.6 * np.sin(2.0 * x + 1.0)


def test_leimkuhler_and_matthews_has_weak_order_one_and_stationary_order_two():
    # X_n less its own half of the last noise forgets that noise: it is a Markov chain, which the output adds to.
    full = compiled(leimkuhler_matthews(force))

    @njit
    def first(t, start, h, xi, constants):
        return full(t, (start, 0.0), h, 0.0, constants)[0]

    @njit
    def hidden(t, start, h, xi, constants):
        return full(t, (start + constants[0] * xi, xi), h, 0.0, constants)[0]

    @njit
    def output(t, start, h, xi, constants):
        return start + constants[0] * xi

    stepper = sde.LeimkuhlerMatthews().stepper(overdamped_langevin(Landscape(potential, force), 1.25))
    draws, weights = torus.draws_and_weights(stepper.draws)
    rules = [torus.one_step(step, single) for step in (first, hidden, output)]
    matrix = torus.generator(lambda x: -force(x), lambda x: np.sqrt(2.0 / 1.25))
    flow, law = torus.flow(matrix) @ torus.OBSERVABLES, torus.stationary_averages(matrix)
    weak, stationary = [], []
    for level in LEVELS:
        constants = stepper.prepare(2.0**-level, (1.25,))
        begin, chain, read = (
            torus.operator(rule(torus.NODES, 2.0**-level, draws, weights, constants)) for rule in rules
        )
        seen = read @ torus.OBSERVABLES
        weak.append(np.abs(begin @ np.linalg.matrix_power(chain, 2**level - 1) @ seen - flow).max(axis=0))
        stationary.append(np.abs(torus.stationary(chain - np.eye(torus.N)) @ seen - law))
    orders = sde.LeimkuhlerMatthews().orders["additive"]
    np.testing.assert_allclose(torus.slopes(np.array(weak))[-1], orders.weak, atol=0.03)
    np.testing.assert_allclose(torus.slopes(np.array(stationary))[-1], orders.invariant, atol=0.06)
