"""Which rows of a training set make a minibatch: a function of (seed, run, number of the minibatch) alone.

The words come from Philox blocks with the key `seed ^ BATCH_KEY`, so that they share nothing with the normals of the
same seed. Integers below a bound are made of 32-bit words without bias.
"""

import numpy as np

from pdeopt._types import IntArray
from pdeopt.kernels._jit import exact_kernel, strict_kernel
from pdeopt.kernels.random import block

BATCH_KEY = 0x3C6EF372FE94F82B
"""Odd, the leading bits of the fraction of the square root of 5."""

EPOCHS, WHOLE_EPOCHS, FRESH = range(3)
"""How minibatches follow each other: the last one of an epoch kept if it is smaller, or dropped; or each by itself."""

ORDER, ORDER_AGAIN, SUBSET, SUBSET_AGAIN = range(4)
WORD = 0xFFFFFFFF
FLOYD = 100
"""Subsets of k of n rows are drawn one by one while k**2 <= FLOYD n: looking for equal ones takes k**2 / 2 steps."""


@exact_kernel
def _words(seed: int, run: int, number: int, kind: int, at: int) -> tuple[int, int, int, int]:
    """Return block `at` of the words of a kind for a numbered epoch or minibatch."""
    place = (kind << 30) | at
    return block(int(np.int64(seed)) ^ BATCH_KEY, run, (number << 16) | (place >> 16), place & 0xFFFF)


@strict_kernel
def _fill(seed: int, run: int, number: int, kind: int, out: IntArray) -> None:
    """Write the words of block b to place b of each quarter of `out`, and what is left over from one block more."""
    q = out.size >> 2
    first, second, third, fourth = out[:q], out[q : 2 * q], out[2 * q : 3 * q], out[3 * q : 4 * q]
    for b in range(q):
        first[b], second[b], third[b], fourth[b] = _words(seed, run, number, kind, b)
    if out.size & 3:
        last = _words(seed, run, number, kind, q)
        for i in range(4 * q, out.size):
            out[i] = last[i & 3]


@strict_kernel
def _again(seed: int, run: int, number: int, kind: int, bound: int, used: int) -> tuple[int, int]:
    """Return an unbiased integer below `bound` from the words kept for repeats, and how many of them are used now."""
    rest = 0x100000000 % bound
    while True:
        product = _words(seed, run, number, kind, used >> 2)[used & 3] * bound
        used += 1
        if (product & WORD) >= rest:
            return product >> 32, used


@strict_kernel
def epoch_order(seed: int, run: int, epoch: int, out: IntArray) -> None:
    """Write the order in which an epoch takes the rows, a uniformly random permutation.

    Parameters
    ----------
    seed, run : int
        64 bits each.
    epoch : int
        0 <= epoch < 2**32.
    out : int array, shape (n,)
        Receives 0, ..., n - 1 in random order, n <= 2**31; contiguous.

    Notes
    -----
    Fisher and Yates' shuffle from the front (Knuth, *The Art of Computer Programming* 2, section 3.4.2), its words
    first written to `out` itself. Integers below a bound by D. Lemire, ACM Trans. Model. Comput. Simul. 29 (2019) 3.
    """
    _fill(seed, run, epoch, ORDER, out)
    used = 0
    for i in range(out.size):
        bound = i + 1
        product = out[i] * bound
        chosen = product >> 32
        # The remainder, a division, is needed about n times in 2**32 only.
        if (product & WORD) < bound and (product & WORD) < 0x100000000 % bound:
            chosen, used = _again(seed, run, epoch, ORDER_AGAIN, bound, used)
        out[i] = out[chosen]
        out[chosen] = i


@strict_kernel
def _one_by_one(seed: int, run: int, batch: int, n: int, out: IntArray) -> None:
    """Draw a subset by R. W. Floyd's rule: row t below j + 1, or row j where t is there already."""
    _fill(seed, run, batch, SUBSET, out)
    used = 0
    for i in range(out.size):
        last = n - out.size + i
        bound = last + 1
        product = out[i] * bound
        chosen = product >> 32
        if (product & WORD) < bound and (product & WORD) < 0x100000000 % bound:
            chosen, used = _again(seed, run, batch, SUBSET_AGAIN, bound, used)
        met = 0
        for j in range(i):
            met += out[j] == chosen
        out[i] = last if met > 0 else chosen


@strict_kernel
def _in_one_pass(seed: int, run: int, batch: int, n: int, out: IntArray) -> None:
    """Draw a subset by going through all rows: row i takes the place of another with probability k / (i + 1)."""
    used = 0
    words = (0, 0, 0, 0)
    for i in range(n):
        if i < out.size:
            out[i] = i
            continue
        at = i - out.size
        if at & 3 == 0:
            words = _words(seed, run, batch, SUBSET, at >> 2)
        bound = i + 1
        product = words[at & 3] * bound
        chosen = product >> 32
        if (product & WORD) < bound and (product & WORD) < 0x100000000 % bound:
            chosen, used = _again(seed, run, batch, SUBSET_AGAIN, bound, used)
        if chosen < out.size:
            out[chosen] = i


@strict_kernel
def fresh_rows(seed: int, run: int, batch: int, n: int, out: IntArray) -> None:
    """Write a subset of the rows, drawn for this minibatch alone: every subset of its size is equally likely.

    Parameters
    ----------
    seed, run : int
        64 bits each.
    batch : int
        0 <= batch < 2**32, the number of the minibatch.
    n : int
        Rows of the training set, n <= 2**31.
    out : int array, shape (k,)
        Receives k <= n different rows below n, in no particular order; contiguous.

    Notes
    -----
    Small subsets by Floyd's rule (J. Bentley, *Programming Pearls*, Comm. ACM 30 (1987) 754), larger ones by
    J. S. Vitter's reservoir, Algorithm R (ACM Trans. Math. Softw. 11 (1985) 37).
    """
    if out.size * out.size <= FLOYD * n:
        _one_by_one(seed, run, batch, n, out)
    else:
        _in_one_pass(seed, run, batch, n, out)


@strict_kernel
def batches_per_epoch(n: int, batch_size: int, mode: int) -> int:
    """Return how many minibatches an epoch of `n` rows has: the last, smaller one counts unless `WHOLE_EPOCHS`."""
    return n // batch_size if mode == WHOLE_EPOCHS else (n + batch_size - 1) // batch_size


@strict_kernel
def next_rows(
    seed: int, run: int, batch: int, batch_size: int, mode: int, held: int, order: IntArray
) -> tuple[int, int, int]:
    """Return where in `order` the rows of minibatch `batch` of a run lie, after writing them there if need be.

    Parameters
    ----------
    seed, run : int
        64 bits each.
    batch : int
        0 <= batch < 2**32, the number of the minibatch, which is that of the step.
    batch_size : int
        At least 1, at most the number of rows.
    mode : int
        `EPOCHS`, `WHOLE_EPOCHS` or `FRESH`.
    held : int
        The epoch whose order is in `order`, -1 for none: what the call before returned.
    order : int array, shape (n,)
        One place for each row of the training set, the caller's to keep; contiguous.

    Returns
    -------
    start, stop, held : int
        The rows are `order[start:stop]`.
    """
    if mode == FRESH:
        fresh_rows(seed, run, batch, order.size, order[:batch_size])
        return 0, batch_size, -1
    in_epoch = batches_per_epoch(order.size, batch_size, mode)
    epoch = batch // in_epoch
    if epoch != held:
        epoch_order(seed, run, epoch, order)
    start = (batch - epoch * in_epoch) * batch_size
    return start, min(start + batch_size, order.size), epoch
