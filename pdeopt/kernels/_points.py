"""Points of any dimension inside a kernel: a float, a tuple of floats, or an array above eight dimensions.

Each helper exists twice. Compiled code gets the version for its type; plain Python gets a body that also
works where the coordinates are broadcast arrays, so that one kernel body serves single points and whole axes.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba.core import types
from numba.cpython.unsafe.tuple import tuple_setitem
from numba.extending import intrinsic, overload

from pdeopt._types import Point, Scalar

Typer = TypeVar("Typer", bound=Callable[..., Any])

# Numba leaves these without types.
tuple_type: Any = types.UniTuple
set_item: Any = tuple_setitem

LARGEST_TUPLE = 8
"""Points of more coordinates than this are arrays."""


def _compiled_form(function: Callable[..., Any]) -> Callable[[Typer], Typer]:
    """Register what chooses, from the types, the compiled body of `function`; annotations may differ."""
    return cast("Callable[[Typer], Typer]", overload(function, strict=False))


def _repeated_typer(typing_context: Any, item: Any, like: Any) -> Any:
    """Build the tuple of one item, as long as `like`."""
    result: Any = tuple_type(item, like.count)

    def build(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return context.make_tuple(builder, result, [arguments[0]] * like.count)

    return result(item, like), build


_repeated: Any = intrinsic(_repeated_typer)


def coordinates(x: Point) -> Any:
    """Return the coordinates of `x`: itself if it is a tuple or an array, ``(x,)`` if it is one number."""
    return x if isinstance(x, tuple) else (x,)


@_compiled_form(coordinates)
def _coordinates(x: Any) -> Callable[..., Any]:
    if isinstance(x, types.UniTuple) and isinstance(x.dtype, types.Integer | types.Boolean):
        return _coordinates_of_integers
    if isinstance(x, types.Number):
        return lambda x: (float(x),)
    return lambda x: x


def _coordinates_of_integers(x: Any) -> Any:
    # Writing floats into a tuple of integers would cut them.
    out = _repeated(0.0, x)
    for i in range(len(x)):
        out = set_item(out, i, float(x[i]))
    return out


def as_point(x: Point, items: Any) -> Point:
    """Give `items` the form of `x`: the single item where `x` is one number."""
    return items if isinstance(x, tuple) else items[0]


@_compiled_form(as_point)
def _as_point(x: Any, items: Any) -> Callable[..., Any]:
    if isinstance(x, types.Number):
        return lambda x, items: items[0]
    return lambda x, items: items


def with_item(items: Any, index: int, value: Scalar) -> Any:
    """Return `items` with one of them replaced."""
    return (*items[:index], value, *items[index + 1 :])


@_compiled_form(with_item)
def _with_item(items: Any, index: Any, value: Any) -> Callable[..., Any]:
    if isinstance(items, types.Array):
        return _with_array_item
    return lambda items, index, value: set_item(items, index, value)


def _with_array_item(items: Any, index: int, value: float) -> Any:
    # The caller's array is a point in use: tuples are copied too.
    out = items.copy()
    out[index] = value
    return out


def zero_matrix(items: Any) -> Any:
    """Return a square matrix of zeros, one row per coordinate, to fill with `with_entry`."""
    return [[0.0] * len(items) for _ in items]


@_compiled_form(zero_matrix)
def _zero_matrix(items: Any) -> Callable[..., Any]:
    if isinstance(items, types.Array):
        return lambda items: np.zeros((len(items), len(items)))
    return lambda items: _repeated(_repeated(0.0, items), items)


def with_entry(rows: Any, i: int, j: int, value: Scalar) -> Any:
    """Return the matrix with one entry replaced."""
    # A list, made by zero_matrix: nobody else holds it.
    rows[i][j] = value
    return rows


@_compiled_form(with_entry)
def _with_entry(rows: Any, i: Any, j: Any, value: Any) -> Callable[..., Any]:
    if isinstance(rows, types.Array):
        return _with_array_entry
    return lambda rows, i, j, value: set_item(rows, i, set_item(rows[i], j, value))


def _with_array_entry(rows: Any, i: int, j: int, value: float) -> Any:
    rows[i, j] = value
    return rows


def as_matrix(x: Point, rows: Any) -> Any:
    """Give a square matrix the form of a Hessian at `x`: the single entry where `x` is one number."""
    return tuple(tuple(row) for row in rows) if isinstance(x, tuple) else rows[0][0]


@_compiled_form(as_matrix)
def _as_matrix(x: Any, rows: Any) -> Callable[..., Any]:
    if isinstance(x, types.Number):
        return lambda x, rows: rows[0][0]
    return lambda x, rows: rows


def diagonal(x: Point, entries: Any) -> Any:
    """Return the Hessian at `x` whose diagonal is `entries` and whose other entries are zero."""
    rows = zero_matrix(entries)
    for i in range(len(entries)):
        rows = with_entry(rows, i, i, entries[i])
    return as_matrix(x, rows)


@_compiled_form(diagonal)
def _diagonal(x: Any, entries: Any) -> Callable[..., Any]:
    return diagonal


def chosen(condition: Scalar, accepted: Scalar, otherwise: Scalar) -> Scalar:
    """Return one of two numbers; the twin of `numpy.where` that is a number in compiled code."""
    return np.where(condition, accepted, otherwise)


@_compiled_form(chosen)
def _chosen(condition: Any, accepted: Any, otherwise: Any) -> Callable[..., Any]:
    return lambda condition, accepted, otherwise: accepted if condition else otherwise


def from_row(row: Any, pattern: Any) -> Point:
    """Return the coordinates in `row` in the form of `pattern`: a number, a tuple, or None for the row."""
    if pattern is None:
        return row
    return tuple(row.tolist()) if isinstance(pattern, tuple) else float(row[0])


@_compiled_form(from_row)
def _from_row(row: Any, pattern: Any) -> Callable[..., Any]:
    if isinstance(pattern, types.NoneType):
        return lambda row, pattern: row
    if isinstance(pattern, types.Number):
        return lambda row, pattern: row[0]
    return _tuple_from_row


def _tuple_from_row(row: Any, pattern: Any) -> Any:
    out = pattern
    for i in range(len(pattern)):
        out = set_item(out, i, row[i])
    return out


def pattern_of(dim: int) -> tuple[float, ...] | float | None:
    """Return the form in which a callback of this dimension sees a point, for `from_row`."""
    if dim == 1:
        return 0.0
    return (0.0,) * dim if dim <= LARGEST_TUPLE else None
