"""The optimal feedback as a table for compiled code, and the equations that are steered by it."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.interpolate import make_interp_spline

from pdeopt._types import FloatArray, Point
from pdeopt.grid import Grid
from pdeopt.kernels._points import as_point, coordinates, with_item
from pdeopt.kernels.control import cubic_feedback, cubic_feedbacks
from pdeopt.systems import SDE, OverdampedLangevin
from pdeopt.systems.compilation import Function, compiled, returning_floats

__all__ = ["Table", "controlled_system", "feedback_at", "feedback_table", "node_gradient", "paired_system"]

DEGREE = 5


class Table(NamedTuple):
    """The arguments of `pdeopt.kernels.control.cubic_feedback` after time and point."""

    times: FloatArray
    table: FloatArray
    nodes: FloatArray
    counts: tuple[int, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    periods: tuple[float, ...]


def node_gradient(values: FloatArray, grid: Grid) -> FloatArray:
    """Return the gradient at the nodes of fields of shape ``(..., *grid.shape)``, the coordinates last."""
    lead = values.ndim - grid.dim
    parts = []
    for k in range(grid.dim):
        nodes, lines = _continued(grid, k, np.moveaxis(values, lead + k, 0), 3 * DEGREE)
        degree = min(DEGREE, nodes.size - 1 - nodes.size % 2)
        slopes = make_interp_spline(nodes, lines, k=degree).derivative()(grid.axes[k])
        parts.append(np.moveaxis(slopes, 0, lead + k))
    return np.stack(parts, axis=-1)


def feedback_table(times: FloatArray, gradient: FloatArray, grid: Grid) -> Table:
    """Return the table of a gradient of shape ``(n_times, *grid.shape, d)``."""
    axes, table = [], gradient
    for k in range(grid.dim):
        nodes, lines = _continued(grid, k, np.moveaxis(table, k + 1, 0), 2)
        table = np.moveaxis(lines, 0, k + 1)
        axes.append(nodes)
    flat = np.ascontiguousarray(table.reshape(len(times), -1, grid.dim))
    pairs = zip(grid.extent, grid.periodic, strict=True)
    periods = tuple(float(length) if wraps else 0.0 for length, wraps in pairs)
    counts = tuple(nodes.size for nodes in axes)
    return Table(times, flat, np.concatenate(axes), counts, grid.lower, grid.upper, periods)


def _continued(grid: Grid, axis: int, lines: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and values, the axis first, with some nodes of a periodic axis repeated on both sides."""
    nodes = grid.axes[axis]
    if not grid.periodic[axis]:
        return nodes, lines
    index = np.arange(-count, nodes.size + count + 1)
    return nodes[index % nodes.size] + grid.extent[axis] * (index // nodes.size), lines[index % nodes.size]


def feedback_at(table: Table, t: float, points: FloatArray) -> FloatArray:
    """Return the feedback at points of shape (..., d)."""
    rows = np.ascontiguousarray(points.reshape(-1, points.shape[-1]))
    out = np.empty_like(rows)
    cubic_feedbacks(float(t), rows, *table, out)
    return out.reshape(points.shape)


def controlled_system(dynamics: OverdampedLangevin, table: Table) -> SDE:
    """Return dx = (-grad f - alpha) ds + beta^(-1/2) dW with the feedback of a table."""
    f = dynamics.landscape
    return SDE(
        _controlled_drift(dynamics.gradient, f.dim),
        _noise(f.dim),
        noise="additive",
        dim=f.dim,
        args=(dynamics.beta, *table, *f.args),
        name=f"controlled {f.name}",
    )


def paired_system(dynamics: OverdampedLangevin, table: Table) -> SDE:
    """Return the equation of (controlled x, x without control, effort of the first), with one noise for both."""
    f = dynamics.landscape
    return SDE(
        _paired_drift(dynamics.gradient, f.dim),
        _shared_noise(f.dim),
        noise="additive",
        dim=2 * f.dim + 1,
        n_noise=f.dim,
        args=(dynamics.beta, *table, *f.args),
        name=f"controlled and free {f.name}",
    )


@lru_cache(maxsize=64)
def _controlled_drift(gradient: Function, dim: int) -> Function:
    def drift(
        t: float,
        x: Point,
        beta: float,
        times: FloatArray,
        table: FloatArray,
        nodes: FloatArray,
        counts: tuple[int, ...],
        lower: tuple[float, ...],
        upper: tuple[float, ...],
        periods: tuple[float, ...],
        *args: Any,
    ) -> Point:
        alpha = coordinates(cubic_feedback(t, x, times, table, nodes, counts, lower, upper, periods))
        slopes = coordinates(gradient(x, *args))
        out = coordinates(x)
        for i in range(dim):
            out = with_item(out, i, -slopes[i] - alpha[i])
        return as_point(x, out)

    return returning_floats(drift)


@lru_cache(maxsize=64)
def _noise(dim: int) -> Function:
    def diffusion(t: float, x: Point, beta: float, *args: Any) -> Point:
        out = coordinates(x)
        for i in range(dim):
            out = with_item(out, i, np.sqrt(2.0 / beta))
        return as_point(x, out)

    return returning_floats(diffusion)


@lru_cache(maxsize=64)
def _paired_drift(gradient: Function, dim: int) -> Function:
    first, second = _part(0, dim), _part(dim, 2 * dim)

    def drift(
        t: float,
        x: Point,
        beta: float,
        times: FloatArray,
        table: FloatArray,
        nodes: FloatArray,
        counts: tuple[int, ...],
        lower: tuple[float, ...],
        upper: tuple[float, ...],
        periods: tuple[float, ...],
        *args: Any,
    ) -> Point:
        here, free = first(x), second(x)
        alpha = coordinates(cubic_feedback(t, here, times, table, nodes, counts, lower, upper, periods))
        slopes, others = coordinates(gradient(here, *args)), coordinates(gradient(free, *args))
        out, effort = x, 0.0
        for i in range(dim):
            out = with_item(out, i, -slopes[i] - alpha[i])
            out = with_item(out, dim + i, -others[i])
            effort += 0.5 * alpha[i] * alpha[i]
        return with_item(out, 2 * dim, effort)

    return returning_floats(drift)


@lru_cache(maxsize=64)
def _part(begin: int, end: int) -> Function:
    """Make a function that takes a point, a float or a tuple, from a state that is a tuple."""

    def number(x: Point) -> float:
        return float(x[begin])

    def point(x: Point) -> Point:
        return x[begin:end]

    return compiled(number if end - begin == 1 else point)


@lru_cache(maxsize=64)
def _shared_noise(dim: int) -> Function:
    zeros = ((0.0,) * dim,) * (2 * dim + 1)

    def diffusion(t: float, x: Point, beta: float, *args: Any) -> Any:
        rows = zeros
        for i in range(dim):
            row = with_item(zeros[0], i, np.sqrt(2.0 / beta))
            rows = with_item(with_item(rows, i, row), dim + i, row)
        return rows

    return returning_floats(diffusion)
