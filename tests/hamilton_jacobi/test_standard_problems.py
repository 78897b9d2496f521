"""Exact solutions of the standard problems against published numbers, brute force and their equations."""

import re

import numpy as np
import pytest

from pdeopt import Grid
from pdeopt.hamilton_jacobi.finite_differences import HamiltonJacobi
from pdeopt.hamilton_jacobi.standard_problems import STANDARD_PROBLEMS, standard_problem
from pdeopt.kernels._specialise import interpreted

SMOOTH, KINKED = 0.5 / np.pi**2, 1.5 / np.pi**2
# -cos(pi x) under p^2 / 2 at x = 0, 0.3, 0.7, 1: Newton's method.
NEWTON = {
    0.05: (-1.0, -0.70943803528501, 0.38114840937374, 1.0),
    0.152: (-1.0, -0.82322192196937, -0.06179806262044, 0.82064249358504),
    1.0: (-1.0, -0.95914234500772, -0.77761051249548, -0.54629736297444),
}
# (p^2 - 1)(p^2 - 4) / 4 from -2 |x| at time 1 and x = 0, 0.1, 0.25, 0.5, 1: the formula of Hopf.
HOPF = (-1.0, -1.00200064, -1.01252520, -1.05041345, -2.0)


def at(name, time, *x):
    return STANDARD_PROBLEMS[name].exact(time, np.array(x)[:, None])


def lax(initial, lagrangian, time, x, reach):
    """Return the least of `initial(y) + time L((x - y) / time)` by trying all y, then finer around the best."""
    y = np.linspace(x - reach, x + reach, 20001)
    for _ in range(3):
        values = initial(y) + time * lagrangian((x - y) / time)
        best = y[values.argmin()]
        y = np.linspace(best - 2.0 * (y[1] - y[0]), best + 2.0 * (y[1] - y[0]), 20001)
    return values.min()


@pytest.mark.parametrize("time", NEWTON)
def test_b5_is_the_known_solution_before_and_after_its_kink(time):
    np.testing.assert_allclose(at("b5", time, 0.0, 0.3, 0.7, 1.0), NEWTON[time], rtol=0.0, atol=2e-14)


def test_b6_is_the_known_solution():
    np.testing.assert_allclose(at("b6", 1.0, 0.0, 0.1, 0.25, 0.5, 1.0), HOPF, rtol=0.0, atol=6e-9)
    np.testing.assert_array_equal(at("b6", 1.0, -0.25), at("b6", 1.0, 0.25))


@pytest.mark.parametrize("time", [SMOOTH, KINKED])
def test_b1_is_the_least_of_the_formula_of_lax(time):
    x = np.array([-0.99, -0.6, -0.1, 0.33, 0.8, 1.0])
    known = [lax(lambda y: -np.cos(np.pi * y), lambda q: q**2 / 2.0 - q, time, one, 3.0) for one in x]
    np.testing.assert_allclose(at("b1", time, *x), known, rtol=0.0, atol=1e-13)


def test_beside_its_kink_b5_is_the_lower_of_two_valleys_that_are_almost_as_deep():
    # So late that the places where the search begins are far apart.
    time = 3.0
    x = 1.0 - np.linspace(5e-4, 1e-2, 12)
    known = [lax(lambda y: -np.cos(np.pi * y), lambda q: q**2 / 2.0, time, one, 3.0) for one in x]
    np.testing.assert_allclose(at("b5", time, *x), known, rtol=0.0, atol=1e-13)


@pytest.mark.parametrize(("name", "line"), [("b3", "b1"), ("b4", "b2")])
def test_problems_of_the_plane_are_those_of_a_line_along_its_diagonal(name, line):
    x, y = np.random.default_rng(1).uniform(-2.0, 2.0, (2, 50))
    found = STANDARD_PROBLEMS[name].exact(SMOOTH, np.stack([x, y], axis=-1))
    np.testing.assert_allclose(found, at(line, SMOOTH, *(0.5 * (x + y))), rtol=0.0, atol=1e-13)


def test_b2_fulfils_its_equation_and_its_initial_values():
    x, step = np.linspace(-1.0, 1.0, 101), 1e-4
    time = 0.7 * SMOOTH
    rate = (at("b2", time + step, *x) - at("b2", time - step, *x)) / (2.0 * step)
    slope = (at("b2", time, *(x + step)) - at("b2", time, *(x - step))) / (2.0 * step)
    # Central differences are off by step^2 / 6 times a third derivative, of the order of pi^3 over 0.3^3.
    np.testing.assert_allclose(rate, np.cos(slope + 1.0), rtol=0.0, atol=1e-5)
    np.testing.assert_allclose(at("b2", 0.0, *x), -np.cos(np.pi * x), rtol=0.0, atol=1e-14)


@pytest.mark.parametrize("name", ["b11", "b11-concave", "b12", "b12-concave"])
def test_kinks_move_as_the_formula_of_lax_says(name):
    x = np.array([-0.7, -0.25, -0.1, 0.0, 0.05, 0.3, 0.6])
    known = [lax(lambda y: at(name, 0.0, *y), lambda q: q**2 / 2.0, 0.25, one, 1.0) for one in x]
    np.testing.assert_allclose(at(name, 0.25, *x), known, rtol=0.0, atol=1e-9)


def test_b7_is_continuous_travels_to_the_right_and_is_back_after_a_period():
    x = np.linspace(-1.0, 1.0, 4001)
    np.testing.assert_allclose(at("b7", 2.0, *x), at("b7", 0.0, *x), rtol=0.0, atol=1e-12)
    np.testing.assert_allclose(at("b7", 0.3, *(x + 0.3)), at("b7", 0.0, *x), rtol=0.0, atol=1e-12)
    # Slopes are at most some 20: a jump would be seen.
    assert np.abs(np.diff(at("b7", 0.0, *x))).max() < 0.02


@pytest.mark.parametrize("name", STANDARD_PROBLEMS)
def test_every_problem_can_be_stated_on_a_grid_and_begins_with_its_solution(name):
    given = standard_problem(name)
    problem = given.on(12)
    assert isinstance(problem, HamiltonJacobi)
    assert problem.grid.shape == (12,) * given.dim
    if given.exact is not None:
        np.testing.assert_allclose(given.solution(0.0, 12), problem.initial_values, rtol=0.0, atol=1e-13)


# Of the papers' formulas: (cos 2 pi x - 1)(cos 2 pi y - 1) / 4 - 1, zero, and pi (|y| - |x|).
STARTS = {"b8": (-0.5, -1.0, 0.0), "b9": (0.0, 0.0, 0.0), "b10": (-0.25 * np.pi, 0.5 * np.pi, 0.0)}


@pytest.mark.parametrize("name", STARTS)
def test_problems_without_a_solution_begin_as_their_papers_say(name):
    points = np.array([[0.5, 0.25], [0.0, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(standard_problem(name).initial(points), STARTS[name], rtol=0.0, atol=1e-15)


def test_steering_is_that_of_the_paper_on_its_square_with_its_cost():
    problem = standard_problem("b9").on(12, viscosity=0.1)
    assert (problem.grid.lower, problem.grid.extent) == ((-np.pi,) * 2, (2.0 * np.pi,) * 2)
    assert problem.viscosity_values == 0.1
    found = [problem.source(0.0, (x, y)) for x, y in ((0.0, 0.0), (np.pi, 0.0), (0.0, np.pi / 2.0), (np.pi / 2.0, 0.3))]
    np.testing.assert_allclose(found, [0.0, 2.0, 0.5, 1.0 + 0.5 * np.sin(0.3) ** 2], rtol=0.0, atol=1e-15)
    value = problem.hamiltonian.value(0.0, (0.4, -1.1), 0.0, (2.0, -3.0))
    assert value == pytest.approx(2.0 * np.sin(-1.1) - 3.0 * np.sin(0.4) + 3.0, rel=1e-14)


@pytest.mark.parametrize("name", [name for name, one in STANDARD_PROBLEMS.items() if one.hamiltonian.speeds])
def test_speeds_are_the_largest_derivatives_that_slopes_in_a_box_have(name):
    h, rng, d = STANDARD_PROBLEMS[name].hamiltonian, np.random.default_rng(3), STANDARD_PROBLEMS[name].dim
    value, step = interpreted(h.value), 1e-6

    def of(x, p):
        x, p = (tuple(one) if d > 1 else float(one[0]) for one in (x, p))
        return value(0.0, x, 0.0, p, *h.args)

    for _ in range(20):
        x, ends = rng.uniform(-2.0, 2.0, d), rng.uniform(-2.0, 2.0, (2, d))
        largest = np.zeros(d)
        for share in rng.random((200, d)):
            p = ends[0] + share * (ends[1] - ends[0])
            for k in range(d):
                rise = step * np.eye(d)[k]
                largest[k] = max(largest[k], abs(of(x, p + rise) - of(x, p - rise)) / (2.0 * step))
        given = [tuple(one) if d > 1 else float(one[0]) for one in (x, *ends)]
        told = np.atleast_1d(interpreted(h.speeds)(0.0, given[0], 0.0, *given[1:], *h.args))
        assert (told >= largest - 1e-8).all()


def test_an_unknown_name_and_a_time_without_solution_are_refused_with_what_works():
    with pytest.raises(ValueError, match="name='b13' is no standard problem; use 'b3'"):
        standard_problem("b13")
    with pytest.raises(ValueError, match=r"b2 has no exact solution at time=1; .* up to 0\.05066059182116889"):
        standard_problem("b2").solution(1.0, 10)
    assert standard_problem("b2").solution(0.05066059182116889, Grid(-1.0, 1.0, 10)).shape == (10,)
    with pytest.raises(ValueError, match="b9 has no exact solution at time=1; use a fine grid"):
        standard_problem("b9").solution(1.0, 10)


BAD = [
    (lambda: standard_problem(["b5"]), ("name=['b5']", "'b1' or")),
    (lambda: standard_problem("b5").solution(-1.0, 10), ("time=-1.0", "at least 0", "time=0.0506")),
    (lambda: standard_problem("b5").solution(np.nan, 10), ("time=nan", "at least 0", "time=0.0506")),
    (lambda: standard_problem("b5").solution(np.inf, 10), ("time=inf", "finite", "time=0.0506")),
    (lambda: standard_problem("b5").solution("a", 10), ("time='a'", "one number", "time=0.0506")),
    (lambda: standard_problem("b5").solution([0.1, 0.2], 10), ("time=[0.1, 0.2]", "one number", "time=0.0506")),
    (lambda: standard_problem("b5").solution(0.1, 1), ("grid=1", "at least 2", "grid=64")),
    (lambda: standard_problem("b5").solution(0.1, True), ("grid=True", "at least 2", "grid=64")),
    (lambda: standard_problem("b5").solution(0.1, (8,)), ("grid=(8,)", "whole number", "grid=64")),
    (lambda: standard_problem("b5").on(-3), ("grid=-3", "at least 2", "grid=64")),
    (lambda: standard_problem("b5").on("a"), ("grid='a'", "whole number", "grid=64")),
    (lambda: standard_problem("b3").on(Grid(-1.0, 1.0, 9)), ("grid has 1 axes", "b3 has 2", "grid=64")),
    (lambda: standard_problem("b5").grid(2.5), ("n=2.5", "whole number", "n=64")),
]


@pytest.mark.parametrize(("make", "words"), BAD, ids=[words[0] for _, words in BAD])
def test_a_bad_argument_of_a_standard_problem_is_named_with_its_value_and_a_remedy(make, words):
    with pytest.raises(ValueError, match=re.escape(words[0])) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_advice_of_these_messages_is_accepted():
    assert standard_problem("b5").solution(standard_problem("b5").times[0], grid=64).shape == (64,)
    assert standard_problem("b3").on(grid=64).grid == standard_problem("b3").grid(n=64)
    assert standard_problem("b1").name == "b1"
