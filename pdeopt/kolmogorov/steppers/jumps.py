"""The explicit parts of a step: the jump rates of a split in one table, read with a factor for each of its parts."""

from dataclasses import dataclass
from functools import cached_property
from math import prod
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.kolmogorov.jumps import apply_jumps
from pdeopt.kolmogorov.stencil import Matrix, Split, Stencil, Tridiagonal

__all__ = ["JumpTable", "Jumps", "row_loss", "table_of"]

ROUNDING = 4.0 * np.finfo(np.float64).eps

Row = tuple[int, FloatArray]


@dataclass(frozen=True, eq=False, repr=False)
class JumpTable:
    """All jumps of a split, as shifts of nodes numbered through.

    Parameters
    ----------
    weights : array, shape (n_rows, n)
        Rates, zero where a jump leaves the grid; those of the axes first, two or four for each.
    rows : array of int, shape (m,)
        The row of each jump: the corners of a mixed derivative have one in common.
    signs : array, shape (m,)
        Factors of the rows.
    shifts : array of int, shape (m,)
    loss : array, shape (n,)
        Minus the row sums.
    starts : tuple of int
        Where the jumps of each axis begin, and where those of the mixed part do.
    """

    weights: FloatArray
    rows: IntArray
    signs: FloatArray
    shifts: IntArray
    loss: FloatArray
    starts: tuple[int, ...]

    def lines(self, axis: int) -> tuple[int, int]:
        """Return the rows of the jumps down and up an axis, those around its ends left out."""
        return self.starts[axis], self.starts[axis + 1] - (self.starts[axis + 1] - self.starts[axis]) // 2

    @cached_property
    def turned(self) -> FloatArray:
        """Weights of the transposed jumps, a row for each, without signs; their shifts are the opposite ones."""
        turned = [_moved(self.weights[row], int(shift)) for row, shift in zip(self.rows, self.shifts, strict=True)]
        return np.array(turned).reshape(self.rows.size, self.loss.size)


@dataclass(frozen=True, eq=False, repr=False)
class Jumps:
    """A linear map of fields, sum_m scales[m] weights[rows[m], i] (u_{i + shifts[m]} - centre u_i) - decay loss_i u_i.

    Parameters
    ----------
    weights, rows, shifts : array
        Those of a table, or of its transpose.
    scales : array, shape (m,)
    loss : array
        That of the table, or of its transpose.
    decay : float
    centre : float
        1 for rates, 0 for the entries of a matrix.
    table : JumpTable
    """

    weights: FloatArray
    rows: IntArray
    shifts: IntArray
    scales: FloatArray
    loss: FloatArray
    decay: float
    centre: float
    table: JumpTable

    @classmethod
    def of(cls, split: Split, axes: float, cross: float) -> "Jumps":
        """Return a split with a factor for the parts along axes and one for the mixed part."""
        table = table_of(split)
        scales = np.where(np.arange(table.shifts.size) < table.starts[-1], axes, cross) * table.signs
        return cls(table.weights, table.rows, table.shifts, scales, table.loss, axes, 1.0, table)

    def added_to(
        self, base: FloatArray | None, values: FloatArray, out: FloatArray | None = None, keep: float = 1.0
    ) -> FloatArray:
        """Return keep base + A values for arrays of shape (copies, n), in `out` where given; A values without base."""
        result = np.empty_like(values) if out is None else out
        keep, given = (0.0, values) if base is None else (keep, base)
        jumps = self.weights, self.rows, self.shifts, self.scales
        apply_jumps(*jumps, self.loss, self.decay, self.centre, values, keep, given, result)
        return result

    @cached_property
    def transposed(self) -> "Jumps":
        """The transposed map."""
        rows = np.arange(self.rows.size)
        return Jumps(self.table.turned, rows, -self.shifts, self.scales, -self._diagonal, 1.0, 0.0, self.table)

    @property
    def _diagonal(self) -> FloatArray:
        totals = np.bincount(self.rows, weights=self.scales, minlength=len(self.weights))
        diagonal: FloatArray = -self.decay * self.loss - self.centre * (totals @ self.weights)
        return diagonal

    @cached_property
    def matrix(self) -> Matrix:
        """The map as a sparse matrix; of maps that are not transposed."""
        n = self.loss.size
        rows: FloatArray = self.scales[:, None] * self.table.turned
        data: FloatArray = np.vstack([self._diagonal, rows])
        offsets: IntArray = np.append(0, self.shifts)
        # Two jumps of one shift, of an axis and of the mixed part, are two diagonals in one place.
        summed = [data[offsets == shift].sum(axis=0) for shift in np.unique(offsets)]
        return sparse.csr_array(sparse.dia_array((np.array(summed), np.unique(offsets)), shape=(n, n)))


_TABLES: "WeakKeyDictionary[Split, JumpTable]" = WeakKeyDictionary()


def table_of(split: Split) -> JumpTable:
    """Return the table of a split, made once as long as the split lives."""
    if split not in _TABLES:
        _TABLES[split] = _made_table(split)
    return _TABLES[split]


def row_loss(part: Tridiagonal) -> FloatArray:
    """Return minus the row sums; what rounding leaves of a zero is a zero."""
    moved = part.lower + part.upper
    loss = -(moved + part.diagonal)
    size = np.abs(part.lower) + np.abs(part.upper) + np.abs(part.diagonal)
    return np.where(np.abs(loss) <= ROUNDING * size, 0.0, loss)


def _made_table(split: Split) -> JumpTable:
    by_axis = [_axis_rows(part) for part in split.axes]
    rows = [row for part in by_axis for row in part]
    mixed = [] if split.cross is None else _stencil_rows(split.cross)
    loss: FloatArray = np.sum([row_loss(part).ravel() for part in split.axes], axis=0)
    shifts = np.array([shift for shift, _ in rows + mixed], dtype=np.int64)
    kept, places, signs = _shared([row for _, row in mixed])
    weights = np.array([row for _, row in rows] + kept).reshape(len(rows) + len(kept), loss.size)
    places = np.concatenate([np.arange(len(rows)), len(rows) + places])
    signs = np.concatenate([np.ones(len(rows)), signs])
    starts = tuple(int(start) for start in np.cumsum([0, *(len(part) for part in by_axis)]))
    return JumpTable(weights, places, signs, shifts, loss, starts)


def _shared(rows: list[FloatArray]) -> tuple[list[FloatArray], IntArray, FloatArray]:
    """Return the rows that differ by more than a sign, and for each row given which it is and its sign."""
    kept: list[FloatArray] = []
    places, signs = np.zeros(len(rows), dtype=np.int64), np.ones(len(rows))
    for k, row in enumerate(rows):
        same = (j for j, other in enumerate(kept) if np.array_equal(np.abs(row), np.abs(other)))
        places[k] = place = next(same, len(kept))
        if place == len(kept):
            kept.append(row)
        elif not np.array_equal(row, kept[place]):
            if np.array_equal(row, -kept[place]):
                signs[k] = -1.0
            else:
                places[k] = len(kept)
                kept.append(row)
    return kept, places, signs


def _moved(row: FloatArray, shift: int) -> FloatArray:
    result = np.zeros_like(row)
    if shift > 0:
        result[shift:] = row[:-shift]
    else:
        result[: row.size + shift] = row[-shift:]
    return result


def _axis_rows(part: Tridiagonal) -> list[Row]:
    shape, axis = part.lower.shape, part.axis
    stride, n = prod(shape[axis + 1 :]), shape[axis]
    rows = []
    for step, given, end in ((-1, part.lower, 0), (1, part.upper, n - 1)):
        inner, index = given.copy(), (slice(None),) * axis + (end,)
        inner[index] = 0.0
        rows.append((step * stride, inner.ravel()))
        if part.periodic:
            around = np.zeros(shape)
            around[index] = given[index]
            rows.append((-step * (n - 1) * stride, around.ravel()))
    return rows


def _stencil_rows(stencil: Stencil) -> list[Row]:
    rows: list[Row] = []
    strides = [prod(stencil.shape[k + 1 :]) for k in range(len(stencil.shape))]
    for offset, given in zip(stencil.offsets, stencil.rates, strict=True):
        if any(stencil.periodic):
            rows += _wrapped_rows(stencil.shape, offset, given)
        else:
            rows.append((sum(step * stride for step, stride in zip(offset, strides, strict=True)), given.ravel()))
    return [(shift, row) for shift, row in rows if row.any()]


def _wrapped_rows(shape: tuple[int, ...], offset: tuple[int, ...], given: FloatArray) -> list[Row]:
    nodes = np.arange(given.size).reshape(shape)
    shifts = np.roll(nodes, [-step for step in offset], axis=range(len(offset))) - nodes
    return [(int(shift), np.where(shifts == shift, given, 0.0).ravel()) for shift in np.unique(shifts)]
