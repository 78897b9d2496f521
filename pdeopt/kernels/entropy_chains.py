"""Moves of many Markov chains at once, one row each, in coordinates where the law is about a standard normal.

`v` are places, `slope` the gradients that push them, of any function: what is accepted is decided by the caller.
Arrays are of shape (chains, d); `out` arrays are written.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel


@kernel
def langevin_proposal(v: FloatArray, slope: FloatArray, noise: FloatArray, h: float, out: FloatArray) -> None:
    """Write `v - h slope + sqrt(2 h) noise`, the Euler step of dv = -slope dt + sqrt(2) dW."""
    size = np.sqrt(2.0 * h)
    for n in range(v.shape[0]):
        for i in range(v.shape[1]):
            out[n, i] = v[n, i] - h * slope[n, i] + size * noise[n, i]


@kernel
def langevin_log_ratio(
    v: FloatArray, slope: FloatArray, ahead: FloatArray, slope_ahead: FloatArray, h: float, out: FloatArray
) -> None:
    """Write `log q(ahead -> v) - log q(v -> ahead)` of `langevin_proposal`, shape (chains,)."""
    for n in range(v.shape[0]):
        total = 0.0
        for i in range(v.shape[1]):
            there = ahead[n, i] - v[n, i] + h * slope[n, i]
            back = v[n, i] - ahead[n, i] + h * slope_ahead[n, i]
            total += there * there - back * back
        out[n] = total / (4.0 * h)


@kernel
def refresh(p: FloatArray, noise: FloatArray, c: float, out: FloatArray) -> None:
    """Write `c p + sqrt(1 - c^2) noise`, the letter O of momenta of unit mass and temperature; `out` may be p."""
    s = np.sqrt(1.0 - c * c)
    for n in range(p.shape[0]):
        for i in range(p.shape[1]):
            out[n, i] = c * p[n, i] + s * noise[n, i]


@kernel
def kick_and_move(
    v: FloatArray, p: FloatArray, slope: FloatArray, h: float, out_v: FloatArray, out_p: FloatArray
) -> None:
    """Write the letters B and A: `out_p = p - h slope / 2`, `out_v = v + h out_p`."""
    for n in range(v.shape[0]):
        for i in range(v.shape[1]):
            half = p[n, i] - 0.5 * h * slope[n, i]
            out_p[n, i] = half
            out_v[n, i] = v[n, i] + h * half


@kernel
def kick(p: FloatArray, slope: FloatArray, h: float, out: FloatArray) -> None:
    """Write the letter B, `p - h slope / 2`; `out` may be p."""
    for n in range(p.shape[0]):
        for i in range(p.shape[1]):
            out[n, i] = p[n, i] - 0.5 * h * slope[n, i]


@kernel
def half_squares(p: FloatArray, out: FloatArray) -> None:
    """Write the kinetic energy `|p|^2 / 2` of each row."""
    for n in range(p.shape[0]):
        total = 0.0
        for i in range(p.shape[1]):
            total += p[n, i] * p[n, i]
        out[n] = 0.5 * total


@kernel
def systematic(weights: FloatArray, uniform: FloatArray, out: IntArray) -> None:
    """Write the columns that systematic resampling draws from each row of weights, of sum one.

    Parameters
    ----------
    weights : array, shape (batches, m)
    uniform : array, shape (batches,)
        In [0, 1).
    out : array of integers, shape (batches, n)
    """
    m, n = weights.shape[1], out.shape[1]
    for r in range(weights.shape[0]):
        j, total = 0, weights[r, 0]
        for k in range(n):
            level = (k + uniform[r]) / n
            while total < level and j < m - 1:
                j += 1
                total += weights[r, j]
            out[r, k] = j
