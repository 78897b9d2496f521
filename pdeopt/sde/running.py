"""Sharing groups of paths out over threads or an executor, and taking them back."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from numba.core.errors import NumbaError
from tqdm import tqdm

from pdeopt._cores import n_threads
from pdeopt._interrupts import interrupts_noted
from pdeopt.sde import checks
from pdeopt.sde.assembly import Assembly
from pdeopt.sde.blocks import Control, Group, run_groups
from pdeopt.sde.checkpoint import save_checkpoint
from pdeopt.sde.ensemble import BlowUpError, Ensemble
from pdeopt.sde.memory import say_memory
from pdeopt.sde.observables import count_observables
from pdeopt.sde.task import GROUP, Task
from pdeopt.systems import check_system

__all__ = ["Workers", "resume", "run"]

POLL = 0.1
"""Seconds between two looks at progress."""
SHARES = 4
"""Jobs a worker gets, so that all end at about the same time."""
LARGEST_JOB = 64
WAITING_BYTES = 1 << 24
"""What finished groups may hold together until they are merged, if one each is not more."""


@dataclass
class Workers:
    """Who computes, and how much at a time.

    Parameters
    ----------
    threads : int, optional
        By default all cores.
    executor : Executor, optional
        Instead of threads.
    block_size : int, optional
        Paths in a job.
    progress : bool, optional
        Whether to show a bar; by default on a terminal, after two seconds.
    checkpoint : str, optional
        File that holds what is done, written every `checkpoint_every` seconds and at an interrupt.
    """

    threads: int | None = None
    executor: Executor | None = None
    block_size: int | None = None
    progress: bool | None = None
    checkpoint: str | None = None
    checkpoint_every: float = 60.0
    interrupted: bool = False
    control: Control = field(default_factory=Control)

    @property
    def count(self) -> int:
        """Number of workers, as far as it is known."""
        return n_threads(self.threads)

    @property
    def n_jobs(self) -> int:
        """Number of jobs that wait or run at once: a few more than there are workers."""
        return 2 * self.count + 1

    def stop(self) -> None:
        """Let jobs end where they can be gone on with."""
        self.interrupted = True
        self.control.stop.set()

    def per_job(self, task: Task) -> int:
        """Return how many groups make a job."""
        if self.block_size is not None:
            return -(-self.block_size // GROUP)
        fitting = WAITING_BYTES // (self.n_jobs * task.group_bytes)
        return max(min(task.n_groups // (SHARES * self.count), LARGEST_JOB, fitting), 1)


def run(task: Task, workers: Workers, assembly: Assembly | None = None) -> Ensemble:
    """Compute what is missing of a task, and put all together."""
    if assembly is None:
        say_memory(task, workers.progress)
    assembly = assembly or Assembly(task)
    _compile(task)
    began = perf_counter()
    with interrupts_noted(workers.stop), _bar(task, assembly, workers) as bar:
        while not assembly.is_finished:
            _round(task, workers, assembly, bar)
            if workers.checkpoint is not None and not assembly.is_finished:
                save_checkpoint(workers.checkpoint, assembly)
            if workers.interrupted:
                break
    assembly.seconds += perf_counter() - began
    ensemble = assembly.ensemble(interrupted=workers.interrupted)
    if assembly.blow_up is not None:
        raise BlowUpError(checks.blow_up_message(task, assembly.blow_up), assembly.blow_up, ensemble)
    return ensemble


def _compile(task: Task) -> None:
    """Compile the loops; what is wrong with a user's functions is said in their names."""
    try:
        task.loops.compile_for(task.system.args, task.given, looking=task.saved.size > 1)
    except (NumbaError, TypeError, ValueError):
        check_system(task.system, task.x0, time=task.start)
        count_observables(task.observables, task.system, task.x0[0], task.start, as_compiled=True)
        raise


def resume(ensemble: Ensemble, workers: Workers | None = None) -> Ensemble:
    """Go on with an interrupted run to its end; the result is that of a run without interrupt, to the bit.

    Parameters
    ----------
    ensemble : Ensemble
        What `simulate` returned when it was interrupted. It is used up: its arrays are filled further.
    workers : Workers, optional
        By default all cores.

    Returns
    -------
    Ensemble
        Complete, or interrupted again.
    """
    assembly = ensemble.progress
    assert isinstance(assembly, Assembly)
    return run(ensemble.task, workers or Workers(), assembly)


def _bar(task: Task, assembly: Assembly, workers: Workers) -> "tqdm[Any]":
    hidden = None if workers.progress is None else not workers.progress
    total, done = task.n_paths * task.n_steps, assembly.path_steps
    name = task.scheme.name
    return tqdm(
        total=total, initial=done, unit="step", unit_scale=True, delay=2.0, disable=hidden, leave=False, desc=name
    )


def _round(task: Task, workers: Workers, assembly: Assembly, bar: "tqdm[Any]") -> None:
    """Compute until all is done, or an interrupt, a blow-up, or a checkpoint is due."""
    workers.control = Control()
    if workers.interrupted:
        return
    # Also one thread is a thread of its own: the main one then sees interrupts at once.
    pool = workers.executor or ThreadPoolExecutor(workers.count)
    due = perf_counter() + workers.checkpoint_every if workers.checkpoint is not None else None
    jobs: deque[Future[list[Group]]] = deque()
    missing = _batches(assembly.missing(), workers.per_job(task))
    try:
        while True:
            _submit(pool, jobs, missing, task, workers)
            if not jobs:
                return
            for group in _result(jobs.popleft(), workers, bar, due):
                assembly.add(group)
            if assembly.blow_up is not None:
                workers.control.stop.set()
                return
    finally:
        for job in jobs:
            job.cancel()
        if workers.executor is None:
            pool.shutdown()


def _batches(missing: Iterator[int | Group], size: int) -> Iterator[list[int | Group]]:
    batch: list[int | Group] = []
    for each in missing:
        batch.append(each)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _submit(
    pool: Executor,
    jobs: "deque[Future[list[Group]]]",
    missing: Iterator[list[int | Group]],
    task: Task,
    workers: Workers,
) -> None:
    """Keep a few more jobs waiting than there are workers."""
    ours = () if workers.executor is not None else (workers.control,)
    while not workers.control.stop.is_set() and len(jobs) < workers.n_jobs:
        batch = next(missing, None)
        if batch is None:
            return
        jobs.append(pool.submit(run_groups, _piece(task, batch), batch, *ours))


def _piece(task: Task, batch: Sequence[int | Group]) -> Task:
    indices = [each if isinstance(each, int) else each.index for each in batch]
    return task.piece(min(indices), max(indices) + 1)


def _result(job: "Future[list[Group]]", workers: Workers, bar: "tqdm[Any]", due: float | None) -> list[Group]:
    """Wait for a job; an interrupt lets running threads stop where they are and hand over what they have."""
    control = workers.control
    while True:
        if due is not None and perf_counter() > due:
            control.stop.set()
        try:
            groups = job.result(timeout=POLL)
        except TimeoutError:
            if job.done():
                raise
            if workers.interrupted and workers.executor is not None:
                return []
        else:
            if workers.executor is not None:
                bar.update(sum(int(group.completed.sum()) for group in groups))
            return groups
        done, control.done = control.done, []
        bar.update(sum(done))
