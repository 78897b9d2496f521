"""Counts of values between edges, found through a table of cells."""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.statistics.rows import keep_finite


@kernel
def halve(x: float, edges: FloatArray, low: int, high: int) -> int:
    """Return the first of at most two bins, among `low` to `high`, that can hold `x`."""
    while low + 1 < high:
        middle = (low + high) >> 1
        if x >= edges[middle]:
            low = middle
        else:
            high = middle - 1
    return low


@kernel
def find_bin(x: float, edges: FloatArray, guide: IntArray, scale: float) -> int:
    """Return 0 for `x` below the edges, 1 to ``edges.size - 1`` for the bin it is in, ``edges.size`` above.

    A bin holds its left edge; the last also its right one. Cell c of width ``1 / scale`` from the first edge on meets
    no bins but ``guide[2 c]`` to ``guide[2 c + 1]`` (numbered from zero).
    """
    lower, upper = edges[0], edges[edges.size - 1]
    place, last = (x - lower) * scale, guide.size // 2 - 1.0
    # Without branches, which random values would make the processor mispredict.
    place = place if place < last else last
    place = place if place > 0.0 else 0.0
    c = np.int32(place)
    low, high = guide[2 * c], guide[2 * c + 1]
    if low + 1 < high:
        low = halve(x, edges, low, high)
    found = min(low + (x >= edges[low + 1]), edges.size - 2)
    return int(found + 1 - (x < lower) + (x > upper))


@kernel
def count_row(row: FloatArray, edges: FloatArray, guide: IntArray, scale: float, out: IntArray) -> None:
    """Count finite values into `out`, shape (edges.size + 1,): below the edges, the bins, above."""
    for i in range(row.size):
        out[find_bin(row[i], edges, guide, scale)] += 1


@kernel
def add_histograms(
    values: FloatArray,
    invalid: IntArray,
    index: int,
    scratch: FloatArray,
    edges: FloatArray,
    guide: IntArray,
    scale: float,
    out: IntArray,
) -> None:
    """Count value `index` of all times of `values`, shape (k, n, lanes), into `out`, shape (k, edges.size + 1)."""
    for t in range(values.shape[0]):
        row = values[t, index]
        if invalid[t, index] > 0:
            row = scratch[: keep_finite(row, scratch)]
        count_row(row, edges, guide, scale, out[t])
