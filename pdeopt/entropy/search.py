"""Where the mass of an integrand on a line lies: a window that holds it, and the minima of the cost inside."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.entropy.lines import Line

__all__ = ["Modes", "find_modes"]

DEPTH = 60.0
"""Minus the logarithm of what is left out, relative to the peak."""
FURTHEST = 1e100
GOLDEN = 0.6180339887498949
MOST_SECTIONS = 44
SIDES = np.array([-1.0, 1.0])
OFFSETS = np.concatenate([np.linspace(0.0, 1.0, 9), 1.5 ** np.arange(1, 8)])


@dataclass(frozen=True, eq=False)
class Modes:
    """Local minima of the cost, flat over rows, and the window of each row.

    Parameters
    ----------
    row : array of int, shape (k,)
        Sorted.
    place, cost : array, shape (k,)
    lower, upper : array, shape (n,)
        Windows outside which exp(-beta cost) is negligible.
    evaluations : int
    """

    row: IntArray
    place: FloatArray
    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    evaluations: int

    def best(self, n: int) -> IntArray:
        """Return the index of the lowest minimum of each row."""
        order = np.lexsort((self.cost, self.row))
        _, first = np.unique(self.row[order], return_index=True)
        found: IntArray = order[first][:n]
        return found


def find_modes(line: Line, nodes: int = 0) -> Modes:
    """Find the window of each row and the local minima that may count in it."""
    n = len(line.x)
    count = nodes or (65 if is_convex(line) else 4097 if n <= 32 else 1025 if n <= 512 else 513)
    reach, lowest = _reach(line)
    lower, upper = np.maximum(line.middle - reach, line.lower), line.middle + reach
    grid = lower[:, None] + (upper - lower)[:, None] * np.linspace(0.0, 1.0, count)
    grid = np.sort(np.concatenate([grid, _known_places(line, lower, upper)], axis=1), axis=1)
    costs = line.cost(grid, np.arange(n)[:, None])
    row, at = _valleys(costs)
    left, right = _neighbours(grid)
    place, cost = _refined(line, row, left[row, at], grid[row, at], right[row, at])
    floor = np.minimum(lowest, np.full(n, np.inf))
    np.minimum.at(floor, row, cost)
    kept = cost <= (floor + _allowance(line))[row]
    return Modes(row[kept], place[kept], cost[kept], lower, upper, costs.size + 40 * len(row))


def is_convex(line: Line) -> bool:
    """Whether declared bounds make the cost convex in every row."""
    if type(line) is not Line or line.f.curvature is None:
        return False
    return bool((line.f.curvature[0] + 1.0 / line.time > 0).all())


def _allowance(line: Line) -> FloatArray:
    """How far above the lowest cost mass still counts."""
    rounding = 1e-13 * np.ones(len(line.x))
    return np.where(np.isfinite(line.beta), DEPTH / line.beta, rounding)


def _known_places(line: Line, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Stated minima and kinks, the kernel's middle and a few widths around it, kept inside the windows."""
    facts = np.array([*(x for (x,) in line.f.minima), *line.f.kinks], dtype=float)
    facts = np.broadcast_to(facts[:4096], (len(line.x), min(len(facts), 4096)))
    near = line.middle[:, None] + line.width[:, None] * np.concatenate([-OFFSETS[:0:-1], OFFSETS])
    places: FloatArray = np.clip(np.concatenate([facts, near], axis=1), lower[:, None], upper[:, None])
    return places


def _reach(line: Line) -> tuple[FloatArray, FloatArray]:
    """Return how far from the middle mass can lie, from declared bounds or from ever wider samples."""
    n = len(line.x)
    rows = np.arange(n)[:, None]
    reach = 9.0 * line.width + 1e-300
    floor = _floor(line)
    base = np.full(n, np.inf)
    reach = np.maximum(reach, _distance_to_wall(line))
    for _ in range(2000):
        step = line.middle[:, None] + reach[:, None] * np.linspace(-1.0, 1.0, 129)
        step = np.maximum(np.concatenate([step, _known_places(line, step[:, 0], step[:, -1])], axis=1), line.lower)
        losses = line.loss(step)
        costs = losses + line.spread_cost(step, rows)
        base = np.minimum(base, costs.min(axis=1))
        seen = losses.min(axis=1)
        needed = _needed(line, base, np.where(np.isfinite(floor), np.minimum(floor, seen), seen))
        # What is lowest at an edge goes on beyond it, unless a floor is known.
        lowest = step[np.arange(n), costs.argmin(axis=1)]
        open_ended = ~np.isfinite(floor) & (np.abs(lowest - line.middle) >= 0.9 * reach) & (lowest > line.lower)
        needed = np.minimum(np.where(open_ended, np.inf, needed), _needed_by_slope(line, base))
        if (needed <= reach).all():
            return np.minimum(reach, np.maximum(needed, 9.0 * line.width)), base
        # Far wells may lie outside what is seen: look further by factors.
        reach = np.where(needed <= reach, reach, np.maximum(1.5 * reach, np.minimum(needed, 8.0 * reach)))
        if not reach.max() < FURTHEST:
            _refuse(line, int(np.argmax(reach)))
    raise AssertionError("unreachable: the reach grows by half at each look")


def _distance_to_wall(line: Line) -> FloatArray:
    """How far the nearest finite value is, where the landscape is infinite at the middle."""
    inside = np.isfinite(line.loss(line.middle))
    finite = np.array([*(x for (x,) in line.f.minima), *line.f.kinks], dtype=float)
    if inside.all() or not len(finite):
        return np.zeros(len(line.x))
    return np.where(inside, 0.0, 1.5 * np.abs(line.middle[:, None] - finite).min(axis=1))


def _floor(line: Line) -> FloatArray:
    """Return the lowest value of the landscape, where its minima are stated."""
    if not line.f.minima:
        return np.full(len(line.x), np.inf)
    return np.full(len(line.x), float(np.min(line.f(np.array(line.f.minima)))))


def _needed(line: Line, base: FloatArray, floor: FloatArray) -> FloatArray:
    """Return the distance beyond which cost >= floor + distance^2 / (2 t) is above what counts."""
    height = base - floor + _allowance(line) + _slack(line)
    return np.sqrt(2.0 * line.time * np.maximum(height, 0.0))


def _slack(line: Line) -> FloatArray:
    """Return the part of the cost that does not depend on the place."""
    return np.where(np.isfinite(line.beta), (4.0 + np.abs(np.log(line.width))) / line.beta, 0.0)


def _needed_by_slope(line: Line, base: FloatArray) -> FloatArray:
    """Return the same from a bound L of the slope: cost >= f(middle) - L distance + distance^2 / (2 t)."""
    if line.f.lipschitz is None:
        return np.full(len(line.x), np.inf)
    pull = line.f.lipschitz * line.time
    height = base - line.loss(line.middle) + _allowance(line) + _slack(line)
    return pull + np.sqrt(pull**2 + 2.0 * line.time * np.maximum(height, 0.0))


def _refuse(line: Line, row: int) -> None:
    far = line.middle[row] + 1e30 * SIDES
    fall = np.nanmin(line.loss(far)) / 1e60
    limit = -0.5 / fall if fall < 0 else np.inf
    known = " Use a landscape that is bounded below."
    if 0 < limit < 1e12:
        known = f" The solution blows up at about time {limit:.4g}; use time={0.5 * limit:.4g}."
    raise ValueError(
        f"time={line.time[row]:g}: {line.f.name or 'the landscape'} falls off so fast far from x={line.x[row]:g} that "
        f"the integral of exp(-beta f) against the Gaussian kernel diverges.{known}"
    )


def _valleys(costs: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the samples no higher than their neighbours; of a flat stretch the first."""
    padded = np.pad(costs, ((0, 0), (1, 1)), constant_values=np.inf)
    lower = (padded[:, 1:-1] < padded[:, :-2]) & (padded[:, 1:-1] <= padded[:, 2:]) & np.isfinite(costs)
    # A row that ends in a flat stretch at infinity still has its lowest sample.
    lower[np.arange(len(costs)), costs.argmin(axis=1)] = True
    row, at = np.nonzero(lower)
    return row, at


def _neighbours(grid: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the next different place to the left and to the right of each, in rows that rise and may repeat."""
    index = np.arange(grid.shape[1])
    rises = grid[:, 1:] > grid[:, :-1]
    starts = np.maximum.accumulate(np.pad(np.where(rises, index[1:], 0), ((0, 0), (1, 0))), axis=1)
    last = len(index) - 1
    ends = np.minimum.accumulate(
        np.pad(np.where(rises, index[:-1], last), ((0, 0), (0, 1)), constant_values=last)[:, ::-1], axis=1
    )
    left = np.take_along_axis(grid, np.maximum(starts - 1, 0), axis=1)
    return left, np.take_along_axis(grid, np.minimum(ends[:, ::-1] + 1, last), axis=1)


def _is_settled(line: Line, row: IntArray, bracket: FloatArray, one: FloatArray, other: FloatArray) -> bool:
    """Whether minima are known better than quadrature needs: well inside a kernel's width, and level there."""
    with np.errstate(invalid="ignore"):
        return bool(((bracket < line.width[row]) & (line.beta[row] * np.abs(one - other) < 1e-3)).all())


def _refined(
    line: Line, row: IntArray, left: FloatArray, middle: FloatArray, right: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Golden-section search in each bracket, then Newton's steps where they lower the slope."""
    a, b = left.copy(), right.copy()
    best, low = middle.copy(), line.cost(middle, row)
    c, d = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
    at_c, at_d = line.cost(c, row), line.cost(d, row)
    for _ in range(MOST_SECTIONS):
        if _is_settled(line, row, b - a, at_c, at_d):
            break
        keep_left = at_c < at_d
        a, b = np.where(keep_left, a, c), np.where(keep_left, d, b)
        c, d = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
        at_c, at_d = line.cost(c, row), line.cost(d, row)
    for place, cost in ((c, at_c), (d, at_d)):
        best, low = np.where(cost < low, place, best), np.minimum(cost, low)
    return best, low
