"""What `train` accepts, with messages that say the fix."""

import inspect
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.checks import checked_count
from pdeopt.networks.data import Data
from pdeopt.networks.data_checks import checked_seed
from pdeopt.networks.early_stop import EarlyStop
from pdeopt.networks.fit import Fit, load
from pdeopt.networks.network import Network
from pdeopt.networks.task import MODES, Task
from pdeopt.networks.watching import OBSERVABLES, default_observables
from pdeopt.optimizers import Method
from pdeopt.optimizers.settings import is_number

__all__ = [
    "begun_run",
    "check_kinds",
    "check_resumed",
    "checked_early_stop",
    "checked_observables",
    "checked_threads",
    "make_task",
]

N_RECORDS = 100
SAME = "Use the same, or start a new run where it ended: initial=fit.parameters."
CHEAP_LOOK = 10**7
"""Multiplications of a look at all data that may be made at a hundredth of the steps, however few these are."""


def make_task(
    net: Network,
    data: Data,
    method: Method,
    *,
    n_steps: int,
    batch_size: int | None,
    batches: str,
    initial: str | float | FloatArray,
    seed: int,
    run: int,
    record_every: int | None,
    blas: bool | None = None,
) -> Task:
    """Return the task, all of its parts checked."""
    check_kinds(net, data, method)
    check_fit(net, data)
    steps, size = checked_count(n_steps, "n_steps"), checked_batch_size(batch_size, data.n_train)
    if batches not in MODES:
        raise ValueError(f"batches={batches!r} must be one of {', '.join(map(repr, MODES))}.")
    every = default_record_every(net, data, steps, size) if record_every is None else record_every
    if not (blas is None or isinstance(blas, bool)):
        raise ValueError(f"blas={blas!r} must be True, False or None. Use blas=None.")
    if blas and not net.takes_blas:
        raise ValueError(f"blas=True is not for {type(net).__name__}, whose gradients are loops. Use blas=None.")
    start, key = checked_initial(net, initial), (checked_seed(seed), checked_count(run, "run", least=0))
    task = Task(net, data, method, steps, size, batches, start, *key, checked_count(every, "record_every"), blas)
    # Unknown layers are found here, not after the data have been looked at.
    _ = task.machine.code
    return task


def check_kinds(net: Any, data: Any, method: Any) -> None:
    """Raise unless the three are what they should be."""
    for value, name, kind, example in (
        (net, "net", Network, "MLP([2, 20, 1])"),
        (data, "data", Data, "spirals(), or Data(x_train, y_train, x_test, y_test)"),
        (method, "method", Method, "Adam(step_size=0.005)"),
    ):
        if inspect.isclass(value) and issubclass(value, kind):
            raise TypeError(f"{name}={value.__name__} is a class. Use {name}={value.__name__}(...), e.g. {example}.")
        if not isinstance(value, kind):
            wanted = "MLP or ResNet" if kind is Network else kind.__name__
            raise TypeError(f"{name} of type {type(value).__name__} is no {wanted}. Use e.g. {name}={example}.")


def check_fit(net: Network, data: Data) -> None:
    """Raise unless the network takes the points and gives what the data have."""
    if net.sizes[0] != data.dim:
        fitting = [data.dim, *net.sizes[1:]]
        raise ValueError(
            f"net={net} takes {net.sizes[0]} inputs, but points of {data.name} have {data.dim} coordinates. Use "
            f"{type(net).__name__}({fitting})."
        )
    try:
        data.targets(net.loss_name, net.sizes[-1])
    except ValueError as error:
        raise ValueError(f"net={net} does not fit the data: {error}") from None


def checked_batch_size(batch_size: int | None, n_train: int) -> int:
    """Return the number of rows of a minibatch, by default all."""
    if batch_size is None:
        return n_train
    size = checked_count(batch_size, "batch_size")
    if size > n_train:
        raise ValueError(f"batch_size={size} is more than the {n_train} training points. Use batch_size={n_train}.")
    return size


def checked_initial(net: Network, initial: Any) -> str | float | FloatArray:
    """Return how to draw parameters, or given ones, finite and of the right number."""
    if isinstance(initial, str) or np.ndim(initial) == 0:
        if initial == "uniform" or (is_number(initial) and 0.0 <= initial < np.inf):
            return initial if isinstance(initial, str) else float(initial)
        raise ValueError(
            f"initial={initial!r} must be 'uniform', a standard deviation from 0 on, or an array. Use initial=0.5."
        )
    given = np.asarray(initial)
    if given.dtype.kind not in "iuf" or given.shape != (net.n_parameters,):
        raise ValueError(
            f"initial has shape {given.shape} and dtype {given.dtype}; {net} has ({net.n_parameters},) numbers. Use "
            f"e.g. initial=net.initial(seed=0)."
        )
    if not np.isfinite(given).all():
        at = int(np.argmin(np.isfinite(given)))
        raise ValueError(f"initial[{at}]={given[at]} is not finite. Use e.g. initial=net.initial(seed=0).")
    return np.array(given, dtype=np.float64)


def default_record_every(net: Network, data: Data, n_steps: int, batch_size: int) -> int:
    """Return the steps between records: a hundredth of all, but looks at large data take no longer than the steps."""
    rows, often = data.n_train + data.n_test, max(n_steps // N_RECORDS, 1)
    if rows * net.n_parameters <= CHEAP_LOOK:
        return often
    return min(max(often, -(-rows // batch_size)), n_steps)


def checked_observables(observe: Any, task: Task) -> tuple[str, ...]:
    """Return names of what is recorded."""
    if observe is None:
        return default_observables(task)
    names = (observe,) if isinstance(observe, str) else tuple(observe)
    unknown = [name for name in names if name not in OBSERVABLES]
    if unknown:
        raise ValueError(f"observe={observe!r} holds {unknown[0]!r}. Use some of {', '.join(map(repr, OBSERVABLES))}.")
    return names


def checked_early_stop(early_stop: Any, data: Data, observe: Any) -> EarlyStop | None:
    """Return when to stop early; a whole number is the patience."""
    if early_stop is None:
        return None
    stop = early_stop if isinstance(early_stop, EarlyStop) else EarlyStop(early_stop)
    if stop.quantity.startswith("test") and data.n_test == 0:
        raise ValueError(f"quantity={stop.quantity!r} needs a test set. Use quantity='validation_loss'.")
    if stop.quantity.endswith("accuracy") and data.n_classes == 0:
        better = stop.quantity.replace("accuracy", "loss")
        raise ValueError(f"quantity={stop.quantity!r} needs classes, {data.name} has numbers. Use quantity={better!r}.")
    if not stop.validates and observe is not None and "scores" not in observe:
        raise ValueError(f"quantity={stop.quantity!r} needs observe to hold 'scores'. Use observe=('scores',).")
    return stop


def check_resumed(fit: Fit, task: Task) -> None:
    """Raise unless a run is the beginning of a task."""
    old, new = fit.facts, task.facts
    for name, was, now in [("net", repr(fit.net), repr(task.net))] + [
        (name, old[name], new[name]) for name in ("batch_size", "batches", "seed", "run", "blas")
    ]:
        if was != now:
            raise ValueError(f"{name}={now} differs from {was}, that of the run to resume. {SAME}")
    if old["data_mark"] != task.data_mark:
        raise ValueError(f"data={task.data!r} are other points than those of the run to resume. {SAME}")
    if old["method_mark"] != task.method_mark(fit.n_steps):
        raise ValueError(f"method={task.method} differs from {old['method']}, that of the run to resume. {SAME}")
    if task.n_steps < fit.n_steps:
        raise ValueError(
            f"n_steps={task.n_steps} is the total, and the run to resume has done {fit.n_steps}. Use "
            f"n_steps={2 * fit.n_steps}."
        )


def checked_file(checkpoint: str | Path) -> Path:
    """Return a file name with a suffix, in a folder that exists."""
    path = Path(checkpoint)
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(
            f"checkpoint={str(checkpoint)!r} is in a folder that does not exist. Use checkpoint={path.name!r}."
        )
    return path.with_suffix(".npz") if path.suffix == "" else path


def begun_run(checkpoint: str | Path | None, resume: Fit | str | Path | None) -> tuple[Path | None, Fit | None]:
    """Return the file for checkpoints, and the run to go on with: `resume`, else what that file holds."""
    file = None if checkpoint is None else checked_file(checkpoint)
    source = file if resume is None and file is not None and file.exists() else resume
    if isinstance(source, str | Path):
        return file, load(source)
    if source is not None and not isinstance(source, Fit):
        raise TypeError(f"resume of type {type(source).__name__} is no Fit. Use what train returned, or a file of it.")
    return file, source


def checked_threads(threads: Any) -> int | None:
    """Return a number of threads, None for all cores."""
    return None if threads is None else checked_count(threads, "threads")
