"""Value and feedback of controlled gradient dynamics, against closed forms, published numbers and other methods."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import pdeopt
from pdeopt import Grid
from pdeopt.control import ControlProblem, controlled_law, optimal_control, policy_iteration
from pdeopt.control.policies import improved_policy

WELL = pdeopt.landscapes.double_well()
LINE = Grid(-3.0, 3.0, 121)


def bowl(curvature):
    return pdeopt.landscapes.quadratic(curvature)


def riccati(tau, curvature=3.0):
    """P in u = P x^2 / 2 + q at time tau before the end, f = x^2 / 2, V = curvature x^2 / 2."""
    decay = np.exp(-2.0 * tau)
    return 2.0 * curvature * decay / (2.0 + curvature * (1.0 - decay))


def offset(tau, beta, curvature=3.0):
    return np.log(1.0 + 0.5 * curvature * (1.0 - np.exp(-2.0 * tau))) / (2.0 * beta)


@pytest.fixture(scope="module")
def steered():
    return optimal_control(ControlProblem(bowl(1.0), bowl(3.0), Grid(-6.0, 6.0, 241), time=0.8, beta=2.0))


def test_a_quadratic_problem_has_riccati_s_value_at_all_times(steered):
    x = steered.grid.axes[0]
    exact = 0.5 * riccati(0.8 - steered.times)[:, None] * x**2 + offset(0.8 - steered.times, 2.0)[:, None]
    inside, missed = np.abs(x) <= 2.0, np.abs(steered.values - exact)
    assert missed[0, inside].max() < 1e-8
    assert (missed <= 2.0 * steered.error + 1e-11)[:, inside].all()


def test_the_value_has_the_published_digits(steered):
    assert abs(steered.at(1.5) - 0.506919494897598534) < 1e-8


def test_the_feedback_is_riccati_s_between_nodes_and_times(steered):
    x = np.linspace(-2.0, 2.0, 41)
    for t in (0.0, 0.123, 0.4567, 0.7):
        assert np.abs(steered.feedback(t, x)[:, 0] - riccati(0.8 - t) * x).max() < 2e-6


@pytest.mark.parametrize(
    ("terminal", "x0", "value"),
    [
        (WELL, 0.0, 0.112509794821),
        (WELL, -1.5, 0.0829054402401),
        (lambda x: (x - 1.0) ** 2, 0.0, 0.533002291941),
        (lambda x: (x - 1.0) ** 2, -1.5, 2.11704564387),
    ],
)
def test_double_wells_have_the_published_values(terminal, x0, value):
    control = optimal_control(ControlProblem(WELL, terminal, LINE, time=1.0, beta=2.0), n_times=9)
    assert abs(control.at(x0) / value - 1.0) < 1e-8
    assert "gibbs" in str(control.levels[0].problem.scheme)


def test_without_a_landscape_the_value_is_the_relaxed_terminal_cost():
    grid = Grid(-4.0, 4.0, 129)
    control = optimal_control(ControlProblem(None, WELL, grid, time=0.5, beta=1.0), n_times=9)
    relaxed = pdeopt.relax(WELL, grid, time=0.5, beta=1.0)
    assert (np.abs(control.values[0] - relaxed.values) <= control.error[0] + relaxed.error_bound).all()
    assert abs(control.at(0.3) - 0.1685643906374680292) < 1e-8
    assert abs(control.feedback(0.0, 0.3)[0] - 0.04721507787541257197) < 2e-6


def test_a_kink_on_a_node_keeps_the_digits():
    cone = pdeopt.landscapes.absolute_value()
    control = optimal_control(ControlProblem(None, cone, Grid(-4.0, 4.0, 129), time=0.5, beta=4.0), n_times=9)
    assert abs(control.at(0.25) - 0.2519812297376556442) < 1e-8


def test_the_value_keeps_its_digits_where_the_weights_underflow():
    grid = Grid(-3.0, 3.0, 1601)
    control = optimal_control(ControlProblem(bowl(1.0), bowl(3.0), grid, time=0.8, beta=100.0), levels=2)
    assert np.exp(-100.0 * control.values[-1].max()) == 0.0
    x = grid.axes[0]
    missed = np.abs(control.values[0] - 0.5 * riccati(0.8) * x**2 - offset(0.8, 100.0))
    assert missed[np.abs(x) < 0.5].max() < 1e-6
    near = control.wall_probability[0] < 0.01
    assert (missed <= control.error[0])[near].all()


def test_neither_value_nor_law_depends_on_the_number_of_times():
    grid, runs = Grid(-3.0, 3.0, 401), []
    for n_times in (4, 97):
        steep = ControlProblem(bowl(1.0), bowl(3.0), grid, time=0.8, beta=100.0)
        found = optimal_control(steep, n_times=n_times, levels=1)
        law = controlled_law(found, lambda x: np.exp(-0.5 * x * x) * (abs(x) < 2.5))
        runs.append((found.plain[0], law.plain[-1], found.levels[0].expected_cost()))
    for few, many in zip(*runs, strict=True):
        np.testing.assert_allclose(few, many, rtol=1e-9, atol=1e-200)


def test_a_running_cost_acts_as_riccati_says():
    def slopes(_, y):
        return -2.0 * y[0] - y[0] ** 2 + 0.8, y[0] / 4.0 + 0.25

    problem = ControlProblem(
        bowl(1.0), bowl(3.0), Grid(-6.0, 6.0, 121), time=0.8, beta=2.0, running=lambda x: 0.4 * x * x + 0.25
    )
    p, q = solve_ivp(slopes, (0.0, 0.8), [3.0, 0.0], rtol=1e-12, atol=1e-12).y[:, -1]
    control = optimal_control(problem, n_times=9)
    assert abs(control.at(1.5) - 0.5 * p * 1.5**2 - q) < 1e-8


def test_solving_in_two_stages_is_solving_at_once():
    whole = optimal_control(ControlProblem(WELL, WELL, LINE, time=1.0, beta=2.0), n_times=9, levels=1)
    middle = whole.plain[4]
    first = optimal_control(ControlProblem(WELL, middle, LINE, time=0.5, beta=2.0), n_times=5, levels=1)
    np.testing.assert_allclose(first.plain[0], whole.plain[0], rtol=1e-12)


def test_constants_commute_and_order_is_kept():
    plain = optimal_control(ControlProblem(WELL, WELL, LINE, time=1.0, beta=2.0), n_times=5, levels=1).plain
    moved = optimal_control(ControlProblem(WELL, WELL.on(LINE) + 3.0, LINE, time=1.0, beta=2.0), n_times=5, levels=1)
    np.testing.assert_allclose(moved.plain, plain + 3.0, rtol=1e-12)
    tilted = WELL.on(LINE) + np.maximum(LINE.axes[0], 0.0)
    above = optimal_control(ControlProblem(WELL, tilted, LINE, time=1.0, beta=2.0), n_times=5, levels=1).plain
    assert (above > plain - 1e-13).all()


def test_separable_problems_add_up_in_two_dimensions():
    plane, facts = pdeopt.landscapes.double_well(2), {"time": 1.0, "beta": 2.0}
    grid = Grid((-2.5, -2.5), (2.5, 2.5), (26, 26))
    control = optimal_control(ControlProblem(plane, plane, grid, **facts), n_times=7, levels=1)
    line = optimal_control(ControlProblem(WELL, WELL, Grid(-2.5, 2.5, 26), **facts), n_times=7, levels=1)
    np.testing.assert_allclose(control.plain, line.plain[:, :, None] + line.plain[:, None, :], atol=1e-12)
    slopes = control.feedback(0.3, (-0.7, 1.1))
    np.testing.assert_allclose(slopes, [line.feedback(0.3, x)[0] for x in (-0.7, 1.1)], atol=1e-6)


@pytest.mark.slow
def test_two_double_wells_have_the_sum_of_the_published_values():
    plane = pdeopt.landscapes.double_well(2)
    grid = Grid((-3.0, -3.0), (3.0, 3.0), (61, 61))
    control = optimal_control(ControlProblem(plane, plane, grid, time=1.0, beta=2.0), n_times=9)
    assert abs(control.at((-1.5, 0.0)) - 0.0829054402401 - 0.112509794821) < 1e-8


def test_a_periodic_problem_is_that_of_its_cole_hopf_transform():
    grid = Grid(0.0, 2.0 * np.pi, 128, periodic=True)
    control = optimal_control(
        ControlProblem(None, lambda x: -np.log(1.0 + 0.9 * np.cos(2.0 * x)), grid, time=0.25, beta=1.0), n_times=9
    )
    assert abs(control.at(1.3) - 0.6306539448303637185) < 1e-8
    assert abs(control.feedback(0.0, 1.3)[0] - 1.057412932643588255) < 1e-4
    assert not control.wall_probability.any()


def test_iteration_over_policies_finds_the_same_value():
    problem = ControlProblem(WELL, lambda x: (x - 1.0) ** 2, Grid(-3.0, 3.0, 61), time=1.0, beta=2.0)
    found, linear = policy_iteration(problem, n_steps=16), optimal_control(problem, n_times=9)
    middle = np.abs(problem.grid.axes[0]) < 1.6
    missed = np.abs(found.values - linear.values[0])
    assert missed[middle].max() < 2.0 * found.error[middle].max()
    assert missed[middle].max() < 3e-3
    falls = [np.abs(plain - linear.values[0])[middle].mean() for plain in found.plain]
    assert 1.7 < falls[0] / falls[1] < 2.3
    assert 1.8 < falls[1] / falls[2] < 2.2


def test_a_discount_acts_as_riccati_says():
    def slopes(_, y):
        return -2.0 * y[0] - y[0] ** 2 - 0.5 * y[0], y[0] / 4.0 - 0.5 * y[1]

    problem = ControlProblem(bowl(1.0), bowl(3.0), Grid(-4.0, 4.0, 41), time=0.8, beta=2.0)
    p, q = solve_ivp(slopes, (0.0, 0.8), [3.0, 0.0], rtol=1e-12, atol=1e-12).y[:, -1]
    found = policy_iteration(problem, n_steps=12, discount=0.5)
    assert abs(found.at(1.0) - 0.5 * p - q) < 4e-3


def test_a_policy_pushes_downhill_on_the_steeper_side():
    matrix, effort = improved_policy(np.array([0.0, 1.0, 4.0, 3.0]), Grid(0.0, 3.0, 4))
    np.testing.assert_allclose(effort, [0.0, 0.5, 4.5, 0.0])
    expected = np.zeros((4, 4))
    expected[1, :2], expected[2, 1:3] = (1.0, -1.0), (3.0, -3.0)
    np.testing.assert_allclose(matrix.toarray(), expected)
