"""Periodic media on a line, where both variational bounds are attained and integrals say all."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from pdeopt._types import FloatArray
from pdeopt.homogenization.cell_problems import Medium

__all__ = ["Mean", "cell_rule", "effective_mobility", "refined_mean"]

COARSEST, FINEST = 32, 1 << 17
ROUNDING = 4e-16


class Mean(NamedTuple):
    """A logarithm of a mean over a cell, its change from the rule of half as many nodes, and the number of nodes."""

    logarithm: float
    change: float
    n: int


def cell_rule(n: int, period: float, kinks: Sequence[float] = ()) -> tuple[FloatArray, FloatArray]:
    """Return nodes in a period and weights of sum 1: even ones, or Gauss-Legendre between kinks."""
    if not len(kinks):
        return period * np.arange(n) / n, np.full(n, 1.0 / n)
    cuts = np.unique(np.mod(kinks, period))
    ends = np.append(cuts, cuts[0] + period)
    x, w = np.polynomial.legendre.leggauss(max(n // (2 * len(cuts)), 4))
    lengths = np.diff(ends)
    nodes = ends[:-1, None] + 0.5 * lengths[:, None] * (x + 1.0)
    return nodes.ravel(), (0.5 * lengths[:, None] * w / period).ravel()


def refined_mean(log_field: Callable[[FloatArray], FloatArray], period: float, kinks: Sequence[float] = ()) -> Mean:
    """Return the logarithm of the mean of exp(log_field) over a period, from rules refined until nothing changes."""
    # Gauss-Legendre of many nodes is slow to set up, and converges as fast between kinks.
    finest = FINEST if not len(kinks) else 4096
    n, last = COARSEST, np.inf
    while True:
        nodes, weights = cell_rule(n, period, kinks)
        found = float(logsumexp(log_field(nodes), b=weights))
        change = abs(found - last)
        if change <= ROUNDING * max(1.0, abs(found)) or n >= finest:
            return Mean(found, change, n)
        n, last = 2 * n, found


def effective_mobility(medium: Medium, kinks: Sequence[float] = ()) -> tuple[float, float, int]:
    """Return 1 / (<w> <1 / c>), its quadrature error, and the nodes it took.

    Notes
    -----
    The formula of Lifson and Jackson. The flux without divergence is a constant, which is Thomson's bound; the slope of
    x + chi is proportional to 1 / c, which is Dirichlet's.
    """

    def log_weight(x: FloatArray) -> FloatArray:
        return medium.logarithms_at(x[:, None])

    def log_resistance(x: FloatArray) -> FloatArray:
        mobility = 1.0 if medium.mobility is None else np.asarray(medium.mobility(x[:, None]))
        return -log_weight(x) - np.log(mobility)

    means = [refined_mean(field, medium.period[0], kinks) for field in (log_weight, log_resistance)]
    value = float(np.exp(-sum(mean.logarithm for mean in means)))
    return value, value * sum(mean.change for mean in means), max(mean.n for mean in means)
