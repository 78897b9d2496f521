"""Groups of paths, computed chunk by chunk: what one thread or process does."""

from dataclasses import dataclass, field
from threading import Event
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.random import CHUNK
from pdeopt.sde.task import GROUP, Task

__all__ = ["BlowUp", "Control", "Group", "run_groups"]

SEGMENT = 1 << 20
"""Path-steps between two looks at whether to stop."""
BUFFER = 1 << 16
"""Values collected before statistics take them."""


@dataclass
class Control:
    """Shared by the threads of one run: whether to stop, and how many path-steps are done."""

    stop: Event = field(default_factory=Event)
    done: list[int] = field(default_factory=list)
    interrupted: bool = False


@dataclass(frozen=True)
class BlowUp:
    """A path that left the finite numbers: its number, the step that did it, and the state before."""

    path: int
    step: int
    state: FloatArray


@dataclass(eq=False)
class Group:
    """What came out of one group of paths.

    Parameters
    ----------
    first, count : int
        The paths.
    completed : int
        Steps done by all of them; fewer than asked for if the run was stopped.
    state : array, shape (n_state, count)
        States of the scheme after those steps, from which the run can go on.
    saved : array, shape (n_saved, n_values, count), optional
    sums : accumulator, optional
    blow_up : BlowUp, optional
    """

    first: int
    count: int
    completed: int
    state: FloatArray
    saved: FloatArray | None = None
    sums: Any = None
    blow_up: BlowUp | None = None


class _Chunk:
    """A chunk of paths on its way."""

    def __init__(self, task: Task, first: int, lanes: int) -> None:
        self.task, self.first, self.lanes = task, first, lanes
        loops = task.loops
        self.memory = np.zeros(loops.n_state * CHUNK)
        self.noise = np.zeros(loops.noise_size)
        self.rows = loops.columns(self.memory)
        self.rows[: loops.n_point, :lanes] = task.points(first, first + lanes)
        self.key = (task.seed, task.substeps, 0.0)
        self.step = 0
        loops.begin(self.memory, self.noise, lanes, task.start, task.system.args)

    def advance(self, n_steps: int) -> None:
        task = self.task
        task.loops.advance(
            self.memory, self.noise, self.lanes, self.key, self.first, self.step, n_steps, task.start, task.step,
            task.system.args,
        )  # fmt: skip
        self.step += n_steps

    @property
    def points(self) -> FloatArray:
        return self.rows[: self.task.loops.n_point, : self.lanes]

    def look(self, out: FloatArray) -> None:
        """Write coordinates and observables to `out`, shape (n_values, lanes)."""
        task, dim = self.task, self.task.loops.n_point
        out[:dim] = self.points
        if task.loops.observe is not None:
            values = np.empty((task.n_observables, CHUNK))
            t = task.start + self.step * task.step
            task.loops.observe(self.memory, self.lanes, t, task.system.args, values.reshape(-1))
            out[dim:] = values[:, : self.lanes]


def run_groups(task: Task, begin: int, end: int, control: Control | None = None) -> list[Group]:
    """Compute groups `begin` to `end` of an ensemble; what a job is."""
    groups: list[Group] = []
    for index in range(begin, end):
        if control is not None and control.stop.is_set():
            break
        groups.append(_run_group(task, index, control))
        if groups[-1].blow_up is not None:
            break
    return groups


def _run_group(task: Task, index: int, control: Control | None) -> Group:
    first = index * GROUP
    count = min(GROUP, task.n_paths - first)
    group = Group(first, count, task.n_steps, np.empty((task.loops.n_state, count)))
    if task.keep_paths:
        group.saved = np.full((task.saved.size, task.n_values, count), np.nan)
    if task.statistics is not None:
        group.sums = task.statistics.accumulator(task.saved.size, task.n_values)
    for offset in range(0, count, CHUNK):
        _run_chunk(_Chunk(task, first + offset, min(CHUNK, count - offset)), group, control)
        if group.blow_up is not None:
            break
    return group


def _run_chunk(chunk: _Chunk, group: Group, control: Control | None) -> None:
    """Advance a chunk to the end, looking at it on the way."""
    task, lanes = chunk.task, chunk.lanes
    place = slice(chunk.first - group.first, chunk.first - group.first + lanes)
    per_buffer = max(BUFFER // (task.n_values * lanes), 1)
    buffer = np.empty((min(per_buffer, max(task.saved.size, 1)), task.n_values, lanes))
    if group.sums is not None:
        group.sums.begin_chunk()
    for begin in range(0, task.saved.size, per_buffer):
        steps = task.saved[begin : begin + per_buffer]
        for k, step in enumerate(steps):
            if not _reach(chunk, int(step), group, control):
                break
            chunk.look(buffer[k])
        else:
            k = len(steps)
        _note(group, begin, buffer[:k], place)
        if k < len(steps):
            break
    else:
        _reach(chunk, task.n_steps, group, control)
    group.completed = min(group.completed, chunk.step)
    group.state[:, place] = chunk.rows[: group.state.shape[0], :lanes]


def _note(group: Group, begin: int, values: FloatArray, place: slice) -> None:
    if not len(values):
        return
    if group.sums is not None:
        group.sums.add(begin, values)
    if group.saved is not None:
        group.saved[begin : begin + len(values), :, place] = values


def _reach(chunk: _Chunk, step: int, group: Group, control: Control | None) -> bool:
    """Advance to a step; return False if the run was stopped or left the finite numbers before."""
    per_segment = max(SEGMENT // chunk.lanes, 1)
    while chunk.step < step:
        if control is not None and control.stop.is_set():
            return False
        before, states = chunk.step, chunk.memory.copy()
        chunk.advance(min(per_segment, step - chunk.step))
        if not np.isfinite(chunk.points).all():
            group.blow_up = _find_blow_up(chunk, before, states)
            return False
        if control is not None:
            control.done.append((chunk.step - before) * chunk.lanes)
    return True


def _find_blow_up(chunk: _Chunk, step: int, states: FloatArray) -> BlowUp:
    """Go back to earlier states and on step by step, to the last finite ones, where the chunk stays."""
    chunk.memory[:], chunk.step = states, step
    while True:
        states, last = chunk.memory.copy(), chunk.points.copy()
        chunk.advance(1)
        bad = ~np.isfinite(chunk.points).all(axis=0)
        if bad.any():
            lane = int(bad.argmax())
            chunk.memory[:], chunk.step = states, chunk.step - 1
            return BlowUp(chunk.first + lane, chunk.step, last[:, lane])
