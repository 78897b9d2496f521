"""Shifted solves of a walk on a line for many complex shifts at once, without subtractions.

A walk has rates `down`, `up` between neighbours and `loss` to nowhere, (L u)_i = down_i (u_{i-1} - u_i) +
up_i (u_{i+1} - u_i) - loss_i u_i. All kernels solve (z - step L) x = b for the shifts z = re + i im, the last axis of
the arrays; pivots are kept as 1/d, and d is summed from its parts so that z is not lost beside large rates
(Grassmann, Taksar & Heyman, Operations Research 33 (1985) 1107).
"""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel


@kernel
def line_pivots(
    down: FloatArray, up: FloatArray, loss: FloatArray, step: float, re: FloatArray, im: FloatArray, out: FloatArray
) -> None:
    """Write the inverses of the pivots, real and imaginary part, `out` of shape (2, n, n_shifts).

    d_i = s_i + step up_i with s_i = z + step loss_i + step down_i s_{i-1} / d_{i-1}. The caller owns the ends: rates
    that leave the line are zero, or part of the loss.
    """
    s = np.zeros((2, re.size))
    for i in range(down.size):
        below, lost, above = step * down[i] if i else 0.0, step * loss[i], step * up[i]
        j = max(i - 1, 0)
        for k in range(re.size):
            t_re = s[0, k] * out[0, j, k] - s[1, k] * out[1, j, k] if i else 0.0
            t_im = s[0, k] * out[1, j, k] + s[1, k] * out[0, j, k] if i else 0.0
            s[0, k] = re[k] + lost + below * t_re
            s[1, k] = im[k] + below * t_im
            d_re = s[0, k] + above
            norm = 1.0 / (d_re * d_re + s[1, k] * s[1, k])
            out[0, i, k], out[1, i, k] = d_re * norm, -s[1, k] * norm


@kernel
def line_solve(n: int, down: FloatArray, up: FloatArray, step: float, pivots: FloatArray, x: FloatArray) -> None:
    """Replace the first `n` rows of b by the solution of (z - step L) x = b; `x` of shape (2, >= n, n_shifts)."""
    n_shifts = x.shape[2]
    for i in range(1, n):
        rate = step * down[i]
        for k in range(n_shifts):
            g_re, g_im = rate * pivots[0, i - 1, k], rate * pivots[1, i - 1, k]
            y_re, y_im = x[0, i - 1, k], x[1, i - 1, k]
            x[0, i, k] += g_re * y_re - g_im * y_im
            x[1, i, k] += g_re * y_im + g_im * y_re
    for i in range(n - 1, -1, -1):
        rate = step * up[i] if i + 1 < n else 0.0
        j = min(i + 1, n - 1)
        for k in range(n_shifts):
            y_re, y_im = x[0, i, k] + rate * x[0, j, k], x[1, i, k] + rate * x[1, j, k]
            g_re, g_im = pivots[0, i, k], pivots[1, i, k]
            x[0, i, k] = g_re * y_re - g_im * y_im
            x[1, i, k] = g_re * y_im + g_im * y_re


@kernel
def line_solve_transposed(
    n: int, down: FloatArray, up: FloatArray, step: float, pivots: FloatArray, x: FloatArray
) -> None:
    """Replace the first `n` rows of b by the solution of (z - step L^T) x = b; `x` of shape (2, >= n, n_shifts)."""
    n_shifts = x.shape[2]
    for i in range(n):
        rate = step * up[i - 1] if i else 0.0
        j = max(i - 1, 0)
        for k in range(n_shifts):
            y_re, y_im = x[0, i, k] + rate * x[0, j, k], x[1, i, k] + rate * x[1, j, k]
            g_re, g_im = pivots[0, i, k], pivots[1, i, k]
            x[0, i, k] = g_re * y_re - g_im * y_im
            x[1, i, k] = g_re * y_im + g_im * y_re
    for i in range(n - 2, -1, -1):
        rate = step * down[i + 1]
        for k in range(n_shifts):
            g_re, g_im = rate * pivots[0, i, k], rate * pivots[1, i, k]
            y_re, y_im = x[0, i + 1, k], x[1, i + 1, k]
            x[0, i, k] += g_re * y_re - g_im * y_im
            x[1, i, k] += g_re * y_im + g_im * y_re


@kernel
def ring_closure(
    down: FloatArray,
    up: FloatArray,
    loss: FloatArray,
    step: float,
    re: FloatArray,
    im: FloatArray,
    pivots: FloatArray,
    out: FloatArray,
) -> None:
    """Write what the last node of a ring does to the line of the others, and the inverse of its own pivot.

    `pivots` are those of nodes 0 to n - 2 where rates to the last node count as loss; `down`, `up`, `loss` are of all n
    nodes. `out` has shape (2, n, n_shifts): the solution of the line for a unit value at the last node, and in its last
    row the inverse pivot z + step (loss + down q_{n-2} + up q_0), where q, one minus that solution, solves the line for
    what is truly lost.
    """
    n, n_shifts = down.size, re.size
    first, last = step * down[0], step * up[n - 2]
    for k in range(n_shifts):
        for i in range(n - 1):
            out[0, i, k] = re[k] + step * loss[i]
            out[1, i, k] = im[k]
    line_solve(n - 1, down, up, step, pivots, out)
    for k in range(n_shifts):
        d_re = re[k] + step * (loss[n - 1] + down[n - 1] * out[0, n - 2, k] + up[n - 1] * out[0, 0, k])
        d_im = im[k] + step * (down[n - 1] * out[1, n - 2, k] + up[n - 1] * out[1, 0, k])
        norm = 1.0 / (d_re * d_re + d_im * d_im)
        out[0, n - 1, k], out[1, n - 1, k] = d_re * norm, -d_im * norm
    for i in range(n - 1):
        for k in range(n_shifts):
            out[0, i, k] = out[1, i, k] = 0.0
    for k in range(n_shifts):
        out[0, 0, k] += first
        out[0, n - 2, k] += last
    line_solve(n - 1, down, up, step, pivots, out)


@kernel
def ring_solve(
    down: FloatArray, up: FloatArray, step: float, pivots: FloatArray, closure: FloatArray, x: FloatArray
) -> None:
    """Replace the right side by the solution of (z - step L) x = b on a ring; `closure` is from `ring_closure`."""
    n, n_shifts = down.size, x.shape[2]
    line_solve(n - 1, down, up, step, pivots, x)
    below, above = step * down[n - 1], step * up[n - 1]
    for k in range(n_shifts):
        b_re = x[0, n - 1, k] + below * x[0, n - 2, k] + above * x[0, 0, k]
        b_im = x[1, n - 1, k] + below * x[1, n - 2, k] + above * x[1, 0, k]
        g_re, g_im = closure[0, n - 1, k], closure[1, n - 1, k]
        x[0, n - 1, k] = g_re * b_re - g_im * b_im
        x[1, n - 1, k] = g_re * b_im + g_im * b_re
    for i in range(n - 1):
        for k in range(n_shifts):
            p_re, p_im, y_re, y_im = closure[0, i, k], closure[1, i, k], x[0, n - 1, k], x[1, n - 1, k]
            x[0, i, k] += p_re * y_re - p_im * y_im
            x[1, i, k] += p_re * y_im + p_im * y_re


@kernel
def ring_solve_transposed(
    down: FloatArray, up: FloatArray, step: float, pivots: FloatArray, closure: FloatArray, x: FloatArray
) -> None:
    """Replace the right side by the solution of (z - step L^T) x = b on a ring; `closure` is from `ring_closure`."""
    n, n_shifts = down.size, x.shape[2]
    for i in range(n - 1):
        for k in range(n_shifts):
            p_re, p_im, y_re, y_im = closure[0, i, k], closure[1, i, k], x[0, i, k], x[1, i, k]
            x[0, n - 1, k] += p_re * y_re - p_im * y_im
            x[1, n - 1, k] += p_re * y_im + p_im * y_re
    below, above = step * down[n - 1], step * up[n - 1]
    for k in range(n_shifts):
        b_re, b_im = x[0, n - 1, k], x[1, n - 1, k]
        g_re, g_im = closure[0, n - 1, k], closure[1, n - 1, k]
        x[0, n - 1, k] = g_re * b_re - g_im * b_im
        x[1, n - 1, k] = g_re * b_im + g_im * b_re
        x[0, 0, k] += above * x[0, n - 1, k]
        x[1, 0, k] += above * x[1, n - 1, k]
        x[0, n - 2, k] += below * x[0, n - 1, k]
        x[1, n - 2, k] += below * x[1, n - 1, k]
    line_solve_transposed(n - 1, down, up, step, pivots, x)


@kernel
def load(values: FloatArray, source: FloatArray, re: FloatArray, im: FloatArray, out: FloatArray) -> None:
    """Write the right sides values + source / z, `out` of shape (2, n, n_shifts); an empty source is none."""
    for i in range(values.size):
        for k in range(re.size):
            out[0, i, k] = values[i]
            out[1, i, k] = 0.0
    for i in range(source.size):
        for k in range(re.size):
            norm = source[i] / (re[k] * re[k] + im[k] * im[k])
            out[0, i, k] += norm * re[k]
            out[1, i, k] -= norm * im[k]


@kernel
def combine(weights: FloatArray, x: FloatArray, out: FloatArray) -> None:
    """Write Re sum_k c_k x_k; `weights` of shape (2, n_shifts), `x` of shape (2, n, n_shifts)."""
    for i in range(out.size):
        total = 0.0
        for k in range(weights.shape[1]):
            total += weights[0, k] * x[0, i, k] - weights[1, k] * x[1, i, k]
        out[i] = total
