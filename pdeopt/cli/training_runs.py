"""`pdeopt train --runs` and `--scan`: many networks, with standard errors."""

from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeAlias

import matplotlib.pyplot as plt

from pdeopt import plot
from pdeopt.cli.inputs import check_choice
from pdeopt.cli.outputs import say, writing
from pdeopt.cli.training_data import typed
from pdeopt.cli.training_job import MODES, Job, describe_job, read_job, start_of
from pdeopt.cli.training_methods import at_commas, made, value_of
from pdeopt.cli.training_noise import read_noise
from pdeopt.cli.training_pictures import draw_training
from pdeopt.networks import ResNet, Scan, TrainingEnsemble, scan, train_ensemble
from pdeopt.optimizers import Method, Partition

__all__ = ["train_many"]

TRAINED, BLEW_UP, INTERRUPTED = 0, 1, 130
RECORDS = 100
RUNS_OF_A_CELL = 10
DRAWN_SETTINGS = 2


def whole(text: str) -> int:
    """Return a positive whole number."""
    if not (text.isdecimal() and int(text) > 0):
        raise ValueError(f"{text} must be a positive whole number, e.g. 10.")
    return int(text)


def mode(text: str) -> str:
    """Return how minibatches are drawn."""
    if text not in MODES:
        raise ValueError(f"{text} is unknown; use {' or '.join(MODES)}.")
    return MODES[text]


Readers: TypeAlias = Mapping[str, tuple[str, Callable[[str], Any]]]

OTHERS: Readers = {
    "width": ("width", whole),
    "activation": ("activation", str),
    "batch": ("batch_size", whole),
    "batches": ("batches", mode),
    "steps": ("n_steps", whole),
    "initial": ("initial", start_of),
    "method": ("method", lambda text: made(text, "--scan method")),
}
"""What a scan can vary besides settings of the method: names in Python, and how values are read."""

OF_BLOCKS: Readers = {
    "blocks": ("n_blocks", whole),
    "hidden": ("hidden", whole),
    "layer-noise": ("noise", read_noise),
}
"""The same, of residual networks alone."""


def train_many(options: Namespace) -> int:
    """Train networks of many seeds, and perhaps at many settings; return the exit status."""
    if options.resume is not None and options.scan is None:
        raise ValueError("--resume goes on with one network; leave --runs out.")
    job = read_job(options)
    n_runs = RUNS_OF_A_CELL if options.runs is None else options.runs
    if not options.quiet:
        say(describe_job(job, n_runs) + "\n")
    found = _ensemble(job, options) if options.scan is None else _scan(job, options, n_runs)
    say(str(found))
    with writing():
        if options.save:
            say(f"saved {found.save(options.save)}")
        if options.plot:
            say(f"drew {_draw(found, job, options.plot)}")
    if found.interrupted:
        return INTERRUPTED
    runs = found.n_runs if isinstance(found, TrainingEnsemble) else found.finished.size
    return BLEW_UP if len(found.blow_ups) == runs else TRAINED


def _ensemble(job: Job, options: Namespace) -> TrainingEnsemble:
    every = options.record_every or (max(job.settings["n_steps"] // RECORDS, 1) if options.plot else None)
    with typed():
        return train_ensemble(
            job.net, job.sets, job.method, n_runs=options.runs, record_every=every, **_how(job, options)
        )


def _scan(job: Job, options: Namespace, n_runs: int) -> Scan:
    settings = dict(_scanned(word, job) for word in options.scan)
    if options.plot and len(settings) > DRAWN_SETTINGS:
        raise ValueError(f"--plot draws scans of one setting or two, not of {', '.join(settings)}; leave it out.")
    file = options.resume or (options.save if options.save and not Path(options.save).exists() else None)
    with typed():
        return scan(job.net, job.sets, job.method, settings, n_runs=n_runs, checkpoint=file, **_how(job, options))


def _how(job: Job, options: Namespace) -> dict[str, Any]:
    return {**job.settings, "average_last": options.average_last or 0, "threads": options.threads}


def _scanned(word: str, job: Job) -> tuple[str, list[Any]]:
    """Return a setting and its values."""
    name, mark, values = word.partition("=")
    if not (mark and values):
        raise ValueError(f"--scan {word} must be NAME=VALUE,VALUE, e.g. --scan step_size=0.1,0.2.")
    known, read = _reader(name, job.method, {**OTHERS, **(OF_BLOCKS if isinstance(job.net, ResNet) else {})})
    try:
        return known, [read(value) for value in at_commas(values)]
    except ValueError as error:
        raise ValueError(f"--scan {word}: {error}") from None


def _reader(name: str, method: Method, others: Readers) -> tuple[str, Callable[[str], Any]]:
    """Return the name of a setting in Python, and what reads its values."""
    parts = method.methods.items() if isinstance(method, Partition) else [("", method)]
    settings = {
        f"{part}.{one.name}" if part else one.name: (type(rule), one)
        for part, rule in parts
        for one in fields(rule)  # type: ignore[arg-type]
    }
    check_choice("--scan", name, [*settings, *others])
    if name in others:
        return others[name]
    return name, lambda text: value_of(*settings[name], text)


def _draw(found: TrainingEnsemble | Scan, job: Job, path: str) -> Path:
    picture = plot.plot_scan(found) if isinstance(found, Scan) else draw_training(found, job.data)
    target = plot.save(picture, path)
    plt.close("all")
    return target
