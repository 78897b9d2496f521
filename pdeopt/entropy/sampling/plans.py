"""What is found out about the law at a point before draws that count are made."""

from dataclasses import dataclass, replace

import numpy as np

from pdeopt.entropy.sampling.adaptation import KERNEL_SHARE, adapted, covering
from pdeopt.entropy.sampling.annealing import Schedule, annealed, scheduled
from pdeopt.entropy.sampling.draws import Draws, importance
from pdeopt.entropy.sampling.laplace import peaks
from pdeopt.entropy.sampling.mixtures import Component, Mixture
from pdeopt.entropy.sampling.modes import descents
from pdeopt.entropy.sampling.moves import Move, mala, obabo
from pdeopt.entropy.sampling.scaled import Scaled
from pdeopt.entropy.sampling.spreads import Spread
from pdeopt.entropy.sampling.walkers import Path

__all__ = ["CHAINS", "Plan", "from_kernel", "planned"]

LARGEST_FITTED = 16
"""Dimension up to which covariances are fitted to draws."""
MOST_STARTS = 24
MOST_PEAKS = 16
LEAST_SHARE = 0.03
"""Effective share of draws below which annealing takes the place of importance sampling."""
LEAST_SHARE_UNFITTED = 0.15
"""The same where the share is told from few draws of a mixture that is not fitted to them."""
MOST_NUMBERS = 2**21
"""Entries of an array of walkers."""
SCATTERED = 0.5
"""Share of descents that end in peaks of their own above which there are too many peaks to list."""
MOST_LEVELS_FROM_KERNEL = 32
FEWEST_SCATTERED = 4
"""Dimension from which that is asked; below, starts are chosen to be of different wells."""


@dataclass(frozen=True, eq=False)
class Plan:
    """How to draw.

    Parameters
    ----------
    sampler : str
    mixture : Mixture
        From which draws are made, or walkers start.
    leading : Spread
        Of the peak with most mass.
    n_peaks : int
    schedule : Schedule or None
        Of walkers.
    fallback : Mixture or None
        The mixture about the peaks, where walkers start from the kernel alone.
    """

    sampler: str
    mixture: Mixture
    leading: Spread
    n_peaks: int
    schedule: Schedule | None = None
    fallback: Mixture | None = None

    @property
    def from_kernel(self) -> bool:
        """Whether walkers start from the kernel alone."""
        return self.fallback is not None

    @property
    def default_draws(self) -> int:
        """Draws made where none are asked for."""
        dim = self.leading.scale.size
        if self.schedule is None:
            return min(2**16, max(2**12, 2**20 // dim))
        return min(2**13, max(2**9, 2**22 // dim))

    @property
    def move(self) -> Move:
        """How walkers move."""
        return obabo if self.sampler == "metropolised-obabo" else mala

    def draws(self, target: Scaled, rng: np.random.Generator, n: int) -> Draws:
        """Draw about n times."""
        if self.schedule is None:
            return importance(target, self.mixture, rng, n)
        most = max(16 * 8, MOST_NUMBERS // target.dim)
        batches = 32 if most >= 32 * 32 else 16
        each = self._walkers(n, most, batches)
        rounds = max(2, -(-n // (batches * each)))
        path = Path(target, self.mixture)
        first = each if len(self.schedule.levels) > 1 else max(each, min(512, most // batches))
        return annealed(path, self.schedule, self.move, rng, batches=batches, each=each, first=first, rounds=rounds)

    def _walkers(self, n: int, most: int, batches: int) -> int:
        """Return how many walkers a batch has; from the kernel alone the mass is told by walkers, not by rounds."""
        if self.sampler in CHAINS:
            return 8
        wanted = max(32, n // (2 * batches)) if self.from_kernel else 32
        return int(np.clip(most // batches, 8, wanted))


CHAINS = ("mala", "metropolised-obabo")


def planned(target: Scaled, rng: np.random.Generator, sampler: str | None) -> Plan:
    """Look for the peaks, and choose a sampler if none is asked for."""
    few = target.dim <= LARGEST_FITTED
    search = descents(target, rng, MOST_STARTS if few else 8)
    found = peaks(target, search, rng, MOST_PEAKS)
    masses = np.array([mass for _, mass in found])
    shares = np.exp(masses - masses.max())
    parts = [peak for (peak, _), share in zip(found, shares, strict=True) if share > 1e-8]
    shares = shares[shares > 1e-8] / shares[shares > 1e-8].sum()
    leading = parts[int(np.argmax(shares))].spread
    gaussians = Mixture.about(target.dim, parts, (1.0 - KERNEL_SHARE) * shares)
    if few and sampler in (None, "importance"):
        freedom = max(6.0, 3.0 * target.dim)
        heavy = tuple(Component(part.mean, part.spread.scaled(1.2), freedom) for part in parts)
        both = Mixture((*gaussians.components, *heavy), np.append(gaussians.shares, shares) / 2.0)
        mixture, share = covering(target, both, rng, search)
    else:
        mixture, share, _ = adapted(target, gaussians, rng, rounds=2, n=512)
    scattered = target.dim >= FEWEST_SCATTERED and (shares > 0.01 * shares.max()).sum() > SCATTERED * len(search.places)
    if scattered and sampler in (None, "annealed"):
        return from_kernel(target, Plan("importance", mixture, leading, len(parts)), rng)
    least = LEAST_SHARE if few else LEAST_SHARE_UNFITTED
    if not target.has_gradient or sampler == "importance" or (sampler is None and share > least):
        return Plan("importance", mixture, leading, len(parts))
    return _with_walkers(target, gaussians, rng, sampler or "annealed", leading)


def from_kernel(target: Scaled, plan: Plan, rng: np.random.Generator) -> Plan:
    """Let walkers start from the Gaussian kernel alone, which knows of no peak and so forgets none.

    Where it meets walls, or is too far from the law to be annealed, draw from it once and weigh.
    """
    kernel = Mixture.about(target.dim, [], np.zeros(0))
    plain = Plan("importance", kernel, plan.leading, plan.n_peaks, fallback=plan.mixture)
    n = int(np.clip(MOST_NUMBERS // target.dim, 64, 128))
    if not np.isfinite(target.loss(rng.standard_normal((n, target.dim)))).all():
        return plain
    schedule = scheduled(Path(target, kernel), mala, rng, n, 8, MOST_LEVELS_FROM_KERNEL)
    return replace(plain, sampler="annealed", schedule=schedule) if schedule.levels[-1] >= 1.0 else plain


def _with_walkers(target: Scaled, mixture: Mixture, rng: np.random.Generator, sampler: str, leading: Spread) -> Plan:
    move = obabo if sampler == "metropolised-obabo" else mala
    n = int(np.clip(MOST_NUMBERS // target.dim, 256, 1024))
    schedule = scheduled(Path(target, mixture), move, rng, n, 8)
    mixture = _refitted(mixture, schedule)
    schedule = scheduled(Path(target, mixture), move, rng, n, 8)
    # Where walkers end is where they had better start.
    ended = 0.9 * schedule.shares + 0.1 / len(schedule.shares)
    return Plan(sampler, Mixture(mixture.components, ended), leading, len(ended) - 1, schedule)


def _refitted(mixture: Mixture, schedule: Schedule) -> Mixture:
    """Centre and widen components as the walkers bound to them did that arrived."""
    components = list(mixture.components)
    for k in range(1, len(components)):
        v = schedule.arrived.v[schedule.arrived.labels == k]
        if len(v) >= 64:
            part, centre = components[k], v.mean(axis=0)
            shrunk = centre * (len(v) - 1) / len(v)
            factor = float(np.sqrt(((v - centre) ** 2).mean()))
            components[k] = Component(part.mean + part.spread.outward(shrunk[None])[0], part.spread.scaled(factor))
    return Mixture(tuple(components), mixture.shares)
