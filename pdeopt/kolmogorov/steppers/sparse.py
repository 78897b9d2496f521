"""Implicit parts of a step that no axis holds: SciPy's sparse factors of the whole matrix."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.stencil import Matrix

__all__ = ["SparseSolver"]


@dataclass(frozen=True, eq=False, repr=False)
class SparseSolver:
    """The inverse of I - weight A for the matrix A of a whole grid.

    Parameters
    ----------
    factors : SuperLU
    turned : bool
        Whether the transposed system is solved.
    """

    factors: SuperLU
    turned: bool = False

    @classmethod
    def factored(cls, matrix: Matrix, weight: float) -> "SparseSolver":
        """Return the solver of I - weight matrix."""
        n = matrix.shape[0]
        # Patterns of stencils are symmetric and rows dominated by their diagonals: a fourth of the default's time.
        system = sparse.csc_array(sparse.eye_array(n) - weight * matrix)
        return cls(splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01))

    @cached_property
    def transposed(self) -> "SparseSolver":
        """The solver of the transposed system, from the same factors."""
        return SparseSolver(self.factors, not self.turned)

    def solve(self, values: FloatArray, out: FloatArray) -> None:
        """Write the solution for right-hand sides of shape (copies, nodes); `out` may be `values`."""
        columns: FloatArray = np.asfortranarray(values.T)
        solve: Any = self.factors.solve  # its stub lacks `trans`
        out[...] = solve(columns, trans="T" if self.turned else "N").T
