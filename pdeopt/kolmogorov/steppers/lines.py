"""Implicit parts of a step along one axis: tridiagonal systems on all lines at once."""

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.kolmogorov.sweeps import close_lines, factor_lines, solve_across, solve_along
from pdeopt.kolmogorov.stencil import Tridiagonal
from pdeopt.kolmogorov.steppers.jumps import row_loss

__all__ = ["LineSolver"]


@dataclass(frozen=True, eq=False, repr=False)
class Ring:
    """What closes periodic lines: the weighted rates of the last node of a line, and to it, (blocks, width) each.

    Parameters
    ----------
    before, after : array
        From the last node to the node before it, and around the end to the first.
    from_first, from_last : array
        To the last node: around the end from the first, and from the node before it.
    reciprocal : array
        Of the last pivot.
    """

    before: FloatArray
    after: FloatArray
    from_first: FloatArray
    from_last: FloatArray
    reciprocal: FloatArray

    @property
    def transposed(self) -> "Ring":
        """The ring of the transposed system."""
        return Ring(self.from_last, self.from_first, self.after, self.before, self.reciprocal)


@dataclass(frozen=True, eq=False, repr=False)
class LineSolver:
    """The inverse of I - weight A for a part along one axis.

    Parameters
    ----------
    multiplier, reciprocal, ratio : array, shape (blocks, n, width)
        Factors as `factor_lines` writes them; of the first n - 1 nodes where lines are periodic.
    ring : Ring, optional
    """

    multiplier: FloatArray
    reciprocal: FloatArray
    ratio: FloatArray
    ring: Ring | None = None

    @classmethod
    def factored(cls, part: Tridiagonal, weight: float) -> "LineSolver":
        """Return the solver of I - weight A."""
        shape, axis = part.lower.shape, part.axis
        lines = prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :])
        lower, upper, loss = (array.reshape(lines) for array in (part.lower, part.upper, row_loss(part)))
        if part.periodic:
            return _factored_ring(lower, upper, loss, weight)
        lower, upper = lower.copy(), upper.copy()
        lower[:, 0] = upper[:, -1] = 0.0
        return cls(*_factors(lower, upper, loss, weight))

    @cached_property
    def transposed(self) -> "LineSolver":
        """The solver of the transposed system, from the same pivots."""
        multiplier, ratio = np.zeros_like(self.multiplier), np.zeros_like(self.ratio)
        pivots = self.reciprocal[:, 1:] / self.reciprocal[:, :-1]
        multiplier[:, 1:] = self.ratio[:, :-1] * pivots
        ratio[:, :-1] = self.multiplier[:, 1:] / pivots
        return LineSolver(multiplier, self.reciprocal, ratio, self.ring and self.ring.transposed)

    @cached_property
    def column(self) -> FloatArray:
        """Solution on the open lines for what the last node of a ring gives them."""
        assert self.ring is not None
        column = np.zeros_like(self.ratio)
        column[:, 0] += self.ring.from_first
        column[:, -1] += self.ring.from_last
        self._solve_open(column, column)
        return column

    def solve(self, values: FloatArray, out: FloatArray) -> None:
        """Write the solution for right-hand sides of shape (copies, nodes) in C order; `out` may be `values`."""
        blocks, n, width = self.ratio.shape
        shape = len(values) * blocks, n + (self.ring is not None), width
        given, result = values.reshape(shape), out.reshape(shape)
        self._solve_open(given, result)
        if self.ring is not None:
            result[:, -1] = given[:, -1]
            ring = self.ring
            close_lines(self.column, ring.before, ring.after, ring.reciprocal, result)

    def _solve_open(self, values: FloatArray, out: FloatArray) -> None:
        if self.ratio.shape[2] > 1:
            solve_across(self.multiplier, self.reciprocal, self.ratio, values, out)
        else:
            factors = self.multiplier[..., 0], self.reciprocal[..., 0], self.ratio[..., 0]
            solve_along(*factors, values[..., 0], out[..., 0])


def _factors(
    lower: FloatArray, upper: FloatArray, loss: FloatArray, weight: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    multiplier, reciprocal, ratio = np.empty_like(loss), np.empty_like(loss), np.empty_like(loss)
    factor_lines(lower, upper, loss, weight, np.empty(loss.shape[2]), multiplier, reciprocal, ratio)
    return multiplier, reciprocal, ratio


def _factored_ring(lower: FloatArray, upper: FloatArray, loss: FloatArray, weight: float) -> LineSolver:
    low, high, lost = (array[:, :-1].copy() for array in (lower, upper, loss))
    # On the open lines a jump to the last node of the ring is a loss.
    lost[:, 0] += low[:, 0]
    lost[:, -1] += high[:, -1]
    low[:, 0] = high[:, -1] = 0.0
    open_lines = LineSolver(*_factors(low, high, lost, weight))
    before, after = weight * lower[:, -1], weight * upper[:, -1]
    from_first, from_last = weight * lower[:, 0], weight * upper[:, -2]
    draft = LineSolver(
        open_lines.multiplier,
        open_lines.reciprocal,
        open_lines.ratio,
        Ring(before, after, from_first, from_last, np.ones_like(before)),
    )
    column = draft.column
    pivot = 1.0 + weight * loss[:, -1] + before * (1.0 - column[:, -1]) + after * (1.0 - column[:, 0])
    ring = Ring(before, after, from_first, from_last, 1.0 / pivot)
    return LineSolver(draft.multiplier, draft.reciprocal, draft.ratio, ring)
