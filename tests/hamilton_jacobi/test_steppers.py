"""Explicit steppers as data, and the march through time."""

import numpy as np
import pytest
import reference_tableaux as tableaux

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.hamilton_jacobi.finite_differences.control import Control
from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK33, SSPRK104, Euler, Heun
from pdeopt.hamilton_jacobi.finite_differences.imex import ARS222
from pdeopt.hamilton_jacobi.finite_differences.limits import Limits
from pdeopt.hamilton_jacobi.finite_differences.march import March
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov, LaxFriedrichs
from pdeopt.hamilton_jacobi.finite_differences.weno import WENO5
from pdeopt.hamilton_jacobi.standard_problems import standard_problem

STAGES = {Euler(): 1, Heun(): 2, SSPRK33(): 3, SSPRK104(): 10}
steppers = pytest.mark.parametrize("stepper", STAGES, ids=lambda stepper: stepper.name)
GRID = pdeopt.Grid(-1.0, 1.0, 128, periodic=True)
ANGLES = np.linspace(0.0, 2.0 * np.pi, 801)


def wave_problem():
    return pdeopt.HamiltonJacobi(-np.cos(np.pi * GRID.axes[0]), GRID, viscosity=0.05)


def started(stepper, scheme=None, **settings):
    return March(wave_problem(), scheme or WENO5(diffusion="three-point"), stepper, **settings)


def went(march, *times):
    for end in times:
        for _ in march.to(end):
            pass
    return march.values.copy()


def in_equal_steps(stepper, n, time=0.15):
    march = started(SSPRK104())
    for k in range(n):
        stepper.step(march.operator, march.fields, k * time / n, time / n)
    return march.values.copy()


@steppers
def test_order_conditions_hold_up_to_the_claimed_order(stepper):
    matrix, weights, _ = tableaux.butcher(stepper, STAGES[stepper])
    np.testing.assert_allclose(tableaux.conditions(weights, [matrix], stepper.order), 0.0, atol=1e-14)


@steppers
def test_stages_are_evaluated_at_their_times(stepper):
    matrix, _, times = tableaux.butcher(stepper, STAGES[stepper])
    np.testing.assert_allclose(matrix.sum(axis=1), times, atol=1e-15)


@steppers
def test_ssp_coefficient_is_that_of_kraaijevanger(stepper):
    matrix, weights, _ = tableaux.butcher(stepper, STAGES[stepper])
    assert tableaux.is_absolutely_monotonic(matrix, weights, stepper.ssp * (1.0 - 1e-9))
    assert not tableaux.is_absolutely_monotonic(matrix, weights, 1.001 * stepper.ssp)


@pytest.mark.parametrize("stepper", [SSPRK33(), SSPRK104()], ids=lambda stepper: stepper.name)
@pytest.mark.parametrize("viscous", [0.0, 0.3, 0.7, 1.0])
def test_fifth_order_slopes_with_viscosity_are_linearly_stable_at_the_bound(stepper, viscous):
    matrix, weights, _ = tableaux.butcher(stepper, STAGES[stepper])
    wave = np.exp(1j * np.outer(range(-3, 4), ANGLES))
    slope = np.array([-2.0, 15.0, -60.0, 20.0, 30.0, -3.0, 0.0]) @ wave / 60.0
    bend = np.array([2.0, -27.0, 270.0, -490.0, 270.0, -27.0, 2.0]) @ wave / 180.0
    # Of the rate one part is of slopes, the other of viscosity: 2 nu / h^2 times the stiffness.
    step = stepper.largest_step(Limits(1.0, 1.0 - viscous, np.ones(1), np.zeros((1, 2))), 5)
    z = step * (-(1.0 - viscous) * slope + viscous / 2.0 / WENO5().stiffness * bend)
    assert np.abs(tableaux.amplification(matrix, weights, z)).max() <= 1.0 + 1e-12


@pytest.mark.parametrize("stepper", [Heun(), SSPRK33()], ids=lambda stepper: stepper.name)
def test_estimate_is_the_difference_to_a_solution_of_the_embedded_order(stepper):
    s = STAGES[stepper]
    matrix, _, _ = tableaux.butcher(stepper, s)
    recorder, fields = tableaux.run(stepper, s)
    new, old = fields[0].copy(), fields[1].copy()
    lower = (new - stepper.estimate(fields))[1 : s + 1]
    np.testing.assert_array_equal(old, recorder.start())
    np.testing.assert_allclose(tableaux.conditions(lower, [matrix], stepper.embedded), 0.0, atol=1e-14)
    assert np.abs(tableaux.conditions(lower, [matrix], stepper.embedded + 1)).max() > 0.1


@steppers
def test_registers_are_as_many_as_claimed_and_stay_apart(stepper):
    _, fields = tableaux.run(stepper, STAGES[stepper])
    assert len({id(field) for field in fields}) == stepper.n_registers
    assert stepper.n_registers <= {"euler": 2}.get(stepper.name, 3)


@pytest.mark.parametrize(
    ("stepper", "counts"),
    [(Heun(), [54, 76, 107, 152]), (SSPRK33(), [54, 76, 107, 152]), (SSPRK104(), [19, 27, 38, 54])],
    ids=lambda value: getattr(value, "name", ""),
)
def test_steppers_converge_with_their_order_to_the_semidiscrete_solution(stepper, counts):
    # At these short steps viscosity keeps Heun's method stable.
    exact = in_equal_steps(SSPRK104(), 500, 0.05)
    errors = [np.abs(in_equal_steps(stepper, n, 0.05) - exact).max() for n in counts]
    found = observed_order(1.0 / np.array(counts), errors, rounding=1e-15)
    assert found.admits(stepper.order), str(found)
    assert found.bar < 0.1


def test_march_lands_on_given_times_and_ends_where_one_leap_ends():
    march, times = started(SSPRK33()), []
    for end in (0.01, 0.0123456, 0.03):
        for _ in march.to(end):
            pass
        times.append(march.t)
    assert times == [0.01, 0.0123456, 0.03]
    np.testing.assert_allclose(march.values, went(started(SSPRK33()), 0.03), rtol=0.0, atol=1e-8)


def test_march_lands_on_a_time_that_is_not_the_sum_of_its_steps():
    end = 2.0**-6
    assert 49 * (end / 49) != end
    march = started(SSPRK33(), step=end / 49)
    went(march, end)
    assert (march.t, march.n_steps) == (end, 49)


def test_step_above_the_bound_is_refused_and_the_one_advised_is_accepted():
    bound = started(Euler(), Godunov()).largest_step(started(Euler(), Godunov())._limits())
    slope = np.abs(np.diff(wave_problem().initial_values)).max() / GRID.spacing[0]
    h = GRID.spacing[0]
    assert bound == pytest.approx(1.0 / (slope / h + 2.0 * 0.05 / h**2), rel=1e-12)
    with pytest.raises(ValueError, match="is above") as caught:
        started(Euler(), Godunov(), step=1.2 * bound)
    advised = float(str(caught.value).split("Use step=")[1].split(",")[0])
    assert 0.99 * bound < advised <= bound
    march = started(Euler(), Godunov(), step=advised)
    went(march, 10.5 * advised)
    assert march.n_steps == 11


def test_error_stays_below_the_tolerance_and_steps_grow_with_its_root():
    exact, counts = in_equal_steps(SSPRK104(), 400), []
    for tolerance in (1e-4, 1e-6):
        march = started(SSPRK33(), tolerance=tolerance)
        assert np.abs(went(march, 0.15) - exact).max() <= 0.15 * tolerance
        counts.append(march.n_steps)
    assert 7.0 < counts[1] / counts[0] < 11.0


def test_step_that_errs_too_much_is_taken_back_and_counted():
    march = started(SSPRK33(), tolerance=1e-10)
    start = march.values.copy()
    next(march.to(0.001))
    assert march.n_rejected > 0
    assert march.n_steps == 1
    assert 0.0 < np.abs(march.values - start).max() < 10.0 * march.t


@pytest.mark.parametrize("tolerance", [None, 1e-7])
def test_march_goes_on_from_its_state_to_the_bit(tolerance):
    whole, half, again = (started(SSPRK33(), tolerance=tolerance) for _ in range(3))
    expected = went(whole, 0.02, 0.04)
    went(half, 0.02)
    again.restore(half.values.copy(), half.state)
    np.testing.assert_array_equal(went(again, 0.04), expected)
    assert again.state == whole.state


def test_ranges_of_slopes_that_local_speeds_were_told_of_are_part_of_the_state():
    problem = standard_problem("b3").on(40)
    whole, half, again = (March(problem, LaxFriedrichs(), Euler()) for _ in range(3))
    expected = went(whole, 0.5, 3.0)
    went(half, 0.5)
    again.restore(half.values.copy(), half.state)
    np.testing.assert_array_equal(went(again, 3.0), expected)
    assert again.n_steps == whole.n_steps


@pytest.mark.parametrize(
    ("told", "inside"), [((-1.0, 2.0), True), ((-3.0, 4.0), True), ((-0.9, 2.0), False), ((-1.0, 1.9), False)], ids=str
)
def test_slopes_lie_in_ranges_that_hold_both_their_ends(told, inside):
    found, known = (Limits(1.0, 1.0, np.ones(2), np.array([one, (0.0, 0.0)])) for one in ((-1.0, 2.0), told))
    assert found.lie_in(known.extra) == inside


def test_euler_with_fifth_order_slopes_is_refused():
    with pytest.raises(ValueError, match="stepper='ssprk33'"):
        started(Euler())


def test_tolerance_needs_a_stepper_with_an_estimate_and_must_be_positive():
    with pytest.raises(ValueError, match=r"tolerance=0\.001 needs an error estimate"):
        started(ARS222(), tolerance=1e-3)
    with pytest.raises(ValueError, match="tolerance=-1 must be positive"):
        started(SSPRK33(), tolerance=-1.0)


def test_controller_finds_the_step_whose_error_is_the_tolerance():
    control, dt = Control(1e-3, 2), 1.0
    for _ in range(30):
        control, _ = control.after(dt, 7.0 * dt**3, dt)
        dt = control.step
    assert 7.0 * dt**2 == pytest.approx(1e-3, rel=0.6)
    assert 7.0 * dt**2 < 1e-3


def test_error_that_grows_shortens_the_next_step_by_the_proportional_part():
    # Gustafsson, Lundh and Soderlind: dt (tolerance / r)^(0.3 / k) (r before / r)^(0.4 / k).
    (steady, _), (growing, _) = (Control(1e-3, 2, last=last).after(0.1, 5e-5, 0.1) for last in (0.5, 0.1))
    assert growing.step / steady.step == pytest.approx((0.1 / 0.5) ** (0.4 / 2), rel=1e-12)


@pytest.mark.parametrize(("error", "factor"), [(0.0, 3.0), (1e9, 0.2), (np.inf, 0.2), (np.nan, 0.2)])
def test_step_grows_threefold_and_shrinks_to_a_fifth_at_most_also_where_its_error_is_no_number(error, factor):
    control, accepted = Control(1e-3, 2).after(0.1, error, 0.1)
    assert control.step == pytest.approx(factor * 0.1)
    assert accepted == (error == 0.0)


def test_short_step_before_an_output_time_does_not_shorten_those_after():
    control, accepted = Control(1e-3, 2, step=0.01).after(1e-5, 0.0, 0.01)
    assert accepted
    assert control.step >= 0.01
