"""What `pdeopt train` was asked to train, and for how long."""

import math
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pdeopt.cli.inputs import check_choice
from pdeopt.cli.training_data import Source, read_source, typed
from pdeopt.cli.training_methods import read_method, spelled
from pdeopt.cli.training_nets import read_net
from pdeopt.networks import MLP, Data, EarlyStop, ResNet
from pdeopt.networks.early_stop import QUANTITIES
from pdeopt.optimizers import Method

__all__ = ["MODES", "Job", "check_options", "describe_job", "read_job", "start_of"]

STEPS = 10_000
SHARE, LARGEST_BATCH = "2%", 100
SHARE_HELD = 0.1
MODES = {"epochs": "epochs", "whole-epochs": "whole epochs", "fresh": "fresh"}


@dataclass(frozen=True, eq=False)
class Job:
    """A network, where its data come from, a method, and the other arguments of `pdeopt.networks.train`.

    Parameters
    ----------
    net : MLP or ResNet
    source : Source
    data : Data
        Of the first run.
    method : Method
    settings : dict
        By name.
    early_stop : EarlyStop, optional
    """

    net: MLP | ResNet
    source: Source
    data: Data
    method: Method
    settings: dict[str, Any]
    early_stop: EarlyStop | None

    @property
    def sets(self) -> Data | Callable[[int], Data]:
        """Return the data of many runs: one set, or a function of their seeds."""
        return self.source.make if self.source.draws else self.data


COUNTS = {"runs": 100, "record_every": 100, "threads": 2, "average_last": 10, "patience": 1000}
"""Options that are counts, and values that work."""


def check_options(options: Namespace) -> None:
    """Refuse numbers that are too small, and options that need others or exclude them."""
    for name, example in COUNTS.items():
        at_least(1, getattr(options, name), flag(name), example)
    many = options.runs is not None or options.scan is not None
    if options.average_last is not None and not many:
        raise ValueError("--average-last goes with --runs, e.g. --runs 10.")
    if options.patience is not None and many:
        raise ValueError("--patience is for one network; leave --runs and --scan out.")
    if options.record_every is not None and options.scan is not None:
        raise ValueError("--record-every does not go with --scan, which looks at the end only.")
    for name in ("watch", "hold_out"):
        if getattr(options, name) is not None and options.patience is None:
            raise ValueError(f"{flag(name)} goes with --patience, e.g. --patience 1000.")


def flag(name: str) -> str:
    """Return an option as it is typed."""
    return f"--{name.replace('_', '-')}"


def read_job(options: Namespace) -> Job:
    """Return what is to be trained, checked."""
    method = read_method(options)
    with typed():
        return _job(options, method)


def _job(options: Namespace, method: Method) -> Job:
    seed, source = at_least(0, options.seed, "--seed", 0), read_source(options)
    data = source.make(at_least(0, options.data_seed, "--data-seed", seed))
    if options.data_seed is not None:
        source = Source(lambda _: data, draws=False)
    return Job(read_net(options, data), source, data, method, _settings(options, data, seed), _early_stop(options))


def _early_stop(options: Namespace) -> EarlyStop | None:
    if options.patience is None:
        return None
    watched = (options.watch or "validation_loss").replace("-", "_").replace(" ", "_")
    check_choice("--watch", watched, QUANTITIES)
    return EarlyStop(options.patience, watched, SHARE_HELD if options.hold_out is None else options.hold_out)


def _settings(options: Namespace, data: Data, seed: int) -> dict[str, Any]:
    batch = _batch(options.batch or SHARE, data.n_train)
    modes: str = options.batches or "epochs"
    check_choice("--batches", modes, list(MODES))
    found = {"n_steps": n_steps_of(options, batch, data.n_train), "batch_size": batch, "batches": MODES[modes]}
    return found | {"initial": start_of(options.initial or "uniform"), "seed": seed}


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
    size = (math.ceil(number * n_train / 100.0) if 0.0 < number <= 100.0 else math.nan) if share else number
    if not (1 <= size <= n_train and size == int(size)):
        raise ValueError(f"--batch {text} must be a whole number from 1 to {n_train}, or a share, e.g. --batch 2%.")
    return min(int(size), LARGEST_BATCH) if text is SHARE else int(size)


def start_of(text: str) -> str | float:
    """Return how initial parameters are drawn."""
    try:
        return text if text == "uniform" else float(text)
    except ValueError:
        raise ValueError(f"--initial {text} must be uniform or a standard deviation, e.g. --initial 0.5.") from None


def describe_job(job: Job, n_runs: int | None = None) -> str:
    """Return in a few lines what is trained on what, and how."""
    if n_runs is not None:
        return f"{job.data}\n{n_runs} runs{', each on a set of its own seed' * job.source.draws}"
    net, settings = job.net, job.settings
    batch, n_steps = settings["batch_size"], settings["n_steps"]
    blocks = f"{net.n_blocks} residual blocks, noise {net.noise}, " if isinstance(net, ResNet) else ""
    words = f"{'-'.join(map(str, net.sizes))}, {blocks}{net.activation}, {net.loss_name} loss"
    length = f"{n_steps} steps of {batch} points, {n_steps * batch / job.data.n_train:.3g} epochs"
    start = f"{length}, initial {settings['initial']}, seed {settings['seed']}"
    return "\n".join([str(job.data), f"net {words}, {net.n_parameters} parameters", spelled(job.method), start])
