"""Linear systems of a generator that stops in some states, and their transposes."""

from typing import Protocol

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from pdeopt._types import BoolArray, FloatArray
from pdeopt.kolmogorov.assembly import Problem
from pdeopt.kolmogorov.hitting import factored
from pdeopt.kolmogorov.stencil import Stencil

__all__ = ["LinearSystem", "linear_system"]


class LinearSystem(Protocol):
    """Factors of ``rate - L``, rows of stopped states being those of the identity."""

    def solve(self, source: FloatArray) -> FloatArray:
        """Return the solution for a source of the grid's shape; at stopped states it is the value there."""

    def solve_transposed(self, source: FloatArray) -> FloatArray:
        """Return the solution of the transposed system."""


class Factors:
    """Sparse factors of rates of either sign."""

    def __init__(self, stencil: Stencil, stopped: BoolArray, rate: float) -> None:
        kept = stencil.frozen(stopped)
        diagonal = np.where(stopped, 1.0, rate).ravel()
        self._factors = splu((sparse.diags_array(diagonal) - kept.matrix).tocsc())

    def solve(self, source: FloatArray) -> FloatArray:
        """Return the solution for a source of the grid's shape."""
        return np.asarray(self._factors.solve(source.ravel())).reshape(source.shape)

    def solve_transposed(self, source: FloatArray) -> FloatArray:
        """Return the solution of the transposed system."""
        return np.asarray(self._factors.solve(source.ravel(), trans="T")).reshape(source.shape)


def linear_system(problem: Problem, stopped: BoolArray, rate: float = 0.0) -> LinearSystem:
    """Return ``rate - L`` factored, without subtractions where all rates are at least 0.

    Parameters
    ----------
    problem : Problem
    stopped : array of bool, shape ``grid.shape``
        Besides absorbing nodes.
    rate : float
        At least 0.
    """
    stencil, ends = problem.operator.stencil, stopped | problem.absorbing
    if stencil.rates.min() >= 0.0 and rate >= 0.0:
        return factored(stencil, stopped=ends, rate=rate)
    return Factors(stencil, ends, rate)
