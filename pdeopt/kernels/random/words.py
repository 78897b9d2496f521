"""Philox4x32-10: four random words from a counter and a key, and the counter of a (path, step, draw)."""

import numpy as np

from pdeopt._types import IntArray
from pdeopt.kernels._jit import exact_kernel

CHUNK = 512
"""How many consecutive paths one call of a `fill_` kernel serves."""

HALF = CHUNK // 2

LOW_WORD = 0xFFFFFFFF
FIRST_FACTOR = 0xD2511F53
SECOND_FACTOR = 0xCD9E8D57
FIRST_WEYL = 0x9E3779B9
SECOND_WEYL = 0xBB67AE85

Words = tuple[int, int, int, int]
"""Four integers in [0, 2**32)."""


@exact_kernel
def _round(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> Words:
    # Operands masked to 32 bits: the compiler then takes the 32 x 32 -> 64 bit product, which exists for vectors.
    first = FIRST_FACTOR * (c0 & LOW_WORD)
    second = SECOND_FACTOR * (c2 & LOW_WORD)
    high_first = (first >> 32) & LOW_WORD
    high_second = (second >> 32) & LOW_WORD
    return high_second ^ c1 ^ k0, second & LOW_WORD, high_first ^ c3 ^ k1, first & LOW_WORD


@exact_kernel
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> Words:
    """Return the four words of Philox4x32-10 for a counter and a key.

    Parameters
    ----------
    c0, c1, c2, c3 : int
        The counter, four integers in [0, 2**32).
    k0, k1 : int
        The key, two integers in [0, 2**32).

    Returns
    -------
    tuple of four int
        Independent uniform integers in [0, 2**32); the map from counter to words is a bijection for each key.

    References
    ----------
    J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011.

    Examples
    --------
    >>> [f"{word:08x}" for word in philox(0, 0, 0, 0, 0, 0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(10):
        c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
        k0 = (k0 + FIRST_WEYL) & LOW_WORD
        k1 = (k1 + SECOND_WEYL) & LOW_WORD
    return c0, c1, c2, c3


@exact_kernel
def _counter(path: int, index: int, draw: int) -> Words:
    return path & LOW_WORD, (path >> 32) & LOW_WORD, index & LOW_WORD, ((index >> 32) << 16) | draw


@exact_kernel
def _key(seed: int) -> tuple[int, int]:
    # The cast takes unsigned seeds too: mixed with signed numbers they would become floats.
    bits = int(np.int64(seed))
    return bits & LOW_WORD, (bits >> 32) & LOW_WORD


@exact_kernel
def block(seed: int, path: int, index: int, draw: int) -> Words:
    """Return the four words of block `index` of a (seed, path, draw).

    Parameters
    ----------
    seed : int
        64 bits, -2**63 <= seed < 2**63 (or the same bits as `numpy.uint64`). It is the key, low word first.
    path : int
        64 bits, likewise. It makes the first two words of the counter.
    index : int
        0 <= index < 2**48. Its low word is the third of the counter.
    draw : int
        0 <= draw < 2**16. The last word is `(index >> 32) << 16 | draw`.

    Returns
    -------
    tuple of four int
        Words in [0, 2**32).

    Notes
    -----
    Normals and uniforms take index `step // 2`, fast normals and three-point variables `step // 4`, two-point
    variables `step // 128`: kinds used side by side must differ in `draw`, or they share their words.
    """
    c0, c1, c2, c3 = _counter(path, index, draw)
    k0, k1 = _key(seed)
    return philox(c0, c1, c2, c3, k0, k1)


@exact_kernel
def _two_blocks(seed: int, path: int, other_path: int, index: int, draw: int) -> tuple[Words, Words]:
    # The same as two calls of `block`, a round of each in turn: the processor waits less for either.
    a0, a1, a2, a3 = _counter(path, index, draw)
    b0, b1, b2, b3 = _counter(other_path, index, draw)
    k0, k1 = _key(seed)
    for _ in range(10):
        a0, a1, a2, a3 = _round(a0, a1, a2, a3, k0, k1)
        b0, b1, b2, b3 = _round(b0, b1, b2, b3, k0, k1)
        k0 = (k0 + FIRST_WEYL) & LOW_WORD
        k1 = (k1 + SECOND_WEYL) & LOW_WORD
    return (a0, a1, a2, a3), (b0, b1, b2, b3)


@exact_kernel
def fill_words(seed: int, first_path: int, index: int, draw: int, words: IntArray, start: int) -> None:
    """Write block `index` of CHUNK paths to two rows of `words`, contiguous integers of 64 bits.

    `words[start + i]` holds the first two words of path `first_path + i`, the earlier one in the low half, and
    `words[start + CHUNK + i]` the last two.
    """
    first = words[start : start + CHUNK]
    last = words[start + CHUNK : start + 2 * CHUNK]
    for i in range(HALF):
        a, b = _two_blocks(seed, first_path + i, first_path + HALF + i, index, draw)
        first[i] = a[0] | (a[1] << 32)
        last[i] = a[2] | (a[3] << 32)
        first[HALF + i] = b[0] | (b[1] << 32)
        last[HALF + i] = b[2] | (b[3] << 32)
