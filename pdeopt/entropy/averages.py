"""Value and two derivatives of local entropy on a line, from integrals or from the global minimum."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.entropy.lines import Line, is_smooth_at
from pdeopt.entropy.panels import EPSILON, Moments, integrate
from pdeopt.entropy.search import Modes, find_modes

__all__ = ["OnLine", "on_line"]


@dataclass(frozen=True, eq=False)
class OnLine:
    """Values and derivatives along the line, each of shape (n,), with errors.

    Parameters
    ----------
    value, slope, bend : array, shape (n,)
    value_error, slope_error, bend_error : array, shape (n,)
    evaluations : int
    """

    value: FloatArray
    slope: FloatArray
    bend: FloatArray
    value_error: FloatArray
    slope_error: FloatArray
    bend_error: FloatArray
    evaluations: int


def on_line(line: Line) -> OnLine:
    """Relax every row of a line."""
    with np.errstate(over="ignore", invalid="ignore"):
        modes = find_modes(line)
        if np.isinf(line.beta).any():
            return _at_minimum(line, modes)
        moments = integrate(line, modes)
    return _from_moments(line, moments, modes.evaluations)


def _from_moments(line: Line, moments: Moments, searched: int) -> OnLine:
    """Combine integrals: derivatives from displacements or from mean slopes, whichever has the smaller error."""
    total, error = moments.total, moments.error
    mass, doubt = total[0], error[0] / total[0]
    mean, square, slope, twist = total[1:] / mass
    mean_e, square_e, slope_e, twist_e = error[1:] / mass
    value = moments.peak - np.log(mass) / line.beta
    value_error = doubt / line.beta + 4 * EPSILON * (np.abs(value) + np.abs(moments.peak))
    variance = np.maximum(square - mean**2, 0.0)
    gap = (line.x - moments.origin) - mean
    unit = line.beta / line.time
    by_gap = gap / line.time
    gap_error = (mean_e + np.abs(mean) * doubt + EPSILON * (np.abs(line.x) + np.abs(moments.origin))) / line.time
    bend = (1.0 - unit * variance) / line.time
    spread_error = square_e + square * doubt + 2 * np.abs(mean) * (mean_e + np.abs(mean) * doubt)
    bend_error = (unit * spread_error + 2 * EPSILON) / line.time
    turn = unit * (twist - mean * slope)
    slope_error = slope_e + np.abs(slope) * doubt
    turn_error = unit * (
        twist_e + np.abs(twist) * doubt + np.abs(mean) * slope_error + np.abs(slope) * (mean_e + np.abs(mean) * doubt)
    )
    usable = _agree(by_gap, slope, gap_error + slope_error) & _agree(bend, turn, bend_error + turn_error)
    better = usable & (slope_error < gap_error)
    tighter = usable & (turn_error < bend_error)
    return OnLine(
        value,
        np.where(better, slope, by_gap),
        np.where(tighter, turn, bend),
        value_error,
        np.where(better, slope_error, gap_error),
        np.where(tighter, turn_error, bend_error),
        searched + moments.evaluations,
    )


def _agree(one: FloatArray, other: FloatArray, doubt: FloatArray) -> BoolArray:
    """Whether two forms of a derivative agree: the mean slope is wrong where a landscape jumps."""
    with np.errstate(invalid="ignore"):
        return np.abs(one - other) <= 16 * doubt + 1e-12 * (np.abs(one) + np.abs(other))


def _at_minimum(line: Line, modes: Modes) -> OnLine:
    """Return the Hopf-Lax value, with the derivatives at the proximal point."""
    best = modes.best(len(line.x))
    y, value, smooth = _polished(line, modes.place[best], modes.cost[best])
    bend = np.where(smooth, line.f.hessian_at(y[:, None])[:, 0, 0], np.inf)
    with np.errstate(invalid="ignore"):
        relaxed = np.where(np.isinf(bend), 1.0 / line.time, bend / (1.0 + line.time * bend))
    scale = EPSILON * (np.abs(line.x) + np.abs(y))
    stiff = np.where(smooth, 1.0 / np.maximum(np.abs(1.0 + line.time * bend), 1e-8), 1.0)
    slope_error = (scale + stiff * scale) / line.time + _tie(line, modes, best, y)
    bend_error = 64 * EPSILON * (np.abs(relaxed) + 1.0 / line.time) * stiff**2 + np.where(smooth, 1e-9 * stiff, 0.0)
    return OnLine(
        value,
        (line.x - y) / line.time,
        relaxed,
        4 * EPSILON * (np.abs(value) + np.abs(line.loss(y)) + 1e-3),
        slope_error,
        bend_error,
        modes.evaluations + 20 * len(y),
    )


def _tie(line: Line, modes: Modes, best: IntArray, y: FloatArray) -> FloatArray:
    """How far the slope would move to another minimum of the same height, up to rounding."""
    gap = np.zeros(len(y))
    level = modes.cost[best][modes.row]
    close = modes.cost - level <= 8 * EPSILON * np.maximum(1.0, np.abs(level))
    distance = np.abs(modes.place - y[modes.row])
    # Nearer than this it is the same minimum, found from two brackets.
    apart = close & (distance > 1e-6 * np.maximum(1.0, np.abs(modes.place)))
    np.maximum.at(gap, modes.row[apart], distance[apart])
    return gap / line.time


def _polished(line: Line, place: FloatArray, cost: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Newton's method for the slope of the cost, taken where the cost does not rise."""
    y, row = place.copy(), np.arange(len(place))
    place, low = _on_kinks(line, y, cost)
    y = place
    smooth = is_smooth_at(line.f, y)
    for _ in range(20):
        slope = line.f.gradient_at(y[:, None])[:, 0] + (y - line.x) / line.time
        bend = line.f.hessian_at(y[:, None])[:, 0, 0] + 1.0 / line.time
        with np.errstate(invalid="ignore", divide="ignore"):
            trial = np.maximum(y - slope / bend, line.lower)
        trial = np.where(smooth & (bend > 0) & np.isfinite(trial), trial, y)
        value = line.cost(trial, row)
        fine = value <= low + 4 * EPSILON * np.maximum(1.0, np.abs(low))
        y, low = np.where(fine, trial, y), np.where(fine, np.minimum(value, low), low)
    return y, line.cost(y, row), smooth & (y > line.lower)


def _on_kinks(line: Line, y: FloatArray, cost: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Move onto a declared kink where that is as low."""
    kinks = np.asarray(line.f.grid.axes[0] if line.f.grid is not None else line.f.kinks, dtype=float)
    kinks = kinks[kinks >= line.lower]
    if not len(kinks):
        return y, cost
    at = np.searchsorted(kinks, y)
    for side in (-1, 0):
        near = kinks[np.clip(at + side, 0, len(kinks) - 1)]
        value = line.cost(near, np.arange(len(y)))
        better = value <= cost
        y, cost = np.where(better, near, y), np.where(better, value, cost)
    return y, cost
