"""Local entropy of samples on a line, whose interpolant is straight on every cell: sums of Gaussian integrals."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy.lines import Line, period_shifts
from pdeopt.entropy.panels import EPSILON
from pdeopt.kernels.cells import transform_cells_line

__all__ = ["on_cells", "serves"]

Rows: TypeAlias = tuple[FloatArray, int]

FEWEST = 16
"""Rows that make it worth while."""
COMPARED = 4
DEPTH = 60.0
"""Minus the logarithm of what is left out."""
MOST_NODES = 2**22


def serves(line: Line) -> bool:
    """Whether rows of one time and temperature relax samples that are finer than the kernel is wide."""
    if type(line) is not Line or line.f.grid is None or len(line.x) < FEWEST:
        return False
    if np.ptp(line.time) or np.ptp(line.beta) or not np.isfinite(line.beta[0]):
        return False
    # A kernel inside one cell keeps more digits by averages of the slope, and is fast.
    step = float(np.diff(line.f.grid.axes[0]).min())
    nodes = (np.ptp(line.x) + 2 * _reach(line)) / step
    return bool(line.width[0] > step and nodes < MOST_NODES)


def on_cells(line: Line, integrated: Callable[[Line], Rows]) -> Rows:
    """Sum over cells, and compare some rows with quadrature; where they differ all rows are integrated."""
    found = _summed(line)
    some = np.unique(np.linspace(0, len(line.x) - 1, COMPARED).astype(int))
    exact, count = integrated(line.rows(some))
    gap = np.abs(found[:3, some] - exact[:3])
    if not (gap <= 8 * (found[3:, some] + exact[3:])).all():
        return integrated(line)
    found[3:] += 2 * gap.max(axis=1, keepdims=True)
    return found, count + len(line.x)


def _reach(line: Line) -> float:
    """Distance beyond which the cost exceeds its minimum by more than counts."""
    samples = np.asarray(line.f.samples)
    drop = float(np.ptp(samples[np.isfinite(samples)]))
    return float(np.sqrt(2 * line.time[0] * (drop + DEPTH / line.beta[0])))


def _nodes(line: Line) -> tuple[FloatArray, FloatArray]:
    """Return nodes and samples as far as mass can lie: repeated if periodic, else constant beyond the ends."""
    grid = line.f.grid
    assert grid is not None
    nodes, samples = np.asarray(grid.axes[0]), np.asarray(line.f.samples, dtype=float)
    lower, upper = line.x.min() - _reach(line), line.x.max() + _reach(line)
    if grid.periodic[0]:
        shifts = period_shifts(grid, lower, upper)
        return (nodes + shifts[:, None]).ravel(), np.tile(samples, len(shifts))
    width = nodes[-1] - nodes[0]
    ends = min(lower, nodes[0]) - width, max(upper, nodes[-1]) + width
    return np.concatenate([ends[:1], nodes, ends[1:]]), np.concatenate([samples[:1], samples, samples[-1:]])


def _summed(line: Line) -> FloatArray:
    """Value, slope and bend from mass, mean and variance of the local Gibbs law, with their rounding errors."""
    nodes, samples = _nodes(line)
    time, beta = line.time[0], line.beta[0]
    out, averages = np.empty(len(line.x)), np.empty((2, len(line.x)))
    fields = np.stack([nodes, np.zeros_like(nodes)])
    flat = np.zeros(len(nodes) - 1)
    transform_cells_line(beta * samples, nodes, line.x, time / beta, flat, fields, 1, out, averages)
    value, (mean, variance) = out / beta, averages
    away = line.x - mean
    unit = beta / time
    size = np.abs(value) + 0.5 * away**2 / time + np.abs(mean * away) / time
    noise = EPSILON * (32.0 + 2.0 * beta * size)
    spread = np.sqrt(variance)
    place = 2 * EPSILON * (np.abs(line.x) + np.abs(mean))
    return np.stack(
        [
            value,
            away / time,
            (1.0 - unit * variance) / time,
            noise / beta + 4 * EPSILON * np.abs(value),
            (noise * spread + place) / time,
            (unit * (2 * noise * variance + 4 * place * spread) + 4 * EPSILON) / time,
        ]
    )
