"""Pieces of the range of a normal number in which nothing changes suddenly, found by bisection."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.polynomial.legendre import leggauss

from pdeopt._types import BoolArray, FloatArray, IntArray

__all__ = ["Side", "bisected", "normal_pieces", "piecewise_rule"]

Side = Callable[[IntArray, FloatArray], BoolArray]
"""Of the number of a case and a normal number: on which of two sides it lies."""

REACH = 8.5
"""Normal numbers beyond it have less than rounding of the probability."""

N_LOOKS = 128
"""Intervals in each of which at most one change of side is found."""

N_HALVINGS = 60


def normal_pieces(sides: Sequence[Side], count: int, n_pieces: int = 16) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return pieces of the range of a normal number, cut where a case changes side: whose, from, to.

    Parameters
    ----------
    sides : sequence of callables
    count : int
        Number of cases.
    n_pieces : int
        Of equal length, before those cuts.
    """
    base, looks = np.linspace(-REACH, REACH, n_pieces + 1), np.linspace(-REACH, REACH, N_LOOKS + 1)
    every, tiled = np.repeat(np.arange(count), looks.size), np.tile(looks, count)
    owners, cuts = [np.repeat(np.arange(count), base.size)], [np.tile(base, count)]
    for side in sides:
        seen = side(every, tiled).reshape(count, -1)
        which, at = np.nonzero(seen[:, 1:] != seen[:, :-1])
        owners.append(which)
        cuts.append(bisected(partial(side, which), looks[at], looks[at + 1]))
    owner, cut = np.concatenate(owners), np.concatenate(cuts)
    order = np.lexsort((cut, owner))
    owner, cut = owner[order], cut[order]
    inner = (owner[1:] == owner[:-1]) & (cut[1:] > cut[:-1])
    return owner[:-1][inner], cut[:-1][inner], cut[1:][inner]


def bisected(side: Callable[[FloatArray], BoolArray], left: FloatArray, right: FloatArray) -> FloatArray:
    """Return where points between pairs of points change side."""
    before = side(left)
    for _ in range(N_HALVINGS if left.size else 0):
        middle = 0.5 * (left + right)
        same = side(middle) == before
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return 0.5 * (left + right)


def piecewise_rule(pieces: tuple[IntArray, FloatArray, FloatArray], n: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return a quadrature of the normal density with `n` nodes a piece: cases, nodes and weights."""
    which, left, right = pieces
    nodes, weights = leggauss(n)
    half = 0.5 * (right - left)[:, None]
    xi = left[:, None] + half * (1.0 + nodes)
    density = np.exp(-0.5 * xi**2) / np.sqrt(2.0 * np.pi)
    return np.repeat(which, n), xi.ravel(), (half * weights * density).ravel()
