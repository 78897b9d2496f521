"""Groups of paths, computed chunk by chunk: what one thread or process does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.random import CHUNK
from pdeopt.sde.task import GROUP, Task

__all__ = ["BlowUp", "Chunk", "Control", "Group", "run_groups"]

SEGMENT = 1 << 20
"""Path-steps between two looks at whether to stop."""
BUFFER = 1 << 16
"""Values collected before statistics take them."""


@dataclass
class Control:
    """Shared by the threads of one run: whether to stop, and how many path-steps are done."""

    stop: Event = field(default_factory=Event)
    done: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class BlowUp:
    """A path that left the finite numbers: its number, the step that did it, and the state before."""

    path: int
    step: int
    state: FloatArray


class Chunk:
    """Paths on their way, `lanes` of them from path `first` on."""

    def __init__(self, task: Task, first: int, lanes: int) -> None:
        self.task, self.first, self.lanes = task, first, lanes
        loops = task.loops
        self.memory = np.zeros(loops.n_state * CHUNK)
        self.noise = np.zeros(loops.noise_size)
        self.rows = loops.columns(self.memory)
        self.rows[: loops.n_point, :lanes] = task.points(first, first + lanes)
        self.step = self.looks = 0
        loops.begin(self.memory, self.noise, lanes, task.start, task.system.args)

    def advance(self, n_steps: int) -> None:
        """Take steps."""
        task = self.task
        first, now = self.first, self.step
        advance, args = task.loops.advance, task.given
        advance(self.memory, self.noise, self.lanes, task.key, first, now, n_steps, task.start, task.step, args)
        self.step += n_steps

    def advance_looking(self, every: int, out: FloatArray) -> bool:
        """Take steps and look after every few, until `out` is full; False, and back, if states are not finite."""
        task, states = self.task, self.memory.copy()
        where = (self.memory, self.noise, self.lanes, task.key, self.first, self.step)
        times = (every, task.start, task.step)
        if not task.loops.advance_looking(*where, *times, task.given, task.system.args, out):
            self.memory[:] = states
            return False
        self.step += every * len(out)
        return True

    @property
    def is_out(self) -> bool:
        """Whether all paths have left, so that nothing will change."""
        return self.task.exit is not None and bool(np.isfinite(self.rows[-2, : self.lanes]).all())

    @property
    def points(self) -> FloatArray:
        """The points, shape (d, lanes)."""
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


@dataclass(eq=False)
class Group:
    """A group of paths and what came out of it so far; it pickles, and can be gone on with.

    Parameters
    ----------
    index, count : int
        Which group, and how many paths.
    completed : int array, shape (count,)
        Steps done.
    state : array, shape (n_kept, count)
        States of the scheme after those steps, as far as they are kept.
    saved : array, shape (n_saved, n_values, count), optional
    sums : accumulator, optional
    blow_up : BlowUp, optional
    memory, looks : array and int, optional
        Of a chunk that was stopped on its way.
    """

    index: int
    count: int
    completed: Any
    state: FloatArray
    saved: FloatArray | None = None
    sums: Any = None
    blow_up: BlowUp | None = None
    memory: FloatArray | None = None
    looks: int = 0

    @property
    def first(self) -> int:
        """The first path."""
        return self.index * GROUP

    def is_complete(self, n_steps: int) -> bool:
        """Whether all paths are at the end."""
        return bool((self.completed == n_steps).all())


def run_groups(task: Task, groups: Sequence[int | Group], control: Control | None = None) -> list[Group]:
    """Compute groups of an ensemble, or go on with them; what a job is."""
    results: list[Group] = []
    for each in groups:
        group = _new_group(task, each) if isinstance(each, int) else each
        results.append(group)
        for offset in range(0, group.count, CHUNK):
            if group.completed[offset] < task.n_steps:
                _run_chunk(_resumed(task, group, offset), group, offset, control)
            if group.blow_up is not None or _is_stopped(control):
                return results
    return results


def _is_stopped(control: Control | None) -> bool:
    return control is not None and control.stop.is_set()


def _new_group(task: Task, index: int) -> Group:
    count = min(GROUP, task.n_paths - index * GROUP)
    rows = len(range(task.loops.n_state)[task.kept_rows])
    group = Group(index, count, np.zeros(count, dtype=np.int64), np.full((rows, count), np.nan))
    if task.keep_paths:
        group.saved = np.full((task.saved.size, task.n_values, count), np.nan)
    if task.statistics is not None:
        group.sums = task.statistics.accumulator(task.saved.size, task.n_values)
    return group


def _resumed(task: Task, group: Group, offset: int) -> Chunk:
    """Return the chunk at `offset`, where it was stopped or at its beginning."""
    chunk = Chunk(task, group.first + offset, min(CHUNK, group.count - offset))
    if group.memory is not None:
        chunk.memory[:], chunk.looks, chunk.step = group.memory, group.looks, int(group.completed[offset])
        group.memory = None
    elif group.sums is not None:
        group.sums.begin_chunk()
    return chunk


def _run_chunk(chunk: Chunk, group: Group, offset: int, control: Control | None) -> None:
    """Advance a chunk to the end, looking at it on the way, unless stopped."""
    task, lanes = chunk.task, chunk.lanes
    place = slice(offset, offset + lanes)
    per_buffer = max(BUFFER // (task.n_values * lanes), 1)
    buffer = np.empty((min(per_buffer, task.saved.size), task.n_values, lanes))
    goes_on = True
    while goes_on and chunk.looks < task.saved.size:
        begin = chunk.looks
        goes_on = _look(chunk, buffer[: task.saved.size - begin], group, control)
        _note(group, begin, buffer[: chunk.looks - begin], place)
    if goes_on:
        goes_on = _reach(chunk, task.n_steps, group, control)
    group.state[:, place] = chunk.rows[task.kept_rows, :lanes]
    if not goes_on:
        group.memory, group.looks = chunk.memory, chunk.looks
    group.completed[place] = chunk.step


def _look(chunk: Chunk, out: FloatArray, group: Group, control: Control | None) -> bool:
    """Advance and look until `out` is full; return False if stopped before."""
    begin, saved, careful = chunk.looks, chunk.task.saved, False
    every = int(saved[1] - saved[0]) if saved.size > 1 else 1
    while chunk.looks < begin + len(out):
        rest = out[chunk.looks - begin :][: max(SEGMENT // (every * chunk.lanes), 1)]
        step = int(saved[chunk.looks])
        at_once = step == chunk.step + every and not careful and not chunk.is_out and not _is_stopped(control)
        if at_once and chunk.advance_looking(every, rest):
            _count(control, every * len(rest) * chunk.lanes)
            chunk.looks += len(rest)
            continue
        # Step by step to where the states left the finite numbers.
        careful |= at_once
        if not _reach(chunk, step, group, control):
            return False
        chunk.look(out[chunk.looks - begin])
        chunk.looks += 1
    return True


def _count(control: Control | None, path_steps: int) -> None:
    if control is not None:
        control.done.append(path_steps)


def _note(group: Group, begin: int, values: FloatArray, place: slice) -> None:
    if not len(values):
        return
    if group.sums is not None:
        group.sums.add(begin, values)
    if group.saved is not None:
        group.saved[begin : begin + len(values), :, place] = values


def _reach(chunk: Chunk, step: int, group: Group, control: Control | None) -> bool:
    """Advance to a step; return False if the run was stopped or left the finite numbers before."""
    per_segment = max(SEGMENT // chunk.lanes, 1)
    while chunk.step < step:
        if _is_stopped(control):
            return False
        before, states = chunk.step, chunk.memory.copy()
        left = step - chunk.step
        chunk.advance(left if chunk.is_out else min(per_segment, left))
        if not np.isfinite(chunk.points).all():
            group.blow_up = _find_blow_up(chunk, before, states)
            return False
        _count(control, (chunk.step - before) * chunk.lanes)
    return True


def _find_blow_up(chunk: Chunk, step: int, states: FloatArray) -> BlowUp:
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
