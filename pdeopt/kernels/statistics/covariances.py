"""Sums of products of deviations from the mean: between values, and between times of one value."""

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.statistics.rows import centre, dot, dot_4, find_complete, keep


@kernel
def products(rows: FloatArray, m: int, out: FloatArray) -> None:
    """Write the dot products of all pairs of `rows`, each the first `m` entries, to the upper triangle of `out`."""
    n = rows.shape[0]
    for i in range(n):
        row = rows[i][:m]
        j = i
        while j + 4 <= n:
            four = dot_4(row, rows[j][:m], rows[j + 1][:m], rows[j + 2][:m], rows[j + 3][:m])
            for k in range(4):
                out[i, j + k] = four[k]
            j += 4
        while j < n:
            out[i, j] = dot(row, rows[j][:m])
            j += 1


@kernel
def merge_products(
    n_a: int,
    mean_a: FloatArray,
    a: FloatArray,
    n_b: int,
    mean_b: FloatArray,
    b: FloatArray,
    delta: FloatArray,
) -> None:
    """Merge upper triangles of sums of products `b` about `mean_b` into `a` about `mean_a`; `delta` is scratch."""
    n = n_a + n_b
    weight = n_a * (n_b / n)
    for i in range(delta.size):
        delta[i] = mean_b[i] - mean_a[i]
        mean_a[i] += delta[i] * (n_b / n)
    for i in range(delta.size):
        for j in range(i, delta.size):
            a[i, j] += b[i, j] + weight * delta[i] * delta[j]


@kernel
def add_covariances(
    values: FloatArray,
    invalid: IntArray,
    rows: FloatArray,
    mask: BoolArray,
    work: FloatArray,
    count: IntArray,
    origin: FloatArray,
    mean: FloatArray,
    sums: FloatArray,
) -> None:
    """Add the lanes of `values[t]` that are finite in every value to the sums of products.

    Parameters
    ----------
    values : array, shape (k, n, lanes)
    invalid : array, shape (k, n)
        Number of non-finite entries of each row.
    rows, mask, work : array, shape (n, lanes), (lanes,), (n + 2, n)
        Scratch.
    count : array, shape (k,)
    origin, mean : array, shape (k, n)
        Means are about the origin, which is set where the count is zero.
    sums : array, shape (k, n, n)
    """
    n, lanes = values.shape[1:]
    part, part_mean, delta = work[:n], work[n], work[n + 1]
    for t in range(values.shape[0]):
        m = lanes
        if invalid[t].sum() > 0:
            m = find_complete(values[t], mask)
        if m == 0:
            continue
        for v in range(n):
            row = values[t, v]
            if m < lanes:
                keep(row, mask, rows[v])
                row = rows[v][:m]
            if count[t] == 0:
                origin[t, v] = row[0]
            part_mean[v] = centre(row, origin[t, v], rows[v])
        products(rows, m, part)
        merge_products(count[t], mean[t], sums[t], m, part_mean, part, delta)
        count[t] += m


@kernel
def merge_covariances(
    count: IntArray,
    origin: FloatArray,
    mean: FloatArray,
    sums: FloatArray,
    other_count: IntArray,
    other_origin: FloatArray,
    other_mean: FloatArray,
    other_sums: FloatArray,
    work: FloatArray,
) -> None:
    """Merge the sums of other paths into those of `add_covariances`; `work` has shape (2, n)."""
    for t in range(count.size):
        if count[t] == 0:
            origin[t] = other_origin[t]
        if other_count[t] > 0:
            work[0] = other_mean[t] + (other_origin[t] - origin[t])
            merge_products(count[t], mean[t], sums[t], other_count[t], work[0], other_sums[t], work[1])
            count[t] += other_count[t]
