"""Powers of I + L / Lambda as differences along jumps: constants and mass are kept whatever their number.

Weights are rates over Lambda, at least 0, and sum with the loss to less than 1 in every state; then no result is
negative where no value is.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel


@kernel
def lose(loss: FloatArray, v: FloatArray, out: FloatArray) -> None:
    """Write (1 - loss) v; `loss` per state or empty for none."""
    for i in range(v.size):
        out[i] = v[i]
    for i in range(loss.size):
        out[i] -= loss[i] * v[i]


@kernel
def jump_stencil(
    offsets: IntArray, weights: FloatArray, loss: FloatArray, transpose: bool, v: FloatArray, out: FloatArray
) -> None:
    """Write (I + L / Lambda) v, or its transpose, on a grid of three axes.

    `offsets` has shape (m, 3), `weights` (m, n1, n2, n3), `v` and `out` are flat in C order; jumps wrap, so that the
    caller owns the walls: weights of jumps that leave the grid are zero. Steps are below the length of their axis.
    """
    lose(loss, v, out)
    n1, n2, n3 = weights.shape[1:]
    for k in range(offsets.shape[0]):
        step = offsets[k, 2] % n3
        for i in range(n1):
            for j in range(n2):
                here = (i * n2 + j) * n3
                there = ((i + offsets[k, 0]) % n1 * n2 + (j + offsets[k, 1]) % n2) * n3
                row = weights[k, i, j]
                # The part before the wrap and the part after it.
                _jump(row, 0, n3 - step, here, there + step, transpose, v, out)
                _jump(row, n3 - step, n3, here, there + step - n3, transpose, v, out)


@kernel
def _jump(
    row: FloatArray, start: int, stop: int, here: int, there: int, transpose: bool, v: FloatArray, out: FloatArray
) -> None:
    """Add the jumps of nodes `start` to `stop` of a row, from `here + l` to `there + l`."""
    if transpose:
        for m in range(start, stop):
            moved = row[m] * v[here + m]
            out[here + m] -= moved
            out[there + m] += moved
    else:
        for m in range(start, stop):
            out[here + m] += row[m] * (v[there + m] - v[here + m])


@kernel
def jump_matrix(
    starts: IntArray,
    targets: IntArray,
    weights: FloatArray,
    loss: FloatArray,
    transpose: bool,
    v: FloatArray,
    out: FloatArray,
) -> None:
    """Write (I + L / Lambda) v, or its transpose, for jumps by rows: state i has those from starts[i] to the next."""
    lose(loss, v, out)
    for i in range(v.size):
        for k in range(starts[i], starts[i + 1]):
            if transpose:
                moved = weights[k] * v[i]
                out[i] -= moved
                out[targets[k]] += moved
            else:
                out[i] += weights[k] * (v[targets[k]] - v[i])


@kernel
def accumulate(weight: float, v: FloatArray, out: FloatArray) -> None:
    """Add weight times v."""
    for i in range(v.size):
        out[i] += weight * v[i]


@kernel
def stencil_series(
    offsets: IntArray,
    weights: FloatArray,
    loss: FloatArray,
    transpose: bool,
    terms: FloatArray,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Add sum_k terms_k (I + L / Lambda)^k v, v in `work[0]`; `work` of shape (2, n) is spent."""
    for k in range(terms.size):
        if terms[k] > 0.0:
            accumulate(terms[k], work[k % 2], out)
        if k + 1 < terms.size:
            jump_stencil(offsets, weights, loss, transpose, work[k % 2], work[(k + 1) % 2])


@kernel
def matrix_series(
    starts: IntArray,
    targets: IntArray,
    weights: FloatArray,
    loss: FloatArray,
    transpose: bool,
    terms: FloatArray,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Add sum_k terms_k (I + L / Lambda)^k v, v in `work[0]`; `work` of shape (2, n) is spent."""
    for k in range(terms.size):
        if terms[k] > 0.0:
            accumulate(terms[k], work[k % 2], out)
        if k + 1 < terms.size:
            jump_matrix(starts, targets, weights, loss, transpose, work[k % 2], work[(k + 1) % 2])


@kernel
def poisson_terms(mean: float, first: int, out: FloatArray) -> None:
    """Write Poisson probabilities of `first`, first + 1, ... relative to the largest, by ratios from there.

    Fox & Glynn, Communications of the ACM 31 (1988) 440. `out` covers the mode, floor(mean), at its place.
    """
    mode = int(np.floor(mean)) - first
    out[mode] = 1.0
    for k in range(mode, 0, -1):
        out[k - 1] = out[k] * (first + k) / mean
    for k in range(mode, out.size - 1):
        out[k + 1] = out[k] * mean / (first + k + 1)
