"""One function of ``(x, *args)`` on many points: by NumPy, by a compiled loop, or by a Python loop."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba.core.errors import NumbaError

from pdeopt._types import Arguments, FloatArray, Point, ScalarFunction
from pdeopt.kernels._points import coordinates, from_row, pattern_of

SLAB = 2**20
"""Nodes evaluated at a time on a grid: bounds the size of temporaries."""


def is_compiled(function: ScalarFunction) -> bool:
    """Tell whether Numba has the function, so that compiled code can call it."""
    return hasattr(function, "py_func")


def plain(function: ScalarFunction) -> ScalarFunction:
    """Return the Python body of a compiled function, or the function itself."""
    body: ScalarFunction = getattr(function, "py_func", function)
    return body


def at_points(function: ScalarFunction, args: Arguments, points: FloatArray, rank: int, vectorised: bool) -> FloatArray:
    """Evaluate at points of shape (..., d); the result adds `rank` axes of length d."""
    dim = points.shape[-1]
    if vectorised:
        x = points[..., 0] if dim == 1 else tuple(points[..., i] for i in range(dim))
        return _by_numpy(function, args, x, points.shape[:-1], dim, rank)
    rows = np.ascontiguousarray(points).reshape(-1, dim)
    out = np.empty((len(rows),) + (dim,) * rank)
    if is_compiled(function):
        try:
            _compiled_loop(function, dim, rank)(rows, args, out)
        except NumbaError as error:
            raise TypeError(_why_not_compiled(function, dim, rank, args, error)) from None
    else:
        _python_loop(function, dim, rank)(rows, args, out)
    return out.reshape(points.shape[:-1] + (dim,) * rank)


def _why_not_compiled(function: ScalarFunction, dim: int, rank: int, args: Arguments, error: Exception) -> str:
    """Return one line about a function that Numba refuses, without the history of the attempt."""
    lines = [line.strip() for line in str(error).splitlines()]
    reason = next((line for line in lines if line and not line.startswith("Failed in")), "unknown reason")
    x = "a float" if dim == 1 else f"a tuple of {dim} floats" if dim <= 8 else "an array"
    result = ("a float", "one float per coordinate", "rows of floats")[rank]
    return (
        f"{plain(function).__name__}(x, *args) does not compile for x = {x} and args={args!r}: {reason[:200]}. "
        f"It takes x and {len(args)} args and returns {result}; plain Python functions need no compiler."
    )


def on_axes(function: ScalarFunction, args: Arguments, axes: Sequence[FloatArray]) -> FloatArray:
    """Evaluate a vectorised function on the product of axes, slab by slab."""
    out = np.empty(tuple(axis.size for axis in axes))
    for slab in slabs(out.shape):
        parts = [axis[piece] for axis, piece in zip(axes, slab, strict=True)]
        x = parts[0] if len(parts) == 1 else np.ix_(*parts)
        out[slab] = _by_numpy(function, args, x, out[slab].shape, len(parts), 0)
    return out


def field_on_axes(field: Callable[[FloatArray], FloatArray], axes: Sequence[FloatArray]) -> FloatArray:
    """Evaluate a field of points (..., d) on the product of axes, slab by slab."""
    out = np.empty(tuple(axis.size for axis in axes))
    for slab in slabs(out.shape):
        parts = [axis[piece] for axis, piece in zip(axes, slab, strict=True)]
        out[slab] = field(np.stack(np.meshgrid(*parts, indexing="ij"), axis=-1))
    return out


def slabs(shape: tuple[int, ...], limit: int = SLAB) -> Iterator[tuple[slice, ...]]:
    """Cut an index box into boxes of at most `limit` entries, in order."""
    if not shape:
        yield ()
        return
    below = int(np.prod(shape[1:], dtype=np.int64))
    step = max(1, limit // max(1, below))
    for start in range(0, shape[0], step):
        # Axes after the first are cut as well where one row exceeds the limit.
        for rest in slabs(shape[1:], limit):
            yield (slice(start, min(start + step, shape[0])), *rest)


def _by_numpy(
    function: ScalarFunction, args: Arguments, x: Point, shape: tuple[int, ...], dim: int, rank: int
) -> FloatArray:
    # Walls and overflow are values here, not mistakes.
    with np.errstate(all="ignore"):
        result = plain(function)(x, *args)
    out = np.empty(shape + (dim,) * rank)
    for index in np.ndindex((dim,) * rank):
        out[(..., *index)] = _entry(result, index) if dim > 1 else result
    return out


def _entry(result: Any, index: tuple[int, ...]) -> Any:
    for i in index:
        result = result[i]
    return result


def _python_loop(function: ScalarFunction, dim: int, rank: int) -> Callable[..., None]:
    pattern = pattern_of(dim)

    def loop(rows: FloatArray, args: Arguments, out: FloatArray) -> None:
        for n, row in enumerate(rows):
            out[n] = _shaped(function(from_row(row, pattern), *args), (dim,) * rank, function)

    return loop


def _shaped(result: Any, shape: tuple[int, ...], function: ScalarFunction) -> FloatArray:
    try:
        # NumPy reads None as NaN.
        return np.asarray(() if result is None else result, dtype=float).reshape(shape)
    except (TypeError, ValueError):
        name, wanted = getattr(function, "__name__", "the function"), f"numbers of shape {shape}"
        raise TypeError(f"{name} returned {result!r}: it must return {wanted if shape else 'a real number'}.") from None


@lru_cache(maxsize=256)
def _compiled_loop(function: ScalarFunction, dim: int, rank: int) -> Callable[..., None]:
    # `function`, `dim` and `pattern` are constants to the compiler, which inlines and unrolls.
    pattern = pattern_of(dim)

    def values(rows: FloatArray, args: Arguments, out: FloatArray) -> None:
        for n in range(len(rows)):
            out[n] = function(from_row(rows[n], pattern), *args)

    def vectors(rows: FloatArray, args: Arguments, out: FloatArray) -> None:
        for n in range(len(rows)):
            result = coordinates(function(from_row(rows[n], pattern), *args))
            for i in range(dim):
                out[n, i] = result[i]

    def matrices(rows: FloatArray, args: Arguments, out: FloatArray) -> None:
        for n in range(len(rows)):
            result = coordinates(function(from_row(rows[n], pattern), *args))
            for i in range(dim):
                row = coordinates(result[i])
                for j in range(dim):
                    out[n, i, j] = row[j]

    compiled: Callable[..., None] = numba.njit(nogil=True)((values, vectors, matrices)[rank])
    return compiled
