"""Sums of stencils, and their parts along the axes."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.stencil import Offset, Split, Stencil, Tridiagonal

__all__ = ["split_of", "sum_of"]


def sum_of(stencils: list[Stencil]) -> Stencil:
    """Return the sum of stencils on one grid."""
    table: dict[Offset, FloatArray] = {}
    for one in stencils:
        for offset, rates in zip(one.offsets, one.rates, strict=True):
            table[offset] = table[offset] + rates if offset in table else rates
    killing = np.sum([one.killing for one in stencils], axis=0)
    return Stencil(tuple(table), np.stack(list(table.values())), killing, stencils[0].periodic)


def split_of(stencil: Stencil) -> Split:
    """Return the parts along the axes, jumps to neighbours, and the rest."""
    dim = len(stencil.periodic)
    table = dict(zip(stencil.offsets, stencil.rates, strict=True))
    axes = []
    for axis in range(dim):
        steps = [tuple(sign if k == axis else 0 for k in range(dim)) for sign in (-1, 1)]
        lower, upper = (table.pop(step, np.zeros(stencil.shape)) for step in steps)
        axes.append(Tridiagonal(axis, lower, -(lower + upper), upper, stencil.periodic[axis]))
    none = np.zeros(stencil.shape)
    rest = Stencil(tuple(table), np.stack(list(table.values())), none, stencil.periodic) if table else None
    return Split(tuple(axes), rest)
