"""`pdeopt kolmogorov`: ask a diffusion a question, print the answer, draw, save."""

import sys
import warnings
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from pdeopt import plot
from pdeopt._types import BoolArray, FloatArray
from pdeopt.cli.expressions import Formula, read_formula
from pdeopt.cli.inputs import check_choice
from pdeopt.cli.kolmogorov_checks import check_numbers, check_places, check_sets
from pdeopt.cli.kolmogorov_grid import snapped_points
from pdeopt.cli.kolmogorov_systems import Process, read_processes
from pdeopt.cli.kolmogorov_tables import describe_answer, describe_process
from pdeopt.cli.waiting import Waiting
from pdeopt.kolmogorov import Answer
from pdeopt.plot.files import SUFFIXES, replacing

__all__ = ["kolmogorov_command"]

NEEDED: Mapping[str, tuple[str, ...]] = {
    "exit-time": ("inside",),
    "committor": ("start", "end"),
    "invariant": (),
    "spectrum": (),
    "backward": ("terminal", "time"),
    "forward": ("initial", "time"),
}
"""Questions, and the options without which they are none."""

EXAMPLES = {
    "inside": '--inside "x < 1"',
    "start": '--from "x < -1"',
    "end": '--to "x > 1"',
    "terminal": '--terminal "x^2"',
    "initial": "--initial 0.5",
    "time": "--time 1",
}


@dataclass(frozen=True, eq=False)
class Asked:
    """A question in formulas: conditions and functions of the coordinates."""

    formulas: Mapping[str, Formula]
    names: tuple[str, ...]

    @property
    def limits(self) -> dict[str, list[float]]:
        """Return where conditions change, by coordinate."""
        every = [formula.limits() for formula in self.formulas.values()]
        return {name: sorted({mark for limits in every for mark in limits[name]}) for name in self.names}

    def set_of(self, option: str, points: FloatArray) -> BoolArray:
        """Return the nodes of a set: its limits are left with the set `inside`, and reached with the others."""
        return self.formulas[option].with_edges(option != "inside").holds(points)


def kolmogorov_command(options: Namespace) -> None:
    """Do what `pdeopt kolmogorov` was asked to do."""
    mpl.use("Agg")
    _check(options)
    processes = read_processes(options, lambda names: _asked(options, names))
    for process in processes:
        check_places(process, options)
        _say(describe_process(process))
        found = _answered(process, options)
        points = process.points_of_interest(options)
        _say(describe_answer(found, points, process.names) if isinstance(found, Answer) else str(found))
        _write_files(found, process, options, len(processes))


def _answered(process: Process, options: Namespace) -> Any:
    """Return the answer; warnings on the way are notes of one line."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with Waiting(f"solving on {' x '.join(map(str, process.grid.shape))} nodes and finer grids"):
            found = ASKING[options.question](process, options)
    for words in dict.fromkeys(" ".join(str(warning.message).split()) for warning in caught):
        sys.stderr.write(f"pdeopt: note: {words}\n")
    return found


def _say(text: str) -> None:
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()


def _check(options: Namespace) -> None:
    if options.question is None:
        raise ValueError(f"--question is missing; use one of {', '.join(NEEDED)}.")
    check_choice("--question", options.question, list(NEEDED))
    for name in NEEDED[options.question]:
        if getattr(options, name) is None:
            raise ValueError(f"--question {options.question} needs e.g. {EXAMPLES[name]}.")
    check_numbers(options)
    for option, suffixes in (("plot", SUFFIXES), ("save", (".npz",))):
        given = getattr(options, option)
        if given is not None and Path(given).suffix.lower() not in suffixes:
            raise ValueError(f"--{option} {given} must end in {', '.join(suffixes)}.")
        if given is not None and not Path(given).parent.is_dir():
            raise ValueError(f"--{option} {given} cannot be written: {Path(given).parent} is no folder.")


def _asked(options: Namespace, names: Sequence[str]) -> Asked:
    typed = {"inside": "--inside", "start": "--from", "end": "--to", "terminal": "--terminal", "initial": "--initial"}
    wanted = [name for name in NEEDED[options.question] if name in typed]
    formulas = {
        name: read_formula(getattr(options, name), typed[name], names)
        for name in wanted
        if name != "initial" or _point(options.initial) is None
    }
    return Asked(formulas, tuple(names))


def _point(text: str) -> list[float] | None:
    """Return the point that numbers with commas are, or None for a formula."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        return None


def _exit_time(process: Process, _: Namespace) -> Answer:
    return process.generator.mean_exit_time(_sets(process)["inside"])


def _committor(process: Process, _: Namespace) -> Answer:
    sets = _sets(process)
    return process.generator.committor(sets["start"], sets["end"])


def _invariant(process: Process, _: Namespace) -> Answer:
    return process.generator.invariant_density()


def _spectrum(process: Process, options: Namespace) -> Any:
    return process.generator.spectrum(options.count)


def _backward(process: Process, options: Namespace) -> Answer:
    terminal = process.asked.formulas["terminal"]
    finite = np.isfinite(terminal.on(process.grid.points()))
    if not finite.all():
        where = process.grid.points()[~finite][0]
        raise ValueError(
            f"{terminal.option} {terminal.text!r} is not finite at {tuple(where.tolist())}; guard it, as in "
            "'log(max(x, 0.1))', or use --lower and --upper."
        )
    return process.generator.backward(terminal.function(), _times(options))


def _forward(process: Process, options: Namespace) -> Answer:
    generator, point = process.generator, _point(options.initial)
    if point is not None:
        return generator.forward(point, _times(options))
    density = process.asked.formulas["initial"].function()
    values = density.on(generator.grid)
    mass = float(np.sum(values * generator.volumes))
    if not (np.isfinite(mass) and values.min() >= 0.0 < mass):
        raise ValueError(
            f"--initial {options.initial!r} is no density: it is {values.min():g} somewhere and its sum {mass:g}; use "
            "a function that is not negative, such as 'exp(-10 * (x + 1)^2)', or a point, such as -1."
        )
    return generator.forward(density.scaled(mass), _times(options))


ASKING: Mapping[str, Callable[[Process, Namespace], Any]] = {
    "exit-time": _exit_time,
    "committor": _committor,
    "invariant": _invariant,
    "spectrum": _spectrum,
    "backward": _backward,
    "forward": _forward,
}


def _times(options: Namespace) -> float | list[float]:
    return options.time if len(options.time) > 1 else options.time[0]  # type: ignore[no-any-return]


def _sets(process: Process) -> dict[str, BoolArray]:
    grid = process.grid
    points = snapped_points(grid, process.asked.limits)
    names = [name for name in ("inside", "start", "end") if name in process.asked.formulas]
    sets = {name: process.asked.set_of(name, points) for name in names}
    check_sets(process, sets)
    return sets


def _write_files(found: Any, process: Process, options: Namespace, n: int) -> None:
    try:
        if options.save:
            _say(f"saved {_saved(found, _numbered(options.save, process, n), process)}")
        if options.plot:
            _say(f"drew {_draw(found, process, options, _numbered(options.plot, process, n))}")
    except OSError as error:
        raise ValueError(f"the answer cannot be written: {error.strerror or error}.") from error


def _numbered(path: str, process: Process, n: int) -> Path:
    target = Path(path)
    return target if n == 1 else target.with_stem(f"{target.stem}_beta_{process.beta:g}")


def _saved(found: Any, target: Path, process: Process) -> Path:
    with replacing(target) as temporary:
        if isinstance(found, Answer):
            found.save(temporary)
        else:
            content: dict[str, Any] = dict(zip("xyz", process.grid.axes, strict=False))
            content |= {"eigenvalues": found.eigenvalues, "eigenfunctions": found.eigenfunctions}
            content |= {} if found.error is None else {"error": found.error}
            with temporary.open("wb") as stream:
                np.savez(stream, **content)
    return target


def _draw(found: Any, process: Process, options: Namespace, target: Path) -> Path:
    grid = process.grid
    if not isinstance(found, Answer):
        picture = plot.spectrum(found, grid)[0]
    else:
        sets = {process.asked.formulas[name].text: nodes for name, nodes in _sets(process).items()}
        points = process.points_of_interest(options)
        picture = plot.answer(found, sets=sets, marks=points if grid.dim == 2 and len(points) else None)
    written = plot.save(picture, target)
    plt.close("all")
    return written
