"""`simulate`: ensembles of paths, reproducible to the bit."""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from pdeopt._types import ArrayLike
from pdeopt.sde import checks
from pdeopt.sde.checkpoint import load_checkpoint
from pdeopt.sde.ensemble import Ensemble
from pdeopt.sde.exits import Exit
from pdeopt.sde.running import Workers, run
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.statistics import Statistics
from pdeopt.systems import SDE

__all__ = ["simulate"]


def simulate(
    system: SDE,
    x0: ArrayLike,
    *,
    step: float,
    n_steps: int,
    n_paths: int = 1,
    method: str | Scheme = "euler-maruyama",
    seed: int | None = 0,
    save_every: int | None = None,
    noise_step: float | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
    block_size: int | None = None,
    start: float = 0.0,
    observables: Callable[..., Any] | None = None,
    statistics: Statistics | bool = True,
    keep_paths: bool | None = None,
    keep_final: bool = True,
    exit: Exit | None = None,  # noqa: A002 - no other word says it
    checkpoint: str | None = None,
    checkpoint_every: float = 60.0,
    progress: bool | None = None,
) -> Ensemble:
    """Simulate many paths of a stochastic differential equation.

    Parameters
    ----------
    system : SDE
    x0 : array_like, shape (d,) or (n_paths, d)
        Initial state, one for all paths or one for each; in one dimension also a number.
    step : float
        Step size, positive, in units of time.
    n_steps : int
        Number of steps, at least 1.
    n_paths : int
        Number of independent paths.
    method : str or Scheme
        The scheme: a name of `pdeopt.sde.SCHEMES`, a splitting word such as ``"BAOAB"``, or a record.
    seed : int, optional
        Any integer; None draws one, which the result tells. The numbers drawn depend on (seed, path, step, draw) alone.
    save_every : int, optional
        Look at the states every so many steps, step 0 included; by default only at the end.
    noise_step : float, optional
        Step size of the Brownian path, of which `step` is a multiple: runs with the same `noise_step` and `seed` share
        their Brownian paths exactly. By default `step`.
    threads : int, optional
        Number of threads, by default all cores. No bit of the result depends on it.
    executor : concurrent.futures.Executor, optional
        Computes the groups of paths instead of threads of this process: a process pool, a Dask or MPI executor.
    block_size : int, optional
        Paths in one job of a thread or of the executor, rounded up to groups of 4096; by default a quarter of the share
        of a core. No bit of the result depends on it.
    start : float
        Time of step 0.
    observables : callable, optional
        A function of ``(t, x, *args)`` that returns a float or a tuple of floats, averaged and kept like the state.
    statistics : Statistics or bool
        What to sum up at every look; True for mean, moments to order 4 and covariance.
    keep_paths : bool, optional
        Whether to keep the states of every look; by default if `save_every` is given.
    keep_final : bool
        Whether to keep the last states. With both False, memory does not grow with `n_paths`.
    exit : Exit, optional
        A region that paths stop at leaving, each where and when it does; ``exits`` of the result tells times and faces.
        Statistics, observables and saved states take an exited path where it stopped.
    checkpoint : str, optional
        A file that holds what is done, written every `checkpoint_every` seconds and at an interrupt. If it exists the
        run goes on from there, to the same bits. Like any pickle, use only files you trust.
    checkpoint_every : float
        Seconds, positive.
    progress : bool, optional
        Whether to show a progress bar; by default after two seconds, on a terminal.

    Returns
    -------
    Ensemble
        With ``final`` (n_paths, d), ``times``, ``paths`` (n_saved, n_paths, d), ``statistics``.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or does not fit the others; the message offers one that does.
    BlowUpError
        If a path leaves the finite numbers; it tells path, step and state, and carries what was computed.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), beta=4.0)
    >>> run = pdeopt.simulate(system, 1.0, step=0.01, n_steps=100, n_paths=1000)
    >>> run.final.shape
    (1000, 1)
    """
    given = dict(locals())
    task = checks.make_task(**{name: given[name] for name in checks.TASK_ARGUMENTS})
    file = checks.checked_file(checkpoint)
    done = load_checkpoint(file, task) if file is not None else None
    block = checks.checked_block_size(block_size)
    every = checks.checked_seconds(checkpoint_every)
    workers = Workers(checks.checked_threads(threads), checks.checked_executor(executor), block, progress, file, every)
    return run(task, workers, done)
