"""The record of an ensemble of runs."""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.networks.averaging import average_answers
from pdeopt.networks.data import Data
from pdeopt.networks.ensemble_runs import SCORES, BlowUp, EnsembleTask, RunResult
from pdeopt.networks.known import network_of
from pdeopt.networks.network import Network
from pdeopt.results import write_atomically

__all__ = ["Collection", "EnsembleHistory", "TrainingEnsemble", "mean_and_error"]

ARRAYS = ("parameters", "final", "finished", "last")
LISTED = 6
"""Blow-ups told in a table one by one."""


def mean_and_error(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard error over the first axis, of what is a number."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / count
        square = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
        return mean, np.sqrt(square / (count - 1) / count)


@dataclass(frozen=True, eq=False)
class EnsembleHistory:
    """Losses and accuracies of all runs on the whole sets, at some steps.

    Parameters
    ----------
    steps : int array, shape (n_records,)
    train_loss, test_loss, train_accuracy, test_accuracy : array, shape (n_runs, n_records)
        NaN where a run blew up or did not end.
    """

    steps: IntArray
    train_loss: FloatArray
    test_loss: FloatArray
    train_accuracy: FloatArray
    test_accuracy: FloatArray

    def __len__(self) -> int:
        """Return the number of records."""
        return int(self.steps.size)

    def mean(self, name: str) -> FloatArray:
        """Return the mean over runs of a quantity at each step, shape (n_records,)."""
        return mean_and_error(getattr(self, checked_score(name)))[0]

    def standard_error(self, name: str) -> FloatArray:
        """Return the standard error of the mean over runs at each step, shape (n_records,)."""
        return mean_and_error(getattr(self, checked_score(name)))[1]


@dataclass(frozen=True, eq=False, repr=False)
class TrainingEnsemble:
    """Runs of the same training from many seeds.

    Parameters
    ----------
    parameters : array, shape (n_runs, n_parameters)
        At the end; NaN where a run blew up or did not end.
    history : EnsembleHistory
    final : array, shape (n_runs, 4)
        Train and test loss, train and test accuracy at the end, or of the averaged classifier.
    finished : bool array, shape (n_runs,)
        Which runs ended; all unless the user interrupted. A run that blew up has ended.
    last : array, shape (n_runs, average_last, n_parameters)
        Parameters after each of the last steps, of which answers are averaged.
    blow_ups : tuple of BlowUp
        Runs that left the finite numbers, with step and layer.
    facts : dict
        What was trained, and how: plain numbers and words.

    Notes
    -----
    Means and standard errors are over the runs that ended and did not blow up.
    """

    parameters: FloatArray
    history: EnsembleHistory
    final: FloatArray
    finished: FloatArray
    last: FloatArray
    blow_ups: tuple[BlowUp, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return len(self.parameters)

    @property
    def interrupted(self) -> bool:
        """Whether some runs did not end."""
        return not self.finished.all()

    @property
    def train_loss(self) -> FloatArray:
        """Loss of each run on the training set, shape (n_runs,)."""
        return self.final[:, 0]

    @property
    def test_loss(self) -> FloatArray:
        """Loss of each run on the test set, shape (n_runs,)."""
        return self.final[:, 1]

    @property
    def train_accuracy(self) -> FloatArray:
        """Share of right answers of each run on the training set, shape (n_runs,)."""
        return self.final[:, 2]

    @property
    def test_accuracy(self) -> FloatArray:
        """Share of right answers of each run on the test set, shape (n_runs,)."""
        return self.final[:, 3]

    @property
    def net(self) -> Network:
        """The network."""
        return network_of(self.facts["net"])

    def mean(self, name: str = "test_accuracy") -> float:
        """Return the mean over runs of a loss or an accuracy, on the training or the test set."""
        return float(mean_and_error(getattr(self, checked_score(name)))[0])

    def standard_error(self, name: str = "test_accuracy") -> float:
        """Return the standard error of this mean; NaN of a single run."""
        return float(mean_and_error(getattr(self, checked_score(name)))[1])

    def answers(self, x: ArrayLike, run: int = 0) -> FloatArray:
        """Return what the classifier of a run answers at points, averaged over the last steps if they were kept.

        Parameters
        ----------
        x : array_like, shape (n, d)
        run : int

        Returns
        -------
        array, shape (n, n_outputs)
            Probabilities; with the squared loss the outputs.
        """
        points = np.ascontiguousarray(x, dtype=np.float64)
        kept = self.last[run] if self.last.shape[1] else self.parameters[run : run + 1]
        return average_answers(self.net, kept, points)

    def save(self, path: str | Path) -> Path:
        """Write the ensemble to an .npz file, which appears only when it is whole; `load` reads it."""
        target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
        words = {"facts": self.facts, "blow_ups": [asdict(one) for one in self.blow_ups]}
        arrays = {name: getattr(self, name) for name in ARRAYS}
        arrays |= {f"history.{name}": getattr(self.history, name) for name in ("steps", *SCORES)}
        write_atomically(target, arrays | {"training_ensemble": np.asarray(json.dumps(words))})
        return target

    @classmethod
    def load(cls, path: str | Path) -> "TrainingEnsemble":
        """Read an ensemble that `save` wrote.

        Raises
        ------
        ValueError
            If the file holds something else.
        """
        try:
            with np.load(Path(path), allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
            words = json.loads(str(found["training_ensemble"]))
            history = EnsembleHistory(*(found[f"history.{name}"] for name in ("steps", *SCORES)))
            arrays = {name: found[name] for name in ARRAYS}
        except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(
                f"path={str(path)!r} is no training ensemble. Use a file that TrainingEnsemble.save wrote."
            ) from error
        return cls(history=history, blow_ups=blow_ups_of(words["blow_ups"]), facts=words["facts"], **arrays)

    def __repr__(self) -> str:
        name = "test_accuracy" if np.isfinite(self.test_accuracy).any() else "test_loss"
        result = f"{name.replace('_', ' ')} {self.mean(name):.4f} +- {self.standard_error(name):.4f}"
        bad = f", {len(self.blow_ups)} blew up" if self.blow_ups else ""
        state = f", interrupted after {int(self.finished.sum())}" if self.interrupted else ""
        method = self.facts["method"].split("(")[0]
        return f"<TrainingEnsemble of {self.n_runs} runs, {method}: {result}{bad}{state}>"

    def __str__(self) -> str:
        facts, rows = self.facts, []
        rows.append(
            f"TrainingEnsemble: {self.n_runs} runs of {facts['n_steps']} steps, batches of {facts['batch_size']}"
        )
        rows += wrap(facts["method"], 100, initial_indent="  ", subsequent_indent="    ")
        rows.append(f"  {self.net}, initial {facts['initial']}, {facts['data']}, seed {facts['seed']}")
        rows.append(f"  {'':15}{'mean':>9}{'+-':>9}{'s.d.':>9}{'least':>9}{'largest':>9}")
        rows += [self._row(name) for name in ("test_accuracy", "train_accuracy", "test_loss", "train_loss")]
        if facts["average_last"]:
            rows.append(f"  of answers averaged over the last {facts['average_last']} steps")
        if self.blow_ups:
            rows.append(f"  {len(self.blow_ups)} runs blew up and are left out: {listed(self.blow_ups)}")
        if self.interrupted:
            rows.append(f"  interrupted: {int(self.finished.sum())} of {self.n_runs} runs ended")
        return "\n".join([*rows, f"  {facts['seconds']:.3g} s"])

    def _row(self, name: str) -> str:
        values = getattr(self, name)
        known, label = values[np.isfinite(values)], name.replace("_", " ")
        if known.size == 0:
            return f"  {label:15}{'none':>9}"
        error = self.standard_error(name)
        numbers = (self.mean(name), error, error * np.sqrt(known.size), known.min(), known.max())
        return f"  {label:15}" + "".join(f"{number:9.4f}" for number in numbers)


def checked_score(name: str) -> str:
    """Return a name of what is recorded."""
    if name not in SCORES:
        raise ValueError(f"name={name!r} is not recorded. Use one of {', '.join(map(repr, SCORES))}.")
    return name


def listed(blow_ups: Sequence[BlowUp]) -> str:
    """Return the first few blow-ups in words."""
    return "; ".join(map(str, blow_ups[:LISTED])) + "; ..." * (len(blow_ups) > LISTED)


def blow_ups_of(rows: Sequence[dict[str, Any]]) -> tuple[BlowUp, ...]:
    """Return blow-ups from plain words and numbers."""
    return tuple(BlowUp(**row) for row in rows)


class Collection:
    """Results of runs as they come in, in any order.

    Parameters
    ----------
    task : EnsembleTask
    data : Data
        Of the first run.
    per_run : bool
        Whether every run has data of its own.
    """

    def __init__(self, task: EnsembleTask, data: Data, *, per_run: bool) -> None:
        n, p = task.n_runs, task.net.n_parameters
        self.task, self.facts = task, facts_of(task, data, per_run=per_run)
        self.parameters = np.full((n, p), np.nan)
        self.records = np.full((n, task.recorded.size, len(SCORES)), np.nan)
        self.final = np.full((n, len(SCORES)), np.nan)
        self.last = np.full((n, task.average_last, p), np.nan)
        self.finished = np.zeros(n, dtype=bool)
        self.blow_ups: dict[int, BlowUp] = {}

    def take(self, result: RunResult) -> None:
        """Put a result in its place."""
        for name in ("parameters", "records", "final", "last"):
            getattr(self, name)[result.run] = getattr(result, name)
        if result.blow_up is not None:
            self.blow_ups[result.run] = result.blow_up
        self.finished[result.run] = True

    def ensemble(self, seconds: float) -> TrainingEnsemble:
        """Return the record of what there is."""
        history = EnsembleHistory(self.task.recorded, *np.moveaxis(self.records, 2, 0).copy())
        bad = tuple(self.blow_ups[run] for run in sorted(self.blow_ups))
        facts = {**self.facts, "seconds": seconds}
        return TrainingEnsemble(self.parameters, history, self.final, self.finished, self.last, bad, facts)


def facts_of(task: EnsembleTask, data: Data, *, per_run: bool) -> dict[str, Any]:
    """Return what is trained, and how, as plain numbers and words."""
    words = {
        "net": task.net.description,
        "method": str(task.method),
        "data": data.name + ", new for each run" * per_run,
    }
    numbers = {name: getattr(task, name) for name in ("n_runs", "seed", "n_steps", "record_every", "average_last")}
    initial = "given" if isinstance(task.initial, np.ndarray) else task.initial
    return {**words, **numbers, "batch_size": task.batch_size or data.n_train, "batches": task.batches} | {
        "initial": initial
    }
