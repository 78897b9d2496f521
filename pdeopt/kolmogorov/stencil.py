"""A generator on a grid as jump rates, and its parts along the axes."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray

__all__ = ["Offset", "Split", "Stencil", "Tridiagonal"]

Offset: TypeAlias = tuple[int, ...]
if TYPE_CHECKING:
    Matrix: TypeAlias = sparse.csr_array[np.float64]
else:
    # Older SciPy has no parameters at run time.
    Matrix = sparse.csr_array


@dataclass(frozen=True, eq=False, repr=False)
class Stencil:
    """Jumps by whole steps of a grid, (L u)_i = sum_k rates[k, i] (u_{i + offsets[k]} - u_i) - killing_i u_i.

    Parameters
    ----------
    offsets : tuple of tuple of int
        The jumps, each one step per axis.
    rates : array, shape ``(len(offsets), *shape)``
        Per unit of time; zero where the jump leaves the grid. Rates of a generator of jumps are at least 0; those of a
        mixed derivative alone have either sign.
    killing : array, shape ``(*shape)``
        Rate at which the process ends, per unit of time.
    periodic : tuple of bool
        Axes on which jumps wrap.
    """

    offsets: tuple[Offset, ...]
    rates: FloatArray
    killing: FloatArray
    periodic: tuple[bool, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the grid."""
        return self.killing.shape

    @cached_property
    def diagonal(self) -> FloatArray:
        """Diagonal of the matrix, shape ``shape``."""
        total: FloatArray = self.rates.sum(axis=0)
        return -total - self.killing

    @cached_property
    def matrix(self) -> Matrix:
        """The generator as a matrix on nodes in C order; rows sum to minus the killing rate."""
        nodes = np.arange(self.killing.size).reshape(self.shape)
        rows, columns, entries = [nodes.ravel()], [nodes.ravel()], [self.diagonal.ravel()]
        for offset, rates in zip(self.offsets, self.rates, strict=True):
            used = rates != 0.0
            rows.append(nodes[used])
            columns.append(np.roll(nodes, [-step for step in offset], axis=range(len(offset)))[used])
            entries.append(rates[used])
        data = (np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns)))
        return sparse.csr_array(sparse.coo_array(data, shape=(nodes.size, nodes.size)))

    def frozen(self, states: np.typing.NDArray[np.bool_]) -> "Stencil":
        """Return the stencil without jumps from, or killing in, the given states: absorbed walkers stay."""
        return Stencil(
            self.offsets, np.where(states, 0.0, self.rates), np.where(states, 0.0, self.killing), self.periodic
        )


@dataclass(frozen=True, eq=False, repr=False)
class Tridiagonal:
    """One axis' part, (A u)_i = lower_i u_{i-1} + diagonal_i u_i + upper_i u_{i+1} along it.

    Parameters
    ----------
    axis : int
    lower, diagonal, upper : array, shape of the grid
        Entries of the rows; the first lower and the last upper of a line are zero unless it is periodic.
    periodic : bool
        Whether lines wrap.
    """

    axis: int
    lower: FloatArray
    diagonal: FloatArray
    upper: FloatArray
    periodic: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """A generator as the sum of one part per axis and of a mixed one.

    Parameters
    ----------
    axes : tuple of Tridiagonal
        One per axis, in order; killing is shared among them equally.
    cross : Stencil, optional
        The rest, which no axis holds: mixed derivatives.
    """

    axes: tuple[Tridiagonal, ...]
    cross: Stencil | None = None
