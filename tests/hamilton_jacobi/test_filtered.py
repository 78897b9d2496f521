"""Filtered schemes: the filter, high order where smooth, the viscosity solution where high order alone fails."""

import numpy as np
import pytest
from numba import njit

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.hamilton_jacobi import Filtered
from pdeopt.hamilton_jacobi.finite_differences.filtered import FilteredStep
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.methods import choose
from pdeopt.hamilton_jacobi.standard_problems import standard_problem
from pdeopt.kernels.hamilton_jacobi import filters

SMOOTH = 0.25 / np.pi**2


@njit
def filtered(accurate, monotone, threshold, is_continuous):
    out = accurate.copy()
    filters.filter_step(monotone, threshold, is_continuous, out)
    return out


def solved(name, n, time, method, **settings):
    return pdeopt.solve_hamilton_jacobi(standard_problem(name).on(n), time, method=method, **settings).values


def errors(name, counts, time, method, within=np.inf, **settings):
    found = []
    for n in counts:
        problem = standard_problem(name)
        inner = np.abs(problem.grid(n).axes[0]) <= within
        found.append(np.abs(solved(name, n, time, method, **settings) - problem.solution(time, n))[inner])
    return found


# The filter


def phi_cut(y):
    return np.where(np.abs(y) <= 1.0, y, 0.0)


def phi_continuous(y):
    return np.where(np.abs(y) <= 1.0, y, np.where(np.abs(y) <= 2.0, 2.0 * np.sign(y) - y, 0.0))


@pytest.mark.parametrize(
    ("is_continuous", "phi"), [(False, phi_cut), (True, phi_continuous)], ids=["cut", "continuous"]
)
def test_filter_is_that_of_the_papers(is_continuous, phi):
    rng = np.random.default_rng(0)
    monotone, gap = rng.standard_normal(500), 0.7 * rng.standard_normal(500)
    expected = monotone + 0.3 * phi(gap / 0.3)
    np.testing.assert_allclose(filtered(monotone + gap, monotone, 0.3, is_continuous), expected, atol=1e-15)


@pytest.mark.parametrize("is_continuous", [False, True])
def test_what_is_not_finite_is_filtered_out(is_continuous):
    accurate, monotone = np.array([np.inf, -np.inf, np.nan, 1.0]), np.array([1.0, 2.0, 3.0, 1.0])
    np.testing.assert_array_equal(filtered(accurate, monotone, 0.3, is_continuous), monotone)


# Where the solution is smooth


def test_scheme_is_of_fifth_order_where_the_solution_is_smooth():
    counts = np.array([80, 160, 320, 640])
    means = []
    for n in counts:
        step = 0.6 * (2.0 / n) ** (5 / 3) * 0.2 ** (-2 / 3)
        (error,) = errors("b2", [n], SMOOTH, "filtered", step=step)
        means.append(error.mean())
    found = observed_order(2.0 / counts, means, rounding=1e-16)
    assert found.admits(5.0), str(found)
    assert found.bar < 0.1


def test_nothing_is_filtered_out_of_a_smooth_solution():
    np.testing.assert_array_equal(solved("b2", 160, SMOOTH, "filtered"), solved("b2", 160, SMOOTH, "weno5"))


# Where high order alone fails


def test_kink_between_nodes_is_lost_by_fifth_order_slopes_and_found_by_the_filtered_scheme():
    counts = np.array([80, 160, 320])
    wrong = [error.max() for error in errors("b6", counts, 1.0, "weno5", within=0.8)]
    right = [error.max() for error in errors("b6", counts, 1.0, "filtered", within=0.8)]
    assert min(wrong) > 0.9
    assert np.all(right < 2.0 / (counts - 1))


def test_solution_for_two_wells_is_that_of_the_hopf_formula_at_published_places():
    n = 321
    x = standard_problem("b6").grid(n).axes[0]
    values = np.interp([0.0, 0.1, 0.25, 0.5], x, solved("b6", n, 1.0, "filtered"))
    np.testing.assert_allclose(values, [-1.0, -1.00200064, -1.01252520, -1.05041345], atol=2.0 * (x[1] - x[0]))


@pytest.mark.parametrize("settings", [{"filter": "continuous"}, {"constant": 1e-9}], ids=str)
def test_other_filters_and_no_trust_at_all_converge_too(settings):
    (error,) = errors("b6", [80], 1.0, Filtered(**settings), within=0.8)
    assert error.max() < 2.0 * 2.0 / 79


def test_with_no_trust_the_scheme_is_the_monotone_one():
    monotone = solved("b6", 80, 0.1, "godunov", step=0.002)
    np.testing.assert_allclose(solved("b6", 80, 0.1, Filtered(1e-12), step=0.002), monotone, rtol=0.0, atol=1e-12)


class Recorder:
    """An operator of both schemes that notes when it is asked for rates."""

    scheme, extra = Filtered(), np.zeros(3)

    def __init__(self, times=None):
        self.mesh = Mesh(standard_problem("b2").grid(8), (("periodic", "periodic"),), 3)
        self.times = [] if times is None else times
        self.accurate = []

    def beside(self, scheme):
        assert scheme is self.scheme.accurate
        return Recorder(self.accurate)

    def stage(self, *given):
        self.times.append(given[3])


def test_both_parts_of_a_step_see_time_as_their_methods_do():
    recorder = Recorder()
    FilteredStep().step(recorder, [recorder.mesh.empty() for _ in range(3)], 2.0, 0.5)
    assert recorder.times == [2.0]
    # Shu and Osher: at the beginning, the end and the middle of a step.
    assert recorder.accurate == [2.0, 2.5, 2.25]


# Laws


def test_units_of_length_value_and_time_do_not_matter():
    # With u, c u(x / c, t / c) is a solution too.
    found = []
    for c in (1.0, 8.0):
        grid = pdeopt.Grid(-c, c, 81)
        x = grid.axes[0] / c
        start = c * (np.cos(4.0 * x) - np.abs(x - 0.2))
        problem = pdeopt.HamiltonJacobi(start, grid, standard_problem("b6").hamiltonian, boundary="extrapolation")
        found.append(pdeopt.solve_hamilton_jacobi(problem, 0.1 * c, method="filtered").values / c)
    np.testing.assert_allclose(found[0], found[1], rtol=0.0, atol=1e-12)


# What is accepted


def test_filtered_scheme_takes_its_own_stepper_and_no_tolerance():
    with pytest.raises(ValueError, match=r"does not go with stepper='ssprk33'.*Use stepper='filtered'"):
        solved("b2", 40, 0.01, "filtered", stepper="ssprk33")
    with pytest.raises(ValueError, match="Leave tolerance out"):
        solved("b2", 40, 0.01, "filtered", tolerance=1e-3)


def test_in_the_plane_the_search_for_extrema_is_left_out():
    plane = pdeopt.HamiltonJacobi(np.zeros((9, 9)), pdeopt.Grid((0.0, 0.0), (1.0, 1.0), (9, 9)), skew)
    line = standard_problem("b6").on(9)
    names = [choose(problem, "filtered", None, None)[0].monotone.name for problem in (line, plane)]
    assert names == ["godunov", "lax-friedrichs"]


def skew(t, x, u, p):
    return np.sin(p[0] + p[1])
