"""Batches of paths, shared out over threads: a bar after two seconds, and an interrupt loses nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from tqdm import tqdm

from pdeopt._cores import n_threads
from pdeopt._types import FloatArray

__all__ = ["BATCH", "sample"]

BATCH = 2048
"""Paths in a batch."""


def sample(
    of_paths: Callable[[int, int], FloatArray],
    first_path: int,
    n_paths: int,
    *,
    threads: int | None = None,
    progress: bool | None = None,
    name: str = "",
) -> tuple[FloatArray, bool]:
    """Return what a function makes of paths, and whether all of it is there.

    Parameters
    ----------
    of_paths : callable
        ``of_paths(first, count)`` returns an array whose first axis are the paths.
    first_path, n_paths : int
    threads : int, optional
        By default all cores; no bit depends on it.
    progress : bool, optional
        Whether to show a bar; by default on a terminal, after two seconds.
    name : str
        Shown beside the bar.

    Returns
    -------
    values : array
        Of all paths, or of the batches that were done when the user interrupted.
    complete : bool

    Raises
    ------
    KeyboardInterrupt
        If the user interrupted before the first batch was done.
    """
    firsts = range(first_path, first_path + n_paths, BATCH)
    counts = [min(BATCH, first_path + n_paths - first) for first in firsts]
    done: list[FloatArray] = []
    hidden = None if progress is None else not progress
    pool = ThreadPoolExecutor(n_threads(threads))
    jobs = [pool.submit(of_paths, first, count) for first, count in zip(firsts, counts, strict=True)]
    try:
        with tqdm(total=n_paths, unit="path", delay=2.0, disable=hidden, leave=False, desc=name) as bar:
            for job in jobs:
                done.append(job.result())
                bar.update(len(done[-1]))
    except KeyboardInterrupt:
        if not done:
            raise
    finally:
        pool.shutdown(cancel_futures=True)
    return np.concatenate(done), len(done) == len(jobs)
