"""Sharing jobs out over threads or an executor: a bar after two seconds, and an interrupt keeps what is done."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from threading import Event
from typing import Any

from tqdm import tqdm

from pdeopt._cores import n_threads
from pdeopt.networks.ensemble_runs import Job, RunResult, run_job

__all__ = ["Workers", "share_out"]

Take = Callable[[int, RunResult], None]


@dataclass(frozen=True)
class Workers:
    """Who computes, and how much at a time.

    Parameters
    ----------
    threads : int, optional
        By default all cores.
    executor : Executor, optional
        Instead of threads.
    block_size : int, optional
        Runs in a job.
    progress : bool, optional
        Whether to show a bar; by default on a terminal, after two seconds.
    """

    threads: int | None = None
    executor: Executor | None = None
    block_size: int | None = None
    progress: bool | None = None

    def per_job(self, n_runs: int) -> int:
        """Return how many runs make a job: one for a thread, more where jobs have to travel."""
        if self.block_size is not None:
            return self.block_size
        return 1 if self.executor is None else max(min(n_runs // (4 * n_threads(None)), 16), 1)


def share_out(jobs: Iterable[Job], take: Take, workers: Workers, *, total: int, name: str) -> bool:
    """Have jobs computed and their results taken, in any order, and return whether the user interrupted.

    Parameters
    ----------
    jobs : iterable of Job
        Asked for the next one when it can be submitted.
    take : callable
        ``take(ensemble, result)`` is called in this thread, possibly twice with the same result.
    workers : Workers
    total : int
        Number of runs, for the bar.
    name : str
        Shown beside the bar.
    """
    stop, left = Event(), iter(jobs)
    pool = workers.executor or ThreadPoolExecutor(n_threads(workers.threads))
    # An event cannot travel; the jobs of an executor are few runs long.
    extra = (stop.is_set,) if workers.executor is None else ()
    waiting: set[Future[Any]] = set()
    hidden = None if workers.progress is None else not workers.progress
    bar = tqdm(total=total, unit="run", delay=2.0, disable=hidden, leave=False, desc=name)
    try:
        with bar:
            for job in _finished(pool, left, waiting, 2 * n_threads(workers.threads) + 1, extra):
                bar.update(_take_all(job, take))
                waiting.discard(job)
    except KeyboardInterrupt:
        stop.set()
        _cancel(pool, waiting, own=workers.executor is None)
        for job in waiting:
            if job.done() and not job.cancelled() and job.exception() is None:
                _take_all(job, take)
        return True
    finally:
        stop.set()
        _cancel(pool, waiting, own=workers.executor is None)
    return False


def _finished(
    pool: Executor, jobs: Iterator[Job], waiting: "set[Future[Any]]", n_waiting: int, extra: tuple[Any, ...]
) -> "Iterator[Future[Any]]":
    """Keep a few more jobs waiting than there are workers, and yield those that are done."""
    while True:
        for job in islice(jobs, n_waiting - len(waiting)):
            waiting.add(pool.submit(run_job, job, *extra))
        if not waiting:
            return
        yield from wait(waiting, return_when=FIRST_COMPLETED).done


def _take_all(job: "Future[Any]", take: Take) -> int:
    ensemble, results = job.result()
    for result in results:
        take(ensemble, result)
    return len(results)


def _cancel(pool: Executor, waiting: "set[Future[Any]]", *, own: bool) -> None:
    for job in waiting:
        job.cancel()
    if own:
        pool.shutdown()
