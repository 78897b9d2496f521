"""Loops over paths can stop after any step and go on elsewhere, and touch no path but their own."""

import numpy as np
import pytest

import pdeopt
from pdeopt.kernels.random import CHUNK
from pdeopt.sde import Exit
from pdeopt.sde.blocks import Chunk
from pdeopt.sde.checks import TASK_ARGUMENTS, make_task

WELL = pdeopt.landscapes.double_well()


def fill_pull(t, x, out):
    out[:] = -x


def fill_half(t, x, out):
    out[:] = 0.5


LARGE = pdeopt.SDE(fill_pull, fill_half, noise="additive", dim=9)
CASES = {
    "Gaussian increments": {"system": pdeopt.overdamped_langevin(WELL, 4.0)},
    "two-point increments": {"system": pdeopt.overdamped_langevin(WELL, 4.0), "method": "weak-euler-two-point"},
    "steps of three steps of the noise": {"system": pdeopt.overdamped_langevin(WELL, 4.0), "noise_step": 0.01},
    "a state with a gradient": {"system": pdeopt.langevin(WELL, 4.0), "x0": (1.0, 0.0), "method": "baoab"},
    "arrays": {"system": LARGE, "x0": np.ones(9)},
    "exits": {"system": pdeopt.overdamped_langevin(WELL, 1.0), "exit": Exit(0.2, 1.6)},
}
DEFAULTS = dict.fromkeys(TASK_ARGUMENTS) | {
    "x0": 1.0, "step": 0.03, "n_steps": 300, "n_paths": 700, "method": "euler-maruyama", "seed": 0, "start": 0.0,
    "statistics": False, "keep_final": True,
}  # fmt: skip


@pytest.fixture(params=CASES.values(), ids=CASES)
def task(request):
    return make_task(**(DEFAULTS | request.param))


@pytest.mark.parametrize("stop", [1, 2, 3, 4, 127, 129])
def test_a_chunk_that_goes_on_with_other_scratch_takes_the_same_steps(task, stop):
    whole, first = Chunk(task, CHUNK, 188), Chunk(task, CHUNK, 188)
    whole.advance(140)
    first.advance(stop)
    rest = Chunk(task, CHUNK, 188)
    rest.memory[:], rest.step = first.memory, stop
    rest.noise[:] = np.nan
    rest.advance(140 - stop)
    assert np.array_equal(rest.rows[:, :188], whole.rows[:, :188])


def test_lanes_beyond_the_last_path_are_left_alone(task):
    chunk = Chunk(task, 0, 5)
    before = chunk.rows[:, 5:].copy()
    chunk.advance(6)
    assert np.array_equal(chunk.rows[:, 5:], before)


def test_a_path_does_not_depend_on_the_chunk_it_is_in(task):
    wide, alone = Chunk(task, 0, CHUNK), Chunk(task, 300, 1)
    wide.advance(10)
    alone.advance(10)
    assert np.array_equal(wide.rows[:, 300], alone.rows[:, 0])
