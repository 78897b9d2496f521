"""Following minima while a landscape is relaxed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.geometry.checks import check_not_negative
from pdeopt.geometry.tracked import NONE, TrackedMinima
from pdeopt.geometry.wells import Minima, minima
from pdeopt.hamilton_jacobi import relax, smooth
from pdeopt.hamilton_jacobi.heat import HeatSource
from pdeopt.hamilton_jacobi.relaxation import StageSource
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["track_minima"]

PATIENCE = 2.0
Solver = Callable[[float], FloatArray]


@dataclass
class Look:
    """The minima at one time, and the row of the record that each of them is."""

    time: float
    minima: Minima
    rows: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass
class Rows:
    """The rows of the record while it grows: when, with which error, and from or into which other row."""

    births: list[tuple[float, float, int]] = field(default_factory=list)
    deaths: dict[int, tuple[float, float, int]] = field(default_factory=dict)
    looks: list[tuple[float, IntArray, FloatArray, FloatArray, FloatArray]] = field(default_factory=list)

    def start(self, look: Look) -> None:
        """Give a row to each minimum of the first look."""
        look.rows = np.arange(len(look.minima))
        self.births.extend((0.0, 0.0, NONE) for _ in look.rows)
        self._keep(look)

    def go_on(self, before: Look, after: Look) -> None:
        """Take what happened between two looks as having happened half-way."""
        forward, backward, same = followed(before.minima, after.minima)
        time, error = 0.5 * (before.time + after.time), 0.5 * (after.time - before.time)
        rows = np.where(same >= 0, before.rows[same], NONE)
        for new in np.flatnonzero(same < 0).tolist():
            origin = before.rows[backward[new]] if backward[new] >= 0 else NONE
            rows[new] = len(self.births)
            self.births.append((time, error, int(origin)))
        after.rows = rows
        for old in np.setdiff1d(np.arange(len(before.minima)), same).tolist():
            into = rows[forward[old]] if forward[old] >= 0 else NONE
            self.deaths[int(before.rows[old])] = (time, error, int(into))
        self._keep(after)

    def _keep(self, look: Look) -> None:
        found = look.minima
        self.looks.append((look.time, look.rows, found.points, found.values, found.depth))

    def record(self, result: Relaxation) -> TrackedMinima:
        """Return the record."""
        n, n_times = len(self.births), len(self.looks)
        points = np.full((n_times, n, result.grid.dim), np.nan)
        values, depth = np.full((n_times, n), np.nan), np.full((n_times, n), np.nan)
        for k, (_, rows, places, heights, depths) in enumerate(self.looks):
            points[k, rows], values[k, rows], depth[k, rows] = places, heights, depths
        births = np.array(self.births).reshape(n, 3)
        deaths = np.array([self.deaths.get(row, (np.inf, 0.0, NONE)) for row in range(n)]).reshape(n, 3)
        times = np.array([look[0] for look in self.looks])
        ends = (births[:, 0], births[:, 1], deaths[:, 0], deaths[:, 1])
        links = deaths[:, 2].astype(np.int64), births[:, 2].astype(np.int64)
        return TrackedMinima(times, points, values, depth, *ends, *links, result.grid, result.beta, result.name)


def followed(before: Minima, after: Minima) -> tuple[IntArray, IntArray, IntArray]:
    """Say what became of the minima of one field in another.

    Returns
    -------
    forward : array of int
        The row of `after` whose basin each old minimum lies in, -1 on a wall.
    backward : array of int
        The row of `before` whose basin each new minimum lies in, -1 on a wall.
    same : array of int
        The row of `before` that each new minimum is, -1 where it appeared.
    """
    forward, backward = after.containing(before.points), before.containing(after.points)
    same = np.full(len(after), NONE)
    for new in range(len(after)):
        heirs = np.flatnonzero(forward == new)
        if backward[new] in heirs:
            same[new] = backward[new]
        elif heirs.size:
            # It moved out of its old basin between the looks.
            same[new] = heirs[np.argmin(before.values[heirs])]
    return forward, backward, same


def track_minima(
    relaxed: Relaxation | Sequence[Relaxation],
    landscape: Landscape | ArrayLike | None = None,
    *,
    shallowest: float = 0.0,
    tolerance: float = 1e-3,
) -> TrackedMinima:
    """Follow the minima of a landscape while it is relaxed, and say when which of them end.

    Parameters
    ----------
    relaxed : Relaxation or sequence of Relaxation
        At a sequence of times, by `relax`; or one record for each time, by `relax` or `smooth`.
    landscape : Landscape or array_like, optional
        What was relaxed: it is relaxed again on the way to each event. A record that does not come from a file knows
        it; without it events are half-way between two given times.
    shallowest : float
        A minimum no deeper than this many units of loss does not count; it ends when it gets as shallow.
    tolerance : float
        Events are bracketed to this share of the gap between two given times.

    Returns
    -------
    TrackedMinima
        From time zero on, with the errors of event times that come from the bracket.

    Raises
    ------
    ValueError
        If times are not several or do not increase, records do not belong together, or a number is out of range.

    Notes
    -----
    A minimum is the same as an earlier one if either lies in the basin of the other; one whose place lies in the
    basin of another minimum has ended in it. Minima live on nodes: as long as a minimum and its pass are less than a
    spacing `h` apart they are not told from a slope. Where both meet smoothly (a fold, at finite `beta`) that
    moves the time of the event by order ``h^2``, where one parabola covers another (``beta=inf``) by order `h`, in
    addition to the errors given.

    Examples
    --------
    >>> import numpy as np, pdeopt
    >>> grid = pdeopt.Grid(-2.0, 2.0, 401)
    >>> x = grid.axes[0]
    >>> relaxed = pdeopt.relax(x**4 / 4 - x**2 / 2 + x / 20, grid, [5.0, 50.0], beta=np.inf)
    >>> print(track_minima(relaxed))
    2 minima at time 0, 1 at time 50
            time        +-  event
         19.2163   2.2e-02  2 at (0.97) ends in the basin of 1
    """
    check_not_negative("shallowest", shallowest)
    if not 0 < tolerance <= 1:
        raise ValueError(f"tolerance={tolerance} must lie between 0 and 1, e.g. tolerance=0.001.")
    results = [relaxed] if isinstance(relaxed, Relaxation) else list(relaxed)
    film = _film(results)
    first = results[0]
    known = _known(first) if landscape is None else landscape
    rows = Rows()
    with tqdm(total=len(film), delay=PATIENCE, leave=False, disable=None, desc="tracking") as bar:

        def look(time: float, values: FloatArray | None = None) -> Look:
            bar.update()
            field = values if values is not None or known is None else _solved(first, known, time)
            assert field is not None
            return Look(time, minima(field, first.grid, shallowest=shallowest))

        before = look(0.0, first.initial)
        rows.start(before)
        for time, values in film:
            after = look(time, values)
            gap = tolerance * (time - before.time) if known is not None else np.inf
            _between(before, after, gap, look, rows)
            before = after
    return rows.record(first)


def _between(before: Look, after: Look, gap: float, look: Callable[[float], Look], rows: Rows) -> None:
    """Halve the time between two looks until nothing happens in it, or it is short."""
    _, _, same = followed(before.minima, after.minima)
    quiet = len(before.minima) == len(after.minima) and (same >= 0).all()
    if quiet or after.time - before.time <= gap:
        rows.go_on(before, after)
        return
    middle = look(0.5 * (before.time + after.time))
    _between(before, middle, gap, look, rows)
    _between(middle, after, gap, look, rows)


def _film(results: Sequence[Relaxation]) -> list[tuple[float, FloatArray]]:
    """Return the positive times and the fields at them."""
    if not results:
        raise ValueError("relaxed is empty; pass a relaxation at several times, e.g. relax(f, grid, [0.1, 1.0]).")
    first, film = results[0], []
    for result in results:
        if result.grid != first.grid or result.beta != first.beta:
            raise ValueError("relaxed holds records on different grids or at different beta; pass one at a time.")
        several = np.ndim(result.time) > 0
        times = np.atleast_1d(np.asarray(result.time, dtype=float)).tolist()
        film += list(zip(times, result.values if several else [result.values], strict=True))
    film = [(time, values) for time, values in film if time > 0]
    times = [time for time, _ in film]
    if not times or any(later <= earlier for earlier, later in pairwise(times)):
        raise ValueError(f"relaxed has the times {times}; they must be positive and increase, e.g. [0.1, 0.5, 1.0].")
    return film


def _known(result: Relaxation) -> Landscape | FloatArray | None:
    """Return what was relaxed, None for a record from a file."""
    source = result.source
    if isinstance(source, HeatSource):
        return source.problem.landscape or source.problem.initial
    if isinstance(source, StageSource):
        return source.stages[0].problem.landscape or source.stages[0].problem.initial
    return None


def _solved(result: Relaxation, landscape: Landscape | ArrayLike, time: float) -> FloatArray:
    """Return the field at another time."""
    sides = ["free" if name == "periodic" else name for name in result.boundary]
    if result.beta == 0.0:
        return smooth(landscape, result.grid, time, boundary=sides).values
    return relax(landscape, result.grid, time, result.beta, boundary=sides).values
