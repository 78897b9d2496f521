"""From the word the user typed to values on a grid."""

import inspect
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.cli.files import AXIS_NAMES, SUFFIXES, Table, read_table
from pdeopt.cli.modules import object_named
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.problem import BOUNDARIES
from pdeopt.landscapes import CATALOGUE, Landscape, get

DEFAULT_SHAPES = {1: 1025, 2: 257, 3: 65}


@dataclass(frozen=True, eq=False)
class Subject:
    """What is to be relaxed, where, and which points are of interest."""

    name: str
    data: Landscape | FloatArray
    grid: Grid
    boundary: tuple[str, ...]
    trained: FloatArray | None = None

    @property
    def values(self) -> FloatArray:
        """Return the landscape on the grid."""
        return self.data.on(self.grid) if isinstance(self.data, Landscape) else self.data


def check_choice(option: str, word: str, choices: Sequence[str]) -> None:
    """Raise unless a word is one of the choices; the message puts the closest first."""
    if word not in choices:
        close = get_close_matches(word, choices, n=1)
        raise ValueError(f"{option} {word} is unknown; use {' or '.join(close or choices)}.")


def read_subject(options: Namespace) -> Subject:
    """Return what the options name, checked."""
    word = options.input
    if Path(word).suffix.lower() in SUFFIXES or Path(word).is_file():
        return _from_file(Path(word), options)
    landscape = landscape_named(word, options.dim)
    if options.unit is not None:
        landscape = landscape.scaled(options.unit)
    grid = _grid_for(landscape, options)
    return Subject(landscape.name or word, landscape, grid, _open_sides(options, grid.dim))


def landscape_named(word: str, dim: int | None) -> Landscape:
    """Return a landscape of the catalogue, or one of a user's module."""
    return _from_module(word, dim) if ":" in word else _from_catalogue(word, dim)


def _from_catalogue(name: str, dim: int | None) -> Landscape:
    if name not in CATALOGUE and any(mark in name for mark in "./\\"):
        raise ValueError(f"INPUT={name!r} is no file; files end in {', '.join(SUFFIXES)}.")
    takes_dim = name in CATALOGUE and "dim" in inspect.signature(CATALOGUE[name]).parameters
    try:
        landscape = get(name, dim=dim) if takes_dim and dim is not None else get(name)
    except ValueError as error:
        if name in CATALOGUE:
            raise
        hint = str(error).partition(". ")[2]
        raise ValueError(f"INPUT={name!r} is no file and not in the catalogue. {hint}") from None
    if dim is not None and landscape.dim != dim:
        raise ValueError(f"--dim {dim} does not fit {name}, which has {landscape.dim}; leave --dim out.")
    return landscape


def _from_module(word: str, dim: int | None) -> Landscape:
    return as_landscape(made(object_named(word, "INPUT")), word, dim)


def made(found: Any) -> Any:
    """Return an object, or what a function without arguments makes."""
    is_maker = callable(found) and not isinstance(found, Landscape) and not _parameters(found)
    return found() if is_maker else found


def as_landscape(found: Any, word: str, dim: int | None) -> Landscape:
    """Return a landscape, or one of a function of x."""
    if isinstance(found, Landscape):
        return found
    if not callable(found):
        raise ValueError(f"INPUT={word!r} is {type(found).__name__}; it must be a function of x or a Landscape.")
    return Landscape(found, dim=dim or 1, name=word.rpartition(":")[2])


def _parameters(function: Any) -> Sequence[str]:
    plain = getattr(function, "py_func", function)
    return list(inspect.signature(plain).parameters)


def _grid_for(landscape: Landscape, options: Namespace) -> Grid:
    dim = landscape.dim
    if dim not in DEFAULT_SHAPES:
        raise ValueError(f"{landscape.name} has {dim} coordinates, a grid at most 3; use --dim 3 or less.")
    domain = landscape.domain or (None, None)
    lower = domain[0] if options.lower is None else options.lower
    upper = domain[1] if options.upper is None else options.upper
    if lower is None or upper is None:
        raise ValueError(f"{landscape.name or options.input} has no domain of its own; add e.g. --lower -3 --upper 3.")
    shape = options.shape or DEFAULT_SHAPES[dim]
    if landscape.grid is not None and (options.shape, options.lower, options.upper) == (None, None, None):
        return landscape.grid
    return Grid(
        each_axis(lower, dim, "--lower"),
        each_axis(upper, dim, "--upper"),
        each_axis(shape, dim, "--shape"),
        closed_axes(options, dim),
    )


def each_axis(value: Any, dim: int, option: str) -> list[Any]:
    """Return one entry for each axis."""
    entries = list(value) if isinstance(value, Sequence) else [value]
    if len(entries) not in (1, dim):
        raise ValueError(f"{option} has {len(entries)} numbers for {dim} axes; give one, or {dim}.")
    return entries * dim if len(entries) == 1 else entries


def closed_axes(options: Namespace, dim: int) -> list[bool]:
    """Return which axes close on themselves."""
    sides = each_axis(options.boundary, dim, "--boundary")
    if options.periodic is None:
        return [side == "periodic" for side in sides]
    names = options.periodic or list(AXIS_NAMES[:dim])
    unknown = [name for name in names if name not in AXIS_NAMES[:dim]]
    if unknown:
        raise ValueError(f"--periodic {unknown[0]}: the axes are {', '.join(AXIS_NAMES[:dim])}.")
    return [side == "periodic" or axis in names for side, axis in zip(sides, AXIS_NAMES, strict=False)]


def _open_sides(options: Namespace, dim: int) -> tuple[str, ...]:
    for side in options.boundary:
        check_choice("--boundary", side, (*BOUNDARIES, "periodic"))
    return tuple("free" if side == "periodic" else side for side in each_axis(options.boundary, dim, "--boundary"))


def _from_file(path: Path, options: Namespace) -> Subject:
    table = read_table(path)
    dim = table.values.ndim
    if not 1 <= dim <= 3:
        raise ValueError(f"{path} holds values with {dim} axes; 1, 2 or 3 can be relaxed.")
    if options.dim not in (None, dim):
        raise ValueError(f"--dim {options.dim} does not fit {path}, whose values have {dim} axes; leave --dim out.")
    if options.shape is not None:
        raise ValueError(f"--shape does not apply to {path}, which has {table.values.shape} nodes; leave it out.")
    values = table.values if options.unit is None else table.values / options.unit
    return Subject(path.name, values, _grid_of(table, path, options), _open_sides(options, dim), table.trained)


def _grid_of(table: Table, path: Path, options: Namespace) -> Grid:
    dim = table.values.ndim
    closed = closed_axes(options, dim)
    if table.axes is not None:
        if options.lower is not None or options.upper is not None:
            raise ValueError(f"--lower and --upper do not apply to {path}, which holds its axes; leave them out.")
        return Grid.from_axes(*table.axes, periodic=closed)
    lower = each_axis(0.0 if options.lower is None else options.lower, dim, "--lower")
    nodes = np.array(table.values.shape) - (~np.array(closed)).astype(int)
    upper = [*(np.array(lower) + nodes)] if options.upper is None else each_axis(options.upper, dim, "--upper")
    return Grid(lower, upper, table.values.shape, closed)
