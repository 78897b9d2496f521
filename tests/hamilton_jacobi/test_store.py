"""Frames on disk: readable at any moment, bounded in memory, and gone on with to the bit."""

import os
import signal
import tracemalloc

import numpy as np
import pytest

import pdeopt
from pdeopt.hamilton_jacobi import Dirichlet, Godunov, LaxFriedrichs, eikonal, load_frames
from pdeopt.hamilton_jacobi.finite_differences.checkpoint import fingerprint_of
from pdeopt.hamilton_jacobi.finite_differences.coarser import on_every_second_node
from pdeopt.hamilton_jacobi.finite_differences.explicit import Euler
from pdeopt.hamilton_jacobi.finite_differences.march import March
from pdeopt.hamilton_jacobi.finite_differences.running import Run
from pdeopt.hamilton_jacobi.finite_differences.store import FrameFolder
from pdeopt.hamilton_jacobi.standard_problems import standard_problem

TIMES = [0.05, 0.1, 0.2, 0.4]


def solve(problem, time, **settings):
    """Solve by the kernels that all tests of this file share."""
    return pdeopt.solve_hamilton_jacobi(problem, time, **({"method": "godunov"} | settings))


def wave(n=64, nu=0.05):
    grid = pdeopt.Grid(-1.0, 1.0, n, periodic=True)
    return pdeopt.HamiltonJacobi(-np.cos(np.pi * grid.axes[0]), grid, viscosity=nu)


@pytest.fixture
def _interruptible():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupting_at(when):
    def interrupt(time, values):
        if time == when:
            os.kill(os.getpid(), signal.SIGINT)

    return interrupt


def crashing_at(when):
    def crash(time, values):
        if time == when:
            raise RuntimeError("crash")

    return crash


def test_stored_frames_are_those_kept_in_memory_and_mapped_from_disk(tmp_path):
    stored = solve(wave(), TIMES, store=tmp_path / "run")
    kept = solve(wave(), TIMES)
    assert isinstance(stored.values, np.memmap)
    assert np.array_equal(stored.values, kept.values)
    loaded = load_frames(tmp_path / "run")
    assert np.array_equal(loaded.values, kept.values)
    assert loaded.time.tolist() == TIMES
    assert (loaded.n_steps, loaded.smallest_step) == (kept.n_steps, kept.smallest_step)
    assert loaded.grid == kept.grid


@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize(
    "settings",
    [{}, {"method": "lax-friedrichs", "stepper": "heun", "tolerance": 1e-3}],
    ids=["fixed steps", "controlled steps"],
)
def test_an_interrupted_run_goes_on_to_the_result_of_a_single_one_to_the_bit(tmp_path, settings):
    whole = solve(wave(), TIMES, **settings)
    folder = tmp_path / "run"
    part = solve(wave(), TIMES, **settings, store=folder, on_frame=interrupting_at(0.1))
    assert part.stopped == "interrupted"
    assert part.time[-1] < 0.4
    again = solve(wave(), TIMES, **settings, store=folder)
    assert again.stopped == "end"
    assert again.n_steps == whole.n_steps
    assert np.array_equal(again.values, whole.values)


def test_many_short_runs_are_one_long_one_to_the_bit(tmp_path):
    whole, seconds = solve(wave(), [0.4, 2.0]), [0.0]
    for _ in range(100):
        part = solve(wave(), [0.4, 2.0], store=tmp_path / "run", max_seconds=1e-9)
        seconds.append(part.seconds)
        if part.stopped == "end":
            break
    assert (np.diff(seconds) > 0.0).all()
    assert np.array_equal(part.values, whole.values)
    assert part.n_steps == whole.n_steps


def test_after_a_crash_complete_frames_are_there_and_the_run_begins_again_where_its_state_is(tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(RuntimeError, match="crash"):
        solve(wave(), TIMES, store=folder, on_frame=crashing_at(0.2), checkpoint_every=1e-9)
    whole = solve(wave(), TIMES)
    found = load_frames(folder)
    assert found.time.tolist() == TIMES[:3]
    assert np.array_equal(found.values, whole.values[:3])
    assert found.stopped == "unfinished"
    assert "not yet, or by a crash, after time 0.2" in str(found)
    again = solve(wave(), TIMES, store=folder)
    assert np.array_equal(again.values, whole.values)
    assert load_frames(folder).stopped == "end"


@pytest.mark.parametrize("is_begun", [False, True])
def test_frames_that_a_crash_left_do_not_mix_with_those_of_the_run_that_goes_on(tmp_path, is_begun):
    folder = tmp_path / "run"
    if is_begun:
        # Then there is a state to go on from, older than the frames.
        solve(wave(), TIMES, store=folder, max_seconds=1e-9)
    with pytest.raises(RuntimeError, match="crash"):
        solve(wave(), TIMES, store=folder, on_frame=crashing_at(0.2))
    part = solve(wave(), TIMES, store=folder, max_seconds=1e-9)
    assert part.time[-1] <= TIMES[1]
    assert is_begun or part.time.size == 1
    assert load_frames(folder).time.tolist() == part.time.tolist()


def test_a_frame_counts_only_when_it_is_complete(tmp_path):
    seen = []

    def look(time, values):
        found = load_frames(tmp_path / "run")
        seen.append((found.time.tolist(), np.array_equal(found.values[-1], values)))

    solve(wave(), TIMES, store=tmp_path / "run", on_frame=look)
    assert seen == [(TIMES[: k + 1], True) for k in range(len(TIMES))]


def test_frames_after_the_first_few_are_forgotten_on_request(tmp_path):
    solve(wave(), TIMES, store=tmp_path / "run")
    for n in (3, 1):
        FrameFolder(tmp_path / "run").forget_after(n)
        assert load_frames(tmp_path / "run").time.tolist() == TIMES[:n]


def test_a_finished_run_is_not_solved_again(tmp_path):
    first = solve(wave(), TIMES, store=tmp_path / "run")
    frames = []
    again = solve(wave(), TIMES, store=tmp_path / "run", on_frame=lambda *frame: frames.append(frame))
    assert frames == []
    assert (again.n_steps, again.seconds) == (first.n_steps, first.seconds)


def test_a_run_that_became_steady_is_finished_with_its_last_frame(tmp_path):
    first = solve(wave(nu=0.5), [0.1, 100.0], store=tmp_path / "run", steady=1e-6)
    again = solve(wave(nu=0.5), [0.1, 100.0], store=tmp_path / "run", steady=1e-6)
    assert (first.stopped, again.stopped) == ("steady", "steady")
    assert first.time.tolist() == again.time.tolist()
    assert first.time[1] < 100.0
    assert again.ergodic_constant == first.ergodic_constant
    assert np.array_equal(again.values, first.values)


@pytest.mark.parametrize(
    ("problem", "times", "settings"),
    [
        (wave(nu=0.06), TIMES, {}),
        (wave(), [0.1], {}),
        (wave(), TIMES, {"step": 1e-4}),
        (wave(), TIMES, {"steady": 1e-9}),
        (wave(), TIMES, {"stepper": "ssprk104"}),
        (on_every_second_node(wave(128)), TIMES, {"safety": 0.5}),
    ],
    ids=["viscosity", "times", "step", "steady", "stepper", "safety"],
)
def test_a_folder_of_another_run_is_refused(tmp_path, problem, times, settings):
    solve(wave(), TIMES, store=tmp_path / "run")
    with pytest.raises(ValueError, match=r"holds another problem, method, step or other times.*store='.*run_2'"):
        solve(problem, times, **settings, store=tmp_path / "run")


def test_a_reason_to_stop_that_comes_with_the_last_step_is_none_but_that_nothing_moves(tmp_path):
    assert solve(wave(), 1e-3, max_seconds=1e-9, store=tmp_path / "run").stopped == "end"
    rest = pdeopt.HamiltonJacobi(np.zeros(64), wave().grid, viscosity=0.05)
    found = solve(rest, 0.016, step=0.001, steady=1e-9)
    assert (found.n_steps, found.stopped, found.ergodic_constant) == (16, "steady", 0.0)


def test_the_rate_that_tells_whether_a_solution_is_steady_is_what_a_step_of_euler_makes():
    # With the speed of all nodes, which is looked at first.
    march = March(standard_problem("b1").on(64), LaxFriedrichs("global"), Euler(), step=1e-4)
    run, before = Run(march, np.array([1.0])), march.values.copy()
    found = run._change().copy()
    assert next(march.to(1e-4)) == 1
    np.testing.assert_allclose(found, (march.values - before) / 1e-4, rtol=0.0, atol=1e-9)


def one(t, x, height):
    return height


def variations():
    """Return problems of the same initial values that differ in one thing each."""
    line = {"initial": np.zeros(8), "grid": pdeopt.Grid(-1.0, 1.0, 8)}
    changes = [
        {},
        {"initial": np.ones(8)},
        {"grid": pdeopt.Grid(-1.0, 1.5, 8)},
        {"grid": pdeopt.Grid(-1.0, 1.0 + 2.0 / 7.0, 8, periodic=True)},
        {"viscosity": 0.1},
        {"viscosity": np.full(8, 0.1)},
        {"hamiltonian": "eikonal"},
        {"hamiltonian": eikonal(2.0)},
        {"source": one, "source_args": (1.0,)},
        {"source": one, "source_args": (2.0,)},
        {"boundary": "extrapolation"},
        {"boundary": [("reflecting", "extrapolation")]},
        {"boundary": Dirichlet(1.0)},
        {"boundary": Dirichlet(np.full(8, 2.0))},
        {"boundary": Dirichlet(one, args=(1.0,))},
        {"boundary": Dirichlet(one, args=(2.0,))},
        {"boundary": Dirichlet(pdeopt.landscapes.quadratic(1.0))},
        {"boundary": Dirichlet(pdeopt.landscapes.quadratic(2.0))},
    ]
    return [pdeopt.HamiltonJacobi(**(line | change)) for change in changes]


def test_all_that_a_solution_depends_on_tells_runs_apart():
    marks = [[fingerprint_of(problem, {"step": 0.1}) for problem in variations()] for _ in range(2)]
    assert marks[0] == marks[1]
    assert len(set(marks[0])) == len(marks[0])
    same = variations()[0]
    parts = ({"step": 0.2}, {"step": None}, {"method": Godunov()}, {"method": LaxFriedrichs()})
    assert len({fingerprint_of(same, one) for one in parts} | {marks[0][0]}) == 5


def test_a_folder_of_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("do not lose")
    with pytest.raises(ValueError, match="exists and holds no frames"):
        solve(wave(), TIMES, store=tmp_path)
    with pytest.raises(ValueError, match="lies in a folder that does not exist; make"):
        solve(wave(), TIMES, store=tmp_path / "no" / "run")
    with pytest.raises(TypeError, match=r"path=3 is no path. Use one that was passed as store="):
        load_frames(3)
    with pytest.raises(ValueError, match="is no folder of frames"):
        load_frames(tmp_path)


def test_streaming_takes_the_memory_of_a_few_frames_however_many_there_are(tmp_path):
    n, count = 20_000, 100
    problem = wave(n, nu=1e-6)
    solve(problem, 1e-6, store=tmp_path / "warm")
    tracemalloc.start()
    solve(problem, 1e-4, every=1e-6, store=tmp_path / "run", threads=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.load(tmp_path / "run" / "frames.npy", mmap_mode="r").shape == (count, n)
    assert peak < 12 * 8 * n
