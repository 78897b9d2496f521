"""What is wrong with the functions of a system is said before a run, with a form that works."""

import re

import numba
import numpy as np
import pytest

from pdeopt import SDE, landscapes, langevin, overdamped_langevin
from pdeopt.systems import check_system

COMPILED_ONLY = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")


def unit(t, x):
    return 1.0


def units(t, x):
    return (1.0, 1.0)


def rotation(t, x):
    return (x[1], -x[0])


def fill_nothing(t, x, out):
    pass


def definition(message):
    """Return the function that an error message proposes."""
    found = re.search(r"def (\w+)(\(.*?\): .*)\.$", message)
    namespace = {}
    exec(f"def proposed{found[2]}", namespace)
    return {found[1]: namespace["proposed"]}


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"drift": unit, "dim": 2}, "drift returns a float, but dim=2 .* needs a tuple of 2 floats"),
        ({"drift": lambda t, x: (x,)}, "drift returns a tuple of 1 floats, but dim=1 .* needs a float"),
        (
            {"drift": rotation, "dim": 2, "noise": "general", "n_noise": 3},
            "noise='general' and n_noise=3 needs a tuple of 2 rows of 3 floats",
        ),
        ({"diffusion": units, "noise": "general", "n_noise": 3}, "diffusion returns a tuple of 2 floats"),
        ({"drift": rotation, "dim": 2, "diffusion": unit}, "diffusion returns a float, but dim=2"),
        ({"diffusion_jacobian": units}, "diffusion_jacobian returns a tuple of 2 floats"),
    ],
)
def test_a_result_of_the_wrong_shape_is_refused_and_the_advice_works(facts, says, compiled):
    given = {"drift": unit, "diffusion": unit} | facts
    if given.get("dim") == 2:
        given = {"diffusion": units} | facts
    with pytest.raises(ValueError, match=says) as refusal:
        check_system(SDE(**given), compiled=compiled)
    check_system(SDE(**(given | definition(str(refusal.value)))), compiled=compiled)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize(
    ("drift", "says"),
    [
        (lambda t, x: np.array([x[1], x[0]]), r"drift returns an array of shape \(2,\), not a tuple of 2 floats"),
        (lambda t, x: [x[1], x[0]], "drift returns list"),
        (lambda t, x: None, "drift returns None, not a tuple of 2 floats"),
    ],
)
def test_a_result_of_the_wrong_kind_is_refused_and_the_advice_works(drift, says, compiled):
    with pytest.raises(TypeError, match=says) as refusal:
        check_system(SDE(drift, units, dim=2), compiled=compiled)
    check_system(SDE(definition(str(refusal.value))["drift"], units, dim=2), compiled=compiled)


@COMPILED_ONLY
@pytest.mark.parametrize("drift", [lambda t, x: -x, lambda t, x: x.real.nothing, lambda t, x: (x[2], x[0])])
def test_what_numba_refuses_is_passed_on_briefly_and_the_advice_works(drift):
    with pytest.raises(TypeError, match="drift cannot be compiled by Numba for x as a tuple of 2 floats") as refusal:
        check_system(SDE(drift, units, dim=2))
    assert len(str(refusal.value)) < 500
    check_system(SDE(definition(str(refusal.value))["drift"], units, dim=2))


@pytest.mark.parametrize("compiled", [True, False])
def test_a_result_that_is_not_finite_is_refused_with_its_place(compiled):
    system = SDE(lambda t, x: np.log(x), unit)
    with pytest.raises(ValueError, match=r"drift is nan at t=0.5, x=-1.0, which is not finite. Start at another x0"):
        check_system(system, -1.0, time=0.5, compiled=compiled)
    check_system(system, 1.0, compiled=compiled)


def test_a_function_that_fails_is_named():
    with pytest.raises(ValueError, match=r"drift fails at t=0.0, x=0.0: ZeroDivisionError"):
        check_system(SDE(lambda t, x: 1.0 / x, unit), compiled=False)


def test_an_array_that_is_not_filled_is_refused():
    with pytest.raises(ValueError, match=r"drift is .*nan.* Fill every entry of out") as refusal:
        check_system(SDE(fill_nothing, fill_nothing, dim=9))
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("x0", [(0.5, 1.0), [[0.5, 1.0], [np.nan, 0.0]]])
def test_the_first_of_several_starting_points_is_used(x0):
    check_system(SDE(rotation, units, dim=2), x0)


@pytest.mark.parametrize(
    ("x0", "says"),
    [((1.0, 2.0, 3.0), r"x0 has shape \(3,\), but the system has dim=2"), (np.empty((0, 2)), "and no point")],
)
def test_a_start_of_the_wrong_shape_is_refused_and_the_advice_works(x0, says):
    system = SDE(rotation, units, dim=2)
    with pytest.raises(ValueError, match=says) as refusal:
        check_system(system, x0)
    check_system(system, eval(re.search(r"x0=(\(.*\))\.", str(refusal.value))[1]))


@pytest.mark.parametrize("make", [overdamped_langevin, langevin])
@pytest.mark.parametrize("dim", [1, 2, 9])
def test_dynamics_in_landscapes_pass(make, dim):
    check_system(make(landscapes.double_well(dim)))
