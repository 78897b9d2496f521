"""Uniforms and normals of Philox blocks: Box-Muller without branches or library calls.

A loop over these functions becomes vector instructions. All arithmetic is IEEE and in the order written, with fused
products where stated: any loop, processor and number of threads gives the same bits.
"""

from pdeopt._types import FloatArray
from pdeopt.kernels._bits import bits_of, float_of, fused, root
from pdeopt.kernels._jit import exact_kernel
from pdeopt.kernels.random.philox import CHUNK, block

ONE_BITS = 0x3FF0000000000000
BIG_BITS = 0x4330000000000000
BIG_OFFSET = 4503599627370496.0 + 1023.0
FRACTION = 0x000FFFFFFFFFFFFF
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
MINUS_LOG_4 = -1.3862943611198906
HALF_STEP = 1.1102230246251565e-16


@exact_kernel
def _joined(low: int, high: int) -> float:
    """Return `1 + k 2**-52`, `k` the low 52 bits of the 64 in two words."""
    return float_of(((high & 0xFFFFF) << 32) | low | ONE_BITS)


@exact_kernel
def _radius(u: float) -> float:
    """Return `sqrt(-2 log u)` for `0 < u < 1`."""
    # u = 2**e m with sqrt(1/2) <= m < sqrt(2), and log m = 2 atanh s, s = (m - 1) / (m + 1).
    shifted = bits_of(u) + (ONE_BITS - SQRT_HALF_BITS)
    e = float_of(((shifted >> 52) & 0x7FF) | BIG_BITS) - BIG_OFFSET
    f = float_of((shifted & FRACTION) + SQRT_HALF_BITS) - 1.0
    s = f / (f + 2.0)
    z = s * s
    p = fused(z, -0.3363941901859918, -0.3624730985499664)
    p = fused(z, p, -0.4444674238510712)
    p = fused(z, p, -0.5714283427676239)
    p = fused(z, p, -0.8000000010442044)
    p = fused(z, p, -1.3333333333317472)
    p = fused(z, p, -4.0)
    return root(fused(e, MINUS_LOG_4, s * p))


@exact_kernel
def _sine(v: float) -> float:
    """Return `sin(pi v)` for `-1/2 <= v <= 1/2`."""
    z = v * v
    p = fused(z, -2.112295079658051e-05, 0.00046597761592303687)
    p = fused(z, p, -0.007370361071672064)
    p = fused(z, p, 0.0821458782566351)
    p = fused(z, p, -0.5992645287757271)
    p = fused(z, p, 2.5501640398597774)
    p = fused(z, p, -5.167712780049753)
    return v * fused(z, p, 3.1415926535897927)


@exact_kernel
def _cosine(v: float) -> float:
    """Return `cos(pi v)` for `-1/2 <= v <= 1/2`."""
    z = v * v
    p = fused(z, -4.131830140651603e-06, 0.0001035152128143023)
    p = fused(z, p, -0.0019036696929742739)
    p = fused(z, p, 0.025330969591521337)
    p = fused(z, p, -0.22899788751893044)
    p = fused(z, p, 1.2780132969493267)
    p = fused(z, p, -3.7392088021786822)
    p = fused(z, p, 4.0)
    # Its zeros split off, so that small values keep all their digits.
    return fused(-v, v, 0.25) * p


@exact_kernel
def normal_pair(w0: int, w1: int, w2: int, w3: int) -> tuple[float, float]:
    """Return two independent standard normals from four random words, by Box and Muller.

    Radius `sqrt(-2 log u)` with `u` one of the 2**52 centres `(k + 1/2) 2**-52` (so no normal exceeds 8.572), angle
    `pi v` with `v` such a centre less 1/2, and a random sign of the cosine. Each is within 2e-15 of the real-number value.
    """
    r = _radius(_joined(w0, w1) - (1.0 - HALF_STEP))
    v = _joined(w2, w3) - (1.5 - HALF_STEP)
    sign = (w3 >> 31) << 63
    return r * float_of(bits_of(_cosine(v)) ^ sign), r * _sine(v)


@exact_kernel
def normal(seed: int, path: int, step: int, draw: int) -> float:
    """Return the standard normal of (seed, path, step, draw); two steps share a Philox block."""
    w0, w1, w2, w3 = block(seed, path, step >> 1, draw)
    even, odd = normal_pair(w0, w1, w2, w3)
    return odd if step & 1 else even


@exact_kernel
def fill_normals(seed: int, first_path: int, index: int, draw: int, out: FloatArray, start: int) -> None:
    """Write the normals of steps `2 index` and `2 index + 1` of CHUNK paths to two rows of `out`.

    `out[start + i]` is that of path `first_path + i` and the even step, `out[start + CHUNK + i]` that of the odd one.
    """
    even = out[start : start + CHUNK]
    odd = out[start + CHUNK : start + 2 * CHUNK]
    for i in range(CHUNK):
        w0, w1, w2, w3 = block(seed, first_path + i, index, draw)
        even[i], odd[i] = normal_pair(w0, w1, w2, w3)
