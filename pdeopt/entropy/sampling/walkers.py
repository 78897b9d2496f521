"""Walkers on the way from a mixture to the local Gibbs law, each bound to one component of the mixture."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import logsumexp

from pdeopt._types import FloatArray, IntArray
from pdeopt.entropy.sampling.mixtures import Mixture
from pdeopt.entropy.sampling.scaled import Scaled

__all__ = ["Path", "Walkers"]


@dataclass(eq=False)
class Walkers:
    """Places with what is known there, one row per walker.

    Parameters
    ----------
    w, v : array, shape (n, d)
        Displacement, and the same in the coordinates of the component.
    slope : array, shape (n, d)
        Gradient of E by w; that of the kernel where none is given, since moves need it to be quick only.
    own : array, shape (n,)
        log(share times density) of the component.
    log_weight : array, shape (n,)
        -E minus the logarithm of the density of the mixture.
    labels : array of int, shape (n,)
    """

    w: FloatArray
    v: FloatArray
    slope: FloatArray
    own: FloatArray
    log_weight: FloatArray
    labels: IntArray

    def taken(self, index: IntArray) -> "Walkers":
        """Return copies of the walkers listed."""
        return Walkers(*(getattr(self, item.name)[index] for item in fields(self)))

    def settle(self, index: IntArray, ahead: "Walkers") -> None:
        """Put others in the place of the walkers listed."""
        for item in fields(self):
            getattr(self, item.name)[index] = getattr(ahead, item.name)


@dataclass(frozen=True, eq=False)
class Path:
    """The laws (share_k q_k) (exp(-E) / q)^level of place and component k, from mixture q to exp(-E).

    Summed over k they are q at level zero and exp(-E) at level one; a walker never leaves its component, so that each
    sees one peak only, however many there are.

    Parameters
    ----------
    target : Scaled
    mixture : Mixture
        Of Gaussians.
    """

    target: Scaled
    mixture: Mixture

    def at(self, v: FloatArray, labels: IntArray) -> Walkers:
        """Return walkers at places in the coordinates of their components."""
        w = np.empty_like(v)
        for k, part in enumerate(self.mixture.components):
            mine = labels == k
            w[mine] = part.mean + part.spread.outward(v[mine])
        parts = self.mixture.log_parts(w)
        own = parts[np.arange(len(w)), labels]
        slope = self.target.slope(w) if self.target.has_gradient else w
        return Walkers(w, v, slope, own, -self.target.energy(w) - logsumexp(parts, axis=1), labels)

    def drawn(self, rng: np.random.Generator, n: int) -> Walkers:
        """Return draws of the mixture by quota, in no order."""
        _, labels = self.mixture.drawn(rng, n)
        return self.at(rng.standard_normal((n, self.target.dim)), rng.permutation(labels))

    def log_density(self, walkers: Walkers, level: float) -> FloatArray:
        """Return the logarithm of the law at a level."""
        return walkers.own + level * walkers.log_weight

    def drift(self, walkers: Walkers, level: float) -> FloatArray:
        """Return the slope that proposals follow: that of the law if the other components were not there."""
        out = (1.0 - level) * walkers.v
        for k, part in enumerate(self.mixture.components):
            mine = walkers.labels == k
            out[mine] += level * part.spread.pulled(walkers.slope[mine])
        return out
