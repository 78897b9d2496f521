"""Evaluations of all times, reused: draws from many Gaussians, weighted as draws from one."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["Archive"]


@dataclass(frozen=True, eq=False, repr=False)
class Archive:
    """Points with their values, and the mixture of Gaussians that they were drawn from.

    Parameters
    ----------
    points : array, shape (n, d)
    values : array, shape (n,)
    log_mixture : array, shape (n,)
        Logarithm of ``sum_g n_g N(x; m_g, S_g)`` at the points, up to the factor ``(2 pi)^(-d/2)``.
    centers : array, shape (g, d)
    inverses : array, shape (g, d, d)
        Inverses of the Cholesky factors of the covariances.
    log_counts : array, shape (g,)
        ``log n_g - log det L_g``.
    """

    points: FloatArray
    values: FloatArray
    log_mixture: FloatArray
    centers: FloatArray
    inverses: FloatArray
    log_counts: FloatArray

    @classmethod
    def empty(cls, dim: int) -> "Archive":
        """Return an archive without evaluations."""
        none = np.empty(0)
        return cls(np.empty((0, dim)), none, none, np.empty((0, dim)), np.empty((0, dim, dim)), none)

    def with_draws(self, center: FloatArray, factor: FloatArray, points: FloatArray, values: FloatArray) -> "Archive":
        """Return the archive with points that were drawn from N(center, factor factor^T)."""
        inverse: FloatArray = np.asarray(np.linalg.inv(factor), dtype=float)
        log_count = np.log(len(points)) - float(np.log(np.abs(np.diag(factor))).sum())
        one = (center[None], inverse[None], np.full(1, log_count))
        old, new = log_densities(self.points, *one), log_densities(points, *one)
        among = np.logaddexp(log_densities(points, self.centers, self.inverses, self.log_counts), new)
        return Archive(
            np.concatenate([self.points, points]),
            np.concatenate([self.values, values]),
            np.concatenate([np.logaddexp(self.log_mixture, old), among]),
            np.concatenate([self.centers, one[0]]),
            np.concatenate([self.inverses, one[1]]),
            np.concatenate([self.log_counts, one[2]]),
        )

    def weights(self, center: FloatArray, factor: FloatArray) -> tuple[FloatArray, float]:
        """Return weights that make the points draws from N(center, factor factor^T), and the effective sample size.

        Notes
        -----
        Deterministic mixture weights, ``N(x; m, S) / sum_g n_g N(x; m_g, S_g)``: unbiased, and bounded by the draws
        from the Gaussian itself. The largest weight is 1.
        """
        if len(self.points) == 0:
            return np.empty(0), 0.0
        inverse: FloatArray = np.asarray(np.linalg.inv(factor), dtype=float)
        alone = log_densities(self.points, center[None], inverse[None], np.zeros(1))
        log_ratio = alone - self.log_mixture
        weights = np.exp(log_ratio - log_ratio.max())
        return weights, float(weights.sum() ** 2 / (weights**2).sum())

    def recent(self, n_points: int) -> "Archive":
        """Return the archive with its latest points only, and no more Gaussians than points."""
        return Archive(
            *(part[-n_points:] for part in (self.points, self.values, self.log_mixture)),
            *(part[-n_points:] for part in (self.centers, self.inverses, self.log_counts)),
        )


def log_densities(points: FloatArray, centers: FloatArray, inverses: FloatArray, log_counts: FloatArray) -> FloatArray:
    """Return the logarithm of ``sum_g exp(log_counts[g] - |L_g^-1 (x - m_g)|^2 / 2)`` at points (n, d)."""
    if len(centers) == 0:
        return np.full(len(points), -np.inf)
    if len(centers) == 1:
        apart = (points - centers[0]) @ inverses[0].T
        return np.asarray(log_counts[0] - 0.5 * np.einsum("ni,ni->n", apart, apart))
    apart = np.einsum("gij,ngj->ngi", inverses, points[:, None] - centers)
    exponents = log_counts - 0.5 * np.einsum("ngi,ngi->ng", apart, apart)
    top = exponents.max(axis=1)
    return np.asarray(top + np.log(np.exp(exponents - top[:, None]).sum(axis=1)))
