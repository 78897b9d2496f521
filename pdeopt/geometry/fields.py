"""Second derivatives of a field on a grid: eigenvalues, differences, and extremes found between the nodes."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import comb

from pdeopt._types import FloatArray, IntArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.interpolation import spline_through

__all__ = ["Extreme", "Measure", "as_text", "cut", "edge_slopes", "eigenvalues", "estimated_noise", "extreme", "window"]

Measure = Callable[[FloatArray], FloatArray]
"""A number for each matrix of an array of shape (..., d, d)."""

REACH = 5
SUBDIVISION = 1e-6
HIGHEST_DIFFERENCE = 8
GAUSSIAN_MEDIAN = 0.6744897501960817


class Extreme(NamedTuple):
    """The largest or smallest value of a measure of curvature, with an estimate of its error.

    Parameters
    ----------
    value, error : float
        In units of loss per length^2.
    place : tuple of float
        Where it is taken.
    at_edge : bool
        Whether the node lies on a side of the grid, so that there may be more outside.
    """

    value: float
    error: float
    place: tuple[float, ...]
    at_edge: bool = False


def as_text(point: Sequence[float]) -> str:
    """Return a point in few figures, without the roundings of a zero."""
    return "(" + ", ".join(f"{round(x, 8) + 0.0:.4g}" for x in point) + ")"


def eigenvalues(hessian: FloatArray) -> FloatArray:
    """Return the eigenvalues of symmetric matrices, ascending along the last axis; NaN where an entry is not finite."""
    dim = hessian.shape[-1]
    if dim == 1:
        return np.asarray(hessian[..., 0])
    if dim == 2:
        middle = 0.5 * (hessian[..., 0, 0] + hessian[..., 1, 1])
        radius = np.hypot(0.5 * (hessian[..., 0, 0] - hessian[..., 1, 1]), hessian[..., 0, 1])
        return np.stack([middle - radius, middle + radius], axis=-1)
    finite = np.asarray(np.isfinite(hessian).all(axis=(-2, -1)))
    found = np.linalg.eigvalsh(np.where(finite[..., None, None], hessian, 0.0))
    return np.where(finite[..., None], found, np.nan)


def window(grid: Grid, node: IntArray, reach: int = REACH) -> tuple[Grid, tuple[IntArray, ...]]:
    """Return the grid of the nodes within `reach` of one, and their indices per axis; periodic axes are unrolled."""
    axes, index = [], []
    for k, axis in enumerate(grid.axes):
        n, i = grid.shape[k], int(node[k])
        if grid.periodic[k]:
            steps = np.arange(i - min(reach, n // 2), i + min(reach, n // 2) + 1)
            axes.append(axis[steps % n] + grid.extent[k] * (steps // n))
        else:
            # Not fewer nodes beside an edge: they end further inside.
            first = min(max(i - reach, 0), max(n - 2 * reach - 1, 0))
            steps = np.arange(first, min(first + 2 * reach + 1, n))
            axes.append(axis[steps])
        index.append(steps % n)
    return Grid.from_axes(*axes), tuple(index)


def cut(field: FloatArray, grid: Grid, index: tuple[IntArray, ...]) -> FloatArray:
    """Return the entries of a field of shape ``grid.shape + (...)`` at a window, trailing axes first."""
    local = field[np.ix_(*index)]
    return np.moveaxis(local, range(grid.dim), range(local.ndim - grid.dim, local.ndim))


def extreme(hessian: FloatArray, grid: Grid, measure: Measure, *, smooth: bool = True) -> Extreme:
    """Return the largest value of a measure of the Hessian over the box of the grid.

    Parameters
    ----------
    hessian : array, shape ``grid.shape + (d, d)``
    grid : Grid
    measure : callable
        From matrices (..., d, d) to numbers (...).
    smooth : bool
        Whether to look between the nodes too, on splines of degree 5 through those around the highest; the error is
        then the largest distance to splines of degree 3 nearby. A spline that rises above the highest node by more
        than the field falls to the nodes around it rings, from something steep further off: it is cut there, and what
        is cut off is error. Else the error is half the distance to the neighbouring nodes.
    """
    field = measure(hessian)
    field = np.where(np.isfinite(field), field, -np.inf)
    node = np.array(np.unravel_index(int(np.argmax(field)), grid.shape))
    best = float(field[tuple(node)])
    nearest = tuple(float(axis[i]) for axis, i in zip(grid.axes, node, strict=True))
    edge = any(not p and i in (0, n - 1) for p, i, n in zip(grid.periodic, node, grid.shape, strict=True))
    sub, index = window(grid, node)
    local = cut(hessian, grid, index)
    around = field[np.ix_(*window(grid, node, 1)[1])]
    fall = float(best - around[np.isfinite(around)].min())
    if not smooth or not np.isfinite(local).all():
        return Extreme(best, 0.5 * fall, nearest, edge)
    highest, place, error = _between(local, sub, measure, np.array(nearest))
    rounding = 1e-13 * float(np.abs(hessian[tuple(node)]).max())
    ringing = max(highest - (best + fall), 0.0)
    return Extreme(max(highest - ringing, best), max(error, ringing) + rounding, _wrapped(place, grid), edge)


def _between(local: FloatArray, grid: Grid, measure: Measure, start: FloatArray) -> tuple[float, FloatArray, float]:
    """Return the largest value within one spacing of a node, on a spline of the Hessian, where it is, and its error.

    The error is the largest distance to a spline of degree 3 there and in the middles of the cells around.
    """
    splines = [spline_through(local, grid, degree) for degree in (5, 3)]
    lower, upper, spacing = np.array(grid.lower), np.array(grid.upper), np.array(grid.spacing)
    low, high = np.maximum(start - spacing, lower), np.minimum(start + spacing, upper)

    def heights(x: FloatArray, which: int = 0) -> FloatArray:
        return measure(np.moveaxis(splines[which](x), (0, 1), (-2, -1)))

    def depth(x: FloatArray) -> float:
        return -float(heights(x))

    towards = np.where(start + 0.25 * spacing < high, 0.25, -0.25) * spacing
    simplex = np.vstack([start, start + np.diag(towards)])
    found = minimize(
        depth,
        start,
        method="Nelder-Mead",
        bounds=list(zip(low, high, strict=True)),
        options={"initial_simplex": simplex, "xatol": SUBDIVISION * float(spacing.min()), "fatol": 0.0},
    )
    middles = start + 0.5 * spacing * np.array(list(product((-1.0, 1.0), repeat=grid.dim)))
    looked = np.vstack([np.asarray(found.x), np.clip(middles, low, high)])
    error = float(np.abs(heights(looked) - heights(looked, 1)).max())
    return -float(found.fun), np.asarray(found.x), error


def _wrapped(point: FloatArray, grid: Grid) -> tuple[float, ...]:
    lower, extent = np.array(grid.lower), np.array(grid.extent)
    inside = np.where(grid.periodic, lower + np.mod(point - lower, extent), point)
    return tuple(float(x) for x in inside)


def edge_slopes(gradient: FloatArray, grid: Grid) -> list[FloatArray]:
    """Return, per axis, the mean second derivative between neighbouring nodes, from the gradient at both.

    Unlike the Hessian at nodes they see what is thinner than a cell: kinks, and layers of width ``1 / beta``.
    """
    slopes = []
    for k, axis in enumerate(grid.axes):
        along = np.moveaxis(gradient[..., k], k, -1)
        places = np.asarray(axis)
        if grid.periodic[k]:
            along = np.concatenate([along, along[..., :1]], axis=-1)
            places = np.append(places, places[0] + grid.extent[k])
        slopes.append(np.moveaxis(np.diff(along) / np.diff(places), -1, k))
    return slopes


def estimated_noise(values: FloatArray, grid: Grid) -> float:
    """Return the standard deviation of independent noise in samples, from their high differences.

    Notes
    -----
    A difference of order m of white noise has variance ``binom(2 m, m)`` times that of the noise; of smooth samples it
    falls with every order. The smallest of the estimates of orders 2 to 8, by medians, so that kinks do not count, is
    near the noise, or above it where the grid is coarse.
    """
    estimates = [_difference_noise(values, k, order) for k in range(grid.dim) for order in _orders(grid.shape[k])]
    rounding = float(np.finfo(float).eps) * float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    return max(min(estimates, default=rounding), rounding)


def _orders(n_nodes: int) -> range:
    return range(2, min(HIGHEST_DIFFERENCE, n_nodes - 2) + 1)


def _difference_noise(values: FloatArray, axis: int, order: int) -> float:
    with np.errstate(invalid="ignore"):
        differences = np.diff(values, n=order, axis=axis)
    sizes = np.abs(differences[np.isfinite(differences)])
    if sizes.size == 0:
        return np.inf
    return float(np.median(sizes)) / GAUSSIAN_MEDIAN / float(np.sqrt(comb(2 * order, order)))
