"""Losses, accuracies and gradients on whole sets of data, in blocks of fixed size whatever the number of threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TypeVar

import numpy as np

from pdeopt._cores import n_threads
from pdeopt._types import FloatArray
from pdeopt.kernels.networks.evaluation import evaluate
from pdeopt.kernels.networks.evaluation_blas import evaluate_blas
from pdeopt.kernels.networks.gradients import gradient
from pdeopt.kernels.networks.layout import prefers_blas, work_size
from pdeopt.kernels.networks.products import gradient_blas
from pdeopt.networks.blas_threads import one_blas_thread
from pdeopt.networks.mlp import MLP
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


def score(net: MLP, point: FloatArray, x: FloatArray, y: FloatArray, threads: int | None = None) -> tuple[float, float]:
    """Return the mean loss over rows, and the share of right answers; NaN where there are no rows."""
    layout, n = net.layout, len(x)
    if n == 0:
        return np.nan, np.nan
    kernel, n_rows = (evaluate_blas, min(n, BLOCK_ROWS)) if prefers_blas(layout, BLOCK_ROWS) else (evaluate, 1)

    def part(start: int) -> tuple[float, float]:
        rows = slice(start, start + BLOCK_ROWS)
        found = kernel(point, layout, x[rows], y[rows], np.empty(work_size(layout, n_rows)))
        share = len(x[rows]) / n
        return share * found[0], share * found[1]

    found = np.array(_over_blocks(part, n, net, threads))
    return float(found[:, 0].sum()), float(found[:, 1].sum())


def full_gradient(task: Task, point: FloatArray, threads: int | None = None) -> FloatArray:
    """Return the gradient of the mean loss over the training set."""
    net, x, y, n = task.net, task.data.x_train, task.targets[0], task.data.n_train
    layout = net.layout
    kernel = gradient_blas if prefers_blas(layout, BLOCK_ROWS) else gradient

    def part(start: int) -> FloatArray:
        rows = np.arange(start, min(start + BLOCK_ROWS, n))
        out = np.empty(net.n_parameters)
        kernel(point, layout, x, y, rows, np.empty(work_size(layout, rows.size)), out)
        out *= rows.size / n
        return out

    return np.asarray(sum(_over_blocks(part, n, net, threads)))


def _over_blocks(part: Callable[[int], T], n: int, net: MLP, threads: int | None) -> list[T]:
    starts = range(0, n, BLOCK_ROWS)
    workers = min(n_threads(threads), len(starts))
    with one_blas_thread() if prefers_blas(net.layout, BLOCK_ROWS) else nullcontext():
        if workers < 2 or n * net.n_parameters < WORTH_THREADS:
            return [part(start) for start in starts]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(part, starts))
