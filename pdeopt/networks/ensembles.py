"""Ensembles of runs: the same training from many seeds, with standard errors."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from time import perf_counter

from pdeopt._types import FloatArray
from pdeopt.networks.data import Data
from pdeopt.networks.ensemble_checks import checked_data, checked_ensemble
from pdeopt.networks.ensemble_results import Collection, TrainingEnsemble
from pdeopt.networks.ensemble_runs import EnsembleTask, Job, RunResult
from pdeopt.networks.network import Network
from pdeopt.networks.sharing import Workers, share_out
from pdeopt.optimizers import Method
from pdeopt.sde.checks import checked_block_size, checked_executor, checked_threads

__all__ = ["jobs_of", "train_ensemble"]


def train_ensemble(
    net: Network,
    data: Data | Callable[[int], Data],
    method: Method,
    *,
    n_runs: int = 100,
    seed: int = 0,
    n_steps: int = 10_000,
    batch_size: int | None = None,
    batches: str = "epochs",
    initial: str | float | FloatArray = "uniform",
    record_every: int | None = None,
    average_last: int = 0,
    threads: int | None = None,
    executor: Executor | None = None,
    block_size: int | None = None,
    progress: bool | None = None,
) -> TrainingEnsemble:
    """Train a network many times, from different initial parameters and with different noise and minibatches.

    Parameters
    ----------
    net : MLP or ResNet
    data : Data or callable
        The same for all runs, or ``data(seed + r)`` returns those of run r.
    method : Method
    n_runs : int
        Number of runs.
    seed : int
        Initial parameters of run r come from ``seed + r``, noise and minibatches from ``(seed, r)``.
    n_steps : int
    batch_size : int, optional
        Rows in a minibatch; by default all.
    batches : str
        ``"epochs"``, ``"whole epochs"`` or ``"fresh"``, see `train`.
    initial : str, float or array, shape (n_parameters,) or (n_runs, n_parameters)
        See `MLP.initial`; or the initial parameters themselves.
    record_every : int, optional
        Record losses and accuracies every so many steps, step 0 included; by default at the end only.
    average_last : int
        If positive, the classifier of a run is the mean answer over the parameters after each of the last so many
        steps, and `test_accuracy` and its like are those of this classifier.
    threads : int, optional
        Number of threads, by default all cores. No bit of the result depends on it.
    executor : concurrent.futures.Executor, optional
        Computes the runs instead of threads of this process: a process pool, a Dask or MPI executor.
    block_size : int, optional
        Runs in one job; by default one for a thread, up to 16 for an executor. No bit of the result depends on it.
    progress : bool, optional
        Whether to show a bar over runs; by default after two seconds, on a terminal.

    Returns
    -------
    TrainingEnsemble
        If the user interrupts, with the runs that ended before.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message offers one that does.
    KeyboardInterrupt
        If the user interrupts before the first run ended.

    Notes
    -----
    Run r is that of `train` with the same ``seed`` and ``run=r``, to the bit.
    A run that leaves the finite numbers is NaN from there on, and named in `TrainingEnsemble.blow_ups`.

    Examples
    --------
    >>> from pdeopt.networks import MLP, spirals
    >>> from pdeopt.optimizers import SGD
    >>> found = train_ensemble(MLP([2, 4, 1]), spirals(), SGD(0.1), n_runs=3, n_steps=10, batch_size=10)
    >>> found.test_accuracy.shape
    (3,)
    """
    workers = Workers(checked_threads(threads), checked_executor(executor), checked_block_size(block_size), progress)
    task = EnsembleTask(net, method, n_runs, seed, n_steps, batch_size, batches, initial, record_every, average_last)
    first = checked_data(data, seed)
    checked_ensemble(task, first)
    collection = Collection(task, first, per_run=callable(data))
    began = perf_counter()

    def take(_ensemble: int, result: RunResult) -> None:
        collection.take(result)

    jobs = jobs_of(task, data, range(n_runs), workers.per_job(n_runs))
    interrupted = share_out(jobs, take, workers, total=n_runs, name=method.name)
    if interrupted and not collection.finished.any():
        raise KeyboardInterrupt
    return collection.ensemble(perf_counter() - began)


def jobs_of(
    task: EnsembleTask, data: Data | Callable[[int], Data], runs: Sequence[int], size: int, ensemble: int = 0
) -> Iterable[Job]:
    """Share out some runs of an ensemble, so many runs to a job.

    Yields
    ------
    Job
        With its data.
    """
    for start in range(0, len(runs), size):
        some = [int(run) for run in runs[start : start + size]]
        theirs = [checked_data(data, task.seed + run) for run in some] if callable(data) else [data]
        yield Job(task, some, theirs, ensemble)
