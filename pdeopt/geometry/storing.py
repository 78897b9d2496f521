"""Grids in .npz files."""

from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid

__all__ = ["grid_content", "grid_of", "read"]

AXIS_NAMES = "xyzuvw"


def grid_content(grid: Grid) -> dict[str, Any]:
    """Return what a file has to hold of a grid."""
    content: dict[str, Any] = dict(zip(AXIS_NAMES, grid.axes, strict=False))
    content |= {"lower": np.asarray(grid.lower), "upper": np.asarray(grid.upper)}
    return content | {"uniform": np.asarray(grid.uniform), "periodic": np.asarray(grid.periodic)}


def grid_of(content: dict[str, Any]) -> Grid:
    """Return the grid of a file: equal to the last bit."""
    axes = [content[name] for name in AXIS_NAMES if name in content]
    periodic = tuple(content["periodic"].tolist())
    if not content["uniform"].all():
        return Grid.from_axes(*axes, periodic=periodic)
    return Grid(content["lower"].tolist(), content["upper"].tolist(), tuple(axis.size for axis in axes), periodic)


def read(path: str | Path, kind: str, needed: tuple[str, ...]) -> dict[str, FloatArray]:
    """Return the arrays of a file by name; raise where it lacks some."""
    with np.load(Path(path), allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    missing = [name for name in needed if name not in content]
    if missing:
        raise ValueError(f"{path} is no saved {kind}: it lacks {', '.join(missing)}. Use its `save` to write one.")
    return content
