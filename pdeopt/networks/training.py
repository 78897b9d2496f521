"""Training a network."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.networks.evaluation import evaluate
from pdeopt.kernels.networks.layout import work_size
from pdeopt.networks.data import Data
from pdeopt.networks.fit import Fit
from pdeopt.networks.history import History
from pdeopt.networks.mlp import MLP
from pdeopt.networks.run import Run
from pdeopt.networks.task import Task
from pdeopt.optimizers import Method

__all__ = ["train"]


def train(
    net: MLP,
    data: Data,
    method: Method,
    *,
    n_steps: int = 10_000,
    batch_size: int | None = None,
    batches: str = "epochs",
    initial: str | float | FloatArray = "uniform",
    seed: int = 0,
    run: int = 0,
    record_every: int | None = None,
) -> Fit:
    """Train a network."""
    size, every = batch_size or data.n_train, record_every or max(n_steps // 100, 1)
    task = Task(net, data, method, n_steps, size, batches, initial, seed, run, every)
    start = initial if isinstance(initial, np.ndarray) else net.initial(seed, initial)
    loop = Run(task, start)
    records = [(0, *look(task, loop.point))]
    while loop.step < n_steps:
        loop.advance(min(every, n_steps - loop.step))
        records.append((loop.step, *look(task, loop.point)))
    columns = [np.array(column) for column in zip(*records, strict=True)]
    return Fit(task, loop.point.copy(), History(*columns), loop.state)


def look(task: Task, point: FloatArray) -> tuple[float, float, float, float]:
    """Return train and test loss, train and test accuracy of parameters."""
    layout, data, (y_train, y_test) = task.net.layout, task.data, task.targets
    work = np.empty(work_size(layout, 1))
    train_loss, train_accuracy = evaluate(point, layout, data.x_train, y_train, work)
    test_loss, test_accuracy = evaluate(point, layout, data.x_test, y_test, work)
    return train_loss, test_loss, train_accuracy, test_accuracy
