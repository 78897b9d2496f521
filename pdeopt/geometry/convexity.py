"""From when on a relaxation is convex."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.geometry.critical_points import nearest_node
from pdeopt.geometry.crossings import (
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
from pdeopt.geometry.curvature import FEWEST, checked_grid, has_kinks, hessian_error, least_negated, semiconcavity
from pdeopt.geometry.fields import Extreme, edge_slopes, extreme
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["convexity_time", "least_curvature"]

NODES = {1: 1025, 2: 129, 3: 33}
MOST = {2: 129, 3: 33}
ROUNDING = 1e-12
FLAT = 1e-6
MISSED = 1e-6
SECANT = 1e-3
COARSE = 1e-6
PARTS = (0.5, 0.6, 0.7)
"""Of the nodes, on which the time is found again: not all of them nested, as cells may agree by chance."""


def default_grid(f: Landscape | ArrayLike, grid: Grid | None) -> Grid:
    """Return the grid, by default over the domain of a landscape."""
    if grid is not None:
        return checked_grid(grid, f)
    if not isinstance(f, Landscape) or f.domain is None or f.dim not in NODES:
        raise ValueError("grid=None, and f states no domain with one to three axes. Pass grid=pdeopt.Grid(...).")
    return Grid(*f.domain, (NODES[f.dim],) * f.dim)


def least_curvature(r: Relaxation) -> Extreme:
    """Return the infimum of the least eigenvalue of the Hessian of a relaxation, kinks between nodes included.

    Parameters
    ----------
    r : Relaxation
        At one time.

    Notes
    -----
    The gradient at neighbouring nodes gives the mean second derivative between them. Where that is below every value
    of the Hessian, a kink or a layer is thinner than the cells, and the error is of the size of the value.
    """
    smooth = bool(np.isfinite(r.beta)) and float(r.time) > 0
    found = extreme(r.hessian, r.grid, least_negated, smooth=smooth)
    found = found._replace(value=-found.value)
    for k, slopes in enumerate(edge_slopes(r.gradient, r.grid)):
        at = np.unravel_index(int(np.argmin(slopes)), slopes.shape)
        lowest = float(slopes[at])
        if lowest < found.value - found.error:
            place = [float(axis[i]) for axis, i in zip(r.grid.axes, at, strict=True)]
            place[k] += 0.5 * r.grid.spacing[k]
            found = Extreme(lowest, found.value - lowest, tuple(place))
    return found._replace(error=found.error + _unresolved(r, found.place))


def _unresolved(r: Relaxation, place: tuple[float, ...]) -> float:
    """Return how far gradient and Hessian disagree near a place, where kernels are narrower than the cells."""
    if not np.isfinite(r.beta) or "cell-exact" not in r.method:
        return 0.0
    node = nearest_node(np.array(place), r.grid)
    gaps = [0.0]
    for k, slopes in enumerate(edge_slopes(r.gradient, r.grid)):
        bends = np.moveaxis(r.hessian[..., k, k], k, -1)
        i = min(int(node[k]), r.grid.shape[k] - 2)
        line = tuple(np.delete(node, k))
        along = np.moveaxis(slopes, k, -1)[line]
        gaps.append(abs(float(along[i] - 0.5 * (bends[line][i] + bends[line][i + 1]))))
    return max(gaps)


@dataclass(frozen=True, eq=False)
class LeastCurvature:
    """The least curvature of a relaxation as a function of time."""

    f: Landscape | ArrayLike
    grid: Grid
    beta: float

    def at(self, time: float) -> Evidence:
        """Return the least curvature over the grid; its measure is NaN where the field is flat to rounding."""
        r = relax(self.f, self.grid, time, self.beta)
        found, size = least_curvature(r), hessian_scale(r.hessian)
        steepest = 1.0 / time if time > 0 else 0.0
        if size < FLAT * steepest:
            return Evidence(time, np.nan, np.nan, True)
        # Up to rounding: what does not bend counts as convex.
        lifted = found.value + ROUNDING * (size + steepest)
        return Evidence(time, lifted, found.error, lifted >= 0, found.place)

    def locate(self, left: Evidence, right: Evidence, tolerance: float) -> Crossing:
        """Return the time between two at which the sign changes."""

        def height(time: float) -> float:
            ends = {left.time: left.measure, right.time: right.measure}
            return ends[time] if time in ends else self.at(time).measure

        time = float(brentq(height, left.time, right.time, xtol=tolerance * right.time, rtol=max(tolerance, 1e-15)))
        error = (
            self._error(time, tolerance) if np.isfinite(self.beta) else self._coarse_gap(left, right, time, tolerance)
        )
        return Crossing(time, error, right.holds)

    def _coarse_gap(self, left: Evidence, right: Evidence, time: float, tolerance: float) -> float:
        """Return how far the times on fewer nodes are: where kinks stand depends on the cells."""
        gaps = [self._gap_on(part, left, right, time, tolerance) for part in PARTS]
        return max(gaps) + 2.0 * tolerance * time

    def _gap_on(self, part: float, left: Evidence, right: Evidence, time: float, tolerance: float) -> float:
        shape = tuple(int(part * n) for n in self.grid.shape)
        if not isinstance(self.f, Landscape) or min(shape) < FEWEST or not all(self.grid.uniform):
            return right.time - left.time
        coarse = LeastCurvature(self.f, Grid(self.grid.lower, self.grid.upper, shape, self.grid.periodic), self.beta)
        ends = [coarse.at(left.time), coarse.at(right.time)]
        if not ends[0].measure * ends[1].measure < 0:
            return right.time - left.time
        other = brentq(
            lambda t: coarse.at(t).measure, left.time, right.time, xtol=max(10.0 * tolerance, COARSE) * right.time
        )
        return abs(float(other) - time)

    def _error(self, time: float, tolerance: float) -> float:
        """Return the error of the root: that of the curvature there, over the rate at which it changes."""
        here, later = self.at(time), self.at(time * (1.0 + SECANT))
        error = here.error
        if np.isfinite(self.beta):
            wrong = hessian_error(relax(self.f, self.grid, time, self.beta))
            error += float(wrong[tuple(nearest_node(np.array(here.place), self.grid))])
        rate = abs(later.measure - here.measure) / (SECANT * time)
        # A jump of the least curvature has no rate, and no error but that of the bracket.
        jumped = abs(here.measure) > 1e3 * max(tolerance, ROUNDING) * rate * time
        slipped = error / rate if rate > 0 and np.isfinite(error) else np.inf
        return 2.0 * tolerance * time + (0.0 if jumped else slipped)


def convexity_time(
    f: Landscape | ArrayLike,
    beta: float = 1.0,
    *,
    grid: Grid | None = None,
    times: Sequence[float] | None = None,
    tolerance: float = 1e-9,
    progress: bool = True,
) -> CriticalTime:
    """Find from when on a relaxation is convex on the box of a grid.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
    beta : float
        Inverse temperature; ``inf`` allowed.
    grid : Grid, optional
        The box, and the nodes at which the Hessian is taken, with one to three axes; by default over the domain of
        the landscape.
    times : sequence of float, optional
        Times to test; by default doubling from a tenth of ``1 / lambda``, lambda minus the least curvature of `f`,
        until it has been convex three times in a row.
    tolerance : float
        Relative tolerance of the time.
    progress : bool
        Whether to show a bar on a terminal, after two seconds.

    Returns
    -------
    CriticalTime
        ``first``, ``last``, and every time tested with the least eigenvalue of the Hessian found there.

    Raises
    ------
    ValueError
        If an argument is out of range, or samples come without a grid.

    Notes
    -----
    On the whole space convexity stays once it is reached (Prekopa), so that `first` and `last` agree. On a box it may
    be lost again, when what is not convex arrives from outside: `first` is when it is reached first, `last` the time
    since which it has held, among the times tested. The least curvature itself falls before it rises, like
    ``-lambda / (1 - lambda t)``. At ``beta=inf`` a landscape that is not convex never becomes so on the whole space,
    but a box is left by one kink after the other; kinks are seen as falls of the gradient between nodes.

    Above one dimension a landscape is taken at no more nodes per axis than 129 in the plane and 33 in space, between
    them on splines, and the time found is checked at all of them for finite `beta`.

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.chaudhari_figure_1()
    >>> round(convexity_time(f, beta=1.0, grid=pdeopt.Grid(-3.0, 3.0, 513), progress=False).last, 7)
    0.2062243
    """
    whole = default_grid(f, grid)
    beta, tolerance = checked_scale(beta, "beta", np.inf, 1.0), checked_scale(tolerance, "tolerance", 0.1, 1e-6)
    used, asked = quick_grid(f, whole), checked_times(times)
    found = _found(f, used, beta, asked, tolerance, progress)
    if used is not whole and np.isfinite(beta) and 0 < found.last < np.inf:
        least = min(row.measure for row in found.tested)
        check = LeastCurvature(f, whole, beta).at(found.last)
        # All nodes may see what every few do not.
        if check.measure < -(check.error + MISSED * abs(least)):
            return _found(f, whole, beta, asked, tolerance, progress)
    return found


def _found(
    f: Landscape | ArrayLike, grid: Grid, beta: float, asked: list[float] | None, tolerance: float, progress: bool
) -> CriticalTime:
    unit, breakdown = curvature_scale(f, grid)
    measured = LeastCurvature(f, grid, beta)
    rows, cut_short = scanned(
        measured.at, asked or doubling(unit), to_the_end=asked is not None, words="convexity", progress=progress
    )
    first, last, error, crossings = settled(rows, lambda a, b: measured.locate(a, b, tolerance))
    name = f.name if isinstance(f, Landscape) else ""
    note = "; ".join(part for part in (cut_short, note_on(f), _note(grid, beta, breakdown)) if part)
    return CriticalTime("convex", first, last, error, crossings, tuple(rows), beta, breakdown, note, name)


def quick_grid(f: Landscape | ArrayLike, grid: Grid) -> Grid:
    """Return a grid over the same box on which a landscape is relaxed at a glance."""
    if grid.dim == 1 or not isinstance(f, Landscape) or not all(grid.uniform):
        return grid
    shape = tuple(min(n, MOST[grid.dim]) for n in grid.shape)
    return grid if shape == grid.shape else Grid(grid.lower, grid.upper, shape, grid.periodic)


def curvature_scale(f: Landscape | ArrayLike, grid: Grid) -> tuple[float, float]:
    """Return the time on which curvature acts, and ``1 / lambda``, infinite for a convex landscape."""
    found = semiconcavity(f, grid)
    low, high = found.least.value, found.largest.value
    if has_kinks(f) and not (isinstance(f, Landscape) and f.curvature is not None and np.isfinite(f.curvature[0])):
        # A concave kink is there from the start.
        return 1.0 / max(abs(low), abs(high), 1e-300) if low or high else 1.0, 0.0
    size = max(abs(low), abs(high))
    if not np.isfinite(size) or size == 0:
        return 1.0, np.inf
    bent = -low > 1e-12 * size
    return (-1.0 / low if bent else 1.0 / size), (-1.0 / low if bent else np.inf)


def _note(grid: Grid, beta: float, breakdown: float) -> str:
    if any(grid.periodic):
        return "a periodic landscape is convex only when it is flat to rounding"
    if np.isinf(beta) and np.isfinite(breakdown):
        return "on the whole space a landscape that is not convex never becomes so at beta = inf; this is the box"
    return "on the box of the grid"


def hessian_scale(hessian: FloatArray) -> float:
    """Return the largest finite entry of an array of matrices."""
    return float(np.abs(hessian[np.isfinite(hessian)]).max(initial=0.0))
