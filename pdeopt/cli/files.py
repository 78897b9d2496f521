"""Reading landscapes from files."""

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray

AXIS_NAMES = ("x", "y", "z")
FIELDS = ("values", "loss")
LAYOUT = "axes x, y, z and one field, values or loss"


@dataclass(frozen=True, eq=False)
class Table:
    """Values, their axes if the file holds them, and points of interest."""

    values: FloatArray
    axes: list[FloatArray] | None = None
    trained: FloatArray | None = None


def read_table(path: Path) -> Table:
    """Return what a file holds.

    Raises
    ------
    ValueError
        If the file cannot be read or lacks the layout its suffix promises; the message says what is missing.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"{path} ends in {path.suffix!r}; files must end in {', '.join(SUFFIXES)}.")
    try:
        return reader(path)
    except FileNotFoundError:
        raise ValueError(f"{path} does not exist.") from None
    except (OSError, EOFError, zipfile.BadZipFile, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} cannot be read: {error}.") from error


def _numbers(array: Any, what: str) -> FloatArray:
    try:
        if np.iscomplexobj(array):
            raise TypeError
        return np.asarray(array, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{what} is not numbers (its type is {getattr(array, 'dtype', type(array))}).") from None


def content_of(path: Path) -> Any:
    """Return the array of a .npy file, or the arrays of a .npz file by name."""
    with path.open("rb") as stream:
        try:
            found = np.load(stream, allow_pickle=False)
            return {name: found[name] for name in found.files} if hasattr(found, "files") else found
        except ValueError as error:
            raise ValueError(f"{path} is not a NumPy file of numbers: {error}") from None


def _read_npz(path: Path) -> Table:
    content = content_of(path)
    if not isinstance(content, dict):
        raise ValueError(f"{path} is a bare array; call it {path.stem}.npy.")
    fields = [name for name in FIELDS if name in content]
    axes = [name for name in AXIS_NAMES if name in content]
    if len(fields) != 1 or not axes or axes != list(AXIS_NAMES[: len(axes)]):
        raise ValueError(f"{path} must hold {LAYOUT}; it holds {', '.join(content) or 'nothing'}.")
    nodes = [_numbers(content[name], f"{name} in {path}") for name in axes]
    values = _numbers(content[fields[0]], f"{fields[0]} in {path}")
    shape = tuple(axis.size for axis in nodes)
    if values.shape != shape:
        raise ValueError(f"{path}: {fields[0]} has shape {values.shape}, its axes {', '.join(axes)} say {shape}.")
    return Table(values, nodes, _trained(content, path, len(axes)))


def _trained(content: dict[str, Any], path: Path, dim: int) -> FloatArray | None:
    if "trained" not in content:
        return None
    points = np.atleast_2d(_numbers(content["trained"], f"trained in {path}"))
    points = points.reshape(-1, 1) if dim == 1 else points
    if points.shape[-1] != dim or not np.isfinite(points).all():
        raise ValueError(f"{path}: trained has shape {points.shape}; it must be finite numbers of shape (n, {dim}).")
    return points


def _read_npy(path: Path) -> Table:
    array = content_of(path)
    if isinstance(array, dict):
        raise ValueError(f"{path} is an archive of arrays; call it {path.stem}.npz.")
    return Table(_numbers(array, str(path)))


def _read_csv(path: Path) -> Table:
    text = path.read_text(encoding="utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise ValueError(f"{path} is empty.")
    marks = [mark for mark in ",;\t" if mark in lines[0]]
    rows = list(csv.reader(lines, delimiter=marks[0])) if marks else [line.split() for line in lines]
    names = None if _is_numbers(rows[0]) else [name.strip().lower() for name in rows.pop(0)]
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise ValueError(f"{path}: rows have {sorted(widths)} entries; all must have as many.")
    bad = next((k for k, row in enumerate(rows) if not _is_numbers(row)), None)
    if bad is not None:
        raise ValueError(f"{path}: row {bad + 1 + (names is not None)} holds {rows[bad]}, which are not all numbers.")
    return _arranged(np.array(rows, dtype=float), names, path)


def _is_numbers(row: list[str]) -> bool:
    try:
        return bool([float(entry) for entry in row])
    except ValueError:
        return False


def _arranged(matrix: FloatArray, names: list[str] | None, path: Path) -> Table:
    width = matrix.shape[1]
    if width == 1:
        return Table(matrix[:, 0])
    if width <= 4 and (names is not None or _is_lattice(matrix[:, :-1])):
        return _columns(matrix, path)
    return Table(matrix)


def _is_lattice(points: FloatArray) -> bool:
    counts = [np.unique(column).size for column in points.T]
    return min(counts) > 1 and int(np.prod(counts)) == len(points) == len(np.unique(points, axis=0))


def _columns(matrix: FloatArray, path: Path) -> Table:
    points = matrix[:, :-1]
    axes = [np.unique(column) for column in points.T]
    if not np.isfinite(points).all() or not _is_lattice(points):
        counts = " x ".join(str(axis.size) for axis in axes)
        raise ValueError(
            f"{path}: its {len(points)} points are no grid; {counts} different coordinates need one row each."
        )
    values = np.empty([axis.size for axis in axes])
    values[tuple(np.searchsorted(axis, column) for axis, column in zip(axes, points.T, strict=True))] = matrix[:, -1]
    return Table(values, axes)


READERS: dict[str, Callable[[Path], Table]] = {".npz": _read_npz, ".npy": _read_npy, ".csv": _read_csv}
SUFFIXES = tuple(READERS)
