"""`pdeopt solve`: finite differences for a Hamilton-Jacobi equation, tables, pictures, films and files."""

from argparse import Namespace
from contextlib import nullcontext
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from pdeopt import plot
from pdeopt._types import FloatArray
from pdeopt.cli.outputs import check_outputs, say, writing
from pdeopt.cli.solving_orders import orders_table
from pdeopt.cli.solving_problem import Question, read_question
from pdeopt.cli.solving_tables import describe_question, describe_solution
from pdeopt.hamilton_jacobi import BlowUpError, HamiltonJacobiSolution, solve_hamilton_jacobi
from pdeopt.hamilton_jacobi.finite_differences.march import March
from pdeopt.hamilton_jacobi.finite_differences.methods import choose
from pdeopt.plot.files import SUFFIXES

INTERRUPTED = 130
POSITIVE = {"step": "0.001", "tolerance": "1e-6", "steady": "1e-6", "max_seconds": "60"}
COUNTS = {"frames": "40", "threads": "2"}
SAME = 1e-9
"""Times closer than this part of the last one are one frame."""


def solve_command(options: Namespace) -> int:
    """Do what `pdeopt solve` was asked to do."""
    mpl.use("Agg")
    _check(options)
    question = read_question(options)
    times = _times(options, question)
    if options.eoc is not None:
        say(orders_table(question, options, float(times[-1])))
        return 0
    _check_march(question, options)
    say(describe_question(question) + "\n")
    found = _solve(question, times, options)
    say(describe_solution(question, found))
    with writing():
        _write_files(found, options)
    if found.stopped in ("interrupted", "max_seconds") and _folder(options):
        say(f"\nthe same command goes on from {_folder(options)}")
    return INTERRUPTED if found.stopped == "interrupted" else 0


def _check(options: Namespace) -> None:
    check_outputs(options, {"plot": SUFFIXES, "animate": (".gif",), "save": (".npz",)})
    if options.store and options.resume:
        raise ValueError("--store and --resume name the same folder; leave one out.")
    if options.resume and not (Path(options.resume) / "about.npz").is_file():
        raise ValueError(
            f"--resume {options.resume} holds no run to go on with; begin one by --store {options.resume}."
        )
    if options.store and not Path(options.store).parent.is_dir():
        raise ValueError(f"--store {options.store}: {Path(options.store).parent} is no folder; make it first.")
    _check_numbers(options)
    if options.eoc is not None and (options.store or options.resume or options.animate or options.plot or options.save):
        raise ValueError("--eoc prints a table alone; leave --plot, --animate, --save, --store and --resume out.")


def _check_numbers(options: Namespace) -> None:
    for name, example in POSITIVE.items():
        value = getattr(options, name)
        if value is not None and not 0.0 < value < inf:
            raise ValueError(f"--{name.replace('_', '-')} {value:g} must be positive and finite, e.g. {example}.")
    for name, example in COUNTS.items():
        value = getattr(options, name)
        if value is not None and value < 1:
            raise ValueError(f"--{name} {value} must be at least 1, e.g. {example}.")


def _check_march(question: Question, options: Namespace) -> None:
    """Refuse, before anything is printed, methods that do not fit and a step that is too long."""
    scheme, stepper = choose(question.problem, options.method, options.stepper, options.tolerance)
    try:
        March(question.problem, scheme, stepper, options.step, tolerance=options.tolerance)
    except BlowUpError as error:
        raise ValueError(str(error)) from error


def _folder(options: Namespace) -> str | None:
    folder: str | None = options.store or options.resume
    return folder


def _times(options: Namespace, question: Question) -> FloatArray:
    given = options.time or question.times
    if not given:
        raise ValueError("--time is missing: when is the solution wanted? Add e.g. --time 0.5.")
    if options.every is not None and len(given) > 1:
        raise ValueError(f"--every goes with one --time; add --time {max(given):g}.")
    if options.every is not None and not 0.0 < options.every <= given[0]:
        raise ValueError(f"--every {options.every:g} must be positive and at most the time {given[0]:g}.")
    times = np.unique(np.asarray(given, dtype=float))
    if not (np.isfinite(times).all() and times[0] >= 0.0):
        raise ValueError(f"--time {times[0]:g} must be finite and not negative, e.g. 0.5.")
    if options.every is not None:
        times = _merged(times, options.every * np.arange(1, int(times[0] / options.every) + 1))
    return times


def _merged(times: FloatArray, more: FloatArray) -> FloatArray:
    """Return times and further ones that are none of them."""
    last = float(times[-1])
    new = [time for time in more if 0.0 < time < last and np.abs(times - time).min() > SAME * last]
    return np.sort(np.append(times, new))


def _solve(question: Question, times: FloatArray, options: Namespace) -> HamiltonJacobiSolution:
    """Solve; a film takes more frames than are kept."""
    shown = times
    if options.animate and options.every is None:
        shown = _merged(times, np.linspace(0.0, times[-1], options.frames + 1)[1:])
    kept: list[tuple[float, FloatArray]] = []
    # A folder may hold frames of an earlier run: its film is drawn at the end.
    draws = options.animate and not _folder(options)
    with plot.film(options.animate, question.problem) if draws else nullcontext() as add:

        def take(time: float, values: FloatArray) -> None:
            if time > 0.0 and add is not None:
                add(time, values)
            if time in times or time not in shown:
                kept.append((time, values))

        try:
            found = solve_hamilton_jacobi(question.problem, shown, **_settings(options), on_frame=take)
        except BlowUpError as error:
            raise ValueError(str(error)) from error
    found = replace(found, name=question.name)
    if _folder(options):
        return found
    return replace(found, time=np.array([t for t, _ in kept]), values=np.stack([values for _, values in kept]))


def _settings(options: Namespace) -> dict[str, Any]:
    names = ("method", "stepper", "step", "tolerance", "threads", "steady", "max_seconds")
    folder = _folder(options)
    return {name: getattr(options, name) for name in names} | {"store": folder, "keep_frames": folder is not None}


def _write_files(found: HamiltonJacobiSolution, options: Namespace) -> None:
    if options.save:
        say(f"saved {found.save(options.save)}")
    if options.plot:
        say(f"drew {plot.save(plot.solution(found)[0], options.plot)}")
    if options.animate and _folder(options):
        plot.animate(found, options.animate)
    if options.animate:
        say(f"drew {options.animate}")
    if _folder(options):
        say(f"stored {_folder(options)}; pdeopt.hamilton_jacobi.load_frames reads it")
