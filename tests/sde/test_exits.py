"""Exit times and places against laws of Brownian motion, and against Dirichlet problems."""

import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from scipy import stats

import pdeopt
from pdeopt.sde import Exit, blocks
from pdeopt.sde.assembly import Assembly

BROWNIAN, ORNSTEIN_UHLENBECK, DOUBLE_WELL = (0.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 2.0, -2.0)
# E tau from 0 on (-1, 1) with unit noise.
MEAN_TIMES = {BROWNIAN: 1.0, ORNSTEIN_UHLENBECK: 1.4452456133884, DOUBLE_WELL: 0.6977156251094}


def cubic(t, x, a, b, c):
    return a + b * x + c * x * x * x


def unit(t, x, a, b, c):
    return 1.0


def on_the_line(args):
    return pdeopt.SDE(cubic, unit, noise="additive", args=args)


def no_drift(t, x):
    return (0.0, 0.0)


def unit_2d(t, x):
    return (1.0, 1.0)


PLANE = pdeopt.SDE(no_drift, unit_2d, noise="additive", dim=2)


def no_drift_array(t, x, out):
    out[:] = 0.0


def unit_array(t, x, out):
    out[:] = 1.0


MANY = pdeopt.SDE(no_drift_array, unit_array, noise="additive", dim=10)


def run(system, event, x0=None, *, step=1 / 16, end=30.0, n_paths=20000, **options):
    x0 = np.zeros(system.dim) if x0 is None else x0
    settings = {"step": step, "n_steps": round(end / step), "n_paths": n_paths, "statistics": False, "progress": False}
    return pdeopt.simulate(system, x0, exit=event, **(settings | options))


def survival_on_the_line(t, x=0.0):
    """Probability that Brownian motion from x is in (-1, 1) up to time t."""
    odd = np.arange(1, 400, 2)[:, None]
    terms = 4.0 / (odd * np.pi) * np.sin(odd * np.pi * (x + 1.0) / 2.0) * np.exp(-((odd * np.pi) ** 2) * t / 8.0)
    return terms.sum(axis=0)


def within(value, truth, error, factor=3.5):
    return abs(value - truth) < factor * error


@pytest.mark.parametrize("step", [0.25, 1 / 16])
def test_exit_times_of_brownian_motion_have_their_law_at_every_step_size(step):
    exits = run(on_the_line(BROWNIAN), Exit(-1.0, 1.0), step=step).exits
    assert exits.n_exited == exits.n_paths
    assert within(exits.mean_time, 1.0, exits.standard_error)
    assert stats.kstest(exits.times, lambda t: 1.0 - survival_on_the_line(t)).pvalue > 0.01


@pytest.mark.parametrize("args", [ORNSTEIN_UHLENBECK, DOUBLE_WELL])
def test_mean_exit_times_with_a_drift_are_right_to_first_order(args):
    coarse, fine = (run(on_the_line(args), Exit(-1.0, 1.0), step=h, n_paths=40000).exits for h in (1 / 32, 1 / 64))
    truth = MEAN_TIMES[args]
    assert abs(fine.mean_time / truth - 1.0) < 0.03
    extrapolated = 2.0 * fine.mean_time - coarse.mean_time
    assert within(extrapolated, truth, np.hypot(2.0 * fine.standard_error, coarse.standard_error))


@pytest.mark.parametrize("args", MEAN_TIMES)
def test_without_the_bridge_exit_times_are_a_third_too_long(args):
    exits = run(on_the_line(args), Exit(-1.0, 1.0, bridge=False)).exits
    bias, error = exits.mean_time / MEAN_TIMES[args] - 1.0, exits.standard_error / MEAN_TIMES[args]
    assert 0.32 - 3.0 * error < bias < 0.41 + 3.0 * error
    np.testing.assert_array_equal(exits.times * 16, np.round(exits.times * 16))


def test_first_passage_of_drifted_brownian_motion_is_inverse_gaussian():
    exits = run(on_the_line((0.8, 0.0, 0.0)), Exit(upper=1.0), step=0.25, end=200.0).exits
    law = stats.invgauss(mu=1.0 / 0.8, scale=1.0)
    assert stats.kstest(exits.times, law.cdf).pvalue > 0.01
    assert (exits.faces == 1).all()
    assert (exits.places == 1.0).all()
    when = np.array([0.3, 1.0, 3.0])
    np.testing.assert_allclose(exits.survival(when), law.sf(when), atol=4.0 * 0.5 / np.sqrt(exits.n_paths))


@pytest.mark.parametrize(("drift", "start"), [(0.0, 0.4), (0.5, -0.2)])
def test_faces_are_left_as_often_as_the_gambler_is_ruined(drift, start):
    exits = run(on_the_line((drift, 0.0, 0.0)), Exit(-1.0, 1.0), start).exits
    scale = (lambda x: np.exp(-2.0 * drift * x)) if drift else (lambda x: x)
    p = (scale(start) - scale(-1.0)) / (scale(1.0) - scale(-1.0))
    assert within(exits.face_fractions[1], p, np.sqrt(p * (1.0 - p) / exits.n_paths))
    np.testing.assert_array_equal(exits.face_counts, np.bincount(exits.faces))


def test_brownian_motion_leaves_a_square_by_the_series_solution():
    exits = run(PLANE, Exit(-1.0, 1.0), step=0.125).exits
    # At the centre of a square of side 2: half the Laplacian of the mean time is -1.
    k = np.arange(1, 60, 2)
    series = 1.0 - 32.0 / np.pi**3 * np.sum((-1.0) ** ((k - 1) // 2) / (k**3 * np.cosh(k * np.pi / 2.0)))
    assert within(exits.mean_time, series, exits.standard_error)
    assert stats.kstest(exits.times, lambda t: 1.0 - survival_on_the_line(t) ** 2).pvalue > 0.01
    assert stats.chisquare(exits.face_counts).pvalue > 0.01
    axis, free = exits.faces // 2, 1 - exits.faces // 2
    rows = np.arange(exits.n_paths)
    np.testing.assert_array_equal(exits.places[rows, axis], 2.0 * (exits.faces % 2) - 1.0)
    assert (np.abs(exits.places[rows, free]) <= 1.0).all()


def disc(t, x):
    return 1.0 - x[0] * x[0] - x[1] * x[1]


def disc_gradient(t, x):
    return (-2.0 * x[0], -2.0 * x[1])


def test_a_level_with_its_gradient_finds_the_mean_exit_time_of_a_disc():
    x0, truth = (0.3, 0.4), 0.5 * (1.0 - 0.25)
    exits = run(PLANE, Exit(level=disc, level_gradient=disc_gradient), x0, step=1 / 256, end=8.0).exits
    # The half-space approximation is right to first order.
    assert within(exits.mean_time, truth, exits.standard_error + 0.002)
    np.testing.assert_allclose(np.hypot(*exits.places.T), 1.0, atol=0.05)


def below_one(t, x, a, b, c):
    return 1.0 - x


def slope_below_one(t, x, a, b, c):
    return -1.0


def test_a_level_that_is_linear_stops_the_paths_that_a_box_stops():
    system = on_the_line((0.8, 0.0, 0.0))
    box = run(system, Exit(upper=1.0), step=0.25, end=100.0, n_paths=1000).exits
    level = Exit(level=below_one, level_gradient=slope_below_one)
    same = run(system, level, step=0.25, end=100.0, n_paths=1000).exits
    np.testing.assert_array_equal(np.floor(box.times * 4.0), np.floor(same.times * 4.0))


def shrinking(t, x, a, b, c):
    return 1.0 - t - x


def test_a_level_may_move_and_is_then_met_where_it_is():
    # Without noise to speak of: 0.5 t = 1 - t.
    still = pdeopt.SDE(cubic, lambda t, x, a, b, c: 0.0, noise="additive", args=(0.5, 0.0, 0.0))
    exits = run(still, Exit(level=shrinking), step=0.3, end=3.0, n_paths=2).exits
    np.testing.assert_allclose(exits.times, 2.0 / 3.0, rtol=1e-12)
    np.testing.assert_allclose(exits.places, 1.0 / 3.0, rtol=1e-12)


def ball(t, x):
    return 1.0 - np.sum(x * x)


def ball_gradient(t, x, out):
    out[:] = -2.0 * x


def test_paths_of_many_coordinates_leave_a_ball_in_the_mean_time():
    event = Exit(level=ball, level_gradient=ball_gradient)
    exits = run(MANY, event, step=1e-3, end=2.0, n_paths=2000).exits
    assert within(exits.mean_time, 0.1, exits.standard_error + 0.002)


def test_paths_of_many_coordinates_leave_a_slab_by_the_law_of_one():
    lower, upper = np.full(10, -np.inf), np.full(10, np.inf)
    lower[3], upper[3] = -1.0, 1.0
    exits = run(MANY, Exit(lower, upper), step=0.25, n_paths=4000).exits
    assert stats.kstest(exits.times, lambda t: 1.0 - survival_on_the_line(t)).pvalue > 0.01
    assert set(np.unique(exits.faces)) == {6, 7}


def flat(x):
    return 0.0 * x


def test_positions_of_langevin_dynamics_leave_at_the_time_of_free_flight():
    system = pdeopt.langevin(pdeopt.Landscape(flat, flat, dim=1), beta=np.inf, friction=0.0)
    exits = run(system, Exit(-1.0, 1.0), (0.0, 0.7), step=0.3, end=3.0, n_paths=3).exits
    np.testing.assert_allclose(exits.times, 1.0 / 0.7, rtol=1e-12)
    np.testing.assert_allclose(exits.places, [[1.0, 0.7]] * 3, rtol=1e-12)
    assert (exits.faces == 1).all()


def test_the_variance_of_rows_counts_all_brownian_motions():
    rotated = pdeopt.SDE(no_drift, lambda t, x: ((0.6, 0.8), (0.0, 2.0)), noise="additive", n_noise=2, dim=2)
    exits = run(rotated, Exit((-1.0, -np.inf), (1.0, np.inf)), step=0.25).exits
    assert stats.kstest(exits.times, lambda t: 1.0 - survival_on_the_line(t)).pvalue > 0.01


SETTINGS = {"step": 0.05, "end": 3.0, "n_paths": 5000}


@pytest.fixture(scope="module")
def whole():
    return run(on_the_line(DOUBLE_WELL), Exit(-1.0, 1.0), **SETTINGS, threads=1, statistics=True)


def assert_same(one, other):
    for name in ("times", "faces", "places"):
        np.testing.assert_array_equal(getattr(one.exits, name), getattr(other.exits, name))
    np.testing.assert_array_equal(one.final, other.final)
    assert one.exits.mean_time == other.exits.mean_time
    assert one.exits.standard_error == other.exits.standard_error


@pytest.mark.parametrize(
    "workers", [{"threads": 2}, {"threads": 1, "block_size": 4096}, {"threads": 2, "block_size": 1}]
)
def test_exits_have_the_same_bits_for_all_threads_and_blocks(whole, workers):
    assert_same(whole, run(on_the_line(DOUBLE_WELL), Exit(-1.0, 1.0), **SETTINGS, **workers))


def test_exits_have_the_same_bits_from_processes(whole):
    with ProcessPoolExecutor(1) as pool:
        assert_same(whole, run(on_the_line(DOUBLE_WELL), Exit(-1.0, 1.0), **SETTINGS, executor=pool))


class StopsSoon(list):
    """Progress that stops the run after a few reports."""

    def __init__(self, control):
        self.control = control

    def append(self, item):
        super().append(item)
        if len(self) == 5:
            self.control.stop.set()


def test_exits_have_the_same_bits_after_a_stop_and_a_pickle(whole, monkeypatch):
    monkeypatch.setattr(blocks, "SEGMENT", 7 * 512)
    control = blocks.Control()
    control.done = StopsSoon(control)
    assembly = Assembly(whole.task)
    (group,) = blocks.run_groups(whole.task, [0], control)
    assert not group.is_complete(whole.task.n_steps)
    assembly.add(group)
    partial = assembly.ensemble(interrupted=True).exits
    assert 0 < partial.n_exited < partial.n_paths == 512
    assembly = pickle.loads(pickle.dumps(assembly))
    for group in blocks.run_groups(assembly.task, list(assembly.missing())):
        assembly.add(group)
    assert_same(whole, assembly.ensemble(interrupted=False))


def test_a_replayed_path_stops_where_it_did(whole):
    path = int(np.argmax(whole.exits.times < 2.0))
    replayed = whole.replay(path)
    gone = replayed.times >= whole.exits.times[path]
    assert (replayed.values[gone] == whole.final[path]).all()
    assert (replayed.values[~gone] != whole.final[path]).all()


def test_statistics_take_exited_paths_where_they_stopped(whole):
    assert whole.exits.n_exited < whole.n_paths
    np.testing.assert_allclose(whole.statistics.mean[-1], whole.final.mean(axis=0), rtol=1e-12)


def test_without_last_states_sums_say_the_same(whole):
    streamed = run(on_the_line(DOUBLE_WELL), Exit(-1.0, 1.0), **SETTINGS, keep_final=False).exits
    assert streamed.times is None
    assert streamed.mean_time == whole.exits.mean_time
    np.testing.assert_array_equal(streamed.face_counts, whole.exits.face_counts)
    # Every third end of the thousand intervals.
    when = 3.0 * np.arange(0.0, 1.0, 0.1)
    np.testing.assert_allclose(streamed.survival(when), whole.exits.survival(when), atol=1e-12)


def test_sums_agree_with_the_times_of_all_paths(whole):
    times = whole.exits.times[np.isfinite(whole.exits.times)]
    assert whole.exits.n_exited == times.size
    assert whole.exits.mean_time == pytest.approx(times.mean(), rel=1e-13)
    assert whole.exits.standard_error == pytest.approx(times.std(ddof=1) / np.sqrt(times.size), rel=1e-12)
    assert f"{times.size} of 5000 paths left, {5000 - times.size} still inside" in repr(whole.exits)


def test_one_path_gives_one_exit_and_no_error_bar():
    exits = run(on_the_line(BROWNIAN), Exit(-1.0, 1.0), n_paths=1).exits
    assert exits.n_exited == 1
    assert np.isnan(exits.standard_error)


def test_a_run_that_nobody_leaves_says_so():
    exits = run(on_the_line(BROWNIAN), Exit(-100.0, 100.0), end=1.0, n_paths=10).exits
    assert "none of 10 paths left" in repr(exits)
    assert np.isnan(exits.mean_time)
    assert exits.survival(1.0) == 1.0
