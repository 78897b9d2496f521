"""Lines of an array along any axis, copied to and from the rows of a scratch array.

A field of shape `(outer, n, inner)` has `outer * inner` lines: line `l` is `field[l // inner, :, l % inner]`.
"""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel

TILE = 8
"""Entries of a line copied before those of the next one: a cache line of a row."""
PADDING = 8
"""Entries by which rows of scratch are longer than their lines, so that powers of two do not share cache sets."""


@kernel
def copy(x: FloatArray, out: FloatArray) -> None:
    """Copy a line to the beginning of another: assigning it to a slice takes seconds to compile."""
    for i in range(x.size):
        out[i] = x[i]


@kernel
def line_or_row(field: FloatArray, line: int, row: FloatArray) -> FloatArray:
    """Return the line itself if lines are contiguous, which need no copy, else the row that stands for it."""
    n = field.shape[1]
    return field.reshape(-1, n)[line] if field.shape[2] == 1 else row[:n]


@kernel
def gather_block(field: FloatArray, first: int, count: int, rows: FloatArray) -> None:
    """Copy the lines `first`, ..., `first + count - 1` of `field` to the first entries of `rows`."""
    n, inner = field.shape[1], field.shape[2]
    done = 0
    while done < count:
        outer, start = (first + done) // inner, (first + done) % inner
        width = min(inner - start, count - done)
        for low in range(0, n, TILE):
            for r in range(width):
                for p in range(low, min(low + TILE, n)):
                    rows[done + r, p] = field[outer, p, start + r]
        done += width


@kernel
def scatter_block(rows: FloatArray, first: int, count: int, field: FloatArray) -> None:
    """Copy `rows` to the lines `first`, ..., `first + count - 1` of `field`."""
    n, inner = field.shape[1], field.shape[2]
    if inner == 1:
        for r in range(count):
            copy(rows[r, :n], line_or_row(field, first + r, rows[r]))
        return
    done = 0
    while done < count:
        outer, start = (first + done) // inner, (first + done) % inner
        width = min(inner - start, count - done)
        for low in range(0, n, TILE):
            for p in range(low, min(low + TILE, n)):
                for r in range(width):
                    field[outer, p, start + r] = rows[done + r, p]
        done += width
