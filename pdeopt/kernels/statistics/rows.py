"""Rows of values of many paths: which are finite, and dot products."""

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, kernel


@fast_kernel
def row_sum(row: FloatArray, origin: float) -> float:
    """Return the sum of ``row - origin``."""
    total = 0.0
    for i in range(row.size):
        total += row[i] - origin
    return total


@kernel
def count_invalid(values: FloatArray, out: IntArray) -> None:
    """Write the number of non-finite entries along the last axis of `values`, shape ``out.shape + (lanes,)``."""
    for t in range(values.shape[0]):
        for v in range(values.shape[1]):
            row = values[t, v]
            out[t, v] = 0
            # A finite sum has finite terms; any other is looked at term by term.
            if not np.isfinite(row_sum(row, 0.0)):
                for i in range(row.size):
                    out[t, v] += not np.isfinite(row[i])


@kernel
def keep_finite(row: FloatArray, out: FloatArray) -> int:
    """Write the finite entries of `row` to the front of `out` and return their number."""
    m = 0
    for i in range(row.size):
        if np.isfinite(row[i]):
            out[m] = row[i]
            m += 1
    return m


@kernel
def find_complete(rows: FloatArray, out: BoolArray) -> int:
    """Mark the lanes that are finite in every one of `rows`, shape (n, lanes), and return their number."""
    m = 0
    for i in range(rows.shape[1]):
        complete = True
        for v in range(rows.shape[0]):
            complete &= np.isfinite(rows[v, i])
        out[i] = complete
        m += complete
    return m


@kernel
def keep(row: FloatArray, mask: BoolArray, out: FloatArray) -> None:
    """Write the marked entries of `row` to the front of `out`."""
    m = 0
    for i in range(row.size):
        if mask[i]:
            out[m] = row[i]
            m += 1


@fast_kernel
def centre(row: FloatArray, origin: float, out: FloatArray) -> float:
    """Write ``row - origin - mean`` and return that mean of ``row - origin``."""
    mean = row_sum(row, origin) / row.size
    for i in range(row.size):
        out[i] = (row[i] - origin) - mean
    return mean


@fast_kernel
def dot(x: FloatArray, y: FloatArray) -> float:
    """Return the dot product of two rows of the same length."""
    total = 0.0
    for i in range(x.size):
        total += x[i] * y[i]
    return total


@fast_kernel
def dot_4(
    x: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray
) -> tuple[float, float, float, float]:
    """Return the dot products of one row with four, reading it once."""
    with_a = with_b = with_c = with_d = 0.0
    for i in range(x.size):
        with_a += x[i] * a[i]
        with_b += x[i] * b[i]
        with_c += x[i] * c[i]
        with_d += x[i] * d[i]
    return with_a, with_b, with_c, with_d
