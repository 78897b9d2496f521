"""Normals for vectors of any length: the noise of networks, whose parameters are many and whose paths are few."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.random.normals import make_normals
from pdeopt.kernels.random.words import block

VECTOR_CHUNK = 512
"""Coordinates that one call of `fill_vector` should serve at most: what it writes then stays in the nearest cache."""


LANES = 4
"""Blocks that a processor works on at once: their number is rounded up to a multiple, so that none is left over."""


@strict_kernel
def n_vector_blocks(n: int) -> int:
    """Return how many blocks of words `fill_vector` takes for n normals."""
    return (n + 2 * LANES - 1) // (2 * LANES) * LANES


# Not inlined, as other kernels are that draw: the callers' loops are over what it has written, and it is long.
@strict_kernel
def fill_vector(seed: int, run: int, step: int, first_block: int, n: int, out: FloatArray) -> None:
    """Write n normals of a (seed, run, step), two from each block of words from `first_block` on.

    Parameters
    ----------
    seed, run : int
        64 bits each.
    step : int
        0 <= step < 2**32.
    first_block : int
        Block `first_block + i` gives `out[i]` and `out[half + i]`, ``half = n_vector_blocks(n)``; they are below 2**32.
    n : int
        How many; the caller then counts `half` blocks as used.
    out : array, shape (>= 2 half,)
        Contiguous; what lies behind the first n is normal too.

    Notes
    -----
    Block b is `block(seed, run, step << 16 | b >> 16, b & 0xFFFF)`, and `normal_pair` makes two normals of it.
    """
    half = (n + 2 * LANES - 1) // (2 * LANES) * LANES
    even, odd = out[:half], out[half : 2 * half]
    first, last = even.view(np.int64), odd.view(np.int64)
    for i in range(half):
        b = first_block + i
        w0, w1, w2, w3 = block(seed, run, (step << 16) | (b >> 16), b & 0xFFFF)
        first[i] = w0 | (w1 << 32)
        last[i] = w2 | (w3 << 32)
    make_normals(even, odd)
