"""Sparse elimination without subtractions, and masses along a tree, against exact arithmetic with fractions."""

import numpy as np
import pytest
from numba import njit
from reference_kolmogorov import (
    exact_generator,
    exact_masses,
    exact_solution,
    filled_pattern,
    relative_errors,
    transposed,
)

from pdeopt.kernels.kolmogorov import balance, elimination

N = 10
ROUNDINGS = 2e-14
"""A few roundings for each of the paths among ten states."""


@njit
def upper_pattern(starts, columns):
    n = starts.size - 1
    parents, room, counts = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    elimination.elimination_tree(starts, columns, room, parents)
    elimination.count_factors(starts, columns, parents, room, counts)
    upper_starts = np.zeros(n + 1, np.int64)
    for i in range(n):
        upper_starts[i + 1] = upper_starts[i] + counts[i]
    out, lasts = np.empty(upper_starts[n], np.int64), np.empty(n, np.int64)
    elimination.fill_patterns(starts, columns, parents, room, upper_starts, counts, out)
    elimination.last_of_runs(upper_starts, out, lasts)
    return upper_starts, out, lasts


@njit
def answers(starts, columns, rates, losses, source, upper_starts, upper_columns, lower_rows, lasts):
    """Return the solution, that of the transposed system, and the masses that the lower factor gives."""
    n, m = losses.size, upper_columns.size
    pivots, lower, upper, row, sums = np.empty(n), np.empty(m), np.empty(m), np.zeros(n), np.empty(n)
    pattern = (starts, columns, rates, losses.copy(), upper_starts, upper_columns)
    elimination.eliminate(*pattern, *lower_rows, lasts, row, sums, pivots, lower, upper)
    x, y, masses, exponents = source.copy(), source.copy(), np.empty(n), np.empty(n, np.int64)
    elimination.substitute(upper_starts, upper_columns, lower, upper, pivots, x)
    elimination.substitute_transposed(upper_starts, upper_columns, lower, upper, pivots, y)
    elimination.left_out_masses(upper_starts, upper_columns, lower, exponents, masses)
    return x, y, masses, exponents


@njit
def tree(starts, columns, forth, back):
    n = starts.size - 1
    out, exponents = np.empty(n), np.empty(n, np.int64)
    balance.tree_masses(starts, columns, forth, back, np.empty(n, np.int64), exponents, out)
    return out, exponents


def rows_of(full):
    """Compress the rows of a matrix where it or its transposed has entries off the diagonal."""
    places = ((full != 0.0) | (full.T != 0.0)) & ~np.eye(len(full), dtype=bool)
    starts = np.concatenate([[0], np.cumsum(places.sum(axis=1))])
    return starts, np.nonzero(places)[1], full[places]


def factored(full, losses, source):
    starts, columns, rates = rows_of(full)
    upper_starts, upper_columns, lasts = upper_pattern(starts, columns)
    n = losses.size
    states = np.repeat(np.arange(n), np.diff(upper_starts))
    places = np.lexsort((states, upper_columns))
    lower_starts = np.concatenate([[0], np.cumsum(np.bincount(upper_columns, minlength=n))])
    lower_rows = (lower_starts, states[places], places)
    return answers(starts, columns, rates, losses, source, upper_starts, upper_columns, lower_rows, lasts)


def solved(full, losses, source):
    return factored(full, losses, source)[0]


def solved_transposed(full, losses, source):
    return factored(full, losses, source)[1]


def masses(full):
    return factored(full, np.zeros(len(full)), np.zeros(len(full)))[2:]


def masses_on_tree(full):
    return tree(*rows_of(full), rows_of(full.T)[2])


def wild_process(seed):
    """Rates over fifty decades on a ring and some chords, one loss."""
    generator = np.random.default_rng(seed)
    rates = np.zeros((N, N))
    for i in range(N):
        for j in (i + 1, i + 3):
            rates[i, j % N], rates[j % N, i] = 10.0 ** generator.uniform(-30.0, 20.0, 2)
    rates[2, 5] = 0.0
    losses = np.zeros(N)
    losses[generator.integers(N)] = 1e-12
    return rates, losses, generator.uniform(0.0, 1.0, N)


@pytest.mark.parametrize("seed", range(4))
def test_solutions_have_all_digits_however_small_rates_are(seed):
    rates, losses, source = wild_process(seed)
    exact = exact_solution(exact_generator(rates, losses), source)
    assert max(relative_errors(solved(rates, losses, source), exact)) < ROUNDINGS


def test_a_process_with_all_jumps_is_one_run_of_states_and_is_solved_with_all_digits():
    generator = np.random.default_rng(8)
    rates = 10.0 ** generator.uniform(-30.0, 20.0, (N, N))
    losses, source = np.where(np.arange(N) == 3, 1e-12, 0.0), generator.uniform(0.0, 1.0, N)
    exact = exact_solution(exact_generator(rates, losses), source)
    assert max(relative_errors(solved(rates, losses, source), exact)) < ROUNDINGS


@pytest.mark.parametrize("seed", range(4))
def test_transposed_solutions_have_all_digits(seed):
    rates, losses, source = wild_process(seed)
    exact = exact_solution(transposed(exact_generator(rates, losses)), source)
    assert max(relative_errors(solved_transposed(rates, losses, source), exact)) < ROUNDINGS


@pytest.mark.parametrize("seed", range(4))
def test_stationary_masses_have_all_digits(seed):
    rates, _, _ = wild_process(seed)
    exact = exact_masses(exact_generator(rates, np.zeros(N)))
    numbers, exponents = masses(rates)
    found = numbers * np.exp2(exponents - exponents.max())
    assert max(relative_errors(found / found.sum(), exact)) < ROUNDINGS


@pytest.mark.parametrize("seed", range(6))
def test_the_pattern_of_factors_is_that_of_leaving_out_one_state_after_another(seed):
    pattern = np.random.default_rng(seed).uniform(size=(15, 15)) < 0.12
    pattern |= pattern.T
    starts, columns, _ = rows_of(pattern.astype(float))
    upper_starts, upper_columns, _ = upper_pattern(starts, columns)
    found = np.zeros((15, 15), dtype=bool)
    found[np.repeat(np.arange(15), np.diff(upper_starts)), upper_columns] = True
    assert np.array_equal(found, filled_pattern(pattern))


def test_masses_along_a_tree_are_those_of_a_potential_on_every_connected_set():
    generator = np.random.default_rng(5)
    energies = generator.uniform(-300.0, 300.0, 8)
    linked = np.zeros((8, 8), dtype=bool)
    linked[:5, :5], linked[5:, 5:] = True, True
    rates = np.where(linked, np.exp(0.5 * (energies[:, None] - energies)), 0.0)
    numbers, exponents = masses_on_tree(rates)
    logarithms = np.log(numbers) + exponents * np.log(2.0)
    np.testing.assert_allclose(logarithms[:5] - logarithms[0], energies[0] - energies[:5], atol=1e-12)
    np.testing.assert_allclose(logarithms[5:] - logarithms[5], energies[5] - energies[5:], atol=1e-12)
