"""Averages under softmin weights: means, covariances and other fields, summed about references."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import fast_kernel, kernel
from pdeopt.kernels.tiles import TILE


@kernel
def n_products(n_means: int) -> int:
    """Return the number of distinct products of `n_means` quantities."""
    return n_means * (n_means + 1) // 2


@fast_kernel
def weigh_fields(
    weights: FloatArray,
    fields: FloatArray,
    n_means: int,
    first: int,
    reference: FloatArray,
    out: FloatArray,
) -> None:
    """Write `weights * field` for every field: means and covariances about `reference`, the rest as they are."""
    count = min(TILE, fields.shape[1] - first)
    # The last tile may be short, but sums run over whole tiles.
    out[1:, count:] = 0.0
    row = n_means
    # About a reference near the average: the difference of two large squares would lose the digits of a variance.
    for a in range(n_means):
        for j in range(count):
            out[1 + a, j] = weights[j] * (fields[a, first + j] - reference[a])
        for b in range(a + 1):
            for j in range(count):
                product = (fields[a, first + j] - reference[a]) * (fields[b, first + j] - reference[b])
                out[1 + row, j] = weights[j] * (fields[row, first + j] + product)
            row += 1
    for k in range(row, fields.shape[0]):
        for j in range(count):
            out[1 + k, j] = weights[j] * fields[k, first + j]


@kernel
def finish_averages(
    total: FloatArray, i: int, n_means: int, reference: FloatArray, averages: FloatArray, k: int
) -> None:
    """Turn the sums `total[:, i]` into means, central covariances and averages, written to `averages[:, k]`."""
    row = n_means
    # Products about the reference less the product of the shifts of the means are central covariances.
    for a in range(n_means):
        for b in range(a + 1):
            product = (total[1 + a, i] / total[0, i]) * (total[1 + b, i] / total[0, i])
            averages[row, k] = total[1 + row, i] / total[0, i] - product
            row += 1
        averages[a, k] = reference[a] + total[1 + a, i] / total[0, i]
    for m in range(row, averages.shape[0]):
        averages[m, k] = total[1 + m, i] / total[0, i]
