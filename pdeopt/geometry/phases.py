"""Which well holds the global minimum of a relaxation, over time and temperature."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.geometry.convexity import default_grid, quick_grid
from pdeopt.geometry.covering import polished
from pdeopt.geometry.critical_points import nearest_node
from pdeopt.geometry.crossings import PATIENCE
from pdeopt.geometry.descents import Relaxing, bottom
from pdeopt.geometry.diagrams import Boundary, PhaseDiagram
from pdeopt.geometry.fields import eigenvalues
from pdeopt.geometry.wells import Minima, minima
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax
from pdeopt.hamilton_jacobi.solution import Stage
from pdeopt.landscapes import Landscape

__all__ = ["phase_diagram"]

MOST_WELLS = 12
SAME = 0.05
TOLERANCE = 1e-10
ROUNDING = 1e-12


class Followed(NamedTuple):
    """Where the bottoms of the wells are at one time, how high, and which have not merged into another."""

    places: FloatArray
    heights: FloatArray


@dataclass(frozen=True, eq=False)
class Wells:
    """The wells in question and the landscape they belong to."""

    f: Landscape | ArrayLike
    grid: Grid
    start: Followed
    curvature: FloatArray

    def after(self, stage: Stage, before: Followed) -> Followed:
        """Return the bottoms at a stage, from those a little earlier; of two that meet, who came further is lost."""
        places, heights = before.places.copy(), before.heights.copy()
        alive = np.flatnonzero(np.isfinite(before.heights))
        for k in alive:
            places[k], heights[k] = bottom(stage, before.places[k])
        moved = np.abs((places - before.places) / self.grid.spacing).max(axis=-1)
        for k in alive:
            for other in alive:
                met = (np.abs(places[k] - places[other]) <= SAME * np.array(self.grid.spacing)).all()
                if k != other and met and (moved[k], k) > (moved[other], other):
                    heights[k] = np.inf
        return Followed(places, heights)

    def boundary(self, relaxing: Relaxing, ends: tuple[float, float], before: Followed, pair: tuple[int, int]) -> float:
        """Return the time between two at which a pair of wells stands equally high."""
        old, new = pair

        def lead(time: float) -> float:
            if time == 0.0:
                return float(self.start.heights[old] - self.start.heights[new])
            stage = relaxing.stages(np.array([time]))[0]
            heights = [bottom(stage, before.places[k])[1] for k in pair]
            return heights[0] - heights[1]

        known = {end: lead(end) for end in ends}
        if known[ends[0]] * known[ends[1]] > 0:
            return 0.5 * (ends[0] + ends[1])
        return float(
            brentq(lambda t: known[t] if t in known else lead(t), *ends, xtol=TOLERANCE * ends[1], rtol=TOLERANCE)
        )


def phase_diagram(
    f: Landscape | ArrayLike,
    betas: Sequence[float] | FloatArray,
    times: Sequence[float] | FloatArray,
    *,
    grid: Grid | None = None,
    wells: ArrayLike | None = None,
    shallowest: float = 0.0,
    progress: bool = True,
) -> PhaseDiagram:
    """Find which well holds the global minimum of the relaxation, over time and temperature.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
    betas, times : sequence of float
        Inverse temperatures, ``inf`` allowed, and PDE times; positive, sorted here.
    grid : Grid, optional
        Where to look for wells, and the nodes of samples; by default over the domain of the landscape.
    wells : array_like, shape (m, d), optional
        Points of the wells to compare, such as trained networks; by default all minima of `f` inside the grid.
    shallowest : float
        Minima no deeper than this many units of loss are no wells.
    progress : bool
        Whether to show a bar on a terminal, after two seconds.

    Returns
    -------
    PhaseDiagram
        The winner at every time and temperature, the bottoms of all wells, and the boundaries between winners.

    Raises
    ------
    ValueError
        If an argument is out of range, or there are fewer than two wells, or more than twelve.

    Notes
    -----
    Each well is followed from time 0 by Newton's method on the exact gradient of the relaxation, at few points rather
    than on the grid; one that runs into another is lost. Between two times with different winners the time at which
    both stand equally high is found by Brent's method; its error is that of the values over the rate at which the
    difference changes. At ``beta=inf`` bottoms do not rise, and the lowest well wins at all times. Wells are sought at
    all nodes; the relaxations of a landscape start from no more nodes per axis than 129 in the plane and 33 in space,
    and from as many between them as the kernel asks for.

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.wide_versus_sharp(beta=10.0)
    >>> found = phase_diagram(f, [10.0], [0.001, 0.01, 0.1], grid=pdeopt.Grid(-2.0, 3.0, 1001), progress=False)
    >>> found.winner.tolist(), round(found.boundaries[0].time, 6)
    ([[0, 0, 1]], 0.016273)
    """
    start = perf_counter()
    betas, times = (_checked(values, name) for values, name in ((betas, "betas"), (times, "times")))
    if not np.isfinite(times).all():
        raise ValueError(f"times={times!r} has to be finite. Use e.g. np.geomspace(1e-3, 1.0, 20).")
    whole = default_grid(f, grid)
    compared = _wells(f, whole, quick_grid(f, whole), wells, shallowest)
    rows, boundaries = [], list[Boundary]()
    for beta in tqdm(
        betas, desc="phases", unit="beta", delay=PATIENCE, leave=False, disable=None if progress else True
    ):
        row, found = _at_beta(compared, float(beta), times)
        rows.append(row)
        boundaries += found
    levels = np.stack(rows)
    name = f.name if isinstance(f, Landscape) else ""
    bottoms = compared.start
    return PhaseDiagram(
        betas,
        times,
        leaders(levels),
        levels,
        bottoms.places,
        bottoms.heights,
        compared.curvature,
        tuple(boundaries),
        perf_counter() - start,
        name,
    )


def _checked(values: Sequence[float] | FloatArray, name: str) -> FloatArray:
    found = np.unique(np.asarray(values, dtype=float))
    if found.size == 0 or not (found > 0).all():
        raise ValueError(f"{name}={values!r} has to be positive numbers. Use e.g. np.geomspace(0.1, 10.0, 9).")
    return found


def _wells(f: Landscape | ArrayLike, grid: Grid, quick: Grid, wanted: ArrayLike | None, shallowest: float) -> Wells:
    values = np.asarray(f.on(grid) if isinstance(f, Landscape) else f, dtype=float)
    found = minima(values, grid, shallowest=shallowest)
    rows = _rows(found, wanted, grid)
    if not 2 <= len(rows) <= MOST_WELLS:
        raise ValueError(
            f"f has {len(rows)} wells to compare, the limits are 2 and {MOST_WELLS}. Name some by wells=, or leave out "
            f"shallow ones by shallowest={max(2 * shallowest, 0.05 * float(np.ptp(values[np.isfinite(values)]))):.2g}."
        )
    if not isinstance(f, Landscape) or f.is_sampled:
        start = Followed(found.points[rows], found.values[rows])
        return Wells(f, grid, start, found.curvature[rows])
    places = np.array([polished(f, found.points[k], grid) for k in rows])
    return Wells(f, quick, Followed(places, np.asarray(f(places))), eigenvalues(f.hessian_at(places)))


def _rows(found: Minima, wanted: ArrayLike | None, grid: Grid) -> list[int]:
    if wanted is None:
        return [int(k) for k in np.flatnonzero(~found.at_edge)]
    points = np.asarray(wanted, dtype=float)
    points = points.reshape(-1, 1) if grid.dim == 1 else np.atleast_2d(points)
    rows = [int(k) for k in found.containing(points)]
    if len(set(rows)) < len(rows) or -1 in rows:
        raise ValueError(
            f"wells={wanted!r} has points on a wall or two of one well, rows {rows} of the minima. Drop some."
        )
    return rows


def leaders(heights: FloatArray) -> IntArray:
    """Return the first of the lowest wells along the last axis: equal ones do not change places by rounding."""
    lowest = heights.min(axis=-1, keepdims=True)
    found: IntArray = (heights <= lowest + ROUNDING * (1.0 + np.abs(lowest))).argmax(axis=-1)
    return found


def _at_beta(wells: Wells, beta: float, times: FloatArray) -> tuple[FloatArray, list[Boundary]]:
    """Return the bottoms at all times, shape (n_times, n_wells), and the boundaries between winners."""
    if np.isinf(beta):
        return np.broadcast_to(wells.start.heights, (times.size, wells.start.heights.size)).copy(), []
    relaxing = Relaxing.of(wells.f, wells.grid, beta)
    history = [wells.start]
    for stage in relaxing.stages(times):
        history.append(wells.after(stage, history[-1]))
    found = []
    for (early, before), (late, after) in pairwise(zip([0.0, *times.tolist()], history, strict=True)):
        old, new = int(leaders(before.heights)), int(leaders(after.heights))
        if old != new:
            when = wells.boundary(relaxing, (early, late), before, (old, new))
            found.append(_with_error(wells, relaxing, Boundary(beta, when, 0.5 * (late - early), old, new), before))
    return np.stack([each.heights for each in history[1:]]), found


def _with_error(wells: Wells, relaxing: Relaxing, found: Boundary, before: Followed) -> Boundary:
    """Return a boundary with its error: that of both bottoms over the rate at which their difference changes."""
    pair, time = (found.before, found.after), found.time
    heights, places = list[float](), list[FloatArray]()
    for stage in relaxing.stages(np.array([time, 1.001 * time])):
        ends = [bottom(stage, before.places[k]) for k in pair]
        heights.append(ends[0][1] - ends[1][1])
        places = places or [end[0] for end in ends]
    bound = relax(wells.f, wells.grid, time, found.beta).error_bound
    error = sum(float(bound[tuple(nearest_node(place, wells.grid))]) for place in places)
    rate = abs(heights[1] - heights[0]) / (0.001 * time)
    # Heights that do not meet say that a well was lost in between: the bracket stands.
    met = abs(heights[0]) <= 1e-3 * rate * time
    return replace(found, error=error / rate + 2.0 * TOLERANCE * time) if met and rate > 0 else found
