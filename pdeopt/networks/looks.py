"""Losses, accuracies and gradients on whole sets of data, in blocks of fixed size whatever the number of threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TypeVar

import numpy as np

from pdeopt._cores import n_threads
from pdeopt._types import FloatArray
from pdeopt.networks.blas_threads import one_blas_thread
from pdeopt.networks.network import Network
from pdeopt.networks.task import Task

__all__ = ["full_gradient", "look", "score"]

T = TypeVar("T")

BLOCK_ROWS = 512
"""Rows of a block."""
WORTH_THREADS = 1 << 25
"""Multiplications from which threads pay."""


def look(task: Task, point: FloatArray, threads: int | None = None) -> tuple[float, float, float, float]:
    """Return train and test loss, train and test accuracy of parameters; NaN where there is no such set, or class."""
    data, (y_train, y_test) = task.data, task.targets
    train = score(task.net, point, data.x_train, y_train, threads)
    test = score(task.net, point, data.x_test, y_test, threads)
    known = 1.0 if data.n_classes else np.nan
    return train[0], test[0], known * train[1], known * test[1]


def score(
    net: Network, point: FloatArray, x: FloatArray, y: FloatArray, threads: int | None = None
) -> tuple[float, float]:
    """Return the mean loss over rows, and the share of right answers; NaN where there are no rows."""
    n = len(x)
    if n == 0:
        return np.nan, np.nan
    blas = net.prefers_blas(BLOCK_ROWS)

    def part(start: int) -> tuple[float, float]:
        rows = slice(start, start + BLOCK_ROWS)
        loss, accuracy = net.evaluate_rows(point, x[rows], y[rows], blas=blas)
        share = len(x[rows]) / n
        return share * loss, share * accuracy

    found = np.array(_over_blocks(part, n, net, threads))
    return float(found[:, 0].sum()), float(found[:, 1].sum())


def full_gradient(task: Task, point: FloatArray, threads: int | None = None) -> FloatArray:
    """Return the gradient of the mean loss over the training set."""
    net, x, y, n = task.net, task.data.x_train, task.targets[0], task.data.n_train
    blas = net.prefers_blas(BLOCK_ROWS)

    def part(start: int) -> FloatArray:
        rows = np.arange(start, min(start + BLOCK_ROWS, n))
        return net.gradient_rows(point, x, y, rows, blas=blas) * (rows.size / n)

    return np.asarray(sum(_over_blocks(part, n, net, threads)))


def _over_blocks(part: Callable[[int], T], n: int, net: Network, threads: int | None) -> list[T]:
    starts = range(0, n, BLOCK_ROWS)
    workers = min(n_threads(threads), len(starts))
    with one_blas_thread() if net.prefers_blas(BLOCK_ROWS) else nullcontext():
        if workers < 2 or n * net.n_parameters < WORTH_THREADS:
            return [part(start) for start in starts]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(part, starts))
