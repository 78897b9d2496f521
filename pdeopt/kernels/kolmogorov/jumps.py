"""Explicit application of jump rates, by any whole steps of a grid."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel

__all__ = ["apply_jumps"]

BLOCK = 1024
"""Nodes between two looks at the list of jumps: what is read and written fits in the first-level cache."""


@kernel
def _add_two(
    w: FloatArray, v: FloatArray, x: FloatArray, y: FloatArray, u: FloatArray, centre: float, out: FloatArray
) -> None:
    for j in range(out.size):
        here = centre * u[j]
        out[j] += w[j] * (v[j] - here) + x[j] * (y[j] - here)


@kernel
def _add_one(w: FloatArray, v: FloatArray, u: FloatArray, centre: float, out: FloatArray) -> None:
    for j in range(out.size):
        out[j] += w[j] * (v[j] - centre * u[j])


@kernel
def _add_within(
    weights: FloatArray, shift: int, centre: float, first: int, last: int, values: FloatArray, out: FloatArray
) -> None:
    # Slices, because an index that might be negative keeps a loop from being vectorised.
    i, k = max(first, -shift), min(last, out.size - shift)
    if i < k:
        _add_one(weights[i:k], values[i + shift : k + shift], values[i:k], centre, out[i:k])


@kernel
def apply_jumps(
    weights: FloatArray,
    shifts: IntArray,
    loss: FloatArray,
    centre: float,
    values: FloatArray,
    base: FloatArray,
    out: FloatArray,
) -> None:
    """Write base_i + sum_m weights[m, i] (u_{i + shifts[m]} - centre u_i) - loss_i u_i.

    Nodes are numbered through: `weights` (m, n), `shifts` (m,), `loss` (n,). The caller owns weights of zero where a
    jump leaves the grid, also where it would land on the next line; jumps around an end are jumps of their own.
    `values` u, `base` and `out` have shape (copies, n); `out` may be `base`, not `values`. With centre = 1 constants
    stay constant to the last bit; with centre = 0 the weights are off-diagonal entries and minus the loss is the
    diagonal.
    """
    n_jumps, n = weights.shape
    for copy in range(values.shape[0]):
        u, given, result = values[copy], base[copy], out[copy]
        for first in range(0, n, BLOCK):
            last = min(first + BLOCK, n)
            for i in range(first, last):
                result[i] = given[i] - loss[i] * u[i]
            for m in range(0, n_jumps - 1, 2):
                a, b = shifts[m], shifts[m + 1]
                i, k = max(first, -a, -b), min(last, n - a, n - b)
                if i < k:
                    w, v, x, y = weights[m, i:k], u[i + a : k + a], weights[m + 1, i:k], u[i + b : k + b]
                    _add_two(w, v, x, y, u[i:k], centre, result[i:k])
                else:
                    i = k = last
                _add_within(weights[m], a, centre, first, i, u, result)
                _add_within(weights[m], a, centre, k, last, u, result)
                _add_within(weights[m + 1], b, centre, first, i, u, result)
                _add_within(weights[m + 1], b, centre, k, last, u, result)
            if n_jumps % 2:
                _add_within(weights[n_jumps - 1], shifts[n_jumps - 1], centre, first, last, u, result)
