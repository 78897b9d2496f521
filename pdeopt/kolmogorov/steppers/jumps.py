"""The explicit parts of a step: jump rates gathered from a split, as flat shifts of nodes."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.kolmogorov.jumps import apply_jumps
from pdeopt.kolmogorov.stencil import Matrix, Split, Stencil, Tridiagonal

__all__ = ["Jumps", "row_loss"]

ROUNDING = 4.0 * np.finfo(np.float64).eps


@dataclass(frozen=True, eq=False, repr=False)
class Jumps:
    """A linear map of fields, (A u)_i = sum_m weights[m, i] (u_{i + shifts[m]} - centre u_i) - loss_i u_i.

    Parameters
    ----------
    weights : array, shape (m, n)
    shifts : array of int, shape (m,)
        In nodes numbered through.
    loss : array, shape (n,)
    centre : float
        1 for rates, 0 for the entries of a matrix.
    """

    weights: FloatArray
    shifts: IntArray
    loss: FloatArray
    centre: float = 1.0

    def added_to(self, base: FloatArray, values: FloatArray, out: FloatArray | None = None) -> FloatArray:
        """Return base + A values for arrays of shape (copies, n), in `out` where given."""
        result = np.empty_like(values) if out is None else out
        apply_jumps(self.weights, self.shifts, self.loss, self.centre, values, base, result)
        return result

    def plus_identity(self, factor: float) -> "Jumps":
        """Return the map A + factor I."""
        return Jumps(self.weights, self.shifts, self.loss - factor, self.centre)

    @cached_property
    def transposed(self) -> "Jumps":
        """The transposed map."""
        turned = [_moved(row, shift) for row, shift in zip(self.weights, self.shifts, strict=True)]
        weights = np.array(turned).reshape(self.weights.shape)
        return Jumps(weights, -self.shifts, self.loss + self.centre * self.weights.sum(axis=0), centre=0.0)

    @cached_property
    def matrix(self) -> Matrix:
        """The map as a sparse matrix."""
        n = self.loss.size
        diagonal = -self.loss - self.centre * self.weights.sum(axis=0)
        rows = [(_moved(row, shift), shift) for row, shift in zip(self.weights, self.shifts, strict=True)]
        data: FloatArray = np.array([diagonal, *(row for row, _ in rows)])
        offsets: IntArray = np.array([0, *(int(shift) for _, shift in rows)])
        return sparse.csr_array(sparse.dia_array((data, offsets), shape=(n, n)))

    @classmethod
    def gathered(cls, *parts: tuple[float, Split | None, float, float]) -> "Jumps":
        """Return the sum of multiples of splits.

        Parameters
        ----------
        *parts : tuple (factor, split, axes, cross)
            The split times the factor, its parts along axes and its mixed part weighted once more.
        """
        size = prod(next(split for _, split, _, _ in parts if split is not None).axes[0].lower.shape)
        rates: dict[int, FloatArray] = defaultdict(lambda: np.zeros(size))
        loss = np.zeros(size)
        for factor, split, axes, cross in parts:
            if split is None or factor == 0.0:
                continue
            for part in split.axes if axes != 0.0 else ():
                _gather_axis(part, factor * axes, rates, loss)
            if split.cross is not None and cross != 0.0:
                _gather_stencil(split.cross, factor * cross, rates, loss)
        shifts = sorted(shift for shift, row in rates.items() if row.any())
        weights = np.array([rates[shift] for shift in shifts]).reshape(len(shifts), size)
        return cls(weights, np.array(shifts, dtype=np.int64), loss)


def row_loss(part: Tridiagonal) -> FloatArray:
    """Return minus the row sums; what rounding leaves of a zero is a zero."""
    moved = part.lower + part.upper
    loss = -(moved + part.diagonal)
    size = np.abs(part.lower) + np.abs(part.upper) + np.abs(part.diagonal)
    return np.where(np.abs(loss) <= ROUNDING * size, 0.0, loss)


def _moved(row: FloatArray, shift: int) -> FloatArray:
    result = np.roll(row, shift)
    if shift > 0:
        result[:shift] = 0.0
    elif shift < 0:
        result[shift:] = 0.0
    return result


def _gather_axis(part: Tridiagonal, factor: float, rates: dict[int, FloatArray], loss: FloatArray) -> None:
    shape, axis = part.lower.shape, part.axis
    stride, n = prod(shape[axis + 1 :]), shape[axis]
    loss += factor * row_loss(part).ravel()
    for step, given, end in ((-1, part.lower, 0), (1, part.upper, n - 1)):
        inner = factor * given
        index = (slice(None),) * axis + (end,)
        if part.periodic:
            around = np.zeros(shape)
            around[index] = inner[index]
            rates[-step * (n - 1) * stride] += around.ravel()
        inner[index] = 0.0
        rates[step * stride] += inner.ravel()


def _gather_stencil(stencil: Stencil, factor: float, rates: dict[int, FloatArray], loss: FloatArray) -> None:
    nodes = np.arange(stencil.killing.size).reshape(stencil.shape)
    loss += factor * stencil.killing.ravel()
    for offset, given in zip(stencil.offsets, stencil.rates, strict=True):
        used = given != 0.0
        landing = np.roll(nodes, [-step for step in offset], axis=range(len(offset)))
        shifts = (landing - nodes)[used]
        for shift in np.unique(shifts):
            chosen = nodes[used][shifts == shift]
            rates[int(shift)][chosen] += factor * given[used][shifts == shift]
