"""Chains of neighbours against exact arithmetic with fractions."""

from fractions import Fraction

import numpy as np
import pytest
from numba import njit
from reference_kolmogorov import chain_rates, exact_generator, exact_solution, relative_errors, transposed

from pdeopt.kernels.kolmogorov import chains

N = 12
ROUNDINGS = 1e-14
"""A few roundings for each of a dozen states."""


@njit
def solved(up, down, killing, source):
    pivots, out = np.empty(up.size), source.copy()
    chains.eliminate_chain(up, down, killing, pivots)
    chains.substitute_chain(up, down, pivots, out)
    return out


@njit
def solved_transposed(up, down, killing, source):
    pivots, out = np.empty(up.size), source.copy()
    chains.eliminate_chain(up, down, killing, pivots)
    chains.substitute_chain_transposed(up, down, pivots, out)
    return out


@njit
def stuck(up, down, killing):
    return chains.eliminate_chain(up, down, killing, np.empty(up.size))


@njit
def masses(up, down):
    out, exponents = np.empty(up.size), np.empty(up.size, dtype=np.int64)
    chains.chain_masses(up, down, exponents, out)
    return out, exponents


def wild_chain(seed):
    """Rates that differ by sixty decades, killing in one state."""
    generator = np.random.default_rng(seed)
    up, down = 10.0 ** generator.uniform(-40.0, 20.0, (2, N))
    up[-1] = down[0] = 0.0
    killing = np.zeros(N)
    killing[generator.integers(N)] = 1e-9
    return up, down, killing, generator.uniform(0.0, 1.0, N)


@pytest.mark.parametrize("seed", range(4))
def test_solutions_have_all_digits_however_small_rates_are(seed):
    up, down, killing, source = wild_chain(seed)
    exact = exact_solution(exact_generator(chain_rates(up, down), killing), source)
    assert max(relative_errors(solved(up, down, killing, source), exact)) < ROUNDINGS


@pytest.mark.parametrize("seed", range(4))
def test_transposed_solutions_have_all_digits(seed):
    up, down, killing, source = wild_chain(seed)
    exact = exact_solution(transposed(exact_generator(chain_rates(up, down), killing)), source)
    assert max(relative_errors(solved_transposed(up, down, killing, source), exact)) < ROUNDINGS


def test_a_chain_without_killing_reports_its_last_state_and_one_cut_off_from_it_the_state_before_the_cut():
    rates = np.ones(5)
    up, down = np.append(rates[1:], 0.0), np.append(0.0, rates[1:])
    assert stuck(up, down, np.zeros(5)) == 4
    assert stuck(np.where(np.arange(5) == 2, 0.0, up), down, np.eye(5)[4]) == 2
    assert stuck(up, down, np.eye(5)[0]) == -1


def test_masses_are_products_of_ratios_beyond_the_range_of_floats():
    up, down = np.array([1e300, 1e300, 3.0, 0.0]), np.array([0.0, 1e-300, 1e-300, 1e250])
    numbers, exponents = masses(up, down)
    exact, found = (
        Fraction(1),
        [Fraction(float(a)) * Fraction(2) ** int(e) for a, e in zip(numbers, exponents, strict=True)],
    )
    for i in range(3):
        exact *= Fraction(float(up[i])) / Fraction(float(down[i + 1]))
        assert abs(float(found[i + 1] / found[0] / exact - 1)) < ROUNDINGS
    assert 0.5 <= numbers.min() <= numbers.max() < 1.0
