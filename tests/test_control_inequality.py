"""What control gains: all terms of the inequality, from the equations and from paths."""

import numpy as np
import pytest
from scipy.integrate import simpson

import pdeopt
from pdeopt import Grid
from pdeopt.control import ControlProblem, cost_inequality, optimal_control, simulated_inequality

WELL = pdeopt.landscapes.double_well()
BOWL, STEEP = pdeopt.landscapes.quadratic(1.0), pdeopt.landscapes.quadratic(3.0)
PUBLISHED = {
    "free": 0.980689553983966225,
    "controlled": 0.277366584516691103,
    "effort": 0.229552910380907431,
    "slack": 0.473770059086367691,
    "value": 0.506919494897598534,
}


def to_the_right(x):
    return (x - 1.0) ** 2


@pytest.fixture(scope="module")
def steered():
    return optimal_control(ControlProblem(BOWL, STEEP, Grid(-6.0, 6.0, 121), time=0.8, beta=2.0))


def test_a_quadratic_problem_has_the_published_terms(steered):
    found = cost_inequality(steered, 1.5)
    for name, term in found.terms.items():
        assert abs(term.value - PUBLISHED[name]) < 1e-8
        assert abs(term.value - PUBLISHED[name]) < term.error < 3e-7


@pytest.mark.parametrize(
    ("terminal", "x0", "free", "value"),
    [
        (WELL, 0.0, 0.1220767860245, 0.112509794821),
        (WELL, -1.5, 0.0959173939364, 0.0829054402401),
        (to_the_right, 0.0, 1.574532298082, 0.533002291941),
        (to_the_right, -1.5, 3.84253428672, 2.11704564387),
    ],
)
def test_double_wells_have_the_published_terms(terminal, x0, free, value):
    control = optimal_control(ControlProblem(WELL, terminal, Grid(-3.0, 3.0, 121), time=1.0, beta=2.0), n_times=5)
    found = cost_inequality(control, x0)
    assert abs(found.free.value / free - 1.0) < 1e-8
    assert abs(found.value.value / value - 1.0) < 1e-8
    assert abs(found.slack.value - (free - value)) < 1e-8
    assert abs(found.controlled.value + found.effort.value - value) < 1e-8 * value


def test_the_effort_is_the_integral_of_the_squared_feedback_over_the_law(steered):
    law = pdeopt.control.controlled_law(steered, 1.5)
    squares = 0.5 * (law.values * law.volumes * steered.gradient[..., 0] ** 2).sum(axis=1)
    assert abs(simpson(squares, x=law.times) - PUBLISHED["effort"]) < 2e-5
    assert abs(law.effort - PUBLISHED["effort"]) < 1e-8


def test_with_a_running_cost_the_terms_are_those_of_gaussian_laws():
    running = pdeopt.landscapes.quadratic(0.8)
    control = optimal_control(
        ControlProblem(BOWL, STEEP, Grid(-5.0, 5.0, 201), time=0.8, beta=2.0, running=running), n_times=33
    )
    found = cost_inequality(control, 1.5)
    decay, t = np.exp(-0.8), 0.8
    second = 1.5**2 * decay**2 + 0.25 * (1.0 - decay**2)
    integral = 1.5**2 * (1.0 - decay**2) / 2.0 + 0.25 * (t - (1.0 - decay**2) / 2.0)
    assert abs(found.free.value - 1.5 * second - 0.4 * integral) < 1e-8
    law = pdeopt.control.controlled_law(control, 1.5)
    along = law.expectation(running)
    summed = simpson(along, x=law.times)
    assert abs(found.controlled.value - law.expectation(STEEP)[-1] - summed) < 1e-5


def test_without_gain_there_is_no_slack():
    control = optimal_control(ControlProblem(WELL, 2.5, Grid(-3.0, 3.0, 61), time=1.0, beta=2.0), n_times=5)
    found = cost_inequality(control, 0.0)
    assert abs(found.free.value - 2.5) < 1e-12
    assert max(abs(found.slack.value), abs(found.effort.value)) < 1e-11


def test_paths_of_one_noise_agree_with_the_equations(steered):
    found = simulated_inequality(steered, 1.5, n_paths=4000, n_steps=400, method="euler-maruyama", seed=1)
    for name, term in found.terms.items():
        assert abs(term.value - PUBLISHED[name]) < 3.0 * term.error
    assert "4000 pairs of paths" in str(found)


@pytest.mark.slow
@pytest.mark.parametrize("x0", [0.0, -1.5])
def test_many_paths_in_a_double_well_agree_with_the_equations(x0):
    control = optimal_control(ControlProblem(WELL, to_the_right, Grid(-3.5, 3.5, 141), time=1.0, beta=2.0))
    exact = cost_inequality(control, x0)
    found = simulated_inequality(control, x0, n_paths=200_000, n_steps=200, seed=3)
    for name, term in found.terms.items():
        assert abs(term.value - exact.terms[name].value) < 3.0 * term.error


@pytest.mark.slow
def test_paths_in_two_dimensions_agree_with_the_equations():
    plane, goal = pdeopt.landscapes.double_well(2), pdeopt.landscapes.quadratic(1.0, (1.0, 0.5), dim=2)
    grid = Grid((-3.0, -3.0), (3.0, 3.0), (61, 61))
    control = optimal_control(ControlProblem(plane, goal, grid, time=1.0, beta=2.0), n_times=33, levels=2)
    exact = cost_inequality(control, (-1.0, 0.0))
    found = simulated_inequality(control, (-1.0, 0.0), n_paths=100_000, n_steps=100, seed=5)
    for name, term in found.terms.items():
        assert abs(term.value - exact.terms[name].value) < 3.0 * term.error


def test_the_controlled_equation_alone_has_the_paths_of_the_pair(steered):
    alone = pdeopt.simulate(steered.system, 1.5, step=0.008, n_steps=100, n_paths=50, seed=1)
    pair = simulated_inequality(steered, 1.5, n_paths=50, n_steps=100, method="euler-maruyama", seed=1)
    assert abs(1.5 * (alone.final[:, 0] ** 2).mean() - pair.controlled.value) < 1e-13


def test_the_table_shows_every_term(steered):
    lines = str(cost_inequality(steered, 1.5)).splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["free", "controlled", "effort", "slack", "value"]
    assert lines[0] == "from x = 1.5: equations on 121 nodes, 3 grids"
