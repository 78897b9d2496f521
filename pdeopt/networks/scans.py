"""Scans: ensembles of runs on a grid of settings."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.data import Data
from pdeopt.networks.ensemble_checks import checked_data, checked_ensemble
from pdeopt.networks.ensemble_results import facts_of
from pdeopt.networks.ensemble_runs import SCORES, BlowUp, EnsembleTask, Job, RunResult
from pdeopt.networks.ensembles import jobs_of
from pdeopt.networks.network import Network
from pdeopt.networks.scan_results import Scan, described
from pdeopt.networks.scan_settings import cells, checked_settings, with_settings
from pdeopt.networks.sharing import Workers, share_out
from pdeopt.optimizers import Method
from pdeopt.sde.checks import (
    checked_block_size,
    checked_executor,
    checked_file,
    checked_seconds,
    checked_threads,
)

__all__ = ["scan"]

ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def scan(
    net: Network,
    data: Data | Callable[[int], Data],
    method: Method,
    settings: Mapping[str, Sequence[Any]],
    *,
    n_runs: int = 10,
    seed: int = 0,
    n_steps: int = 10_000,
    batch_size: int | None = None,
    batches: str = "epochs",
    initial: str | float | FloatArray = "uniform",
    average_last: int = 0,
    threads: int | None = None,
    executor: Executor | None = None,
    block_size: int | None = None,
    progress: bool | None = None,
    checkpoint: str | None = None,
    checkpoint_every: float = 60.0,
) -> Scan:
    """Train an ensemble for every combination of some settings.

    Parameters
    ----------
    net : MLP or ResNet
    data : Data or callable
        The same for all runs, or ``data(seed + r)`` returns those of run r.
    method : Method
    settings : mapping of str to sequence
        Names and values to try: settings of the method, ``"part.setting"`` for a part of a `Partition`, ``"method"``
        for methods themselves, ``"width"`` of all hidden layers, ``"sizes"``, ``"activation"``, ``"batch_size"``,
        ``"batches"``, ``"initial"`` or ``"n_steps"``.
    n_runs : int
        Runs of each cell of the grid; run r has the same data, initial parameters and noise in all of them.
    seed, n_steps, batch_size, batches, initial, average_last
        See `train_ensemble`.
    threads, executor, block_size, progress
        See `train_ensemble`. No bit of the result depends on them.
    checkpoint : str, optional
        A file that holds what is done, written every `checkpoint_every` seconds, at an interrupt and at the end. If it
        exists the scan goes on from there, to the same bits. `Scan.load` reads it.
    checkpoint_every : float
        Seconds, positive.

    Returns
    -------
    Scan
        If the user interrupts, with the runs that ended before.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, a setting is unknown, or the checkpoint is that of another scan.

    Examples
    --------
    >>> from pdeopt.networks import MLP, spirals
    >>> from pdeopt.optimizers import SGD
    >>> options = {"n_runs": 3, "n_steps": 10, "batch_size": 10}
    >>> found = scan(MLP([2, 4, 1]), spirals(), SGD(), {"step_size": [0.1, 0.2], "width": [2, 4, 8]}, **options)
    >>> found.mean().shape
    (2, 3)
    """
    grid, first = checked_settings(settings), checked_data(data, seed)
    task = EnsembleTask(net, method, n_runs, seed, n_steps, batch_size, batches, initial, None, average_last)
    tasks = [with_settings(task, chosen) for chosen in cells(grid)]
    for each in tasks:
        checked_ensemble(each, first)
    workers = Workers(checked_threads(threads), checked_executor(executor), checked_block_size(block_size), progress)
    facts = scan_facts(task, first, grid, per_run=callable(data))
    collection = ScanCollection(grid, tasks, facts, checked_file(checkpoint), checked_seconds(checkpoint_every))
    jobs = collection.jobs(data, workers)
    interrupted = share_out(jobs, collection.take, workers, total=collection.n_missing, name=f"{method.name} scan")
    collection.write()
    if interrupted and not collection.finished.any():
        raise KeyboardInterrupt
    return collection.scan()


def scan_facts(task: EnsembleTask, data: Data, grid: Mapping[str, list[Any]], *, per_run: bool) -> dict[str, Any]:
    """Return what determines a scan, as plain numbers and words."""
    digest = hashlib.sha256()
    arrays = [data.x_train, data.y_train, data.x_test, data.y_test]
    for array in [*arrays, *(one for one in (task.initial, *grid.get("initial", [])) if isinstance(one, np.ndarray))]:
        digest.update(np.ascontiguousarray(array).tobytes())
    scanned = dict.fromkeys(set(grid) & {"n_steps", "batch_size", "batches", "initial"}, "scanned")
    known = {**facts_of(task, data, per_run=per_run), **scanned, "digest": digest.hexdigest()[:16]}
    return {name: ADDRESS.sub("", fact) if isinstance(fact, str) else fact for name, fact in known.items()}


class ScanCollection:
    """Results of the runs of a scan as they come in, in any order, in memory and in a file.

    Parameters
    ----------
    grid : mapping of str to list
    tasks : sequence of EnsembleTask
        Of the cells.
    facts : dict
    file : str, optional
        Read if it exists, and written.
    every : float
        Seconds between two writes.
    """

    def __init__(
        self, grid: dict[str, list[Any]], tasks: Sequence[EnsembleTask], facts: dict[str, Any], file: str | None,
        every: float,
    ) -> None:  # fmt: skip
        n_cells, n_runs = len(tasks), tasks[0].n_runs
        self.grid, self.tasks, self.facts, self.every = grid, tasks, facts, every
        self.file = Path(file).with_suffix(Path(file).suffix or ".npz") if file is not None else None
        self.final = np.full((n_cells, n_runs, len(SCORES)), np.nan)
        self.finished = np.zeros((n_cells, n_runs), dtype=bool)
        self.blow_ups: dict[tuple[int, int], BlowUp] = {}
        self.seconds, self.began = 0.0, perf_counter()
        if self.file is not None and self.file.exists():
            self._read(self.file)
        self.written, self.n_missing = perf_counter(), int((~self.finished).sum())

    def jobs(self, data: Data | Callable[[int], Data], workers: Workers) -> "chain[Job]":
        """Return the jobs of what is missing."""
        size = workers.per_job(self.finished.size)
        missing = [np.flatnonzero(~done).tolist() for done in self.finished]
        return chain.from_iterable(
            jobs_of(task, data, runs, size, k) for k, (task, runs) in enumerate(zip(self.tasks, missing, strict=True))
        )

    def take(self, cell: int, result: RunResult) -> None:
        """Put a result in its place, and write the file if it is time."""
        self.final[cell, result.run], self.finished[cell, result.run] = result.final, True
        if result.blow_up is not None:
            self.blow_ups[cell, result.run] = result.blow_up
        if perf_counter() > self.written + self.every:
            self.write()

    def write(self) -> None:
        """Write what there is."""
        if self.file is not None:
            self.scan().save(self.file)
        self.written = perf_counter()

    def scan(self) -> Scan:
        """Return the record of what there is."""
        shape = tuple(len(values) for values in self.grid.values())
        bad = tuple((cell, self.blow_ups[cell, run]) for cell, run in sorted(self.blow_ups))
        facts = {**self.facts, "seconds": self.seconds + perf_counter() - self.began}
        final, finished = (part.reshape(*shape, *part.shape[1:]) for part in (self.final, self.finished))
        return Scan(self.grid, final, finished, bad, facts)

    def _read(self, file: Path) -> None:
        known = Scan.load(file)
        now = {**self.facts, **described({f"settings {name}": values for name, values in self.grid.items()})}
        then = {**known.facts, **{f"settings {name}": values for name, values in known.settings.items()}}
        for name in sorted({*now, *then} - {"seconds"}):
            if now.get(name) != then.get(name):
                raise ValueError(
                    f"checkpoint={str(file)!r} is of a scan with {name}={then.get(name)!r}, not {now.get(name)!r}. Use "
                    f"checkpoint={str(file.with_stem(file.stem + '2'))!r}."
                )
        self.final[:], self.finished[:] = (
            part.reshape(own.shape) for part, own in ((known.final, self.final), (known.finished, self.finished))
        )
        self.blow_ups = {(cell, one.run): one for cell, one in known.blow_ups}
        self.seconds = known.facts["seconds"]
