"""Hitting times, committors and resolvents on a line, by grids of 1, 2 and 4 times as many cells."""

import numpy as np
import pytest
from reference_kolmogorov import gibbs_line, product_rates, romberg

from pdeopt.kolmogorov.hitting import committor, factored, hitting_moments, hitting_times, resolvent
from pdeopt.kolmogorov.stencil import Stencil

LINE = ((1,), (-1,))


def double_well(x):
    return (x**2 - 1.0) ** 2


def shallow(x):
    return 0.25 * double_well(x)


def tilted(x):
    return double_well(x) + 0.3 * x


def harmonic(x):
    return 0.5 * x**2


def flat(x):
    return np.zeros_like(x)


def on_line(potential, lower, upper, n, beta):
    x, rates = gibbs_line(potential, lower, upper, n, beta)
    return x, Stencil(LINE, rates, np.zeros(n), (False,))


def extrapolated(answer, potential, ends, n, beta):
    """Return an answer at the nodes of the coarsest of three grids, and these."""
    grids = [on_line(potential, *ends, k * (n - 1) + 1, beta) for k in (1, 2, 4)]
    return grids[0][0], romberg([answer(x, line)[:: 2**k] for k, (x, line) in enumerate(grids)])


def at(x, values, place):
    return values[np.argmin(np.abs(x - place))]


PASSAGES = [
    (double_well, 1.0, -1.0, 0.0, 1.43585926700881),
    (double_well, 1.0, -1.0, 1.0, 3.56943415912701),
    (double_well, 2.0, -1.0, 0.0, 4.60653961310710),
    (double_well, 2.0, -1.0, 1.0, 10.2585700671842),
    (double_well, 3.0, -1.0, 0.0, 12.6983500580619),
    (double_well, 3.0, -1.0, 1.0, 26.6400877981153),
    (double_well, 8.0, -1.0, 0.0, 1749.19088458468),
    (double_well, 8.0, -1.0, 1.0, 3500.03481118679),
    (double_well, 40.0, -1.0, 1.0, 2.63975217059276e17),
    (shallow, 2.0, -1.0, 1.0, 6.69775790711122),
    (shallow, 4.0, -1.0, 1.0, 14.2777366365081),
    (shallow, 8.0, -1.0, 1.0, 41.0342802687367),
    (shallow, 16.0, -1.0, 1.0, 277.054579043345),
    (tilted, 1.0, -1.0, 1.0, 4.71223535128078),
    (tilted, 3.0, -1.0, 1.0, 64.9986970286950),
    (harmonic, 1.0, -1.0, 1.0, 2.99531466233113),
    (harmonic, 1.0, 0.0, 2.0, 10.4284093979959),
]


@pytest.mark.parametrize(("potential", "beta", "start", "target", "published"), PASSAGES)
def test_mean_first_passage_times_match_quadratures_to_eleven_digits(potential, beta, start, target, published):
    def times(x, line):
        return hitting_times(line, x > target - 1e-9)

    lower = -9.0 if potential is harmonic else -3.0
    x, found = extrapolated(times, potential, (lower, 3.0), 601 if lower == -3.0 else 1201, beta)
    assert at(x, found, start) == pytest.approx(published, rel=1e-11)


def test_the_mean_exit_time_from_an_interval_matches_a_quadrature():
    x, found = extrapolated(
        lambda x, line: hitting_times(line, np.abs(x) > 2.0 - 1e-9), harmonic, (-3.0, 3.0), 301, 1.0
    )
    assert at(x, found, 0.0) == pytest.approx(4.50160241622907, rel=1e-12)


COMMITTORS = [
    (double_well, 1.0, -0.5, 0.175120390295333),
    (double_well, 1.0, -0.2, 0.353559953335638),
    (double_well, 1.0, 0.3, 0.712957265764183),
    (double_well, 3.0, -0.5, 0.0706107954696567),
    (double_well, 3.0, -0.2, 0.265192190777360),
    (double_well, 3.0, 0.3, 0.822880578278117),
    (tilted, 1.0, 0.0, 0.439617623972388),
    (tilted, 3.0, 0.0, 0.381740710381158),
    (tilted, 5.0, 0.0, 0.355500132355750),
]


@pytest.mark.parametrize(("potential", "beta", "start", "published"), COMMITTORS)
def test_committors_match_quadratures_to_twelve_digits(potential, beta, start, published):
    def probability(x, line):
        return committor(line, x < -1.0 + 1e-9, x > 1.0 - 1e-9)

    x, found = extrapolated(probability, potential, (-1.5, 1.5), 301, beta)
    assert at(x, found, start) == pytest.approx(published, rel=1e-12)


def test_the_moments_of_the_exit_of_reflected_brownian_motion_are_those_of_its_law():
    _, found = extrapolated(lambda x, line: hitting_moments(line, x > 1.0 - 1e-9, 3).T, flat, (0.0, 1.0), 21, 2.0)
    np.testing.assert_allclose(found[0], [1.0, 5.0 / 3.0, 61.0 / 15.0], rtol=1e-12)


def test_the_resolvent_of_reflected_brownian_motion_is_that_of_its_closed_form():
    # u'' / 2 - r u = -cos(pi x) with zero slope at 0 and 1.
    x, found = extrapolated(lambda x, line: resolvent(line, 0.7, np.cos(np.pi * x)), flat, (0.0, 1.0), 41, 2.0)
    np.testing.assert_allclose(found, np.cos(np.pi * x) / (0.7 + 0.5 * np.pi**2), atol=1e-11)


def test_masses_that_end_in_stopped_states_are_the_hitting_law_and_sum_to_one():
    x, line = on_line(tilted, -2.0, 2.0, 81, 4.0)
    ends = np.abs(x) > 1.0 - 1e-9
    start = np.where(np.abs(x - 0.2) < 1e-9, 1.0, 0.0)
    spent = factored(line, stopped=ends).solve_transposed(start)
    upper = committor(line, x < -1.0 + 1e-9, x > 1.0 - 1e-9) @ start
    assert spent[ends].sum() == pytest.approx(1.0, rel=1e-13)
    assert spent[x > 0.5][x[x > 0.5] > 1.0 - 1e-9].sum() == pytest.approx(upper, rel=1e-13)


@pytest.mark.parametrize("beta", [3.0, 40.0])
def test_hitting_times_of_one_of_two_independent_chains_are_its_own_even_over_forty_temperatures(beta):
    x, along = gibbs_line(double_well, -1.7, 1.7, 35, beta)
    _, across = gibbs_line(harmonic, -1.2, 1.2, 21, beta)
    target = x > 1.0 - 1e-9
    alone = hitting_times(Stencil(LINE, along, np.zeros(35), (False,)), target)
    both = Stencil(((1, 0), (-1, 0), (0, 1), (0, -1)), product_rates(along, across), np.zeros((35, 21)), (False, False))
    found = hitting_times(both, np.broadcast_to(target[:, None], (35, 21)))
    np.testing.assert_allclose(found, np.broadcast_to(alone[:, None], (35, 21)), rtol=1e-12)


def test_a_walk_on_a_ring_takes_the_time_of_its_closed_form():
    n = 40
    ring = Stencil(LINE, np.ones((2, n)), np.zeros(n), (True,))
    steps = np.arange(n)
    np.testing.assert_allclose(hitting_times(ring, steps == 0), steps * (n - steps) / 2.0, rtol=1e-13)


def test_negative_rates_are_refused_with_schemes_that_have_none():
    rates = np.ones((2, 5, 5))
    rates[0, 2, 2] = -0.25
    cross = Stencil(((1, 1), (-1, -1)), rates, np.zeros((5, 5)), (True, True))
    with pytest.raises(ValueError, match=r"rates has the entry -0\.25.*midpoint Gibbs"):
        factored(cross, rate=1.0)


def test_a_line_from_which_nothing_is_lost_is_refused_and_works_with_a_stopped_state():
    x, line = on_line(double_well, -1.0, 1.0, 9, 1.0)
    with pytest.raises(ValueError, match=r"from state 8 no killing is in reach.*killing > 0"):
        factored(line).solve(np.ones(9))
    assert np.all(factored(line, stopped=x == 1.0).solve(np.ones(9)) > 0.0)
