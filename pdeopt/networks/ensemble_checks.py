"""What an ensemble of runs accepts, with messages that say the fix."""

from collections.abc import Callable

import numpy as np

from pdeopt.networks.checks import checked_count
from pdeopt.networks.data import Data
from pdeopt.networks.data_checks import checked_seed
from pdeopt.networks.ensemble_runs import EnsembleTask
from pdeopt.networks.training_checks import make_task

__all__ = ["checked_data", "checked_ensemble"]


def checked_data(data: Data | Callable[[int], Data], seed: int) -> Data:
    """Return a data set, made from the seed if `data` is a function of it."""
    found: object = data(checked_seed(seed)) if callable(data) else data
    if not isinstance(found, Data):
        said = f"data({seed})" if callable(data) else "data"
        raise TypeError(
            f"{said}={found!r} is no data set. Use a Data, or a function such as lambda seed: spirals(seed=seed)."
        )
    return found


def checked_ensemble(task: EnsembleTask, data: Data) -> None:
    """Raise unless the settings of an ensemble fit each other and the data of its first run."""
    checked_seed(task.seed)
    checked_count(task.n_runs, "n_runs", least=1)
    checked_count(task.average_last, "average_last", least=0)
    shape, n = np.shape(task.initial), task.net.n_parameters
    if len(shape) == 2 and shape != (task.n_runs, n):
        raise ValueError(f"initial has shape {shape}. Use shape ({n},), or ({task.n_runs}, {n}) for each run.")
    for run in range(task.n_runs if len(shape) == 2 else 1):
        make_task(
            task.net,
            data,
            task.method,
            n_steps=task.n_steps,
            batch_size=task.batch_size,
            batches=task.batches,
            initial=task.initial_of(run),
            seed=task.seed,
            run=run,
            record_every=task.n_steps if task.record_every is None else task.record_every,
        )
    if task.average_last > task.n_steps:
        raise ValueError(
            f"average_last={task.average_last} is more than n_steps={task.n_steps}. Use average_last={task.n_steps}."
        )
