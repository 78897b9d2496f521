"""Mixed derivatives by central differences of four corners."""

from itertools import combinations, product

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.rates import Line
from pdeopt.kolmogorov.stencil import Offset, Stencil
from pdeopt.kolmogorov.wide_walls import OPEN

__all__ = ["central_cross"]


def central_cross(covariance: FloatArray, lines: tuple[Line, ...]) -> Stencil | None:
    """Return the sum over k < l of a_kl d^2 / dx_k dx_l, or None where a is diagonal everywhere.

    Parameters
    ----------
    covariance : array, shape (*shape, d, d)
    lines : tuple of Line

    Notes
    -----
    Of second order; rates of either sign. A node on a reflecting wall owns half a cell, and its jumps inwards have
    twice the rates: with those along the axes the co-normal derivative n . a grad u vanishes. At other walls there is
    none.
    """
    dim, shape = len(lines), covariance.shape[:-2]
    table: dict[Offset, FloatArray] = {}
    for k, m in combinations(range(dim), 2):
        entry = covariance[..., k, m]
        if np.any(entry):
            for steps in product((-1, 0, 1), repeat=2):
                offset = tuple(steps[0] if axis == k else steps[1] if axis == m else 0 for axis in range(dim))
                weights = [
                    _along(_slope(lines[axis])[step + 1], axis, dim) for axis, step in zip((k, m), steps, strict=True)
                ]
                table[offset] = table.get(offset, np.zeros(shape)) + entry * weights[0] * weights[1]
    table.pop((0,) * dim, None)
    used = {offset: rates for offset, rates in table.items() if np.any(rates)}
    periodic = tuple(line.periodic for line in lines)
    return Stencil(tuple(used), np.array(list(used.values())), np.zeros(shape), periodic) if used else None


def _slope(line: Line) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the weights of a first derivative at the last, this and the next node.

    At a wall that reflects twice the inward weight of central differences, else zero.
    """
    total = line.above + line.below
    before, after = -line.above / (line.below * total), line.below / (line.above * total)
    if not line.periodic:
        before[0], after[-1] = 0.0, 0.0
        after[0] = 0.0 if line.walls[0] in OPEN else 1.0 / line.above[0]
        before[-1] = 0.0 if line.walls[1] in OPEN else -1.0 / line.below[-1]
    # On even axes the middle one is zero, up to rounding that would widen the stencil.
    middle = np.where(line.above == line.below, 0.0, -before - after)
    return before, middle, after


def _along(values: FloatArray, axis: int, dim: int) -> FloatArray:
    return values.reshape([-1 if k == axis else 1 for k in range(dim)])
