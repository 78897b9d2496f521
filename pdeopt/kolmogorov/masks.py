"""Sets of nodes: what was given, checked, and carried to finer grids."""

from typing import Any

import numpy as np

from pdeopt._types import BoolArray
from pdeopt.grid import Grid

__all__ = ["checked_mask"]


def checked_mask(mask: Any, name: str, grid: Grid) -> BoolArray:
    """Return a set of nodes as an array of the grid's shape, neither empty nor of another kind."""
    nodes = np.asarray(mask)
    if nodes.dtype != bool or nodes.shape != grid.shape:
        raise ValueError(
            f"{name} has dtype {nodes.dtype} and shape {nodes.shape}: it must be a boolean array of the grid's shape "
            f"{grid.shape}, e.g. {name}={_example(grid)}."
        )
    if not nodes.any():
        raise ValueError(
            f"{name} holds no node of the grid from {grid.lower} to {grid.upper}. Use a set that the grid reaches, "
            f"e.g. {name}={_example(grid)}."
        )
    return nodes


def _example(grid: Grid) -> str:
    middle = 0.5 * (grid.lower[0] + grid.upper[0])
    return f"grid.axes[0] < {middle:g}" if grid.dim == 1 else f"grid.points()[..., 0] < {middle:g}"
