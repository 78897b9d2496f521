"""Hessians that fit in memory in any dimension: a diagonal plus a low-rank part."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["Curvature"]

MOST_ENTRIES = 2**28
"""Entries of dense Hessians made on request, 2 GiB."""


@dataclass(frozen=True, eq=False)
class Curvature:
    """Symmetric matrices diag(a) + F^T C F, one per point.

    Parameters
    ----------
    diagonal : array, shape (n, d)
        The a above.
    factors : array, shape (n, m, d)
        The F above; m may be zero.
    core : array, shape (n, m, m)
        The C above, symmetric.
    """

    diagonal: FloatArray
    factors: FloatArray
    core: FloatArray

    @classmethod
    def of_diagonal(cls, diagonal: FloatArray) -> "Curvature":
        """Return diagonal matrices from their entries, shape (n, d)."""
        n, d = diagonal.shape
        return cls(diagonal, np.zeros((n, 0, d)), np.zeros((n, 0, 0)))

    @classmethod
    def of_dense(cls, matrices: FloatArray) -> "Curvature":
        """Return symmetric matrices of shape (n, d, d)."""
        n, d, _ = matrices.shape
        return cls(np.zeros((n, d)), np.broadcast_to(np.eye(d), (n, d, d)), matrices)

    @property
    def dense(self) -> FloatArray:
        """The matrices, shape (n, d, d).

        Raises
        ------
        ValueError
            If they do not fit in memory.
        """
        n, d = self.diagonal.shape
        if n * d * d > MOST_ENTRIES:
            raise ValueError(
                f"hessian of {n} points in {d} dimensions has {n * d * d:.1e} entries, above the limit "
                f"{MOST_ENTRIES:.1e}. Use hessian_diagonal, or hessian_times(vectors)."
            )
        full: FloatArray = np.einsum("nai,nab,nbj->nij", self.factors, self.core, self.factors, optimize=True)
        full[:, np.arange(d), np.arange(d)] += self.diagonal
        return full

    @property
    def trace_entries(self) -> FloatArray:
        """The diagonals, shape (n, d)."""
        products: FloatArray = np.einsum("nai,nab,nbi->ni", self.factors, self.core, self.factors, optimize=True)
        return self.diagonal + products

    def times(self, vectors: FloatArray) -> FloatArray:
        """Multiply by one vector per point, shape (n, d)."""
        inner = np.einsum("nai,ni->na", self.factors, vectors)
        outer: FloatArray = np.einsum("nai,nab,nb->ni", self.factors, self.core, inner, optimize=True)
        return self.diagonal * vectors + outer
