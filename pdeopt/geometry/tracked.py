"""The record of minima that were followed over time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.geometry.storing import grid_content, grid_of, read
from pdeopt.geometry.trees import written
from pdeopt.grid import Grid
from pdeopt.results import write_atomically

__all__ = ["Merge", "TrackedMinima"]

NONE = -1
MOST_ROWS = 20
ARRAYS = ("times", "points", "values", "depth", "births", "birth_errors", "deaths", "death_errors", "into", "origin")


class Merge(NamedTuple):
    """A minimum that ceases to be one: when (give or take `error`), which row, and whose basin takes its place."""

    time: float
    error: float
    row: int
    into: int


@dataclass(frozen=True, eq=False, repr=False)
class TrackedMinima:
    """Minima of a relaxed landscape from time to time; rows in the order of their values at the start.

    Parameters
    ----------
    times : array, shape (m,)
        Zero, those of the relaxation, and those looked at on the way to an event.
    points : array, shape (m, n, d)
        Where each minimum is, NaN while there is none.
    values, depth : array, shape (m, n)
        The field there, and how deep the minimum is, in units of loss.
    births, birth_errors : array, shape (n,)
        When each appears, 0 from the start, and half of the time between the looks before and after.
    deaths, death_errors : array, shape (n,)
        When each disappears, ``inf`` where it lasts, and the same half.
    into : array of int, shape (n,)
        The row whose basin a minimum that disappears lies in then, -1 where it lasts.
    origin : array of int, shape (n,)
        The row whose basin a minimum that appears lay in, -1 for those from the start.
    grid : Grid
    beta : float
    name : str
    """

    times: FloatArray
    points: FloatArray
    values: FloatArray
    depth: FloatArray
    births: FloatArray
    birth_errors: FloatArray
    deaths: FloatArray
    death_errors: FloatArray
    into: IntArray
    origin: IntArray
    grid: Grid
    beta: float
    name: str = ""

    def __len__(self) -> int:
        return len(self.into)

    @property
    def merges(self) -> list[Merge]:
        """The minima that disappear, in the order of time."""
        order = np.argsort(self.deaths, kind="stable").tolist()
        return [
            Merge(float(self.deaths[row]), float(self.death_errors[row]), row, int(self.into[row]))
            for row in order
            if self.into[row] != NONE
        ]

    @property
    def survivors(self) -> IntArray:
        """Rows of the minima that last until the end."""
        return np.flatnonzero(self.into == NONE)

    def at_time(self, time: float) -> IntArray:
        """Return the rows of the minima that exist at a time."""
        return np.flatnonzero((self.births <= time) & (time < self.deaths))

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file; nothing is left half-written."""
        target = Path(path).with_suffix(".npz")
        content: dict[str, Any] = {name: getattr(self, name) for name in ARRAYS} | grid_content(self.grid)
        write_atomically(target, content | {"beta": np.asarray(self.beta), "name": np.asarray(self.name)})
        return target

    @classmethod
    def load(cls, path: str | Path) -> "TrackedMinima":
        """Read a record written by `save`."""
        content = read(path, "record of tracked minima", (*ARRAYS, "beta", "name", "periodic"))
        arrays: dict[str, Any] = {name: content[name] for name in ARRAYS}
        return cls(**arrays, grid=grid_of(content), beta=float(content["beta"]), name=str(content["name"]))

    def __str__(self) -> str:
        n_start = int((self.origin == NONE).sum())
        head = f"{n_start} minima at time 0, {len(self.survivors)} at time {self.times[-1]:g}"
        rows = [head, f"{'time':>12}  {'+-':>8}  event"]
        events = sorted([*self._births(), *self._deaths()])
        rows += [f"{time:>12.6g}  {error:>8.1e}  {what}" for time, error, what in events[:MOST_ROWS]]
        left = len(events) - MOST_ROWS
        return "\n".join(rows if left <= 0 else [*rows, f"{'...':>12}  {'':>8}  and {left} later"])

    def _births(self) -> list[tuple[float, float, str]]:
        rows = np.flatnonzero(self.origin != NONE).tolist()
        text = "{} appears in the basin of {}"
        ends = [(self._where(row, 0), self.origin[row] + 1) for row in rows]
        return [(self.births[r], self.birth_errors[r], text.format(*end)) for r, end in zip(rows, ends, strict=True)]

    def _deaths(self) -> list[tuple[float, float, str]]:
        return [
            (merge.time, merge.error, f"{self._where(merge.row, -1)} ends in the basin of {merge.into + 1}")
            for merge in self.merges
        ]

    def _where(self, row: int, which: int) -> str:
        """Return the number of a minimum, and the place where it was first or last seen."""
        seen = np.flatnonzero(np.isfinite(self.values[:, row]))
        return f"{row + 1} at {written(self.points[seen[which], row])}"

    def __repr__(self) -> str:
        return f"<TrackedMinima: {len(self)} minima, {len(self.merges)} merges, {len(self.times)} times>"
