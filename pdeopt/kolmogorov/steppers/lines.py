"""Implicit parts of a step along one axis: tridiagonal systems on all lines at once."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.kolmogorov.sweeps import close_lines, factor_lines, solve_across, solve_along
from pdeopt.kolmogorov.stencil import Split
from pdeopt.kolmogorov.steppers.jumps import row_loss, table_of

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
    lower, upper : array, shape (blocks, n, width)
        Rates within lines.
    weight : float
    reciprocal : array, shape (blocks, n, width)
        Of the pivots; of the first n - 1 nodes where lines are periodic.
    ring : Ring, optional
    """

    lower: FloatArray
    upper: FloatArray
    weight: float
    reciprocal: FloatArray
    ring: Ring | None = None

    @classmethod
    def factored(cls, split: Split, axis: int, weight: float) -> "LineSolver":
        """Return the solver of I - weight A for one axis of a split."""
        table, part = table_of(split), split.axes[axis]
        shape = part.lower.shape
        lines = prod(shape[: part.axis]), shape[part.axis], prod(shape[part.axis + 1 :])
        lower, upper = (table.weights[row].reshape(lines) for row in table.lines(axis))
        loss = row_loss(part).reshape(lines)
        if part.periodic:
            ends = part.lower.reshape(lines), part.upper.reshape(lines)
            return _factored_ring(lower, upper, loss, weight, *ends)
        return cls(lower, upper, weight, _pivots(lower, upper, loss, weight))

    @cached_property
    def transposed(self) -> "LineSolver":
        """The solver of the transposed system, from the same pivots."""
        lower, upper = np.zeros_like(self.lower), np.zeros_like(self.upper)
        lower[:, 1:], upper[:, :-1] = self.upper[:, :-1], self.lower[:, 1:]
        return LineSolver(lower, upper, self.weight, self.reciprocal, self.ring and self.ring.transposed)

    @cached_property
    def column(self) -> FloatArray:
        """Solution on the open lines for what the last node of a ring gives them."""
        assert self.ring is not None
        column = np.zeros_like(self.reciprocal)
        column[:, 0] += self.ring.from_first
        column[:, -1] += self.ring.from_last
        self._solve_open(column, column)
        return column

    def solve(self, values: FloatArray, out: FloatArray) -> None:
        """Write the solution for right-hand sides of shape (copies, nodes) in C order; `out` may be `values`."""
        _, n, width = self.lower.shape
        given, result = values.reshape(-1, n, width), out.reshape(-1, n, width)
        self._solve_open(given, result)
        if self.ring is not None:
            result[:, -1] = given[:, -1]
            ring = self.ring
            close_lines(self.column, ring.before, ring.after, ring.reciprocal, result)

    def _solve_open(self, values: FloatArray, out: FloatArray) -> None:
        arrays = self.lower, self.upper, self.reciprocal, values, out
        if values.shape[2] > 1:
            lower, upper, reciprocal, given, result = arrays
            solve_across(lower, upper, self.weight, reciprocal, given, result)
        else:
            lower, upper, reciprocal, given, result = (array[..., 0] for array in arrays)
            solve_along(lower, upper, self.weight, reciprocal, given, result)


def _pivots(lower: FloatArray, upper: FloatArray, loss: FloatArray, weight: float) -> FloatArray:
    reciprocal = np.empty_like(loss)
    factor_lines(lower, upper, loss, weight, np.empty(loss.shape[2]), reciprocal)
    return reciprocal


def _factored_ring(
    lower: FloatArray, upper: FloatArray, loss: FloatArray, weight: float, low: FloatArray, high: FloatArray
) -> LineSolver:
    # On the open lines a jump to the last node of the ring is a loss.
    lost = loss[:, :-1].copy()
    lost[:, 0] += low[:, 0]
    reciprocal = _pivots(lower, upper, lost, weight)
    before, after = weight * low[:, -1], weight * high[:, -1]
    from_first, from_last = weight * low[:, 0], weight * high[:, -2]
    draft = Ring(before, after, from_first, from_last, np.ones_like(before))
    column = LineSolver(lower, upper, weight, reciprocal, draft).column
    pivot = 1.0 + weight * loss[:, -1] + before * (1.0 - column[:, -1]) + after * (1.0 - column[:, 0])
    return LineSolver(lower, upper, weight, reciprocal, replace(draft, reciprocal=1.0 / pivot))
