"""What `pdeopt kolmogorov` prints."""

from collections.abc import Sequence

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.cli.kolmogorov_systems import Process
from pdeopt.kolmogorov import Answer
from pdeopt.kolmogorov.interpolation import spline_through

__all__ = ["describe_answer", "describe_process"]

MOST_POINTS = 12
NOTHING = 1e-2


def describe_process(process: Process) -> str:
    """Return the equation and the grid in one line."""
    grid = process.grid
    ends = zip(process.names, grid.lower, grid.upper, strict=True)
    sides = ", ".join(f"{name} {low:.4g} ... {high:.4g}" for name, low, high in ends)
    closed = [name for name, wraps in zip(process.names, grid.periodic, strict=True) if wraps]
    wraps = f", periodic in {', '.join(closed)}" if closed else ""
    heat = "" if np.isnan(process.beta) else f", beta {process.beta:g}"
    return f"{process.name}{heat}: {' x '.join(map(str, grid.shape))} nodes, {sides}{wraps}"


def describe_answer(found: Answer, points: FloatArray, names: Sequence[str]) -> str:
    """Return the record, and the answer with its error at points."""
    shown = points[:MOST_POINTS]
    if not len(shown):
        return str(found)
    timeless = found.time is None
    times = np.atleast_1d(np.asarray(np.nan if timeless else found.time, dtype=float))
    values, errors = (part.reshape(times.size, -1) for part in (found.at(shown), _errors(found, shown)))
    rows = [_row(f"({', '.join(names)})", "" if timeless else "time", "value", "error")]
    for k, point in enumerate(shown):
        place = f"({', '.join(f'{entry + 0.0:.4g}' for entry in point)})"
        columns = zip(times, values[:, k], errors[:, k], strict=True)
        rows += [_row(place, "" if timeless else f"{t:.4g}", _number(v, e), f"{e:.1e}") for t, v, e in columns]
    return "\n".join([str(found), "", *rows])


def _row(place: str, time: str, value: str, error: str) -> str:
    return f"{place:>20}{time:>8}{value:>20}{error:>10}"


def _number(value: float, error: float) -> str:
    """Return a number, or 0 for what is far below its error."""
    return "0" if abs(value) < NOTHING * error else f"{value:.12g}"


def _errors(found: Answer, points: FloatArray) -> FloatArray:
    """Return the error at points, linear between the nodes."""
    return spline_through(found.error, found.grid, 1)(points)
