"""One run of an ensemble, computed wherever a job is sent: a plain task in, plain arrays out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.networks.averaging import average_answers, score_answers
from pdeopt.networks.blow_up import blown_layer
from pdeopt.networks.data import Data
from pdeopt.networks.looks import look
from pdeopt.networks.network import Network
from pdeopt.networks.run import Run
from pdeopt.networks.task import Task
from pdeopt.optimizers import Method

__all__ = ["SCORES", "BlowUp", "EnsembleTask", "Job", "RunResult", "run_job", "train_run"]

SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
"""What is recorded of a run, in this order."""

WORK_BETWEEN_LOOKS = 3e8
"""Multiplications, about, after which a run looks whether it is to stop."""


@dataclass(frozen=True)
class BlowUp:
    """A run that left the finite numbers.

    Parameters
    ----------
    run : int
    step : int
        The step that did it, counted from 0.
    layer : str
        The first layer with a parameter that is no number.
    """

    run: int
    step: int
    layer: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"run {self.run} at step {self.step} in {self.layer}"


@dataclass(frozen=True, eq=False)
class EnsembleTask:
    """What all runs of an ensemble have in common.

    Parameters
    ----------
    net : MLP or ResNet
    method : Method
    n_runs : int
    seed : int
    n_steps : int
    batch_size : int or None
    batches : str
    initial : str, float or array
    record_every : int or None
    average_last : int
    """

    net: Network
    method: Method
    n_runs: int
    seed: int
    n_steps: int
    batch_size: int | None
    batches: str
    initial: Any
    record_every: int | None
    average_last: int

    @property
    def recorded(self) -> IntArray:
        """Steps after which losses and accuracies are recorded."""
        if self.record_every is None:
            return np.array([self.n_steps], dtype=np.int64)
        steps = np.arange(0, self.n_steps, self.record_every)
        return np.append(steps, self.n_steps).astype(np.int64)

    def initial_of(self, run: int) -> str | float | FloatArray:
        """Return the initial parameters of a run, or how to draw them."""
        given: str | float | FloatArray = self.initial
        return given[run] if isinstance(given, np.ndarray) and given.ndim == 2 else given

    def of_run(self, run: int, data: Data) -> Task:
        """Return the task of a run alone."""
        size, initial = self.batch_size or data.n_train, self.initial_of(run)
        every = self.record_every or self.n_steps
        return Task(self.net, data, self.method, self.n_steps, size, self.batches, initial, self.seed, run, every)


@dataclass(frozen=True, eq=False)
class RunResult:
    """What is left of a run.

    Parameters
    ----------
    run : int
    records : array, shape (n_records, 4)
        Of `SCORES`; NaN after a blow-up.
    final : array, shape (4,)
        Those of the end, or of the averaged classifier.
    parameters : array, shape (n_parameters,)
    last : array, shape (average_last, n_parameters)
        Parameters after each of the last steps.
    blow_up : BlowUp, optional
    """

    run: int
    records: FloatArray
    final: FloatArray
    parameters: FloatArray
    last: FloatArray
    blow_up: BlowUp | None


@dataclass(frozen=True, eq=False)
class Job:
    """Some runs of an ensemble, with their data.

    Parameters
    ----------
    task : EnsembleTask
    runs : sequence of int
    data : sequence of Data
        Of each run, or one for all.
    ensemble : int
        Which ensemble of several the runs belong to.
    """

    task: EnsembleTask
    runs: Sequence[int]
    data: Sequence[Data]
    ensemble: int = 0


def run_job(job: Job, stopped: Callable[[], bool] | None = None) -> tuple[int, list[RunResult]]:
    """Return the number of the ensemble and the results of the runs, of those only that ended before a stop."""
    results = []
    for i, run in enumerate(job.runs):
        result = train_run(job.task, job.data[i if len(job.data) > 1 else 0], run, stopped or (lambda: False))
        if result is None:
            break
        results.append(result)
    return job.ensemble, results


def train_run(task: EnsembleTask, data: Data, run: int, stopped: Callable[[], bool]) -> RunResult | None:
    """Return the result of a run, None if it was stopped."""
    alone = task.of_run(run, data)
    loop = Run(alone, alone.start)
    records = np.full((task.recorded.size, len(SCORES)), np.nan)
    last = np.full((task.average_last, alone.net.n_parameters), np.nan)
    tail = task.n_steps - task.average_last
    for step in np.union1d(task.recorded, np.arange(tail + 1, task.n_steps + 1)):
        failed = _advance(loop, int(step), stopped)
        if failed is None:
            return None
        if failed >= 0:
            return RunResult(
                run,
                records,
                records[-1],
                np.full_like(loop.point, np.nan),
                last,
                BlowUp(run, failed, blown_layer(alone, loop.point)),
            )
        if step > tail:
            last[step - tail - 1] = loop.point
        records[task.recorded == step] = look(alone, loop.point, 1) if step in task.recorded else np.nan
    final = _averaged(alone, last) if task.average_last else records[-1]
    return RunResult(run, records, final, loop.point.copy(), last, None)


def _advance(loop: Run, step: int, stopped: Callable[[], bool]) -> int | None:
    """Go on to a step; return the one that blew up, -1 if none did, None if stopped before."""
    task = loop.task
    slice_of = max(int(WORK_BETWEEN_LOOKS / (6 * task.batch_size * task.net.n_parameters)), 1)
    while loop.step < step:
        if stopped():
            return None
        failed = loop.advance(min(slice_of, step - loop.step))
        if failed >= 0:
            return failed
    return -1


def _averaged(task: Task, last: FloatArray) -> FloatArray:
    """Return the scores of the classifier whose answers are averaged over parameters."""
    data, found = task.data, []
    for x, y in ((data.x_train, task.targets[0]), (data.x_test, task.targets[1])):
        found.append(score_answers(task.net, average_answers(task.net, last, x), y))
    (train_loss, train_accuracy), (test_loss, test_accuracy) = found
    known = 1.0 if data.n_classes else np.nan
    return np.array([train_loss, test_loss, known * train_accuracy, known * test_accuracy])
