"""Solvers for shifted generators, as searches for eigenvalues need them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.elimination import Layout
from pdeopt.kolmogorov.masses import Masses

__all__ = ["Eliminating", "Pivoting", "Shifts", "Solver"]

Solver: TypeAlias = Callable[[Any], Any]
Matrix: TypeAlias = "sparse.csr_array[np.float64]"


class Shifts(Protocol):
    """Minus a generator, `M`, whose shifted inverses can be applied."""

    @property
    def masses(self) -> Masses:
        """Masses that define the inner product."""
        ...

    @property
    def reversible(self) -> bool:
        """Whether `M` is symmetric in that inner product."""
        ...

    @property
    def closed(self) -> bool:
        """Whether nothing is lost, so that 0 is an eigenvalue, of constants."""
        ...

    @property
    def typical(self) -> float:
        """The mean rate at which states are left."""
        ...

    def scaled_inverse(self, shift: complex) -> tuple[Solver, int]:
        """Return the solver of ``D (M + shift) / D``, with `D` the roots of the masses.

        And the number of its negative eigenvalues, where `reversible`.
        """
        ...


@dataclass(frozen=True, eq=False)
class Eliminating:
    """By elimination without subtractions, for rates of at least 0.

    Parameters
    ----------
    layout : Layout
    losses : array, shape (n,)
    masses : Masses
    reversible : bool
    """

    layout: Layout
    losses: FloatArray
    masses: Masses
    reversible: bool

    @property
    def closed(self) -> bool:
        """Whether nothing is lost."""
        return not self.losses.any()

    @cached_property
    def typical(self) -> float:
        """The mean rate at which states are left."""
        order, rates = self.layout.order, self.layout.rates @ np.ones(self.losses.size)
        return float(self.masses.values[order] @ (rates + self.losses[order]))

    def scaled_inverse(self, shift: complex) -> tuple[Solver, int]:
        """Return the solver of ``D (M + shift) / D``, and the number of negative pivots."""
        factors = self.layout.eliminate(self.losses + (shift.real if shift.imag == 0.0 else shift))
        return factors.scaled(self.masses).solve, int(np.count_nonzero(factors.pivots.real < 0.0))


@dataclass(frozen=True, eq=False)
class Pivoting:
    """By SuperLU, for matrices with entries of any sign.

    Parameters
    ----------
    matrix : sparse array, shape (n, n)
        `M`.
    masses : Masses
    closed : bool
        Whether rows sum to 0.
    """

    matrix: Matrix
    masses: Masses
    closed: bool
    reversible: bool = False

    @cached_property
    def typical(self) -> float:
        """The mean rate at which states are left."""
        return float(self.masses.values @ np.abs(self.matrix.diagonal()))

    @cached_property
    def _scaled(self) -> Matrix:
        listed = self.matrix.tocoo()
        ratios = self.masses.root_ratios(listed.row.astype(np.int64), listed.col.astype(np.int64))
        return sparse.csr_array((listed.data * ratios, (listed.row, listed.col)), shape=listed.shape)

    def scaled_inverse(self, shift: complex) -> tuple[Solver, int]:
        """Return the solver of ``D (M + shift) / D``; nothing is counted."""
        added = shift.real if shift.imag == 0.0 else shift
        factors = splu((self._scaled + sparse.diags_array(np.full(self.matrix.shape[0], added))).tocsc())

        def solve(source: Any) -> Any:
            if added != shift.real:
                return factors.solve(source.astype(np.complex128))
            if np.iscomplexobj(source):
                return factors.solve(source.real.copy()) + 1j * factors.solve(source.imag.copy())
            return factors.solve(source)

        return solve, 0
