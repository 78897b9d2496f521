"""Random factors of a minibatch: functions of (seed, run, number of the minibatch) and of their place alone.

The words come from Philox blocks with the key `seed ^ FACTOR_KEY`, so that they share nothing with the normals and the
minibatches of the same seed.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._bits import float_of
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.networks.residual.layout import (
    BLOCKS,
    CHUNK,
    DEPTH,
    FIRST,
    FLAG,
    KIND,
    LAW,
    MEAN,
    MEMBERS,
    MOST_FACTORS,
    N_FACTORS,
    SECOND,
    chunk_size,
    entry,
)
from pdeopt.kernels.random import block, fill_vector, n_vector_blocks
from pdeopt.kernels.random.normals import centred

FACTOR_KEY = 0x2545F4914F6CDD1D
"""Odd; the multiplier of Marsaglia's xorshift*, which nothing else here is keyed by."""

BERNOULLI, NORMAL, UNIFORM = range(3)
"""Laws: SECOND with probability FIRST and else 0; normal of mean FIRST and deviation SECOND; uniform from 0 to 1."""


@strict_kernel
def fill_uniform_vector(seed: int, run: int, step: int, first_block: int, n: int, out: FloatArray) -> None:
    """Write n uniforms of a (seed, run, step), arguments and places as in `fill_vector`."""
    half = n_vector_blocks(n)
    first, last = out[:half], out[half : 2 * half]
    for i in range(half):
        b = first_block + i
        w0, w1, w2, w3 = block(seed, run, (step << 16) | (b >> 16), b & 0xFFFF)
        first[i] = centred(w0 | (w1 << 32))
        last[i] = centred(w2 | (w3 << 32))


@strict_kernel
def draw(law: int, first: float, second: float, key: tuple[int, int, int, int], n: int, out: FloatArray) -> None:
    """Write n factors of a law, for a key of seed, run, number and first block; `out` has 7 places more."""
    seed, run, number, place = key
    if law == NORMAL:
        fill_vector(seed, run, number, place, n, out)
        for i in range(n):
            out[i] = first + second * out[i]
        return
    fill_uniform_vector(seed, run, number, place, n, out)
    if law == BERNOULLI:
        for i in range(n):
            out[i] = second if out[i] < first else 0.0


@strict_kernel
def layer_blocks(layout: IntArray, n: int) -> int:
    """Return how many blocks of words are kept for a layer and a chunk of n rows: those of a full chunk at least."""
    return n_vector_blocks(layout[MOST_FACTORS] * max(n, CHUNK))


@strict_kernel
def n_factor_blocks(layout: IntArray, n_rows: int) -> int:
    """Return how many blocks of words a minibatch of `n_rows` is given; they have to be fewer than 2**32."""
    size = chunk_size(layout, n_rows)
    n_chunks = (n_rows + size - 1) // size
    return int(n_chunks * layout[MEMBERS] * layout[BLOCKS] * layer_blocks(layout, size))


@strict_kernel
def draw_factors(
    layout: IntArray,
    layer: int,
    chunk: int,
    n: int,
    seed: int,
    run: int,
    number: int,
    out: FloatArray,
) -> None:
    """Write the factors of a layer for n rows, a line of n for each factor.

    Parameters
    ----------
    layout : int array
        See `pdeopt.kernels.networks.residual.layout`.
    layer : int
        Block k of member m is layer ``m n_blocks + k``.
    chunk, n : int
        Which chunk of the minibatch, and its rows.
    seed, run : int
        64 bits each.
    number : int
        0 <= number < 2**32, of the minibatch; `MEAN_NETWORK` writes the means.
    out : array, shape (>= n_factors n + 7,)
    """
    k = layer % layout[BLOCKS]
    lines, law = entry(layout, k, N_FACTORS), entry(layout, k, LAW)
    first, second = float_of(entry(layout, k, FIRST)), float_of(entry(layout, k, SECOND))
    if number < 0:
        out[: lines * n] = float_of(entry(layout, k, MEAN))
        return
    one_for_all = entry(layout, k, KIND) == DEPTH and entry(layout, k, FLAG) == 1
    layers = layout[MEMBERS] * layout[BLOCKS]
    place = (layer if one_for_all else chunk * layers + layer) * layer_blocks(layout, n)
    key = (int(np.int64(seed)) ^ FACTOR_KEY, run, number, place)
    draw(law, first, second, key, 1 if one_for_all else lines * n, out)
    if one_for_all:
        out[1:n] = out[0]
