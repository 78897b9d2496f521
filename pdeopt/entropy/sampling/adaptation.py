"""Mixtures fitted to weighted draws, by expectation and maximisation."""

from dataclasses import replace

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp

from pdeopt._types import FloatArray
from pdeopt.entropy.sampling.mixtures import Component, Mixture
from pdeopt.entropy.sampling.modes import Search
from pdeopt.entropy.sampling.scaled import Scaled
from pdeopt.entropy.sampling.spreads import Spread

__all__ = ["adapted", "covering", "effective_share"]

KERNEL_SHARE = 0.05
"""Least share of the Gaussian kernel, which bounds the weights where the loss is bounded below."""


THIN = 3.0
"""Density in units of that of the mixture above which a place counts as not covered."""
MOST_ADDED = 6


def covering(target: Scaled, mixture: Mixture, rng: np.random.Generator, search: Search) -> tuple[Mixture, float]:
    """Fit a mixture, and add heavy tails wherever the law exceeds it.

    The idea of adding a component where the weight is largest is that of A. E. Raftery, L. Bao, Estimating and
    projecting trends in HIV/AIDS generalized epidemics using incremental mixture importance sampling, Biometrics 66
    (2010).
    """
    mixture, share, log_mass = adapted(target, mixture, rng, rounds=4, n=2048)
    for _ in range(MOST_ADDED):
        excess = -search.seen_energies - mixture.log_density(search.seen) - log_mass
        worst = int(np.argmax(excess))
        if not excess[worst] > np.log(THIN):
            break
        added = Component(search.seen[worst], Spread.unit(target.dim).scaled(0.4), 6.0)
        mixture = Mixture((*mixture.components, added), np.append(0.95 * mixture.shares, 0.05))
        mixture, share, log_mass = adapted(target, mixture, rng, rounds=2, n=2048)
    return mixture, share


def effective_share(log_weight: FloatArray) -> float:
    """Return the effective share of weighted draws, (mean w)^2 / mean w^2."""
    if not np.isfinite(log_weight).any():
        return 0.0
    return float(np.exp(2.0 * logsumexp(log_weight) - logsumexp(2.0 * log_weight)) / len(log_weight))


def adapted(
    target: Scaled, mixture: Mixture, rng: np.random.Generator, *, rounds: int, n: int
) -> tuple[Mixture, float, float]:
    """Fit shares of all components, and place and width of those with heavy tails.

    Also return the effective share of the draws and the logarithm of the mass.

    Sources: O. Cappe, R. Douc, A. Guillin, J.-M. Marin, C. P. Robert, Adaptive importance sampling in general mixture
    classes, Statistics and Computing 18 (2008).
    """
    share, log_mass = 0.0, -np.inf
    for _ in range(rounds):
        w, _ = mixture.drawn(rng, n)
        parts = mixture.log_parts(w)
        total = logsumexp(parts, axis=1)
        log_weight = -target.energy(w) - total
        share = effective_share(log_weight)
        log_mass = float(logsumexp(log_weight)) - np.log(n)
        if share > 0.98 or not np.isfinite(log_weight).any():
            break
        mixture = _fitted(mixture, w, parts - total[:, None], _tempered(log_weight, max(64.0, 8.0 * target.dim)))
    return mixture, share, log_mass


def _tempered(log_weight: FloatArray, least: float) -> FloatArray:
    """Return normalised weights to a power of at most one that leaves `least` effective draws."""
    fine = np.isfinite(log_weight)
    shifted = np.where(fine, log_weight - log_weight[fine].max(), -np.inf)
    least = min(least, 0.5 * float(fine.sum()))

    def surplus(power: float) -> float:
        return effective_share(power * shifted[fine]) * float(fine.sum()) - least

    power = 1.0 if surplus(1.0) >= 0 else float(brentq(surplus, 0.0, 1.0, xtol=1e-3))
    weights = np.where(fine, np.exp(power * np.where(fine, shifted, 0.0)), 0.0)
    normalised: FloatArray = weights / weights.sum()
    return normalised


def _fitted(mixture: Mixture, w: FloatArray, log_member: FloatArray, weights: FloatArray) -> Mixture:
    member = np.exp(log_member) * weights[:, None]
    shares = member.sum(axis=0)
    shares[0] = max(shares[0], KERNEL_SHARE)
    shares[1:] = np.maximum(shares[1:], 0.002)
    components = tuple(
        _refitted(part, w, member[:, k]) if np.isfinite(part.freedom) else part
        for k, part in enumerate(mixture.components)
    )
    return replace(mixture, components=components, shares=shares / shares.sum())


def _refitted(part: Component, w: FloatArray, weights: FloatArray) -> Component:
    dim, total = w.shape[1], weights.sum()
    if not total**2 > (3.0 * dim + 5.0) * (weights**2).sum():
        return part
    v = part.standard(w)
    pull = weights * (part.freedom + dim) / (part.freedom + np.einsum("ni,ni->n", v, v))
    mean = pull @ w / pull.sum()
    centred = w - mean
    covariance = (centred.T * pull) @ centred / total
    smallest = np.linalg.eigvalsh(covariance)[0]
    return replace(part, mean=mean, spread=Spread.of_covariance(covariance)) if smallest > 0 else part
