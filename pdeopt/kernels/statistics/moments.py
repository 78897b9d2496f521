"""Central sums of powers, updated by rows and merged without cancellation.

Sums of one quantity are an array ``[m, M_2, ..., M_p]``: the mean about an origin near the data, and the sums of
``(x - origin - m)^k``. Merging follows P. Pebay, SAND2008-6212, eq. 3.1.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, kernel
from pdeopt.kernels.statistics.rows import keep_finite, row_sum

BINOMIALS = np.array([[1.0 * np.prod([(p - j) / (j + 1) for j in range(k)]) for k in range(9)] for p in range(9)])


@fast_kernel
def square_sum(row: FloatArray, origin: float, mean: float) -> float:
    """Return the sum of ``(row - origin - mean)^2``."""
    total = 0.0
    for i in range(row.size):
        x = (row[i] - origin) - mean
        total += x * x
    return total


@fast_kernel
def power_sums_4(row: FloatArray, origin: float, mean: float) -> tuple[float, float, float]:
    """Return the sums of powers 2 to 4 of ``row - origin - mean``."""
    second = third = fourth = 0.0
    for i in range(row.size):
        x = (row[i] - origin) - mean
        square = x * x
        second += square
        third += square * x
        fourth += square * square
    return second, third, fourth


@fast_kernel
def power_sums_8(row: FloatArray, origin: float, mean: float) -> tuple[float, float, float, float]:
    """Return the sums of powers 5 to 8 of ``row - origin - mean``."""
    fifth = sixth = seventh = eighth = 0.0
    for i in range(row.size):
        x = (row[i] - origin) - mean
        square = x * x
        fourth = square * square
        fifth += fourth * x
        sixth += fourth * square
        seventh += fourth * square * x
        eighth += fourth * fourth
    return fifth, sixth, seventh, eighth


@kernel
def central_sums(row: FloatArray, origin: float, out: FloatArray) -> None:
    """Write the mean of ``row - origin`` and the central sums of orders 2 to ``out.size`` (at most 8)."""
    mean = row_sum(row, origin) / row.size
    out[0] = mean
    if out.size == 2:
        out[1] = square_sum(row, origin, mean)
    if out.size > 2:
        low = power_sums_4(row, origin, mean)
        for k in range(min(3, out.size - 1)):
            out[1 + k] = low[k]
    if out.size > 4:
        high = power_sums_8(row, origin, mean)
        for k in range(out.size - 4):
            out[4 + k] = high[k]


@kernel
def merge_sums(n_a: int, a: FloatArray, n_b: int, b: FloatArray, shift: float) -> None:
    """Merge the sums `b` of `n_b` values into `a` of `n_a`; `shift` is the origin of `b` less that of `a`."""
    n = n_a + n_b
    delta = b[0] + shift - a[0]
    u, v = -delta * (n_b / n), delta * (n_a / n)
    # From the highest order down: each uses lower ones as they were.
    for p in range(a.size, 1, -1):
        total = a[p - 1] + b[p - 1]
        u_k, v_k = u, v
        for k in range(1, p - 1):
            total += BINOMIALS[p, k] * (u_k * a[p - k - 1] + v_k * b[p - k - 1])
            u_k, v_k = u_k * u, v_k * v
        # Here u_k = u^(p-1): the terms of the orders 1 (zero) and 0 (the counts).
        a[p - 1] = total + (n_a * (u_k * u) + n_b * (v_k * v))
    a[0] -= u


@kernel
def add_moments(
    values: FloatArray,
    invalid: IntArray,
    scratch: FloatArray,
    count: IntArray,
    origin: FloatArray,
    sums: FloatArray,
) -> None:
    """Add rows `values[t, v]` to `count[t, v]` and `sums[t, v]`.

    Parameters
    ----------
    values : array, shape (k, n, lanes)
    invalid : array, shape (k, n)
        Number of non-finite entries of each row, which are left out.
    scratch : array, shape (lanes + 8,)
    count, origin : array, shape (k, n)
        The origin is set where the count is zero.
    sums : array, shape (k, n, order)
    """
    lanes, order = values.shape[2], sums.shape[2]
    part = scratch[lanes : lanes + order]
    for t in range(values.shape[0]):
        for v in range(values.shape[1]):
            row = values[t, v]
            if invalid[t, v] > 0:
                row = scratch[: keep_finite(row, scratch)]
            if row.size > 0:
                if count[t, v] == 0:
                    origin[t, v] = row[0]
                central_sums(row, origin[t, v], part)
                merge_sums(count[t, v], sums[t, v], row.size, part, 0.0)
                count[t, v] += row.size


@kernel
def merge_moments(
    count: IntArray,
    origin: FloatArray,
    sums: FloatArray,
    other_count: IntArray,
    other_origin: FloatArray,
    other_sums: FloatArray,
) -> None:
    """Merge the sums of other paths into those of `add_moments`; shapes (n_times, n) and (n_times, n, order)."""
    for t in range(count.shape[0]):
        for v in range(count.shape[1]):
            if count[t, v] == 0:
                origin[t, v] = other_origin[t, v]
            if other_count[t, v] > 0:
                shift = other_origin[t, v] - origin[t, v]
                merge_sums(count[t, v], sums[t, v], other_count[t, v], other_sums[t, v], shift)
                count[t, v] += other_count[t, v]
