"""Multilinear interpolation of values on a rectangular grid."""

import numpy as np
from numba.extending import register_jitable

from pdeopt._types import FloatArray, Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import chosen, coordinates, with_item


@register_jitable
def confined(position: Scalar, lower: float, upper: float, period: float) -> Scalar:
    """Bring a position into [lower, upper]: modulo the period if that is positive, else to the nearer end."""
    if period > 0.0:
        return lower + np.mod(position - lower, period)
    return np.minimum(np.maximum(position, lower), upper)


@strict_kernel
def multilinear(
    x: Point, samples: FloatArray, nodes: FloatArray, counts: tuple[int, ...], periods: tuple[float, ...]
) -> Scalar:
    """Interpolate samples at `x`, constant beyond the ends, or periodic.

    `samples` is flat, the last axis fastest; `nodes` holds the axes one after the other, `counts` nodes each;
    `periods` is zero on an axis that ends. A periodic axis carries its first node again at the end. Weights
    of zero count even where the sample is infinite, so a wall does not leak into its neighbours' nodes.
    """
    # `counts` lends its type: a tuple of integers as long as the point.
    here = coordinates(x)
    fractions, cells = here, counts
    first = 0
    for i in range(len(counts)):
        axis = nodes[first : first + counts[i]]
        position = confined(here[i], axis[0], axis[-1], periods[i])
        # The last node belongs to the cell before it.
        left = np.minimum(np.searchsorted(axis, position, side="right") - 1, counts[i] - 2)
        fractions = with_item(fractions, i, (position - axis[left]) / (axis[left + 1] - axis[left]))
        cells = with_item(cells, i, left)
        first += counts[i]
    # Bit i of `corner` says which end of cell i it takes.
    total = 0.0
    for corner in range(2 ** len(counts)):
        weight, index = 1.0, 0
        for i in range(len(counts)):
            upper = (corner >> i) & 1
            weight = weight * (fractions[i] if upper else 1.0 - fractions[i])
            index = index * counts[i] + cells[i] + upper
        total = total + chosen(weight == 0.0, 0.0, weight * samples[index])
    return total
