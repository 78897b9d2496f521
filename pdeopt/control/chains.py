"""Powers of a matrix of jumps, all of whose entries are at least 0, and the tilt of it by a field."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.special import gammaln

from pdeopt._types import FloatArray, IntArray
from pdeopt.kolmogorov import Generator
from pdeopt.kolmogorov.stencil import Matrix

__all__ = ["Chain", "chain_of", "uniformised"]

TAIL = 10.0
"""Standard deviations of the Poisson law of the number of jumps that are kept."""

SMALL = -46.0
"""Logarithm of weights that are left out."""


@dataclass(frozen=True, eq=False)
class Chain:
    """A generator L of jumps as I + L / rate.

    Parameters
    ----------
    jumps : sparse matrix, shape (N, N)
        I + L / rate, with entries of at least 0.
    rate : float
        Of the clock of the jumps, per unit of time.
    """

    jumps: Matrix
    rate: float

    @cached_property
    def rows(self) -> IntArray:
        """Rows of the stored entries."""
        counts = np.diff(self.jumps.indptr)
        return np.repeat(np.arange(counts.size), counts)

    def typical_change(self, field: FloatArray) -> float:
        """Return the median change of a field over a jump."""
        away = self.rows != self.jumps.indices
        return float(np.median(np.abs(field[self.rows[away]] - field[self.jumps.indices[away]])))

    def tilted(self, field: FloatArray) -> Matrix:
        """Return the matrix with entries exp(field_i) (I + L / rate)_ij exp(-field_j)."""
        entries = self.jumps.data * np.exp(field[self.rows] - field[self.jumps.indices])
        return sparse.csr_array((entries, self.jumps.indices, self.jumps.indptr), shape=self.jumps.shape)


def chain_of(generator: Generator) -> Chain:
    """Return the chain of a generator whose rates are all at least 0."""
    matrix = generator.operator.matrix
    rate = float(-matrix.diagonal().min())
    return Chain(sparse.csr_array(sparse.eye_array(matrix.shape[0]) + matrix / rate), rate)


def growth_of(jumps: Matrix) -> float:
    """Return by how much the largest row sum exceeds one."""
    return max(float(np.asarray(jumps.sum(axis=1)).max()) - 1.0, 0.0)


def poisson_weights(clock: float, growth: float) -> FloatArray:
    """Return the probabilities of 0, 1, 2 ... jumps, up to where the rest is below rounding even after growth."""
    most = clock * (1.0 + growth)
    k = np.arange(int(most + TAIL * np.sqrt(most) + 4 * TAIL))
    return np.asarray(np.exp(k * np.log(clock) - clock - gammaln(k + 1.0)))


def uniformised(jumps: Matrix, clock: float, columns: FloatArray) -> FloatArray:
    """Return exp(clock (jumps - I)) times columns, a sum of terms of one sign where these have one.

    Parameters
    ----------
    jumps : sparse matrix, shape (N, N)
        With entries of at least 0.
    clock : float
        Rate times step of time, positive.
    columns : array, shape (N, ...)

    Notes
    -----
    The series sum_k Poisson(k; clock) jumps^k. Without cancellation every entry has small relative error, however small
    it is.
    """
    weights = poisson_weights(clock, growth_of(jumps))
    used = weights > np.exp(SMALL) * weights.max()
    term, total = columns, weights[0] * columns
    for k in range(1, len(weights)):
        term = np.asarray(jumps @ term)
        if used[k]:
            total += weights[k] * term
    return np.asarray(total)
