"""The record of a solution: what it holds, how far it may be off, and why a run ended."""

import os
import signal

import numba
import numpy as np
import pytest

import pdeopt
from pdeopt.hamilton_jacobi import BlowUpError, Hamiltonian, HamiltonJacobiSolution
from pdeopt.hamilton_jacobi.finite_differences.between import spread_out
from pdeopt.hamilton_jacobi.finite_differences.coarser import on_every_second_node
from pdeopt.hamilton_jacobi.finite_differences.explicit import Euler
from pdeopt.hamilton_jacobi.finite_differences.march import March
from pdeopt.hamilton_jacobi.finite_differences.methods import choose
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov

NU = 0.05


def solve(problem, time, **settings):
    """Solve by the kernels that all tests of this file share."""
    return pdeopt.solve_hamilton_jacobi(problem, time, **({"method": "godunov"} | settings))


def wave(n=64, **changes):
    grid = pdeopt.Grid(-1.0, 1.0, n, periodic=True)
    settings = {"viscosity": NU} | changes
    return pdeopt.HamiltonJacobi(-np.cos(np.pi * grid.axes[0]), grid, **settings)


@numba.njit
def ripple(t, x, height, rate):
    return -height * np.cos(np.pi * x) * np.cos(rate * t)


def recorded(values, grid, **changes):
    """Return a record without solving anything."""
    known = {"initial": values, "viscosity": 0.0, "boundary": (("periodic",) * 2,), "method": "m", "stepper": "s"}
    return HamiltonJacobiSolution(values, grid, 0.0, **(known | changes))


@pytest.fixture(scope="module")
def solved():
    return solve(wave(), [0.1, 0.3])


@pytest.fixture
def _interruptible():
    """Ctrl-C interrupts, also where the tests were started in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_values_have_a_leading_axis_for_a_sequence_of_times_alone(solved):
    single = solve(wave(), 0.1)
    assert (solved.values.shape, single.values.shape) == ((2, 64), (64,))
    assert (solved.time.tolist(), single.time) == ([0.1, 0.3], 0.1)
    assert np.array_equal(single.values, solved.values[0])


def test_the_error_estimate_is_the_error_against_cole_hopf_to_a_half(solved):
    exact = pdeopt.relax(wave().initial_values, wave().grid, [0.1, 0.3], 1.0 / (2.0 * NU), boundary="periodic")
    error = np.abs(solved.values - exact.values).max(axis=1)
    np.testing.assert_allclose(solved.error_estimate.max(axis=1), error, rtol=0.5)
    assert solved.error_estimate.shape == solved.values.shape


def test_the_error_estimate_of_an_even_number_of_nodes_between_walls_says_which_number_works():
    problem = pdeopt.HamiltonJacobi(np.zeros(64), pdeopt.Grid(-1.0, 1.0, 64), viscosity=NU)
    with pytest.raises(ValueError, match=r"axis 0 of 64 nodes does not have. Use shape=65 there"):
        _ = solve(problem, 0.0).error_estimate
    fitting = pdeopt.HamiltonJacobi(np.zeros(65), pdeopt.Grid(-1.0, 1.0, 65), viscosity=NU)
    assert solve(fitting, 0.0).error_estimate.max() == 0.0


def test_estimates_of_nodes_between_are_the_larger_of_their_neighbours():
    coarse = np.array([[1.0, 5.0, 2.0], [3.0, 0.0, 4.0]])
    box = pdeopt.Grid((0.0, 0.0), (1.0, 1.0), (4, 5), periodic=(True, False))
    rows = [[1.0, 5.0, 5.0, 5.0, 2.0], [3.0, 5.0, 5.0, 5.0, 4.0], [3.0, 3.0, 0.0, 4.0, 4.0], [3.0, 5.0, 5.0, 5.0, 4.0]]
    np.testing.assert_array_equal(spread_out(coarse, box), rows)
    np.testing.assert_array_equal(spread_out(np.stack([coarse, -coarse]), box)[0], rows)


def test_every_second_node_is_a_grid_of_the_same_box_from_five_nodes_on():
    stretched = pdeopt.Grid.from_axes(np.linspace(0.0, 1.0, 9) ** 2, np.arange(6) / 6.0, periodic=(False, True))
    found = on_every_second_node(pdeopt.HamiltonJacobi(stretched.points()[..., 0], stretched)).grid
    assert (found.shape, found.periodic, found.extent) == ((5, 3), stretched.periodic, stretched.extent)
    np.testing.assert_array_equal(found.axes[0], stretched.axes[0][::2])
    for n, wraps, fitting in ((3, False, 5), (2, True, 4), (5, True, 6), (6, False, 7)):
        line = pdeopt.Grid(0.0, 1.0, n, periodic=wraps)
        with pytest.raises(ValueError, match=rf"Use shape={fitting} there"):
            on_every_second_node(pdeopt.HamiltonJacobi(np.zeros(n), line))
        line = pdeopt.Grid(0.0, 1.0, fitting, periodic=wraps)
        assert on_every_second_node(pdeopt.HamiltonJacobi(np.zeros(fitting), line)).grid.extent == line.extent


def test_steps_of_the_coarser_solution_are_twice_as_long_and_half_as_long_where_they_end_at_output_times():
    found = solve(wave(), 0.1, step=1e-3)
    assert found.coarser(found).largest_step == pytest.approx(2e-3)
    found = solve(wave(), 0.1, stepper="heun", tolerance=1e-2)
    twice = solve(on_every_second_node(wave()), 0.1, stepper="heun", tolerance=2e-2)
    assert np.array_equal(found.coarser(found).values, twice.values)
    found = solve(wave(), [1e-3, 2e-3])
    assert found.n_steps == 2
    assert found.coarser(found).largest_step == pytest.approx(5e-4)


def test_the_gradient_is_of_second_order_up_to_walls_and_around_a_period():
    for grid in (pdeopt.Grid(0.0, 2.0, 200, periodic=True), pdeopt.Grid(0.0, 0.9, 91)):
        x = grid.axes[0]
        found = recorded(np.sin(np.pi * x), grid).gradient[:, 0]
        # The remainder of central differences is h^2 / 6 of the third derivative, at walls twice that.
        np.testing.assert_allclose(found, np.pi * np.cos(np.pi * x), atol=grid.spacing[0] ** 2 / 3.0 * np.pi**3)


@pytest.mark.parametrize(("order", "error"), [(1, 0.02**2 / 8.0 * np.pi**2), (5, 3e-7)])
def test_values_between_nodes_are_linear_or_cubic_and_repeat_over_a_period(order, error):
    grid = pdeopt.Grid((-1.0, 0.0), (1.0, 1.0), (100, 51), periodic=(True, False))
    x, y = np.moveaxis(grid.points(), -1, 0)
    record = recorded(np.stack([np.sin(np.pi * x) * y, y]), grid, order=order)
    points = np.array([[0.313, 0.21], [0.991, 0.5], [1.0, 1.0], [-0.7, 0.0]])
    expected = [np.sin(np.pi * points[:, 0]) * points[:, 1], points[:, 1]]
    np.testing.assert_allclose(record.at(points), expected, atol=error)
    np.testing.assert_allclose(record.at(points + np.array([4.0, 0.0])), record.at(points), atol=1e-12)


def test_cubic_values_do_not_know_where_a_period_begins():
    grid, values = pdeopt.Grid(0.0, 1.0, 40, periodic=True), np.random.default_rng(1).normal(size=40)
    x = np.linspace(0.0, 1.0, 333)
    expected = recorded(values, grid, order=5).at(x)
    for shift in (1, 7, 20):
        found = recorded(np.roll(values, shift), grid, order=5).at(x + shift / 40)
        # What the ends of a spline do wrong falls by 2 - sqrt(3) from node to node, over twelve of them.
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=5.0 * (2.0 - np.sqrt(3.0)) ** 12)


def test_points_outside_the_box_are_refused_with_one_inside():
    record = recorded(np.zeros(5), pdeopt.Grid(0.0, 1.0, 5))
    with pytest.raises(ValueError, match=r"points has \[1\.5\] outside the grid.*such as \[0\.5\]"):
        record.at(1.5)
    assert record.at(0.5) == 0.0


def test_a_saved_solution_loads_with_all_that_was_computed(solved, tmp_path):
    estimate = solved.error_estimate
    again = pdeopt.load(solved.save(tmp_path / "kept"))
    assert str(again) == str(solved)
    assert again.grid == solved.grid
    assert np.array_equal(again.values, solved.values)
    assert np.array_equal(again.error_estimate, estimate)
    assert np.array_equal(again.gradient, solved.gradient)


def test_a_loaded_solution_without_an_estimate_says_so(tmp_path):
    record = pdeopt.load(recorded(np.zeros(5), pdeopt.Grid(0.0, 1.0, 5)).save(tmp_path / "kept.npz"))
    with pytest.raises(ValueError, match="use it before saving"):
        _ = record.error_estimate


def test_a_solution_prints_equation_time_range_steps_and_error(solved):
    _ = solved.error_estimate
    text = str(solved)
    assert "|p|^2 / 2, viscosity 0.05, periodic" in text
    assert "0.1 ... 0.3 (2 times)" in text
    assert f"{solved.n_steps} of {solved.smallest_step:.3g}" in text
    assert f"error      {solved.error_estimate.max():.2g} (estimate)" in text


def test_a_solution_becomes_an_xarray(solved):
    pytest.importorskip("xarray")
    array = solved.to_xarray()
    assert array.dims == ("time", "x")
    np.testing.assert_allclose(array.sel(time=0.3).values, solved.values[1])
    assert array.attrs["method"] == "godunov"


def test_frames_at_every_multiple_of_a_time_and_at_the_end_are_those_of_the_times_themselves(solved):
    found = solve(wave(), 0.3, every=0.125)
    assert found.time.tolist() == [0.125, 0.25, 0.3]
    whole = solve(wave(), 0.3, every=0.1)
    np.testing.assert_allclose(whole.time, [0.1, 0.2, 0.3], rtol=1e-14)


def test_every_frame_is_handed_over_and_the_last_alone_is_kept_on_request(solved):
    frames = []
    last = solve(wave(), [0.1, 0.3], keep_frames=False, on_frame=lambda time, values: frames.append((time, values)))
    assert [time for time, _ in frames] == [0.1, 0.3]
    assert np.array_equal([values for _, values in frames], solved.values)
    assert np.array_equal(last.values, solved.values[1])


def test_a_travelling_solution_stops_when_it_is_steady_and_tells_the_ergodic_constant():
    # The effective Hamiltonian of p^2/2 + V at zero mean slope is max V, also on a grid with a node there.
    problem = wave(source=ripple, source_args=(1.0, 0.0), viscosity=0.0)
    found = solve(problem, 100.0, steady=1e-10)
    assert found.stopped == "steady"
    assert found.time < 50.0
    assert found.ergodic_constant == pytest.approx(1.0, abs=1e-10)
    assert "c = 1" in str(found)


@pytest.mark.parametrize("height", [1.0, 100.0])
def test_steps_from_flat_data_foresee_the_slopes_that_a_source_makes(height):
    flat = pdeopt.HamiltonJacobi(np.zeros(64), wave().grid, source=ripple, source_args=(height, 0.0))
    end = 0.5 / np.sqrt(height)
    found, fine = solve(flat, end), solve(flat, end, step=end / 2000)
    size = np.ptp(fine.values)
    assert found.n_steps > 10
    # Forward Euler with steps of about h / speed: an error of first order.
    assert np.abs(found.values - fine.values).max() < 0.05 * size


def test_a_step_that_grows_by_more_than_a_quarter_is_within_the_bound_at_its_end_too():
    # Slopes of A sin(w t) cos(pi x) / w vanish at every half period, where what bounds a step says nothing of the next.
    swing = pdeopt.HamiltonJacobi(np.zeros(64), wave().grid, source=ripple, source_args=(10.0, 20.0))
    march, steps, ratios = March(swing, Godunov(), Euler()), [], []
    begin = 0.0
    for _ in march.to(3.0):
        steps.append(march.t - begin)
        ratios.append(steps[-1] * march._limits().rate / march.safety)
        begin = march.t
    grown = np.diff(steps) > 0.2500001 * np.array(steps[:-1])
    assert grown.sum() > 2
    assert np.all(np.array(ratios)[1:][grown] <= 1.0 + 1e-9)
    # Others end where the bound is shorter: the check above can fail.
    assert max(ratios) > 1.1


def test_a_march_whose_slopes_grow_goes_on_from_its_state_to_the_bit():
    flat = pdeopt.HamiltonJacobi(np.zeros(64), wave().grid, source=ripple, source_args=(1.0, 0.0))
    whole, half, again = (March(flat, Godunov(), Euler()) for _ in range(3))
    for march, ends in ((whole, (0.2, 0.4)), (half, (0.2,))):
        for end in ends:
            assert sum(march.to(end)) > 3
    again.restore(half.values.copy(), half.state)
    assert sum(again.to(0.4)) == whole.n_steps - half.n_steps
    assert np.array_equal(again.values, whole.values)


def test_a_blow_up_names_its_time_and_keeps_the_frames_before():
    problem = wave(source=ripple, source_args=(1e308, 0.0), viscosity=0.0)
    with pytest.raises(BlowUpError, match=r"at time .*after \d+ steps.*use .*method='godunov'") as caught:
        solve(problem, [0.0, 100.0])
    assert caught.value.solution.time.tolist() == [0.0]
    assert np.array_equal(caught.value.solution.values[0], problem.initial_values)


def test_a_run_that_takes_too_long_stops_with_what_it_has():
    found = solve(wave(), [0.0, 1e6], max_seconds=0.1)
    assert found.stopped == "max_seconds"
    assert found.values.shape == (2, 64)
    assert 0.0 < found.time[-1] < 1e6


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupt_returns_the_solution_so_far():
    def interrupt(time, values):
        if time == 0.2:
            os.kill(os.getpid(), signal.SIGINT)

    found = solve(wave(), [0.1, 0.2, 50.0], on_frame=interrupt)
    assert found.stopped == "interrupted"
    assert found.time[:2].tolist() == [0.1, 0.2]
    assert 0.2 < found.time[2] < 50.0
    assert "by an interrupt at time" in str(found)


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"method": "godunow"}, ValueError, r"method='godunow' is unknown; use 'godunov'"),
        ({"stepper": "ssprk3"}, ValueError, r"stepper='ssprk3' is unknown; use 'ssprk33'"),
        ({"stepper": 3}, TypeError, r"stepper=3 is neither a name nor a stepper in time; use stepper='euler'"),
        (
            {"stepper": pdeopt.hamilton_jacobi.WENO5()},
            TypeError,
            r"stepper=WENO5.* nor a stepper in time; use stepper='euler'",
        ),
        (
            {"method": choose(wave(8), "godunov", "euler", None)[1]},
            TypeError,
            r"method=Euler\(\) is .* nor a scheme in space; use method='godunov'",
        ),
        (
            {"method": pdeopt.hamilton_jacobi.WENO5},
            TypeError,
            r"method=<class .* nor a scheme in space; use method='godunov'",
        ),
        ({"method": ""}, ValueError, r"method='' is unknown; use 'godunov' or"),
        ({"step": -0.1}, ValueError, r"step=-0\.1 must be positive and finite; use step=0\.001"),
        ({"step": "small"}, TypeError, r"step='small' is not a number; use step=0\.001"),
        ({"safety": 1.5}, ValueError, r"safety=1\.5 must be above 0 and at most 1; use safety=0\.9"),
        ({"threads": 0}, ValueError, r"threads=0 must be a whole number of at least 1; use threads=None"),
        ({"max_seconds": 0}, ValueError, r"max_seconds=0 must be positive and finite; use max_seconds=60"),
        ({"every": 0.1, "time": [0.1, 0.2]}, ValueError, r"every=0\.1 goes with a single time.*Use time=0\.2"),
        ({"time": [0.2, 0.1]}, ValueError, r"time=0\.1 follows 0\.2; times must increase: use time=\[0\.1, 0\.2\]"),
        ({"checkpoint_every": None}, TypeError, r"checkpoint_every=None is not a number; use checkpoint_every=60"),
        ({"store": 3}, TypeError, r"store=3 is no path; use the name of a folder, such as store='frames'"),
        ({"on_frame": 1}, TypeError, r"on_frame=1 cannot be called"),
        ({"problem": 1}, TypeError, r"problem=1 is not a HamiltonJacobi; use pdeopt\.HamiltonJacobi\(f, grid\)"),
    ],
)
def test_an_argument_that_does_not_fit_is_named_with_one_that_does(changes, kind, message):
    with pytest.raises(kind, match=message):
        solve(**({"problem": wave(8), "time": 0.1} | changes))


def test_methods_follow_what_is_known_of_the_hamiltonian_and_the_grid():
    stretched = pdeopt.Grid.from_axes(np.linspace(-1.0, 1.0, 9) ** 3)
    bare = Hamiltonian(lambda t, x, u, p: np.cos(p))
    chosen = {
        "weno5 ssprk33": wave(8),
        "filtered filtered": wave(8, hamiltonian=bare),
        "godunov euler": pdeopt.HamiltonJacobi(np.zeros(9), stretched),
    }
    for names, problem in chosen.items():
        assert " ".join(part.name for part in choose(problem, None, None, None)) == names


def test_one_frame_is_a_solution_of_its_own(solved):
    last = solved.frame()
    assert last.time == 0.3
    assert np.array_equal(last.values, solved.values[1])
    np.testing.assert_allclose(last.error_estimate, solved.error_estimate[1], rtol=1e-9, atol=1e-12)
    assert last.frame() is last


def test_filtered_schemes_and_steppers_go_together_alone():
    for method, stepper in (("filtered", "ssprk33"), ("weno5", "filtered")):
        with pytest.raises(ValueError, match=r"does not go with stepper=.*Use (stepper|method)='filtered'"):
            choose(wave(8), method, stepper, None)
        assert choose(wave(8), method, None, None)[0].name == method
