"""Philox4x32-10: four random words from a counter and a key, and the counter of a (path, step, draw)."""

from pdeopt.kernels._jit import exact_kernel

CHUNK = 512
"""How many consecutive paths one call of a `fill_` kernel serves; a constant, so that its loops are unrolled."""

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
def block(seed: int, path: int, index: int, draw: int) -> Words:
    """Return the four words of block `index` of a (seed, path, draw).

    `seed` and `path` are integers of 64 bits, `0 <= index < 2**48` and `0 <= draw < 2**16`. The counter holds path (two
    words), the low word of `index`, and `(index >> 32) << 16 | draw`; the key is the seed, low word first.
    """
    key = int(seed)
    c0 = path & LOW_WORD
    c1 = (path >> 32) & LOW_WORD
    c3 = ((index >> 32) << 16) | draw
    return philox(c0, c1, index & LOW_WORD, c3, key & LOW_WORD, (key >> 32) & LOW_WORD)
