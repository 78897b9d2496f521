"""`pdeopt train`: train a network, tell how it goes, draw, save."""

import sys
from argparse import Namespace
from pathlib import Path

import matplotlib as mpl

from pdeopt.cli.training_data import as_typed
from pdeopt.cli.training_job import describe_job, read_job
from pdeopt.cli.training_methods import describe_method, describe_methods
from pdeopt.networks import train
from pdeopt.plot.files import SUFFIXES

__all__ = ["train_command"]

TRAINED, BLEW_UP = 0, 1


def train_command(options: Namespace) -> int:
    """Do what `pdeopt train` was asked to do, and return the exit status."""
    mpl.use("Agg")
    if options.methods is not None:
        _say(describe_method(options.methods) if options.methods else describe_methods())
        return TRAINED
    _check_files(options)
    try:
        return _train(options)
    except (ValueError, TypeError) as error:
        raise as_typed(error) from error


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _check_files(options: Namespace) -> None:
    for option, suffixes in (("plot", SUFFIXES), ("save", (".npz",))):
        name = getattr(options, option)
        if name is None:
            continue
        path = Path(name)
        if path.suffix.lower() not in suffixes:
            raise ValueError(f"--{option} {name} must end in {', '.join(suffixes)}.")
        if path.is_dir() or not path.parent.is_dir():
            raise ValueError(f"--{option} {name} cannot be written: {path.parent} is no folder.")


def _train(options: Namespace) -> int:
    job = read_job(options)
    if not options.quiet:
        _say(describe_job(job, options.runs or 1) + "\n")
    fit = train(job.net, job.data, job.method, **job.settings, record_every=options.record_every)
    h = fit.history
    for k in range(len(h)):
        _say(
            f"{h.steps[k]:>8} {h.train_loss[k]:>10.4g} {h.test_loss[k]:>10.4g} {h.train_accuracy[k]:>8.4f} {h.test_accuracy[k]:>8.4f}"
        )
    return TRAINED
