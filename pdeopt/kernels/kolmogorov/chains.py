"""Chains of neighbours on a line: elimination, substitution and stationary masses without a subtraction.

A chain has `n` states; state `i` jumps to `i + 1` at rate `up[i]`, to `i - 1` at rate `down[i]`, and ends at rate
`killing[i]`. With `M = diag(up + down + killing) - (jumps)`, minus its generator, everything here multiplies, divides
and adds numbers of one sign: results have all their digits, however small the rates over a barrier are.
"""

import math

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel

__all__ = ["chain_masses", "eliminate_chain", "substitute_chain", "substitute_chain_transposed"]


@kernel
def eliminate_chain(up: FloatArray, down: FloatArray, killing: FloatArray, out: FloatArray) -> int:
    """Write the pivots of `M`, from the first state to the last, and return the first that is zero, or -1.

    With what a state loses when all before it are left out, `l_i = killing_i + down_i l_{i-1} / s_{i-1}`, the pivot
    is `s_i = up_i + l_i`: the sum that elimination with subtractions loses. Shapes (n,); rates and killing are the
    caller's to be at least 0, and the ends' rates outward to be 0. A zero pivot means that no killing is in reach.
    """
    lost = 0.0
    first = -1
    for i in range(up.size):
        lost = killing[i] + (down[i] * (lost / out[i - 1]) if i > 0 else 0.0)
        out[i] = up[i] + lost
        if out[i] <= 0.0:
            first = i
            break
    return first


@kernel
def substitute_chain(up: FloatArray, down: FloatArray, pivots: FloatArray, out: FloatArray) -> None:
    """Replace `f` in `out`, shape (n,), by the solution of `M x = f`.

    `g_i = f_i + down_i g_{i-1} / s_{i-1}` forward, `x_i = (g_i + up_i x_{i+1}) / s_i` backward, with the pivots `s` of
    `eliminate_chain`. The relative error of every entry is of the order of n roundings for `f` of one sign.
    """
    for i in range(1, out.size):
        out[i] += down[i] * (out[i - 1] / pivots[i - 1])
    out[-1] /= pivots[-1]
    for i in range(out.size - 2, -1, -1):
        out[i] = (out[i] + up[i] * out[i + 1]) / pivots[i]


@kernel
def substitute_chain_transposed(up: FloatArray, down: FloatArray, pivots: FloatArray, out: FloatArray) -> None:
    """Replace `g` in `out`, shape (n,), by the solution of `y M = g`, masses for sources.

    The factors of `substitute_chain` in reverse order: `z_i = (g_i + up_{i-1} z_{i-1}) / s_i` forward,
    `y_i = z_i + down_{i+1} y_{i+1} / s_i` backward.
    """
    out[0] /= pivots[0]
    for i in range(1, out.size):
        out[i] = (out[i] + up[i - 1] * out[i - 1]) / pivots[i]
    for i in range(out.size - 2, -1, -1):
        out[i] += down[i + 1] * (out[i + 1] / pivots[i])


@kernel
def chain_masses(up: FloatArray, down: FloatArray, exponents: IntArray, out: FloatArray) -> None:
    """Write stationary masses of a chain without killing as `out * 2**exponents`, `m_{i+1} down_{i+1} = m_i up_i`.

    Shapes (n,). The numbers in `out` lie in [1/2, 1); binary exponents of their own let masses differ by more than
    floats can hold. Rates between neighbours are the caller's to be positive both ways.
    """
    out[0], exponents[0] = 0.5, 0
    for i in range(1, up.size):
        forth, forth_exponent = math.frexp(up[i - 1])
        back, back_exponent = math.frexp(down[i])
        out[i], exponent = math.frexp(out[i - 1] * (forth / back))
        exponents[i] = exponents[i - 1] + exponent + forth_exponent - back_exponent
