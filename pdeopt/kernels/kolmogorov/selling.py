"""Selling's decomposition of a positive definite matrix into squares of integer vectors."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import strict_kernel

__all__ = ["selling_2d", "selling_3d", "selling_grid"]

ROUNDING = 1e-15
"""Weights that move the matrix by less than this part of its trace are rounding."""

PAIRS = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))


@strict_kernel
def selling_2d(matrix: FloatArray, limit: int, offsets: IntArray, weights: FloatArray) -> bool:
    """Write A = sum_k weights[k] e_k e_k^T with three integer vectors e_k = offsets[k], where all weights are >= 0.

    Starts from e_1, e_2 and e_1 + sign(A_12) e_2, whose weights are A_11 - ``|A_12|``, A_22 - ``|A_12|`` and
    ``|A_12|``. A vector w = u + v with a weight l < 0 is replaced by u - v with the weight -l, while u and v take 2 l
    more each: (u + v)(u + v)^T + (u - v)(u - v)^T = 2 (u u^T + v v^T). The weights stay sums of weights, which keeps A
    to rounding however long the vectors are.

    Parameters: matrix (2, 2) symmetric; at most `limit` replacements; out: offsets (3, 2), weights (3,). Returns
    whether all weights are >= 0 in the end.
    """
    cross = matrix[0, 1]
    sign = 1 if cross >= 0.0 else -1
    offsets[0, 0], offsets[0, 1] = 1, 0
    offsets[1, 0], offsets[1, 1] = 0, sign
    offsets[2, 0], offsets[2, 1] = 1, sign
    weights[0], weights[1], weights[2] = matrix[0, 0] - abs(cross), matrix[1, 1] - abs(cross), abs(cross)
    floor = -ROUNDING * (matrix[0, 0] + matrix[1, 1])
    for _ in range(limit):
        lowest = _lowest(offsets, weights)
        if weights[lowest] * _square(offsets, lowest) >= floor:
            _drop_rounding(offsets, weights, -floor)
            return True
        _replace(offsets, weights, lowest)
    return False


@strict_kernel
def _replace(offsets: IntArray, weights: FloatArray, k: int) -> None:
    """Replace vector k, which is the sum or the difference of the other two, by the difference or the sum."""
    i, j = (k + 1) % 3, (k + 2) % 3
    cross = offsets[k, 0] * (offsets[i, 1] + offsets[j, 1]) - offsets[k, 1] * (offsets[i, 0] + offsets[j, 0])
    sign = -1 if cross == 0 else 1
    for axis in range(2):
        offsets[k, axis] = offsets[i, axis] + sign * offsets[j, axis]
    weights[i] += 2.0 * weights[k]
    weights[j] += 2.0 * weights[k]
    weights[k] = -weights[k]


@strict_kernel
def _lowest(offsets: IntArray, weights: FloatArray) -> int:
    """Return which weight is lowest in units of the matrix."""
    lowest = 0
    for k in range(1, len(weights)):
        if weights[k] * _square(offsets, k) < weights[lowest] * _square(offsets, lowest):
            lowest = k
    return lowest


@strict_kernel
def _square(offsets: IntArray, k: int) -> float:
    total = 0.0
    for axis in range(offsets.shape[1]):
        total += float(offsets[k, axis]) * float(offsets[k, axis])
    return total


@strict_kernel
def _drop_rounding(offsets: IntArray, weights: FloatArray, floor: float) -> None:
    """Set vectors of no weight to zero."""
    for k in range(len(weights)):
        if weights[k] * _square(offsets, k) <= floor:
            weights[k] = 0.0
            for axis in range(offsets.shape[1]):
                offsets[k, axis] = 0


@strict_kernel
def selling_3d(matrix: FloatArray, limit: int, base: IntArray, offsets: IntArray, weights: FloatArray) -> bool:
    """Write A = sum_k weights[k] e_k e_k^T with six integer vectors, where all weights are >= 0.

    Of four vectors b_0, ..., b_3 of sum zero and unit volume, A = -sum_(i<j) (b_i . A b_j) (b_k x b_l)(b_k x b_l)^T
    with {i, j, k, l} = {0, 1, 2, 3}. While a pair has b_i . A b_j > 0, b_i changes its sign and is added to b_k and
    b_l; the products that follow are sums of those before.

    Parameters: matrix (3, 3) symmetric; at most `limit` steps; scratch: base (4, 3); out: offsets (6, 3), weights (6,),
    of the pairs 01, 02, 03, 12, 13, 23. Returns whether all weights are >= 0 in the end.
    """
    trace = matrix[0, 0] + matrix[1, 1] + matrix[2, 2]
    for i in range(3):
        base[0, i] = -1
        for axis in range(3):
            base[i + 1, axis] = 1 if axis == i else 0
        weights[i] = matrix[i, 0] + matrix[i, 1] + matrix[i, 2]
    weights[3], weights[4], weights[5] = -matrix[0, 1], -matrix[0, 2], -matrix[1, 2]
    for _ in range(limit):
        _crosses(base, offsets)
        lowest = _lowest(offsets, weights)
        if weights[lowest] * _square(offsets, lowest) >= -ROUNDING * trace:
            _drop_rounding(offsets, weights, ROUNDING * trace)
            return True
        _reduce(base, weights, lowest)
    return False


@strict_kernel
def _crosses(base: IntArray, offsets: IntArray) -> None:
    """Write the cross products of the two vectors that each pair leaves."""
    for k in range(6):
        i, j = PAIRS[5 - k]
        for axis in range(3):
            m, n = (axis + 1) % 3, (axis + 2) % 3
            offsets[k, axis] = base[i, m] * base[j, n] - base[i, n] * base[j, m]


@strict_kernel
def _pair(i: int, j: int) -> int:
    """Return the index of a pair."""
    low, high = min(i, j), max(i, j)
    return high - 1 if low == 0 else low + high


@strict_kernel
def _reduce(base: IntArray, weights: FloatArray, pair: int) -> None:
    """Make the weight of a pair positive."""
    i, j = PAIRS[pair]
    k, l = PAIRS[5 - pair]  # noqa: E741
    for axis in range(3):
        base[k, axis] += base[i, axis]
        base[l, axis] += base[i, axis]
        base[i, axis] = -base[i, axis]
    negative, to_k, to_l = weights[pair], weights[_pair(i, k)], weights[_pair(i, l)]
    weights[pair] = -negative
    weights[_pair(i, k)], weights[_pair(i, l)] = to_l + negative, to_k + negative
    weights[_pair(j, k)] += negative
    weights[_pair(j, l)] += negative
    weights[_pair(k, l)] -= negative


@strict_kernel
def selling_grid(
    matrices: FloatArray, limit: int, base: IntArray, offsets: IntArray, weights: FloatArray, done: IntArray
) -> None:
    """Decompose many matrices (n, d, d) of d = 2 or 3, as `selling_2d` and `selling_3d` do.

    Parameters: scratch: base (4, 3); out: offsets (n, d (d + 1) / 2, d), weights (n, d (d + 1) / 2), done (n,) of 1
    where all weights are >= 0 and 0 elsewhere.
    """
    for i in range(len(matrices)):
        if matrices.shape[1] == 2:
            done[i] = selling_2d(matrices[i], limit, offsets[i], weights[i])
        else:
            done[i] = selling_3d(matrices[i], limit, base, offsets[i], weights[i])
