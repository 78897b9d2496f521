"""Uniforms, and the two- and three-point variables of weak schemes."""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._bits import bits_of, float_of
from pdeopt.kernels._jit import exact_kernel
from pdeopt.kernels.random.normals import ONE_BITS, centred
from pdeopt.kernels.random.words import CHUNK, LOW_WORD, block, fill_words

SQRT_3 = 1.7320508075688772
SIXTH = 715827883  # 2**32 / 6, rounded
UPPER_SIXTH = 4294967296 - SIXTH


@exact_kernel
def uniform(seed: int, path: int, step: int, draw: int) -> float:
    """Return the uniform of (seed, path, step, draw), one of the centres `(k + 1/2) 2**-52` in (0, 1).

    Parameters
    ----------
    seed, path : int
        64 bits each.
    step : int
        0 <= step < 2**49; steps `2 k` and `2 k + 1` share a Philox block.
    draw : int
        0 <= draw < 2**16.

    Returns
    -------
    float
        Between 2**-53 and 1 - 2**-53, never 0 or 1. `fill_uniforms` gives the same bits.
    """
    w0, w1, w2, w3 = block(seed, path, step >> 1, draw)
    low, high = (w2, w3) if step & 1 else (w0, w1)
    return centred(low | (high << 32))


@exact_kernel
def fill_uniforms(seed: int, first_path: int, index: int, draw: int, out: FloatArray, start: int) -> None:
    """Write the uniforms of steps `2 index` and `2 index + 1` of CHUNK paths to two rows of contiguous `out`.

    `out[start + k CHUNK + i]` is `uniform(seed, first_path + i, 2 index + k, draw)`.
    """
    fill_words(seed, first_path, index, draw, out.view(np.int64), start)
    rows = out[start : start + 2 * CHUNK]
    for i in range(2 * CHUNK):
        rows[i] = centred(bits_of(rows[i]))


@exact_kernel
def _sign(word: int, bit: int) -> float:
    return float_of(ONE_BITS | ((word >> bit) << 63))


@exact_kernel
def two_point(seed: int, path: int, step: int, draw: int) -> float:
    """Return +1 or -1, with probability 1/2 each, of (seed, path, step, draw).

    Parameters
    ----------
    seed, path : int
        64 bits each.
    step : int
        0 <= step < 2**55; 128 steps share a Philox block, a bit each.
    draw : int
        0 <= draw < 2**16.

    Returns
    -------
    float
        Moments 1 to 3 are those of a standard normal, exactly: enough for weak order 1. `fill_words` and
        `spread_two_point` give the same for a chunk.
    """
    w0, w1, w2, w3 = block(seed, path, step >> 7, draw)
    low, high = (w2, w3) if step & 64 else (w0, w1)
    return _sign(low | (high << 32), step & 63)


@exact_kernel
def spread_two_point(words: IntArray, start: int, bit: int, out: FloatArray, out_start: int) -> None:
    """Write bit `bit` (0 to 127) of the blocks that `fill_words` wrote, as one row of +1 and -1.

    `out[out_start + i]` is `two_point(seed, first_path + i, 128 index + bit, draw)`.
    """
    place = start + (bit >> 6) * CHUNK
    row = words[place : place + CHUNK]
    signs = out[out_start : out_start + CHUNK]
    shift = bit & 63
    for i in range(CHUNK):
        signs[i] = _sign(int(np.int64(row[i])), shift)


@exact_kernel
def _three_point(word: int) -> float:
    # Arithmetic, not a branch on each end: the loop over a chunk has no jumps.
    return SQRT_3 * ((word < SIXTH) - (word >= UPPER_SIXTH))


@exact_kernel
def three_point(seed: int, path: int, step: int, draw: int) -> float:
    """Return sqrt(3), 0 or -sqrt(3), with probabilities 1/6, 2/3 and 1/6, of (seed, path, step, draw).

    Parameters
    ----------
    seed, path : int
        64 bits each.
    step : int
        0 <= step < 2**50; steps `4 k` to `4 k + 3` share a Philox block, a word each.
    draw : int
        0 <= draw < 2**16.

    Returns
    -------
    float
        Moments 1 to 5 are those of a standard normal: enough for weak order 2. Odd ones are exactly 0; the probability
        of each end is 715827883 / 2**32, so the even ones are 5e-10 relative too large. `fill_three_point` gives the
        same bits.
    """
    w0, w1, w2, w3 = block(seed, path, step >> 2, draw)
    low, high = (w2, w3) if step & 2 else (w0, w1)
    return _three_point(high if step & 1 else low)


@exact_kernel
def fill_three_point(seed: int, first_path: int, index: int, draw: int, out: FloatArray, start: int) -> None:
    """Write the three-point variables of steps `4 index` to `4 index + 3` of CHUNK paths to four rows of `out`.

    `out[start + k CHUNK + i]` is `three_point(seed, first_path + i, 4 index + k, draw)`; `out` is contiguous.
    """
    fill_words(seed, first_path, index, draw, out.view(np.int64), start)
    row0 = out[start : start + CHUNK]
    row1 = out[start + CHUNK : start + 2 * CHUNK]
    row2 = out[start + 2 * CHUNK : start + 3 * CHUNK]
    row3 = out[start + 3 * CHUNK : start + 4 * CHUNK]
    for i in range(CHUNK):
        first = bits_of(row0[i])
        last = bits_of(row1[i])
        row0[i] = _three_point(first & LOW_WORD)
        row1[i] = _three_point((first >> 32) & LOW_WORD)
        row2[i] = _three_point(last & LOW_WORD)
        row3[i] = _three_point((last >> 32) & LOW_WORD)
