"""Times at which something begins or ceases to hold: a scan upwards in time, and brackets narrowed to roots."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from pdeopt.geometry.fields import as_text
from pdeopt.landscapes import Landscape

__all__ = ["CriticalTime", "Crossing", "Evidence", "doubling", "scanned", "settled"]

PATIENCE = 2.0
SETTLED = 3
DOUBLINGS = 18
FIRST = 0.1


class Evidence(NamedTuple):
    """A time that was looked at.

    Parameters
    ----------
    time : float
    measure : float
        The least curvature, or the number of minima.
    error : float
        Estimate of the error of the measure.
    holds : bool
    place : tuple of float
        Where the measure is taken, if it is at one point.
    """

    time: float
    measure: float
    error: float
    holds: bool
    place: tuple[float, ...] = ()


class Crossing(NamedTuple):
    """A time at which something begins (`begins`) or ceases to hold, and an estimate of its error."""

    time: float
    error: float
    begins: bool


@dataclass(frozen=True, eq=False, repr=False)
class CriticalTime:
    """From when on a relaxation is convex, or has one local minimum; its text shows the evidence.

    Parameters
    ----------
    kind : str
        ``"convex"`` or ``"unimodal"``.
    first : float
        The first time at which it holds: 0 if it holds at the start, ``inf`` if it held at no time tested.
    last : float
        The time since which it has held at every later time tested; ``inf`` if it does not hold at the last one.
    error : float
        Estimate of the error of `last`; NaN where that is 0 or infinite.
    crossings : tuple of Crossing
        All changes found, in order of time; more than one if what held ceased to.
    tested : tuple of Evidence
        The evidence, in order of time.
    beta : float
    breakdown : float
        ``1 / lambda``, lambda minus the least curvature of the landscape on the grid: until then the zero-temperature
        solution is smooth, and the least curvature at least ``-lambda / (1 - lambda t)`` at any temperature.
    note : str
        What limits the statement.
    name : str
    """

    kind: str
    first: float
    last: float
    error: float
    crossings: tuple[Crossing, ...]
    tested: tuple[Evidence, ...]
    beta: float
    breakdown: float
    note: str = ""
    name: str = ""

    @property
    def never(self) -> bool:
        """Whether it held at no time tested."""
        return bool(np.isinf(self.first))

    def __str__(self) -> str:
        what = "least curvature" if self.kind == "convex" else "minima"
        lines = [f"relaxation of {self.name or 'values'} at beta = {self.beta:g}: {self._answer()}"]
        if self.breakdown == 0:
            lines.append("  a concave kink is there from the start")
        elif np.isfinite(self.breakdown):
            lines.append(f"  1 / lambda = {self.breakdown:.7g}: until then no kink forms at beta = inf")
        lines.append(f"  {'time':>12}{what:>18}{'error':>10}  {self.kind:<9}at")
        lines += [
            f"  {row.time:>12.7g}{row.measure:>18.9g}{row.error:>10.1e}  {'yes' if row.holds else 'no':<9}"
            f"{as_text(row.place) if row.place else ''}"
            for row in self.tested
        ]
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)

    def _answer(self) -> str:
        if self.never:
            return f"{self.kind} at no time tested, up to {self.tested[-1].time:.4g}"
        if not self.crossings:
            return f"{self.kind} from the start"
        changes = [
            f"{'begins' if c.begins else 'ceases'} to be {self.kind} at {c.time:.9g} +- {c.error:.1e}"
            for c in self.crossings
        ]
        return ", ".join(changes)

    def __repr__(self) -> str:
        return f"<CriticalTime: {self._answer()}>"


def note_on(f: object) -> str:
    """Return what limits statements about samples."""
    known = isinstance(f, Landscape) and not f.is_sampled
    return "" if known else "of the samples as they are interpolated; what lies between them is no part of the error"


def doubling(unit: float) -> list[float]:
    """Return times to test: 0, then doubling from a tenth of the time on which the landscape's curvature acts."""
    return [0.0, *(FIRST * unit * 2.0**k for k in range(DOUBLINGS))]


def checked_times(times: Sequence[float] | None) -> list[float] | None:
    """Return times in order, or None for the default."""
    if times is None:
        return None
    found = np.unique(np.asarray(times, dtype=float))
    if found.size < 2 or not (np.isfinite(found) & (found >= 0)).all():
        raise ValueError(f"times={times!r} has to be at least two numbers >= 0. Use e.g. (0.0, 0.1, 1.0), or None.")
    return [float(t) for t in found]


def checked_scale(value: float, name: str, limit: float, example: float) -> float:
    """Return a positive number below a limit, or say which to use."""
    if not (np.ndim(value) == 0 and 0 < value <= limit):
        raise ValueError(f"{name}={value!r} has to be a number above 0, at most {limit:g}. Use e.g. {example:g}.")
    return float(value)


def scanned(
    test: Callable[[float], Evidence], times: Sequence[float], *, to_the_end: bool, words: str, progress: bool
) -> tuple[list[Evidence], str]:
    """Return what is found at times in order, up to where it has settled, and what cut the scan short."""
    rows: list[Evidence] = []
    for time in _shown(times, words, progress):
        try:
            row = test(time)
        except ValueError as refusal:
            # Long times may ask for more samples than fit: what was found before stands.
            if to_the_end or len(rows) < 2:
                raise
            return rows, f"not looked beyond time {rows[-1].time:.4g}: {str(refusal).split('.')[0]}"
        if np.isnan(row.measure) and rows:
            return rows, f"flat to rounding from time {row.time:.4g} on, if not before"
        rows.append(row)
        if not to_the_end and len(rows) >= SETTLED and all(row.holds for row in rows[-SETTLED:]):
            break
    return rows, ""


def _shown(times: Sequence[float], words: str, progress: bool) -> Iterator[float]:
    bar = tqdm(times, desc=words, unit="time", delay=PATIENCE, leave=False, disable=None if progress else True)
    yield from bar


def settled(
    rows: Sequence[Evidence], locate: Callable[[Evidence, Evidence], Crossing]
) -> tuple[float, float, float, tuple[Crossing, ...]]:
    """Return first and last time, the error of the last, and all crossings."""
    crossings = tuple(locate(a, b) for a, b in pairwise(rows) if a.holds != b.holds)
    beginnings = [c for c in crossings if c.begins]
    begun = beginnings[0].time if beginnings else np.inf
    first = rows[0].time if rows[0].holds else begun
    if not rows[-1].holds:
        return first, np.inf, np.nan, crossings
    if not crossings:
        return first, first, np.nan, crossings
    return first, crossings[-1].time, crossings[-1].error, crossings
