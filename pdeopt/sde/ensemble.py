"""The record of a simulated ensemble."""

import operator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.sde import checks, saving
from pdeopt.sde.blocks import BlowUp, Chunk
from pdeopt.sde.exit_times import ExitTimes
from pdeopt.sde.task import Task

__all__ = ["BlowUpError", "Ensemble", "Trajectory"]


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
    path_steps : int
        Steps done, all paths together.
    completed : int array, shape (n_paths,)
        Steps done by each path, if the last states were kept.
    seconds : float
        Wall time of the steps, without compiling.
    interrupted : bool
        Whether the run was stopped before its end.
    progress : object
        What `resume` goes on from.
    exits : ExitTimes, optional
        When, where and through which face paths left, if the run had an `exit`.
    """

    final: FloatArray
    times: FloatArray
    paths: FloatArray | None
    observables: FloatArray | None
    statistics: Any
    task: Task
    path_steps: int
    completed: IntArray
    seconds: float = 0.0
    interrupted: bool = False
    progress: Any = None
    exits: ExitTimes | None = None

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return self.task.n_paths

    @property
    def seed(self) -> int:
        """The seed: with path and step it determines every number drawn."""
        return self.task.seed

    @property
    def facts(self) -> dict[str, Any]:
        """What was simulated, as plain numbers and words."""
        task = self.task
        numbers = {"start": task.start, "step": task.step, "n_steps": task.n_steps, "n_paths": task.n_paths}
        more = {"seed": task.seed, "noise_step": task.step / task.substeps, "seconds": self.seconds}
        words = {"method": task.scheme.name, "system": repr(task.system), "interrupted": self.interrupted}
        return words | numbers | more

    def save(self, path: str | Path) -> Path:
        """Write states, statistics, exits and facts to an .npz file; nothing is left half-written.

        Parameters
        ----------
        path : str or Path
            Without a suffix, .npz is added. An existing file is replaced.

        Returns
        -------
        Path
            Of the file, which `pdeopt.sde.load` reads.
        """
        return saving.save(path, self.arrays(), self.facts)

    def arrays(self) -> dict[str, FloatArray]:
        """Return everything that is an array, by name."""
        names = ("final", "times", "paths", "observables")
        found: dict[str, Any] = {name: getattr(self, name) for name in names}
        if self.statistics is not None:
            found |= {f"statistics.{name}": value for name, value in self.statistics.to_arrays().items()}
        if self.exits is not None:
            found |= {f"exits.{name}": getattr(self.exits, name) for name in ("times", "faces", "places")}
        return {name: np.asarray(value) for name, value in found.items() if value is not None}

    def to_xarray(self) -> Any:
        """Return an xarray Dataset with the dimensions time, path and coordinate.

        Raises
        ------
        ImportError
            If the extra ``xarray`` is not installed.
        """
        return saving.dataset(self.final, self.times, self.paths, self.observables, self.statistics, self.facts)

    def replay(self, path: int, *, save_every: int = 1) -> "Trajectory":
        """Return one path of the ensemble again, the same to the bit, without computing the others.

        Parameters
        ----------
        path : int
            Its number, from 0.
        save_every : int
            Look at it every so many steps.

        Raises
        ------
        ValueError
            If there is no such path.
        """
        task = self.task
        path, every = operator.index(path), checks.checked_count(save_every, "save_every", 1)
        if not 0 <= path < task.n_paths:
            raise ValueError(f"path={path} is not one of n_paths={task.n_paths}. Use path={task.n_paths - 1}.")
        chunk = Chunk(task, path, 1)
        steps = np.arange(0, task.n_steps + 1, every)
        values: FloatArray = np.empty((steps.size, task.n_values, 1))
        for step, out in zip(steps, values, strict=True):
            if step > chunk.step:
                chunk.advance(int(step) - chunk.step)
            chunk.look(out)
        d = task.system.dim
        times: FloatArray = np.asarray(task.start + steps * task.step, dtype=np.float64)
        return Trajectory(path, times, values[:, :d, 0], values[:, d:, 0])

    def __repr__(self) -> str:
        task = self.task
        rate = f", {self.path_steps / self.seconds / 1e6:.3g} million path-steps a second" if self.seconds > 0 else ""
        state = " (interrupted)" if self.interrupted else ""
        return (
            f"<Ensemble of {task.n_paths} paths, {task.scheme.name}, {task.n_steps} steps of {task.step:g} from "
            f"t={task.start:g}, seed {task.seed}: {self.seconds:.3g} s{rate}{state}>"
        )


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One path.

    Parameters
    ----------
    path : int
        Its number in the ensemble.
    times : array, shape (n,)
    values : array, shape (n, d)
    observables : array, shape (n, n_observables)
    """

    path: int
    times: FloatArray
    values: FloatArray
    observables: FloatArray

    def __repr__(self) -> str:
        """Say in one line what there is."""
        n, dim = self.values.shape
        more = f" and {self.observables.shape[1]} observables" if self.observables.shape[1] else ""
        last = f", t={self.times[0]:g} to {self.times[-1]:g}" if n else ""
        return f"<Trajectory of path {self.path}: {n} states of dim {dim}{more}{last}>"


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
