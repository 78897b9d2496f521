"""Sums of products of one value at two times, by the lag between them."""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.statistics.rows import centre, dot, dot_4, keep_finite, row_sum


@kernel
def merge_pair(n: int, x: float, y: float, product: float, count: IntArray, sums: FloatArray) -> None:
    """Merge `n` pairs with means `x` and `y` and sum of products of deviations `product`.

    `sums` holds the same three numbers of the ``count[0]`` pairs so far.
    """
    share = n / (count[0] + n)
    dx, dy = x - sums[0], y - sums[1]
    sums[2] += product + count[0] * share * (dx * dy)
    sums[0] += dx * share
    sums[1] += dy * share
    count[0] += n


@kernel
def add_incomplete_pair(
    x: FloatArray, x_mean: float, y: FloatArray, y_mean: float, count: IntArray, sums: FloatArray
) -> None:
    """Merge the pairs of two rows of deviations that are both finite."""
    n, x_sum, y_sum, product = 0, 0.0, 0.0, 0.0
    for i in range(x.size):
        if np.isfinite(x[i]) and np.isfinite(y[i]):
            n += 1
            x_sum += x[i]
            y_sum += y[i]
            product += x[i] * y[i]
    if n > 0:
        x_part, y_part = x_sum / n, y_sum / n
        merge_pair(n, x_mean + x_part, y_mean + y_part, product - n * x_part * y_part, count, sums)


@kernel
def keep_deviations(row: FloatArray, invalid: int, origin: float, out: FloatArray) -> float:
    """Write the deviations of a row from its mean over finite entries, and return that mean about `origin`."""
    if invalid == 0:
        return centre(row, origin, out)
    m = keep_finite(row, out)
    mean = row_sum(out[:m], origin) / max(1, m)
    for i in range(row.size):
        out[i] = (row[i] - origin) - mean
    return mean


@kernel
def lag_products(place: int, n_before: int, rows: FloatArray, out: FloatArray) -> None:
    """Write the dot products of the row at `place` of a ring with the rows 0 to `n_before` places before it."""
    ring = rows.shape[0]
    now = rows[place]
    lag = 0
    while lag + 3 <= n_before:
        a, b = rows[(place - lag) % ring], rows[(place - lag - 1) % ring]
        c, d = rows[(place - lag - 2) % ring], rows[(place - lag - 3) % ring]
        out[lag], out[lag + 1], out[lag + 2], out[lag + 3] = dot_4(now, a, b, c, d)
        lag += 4
    while lag <= n_before:
        out[lag] = dot(now, rows[(place - lag) % ring])
        lag += 1


@kernel
def add_lags(
    place: int,
    rows: FloatArray,
    means: FloatArray,
    gaps: IntArray,
    products: FloatArray,
    count: IntArray,
    sums: FloatArray,
) -> None:
    """Pair the row at `place` of a ring of deviations with itself and the rows before it, one for each product.

    Parameters
    ----------
    place : int
    rows : array, shape (ring, lanes)
    means, gaps : array, shape (ring,)
        The mean that each row deviates from, and its number of non-finite entries.
    products : array, shape (n_before + 1,)
        Dot products of the row with those before it.
    count : array, shape (n_lags + 1, 1)
    sums : array, shape (n_lags + 1, 3)
        Mean of the later value, of the earlier one, and sum of products of deviations.
    """
    for lag in range(products.size):
        at = (place - lag) % rows.shape[0]
        if gaps[place] + gaps[at] > 0:
            add_incomplete_pair(rows[place], means[place], rows[at], means[at], count[lag], sums[lag])
        else:
            merge_pair(rows.shape[1], means[place], means[at], products[lag], count[lag], sums[lag])


@kernel
def add_correlations(
    values: FloatArray,
    invalid: IntArray,
    n_seen: int,
    scratch: FloatArray,
    origin: FloatArray,
    rows: FloatArray,
    means: FloatArray,
    gaps: IntArray,
    count: IntArray,
    sums: FloatArray,
) -> None:
    """Pair rows `values[t, v]` with those up to `n_lags` times before.

    Parameters
    ----------
    values : array, shape (k, n, lanes)
    invalid : array, shape (k, n)
        Number of non-finite entries of each row; pairs with one are left out.
    n_seen : int
        Number of times of these paths before the first of `values`.
    scratch : array, shape (n_lags + 1,)
    origin : array, shape (n,)
        Set by the first finite value where it is NaN.
    rows, means, gaps : array, shape (n, n_lags + 1, lanes), (n, n_lags + 1), (n, n_lags + 1)
        Ring of the last rows, kept between calls.
    count, sums : array, shape (n, n_lags + 1, 1), (n, n_lags + 1, 3)
    """
    ring = rows.shape[1]
    for v in range(values.shape[1]):
        for t in range(values.shape[0]):
            row = values[t, v]
            place = (n_seen + t) % ring
            if np.isnan(origin[v]) and invalid[t, v] < row.size:
                origin[v] = row[np.argmax(np.isfinite(row))]
            gaps[v, place] = invalid[t, v]
            means[v, place] = keep_deviations(row, invalid[t, v], origin[v], rows[v, place])
            n_before = min(ring - 1, n_seen + t)
            lag_products(place, n_before, rows[v], scratch)
            add_lags(place, rows[v], means[v], gaps[v], scratch[: n_before + 1], count[v], sums[v])


@kernel
def merge_correlations(
    origin: FloatArray,
    count: IntArray,
    sums: FloatArray,
    other_origin: FloatArray,
    other_count: IntArray,
    other_sums: FloatArray,
) -> None:
    """Merge the sums of other paths into those of `add_correlations`."""
    for v in range(origin.size):
        if np.isnan(origin[v]):
            origin[v] = other_origin[v]
        shift = other_origin[v] - origin[v]
        for lag in range(count.shape[1]):
            n, x, y = other_count[v, lag, 0], other_sums[v, lag, 0], other_sums[v, lag, 1]
            if n > 0:
                merge_pair(n, x + shift, y + shift, other_sums[v, lag, 2], count[v, lag], sums[v, lag])
