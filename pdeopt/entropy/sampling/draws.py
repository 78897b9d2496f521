"""Weighted draws of the local Gibbs law, in independent batches."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from pdeopt._types import FloatArray, IntArray
from pdeopt.entropy.sampling.mixtures import Mixture
from pdeopt.entropy.sampling.scaled import Scaled

__all__ = ["BATCHES", "Draws", "importance"]

BATCHES = 64
"""Independent batches, from whose spread errors are told."""


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws w with weights whose mean is the mass of exp(-E); all batches are of one size, one after another.

    Parameters
    ----------
    w, slope : array, shape (n, d)
        Displacements, and the gradient of E there; zeros without a gradient.
    log_weight : array, shape (n,)
    controls : array, shape (n, K)
        Functions of the draws, not weighted, whose mean is known to be zero.
    labels : array of int, shape (n,)
        The peak that each draw belongs to.
    batches : int
    chains : int
        Draws of one Markov chain follow each other by this distance; 0 where all are independent.
    acceptance : float
        Share of accepted moves; NaN without moves.
    """

    w: FloatArray
    slope: FloatArray
    log_weight: FloatArray
    controls: FloatArray
    labels: IntArray
    batches: int
    chains: int = 0
    acceptance: float = np.nan

    @property
    def kish(self) -> float:
        """Size of a sample of equal weights that is as good, (sum w)^2 / sum w^2."""
        return float(np.exp(2.0 * logsumexp(self.log_weight) - logsumexp(2.0 * self.log_weight)))


def importance(target: Scaled, mixture: Mixture, rng: np.random.Generator, n: int) -> Draws:
    """Draw from a mixture, and weigh by exp(-E) over its density."""
    batches = min(BATCHES, max(8, n // (4 * len(mixture.shares))))
    each = max(-(-n // batches), 2 * len(mixture.shares))
    mixture = mixture.rounded(each)
    pieces = [mixture.drawn(rng, each) for _ in range(batches)]
    w, labels = np.concatenate([piece[0] for piece in pieces]), np.concatenate([piece[1] for piece in pieces])
    parts = mixture.log_parts(w)
    total = logsumexp(parts, axis=1)
    energy = target.energy(w)
    slope = target.slope(w) if target.has_gradient else np.zeros_like(w)
    controls = np.exp(parts - total[:, None]) / mixture.shares - 1.0
    return Draws(w, slope, -energy - total, controls, labels, batches)
