"""Frames on disk: readable at any moment, bounded in memory, and gone on with to the bit."""

import os
import signal
import tracemalloc

import numpy as np
import pytest

import pdeopt
from pdeopt.hamilton_jacobi import load_frames
from pdeopt.hamilton_jacobi.finite_differences.coarser import on_every_second_node

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
    whole = solve(wave(), [0.4, 2.0])
    for _ in range(100):
        part = solve(wave(), [0.4, 2.0], store=tmp_path / "run", max_seconds=1e-9)
        if part.stopped == "end":
            break
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


def test_frames_that_a_crash_left_do_not_mix_with_those_of_the_run_that_goes_on(tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(RuntimeError, match="crash"):
        solve(wave(), TIMES, store=folder, on_frame=crashing_at(0.2))
    part = solve(wave(), TIMES, store=folder, max_seconds=1e-9)
    assert part.time.size == 1
    assert part.time[0] <= TIMES[0]
    assert load_frames(folder).time.tolist() == part.time.tolist()


def test_a_frame_counts_only_when_it_is_complete(tmp_path):
    seen = []

    def look(time, values):
        found = load_frames(tmp_path / "run")
        seen.append((found.time.tolist(), np.array_equal(found.values[-1], values)))

    solve(wave(), TIMES, store=tmp_path / "run", on_frame=look)
    assert seen == [(TIMES[: k + 1], True) for k in range(len(TIMES))]


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
        (wave(), TIMES, {"stepper": "ssprk104"}),
        (on_every_second_node(wave(128)), TIMES, {"safety": 0.5}),
    ],
    ids=["viscosity", "times", "step", "stepper", "safety"],
)
def test_a_folder_of_another_run_is_refused(tmp_path, problem, times, settings):
    solve(wave(), TIMES, store=tmp_path / "run")
    with pytest.raises(ValueError, match=r"holds another problem, method, step or other times.*store='.*run_2'"):
        solve(problem, times, **settings, store=tmp_path / "run")


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
