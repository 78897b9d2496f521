"""Functions of a momentum: polynomials that are orthogonal under its Gaussian law."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from pdeopt._types import FloatArray

__all__ = ["Line"]


@dataclass(frozen=True)
class Line:
    """Polynomials of degree below `n`, orthonormal under a Gaussian density of mean zero.

    Parameters
    ----------
    n : int
    scale : float
        Standard deviation of the density.
    """

    n: int
    scale: float = 1.0

    @cached_property
    def nodes(self) -> FloatArray:
        """Nodes of Gauss and Hermite."""
        return np.asarray(self.scale * hermegauss(self.n)[0])

    @cached_property
    def weights(self) -> FloatArray:
        """Their weights, with the sum 1."""
        weights = hermegauss(self.n)[1]
        return np.asarray(weights / weights.sum())

    def polynomials(self, points: FloatArray) -> FloatArray:
        """Return the polynomials at points, shape points.shape + (n,)."""
        x = points / self.scale
        rows = [np.ones_like(x), x]
        for k in range(2, self.n):
            rows.append((x * rows[-1] - np.sqrt(k - 1.0) * rows[-2]) / np.sqrt(k))
        return np.stack(rows[: self.n], axis=-1)

    @cached_property
    def _to_coefficients(self) -> FloatArray:
        return np.asarray(self.polynomials(self.nodes).T * self.weights)

    def values(self, points: FloatArray) -> FloatArray:
        """Return the functions that are 1 at one node and 0 at the others at points."""
        return np.asarray(self.polynomials(points) @ self._to_coefficients)

    def derivative(self, order: int) -> FloatArray:
        """Return the matrix of the derivative of an order, on values at the nodes."""
        lowering = np.diag(np.sqrt(np.arange(1.0, self.n)), 1) / self.scale
        power = np.linalg.matrix_power(lowering, order)
        return np.asarray(self.polynomials(self.nodes) @ power @ self._to_coefficients)
