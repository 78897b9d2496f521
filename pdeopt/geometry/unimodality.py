"""From when on a relaxation has one local minimum."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.interpolate import CubicHermiteSpline
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.geometry.convexity import curvature_scale, default_grid, hessian_scale, quick_grid
from pdeopt.geometry.covering import covering_times
from pdeopt.geometry.critical_points import CriticalPoint, descended
from pdeopt.geometry.crossings import (
    PATIENCE,
    CriticalTime,
    Crossing,
    Evidence,
    checked_scale,
    checked_times,
    doubling,
    note_on,
    scanned,
    settled,
)
from pdeopt.geometry.wells import minima
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["minima_between_nodes", "unimodality_time"]

TOLERANCES = {1: 1e-9}
TOLERANCE = 1e-5
FLAT = 1e-9
DISTINCT = 1e-4
KEPT = 24


def minima_between_nodes(
    r: Relaxation, starts: FloatArray | None = None, *, shallowest: float = 0.0, stride: int = 1
) -> FloatArray:
    """Return the local minima of a relaxation inside the box, those closer together than the nodes included.

    Parameters
    ----------
    r : Relaxation
        At one time.
    starts : array, shape (m, d), optional
        Where to look too, beside the lowest nodes, such as where minima were a little earlier.
    shallowest : float
        Minima of the nodes no deeper than this are left out.
    stride : int
        Use every so many nodes only.

    Returns
    -------
    array, shape (n, d)

    Notes
    -----
    On a line, the zeros at which the cubic Hermite spline through gradient and Hessian grows: none is missed that the
    spline has, and its error is of fourth order in the spacing. Else Newton's method, downhill, from all starts.
    """
    every = (slice(None, None, stride),) * r.grid.dim
    grid = r.grid if stride == 1 else Grid.from_axes(*(axis[::stride] for axis in r.grid.axes))
    gradient, hessian = r.gradient[every], r.hessian[every]
    if grid.dim == 1:
        return _on_line(gradient[:, 0], hessian[:, 0, 0], grid)
    found = minima(r.values[every], grid, gradient=gradient, hessian=hessian, shallowest=shallowest)
    places = found.points[~found.at_edge]
    places = places if starts is None else np.concatenate([places, starts])
    return _distinct([descended(place, gradient, hessian, grid) for place in places], grid)


def _on_line(slope: FloatArray, bend: FloatArray, grid: Grid) -> FloatArray:
    x = np.asarray(grid.axes[0])
    if grid.periodic[0]:
        x, slope, bend = np.append(x, x[0] + grid.extent[0]), np.append(slope, slope[0]), np.append(bend, bend[0])
    spline = CubicHermiteSpline(x, slope, bend)
    roots = np.asarray(spline.roots(extrapolate=False), dtype=float)
    roots = roots[np.isfinite(roots)]
    size = float(np.abs(bend).max())
    rising = roots[np.asarray(spline.derivative()(roots)) > FLAT * size]
    return np.unique(np.round(rising, 12))[:, None]


def _distinct(ends: list[CriticalPoint | None], grid: Grid) -> FloatArray:
    kept: list[FloatArray] = []
    lower, extent, near = np.array(grid.lower), np.array(grid.extent), DISTINCT * np.array(grid.spacing)
    for end in ends:
        if end is None:
            continue
        point = np.asarray(end.point)
        point = np.where(grid.periodic, lower + np.mod(point - lower, extent), point)
        gaps = [np.abs(point - other) for other in kept]
        if all((np.where(grid.periodic, np.minimum(gap, extent - gap), gap) > near).any() for gap in gaps):
            kept.append(point)
    return np.array(kept).reshape(-1, grid.dim)


@dataclass(frozen=True, eq=False)
class MinimaCount:
    """The number of local minima of a relaxation as a function of time; it remembers where they were."""

    f: Landscape | ArrayLike
    grid: Grid
    beta: float
    shallowest: float
    places: dict[float, FloatArray]
    relaxed: dict[float, Relaxation]

    def at(self, time: float, starts: FloatArray | None = None, stride: int = 1) -> Evidence:
        """Return the number of minima; NaN where the field is flat to rounding."""
        r = self._relaxed(time)
        if time > 0 and hessian_scale(r.hessian) < FLAT / time:
            return Evidence(time, np.nan, 0.0, True)
        found = minima_between_nodes(r, starts, shallowest=self.shallowest, stride=stride)
        self.places[time] = found
        return Evidence(time, float(len(found)), 0.0, len(found) <= 1)

    def _relaxed(self, time: float) -> Relaxation:
        # Both bisections look at nearly the same times.
        if time not in self.relaxed:
            while len(self.relaxed) >= KEPT:
                del self.relaxed[next(iter(self.relaxed))]
            self.relaxed[time] = relax(self.f, self.grid, time, self.beta)
        return self.relaxed[time]

    def locate(self, left: Evidence, right: Evidence, tolerance: float, progress: bool) -> Crossing:
        """Return the time at which the number changes between one and more, from all nodes and from every second."""
        needed = int(np.ceil(np.log2(max((right.time - left.time) / (tolerance * right.time), 2.0))))
        hidden = None if progress else True
        with tqdm(total=2 * needed, desc="merging", unit="time", delay=PATIENCE, leave=False, disable=hidden) as bar:
            time, width = self._bisected(left, right, needed, 1, bar.update)
            coarse, _ = self._bisected(left, right, needed, 2, bar.update)
        return Crossing(time, width + abs(time - coarse), right.holds)

    def _bisected(
        self, left: Evidence, right: Evidence, n_steps: int, stride: int, shown: Callable[[], object]
    ) -> tuple[float, float]:
        a, b, many = left.time, right.time, left.time if right.holds else right.time
        for _ in range(n_steps):
            middle = 0.5 * (a + b)
            tested = self.at(middle, self.places[many], stride)
            many = many if tested.holds else middle
            a, b = (middle, b) if tested.holds == left.holds else (a, middle)
            shown()
        return 0.5 * (a + b), b - a


def unimodality_time(
    f: Landscape | ArrayLike,
    beta: float = 1.0,
    *,
    grid: Grid | None = None,
    times: Sequence[float] | None = None,
    shallowest: float = 0.0,
    tolerance: float | None = None,
    progress: bool = True,
) -> CriticalTime:
    """Find from when on a relaxation has at most one local minimum inside the box of a grid.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
    beta : float
        Inverse temperature; ``inf`` allowed.
    grid : Grid, optional
        The box, and the nodes, with one to three axes; by default over the domain of the landscape.
    times : sequence of float, optional
        Times to test; by default doubling from a tenth of ``1 / lambda``, lambda minus the least curvature of `f`,
        until one minimum was left three times in a row. Not used at ``beta=inf``.
    shallowest : float
        Minima no deeper than this many units of loss do not count, for samples with noise (not used on a line).
    tolerance : float, optional
        Relative tolerance of the time; by default 1e-9 on a line, else 1e-5.
    progress : bool
        Whether to show a bar on a terminal, after two seconds.

    Returns
    -------
    CriticalTime
        ``first``, ``last``, and the number of minima at every time tested.

    Raises
    ------
    ValueError
        If an argument is out of range, or samples come without a grid.

    Notes
    -----
    On a line the number of minima never grows: the heat equation makes no new extrema of ``exp(-beta u)``. Above one
    dimension it may, and `first` and `last` tell a return apart; the scan sees it where a time tested falls into it.
    Times are bisected, minima followed from where they were at the last time with several, so that a minimum and a
    saddle closer together than the nodes are told apart; the error is the change against every second node.

    At ``beta=inf`` a minimum m of `f` stays where it is, with its value, until a lower point covers it, at the least
    ``|m - y|^2 / (2 (f(m) - f(y)))``: the time is that of the last one, and no time is searched for. Two lowest minima
    of equal value stay for ever.

    Above one dimension a landscape is taken at no more nodes per axis than 129 in the plane and 33 in space.

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.gaussian_mixture([0.5, 0.5], [-1.0, 1.0], [0.25, 0.25], beta=2.0)
    >>> round(unimodality_time(f, beta=2.0, progress=False).last, 6)
    1.5
    """
    whole = default_grid(f, grid)
    beta = checked_scale(beta, "beta", np.inf, 1.0)
    used, asked = quick_grid(f, whole), checked_times(times)
    narrow = TOLERANCES.get(used.dim, TOLERANCE) if tolerance is None else tolerance
    narrow = checked_scale(narrow, "tolerance", 0.1, 1e-6)
    if not shallowest >= 0:
        raise ValueError(f"shallowest={shallowest!r} has to be >= 0, in units of loss. Use e.g. 0.0.")
    unit, breakdown = curvature_scale(f, used)
    name = f.name if isinstance(f, Landscape) else ""
    if np.isinf(beta):
        return _at_zero_temperature(f, whole, shallowest, breakdown, name)
    counted = MinimaCount(f, used, beta, shallowest, {}, {})
    rows, cut_short = scanned(
        counted.at, asked or doubling(unit), to_the_end=asked is not None, words="minima", progress=progress
    )
    locate = partial(counted.locate, tolerance=narrow, progress=progress)
    first, last, error, crossings = settled(rows, locate)
    note = "; ".join(part for part in (cut_short, note_on(f)) if part)
    return CriticalTime("unimodal", first, last, error, crossings, tuple(rows), beta, breakdown, note, name)


def _at_zero_temperature(
    f: Landscape | ArrayLike, grid: Grid, shallowest: float, breakdown: float, name: str
) -> CriticalTime:
    covered = covering_times(f, grid, shallowest=shallowest)
    times = np.sort([c.time for c in covered])[::-1]
    # The lowest minimum is never covered; the others go one by one.
    rows = [Evidence(0.0, float(len(times)), 0.0, len(times) <= 1)]
    for when in np.unique(times[np.isfinite(times)]):
        left = int((times > when).sum())
        rows.append(Evidence(float(when), float(left), 0.0, left <= 1))
    note = "" if len(rows) > 1 else "no minimum is covered by another"
    if len(times) <= 1:
        return CriticalTime("unimodal", 0.0, 0.0, np.nan, (), tuple(rows), np.inf, breakdown, note, name)
    if not rows[-1].holds:
        note = f"{int(rows[-1].measure)} minima of equal value stay for ever"
        return CriticalTime("unimodal", np.inf, np.inf, np.nan, (), tuple(rows), np.inf, breakdown, note, name)
    end = max((c for c in covered if np.isfinite(c.time)), key=lambda c: c.time)
    crossing = Crossing(end.time, end.error, True)
    return CriticalTime(
        "unimodal", end.time, end.time, end.error, (crossing,), tuple(rows), np.inf, breakdown, note, name
    )
