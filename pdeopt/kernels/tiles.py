"""Tiles of nodes: what a softmin may skip.

A softmin over the nodes `y` of a line, `-log sum exp(-energy(y) - (x - y)**2 / (2 s))`, is dominated by few of them.
Nodes are taken in tiles of `TILE`; the smallest energy of a tile and its distance from the outputs bound what it can
contribute.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel

TILE = 32


@kernel
def summarise_tiles(
    energy: FloatArray,
    nodes: FloatArray,
    lowest: FloatArray,
    where: IntArray,
    left: FloatArray,
    right: FloatArray,
) -> None:
    """Write smallest energy, its node index and the outermost nodes of every tile.

    `energy` and `nodes` have `n` entries, the four outputs `ceil(n / TILE)`.
    """
    n = nodes.size
    for tile in range(lowest.size):
        first = tile * TILE
        end = min(first + TILE, n)
        best = first
        for j in range(first + 1, end):
            if energy[j] < energy[best]:
                best = j
        lowest[tile] = energy[best]
        where[tile] = best
        left[tile] = nodes[first]
        right[tile] = nodes[end - 1]


@kernel
def gap(low: float, high: float, left: float, right: float) -> float:
    """Return the distance between the intervals `[low, high]` and `[left, right]`."""
    return max(0.0, max(left - high, low - right))


@kernel
def search_tiles(
    low: float,
    high: float,
    half_precision: float,
    slack: float,
    floor: float,
    energy: FloatArray,
    nodes: FloatArray,
    lowest: FloatArray,
    where: IntArray,
    left: FloatArray,
    right: FloatArray,
) -> tuple[int, int, float, int]:
    """Return `(first, end, cutoff, best)`: the tiles that matter to outputs in `[low, high]`.

    `half_precision` is `1 / (2 s)` and `floor` the smallest entry of `lowest`; `lowest` may lie below
    `energy[where]`, by the sag of bent cells. A tile whose lower bound exceeds `cutoff`, the best upper bound plus
    `slack`, contributes less than `exp(-slack)` of the total. `best` is the node of the best upper bound, `-1` where
    every energy is infinite. Walks outward from the outputs and stops where even the global minimum would be too far.
    """
    # From the tile under the outputs the bound falls soonest, and most tiles are never looked at.
    found: int = int(np.searchsorted(left, 0.5 * (low + high)))
    start = min(max(found - 1, 0), lowest.size - 1)
    bound = np.inf
    best = -1
    end = start
    while end < lowest.size:
        if floor + gap(low, high, left[end], right[end]) ** 2 * half_precision > bound + slack:
            break
        # The farthest output from the lowest node: an upper bound for all outputs.
        y = nodes[where[end]]
        value = energy[where[end]] + max(abs(low - y), abs(high - y)) ** 2 * half_precision
        if value < bound:
            bound = value
            best = where[end]
        end += 1
    first = start
    while first > 0:
        if floor + gap(low, high, left[first - 1], right[first - 1]) ** 2 * half_precision > bound + slack:
            break
        first -= 1
        y = nodes[where[first]]
        value = energy[where[first]] + max(abs(low - y), abs(high - y)) ** 2 * half_precision
        if value < bound:
            bound = value
            best = where[first]
    return first, end, bound + slack, best
