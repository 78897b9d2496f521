"""Putting groups of paths together, in order, whenever they come."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.sde.blocks import BlowUp, Group
from pdeopt.sde.ensemble import Ensemble
from pdeopt.sde.exit_times import ExitSums, ExitTimes
from pdeopt.sde.task import GROUP, Task

__all__ = ["Assembly"]


class Assembly:
    """What is done of an ensemble: it pickles, and a run can go on from it.

    Parameters
    ----------
    task : Task
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        n, d, kept = task.n_paths, task.system.dim, task.saved.size if task.keep_paths else 0
        self.final = np.full((n if task.keep_final else 0, d), np.nan)
        self.saved = np.full((kept, n if kept else 0, task.n_values), np.nan)
        self.completed = np.zeros(n if task.keep_final else 0, dtype=np.int64)
        self.sums: Any = None
        self.blow_up: BlowUp | None = None
        self.n_merged = 0
        self.waiting: dict[int, Group] = {}
        self.seconds = 0.0
        self.exits: ExitSums | None = None
        if task.exit is not None:
            end, faces = task.start + task.n_steps * task.step, task.exit.n_faces(task.system)
            self.exits = ExitSums(task.start, end, faces)
            self.exit_rows = np.full((2, n if task.keep_final else 0), np.nan)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is missing, or nothing can be added."""
        return self.n_merged == self.task.n_groups or self.blow_up is not None

    @property
    def path_steps(self) -> int:
        """Path-steps done so far."""
        size = min(self.n_merged * GROUP, self.task.n_paths) * self.task.n_steps
        return size + sum(int(group.completed.sum()) for group in self.waiting.values())

    def missing(self) -> Iterator[int | Group]:
        """Say what is still to be computed.

        Yields
        ------
        int or Group
            The number of a group, or a group that was stopped on its way.
        """
        for index in range(self.n_merged, self.task.n_groups):
            group = self.waiting.get(index)
            if group is None or not group.is_complete(self.task.n_steps):
                yield index if group is None else group

    def add(self, group: Group) -> None:
        """Take a group; sums are merged in the order of the groups, so that their bits are always the same."""
        self.blow_up = self.blow_up or group.blow_up
        self._write(group)
        # A group that is gone on with completes where it waits, and may be merged before its worker returns it.
        if group.index >= self.n_merged:
            self.waiting[group.index] = group
        while self.n_merged in self.waiting and self.waiting[self.n_merged].is_complete(self.task.n_steps):
            complete = self.waiting.pop(self.n_merged)
            sums = complete.sums
            self.n_merged += 1
            if self.exits is not None:
                self.exits.add(*complete.state[-2:])
            if self.sums is None:
                self.sums = sums
            elif sums is not None:
                self.sums.merge(sums)

    def _write(self, group: Group) -> None:
        place = slice(group.first, group.first + group.count)
        if self.task.keep_final:
            self.final[place] = group.state[: self.task.system.dim].T
            self.completed[place] = group.completed
            if self.exits is not None:
                self.exit_rows[:, place] = group.state[-2:]
        if group.saved is not None:
            self.saved[:, place] = np.moveaxis(group.saved, 1, 2)

    def ensemble(self, *, interrupted: bool) -> Ensemble:
        """Return the record of all that is done."""
        task, d = self.task, self.task.system.dim
        paths = self.saved[..., :d] if task.keep_paths else None
        observed = self.saved[..., d:] if task.keep_paths and task.n_observables else None
        times: FloatArray = np.asarray(task.start + task.saved * task.step, dtype=np.float64)
        known = (task, self.path_steps, self.completed, self.seconds, interrupted, self, self._exits())
        return Ensemble(self.final, times, paths, observed, self._statistics(), *known)

    def _exits(self) -> ExitTimes | None:
        if self.exits is None:
            return None
        sums = self.exits.copy()
        for index in sorted(self.waiting):
            sums.add(*self.waiting[index].state[-2:])
        if not self.task.keep_final:
            return ExitTimes(None, None, None, sums)
        times = self.exit_rows[0].copy()
        faces = np.nan_to_num(self.exit_rows[1], nan=-1.0).astype(np.int64)
        return ExitTimes(times, faces, np.where(faces[:, None] >= 0, self.final, np.nan), sums)

    def _statistics(self) -> Any:
        if self.task.statistics is None:
            return None
        total = self.task.statistics.accumulator(self.task.saved.size, self.task.n_values)
        for sums in (self.sums, *(self.waiting[index].sums for index in sorted(self.waiting))):
            if sums is not None:
                total.merge(sums)
        d, n = self.task.system.dim, self.task.n_observables
        names = (*(f"x[{k}]" for k in range(d)), *(f"observable[{k}]" for k in range(n)))
        return total.result(self.task.start + self.task.saved * self.task.step, names)
