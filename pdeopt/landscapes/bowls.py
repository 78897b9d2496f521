"""Affine and quadratic landscapes of many coordinates, without a matrix of as many rows."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["Bowl"]


@dataclass(frozen=True, eq=False)
class Bowl:
    """The function level + p . x + (x - m)^T (diag(a) + F^T C F) (x - m) / 2.

    Parameters
    ----------
    slope, diagonal, center : array, shape (d,)
        The p, a and m above.
    level : float
    factors : array, shape (k, d)
        The F above; k may be zero.
    core : array, shape (k, k)
        The C above, positive definite.
    """

    slope: FloatArray
    diagonal: FloatArray
    center: FloatArray
    level: float
    factors: FloatArray
    core: FloatArray

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        away = points - self.center
        across = away @ self.factors.T
        # Sums by pairs: a dot product of a million terms loses four digits more.
        diagonal = self.level + (self.slope * points + 0.5 * self.diagonal * away**2).sum(axis=-1)
        total: FloatArray = diagonal + 0.5 * (across @ self.core * across).sum(axis=-1)
        return total

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""
        away = points - self.center
        total: FloatArray = self.slope + self.diagonal * away + away @ self.factors.T @ self.core @ self.factors
        return total

    def hessian_parts(self, points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Hessians, the same at all points."""
        shape = points.shape[:-1]
        return (
            np.broadcast_to(self.diagonal, points.shape),
            np.broadcast_to(self.factors, (*shape, *self.factors.shape)),
            np.broadcast_to(self.core, (*shape, *self.core.shape)),
        )

    @property
    def bounds(self) -> tuple[float, float]:
        """Bounds of the eigenvalues of the Hessian."""
        if not len(self.core):
            return float(self.diagonal.min()), float(self.diagonal.max())
        root = np.linalg.cholesky(self.core)
        largest = float(np.linalg.eigvalsh(root.T @ (self.factors @ self.factors.T) @ root)[-1])
        return float(self.diagonal.min()), float(self.diagonal.max()) + largest

    def relaxed(self, time: float, beta: float) -> "Bowl":
        """Relax: with D = I + t diag(a), Woodbury's identity keeps the Hessian Q (I + t Q)^-1 of the same form."""
        growth = 1.0 + time * self.diagonal
        if growth.min() <= 0:
            limit = -1.0 / float(self.diagonal.min())
            raise ValueError(
                f"time={time} is past the blow-up of this concave quadratic at {limit:.6g}. Use time={limit / 2:.6g}."
            )
        factors = self.factors / growth
        inner = np.eye(len(self.core)) + time * (factors @ self.factors.T) @ self.core
        core = self.core @ np.linalg.inv(inner)
        volume = float(np.log1p(time * self.diagonal).sum()) + float(np.linalg.slogdet(inner)[1])
        return Bowl(
            self.slope,
            self.diagonal / growth,
            # The slope moves the point by t p, at a gain of t |p|^2 / 2.
            self.center + time * self.slope,
            self.level - 0.5 * time * float(np.square(self.slope).sum()) + volume / (2 * beta),
            factors,
            0.5 * (core + core.T),
        )
