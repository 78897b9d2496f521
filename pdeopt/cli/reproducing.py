"""`pdeopt reproduce`: figures of a paper on training, computed again and compared with what it prints."""

import textwrap
from argparse import Namespace
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt

from pdeopt import plot
from pdeopt.cli.outputs import check_outputs, say, writing
from pdeopt.cli.training_data import typed
from pdeopt.networks import Reproduction, reproduce
from pdeopt.networks.figures.catalogue import FIGURES, MNIST
from pdeopt.networks.figures.records import Figure
from pdeopt.plot.files import SUFFIXES

__all__ = ["reproduce_command"]

DONE, INTERRUPTED = 0, 130
WIDTH = 140


def reproduce_command(options: Namespace) -> int:
    """Do what `pdeopt reproduce` was asked to do, and return the exit status."""
    mpl.use("Agg")
    if options.list or not options.figure:
        say(describe_figures())
        return DONE
    check_outputs(options, {"plot": SUFFIXES, "save": (".json",)})
    found = _reproduced(options)
    say(found.markdown() if options.markdown else wrapped(str(found)))
    _write_files(found, options)
    return INTERRUPTED if found.interrupted else DONE


def wrapped(text: str) -> str:
    """Return a text with its long lines broken, and what follows indented."""
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent="    ") if len(line) > WIDTH else line
        for line in text.splitlines()
    )


def describe_figures() -> str:
    """Return one line for each figure, in the order of their numbers."""
    rows = [f"{'FIGURE':<10} {'numbers':>7} {'methods':>7} {'runs':>5} {'steps':>6}  what"]
    rows += [_entry(figure) for figure in sorted([*FIGURES.values(), *MNIST.values()], key=_place)]
    return "\n".join([*rows, "", "numbers: how many the paper prints; the others show curves, images or orderings."])


def _entry(figure: Figure) -> str:
    printed = sum(len(arm.published) for arm in figure.arms)
    counts = f"{printed:>7} {len(figure.arms):>7} {figure.n_runs:>5} {max(figure.steps):>6}"
    files = " (needs --mnist FOLDER)" if figure.key in MNIST else ""
    return f"{figure.key:<10} {counts}  {figure.title.partition(': ')[2] or figure.title}{files}"


def _place(figure: Figure) -> tuple[float, str]:
    number = figure.key.partition(" ")[0]
    return (float(number) if number.isdecimal() else float("inf"), figure.key)


def _reproduced(options: Namespace) -> Reproduction:
    with typed():
        return reproduce(
            _key(options.figure),
            n_runs=options.runs,
            seed=options.seed,
            n_steps=options.steps,
            threads=options.threads,
            mnist=options.mnist,
        )


def _key(words: Sequence[str]) -> str:
    """Return the name of a figure, however it is typed: ``8 forms``, ``8-forms``, ``Figure 8 forms``."""
    return " ".join(words).replace("-", " ").replace("_", " ")


def _write_files(found: Reproduction, options: Namespace) -> None:
    with writing():
        if options.save:
            say(f"saved {found.save(options.save)}")
        if options.plot:
            say(f"drew {plot.save(plot.plot_reproduction(found)[0], options.plot)}")
            plt.close("all")
