"""Soft minima of lines and of quadratics with diagonal curvature, on arrays of points of any dimension."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from pdeopt._types import FloatArray

__all__ = ["SoftMinimum"]


@dataclass(frozen=True, eq=False)
class SoftMinimum:
    """The function -(1/beta) log sum_k exp(h_k + a_k . x - sum_i p_ki (x_i - m_ki)^2 / 2).

    Parameters
    ----------
    beta : float
    heights : array, shape (k,)
        The h above.
    slopes : array, shape (k, d), or None
        The a above; None for zero.
    means, precisions : array, shape (k, d), or None
        The m and p above; None for zero.
    """

    beta: float
    heights: FloatArray
    slopes: FloatArray | None = None
    means: FloatArray | None = None
    precisions: FloatArray | None = None

    def _terms(self, points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return values (...), weights (..., k) and slopes (..., k, d) of the terms of the exponential."""
        rows = points[..., None, :]
        terms, slopes = self.heights, np.zeros(())
        if self.slopes is not None:
            terms, slopes = terms + points @ self.slopes.T, self.slopes
        if self.means is not None and self.precisions is not None:
            away = rows - self.means
            pulls = self.precisions * away
            terms = terms - 0.5 * (pulls * away).sum(axis=-1)
            slopes = slopes - pulls
        total = logsumexp(terms, axis=-1, keepdims=True)
        return total[..., 0], np.exp(terms - total), np.broadcast_to(slopes, (*terms.shape, points.shape[-1]))

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        return self._terms(points)[0] / -self.beta

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""
        _, weights, slopes = self._terms(points)
        mean: FloatArray = np.einsum("...k,...kd->...d", weights, slopes) / -self.beta
        return mean

    def hessian_parts(self, points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Hessians: the mean precision less the covariance of the slopes, over beta."""
        _, weights, slopes = self._terms(points)
        mean = np.einsum("...k,...kd->...d", weights, slopes)
        diagonal = np.zeros(points.shape) if self.precisions is None else weights @ self.precisions / self.beta
        core = np.zeros((*weights.shape, weights.shape[-1]))
        index = np.arange(weights.shape[-1])
        core[..., index, index] = -weights / self.beta
        return diagonal, slopes - mean[..., None, :], core
