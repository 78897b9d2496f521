"""`pdeopt geometry`: minima, passes, basins and depths of a landscape, and how minima merge while it is relaxed."""

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from pdeopt import plot
from pdeopt.cli.inputs import Subject, read_subject
from pdeopt.cli.suggest import suggest
from pdeopt.cli.tables import describe_input, first_rows, least_depth
from pdeopt.cli.waiting import Waiting
from pdeopt.geometry import (
    MergeTree,
    Saddles,
    TrackedMinima,
    basin_widths,
    curvature_audit,
    merge_tree,
    saddles,
    track_minima,
)
from pdeopt.hamilton_jacobi import relax
from pdeopt.landscapes import Landscape
from pdeopt.plot.files import SUFFIXES

__all__ = ["SECTIONS", "Survey", "geometry_command"]

MOST_ROWS = 10


@dataclass(frozen=True, eq=False)
class Survey:
    """A landscape, and what was found of it."""

    subject: Subject
    tree: MergeTree
    passes: Saddles
    shallowest: float
    beta: float | None


def geometry_command(options: Namespace) -> None:
    """Do what `pdeopt geometry` was asked to do."""
    mpl.use("Agg")
    _check(options)
    subject = read_subject(options)
    if isinstance(subject.data, Landscape) and not subject.data.is_compiled:
        sys.stderr.write(f"pdeopt: note: {subject.name} is plain Python and slow; numba.njit makes it fast.\n")
    survey = _survey(subject, options)
    _say(describe_input(subject))
    for section in SECTIONS:
        if text := section(survey):
            _say(text)
    tracked = _tracked(survey, options) if options.time else None
    if tracked is not None:
        _say(f"{_title('minima over time', survey)}, relaxed at beta {tracked.beta:g}\n{tracked}")
    if tracked is not None and options.audit:
        _say(f"curvature at time {options.time[-1]:g}\n{_audit(survey, tracked, options)}")
    _write_files(survey, tracked, options)


def _check(options: Namespace) -> None:
    for name, suffixes in (("plot", SUFFIXES), ("save", (".npz",))):
        word = getattr(options, name)
        if word is not None and Path(word).suffix.lower() not in suffixes:
            raise ValueError(f"--{name} {word} must end in {', '.join(suffixes)}.")
        if word is not None and not Path(word).parent.is_dir():
            raise ValueError(f"--{name} {word} cannot be written: {Path(word).parent} is no folder.")
    if options.beta is not None and not (options.beta > 0 and (options.time or np.isfinite(options.beta))):
        raise ValueError(f"--beta {options.beta:g} must be positive, e.g. --beta 10; inf goes with --time only.")
    if options.shallowest is not None and not 0 <= options.shallowest < np.inf:
        raise ValueError(f"--shallowest {options.shallowest:g} must be finite and not negative, e.g. 0.1.")
    if options.audit and not options.time:
        raise ValueError("--audit compares the relaxation at a time; add e.g. --time 1.")
    times = options.time or [1.0]
    if not all(0 < early < late for early, late in zip([*times], [*times[1:], np.inf], strict=True)):
        raise ValueError(
            f"--time {' '.join(f'{time:g}' for time in times)}: times must be positive and increase, "
            "e.g. --time 0.1 1 10; time 0 is always there."
        )


def _survey(subject: Subject, options: Namespace) -> Survey:
    values, grid = subject.values, subject.grid
    least = least_depth(values, grid) if options.shallowest is None else options.shallowest
    with Waiting("looking for minima and passes"):
        tree = merge_tree(values, grid, shallowest=least)
        passes = saddles(values, grid, shallowest=least)
    return Survey(subject, tree, passes, least, options.beta)


def _title(what: str, survey: Survey) -> str:
    return f"{what}, deeper than {survey.shallowest:.3g}"


def describe_minima(survey: Survey) -> str:
    """Return the minima."""
    return f"{_title('minima', survey)}\n{first_rows(survey.passes.minima)}"


def describe_passes(survey: Survey) -> str:
    """Return the passes, and at a temperature the rates of crossing them."""
    if not len(survey.passes):
        return "one basin only: no passes"
    lines = [f"passes between their basins\n{survey.passes}"]
    if survey.beta is not None and np.isfinite(survey.beta):
        rates, between = survey.passes.kramers_rates(survey.beta), survey.passes.between + 1
        lines.append(f"rates of crossing them at beta {survey.beta:g}, by the Eyring-Kramers law, per unit of time")
        pairs = zip(between[:MOST_ROWS].tolist(), rates[:MOST_ROWS].tolist(), strict=True)
        lines += [f"  {a} to {b} {there:>11.4g}    {b} to {a} {back:>11.4g}" for (a, b), (there, back) in pairs]
    return "\n".join(lines)


def describe_basins(survey: Survey) -> str:
    """Return volumes and widths of the basins, and at a temperature their weights."""
    beta = survey.beta if survey.beta is not None and np.isfinite(survey.beta) else None
    sizes = basin_widths(survey.passes.minima, survey.subject.values, beta=beta)
    law = "by volume" if beta is None else f"under exp(-{beta:g} f); harmonic: by curvatures alone"
    rows = str(sizes).splitlines()
    left = len(rows) - 1 - MOST_ROWS
    more = [f"{'...':>24}  and {left} more"] if left > 0 else []
    return "\n".join([f"basins, {law}", *rows[: MOST_ROWS + 1], *more])


def describe_depths(survey: Survey) -> str:
    """Return the merge tree."""
    return f"merge tree, the deepest first\n{survey.tree}"


SECTIONS: tuple[Callable[[Survey], str], ...] = (describe_minima, describe_passes, describe_basins, describe_depths)
"""What is printed of a landscape, in this order; an empty text is left out."""


def _tracked(survey: Survey, options: Namespace) -> TrackedMinima:
    subject, beta = survey.subject, survey.beta
    if beta is None:
        beta = suggest(subject).beta
        sys.stderr.write(f"pdeopt: note: taking --beta {beta:.3g}; pdeopt relax --suggest says why.\n")
    relaxed = relax(subject.data, subject.grid, options.time, beta, boundary=subject.boundary)
    return track_minima(relaxed, shallowest=survey.shallowest)


def _audit(survey: Survey, tracked: TrackedMinima, options: Namespace) -> str:
    return str(curvature_audit(survey.subject.data, survey.subject.grid, options.time[-1], tracked.beta))


def _write_files(survey: Survey, tracked: TrackedMinima | None, options: Namespace) -> None:
    kept = survey.tree if tracked is None else tracked
    try:
        if options.save:
            _say(f"saved {kept.save(options.save)}")
        if options.plot:
            picture = _draw(survey, tracked)
            _say(f"drew {plot.save(picture, options.plot)}")
            plt.close("all")
    except OSError as error:
        raise ValueError(f"the result cannot be written: {error.strerror or error}.") from error


def _draw(survey: Survey, tracked: TrackedMinima | None) -> Axes:
    """Draw the tree beside the persistence diagram, or the path of each coordinate."""
    if tracked is None:
        _, axes = plt.subplots(1, 2, figsize=(11.5, 4.4), layout="constrained")
        plot.persistence(survey.tree, axes[1])
        return plot.merge_tree(survey.tree, axes[0])
    dim = tracked.grid.dim
    _, rows = plt.subplots(1, dim, figsize=(5.2 * dim + 1.0, 4.2), layout="constrained", squeeze=False)
    for axis, ax in enumerate(rows[0]):
        plot.tracked_minima(tracked, ax, axis=axis)
    first: Axes = rows[0, 0]
    return first


def _say(text: str) -> None:
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()
