"""Linear systems of a generator that stops in some states, and their transposes."""

from typing import Any, Protocol

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from pdeopt._types import BoolArray, FloatArray
from pdeopt.kolmogorov.elimination import eliminated
from pdeopt.kolmogorov.hitting import factored
from pdeopt.kolmogorov.ordering import dissection
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.stencil import Matrix

__all__ = ["LinearSystem", "linear_system", "poisson"]


class LinearSystem(Protocol):
    """Factors of ``rate - L``, rows of stopped states being those of the identity."""

    def solve(self, source: FloatArray) -> FloatArray:
        """Return the solution for a source of the grid's shape; at stopped states it is the value there."""

    def solve_transposed(self, source: FloatArray) -> FloatArray:
        """Return the solution of the transposed system."""


class Factors:
    """Sparse factors of rates of either sign."""

    def __init__(self, matrix: Matrix, stopped: BoolArray, rate: float) -> None:
        diagonal, kept = np.where(stopped, 1.0, rate).ravel(), np.where(stopped, 0.0, 1.0).ravel()
        self._factors = splu((sparse.diags_array(diagonal) - sparse.diags_array(kept) @ matrix).tocsc())

    def solve(self, source: FloatArray) -> FloatArray:
        """Return the solution for a source of the grid's shape."""
        return np.asarray(self._factors.solve(source.ravel())).reshape(source.shape)

    def solve_transposed(self, source: FloatArray) -> FloatArray:
        """Return the solution of the transposed system."""
        # The stubs of SciPy do not know of the transpose.
        factors: Any = self._factors
        return np.asarray(factors.solve(source.ravel(), trans="T")).reshape(source.shape)


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
    operator, ends = problem.operator, stopped | problem.absorbing
    if operator.is_monotone and rate >= 0.0:
        return factored(operator.stencil, stopped=ends, rate=rate)
    return Factors(operator.matrix, ends, rate)


def poisson(problem: Problem, source: FloatArray, masses: FloatArray) -> FloatArray:
    """Return the solution of -L h = source - its mean, up to a constant, for a process that never ends."""
    stencil = problem.operator.stencil
    if problem.operator.is_monotone:
        width = np.abs(np.asarray(stencil.offsets)).max(axis=0)
        order = dissection(stencil.shape, width.tolist(), stencil.periodic)
        return np.asarray(eliminated(stencil.matrix, 0.0, order=order).poisson(source))
    pinned: BoolArray = np.zeros(source.shape, dtype=bool)
    pinned.flat[int(np.argmax(masses))] = True
    centred = source - np.sum(masses * source) / np.sum(masses)
    return Factors(problem.operator.matrix, pinned, 0.0).solve(np.where(pinned, 0.0, centred))
