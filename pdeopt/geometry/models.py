"""Quadratic models of a field about a node."""

from itertools import product
from typing import Any, NamedTuple

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.grid import Grid

FLAT = 1e-10


class LocalModel(NamedTuple):
    """Position, value and eigenvalues of the Hessian of a point without slope; whether a quadratic fits there."""

    point: FloatArray
    value: float
    curvature: FloatArray
    fits: bool


def local_model(
    field: FloatArray,
    grid: Grid,
    node: tuple[int, ...],
    gradient: FloatArray | None,
    hessian: FloatArray | None,
    index: int = 0,
) -> LocalModel:
    """Return a quadratic model about a node; it stays on the node where `index` curvatures below zero do not fit."""
    place = np.array([axis[i] for axis, i in zip(grid.axes, node, strict=True)])
    slope, bend = _differences(field, grid, node)
    slope = slope if gradient is None else gradient[node]
    bend = bend if hessian is None else hessian[node]
    if not (np.isfinite(bend).all() and np.isfinite(slope).all()):
        return LocalModel(place, float(field[node]), np.full(grid.dim, np.nan), False)
    curvature = np.linalg.eigvalsh(bend).astype(np.float64)
    inner = ~on_edge(np.array([node]), grid)[0]
    firm = np.abs(curvature) > FLAT * np.abs(curvature).max()
    fits = bool(firm.all() and int((curvature < 0).sum()) == index and inner)
    step = np.linalg.solve(bend, -slope) if fits else np.zeros(grid.dim)
    # A step out of the neighbouring cells means that no quadratic fits here, as beside a kink.
    if (np.abs(step) > grid.spacing).any():
        step, fits = np.zeros(grid.dim), False
    return LocalModel(_wrapped(place + step, grid), float(field[node] + 0.5 * slope @ step), curvature, fits)


def _wrapped(point: FloatArray, grid: Grid) -> FloatArray:
    lower, extent = np.array(grid.lower), np.array(grid.extent)
    return np.where(grid.periodic, lower + np.mod(point - lower, extent), point)


def on_edge(nodes: IntArray, grid: Grid) -> BoolArray:
    """Return whether nodes lie on a side of the grid."""
    ends = (nodes == 0) | (nodes == np.array(grid.shape) - 1)
    edge: BoolArray = (ends & ~np.array(grid.periodic)).any(axis=-1)
    return edge


def _stencil(grid: Grid, node: tuple[int, ...], k: int) -> tuple[list[int], list[float], list[float]]:
    """Return three nodes along an axis, and the weights of the first and second derivative at `node`."""
    n, axis, i = grid.shape[k], grid.axes[k], node[k]
    if n < 3:
        return [i], [0.0], [0.0]
    middle = i if grid.periodic[k] else min(max(i, 1), n - 2)
    places = [(middle + step) % n for step in (-1, 0, 1)]
    x = [float(axis[p]) + grid.extent[k] * ((middle + step) // n) for p, step in zip(places, (-1, 0, 1), strict=True)]
    first, second = [], []
    for a in range(3):
        b, c = (other for other in range(3) if other != a)
        scale = (x[a] - x[b]) * (x[a] - x[c])
        first.append((2 * float(axis[i]) - x[b] - x[c]) / scale)
        second.append(2 / scale)
    return places, first, second


def _differences(field: FloatArray, grid: Grid, node: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    """Return gradient and Hessian at a node from three nodes per axis."""
    dim = grid.dim
    rules = [_stencil(grid, node, k) for k in range(dim)]
    slope, bend = np.zeros(dim), np.zeros((dim, dim))
    for k in range(dim):
        index: tuple[Any, ...] = (*node[:k], rules[k][0], *node[k + 1 :])
        line = field[index]
        with np.errstate(invalid="ignore"):
            slope[k], bend[k, k] = rules[k][1] @ line, rules[k][2] @ line
    for k, m in product(range(dim), repeat=2):
        if k < m:
            bend[k, m] = bend[m, k] = _mixed(field, [*node], rules, k, m)
    return slope, bend


def _mixed(
    field: FloatArray,
    node: list[int],
    rules: list[tuple[list[int], list[float], list[float]]],
    k: int,
    m: int,
) -> float:
    total = 0.0
    for (p, a), (q, b) in product(zip(*rules[k][:2], strict=True), zip(*rules[m][:2], strict=True)):
        if a and b:
            node[k], node[m] = p, q
            total += a * b * float(field[tuple(node)])
    return total
