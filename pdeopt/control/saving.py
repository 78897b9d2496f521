"""Records in files: one array per field, and the axes of a grid."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pdeopt.grid import Grid
from pdeopt.results import AXIS_NAMES, write_atomically

__all__ = ["load_record", "save_record"]

Record = TypeVar("Record")


def save_record(record: Any, path: str | Path) -> Path:
    """Write the fields of a record to an .npz file."""
    target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
    content: dict[str, Any] = {}
    for item in fields(record):
        value = getattr(record, item.name)
        content |= _grid_content(value) if isinstance(value, Grid) else {item.name: np.asarray(value)}
    write_atomically(target, content | {"record": np.asarray(type(record).__name__)})
    return target


def load_record(kind: type[Record], path: str | Path) -> Record:
    """Read a record of a kind; numbers, texts and arrays come back as what they were.

    Raises
    ------
    ValueError
        If the file holds another record, or none.
    """
    with np.load(Path(path), allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    found = str(content.pop("record", np.asarray("nothing of the kind")))
    if found != kind.__name__:
        raise ValueError(f"{path} holds {found}, not a {kind.__name__}. Use {kind.__name__}.save to write one.")
    grid = {"grid": _grid_of(content)} if "periodic" in content else {}
    return kind(**{name: value.item() if value.ndim == 0 else value for name, value in content.items()}, **grid)


def _grid_content(grid: Grid) -> dict[str, Any]:
    ends = {"lower": grid.lower, "upper": grid.upper, "uniform": grid.uniform, "periodic": grid.periodic}
    return {name: np.asarray(value) for name, value in ends.items()} | dict(zip(AXIS_NAMES, grid.axes, strict=False))


def _grid_of(content: dict[str, Any]) -> Grid:
    """Take the entries of a grid out of the content of a file."""
    axes = [content.pop(name) for name in AXIS_NAMES if name in content]
    lower, upper, uniform, periodic = (content.pop(name).tolist() for name in ("lower", "upper", "uniform", "periodic"))
    # Stated by its ends a uniform grid comes back equal to the last bit.
    if all(uniform):
        return Grid(lower, upper, [axis.size for axis in axes], periodic)
    return Grid.from_axes(*axes, periodic=periodic)
