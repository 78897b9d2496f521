"""Arithmetic on small matrices: tuples of rows, each a tuple of floats; in one dimension the matrix is its only row.

Written like `pdeopt.kernels.vectors`: the same functions run in plain Python and compile to straight code.
"""

from collections.abc import Callable
from typing import Any, cast

from numba.core import types
from numba.extending import intrinsic, overload

from pdeopt.kernels.vectors import Vector, apply, dot, plus_times

Matrix = Any


def _register(function: Callable[..., Any]) -> Callable[[Any], Any]:
    return cast("Callable[[Any], Any]", overload(function, strict=False))


def _is_tuple(kind: Any) -> bool:
    return isinstance(kind, types.BaseTuple)


def _is_matrix(kind: Any) -> bool:
    return _is_tuple(kind) and _is_tuple(kind[0])


def _columns_typer(_typing_context: Any, rows: Any) -> Any:
    tuple_of: Any = types.UniTuple
    result = tuple_of(tuple_of(types.float64, len(rows)), len(rows[0]))

    def build(context: Any, builder: Any, _: Any, values: Any) -> Any:
        lines = [builder.extract_value(values[0], i) for i in range(len(rows))]

        def column(k: int) -> Any:
            items = [
                context.cast(builder, builder.extract_value(line, k), kind[k], types.float64)
                for line, kind in zip(lines, rows, strict=True)
            ]
            return context.make_tuple(builder, result.dtype, items)

        return context.make_tuple(builder, result, [column(k) for k in range(len(rows[0]))])

    return result(rows), build


_columns: Callable[..., Any] = intrinsic(_columns_typer)


def columns(rows: Matrix) -> Any:
    """Return the columns of a matrix; those of a single row of floats are its entries."""
    return tuple(zip(*rows, strict=True)) if isinstance(rows[0], tuple) else rows


@_register(columns)
def _typed_columns(rows: Any) -> Any:
    return (lambda rows: _columns(rows)) if _is_matrix(rows) else lambda rows: rows


def contracted(x: Any, y: Any) -> float:
    """Return the sum of the products of all entries of two tuples, nested alike."""
    if isinstance(x[0], tuple):
        return sum((dot(a, b) for a, b in zip(x, y, strict=True)), 0.0)
    return dot(x, y)


@_register(contracted)
def _typed_contracted(x: Any, y: Any) -> Any:  # noqa: ARG001
    if not _is_matrix(x):
        return lambda x, y: dot(x, y)
    return _contracted_rows if len(x) > 1 else lambda x, y: dot(x[0], y[0])


def _contracted_rows(x: Any, y: Any) -> Any:
    return dot(x[0], y[0]) + contracted(x[1:], y[1:])


def contracted_each(tensor: Any, y: Any) -> Vector:
    """Return `contracted(part, y)` of every part of a tensor; of the tensor itself where it is nested like `y`."""
    if _depth(tensor) == _depth(y):
        return contracted(tensor, y)
    return tuple(contracted(part, y) for part in tensor)


def _depth(value: Any) -> int:
    return 1 + _depth(value[0]) if isinstance(value, tuple) else 0


def _typed_depth(kind: Any) -> int:
    return 1 + _typed_depth(kind[0]) if _is_tuple(kind) else 0


@_register(contracted_each)
def _typed_contracted_each(tensor: Any, y: Any) -> Any:
    if _typed_depth(tensor) == _typed_depth(y):
        return lambda tensor, y: contracted(tensor, y)
    return _contracted_parts if len(tensor) > 1 else lambda tensor, y: (contracted(tensor[0], y),)


def _contracted_parts(tensor: Any, y: Any) -> Any:
    return (contracted(tensor[0], y), *contracted_each(tensor[1:], y))


def images(matrix: Matrix, vectors: Any) -> Any:
    """Return the products of a matrix with each of a tuple of vectors."""
    return tuple(apply(matrix, y) for y in vectors)


@_register(images)
def _typed_images(matrix: Any, vectors: Any) -> Any:  # noqa: ARG001
    return _images_of if len(vectors) > 1 else lambda matrix, vectors: (apply(matrix, vectors[0]),)


def _images_of(matrix: Any, vectors: Any) -> Any:
    return (apply(matrix, vectors[0]), *images(matrix, vectors[1:]))


def solved(matrix: Matrix, y: Vector) -> Vector:
    """Return x of `matrix x = y` by Gaussian elimination without exchange of rows.

    Safe where the symmetric part of the matrix is positive definite; in one dimension a division.
    """
    if not isinstance(matrix, tuple):
        return y / matrix
    if len(y) == 1:
        return (y[0] / matrix[0][0],)
    rows = _eliminated(matrix[1:], matrix[0])
    rest = solved(rows, _lowered(y[1:], matrix[1:], y[0] / matrix[0][0]))
    return ((y[0] - dot(matrix[0][1:], rest)) / matrix[0][0], *rest)


@_register(solved)
def _typed_solved(matrix: Any, y: Any) -> Any:  # noqa: ARG001
    if not _is_tuple(matrix):
        return lambda matrix, y: y / matrix
    return _solved_rows if len(matrix) > 1 else lambda matrix, y: (y[0] / matrix[0][0],)


def _solved_rows(matrix: Any, y: Any) -> Any:
    rows = _eliminated(matrix[1:], matrix[0])
    rest = solved(rows, _lowered(y[1:], matrix[1:], y[0] / matrix[0][0]))
    return ((y[0] - dot(matrix[0][1:], rest)) / matrix[0][0], *rest)


def _eliminated(rows: Any, head: Any) -> Any:
    """Return rows without their first column, after subtracting multiples of `head`."""
    return tuple(plus_times(row[1:], -row[0] / head[0], head[1:]) for row in rows)


@_register(_eliminated)
def _typed_eliminated(rows: Any, head: Any) -> Any:  # noqa: ARG001
    if len(rows) > 1:
        return _eliminated_rows
    return lambda rows, head: (plus_times(rows[0][1:], -rows[0][0] / head[0], head[1:]),)


def _eliminated_rows(rows: Any, head: Any) -> Any:
    return (plus_times(rows[0][1:], -rows[0][0] / head[0], head[1:]), *_eliminated(rows[1:], head))


def _lowered(y: Any, rows: Any, factor: float) -> Any:
    """Return `y_i - rows_i0 factor`."""
    return plus_times(y, -factor, columns(rows)[0])


@_register(_lowered)
def _typed_lowered(y: Any, rows: Any, factor: Any) -> Any:  # noqa: ARG001
    return lambda y, rows, factor: plus_times(y, -factor, columns(rows)[0])
