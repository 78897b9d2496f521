"""Sharing groups of paths out over threads or an executor, and taking them back in order."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from time import perf_counter

from tqdm import tqdm

from pdeopt.sde import checks
from pdeopt.sde.blocks import Control, Group, run_groups
from pdeopt.sde.ensemble import Assembly, BlowUpError, Ensemble
from pdeopt.sde.task import GROUP, Task

__all__ = ["run"]

POLL = 0.1
"""Seconds between two looks at progress."""
SHARES = 4
"""Jobs a worker gets, so that all end at about the same time."""
LARGEST_JOB = 64


def run(
    task: Task, threads: int | None, executor: Executor | None, block_size: int | None, progress: bool | None
) -> Ensemble:
    """Compute all groups of a task and put them together."""
    began = perf_counter()
    assembly, control = Assembly(task), Control()
    workers = threads or len(os.sched_getaffinity(0))
    per_job = -(-block_size // GROUP) if block_size else min(max(task.n_groups // (SHARES * workers), 1), LARGEST_JOB)
    task.loops.compile_for(task.system.args)
    with _bar(task, progress) as bar:
        for group in _groups(task, executor, workers, per_job, control, bar):
            assembly.add(group)
    ensemble = assembly.ensemble(perf_counter() - began, interrupted=control.interrupted)
    if assembly.blow_up is not None:
        raise BlowUpError(checks.blow_up_message(task, assembly.blow_up), assembly.blow_up, ensemble)
    return ensemble


def _bar(task: Task, progress: bool | None) -> "tqdm[None]":
    hidden = None if progress is None else not progress
    total = task.n_paths * task.n_steps
    return tqdm(total=total, unit="step", unit_scale=True, delay=2.0, disable=hidden, leave=False, desc=task.scheme.name)


def _groups(
    task: Task, executor: Executor | None, workers: int, per_job: int, control: Control, bar: "tqdm[None]"
) -> Iterator[Group]:
    """Yield the groups in order, with no more jobs waiting than keep the workers busy."""
    # Also one thread is a thread of its own: the main one then sees interrupts at once.
    pool = executor or ThreadPoolExecutor(workers)
    ours = () if executor is not None else (control,)
    jobs: deque[Future[list[Group]]] = deque()
    begins = iter(range(0, task.n_groups, per_job))
    try:
        while True:
            while not control.stop.is_set() and len(jobs) < 2 * workers + 1:
                begin = next(begins, None)
                if begin is None:
                    break
                end = min(begin + per_job, task.n_groups)
                jobs.append(pool.submit(run_groups, task.piece(begin, end), begin, end, *ours))
            if not jobs:
                return
            for group in _result(jobs.popleft(), control, bar):
                yield group
                if group.blow_up is not None:
                    control.stop.set()
                    return
            if executor is not None and control.stop.is_set():
                return
    finally:
        for job in jobs:
            job.cancel()
        if executor is None:
            pool.shutdown()


def _result(job: "Future[list[Group]]", control: Control, bar: "tqdm[None]") -> list[Group]:
    """Wait for a job; an interrupt lets running threads stop where they are and hand over what they have."""
    while True:
        try:
            groups = job.result(timeout=POLL)
        except TimeoutError:
            if job.done():
                raise
        except KeyboardInterrupt:
            control.stop.set()
            control.interrupted = True
        else:
            _advance(bar, control, groups)
            return groups
        _advance(bar, control, [])


def _advance(bar: "tqdm[None]", control: Control, groups: list[Group]) -> None:
    done = sum(control.done[:])
    bar.update(done - bar.n if done else sum(group.count * group.completed for group in groups))
