"""Wrong regions, and the advice that messages give."""

import numpy as np
import pytest

import pdeopt
from pdeopt.sde import Exit


def still(t, x):
    return 0.0


def unit(t, x):
    return 1.0


LINE = pdeopt.SDE(still, unit, noise="additive")


def run(event, x0=0.0):
    return pdeopt.simulate(LINE, x0, step=0.1, n_steps=1, n_paths=2, exit=event, progress=False)


@pytest.mark.parametrize("given", [{}, {"lower": 0.0, "level": unit}])
def test_a_region_is_a_box_or_a_level(given):
    with pytest.raises(ValueError, match=r"Use Exit\(lower=-1.0, upper=1.0\), or Exit\(level=function\)"):
        Exit(**given)


def test_a_gradient_needs_its_level():
    with pytest.raises(ValueError, match="level_gradient is given without a level"):
        Exit(lower=0.0, level_gradient=unit)


def test_a_level_is_a_function():
    with pytest.raises(TypeError, match=r"level=2.0 is not a function. Use a function of \(t, x, \*args\)"):
        Exit(level=2.0)


def test_another_object_is_no_exit():
    with pytest.raises(TypeError, match=r"exit=\(-1, 1\) is not an Exit. Use exit=pdeopt.sde.Exit"):
        run((-1, 1))


def test_an_empty_box_is_refused_and_the_advice_works():
    with pytest.raises(ValueError, match="lower=1 is not below upper=-1 in coordinate 0") as error:
        run(Exit(1.0, -1.0))
    assert "lower=-2, upper=2" in str(error.value)
    run(Exit(-2.0, 2.0))


@pytest.mark.parametrize("corner", [np.nan])
def test_a_corner_that_is_no_number_is_refused(corner):
    with pytest.raises(ValueError, match="lower=nan is not below upper"):
        run(Exit(lower=corner))


@pytest.mark.parametrize("start", [1.0, 1.5])
def test_a_start_outside_or_on_a_face_is_refused(start):
    with pytest.raises(ValueError, match=rf"coordinate 0 is {start:g}, not between lower=-1 and upper=1"):
        run(Exit(-1.0, 1.0), start)


def test_the_path_that_starts_outside_is_named():
    with pytest.raises(ValueError, match=r"x0\[1\]=\[3.\] is not inside"):
        run(Exit(-1.0, 1.0), [[0.0], [3.0]])


def test_a_start_where_the_level_is_not_positive_is_refused():
    with pytest.raises(ValueError, match=r"x0\[0\]=\[2.\] is not inside: level=-1 there"):
        run(Exit(level=lambda t, x: 1.0 - x), 2.0)


def test_a_level_that_returns_something_else_is_refused():
    with pytest.raises(TypeError, match=r"Use a function of .* that returns a float, positive inside"):
        run(Exit(level=lambda t, x: (x, x)))


def test_a_level_of_other_arguments_is_refused():
    with pytest.raises(TypeError, match="failed"):
        run(Exit(level=lambda x: x))


def test_a_box_of_another_dimension_is_refused():
    with pytest.raises(ValueError, match=r"lower of shape \(2,\) does not fit a system of 1 coordinates"):
        run(Exit(lower=(0.0, 0.0)))


def test_a_box_for_langevin_dynamics_has_the_shape_of_the_positions():
    system = pdeopt.langevin(pdeopt.landscapes.get("himmelblau"))
    with pytest.raises(ValueError, match=r"does not fit a system of 2 positions. Use a number, or shape \(2,\)"):
        Exit(lower=(0.0, 0.0, 0.0)).corners(system)
    lower, upper = Exit(-1.0, (1.0, 2.0)).corners(system)
    np.testing.assert_array_equal(lower, [-1.0, -1.0, -np.inf, -np.inf])
    np.testing.assert_array_equal(upper, [1.0, 2.0, np.inf, np.inf])
