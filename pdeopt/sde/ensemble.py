"""The record of a simulated ensemble."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.sde.blocks import BlowUp, Group
from pdeopt.sde.task import Task

__all__ = ["BlowUpError", "Ensemble"]


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Paths of a stochastic differential equation.

    Parameters
    ----------
    final : array, shape (n_paths, d)
        Last states; NaN where a path has none.
    times : array, shape (n_saved,)
        When the states were looked at.
    paths : array, shape (n_saved, n_paths, d), optional
        States at `times`, if they were kept.
    observables : array, shape (n_saved, n_paths, n_observables), optional
    statistics : EnsembleStatistics, optional
        Of the coordinates, then of the observables, at `times`.
    task : Task
        What was simulated.
    state : array, shape (n_state, n_paths)
        States of the scheme, from which the run goes on.
    completed : int array, shape (n_paths,)
        Steps done.
    seconds : float
        Wall time.
    interrupted : bool
        Whether the run was stopped before its end.
    """

    final: FloatArray
    times: FloatArray
    paths: FloatArray | None
    observables: FloatArray | None
    statistics: Any
    task: Task
    state: FloatArray
    completed: IntArray
    seconds: float = 0.0
    interrupted: bool = False
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return self.task.n_paths

    @property
    def seed(self) -> int:
        """The seed: with path and step it determines every number drawn."""
        return self.task.seed

    def __repr__(self) -> str:
        task = self.task
        done = int(self.completed.sum())
        rate = f", {done / self.seconds / 1e6:.3g} million path-steps a second" if self.seconds > 0 else ""
        state = " (interrupted)" if self.interrupted else ""
        return (
            f"<Ensemble of {task.n_paths} paths, {task.scheme.name}, {task.n_steps} steps of {task.step:g} from "
            f"t={task.start:g}, seed {task.seed}: {self.seconds:.3g} s{rate}{state}>"
        )


class BlowUpError(FloatingPointError):
    """A path left the finite numbers.

    Attributes
    ----------
    path, step : int
        Which path, and which step did it.
    state : array, shape (d,)
        The state before that step.
    partial : Ensemble
        All that was computed.
    """

    def __init__(self, message: str, blow_up: BlowUp, partial: Ensemble) -> None:
        super().__init__(message)
        self.path, self.step, self.state, self.partial = blow_up.path, blow_up.step, blow_up.state, partial


class Assembly:
    """Puts groups together, in order."""

    def __init__(self, task: Task) -> None:
        self.task = task
        n, d, kept = task.n_paths, task.system.dim, task.saved.size if task.keep_paths else 0
        self.final = np.full((n if task.keep_final else 0, d), np.nan)
        self.saved = np.full((kept, n if kept else 0, task.n_values), np.nan)
        self.state = np.empty((task.loops.n_state, n if task.keep_final else 0))
        self.completed = np.zeros(n if task.keep_final else task.n_groups, dtype=np.int64)
        self.sums: Any = None
        self.blow_up: BlowUp | None = None

    def add(self, group: Group) -> None:
        """Take the next group."""
        place = slice(group.first, group.first + group.count)
        if self.task.keep_final:
            self.final[place] = group.state[: self.task.system.dim].T
            self.state[:, place] = group.state
            self.completed[place] = group.completed
        else:
            self.completed[group.first // group.count] = group.completed
        if group.saved is not None:
            self.saved[:, place] = np.moveaxis(group.saved, 1, 2)
        if group.sums is not None:
            self.sums = group.sums if self.sums is None else self._merged(group.sums)
        self.blow_up = self.blow_up or group.blow_up

    def _merged(self, sums: Any) -> Any:
        self.sums.merge(sums)
        return self.sums

    def ensemble(self, seconds: float, *, interrupted: bool) -> Ensemble:
        """Return the record."""
        task, d = self.task, self.task.system.dim
        times = task.start + task.saved * task.step
        names = (*(f"x{k}" for k in range(d)), *(f"observable{k}" for k in range(task.n_observables)))
        statistics = self.sums.result(times, names) if self.sums is not None else None
        paths = self.saved[..., :d] if task.keep_paths else None
        observables = self.saved[..., d:] if task.keep_paths and task.n_observables else None
        return Ensemble(
            self.final, times, paths, observables, statistics, task, self.state, self.completed, seconds, interrupted
        )
