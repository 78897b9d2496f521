"""`pdeopt train`: train a network, tell how it goes, draw, save."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import matplotlib as mpl

from pdeopt.cli.training_data import as_typed
from pdeopt.cli.training_job import Job, at_least, describe_job, read_job
from pdeopt.cli.training_methods import describe_method, describe_methods
from pdeopt.networks import train, train_ensemble
from pdeopt.plot.files import SUFFIXES

__all__ = ["train_command"]

TRAINED, BLEW_UP, INTERRUPTED = 0, 1, 130
RECORDS = 100


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
    n_runs = at_least(1, options.runs, "--runs", 100)
    if not options.quiet:
        _say(describe_job(job, 1 if options.runs is None else n_runs) + "\n")
    return _one(job, options) if options.runs is None else _many(job, options)


def _one(job: Job, options: Namespace) -> int:
    fit = train(job.net, job.data, job.method, **job.settings, record_every=options.record_every)
    _say(str(fit))
    return TRAINED


def _many(job: Job, options: Namespace) -> int:
    every = options.record_every or (max(job.settings["n_steps"] // RECORDS, 1) if options.plot else None)
    found = train_ensemble(
        job.net,
        job.source.make if job.source.draws else job.data,
        job.method,
        **job.settings,
        n_runs=options.runs,
        record_every=every,
        average_last=options.average_last or 0,
        threads=options.threads,
    )
    _say(str(found))
    _write_files(found, options)
    if found.interrupted:
        return INTERRUPTED
    return BLEW_UP if len(found.blow_ups) == found.n_runs else TRAINED


def _write_files(found: Any, options: Namespace) -> None:
    try:
        if options.save:
            _say(f"saved {found.save(options.save)}")
    except OSError as error:
        raise ValueError(f"the result cannot be written: {error.strerror or error}.") from error
