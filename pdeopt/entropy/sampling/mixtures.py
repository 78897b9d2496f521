"""Mixtures of Gaussians and Student t laws, from which displacements are drawn."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln, logsumexp

from pdeopt._types import FloatArray, IntArray
from pdeopt.entropy.sampling.spreads import Spread

__all__ = ["Component", "Mixture"]


@dataclass(frozen=True, eq=False)
class Component:
    """A Gaussian or Student t law about `mean`.

    Parameters
    ----------
    mean : array, shape (d,)
    spread : Spread
    freedom : float
        Degrees of freedom of a Student t law; ``inf`` for a Gaussian.
    """

    mean: FloatArray
    spread: Spread
    freedom: float = np.inf

    @property
    def covariance(self) -> FloatArray:
        """Of the Gaussian; that of the core of a Student t law."""
        return self.spread.covariance

    def drawn(self, rng: np.random.Generator, n: int) -> FloatArray:
        """Return n draws, shape (n, d)."""
        v = rng.standard_normal((n, self.mean.size))
        if np.isfinite(self.freedom):
            v /= np.sqrt(rng.chisquare(self.freedom, n) / self.freedom)[:, None]
        return self.mean + self.spread.outward(v)

    def standard(self, w: FloatArray) -> FloatArray:
        """Return the v of w = mean + S v."""
        return self.spread.inward(w - self.mean)

    def log_density(self, w: FloatArray) -> FloatArray:
        """Return the logarithm of the density at rows of w."""
        v, d, nu = self.standard(w), self.mean.size, self.freedom
        square = np.einsum("ni,ni->n", v, v)
        if np.isinf(nu):
            total: FloatArray = -0.5 * (square + d * np.log(2.0 * np.pi)) - self.spread.log_volume
            return total
        constant = gammaln(0.5 * (nu + d)) - gammaln(0.5 * nu) - 0.5 * d * np.log(nu * np.pi) - self.spread.log_volume
        return np.asarray(constant - 0.5 * (nu + d) * np.log1p(square / nu))


@dataclass(frozen=True, eq=False)
class Mixture:
    """A mixture with shares that sum to one; the first component is the Gaussian kernel itself.

    Parameters
    ----------
    components : tuple of Component
    shares : array, shape (K,)
    """

    components: tuple[Component, ...]
    shares: FloatArray

    @classmethod
    def about(cls, dim: int, components: list[Component], shares: FloatArray) -> "Mixture":
        """Return the kernel, with what `shares` leaves of one, and other components."""
        kernel = Component(np.zeros(dim), Spread.unit(dim))
        return cls((kernel, *components), np.concatenate([[1.0 - shares.sum()], shares]))

    def with_shares(self, shares: FloatArray) -> "Mixture":
        """Return the mixture with other shares, those of none left out."""
        kept = np.flatnonzero(shares > 0)
        return replace(
            self, components=tuple(self.components[k] for k in kept), shares=shares[kept] / shares[kept].sum()
        )

    def rounded(self, n: int) -> "Mixture":
        """Return the mixture whose shares are positive whole multiples of 1 / n."""
        edges = np.round(np.cumsum(self.shares) * (n - len(self.shares)))
        return replace(self, shares=(np.diff(edges, prepend=0.0) + 1.0) / n)

    def counts(self, n: int) -> IntArray:
        """Return how many of n draws each component gives."""
        edges = np.round(n * np.cumsum(self.shares))
        return np.diff(edges, prepend=0.0).astype(np.int64)

    def drawn(self, rng: np.random.Generator, n: int) -> tuple[FloatArray, IntArray]:
        """Return n draws by quota, and the component of each."""
        counts = self.counts(n)
        rows = [part.drawn(rng, int(m)) for part, m in zip(self.components, counts, strict=True)]
        return np.concatenate(rows), np.repeat(np.arange(len(counts)), counts)

    def log_parts(self, w: FloatArray) -> FloatArray:
        """Return log(share times density) of each component, shape (n, K)."""
        return np.stack(
            [np.log(a) + part.log_density(w) for a, part in zip(self.shares, self.components, strict=True)], axis=1
        )

    def log_density(self, w: FloatArray) -> FloatArray:
        """Return the logarithm of the density at rows of w."""
        return np.asarray(logsumexp(self.log_parts(w), axis=1))
