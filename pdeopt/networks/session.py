"""A run with all that goes on around it: records, snapshots, early stop, checkpoints, interrupts, a progress bar."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from tqdm import tqdm

from pdeopt._interrupts import interrupts_noted
from pdeopt._types import FloatArray
from pdeopt.networks.blow_up import TrainingBlowUpError, blow_up_message, blown_layer
from pdeopt.networks.early_stop import EarlyStop
from pdeopt.networks.fit import Fit
from pdeopt.networks.history import History
from pdeopt.networks.run import Run
from pdeopt.networks.task import Task
from pdeopt.networks.watching import Watch
from pdeopt.optimizers import MethodState

__all__ = ["Options", "Session"]

BAR_DELAY = 2.0
"""Seconds before a progress bar appears."""
CALL_SECONDS = 0.1
"""How long the compiled loop runs before interrupts, checkpoints and the progress bar are looked after."""


@dataclass(frozen=True, eq=False)
class Options:
    """What does not change the steps.

    Parameters
    ----------
    early_stop : EarlyStop, optional
    save_every : int, optional
    checkpoint : Path, optional
    checkpoint_every : float
        Seconds.
    progress : bool, optional
    on_record : callable, optional
    """

    early_stop: EarlyStop | None = None
    save_every: int | None = None
    checkpoint: Path | None = None
    checkpoint_every: float = 60.0
    progress: bool | None = None
    on_record: Callable[[dict[str, Any]], None] | None = None


@dataclass(eq=False)
class Session:
    """One run, from its start or from where another one ended.

    Parameters
    ----------
    task : Task
    watch : Watch
    options : Options
    begun : Fit, optional
        The run to go on with.
    """

    task: Task
    watch: Watch
    options: Options
    begun: Fit | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    saved: list[tuple[int, FloatArray]] = field(default_factory=list)
    interrupted: bool = False

    def __post_init__(self) -> None:
        begun, task = self.begun, self.task
        self.loop = Run(task, task.start) if begun is None else Run(task, begun.last.copy(), begun.state)
        self.best_step, self.best = 0, self.loop.point.copy()
        self.kept: tuple[FloatArray, MethodState] = self.loop.point.copy(), self.loop.state
        self.per_call = 16
        if begun is not None:
            self.rows = rows_of(begun.history, task.record_every)
            self.saved = list(zip(begun.snapshot_steps.tolist(), begun.snapshots, strict=True))
            self.best_step, self.best = begun.step, begun.parameters

    def run(self) -> Fit:
        """Do the steps that are left, and return the whole run."""
        due = perf_counter() + self.options.checkpoint_every
        # What is compiled at the first call is not counted.
        self.loop.compile()
        with interrupts_noted(self._note), self._bar() as bar:
            if not self.rows:
                self._look(bar)
            self.began = perf_counter() - (0.0 if self.begun is None else self.begun.seconds)
            while not self._ends:
                self._go_on(bar)
                if self.options.checkpoint is not None and perf_counter() > due:
                    self.fit("under way").save(self.options.checkpoint)
                    due = perf_counter() + self.options.checkpoint_every
            if self.rows[-1]["step"] != self.loop.step:
                self._look(bar)
        fit = self.fit(self._ending)
        if self.options.checkpoint is not None:
            fit.save(self.options.checkpoint)
        return fit

    def _note(self) -> None:
        self.interrupted = True

    @property
    def _ending(self) -> str:
        if self.loop.step >= self.task.n_steps:
            return "finished"
        return "early" if self._is_stale else "interrupted"

    @property
    def _ends(self) -> bool:
        return self.interrupted or self.loop.step >= self.task.n_steps or self._is_stale

    @property
    def _is_stale(self) -> bool:
        stop = self.options.early_stop
        return stop is not None and self.loop.step - self.best_step >= stop.patience

    def _go_on(self, bar: "tqdm[Any]") -> None:
        """Do some steps, to the next record or snapshot at most."""
        loop, stops = self.loop, [self.task.n_steps]
        for every in (self.task.record_every, self.options.save_every):
            stops += [] if every is None else [(loop.step // every + 1) * every]
        n = min(*stops, loop.step + self.per_call) - loop.step
        began = perf_counter()
        failed = loop.advance(n)
        if failed >= 0:
            self._blow_up(failed)
        self.per_call = max(int(n * CALL_SECONDS / max(perf_counter() - began, 1e-9)), 1)
        bar.update(n)
        if self.options.save_every is not None and loop.step % self.options.save_every == 0:
            self.saved.append((loop.step, loop.point.copy()))
        if loop.step % self.task.record_every == 0 or loop.step == self.task.n_steps:
            self._look(bar)

    def _look(self, bar: "tqdm[Any]") -> None:
        # On the way to a blow-up squares are the first to be infinite.
        with np.errstate(over="ignore", invalid="ignore"):
            row = self.watch.record(self.loop, self.rows[-1] if self.rows else None)
        stop = self.options.early_stop
        if stop is not None:
            known = [old[stop.quantity] for old in self.rows if old["step"] == self.best_step]
            if stop.is_better(row[stop.quantity], known[0] if known else np.nan):
                self.best_step, self.best = self.loop.step, self.loop.point.copy()
        self.rows.append(row)
        self.kept = self.loop.point.copy(), self.loop.state
        shown = {"loss": row.get("train_loss"), "accuracy": row.get("test_accuracy")}
        bar.set_postfix({name: f"{value:.4g}" for name, value in shown.items() if value is not None}, refresh=False)
        if self.options.on_record is not None:
            self.options.on_record(row)

    def fit(self, stopped: str) -> Fit:
        """Return what has been done so far."""
        return self._fit(self.loop.point.copy(), self.loop.state, stopped)

    def _fit(self, last: FloatArray, state: MethodState, stopped: str) -> Fit:
        task, restores = self.task, self.options.early_stop is not None
        marks = {"data_mark": task.data_mark, "method_mark": task.method_mark(state.n_steps)}
        columns = {name: np.array([row[name] for row in self.rows]) for name in self.rows[0]}
        snapshots = np.array([point for _, point in self.saved]).reshape(-1, task.net.n_parameters)
        return Fit(
            task.net,
            self.best if restores else last,
            History(columns),
            state,
            last,
            snapshots,
            np.array([step for step, _ in self.saved], dtype=np.int64),
            task.facts | marks,
            self.best_step if restores else state.n_steps,
            perf_counter() - self.began,
            stopped,
        )

    def _blow_up(self, step: int) -> None:
        layer = blown_layer(self.task, self.loop.point)
        partial = self._fit(*self.kept, "blown up")
        if self.options.checkpoint is not None:
            partial.save(self.options.checkpoint)
        raise TrainingBlowUpError(blow_up_message(self.task, step, layer), step, layer, partial)

    def _bar(self) -> "tqdm[Any]":
        hidden = None if self.options.progress is None else not self.options.progress
        bar: tqdm[Any] = tqdm(
            total=self.task.n_steps,
            initial=self.loop.step,
            desc=self.task.method.name,
            unit="step",
            unit_scale=True,
            delay=BAR_DELAY,
            leave=False,
            disable=hidden,
        )
        return bar


def rows_of(history: History, every: int) -> list[dict[str, Any]]:
    """Return the records of a history, but for one that was made only because the run ended there."""
    names, n = list(history.columns), len(history)
    rows = [{name: history.columns[name][k] for name in names} for k in range(n)]
    return [row for row in rows if row["step"] % every == 0]
