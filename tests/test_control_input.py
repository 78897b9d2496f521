"""What control refuses, and that the advice works."""

import math
import re

import numpy as np
import pytest

import pdeopt
from pdeopt import Grid
from pdeopt.control import (
    ControlProblem,
    controlled_law,
    cost_inequality,
    mean_field_control,
    optimal_control,
    policy_iteration,
    simulated_inequality,
)

WELL = pdeopt.landscapes.double_well()
LINE = Grid(-3.0, 3.0, 61)


def problem(**changes):
    facts = {"landscape": WELL, "terminal": WELL, "grid": LINE, "time": 1.0, "beta": 2.0} | changes
    return ControlProblem(facts.pop("landscape"), facts.pop("terminal"), facts.pop("grid"), **facts)


@pytest.fixture(scope="module")
def steered():
    return optimal_control(problem(), n_times=5, levels=1)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"beta": math.inf}, ValueError, r"beta=inf has no noise.*pdeopt\.relax"),
        ({"beta": -1.0}, ValueError, r"beta=-1\.0 must be one number, positive and finite.*beta=2\.0"),
        ({"time": 0.0}, ValueError, r"time=0\.0 must be one number, positive.*time=1\.0"),
        ({"time": math.nan}, ValueError, "time=nan"),
        ({"grid": (0.0, 1.0)}, TypeError, "not a Grid"),
        ({"grid": Grid(0.0, 1.0, 3)}, ValueError, r"shape \(3,\): every axis needs at least 4"),
        ({"grid": Grid((0.0,) * 4, (1.0,) * 4, (4,) * 4)}, ValueError, "4 axes"),
        ({"landscape": math.cos}, TypeError, "not a Landscape"),
        ({"landscape": pdeopt.landscapes.double_well(2)}, ValueError, "landscape has dim=2, but the grid has 1 axes"),
        ({"terminal": np.zeros(7)}, ValueError, r"terminal has shape \(7,\), but the grid has shape \(61,\)"),
        ({"terminal": np.full(61, np.inf)}, ValueError, r"terminal is inf at node \(0,\)"),
        ({"running": np.full(61, np.nan)}, ValueError, r"running is nan at node \(0,\): costs must be finite"),
        ({"terminal": "a"}, TypeError, r"terminal='a' is neither a number nor an array of them. Use 0\.5, an array"),
        ({"boundary": "open"}, ValueError, "'open' is not known: use one of 'free', 'reflecting'"),
        ({"rates": "best"}, ValueError, "rates='best' is not known"),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(changes, error, words):
    with pytest.raises(error, match=words):
        optimal_control(problem(**changes), n_times=5, levels=1)


def test_a_grid_that_everybody_leaves_is_refused_and_the_wider_one_works():
    narrow = problem(landscape=None, grid=Grid(-1.0, 1.0, 21))
    with pytest.raises(ValueError, match="is left before time=1 with probability") as caught:
        optimal_control(narrow, n_times=9, levels=1)
    ends = re.search(r"Use pdeopt\.Grid\(\((.*?),\), \((.*?),\), \((\d+),\)\)", str(caught.value))
    wider = Grid(float(ends[1]), float(ends[2]), int(ends[3]))
    assert wider.spacing == pytest.approx(narrow.grid.spacing)
    assert optimal_control(problem(landscape=None, grid=wider), n_times=9, levels=1).wall_probability[0].min() < 0.01
    walls = problem(landscape=None, grid=narrow.grid, boundary="reflecting")
    assert not optimal_control(walls, n_times=9, levels=1).wall_probability.any()


def test_a_grid_too_coarse_for_beta_is_refused_and_the_finer_one_works():
    sharp = problem(landscape=None, terminal=lambda x: 1.5 * x * x, time=0.5, beta=40.0)
    with pytest.raises(ValueError, match=r"terminal changes by .* Use shape >= \((\d+),\)") as caught:
        optimal_control(sharp)
    nodes = int(re.search(r"shape >= \((\d+),\)", str(caught.value))[1])
    fine = ControlProblem(None, sharp.terminal, Grid(-3.0, 3.0, nodes), time=0.5, beta=40.0)
    control = optimal_control(fine, n_times=9)
    assert abs(control.at(0.1) - (0.006 + math.log(2.5) / 80.0)) < control.error[0, nodes // 2] < 0.01


def test_work_that_nobody_waits_for_is_refused():
    with pytest.raises(ValueError, match=r"takes .* multiplications, above the limit .* Use shape <="):
        optimal_control(problem(grid=Grid(-3.0, 3.0, 100_001)), n_times=5, levels=1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: optimal_control(c.problem, n_times=3), "n_times=3 must be a whole number of at least 4"),
        (lambda c: optimal_control(c.problem, levels=0), "levels=0 must be 1, 2 or 3"),
        (lambda c: c.feedback(1.5, 0.0), r"t=1\.5 must lie between 0 and the horizon"),
        (lambda c: c.feedback(0.5, 4.0), r"x has \[4\.\] outside the grid"),
        (lambda c: c.feedback(0.5, math.nan), "x has .*nan.* outside the grid"),
        (lambda c: c.at((0.0, 1.0, 7.0)), r"x has \[7\.\] outside the grid"),
        (lambda c: cost_inequality(c, 2.95), "too near the ends of the grid"),
        (lambda c: cost_inequality(c, (0.0, 1.0)), "use one point of 1 coordinates"),
        (lambda c: controlled_law(c, 0.123), r"not a node of the grid; the nearest one is \[0\.1\]"),
        (lambda c: controlled_law(c, lambda x: -1.0), "must not be negative"),
        (lambda c: controlled_law(c, lambda x: 0.0), "not vanish everywhere"),
        (lambda c: controlled_law(c, 3.0), "initial leaves the grid"),
        (lambda c: policy_iteration(c.problem, n_steps=0), "n_steps=0 must be a whole number"),
        (lambda c: policy_iteration(c.problem, discount=-1.0), r"discount=-1\.0 must be one number, at least 0"),
    ],
)
def test_an_argument_out_of_range_is_named(steered, call, words):
    with pytest.raises(ValueError, match=words):
        call(steered)


def test_paths_refuse_a_running_cost():
    control = optimal_control(problem(running=1.0), n_times=5, levels=1)
    with pytest.raises(ValueError, match=r"running cost, which paths do not sum up\. Use"):
        simulated_inequality(control, 0.0)
    assert abs(cost_inequality(control, 0.0).slack.value - 0.009566991204) < 1e-3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"damping": 1.5}, r"damping=1\.5 is the share of the new law, at most 1"),
        ({"damping": 0.0}, r"damping=0\.0 must be one number, positive"),
        ({"max_iterations": 2}, r"max_iterations=2 with damping=0\.5 end at a residual of .* Use damping=0\.25"),
        ({"coupling": lambda grid, density: density[:-1]}, r"coupling has shape \(60,\)"),
        ({"coupling": lambda grid, density: density + np.nan}, "coupling is nan"),
    ],
)
def test_an_equilibrium_that_is_not_found_is_an_error(changes, words):
    settings = {"coupling": lambda grid, density: density, "levels": 1, "n_times": 5} | changes
    with pytest.raises(ValueError, match=words):
        mean_field_control(problem(), settings.pop("coupling"), 0.0, **settings)
