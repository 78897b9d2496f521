"""Uniforms and normals of Philox words: Box-Muller without branches or library calls.

A loop over these functions becomes vector instructions. All arithmetic is IEEE and in the order written, with fused
products where stated: any loop, processor and number of threads gives the same bits. A `fill_` kernel writes the
words first and makes normals of them in place: two short loops keep a processor busier than a long one.
"""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._bits import bits_of, float_of, fused, root
from pdeopt.kernels._jit import exact_kernel
from pdeopt.kernels.random.words import CHUNK, block, fill_words

ONE_BITS = 0x3FF0000000000000
BIG_BITS = 0x4330000000000000  # 2**52
BIG_OFFSET = 4503599627370496.0 + 1023.0
FRACTION = 0x000FFFFFFFFFFFFF
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
MINUS_LOG_4 = -1.3862943611198906
HALF_STEP = 1.1102230246251565e-16  # 2**-53

# Coefficients below are those of the polynomials of least largest relative error, by Remez' exchange in 60 digits.


@exact_kernel
def _parts(u: float) -> tuple[float, float]:
    # u = 2**e m with sqrt(1/2) <= m < sqrt(2), and log m = 2 atanh s, s = (m - 1) / (m + 1).
    shifted = bits_of(u) + (ONE_BITS - SQRT_HALF_BITS)
    e = float_of(((shifted >> 52) & 0x7FF) | BIG_BITS) - BIG_OFFSET
    f = float_of((shifted & FRACTION) + SQRT_HALF_BITS) - 1.0
    return e, f / (f + 2.0)


@exact_kernel
def _radius(u: float) -> float:
    """Return `sqrt(-2 log u)` for `0 < u < 1`, to 4e-16 relative."""
    e, s = _parts(u)
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
def centred(word: int) -> float:
    """Return the uniform `(k + 1/2) 2**-52` in (0, 1), with `k` the low 52 bits of `word`."""
    return float_of((word & FRACTION) | ONE_BITS) - (1.0 - HALF_STEP)


@exact_kernel
def _signed(x: float, word: int) -> float:
    return float_of(bits_of(x) ^ ((word >> 63) << 63))


@exact_kernel
def _pair(first: int, last: int) -> tuple[float, float]:
    r = _radius(centred(first))
    v = centred(last) - 0.5
    return r * _signed(_cosine(v), last), r * _sine(v)


@exact_kernel
def normal_pair(w0: int, w1: int, w2: int, w3: int) -> tuple[float, float]:
    """Return two independent standard normals from four random words, by Box and Muller.

    Parameters
    ----------
    w0, w1, w2, w3 : int
        Random words in [0, 2**32).

    Returns
    -------
    tuple of two float
        `r cos(pi v)` with a random sign, and `r sin(pi v)`, each to 1e-15 relative.

    Notes
    -----
    The radius is `sqrt(-2 log u)` with `u = (k + 1/2) 2**-52`, `k` the low 52 bits of `w1 w0`; `v` is such a number
    of `w3 w2` less 1/2, and the sign is the highest bit of `w3`. No normal exceeds 8.572 in size.
    """
    return _pair(w0 | (w1 << 32), w2 | (w3 << 32))


@exact_kernel
def normal(seed: int, path: int, step: int, draw: int) -> float:
    """Return the standard normal of (seed, path, step, draw).

    Parameters
    ----------
    seed, path : int
        64 bits each.
    step : int
        0 <= step < 2**49; steps `2 k` and `2 k + 1` share a Philox block.
    draw : int
        0 <= draw < 2**16, which normal of the step.

    Returns
    -------
    float
        From 52-bit uniforms, at most 8.572 in size. `fill_normals` gives the same bits.

    Examples
    --------
    >>> round(normal(2024, 7, 100, 0), 12)
    0.870069022163
    """
    w0, w1, w2, w3 = block(seed, path, step >> 1, draw)
    even, odd = normal_pair(w0, w1, w2, w3)
    return odd if step & 1 else even


@exact_kernel
def make_normals(even: FloatArray, odd: FloatArray) -> None:
    """Turn pairs of words, the bits of two arrays of equal length, into normals."""
    for i in range(even.size):
        even[i], odd[i] = _pair(bits_of(even[i]), bits_of(odd[i]))


@exact_kernel
def fill_normals(seed: int, first_path: int, index: int, draw: int, out: FloatArray, start: int) -> None:
    """Write the normals of steps `2 index` and `2 index + 1` of CHUNK paths to two rows of contiguous `out`.

    `out[start + i]` is `normal(seed, first_path + i, 2 index, draw)` and `out[start + CHUNK + i]` that of the odd step.
    """
    fill_words(seed, first_path, index, draw, out.view(np.int64), start)
    make_normals(out[start : start + CHUNK], out[start + CHUNK : start + 2 * CHUNK])


@exact_kernel
def fill_draws(seed: int, path: int, index: int, first_draw: int, even: FloatArray, odd: FloatArray) -> None:
    """Write normals of one path for steps `2 index` and `2 index + 1`: for states of many coordinates.

    `even[i]` is `normal(seed, path, 2 index, first_draw + i)` and `odd[i]` that of the odd step; the arrays are
    equally long, and `first_draw + len(even) <= 2**16`.
    """
    for i in range(len(even)):
        w0, w1, w2, w3 = block(seed, path, index, first_draw + i)
        even[i] = float_of(w0 | (w1 << 32))
        odd[i] = float_of(w2 | (w3 << 32))
    make_normals(even, odd)
