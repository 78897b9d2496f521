"""What `pdeopt train` was asked to train, and for how long."""

import math
from argparse import Namespace
from dataclasses import dataclass
from typing import Any

from pdeopt.cli.inputs import check_choice
from pdeopt.cli.training_data import Source, read_net, read_source
from pdeopt.cli.training_methods import read_method
from pdeopt.networks import MLP, Data
from pdeopt.optimizers import Method, Partition

__all__ = ["Job", "at_least", "describe_job", "read_job"]

STEPS = 10_000
SHARE, LARGEST_BATCH = "2%", 100
MODES = {"epochs": "epochs", "whole-epochs": "whole epochs", "fresh": "fresh"}


@dataclass(frozen=True, eq=False)
class Job:
    """A network, where its data come from, a method, and the other arguments of `pdeopt.networks.train`.

    Parameters
    ----------
    net : MLP
    source : Source
    data : Data
        Of the first run.
    method : Method
    settings : dict
        By name.
    """

    net: MLP
    source: Source
    data: Data
    method: Method
    settings: dict[str, Any]


def read_job(options: Namespace) -> Job:
    """Return what is to be trained, checked."""
    seed = at_least(0, options.seed, "--seed", 0)
    method, source = read_method(options), read_source(options)
    data = source.make(seed if options.data_seed is None else options.data_seed)
    if options.data_seed is not None:
        source = Source(lambda _: data, draws=False)
    return Job(read_net(options, data), source, data, method, _settings(options, data, seed))


def _settings(options: Namespace, data: Data, seed: int) -> dict[str, Any]:
    batch = _batch(options.batch or SHARE, data.n_train)
    modes: str = options.batches or "epochs"
    check_choice("--batches", modes, list(MODES))
    found = {"n_steps": n_steps_of(options, batch, data.n_train), "batch_size": batch, "batches": MODES[modes]}
    return found | {"initial": _initial(options.initial or "uniform"), "seed": seed}


def n_steps_of(options: Namespace, batch: int, n_train: int) -> int:
    """Return the number of steps that ``--steps`` or ``--epochs`` ask for."""
    if options.epochs is None:
        return at_least(1, options.steps, "--steps", STEPS)
    if options.steps is not None:
        raise ValueError(f"--epochs {options.epochs:g} and --steps {options.steps} both say how long; leave one out.")
    if not 0.0 < options.epochs < math.inf:
        raise ValueError(f"--epochs {options.epochs:g} must be positive, e.g. --epochs 20.")
    epochs: float = options.epochs
    return max(round(epochs * n_train / batch), 1)


def at_least(least: int, given: int | None, option: str, default: int) -> int:
    """Return a whole number that is not too small."""
    if given is not None and given < least:
        raise ValueError(f"{option} {given} must be at least {least}, e.g. {option} {default}.")
    return default if given is None else given


def _batch(text: str, n_train: int) -> int:
    """Return the size of a minibatch, given as such or as a share."""
    share = text.endswith("%")
    try:
        number = float(text.rstrip("%"))
    except ValueError:
        number = math.nan
    size = math.ceil(number * n_train / 100.0) if share and 0.0 < number <= 100.0 else number
    if not (1 <= size <= n_train and size == int(size)):
        raise ValueError(f"--batch {text} must be a whole number from 1 to {n_train}, or a share, e.g. --batch 2%.")
    return min(int(size), LARGEST_BATCH) if text is SHARE else int(size)


def _initial(text: str) -> str | float:
    try:
        return text if text == "uniform" else float(text)
    except ValueError:
        raise ValueError(f"--initial {text} must be uniform or a standard deviation, e.g. --initial 0.5.") from None


def describe_job(job: Job, n_runs: int = 1) -> str:
    """Return in a few lines what is trained on what, and how."""
    net, settings = job.net, job.settings
    sizes = "-".join(map(str, net.sizes))
    batch, n_steps = settings["batch_size"], settings["n_steps"]
    epochs = n_steps * batch / job.data.n_train
    runs = f", {n_runs} runs" * (n_runs > 1) + ", each on data of its own" * (n_runs > 1 and job.source.draws)
    return "\n".join(
        [
            str(job.data),
            f"net {sizes}, {net.activation}, {net.loss_name} loss: {net.n_parameters} parameters, initial "
            f"{settings['initial']}, seed {settings['seed']}{runs}",
            describe_method_of(job.method),
            f"{n_steps} steps of {batch} points, {epochs:.3g} epochs",
        ]
    )


def describe_method_of(method: Method) -> str:
    """Return a method with its settings, a line for each part."""
    parts = method.methods if isinstance(method, Partition) else {"method": method}
    return "\n".join(f"{name} {one}" for name, one in parts.items())
