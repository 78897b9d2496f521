"""Mean and deviation of a factor as functions of time, from numbers that travel in ``args``."""

from math import sqrt
from typing import Any

from pdeopt.networks.noise import ShakeShake, StochasticDepth
from pdeopt.systems.compilation import Function, compiled

__all__ = ["law_of"]

Numbers = tuple[float, float, float]


@compiled
def _kept(t: float, keep: float, slope: float, lowest: float) -> tuple[float, float, float]:
    # Past the start of the last layer its own probability counts.
    p = max(keep + slope * t, lowest)
    return keep + slope * t, slope, sqrt(p * (1.0 - p))


@compiled
def _inverted(t: float, keep: float, slope: float, lowest: float) -> tuple[float, float, float]:
    p = max(keep + slope * t, lowest)
    return 1.0, 0.0, sqrt((1.0 - p) / p)


@compiled
def _constant(_t: float, mean: float, _slope: float, deviation: float) -> tuple[float, float, float]:
    return mean, 0.0, deviation


def law_of(noise: Any, step: float, n_blocks: int) -> tuple[Function, Numbers]:
    """Return mean, its slope in time and deviation as a function of ``(t, *numbers)``, and the numbers.

    For layers whose factor multiplies a branch.
    """
    if isinstance(noise, StochasticDepth):
        first, last = noise.at(0, n_blocks).keep, noise.at(n_blocks - 1, n_blocks).keep
        slope = (last - first) / ((n_blocks - 1) * step) if n_blocks > 1 else 0.0
        return (_inverted if noise.inverted else _kept), (first, slope, last)
    if noise is None:
        return _constant, (1.0, 0.0, 0.0)
    if isinstance(noise, ShakeShake):
        return _constant, (noise.factor.mean, 0.0, sqrt(noise.factor.variance))
    return _inverted, (noise.keep, 0.0, noise.keep)
