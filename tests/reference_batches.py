"""Slow NumPy twins of the minibatch kernels: all integers of an order at once, then one swap after the other."""

import numpy as np
from reference_random import blocks

KEY = 0x3C6EF372FE94F82B
ORDER, ORDER_AGAIN, SUBSET, SUBSET_AGAIN = range(4)


def words(seed, run, number, kind, at):
    """Return the words of blocks `at` as four rows."""
    place = kind * 2**30 + np.asarray(at, dtype=np.int64)
    return blocks(seed ^ KEY, run, number * 2**16 + place // 2**16, place % 2**16)


def bounded(values, bounds, again):
    """Return integers below bounds of 32-bit words; where a word is refused, of the next of `again` that is not."""
    chosen = []
    for value, bound in zip(values.tolist(), bounds, strict=True):
        number = value * int(bound)
        while number % 2**32 < 2**32 % int(bound):
            number = next(again) * int(bound)
        chosen.append(number // 2**32)
    return chosen


def repeats(seed, run, number, kind):
    """Yield the words kept for repeats."""
    at = 0
    while True:
        yield from words(seed, run, number, kind, [at])[:, 0].tolist()
        at += 1


def quarters(seed, run, number, kind, n):
    """Return the words of n places: block b in place b of each quarter, one block more for what is left over."""
    q = n // 4
    found = words(seed, run, number, kind, range(q + 1))
    return np.concatenate([*(row[:q] for row in found), found[: n - 4 * q, q]])


def epoch_order(seed, run, epoch, n):
    """Return the order of an epoch: each row put at a random place of the rows so far."""
    places = bounded(quarters(seed, run, epoch, ORDER, n), range(1, n + 1), repeats(seed, run, epoch, ORDER_AGAIN))
    order = []
    for row, place in enumerate(places):
        order.append(row)
        order[row], order[place] = order[place], row
    return order


def drawn_subset(seed, run, batch, n, k):
    """Return a subset by Floyd's rule."""
    bounds = range(n - k + 1, n + 1)
    rows = []
    again = repeats(seed, run, batch, SUBSET_AGAIN)
    for row, bound in zip(bounded(quarters(seed, run, batch, SUBSET, k), bounds, again), bounds, strict=True):
        rows.append(bound - 1 if row in rows else row)
    return rows


def reservoir_subset(seed, run, batch, n, k):
    """Return a subset by a reservoir that starts with the first k rows."""
    rows = list(range(k))
    values = words(seed, run, batch, SUBSET, range((n - k) // 4 + 1)).T.ravel()[: n - k]
    places = bounded(values, range(k + 1, n + 1), repeats(seed, run, batch, SUBSET_AGAIN))
    for row, place in enumerate(places, start=k):
        if place < k:
            rows[place] = row
    return rows
