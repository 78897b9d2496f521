"""`pdeopt train`: train a network, tell how it goes, draw, save."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from pdeopt import plot
from pdeopt.cli.outputs import check_outputs, say, writing
from pdeopt.cli.training_data import as_typed
from pdeopt.cli.training_files import resumed, save_fit
from pdeopt.cli.training_job import Job, check_options, describe_job, read_job
from pdeopt.cli.training_methods import describe_method, describe_methods
from pdeopt.cli.training_pictures import draw_training
from pdeopt.cli.training_table import LiveTable, describe_result
from pdeopt.cli.waiting import Waiting
from pdeopt.networks import Fit, TrainingBlowUpError, TrainingEnsemble, train, train_ensemble
from pdeopt.plot.files import SUFFIXES

__all__ = ["train_command"]

TRAINED, BLEW_UP, INTERRUPTED = 0, 1, 130
STATUS = {"interrupted": INTERRUPTED, "blown up": BLEW_UP}
RECORDS = 100


def train_command(options: Namespace) -> int:
    """Do what `pdeopt train` was asked to do, and return the exit status."""
    mpl.use("Agg")
    if options.methods is not None:
        say(describe_method(options.methods) if options.methods else describe_methods())
        return TRAINED
    check_options(options)
    check_outputs(options, {"plot": SUFFIXES, "save": (".npz",)})
    begun = None
    if options.resume is not None:
        options, begun = resumed(options)
    job = read_job(options)
    if not options.quiet:
        say(describe_job(job, options.runs) + "\n")
    return _one(job, options, begun) if options.runs is None else _many(job, options)


@contextmanager
def _typed() -> Iterator[None]:
    """Let messages name arguments as they were typed."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise as_typed(error) from error


def _one(job: Job, options: Namespace, begun: Fit | None) -> int:
    """Train one network."""
    try:
        fit = _trained(job, options, begun)
    except TrainingBlowUpError as error:
        fit = error.partial
        sys.stderr.write(f"pdeopt: {error}\n")
    say(describe_result(fit) if options.quiet else f"\n{describe_result(fit)}")
    with writing():
        if options.save:
            say(f"saved {save_fit(fit, options.save, options)}")
        if options.plot:
            say(f"drew {_draw(fit, job, options.plot)}")
    if fit.stopped == "interrupted":
        hint = f"go on by --resume {options.save}" if options.save else "--save FIT.npz would have kept it"
        sys.stderr.write(f"pdeopt: interrupted at step {fit.n_steps}; {hint}\n")
    return STATUS.get(fit.stopped, TRAINED)


def _trained(job: Job, options: Namespace, begun: Fit | None) -> Fit:
    table = LiveTable(_row, job.settings["n_steps"], options.record_every)
    is_live = sys.stderr.isatty() and not options.quiet
    with _typed(), Waiting("training; the first run ever compiles first") if is_live else nullcontext():
        return train(
            job.net,
            job.data,
            job.method,
            **job.settings,
            record_every=options.record_every,
            early_stop=job.early_stop,
            checkpoint=_checkpoint(options),
            resume=begun,
            threads=options.threads,
            progress=None if options.quiet else False,
            on_record=None if options.quiet else table,
        )


def _row(text: str) -> None:
    """Print a row of the table, over the line that says how long it takes."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()
    say(text)


def _checkpoint(options: Namespace) -> str | None:
    """Return where to write now and then: not to a file of another run, which would be gone on with."""
    fresh = options.save is not None and (options.resume is not None or not Path(options.save).exists())
    return options.save if fresh else None


def _many(job: Job, options: Namespace) -> int:
    """Train networks of many seeds."""
    every = options.record_every or (max(job.settings["n_steps"] // RECORDS, 1) if options.plot else None)
    with _typed():
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
    say(str(found))
    with writing():
        if options.save:
            say(f"saved {found.save(options.save)}")
        if options.plot:
            say(f"drew {_draw(found, job, options.plot)}")
    if found.interrupted:
        return INTERRUPTED
    return BLEW_UP if len(found.blow_ups) == found.n_runs else TRAINED


def _draw(found: Fit | TrainingEnsemble, job: Job, path: str) -> Path:
    target = plot.save(draw_training(found, job.data), path)
    plt.close("all")
    return target
