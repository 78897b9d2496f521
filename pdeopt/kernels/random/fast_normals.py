"""Normals from 32-bit uniforms: four of a Philox block, by shorter polynomials."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._bits import bits_of, float_of, fused, root
from pdeopt.kernels._jit import exact_kernel
from pdeopt.kernels.random.normals import MINUS_LOG_4, ONE_BITS, _parts, _signed
from pdeopt.kernels.random.words import CHUNK, LOW_WORD, block, fill_words


@exact_kernel
def _radius(u: float) -> float:
    """Return `sqrt(-2 log u)` for `0 < u < 1`, to 4e-10 relative."""
    e, s = _parts(u)
    z = s * s
    p = fused(z, -0.5974338452501772, -0.7995508832100084)
    p = fused(z, p, -1.3333355268205)
    p = fused(z, p, -4.0)
    return root(fused(e, MINUS_LOG_4, s * p))


@exact_kernel
def _sine(v: float) -> float:
    """Return `sin(pi v)` for `-1/2 <= v <= 1/2`, to 2e-11 relative."""
    z = v * v
    p = fused(z, -0.0070221716069132495, 0.08204648403618883)
    p = fused(z, p, -0.5992513312742894)
    p = fused(z, p, 2.5501632404258254)
    p = fused(z, p, -5.167712762119679)
    return v * fused(z, p, 3.14159265352338)


@exact_kernel
def _cosine(v: float) -> float:
    """Return `cos(pi v)` for `-1/2 <= v <= 1/2`, to 1e-9 relative."""
    z = v * v
    p = fused(z, 0.024154125089161572, -0.22873857926876878)
    p = fused(z, p, 1.2779897761087733)
    p = fused(z, p, -3.7392080487096773)
    p = fused(z, p, 3.999999996085108)
    return fused(-v, v, 0.25) * p


@exact_kernel
def _pair(word: int) -> tuple[float, float]:
    # The low 32 bits make the radius, the next 31 the angle and the last one the sign.
    r = _radius(float_of(((word & LOW_WORD) << 20) | (ONE_BITS + 0x80000)) - 1.0)
    v = float_of((((word >> 32) & 0x7FFFFFFF) << 21) | (ONE_BITS + 0x100000)) - 1.5
    return r * _signed(_cosine(v), word), r * _sine(v)


@exact_kernel
def normal_fast(seed: int, path: int, step: int, draw: int) -> float:
    """Return the standard normal of (seed, path, step, draw), made of 32-bit uniforms.

    Parameters
    ----------
    seed, path : int
        64 bits each.
    step : int
        0 <= step < 2**50; steps `4 k` to `4 k + 3` share a Philox block.
    draw : int
        0 <= draw < 2**16, which normal of the step.

    Returns
    -------
    float
        At most 6.764 in size, within 2e-9 relative of Box-Muller on 32-bit uniforms. `fill_normals_fast` gives the
        same bits. The law is normal to some 1e-9; use `normal` where tails beyond six deviations matter.
    """
    w0, w1, w2, w3 = block(seed, path, step >> 2, draw)
    low, high = (w2, w3) if step & 2 else (w0, w1)
    even, odd = _pair(low | (high << 32))
    return odd if step & 1 else even


@exact_kernel
def fill_normals_fast(seed: int, first_path: int, index: int, draw: int, out: FloatArray, start: int) -> None:
    """Write the fast normals of steps `4 index` to `4 index + 3` of CHUNK paths to four rows of contiguous `out`.

    `out[start + k CHUNK + i]` is `normal_fast(seed, first_path + i, 4 index + k, draw)`.
    """
    fill_words(seed, first_path, index, draw, out.view(np.int64), start)
    row0 = out[start : start + CHUNK]
    row1 = out[start + CHUNK : start + 2 * CHUNK]
    row2 = out[start + 2 * CHUNK : start + 3 * CHUNK]
    row3 = out[start + 3 * CHUNK : start + 4 * CHUNK]
    for i in range(CHUNK):
        row2[i], row3[i] = _pair(bits_of(row1[i]))
    for i in range(CHUNK):
        row0[i], row1[i] = _pair(bits_of(row0[i]))
