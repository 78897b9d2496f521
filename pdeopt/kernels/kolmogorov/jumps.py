"""Explicit application of jump rates, by any whole steps of a grid."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel

__all__ = ["apply_jumps"]

BLOCK = 1024
"""Nodes between two looks at the list of jumps: what is read and written fits in the first-level cache."""

# Slices everywhere, because an index that might be negative keeps a loop from being vectorised.


@kernel
def _begin(given: FloatArray, keep: float, loss: FloatArray, decay: float, u: FloatArray, out: FloatArray) -> None:
    # Copied first, because in a loop that reads one name and writes another LLVM would fear that both are one.
    for i in range(out.size):
        out[i] = given[i]
    for i in range(out.size):
        out[i] = keep * out[i] - decay * loss[i] * u[i]


@kernel
def _add_one(w: FloatArray, v: FloatArray, a: float, u: FloatArray, centre: float, out: FloatArray) -> None:
    for i in range(out.size):
        out[i] += a * w[i] * (v[i] - centre * u[i])


@kernel
def _add_four(
    w: FloatArray,
    x: FloatArray,
    y: FloatArray,
    z: FloatArray,
    p: FloatArray,
    q: FloatArray,
    r: FloatArray,
    s: FloatArray,
    scales: FloatArray,
    u: FloatArray,
    centre: float,
    out: FloatArray,
) -> None:
    a, b, c, d = scales[0], scales[1], scales[2], scales[3]
    for i in range(out.size):
        here = centre * u[i]
        pair = a * w[i] * (p[i] - here) + b * x[i] * (q[i] - here)
        out[i] += pair + (c * y[i] * (r[i] - here) + d * z[i] * (s[i] - here))


@kernel
def _add_ends(
    weights: FloatArray,
    rows: IntArray,
    shifts: IntArray,
    scales: FloatArray,
    centre: float,
    first: int,
    last: int,
    u: FloatArray,
    out: FloatArray,
) -> None:
    for m in range(shifts.size):
        s = shifts[m]
        i, k = max(first, -s), min(last, u.size - s)
        if i < k:
            _add_one(weights[rows[m], i:k], u[i + s : k + s], scales[m], u[i:k], centre, out[i:k])


@kernel
def _add_inside(
    weights: FloatArray,
    rows: IntArray,
    shifts: IntArray,
    scales: FloatArray,
    centre: float,
    i: int,
    k: int,
    u: FloatArray,
    out: FloatArray,
) -> None:
    here, result = u[i:k], out[i:k]
    whole = shifts.size - shifts.size % 4
    for m in range(0, whole, 4):
        a, b, c, d = shifts[m], shifts[m + 1], shifts[m + 2], shifts[m + 3]
        w, x = weights[rows[m], i:k], weights[rows[m + 1], i:k]
        y, z = weights[rows[m + 2], i:k], weights[rows[m + 3], i:k]
        p, q, r, s = u[i + a : k + a], u[i + b : k + b], u[i + c : k + c], u[i + d : k + d]
        _add_four(w, x, y, z, p, q, r, s, scales[m : m + 4], here, centre, result)
    for m in range(whole, shifts.size):
        a = shifts[m]
        _add_one(weights[rows[m], i:k], u[i + a : k + a], scales[m], here, centre, result)


@kernel
def apply_jumps(
    weights: FloatArray,
    rows: IntArray,
    shifts: IntArray,
    scales: FloatArray,
    loss: FloatArray,
    decay: float,
    centre: float,
    values: FloatArray,
    keep: float,
    base: FloatArray,
    out: FloatArray,
) -> None:
    """Write keep base_i + sum_m scales[m] weights[rows[m], i] (u_{i + shifts[m]} - centre u_i) - decay loss_i u_i.

    Nodes are numbered through: `weights` (n_rows, n), `rows`, `shifts` and `scales` (m,), `loss` (n,). The caller owns
    weights of zero where a jump leaves the grid, also where it would land on the next line; jumps around an end are
    jumps of their own. `values` u, `base` and `out` have shape (copies, n); `out` may be `base`, not `values`. With
    centre = 1 constants stay constant to the last bit; with centre = 0 the weights are off-diagonal entries of a
    matrix.
    """
    n = loss.size
    lowest, highest = 0, 0
    for shift in shifts:
        lowest, highest = min(lowest, shift), max(highest, shift)
    head = min(-lowest, n)
    tail = max(head, n - highest)
    for copy in range(values.shape[0]):
        u, given, result = values[copy], base[copy], out[copy]
        _begin(given[:head], keep, loss[:head], decay, u[:head], result[:head])
        _add_ends(weights, rows, shifts, scales, centre, 0, head, u, result)
        for i in range(head, tail, BLOCK):
            k = min(i + BLOCK, tail)
            _begin(given[i:k], keep, loss[i:k], decay, u[i:k], result[i:k])
            _add_inside(weights, rows, shifts, scales, centre, i, k, u, result)
        _begin(given[tail:], keep, loss[tail:], decay, u[tail:], result[tail:])
        _add_ends(weights, rows, shifts, scales, centre, tail, n, u, result)
