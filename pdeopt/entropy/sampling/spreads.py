"""Linear maps of standard normals: a diagonal times the identity plus a part of low rank."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["Spread"]


@dataclass(frozen=True, eq=False)
class Spread:
    """The map S = diag(scale) (I + U^T diag(stretch - 1) U), whose covariance is S S^T.

    Parameters
    ----------
    scale : array, shape (d,)
        Positive.
    basis : array, shape (m, d)
        Orthonormal rows U; m may be zero.
    stretch : array, shape (m,)
        Positive.
    """

    scale: FloatArray
    basis: FloatArray
    stretch: FloatArray

    @classmethod
    def unit(cls, dim: int) -> "Spread":
        """Return the identity."""
        return cls(np.ones(dim), np.zeros((0, dim)), np.zeros(0))

    @classmethod
    def of_covariance(cls, matrix: FloatArray) -> "Spread":
        """Return the symmetric square root of a covariance matrix."""
        values, vectors = np.linalg.eigh(matrix)
        return cls(np.ones(len(matrix)), vectors.T.copy(), np.sqrt(values))

    @property
    def log_volume(self) -> float:
        """Logarithm of the determinant."""
        return float(np.log(self.scale).sum() + np.log(self.stretch).sum())

    def outward(self, v: FloatArray) -> FloatArray:
        """Return S v for rows v."""
        return self._stretched(v, self.stretch) * self.scale

    def inward(self, w: FloatArray) -> FloatArray:
        """Return S^-1 w for rows w."""
        return self._stretched(w / self.scale, 1.0 / self.stretch)

    def pulled(self, slope: FloatArray) -> FloatArray:
        """Return S^T g for rows g: the slope seen by v."""
        return self._stretched(slope * self.scale, self.stretch)

    def covariance_times(self, rows: FloatArray) -> FloatArray:
        """Return S S^T g for rows g."""
        return self.outward(self.pulled(rows))

    @property
    def covariance_parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Diagonal a, factors F and core c of S S^T = diag(a) + F^T diag(c) F."""
        return self.scale**2, self.basis * self.scale, self.stretch**2 - 1.0

    @property
    def covariance(self) -> FloatArray:
        """The matrix S S^T, shape (d, d)."""
        a, F, c = self.covariance_parts
        return np.diag(a) + (F.T * c) @ F

    def scaled(self, factor: float | FloatArray) -> "Spread":
        """Return the map times a number, or diag(factor) times the map."""
        return Spread(self.scale * factor, self.basis, self.stretch)

    def _stretched(self, v: FloatArray, stretch: FloatArray) -> FloatArray:
        if not len(stretch):
            return v
        return v + ((v @ self.basis.T) * (stretch - 1.0)) @ self.basis
