"""The mean of the local Gibbs law by Metropolised chains whose proposals leave the Gaussian kernel invariant."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["GibbsChain"]


@dataclass(frozen=True, eq=False, repr=False)
class GibbsChain:
    """A chain whose law is ``exp(-beta f(y) - |y - x|^2 / (2 s))``, s = t / beta, exactly, whatever its step.

    Parameters
    ----------
    value : callable
    gradient : callable or None
        None: proposals without drift (pCN) instead of with one (pCNL).
    inside : callable
        Reflects points into the bounds.

    Notes
    -----
    Proposal ``(2 + h) y' = (2 - h) y - 2 h s beta grad f + sqrt(8 h s) xi`` relative to x, accepted by Metropolis. A
    reflection at a bound is part of the proposal and makes the law inexact there.

    References
    ----------
    S. Cotter, G. Roberts, A. Stuart, D. White, *MCMC methods for functions*, Statistical Science 28 (2013).
    """

    value: Callable[[FloatArray], float]
    gradient: Callable[[FloatArray], FloatArray] | None
    inside: Callable[[FloatArray], FloatArray]

    def mean(
        self, x: FloatArray, widths: FloatArray, beta: float, n: int, step: float, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray, float]:
        """Return the mean of the chain's second half, the values met, and the share of proposals accepted."""
        now = self._seen(x)
        points, values, accepted = [], [], 0
        for _ in range(n):
            drift = 2.0 * step * beta * widths**2 * now[2]
            noise = np.sqrt(8.0 * step) * widths * rng.standard_normal(x.size)
            new = self._seen(self.inside(x + ((2.0 - step) * (now[0] - x) - drift + noise) / (2.0 + step)))
            ratio = self._half(now, new, x, widths, beta, step) - self._half(new, now, x, widths, beta, step)
            if new[1] < np.inf and np.log(rng.random()) < ratio:
                now, accepted = new, accepted + 1
            points.append(now[0])
            values.append(now[1])
        return np.mean(points[n // 2 :], axis=0), np.array(values), accepted / n

    def _seen(self, y: FloatArray) -> tuple[FloatArray, float, FloatArray]:
        """Return a point with its value and gradient."""
        value = self.value(y)
        slope = self.gradient(y) if self.gradient is not None and value < np.inf else np.zeros_like(y)
        return y, value, slope

    def _half(
        self,
        old: tuple[FloatArray, float, FloatArray],
        new: tuple[FloatArray, float, FloatArray],
        x: FloatArray,
        widths: FloatArray,
        beta: float,
        step: float,
    ) -> float:
        """Return one half of the logarithm of Metropolis' ratio."""
        if old[1] == np.inf:
            return np.inf
        u, v, slope = old[0] - x, new[0] - x, beta * old[2]
        half = slope @ (v - u) / 2 + step / 4 * slope @ (u + v) + step / 4 * ((widths * slope) ** 2).sum()
        return float(beta * old[1] + half)
