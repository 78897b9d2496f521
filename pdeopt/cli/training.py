"""`pdeopt train`: train a network, tell how it goes, draw, save."""

import sys
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from pdeopt import plot
from pdeopt.cli.outputs import check_outputs, say, writing
from pdeopt.cli.training_data import typed
from pdeopt.cli.training_files import resumed, save_fit
from pdeopt.cli.training_job import Job, check_options, describe_job, read_job
from pdeopt.cli.training_methods import describe_method, describe_methods
from pdeopt.cli.training_noise import describe_noises
from pdeopt.cli.training_pictures import draw_training
from pdeopt.cli.training_runs import train_many
from pdeopt.cli.training_table import LiveTable, describe_result
from pdeopt.cli.waiting import Waiting
from pdeopt.networks import Fit, TrainingBlowUpError, train
from pdeopt.plot.files import SUFFIXES

__all__ = ["train_command"]

TRAINED, BLEW_UP, INTERRUPTED = 0, 1, 130
STATUS = {"interrupted": INTERRUPTED, "blown up": BLEW_UP}


def train_command(options: Namespace) -> int:
    """Do what `pdeopt train` was asked to do, and return the exit status."""
    mpl.use("Agg")
    if options.methods is not None:
        say(describe_method(options.methods) if options.methods else f"{describe_methods()}\n\n{describe_noises()}")
        return TRAINED
    check_options(options)
    check_outputs(options, {"plot": SUFFIXES, "save": (".npz",)})
    return _one(options) if options.runs is None and options.scan is None else train_many(options)


def _one(options: Namespace) -> int:
    """Train one network."""
    begun = None
    if options.resume is not None:
        options, begun = resumed(options)
    job = read_job(options)
    if not options.quiet:
        say(describe_job(job) + "\n")
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
            say(f"drew {plot.save(draw_training(fit, job.data), options.plot)}")
            plt.close("all")
    if fit.stopped == "interrupted":
        hint = f"go on by --resume {options.save}" if options.save else "--save FIT.npz would have kept it"
        sys.stderr.write(f"pdeopt: interrupted at step {fit.n_steps}; {hint}\n")
    return STATUS.get(fit.stopped, TRAINED)


def _trained(job: Job, options: Namespace, begun: Fit | None) -> Fit:
    table = LiveTable(_row, job.settings["n_steps"], options.record_every)
    is_live = sys.stderr.isatty() and not options.quiet
    with typed(), Waiting("training; the first run ever compiles first") if is_live else nullcontext():
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
