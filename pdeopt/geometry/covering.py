"""When each minimum of a landscape is covered by a lower point, at zero temperature."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.geometry.wells import minima
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape

__all__ = ["Covering", "covering_times"]

EQUAL = 1e-12
NEWTON_STEPS = 20


class Covering(NamedTuple):
    """A minimum, and when and from where it is covered.

    Parameters
    ----------
    point : array, shape (d,)
    value : float
    time, error : float
        ``inf`` for a minimum that no point of the box lies below.
    origin : array, shape (d,)
        The lower point y whose parabola ``f(y) + |x - y|^2 / (2 t)`` reaches the minimum first.
    """

    point: FloatArray
    value: float
    time: float
    error: float
    origin: FloatArray


def covering_times(f: Landscape | ArrayLike, grid: Grid, *, shallowest: float = 0.0) -> list[Covering]:
    """Return when each local minimum inside a box is covered at zero temperature, the lowest minimum first.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
        Lower points outside the grid are not seen.
    grid : Grid
    shallowest : float
        Minima no deeper than this many units of loss are left out.

    Returns
    -------
    list of Covering

    Notes
    -----
    ``u(x, t) = inf_y f(y) + |x - y|^2 / (2 t)`` has a local minimum at m as long as the infimum there is taken at m
    itself, and it has no others: until the least ``|m - y|^2 / (2 (f(m) - f(y)))`` over lower points y. The least of
    all nodes is refined on the landscape; of samples, the error is the change against every second node.

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.piecewise_parabolas([0.0, 0.5], [1e4, 1e4], [-1.0, 1.0])
    >>> [round(c.time, 3) for c in covering_times(f, pdeopt.Grid(-2.0, 2.0, 4001))]
    [inf, 4.0]
    """
    values = np.asarray(f.on(grid) if isinstance(f, Landscape) else f, dtype=float)
    found = minima(values, grid, shallowest=shallowest)
    inside = np.flatnonzero(~found.at_edge)
    smooth = f if isinstance(f, Landscape) and not f.is_sampled else None
    return [
        _covering(_start(k, found.points, found.nodes, grid, smooth), values, grid, smooth) for k in inside.tolist()
    ]


def _start(k: int, points: FloatArray, nodes: IntArray, grid: Grid, f: Landscape | None) -> FloatArray:
    """Return a minimum polished on the landscape; of samples, its node."""
    if f is None:
        return np.array([float(axis[i]) for axis, i in zip(grid.axes, nodes[k], strict=True)])
    return polished(f, points[k], grid)


def polished(f: Landscape, point: FloatArray, grid: Grid) -> FloatArray:
    """Return the minimum of a landscape by Newton's method from a point, within one spacing a step."""
    best = float(f(point[None])[0])
    for _ in range(NEWTON_STEPS):
        slope, bend = f.gradient_at(point[None])[0], f.hessian_at(point[None])[0]
        if not (np.isfinite(bend).all() and np.linalg.eigvalsh(bend).min() > 0):
            break
        trial = point - np.linalg.solve(bend, slope)
        value = float(f(trial[None])[0])
        if value > best or (np.abs(trial - point) > grid.spacing).any():
            break
        point, best = trial, value
    return point


def _covering(point: FloatArray, values: FloatArray, grid: Grid, f: Landscape | None) -> Covering:
    at = tuple(int(np.abs(np.asarray(axis) - x).argmin()) for axis, x in zip(grid.axes, point, strict=True))
    value = float(values[at]) if f is None else float(f(point[None])[0])
    times = _ratios(point, value, grid.points(), values, grid)
    every = (slice(None, None, 2),) * grid.dim
    best, coarse = int(np.argmin(times)), float(times[every].min())
    origin, time = grid.points().reshape(-1, grid.dim)[best], float(times.flat[best])
    if not np.isfinite(time):
        return Covering(point, value, np.inf, np.nan, point)
    if f is None:
        return Covering(point, value, time, abs(coarse - time), origin)
    origin, refined = _refined(point, value, origin, grid, f)
    return Covering(point, value, min(refined, time), 1e-9 * time, origin)


def _ratios(point: FloatArray, value: float, places: FloatArray, values: FloatArray, grid: Grid) -> FloatArray:
    """Return the time at which each place reaches the minimum; ``inf`` for those not below it."""
    extent = np.array(grid.extent)
    offset = places - point
    offset = np.where(grid.periodic, offset - extent * np.round(offset / extent), offset)
    drop = value - values
    lower = drop > EQUAL * (1.0 + abs(value))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(lower, 0.5 * (offset**2).sum(axis=-1) / drop, np.inf))


def _refined(point: FloatArray, value: float, start: FloatArray, grid: Grid, f: Landscape) -> tuple[FloatArray, float]:
    """Return the place within one spacing of a node that covers first, and its time."""
    spacing = np.array(grid.spacing)
    low, high = start - spacing, start + spacing
    low = np.where(grid.periodic, low, np.maximum(low, grid.lower))
    high = np.where(grid.periodic, high, np.minimum(high, grid.upper))

    def height(y: FloatArray) -> float:
        return float(_ratios(point, value, y, np.asarray(f(y[None])[0]), grid))

    towards = np.where(start + 0.25 * spacing < high, 0.25, -0.25) * spacing
    simplex = np.vstack([start, start + np.diag(towards)])
    found = minimize(
        height,
        start,
        method="Nelder-Mead",
        bounds=list(zip(low, high, strict=True)),
        options={"initial_simplex": simplex, "xatol": 1e-9 * float(spacing.min()), "fatol": 0.0},
    )
    return np.asarray(found.x), float(found.fun)
