"""Sampled values as the arguments of a function: `pdeopt.kernels.landscapes.samples.multilinear`."""

from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.grid import Grid


def sampled_facts(samples: FloatArray, grid: Grid) -> dict[str, Any]:
    """Return what is known of the interpolant, as the fields of a landscape."""
    lowest = np.unravel_index(int(np.argmin(samples)), samples.shape)
    return {
        "dim": grid.dim,
        "args": interpolation_args(samples, grid),
        "lipschitz": steepest_slope(samples, grid),
        "minima": (tuple(float(axis[i]) for axis, i in zip(grid.axes, lowest, strict=True)),),
        "domain": (grid.lower, grid.upper),
        "kinks_complete": False,
        "vectorised": True,
        "step": grid.spacing,
        "samples": samples,
        "grid": grid,
    }


def interpolation_args(samples: FloatArray, grid: Grid) -> Arguments:
    """Return flat samples, nodes, counts and periods; a periodic axis is closed by its first node again."""
    nodes = []
    for index, wraps in enumerate(grid.periodic):
        axis = grid.axes[index]
        # A periodic axis is closed by its first node, so that every cell has two ends.
        if wraps:
            axis = np.append(axis, axis[0] + grid.extent[index])
            samples = np.concatenate([samples, samples.take([0], axis=index)], axis=index)
        nodes.append(axis)
    periods = tuple(length if wraps else 0.0 for length, wraps in zip(grid.extent, grid.periodic, strict=True))
    return np.ravel(samples), np.concatenate(nodes), tuple(axis.size for axis in nodes), periods


def steepest_slope(samples: FloatArray, grid: Grid) -> float | None:
    """Bound the slope of the interpolant by the norm of the largest slopes along the axes."""
    if not np.isfinite(samples).all():
        return None
    flat, nodes, counts, _ = interpolation_args(samples, grid)
    closed = flat.reshape(counts)
    axes = np.split(nodes, np.cumsum(counts)[:-1])
    return float(np.hypot.reduce([_largest_slope(closed, axis, index) for index, axis in enumerate(axes)]))


def _largest_slope(closed: FloatArray, axis: FloatArray, index: int) -> float:
    width = np.diff(axis).reshape([-1 if i == index else 1 for i in range(closed.ndim)])
    return float(np.abs(np.diff(closed, axis=index) / width).max())
