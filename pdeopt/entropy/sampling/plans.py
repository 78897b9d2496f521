"""What is found out about the law at a point before draws that count are made."""

from dataclasses import dataclass

import numpy as np

from pdeopt.entropy.sampling.adaptation import KERNEL_SHARE, adapted, covering
from pdeopt.entropy.sampling.laplace import peaks
from pdeopt.entropy.sampling.mixtures import Component, Mixture
from pdeopt.entropy.sampling.modes import descents
from pdeopt.entropy.sampling.scaled import Scaled

__all__ = ["Plan", "planned"]

LARGEST_FITTED = 16
"""Dimension up to which covariances are fitted to draws."""
MOST_STARTS = 24
MOST_PEAKS = 16


@dataclass(frozen=True, eq=False)
class Plan:
    """A mixture to draw from, and the effective share of its draws as first seen."""

    mixture: Mixture
    share: float
    n_peaks: int


def planned(target: Scaled, rng: np.random.Generator) -> Plan:
    """Look for the peaks, put Gaussians there, and fit heavy tails where the dimension allows."""
    few = target.dim <= LARGEST_FITTED
    search = descents(target, rng, MOST_STARTS if few else 8)
    found = peaks(target, search, rng, MOST_PEAKS)
    log_masses = np.array([mass for _, mass in found])
    shares = np.exp(log_masses - log_masses.max())
    found = [peak for peak, share in zip(found, shares, strict=True) if share > 1e-8]
    shares = shares[shares > 1e-8] / shares.sum()
    parts = [peak for peak, _ in found]
    if few:
        freedom = max(6.0, 3.0 * target.dim)
        heavy = [Component(part.mean, part.spread.scaled(1.2), freedom) for part in parts]
        mixture = Mixture.about(target.dim, parts + heavy, np.concatenate([0.35 * shares, 0.35 * shares]))
        mixture, share = covering(target, mixture, rng, search)
    else:
        mixture = Mixture.about(target.dim, parts, (1.0 - KERNEL_SHARE) * shares)
        mixture, share, _ = adapted(target, mixture, rng, rounds=1, n=512)
    return Plan(mixture, share, len(parts))
