"""`pdeopt relax`: solve, print tables, draw, save."""

import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from pdeopt import plot
from pdeopt._types import FloatArray
from pdeopt.cli.inputs import Subject, check_choice, read_subject
from pdeopt.cli.suggest import Advice, suggest
from pdeopt.cli.tables import describe_result, describe_subject, describe_wells, wells_of
from pdeopt.hamilton_jacobi import relax
from pdeopt.hamilton_jacobi.problem import METHODS
from pdeopt.landscapes import Landscape
from pdeopt.plot.files import SUFFIXES
from pdeopt.results import Relaxation

PATIENCE = 2.0
FIRST_FRAME = 300.0
MOST_CELLS = 16


def relax_command(options: Namespace) -> None:
    """Do what `pdeopt relax` was asked to do."""
    mpl.use("Agg")
    _check_method(options)
    _check_outputs(options)
    subject = read_subject(options)
    if isinstance(subject.data, Landscape) and not subject.data.is_compiled:
        sys.stderr.write(f"pdeopt: note: {subject.name} is plain Python and slow; numba.njit makes it fast.\n")
    advice = suggest(subject)
    if options.suggest:
        _say(advice.text(options.input))
        if not (options.time or options.beta):
            return
    results = _solve(subject, options, advice)
    _say(describe_wells(results, wells_of(subject, advice.minima)))
    _write_files(results, subject, options)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()


def _check_method(options: Namespace) -> None:
    if options.method is None:
        return
    check_choice("--method", options.method, METHODS)
    for beta in options.beta or []:
        if (options.method == "hopf-lax") != np.isinf(beta):
            raise ValueError(f"--method {options.method} does not fit --beta {beta:g}; hopf-lax is for inf alone.")


def _check_outputs(options: Namespace) -> None:
    for option, suffixes in (("plot", SUFFIXES), ("animate", (".gif",)), ("save", (".npz",))):
        name = getattr(options, option)
        if name is None:
            continue
        path = Path(name)
        if path.suffix.lower() not in suffixes:
            raise ValueError(f"--{option} {name} must end in {', '.join(suffixes)}.")
        if path.is_dir() or not path.parent.is_dir():
            raise ValueError(f"--{option} {name} cannot be written: {path.parent} is no folder.")


def _solve(subject: Subject, options: Namespace, advice: Advice) -> list[Relaxation]:
    times, betas = options.time or [advice.time], options.beta or [advice.beta]
    if not (options.time and options.beta):
        chosen = [
            f"--{name} {value:.3g}"
            for name, value in (("time", times[0]), ("beta", betas[0]))
            if not getattr(options, name)
        ]
        sys.stderr.write(f"pdeopt: note: taking {' '.join(chosen)}; --suggest says why.\n")
    _say(describe_subject(subject, advice.minima))
    results = []
    with tqdm(total=len(betas) * (1 + len(times)), delay=PATIENCE, leave=False, disable=None, desc="relaxing") as bar:
        for beta in betas:
            result = _relaxed(subject, times if len(times) > 1 else times[0], beta, options)
            bar.update()
            for k in range(len(times)):
                bar.clear()
                _say(describe_result(result, k))
                bar.update()
            results.append(result)
    return results


def _relaxed(subject: Subject, time: float | list[float], beta: float, options: Namespace) -> Relaxation:
    result = relax(
        subject.data,
        subject.grid,
        time,
        beta,
        boundary=subject.boundary,
        method=options.method,
        threads=options.threads,
    )
    return result if result.name else replace(result, name=Path(subject.name).stem)


def _write_files(results: list[Relaxation], subject: Subject, options: Namespace) -> None:
    try:
        if options.save:
            for result in results:
                _say(f"saved {result.save(_numbered(options.save, result, len(results)))}")
        if options.plot:
            _say(f"drew {_draw(results, subject.trained, options.plot)}")
        if options.animate:
            _say(f"drew {_animate(results, subject, options)}")
    except OSError as error:
        raise ValueError(f"the result cannot be written: {error.strerror or error}.") from error


def _numbered(path: str, result: Relaxation, n: int) -> Path:
    """Return the path, with the temperature in its name where there are several."""
    target = Path(path)
    return target if n == 1 else target.with_stem(f"{target.stem}_beta_{result.beta:g}")


def _draw(results: list[Relaxation], trained: FloatArray | None, path: str) -> Path:
    if results[0].grid.dim == 1:
        _, axes = plt.subplots(
            1, len(results), figsize=(5.2 * len(results) + 1.2, 4.2), layout="constrained", squeeze=False
        )
        for ax, result in zip(axes[0], results, strict=True):
            plot.curves(result, ax, marks=trained)
        picture = axes[0, 0]
    else:
        picture = plot.strip(results, marks=trained)[0]
    target = plot.save(picture, path)
    plt.close("all")
    return target


def _animate(results: list[Relaxation], subject: Subject, options: Namespace) -> Path:
    last = float(np.max(results[0].time))
    if last <= 0:
        raise ValueError("--animate needs a positive --time, e.g. --time 1.")
    times = np.geomspace(last / FIRST_FRAME, last, options.frames)
    steps = tqdm(times, desc="relaxing", unit="time", delay=PATIENCE, leave=False, disable=None)
    moments = [_relaxed(subject, float(time), results[0].beta, options) for time in steps]
    film = replace(moments[0], time=times, values=np.stack([moment.values for moment in moments]), source=None)
    return plot.animate(film, options.animate, marks=subject.trained)
