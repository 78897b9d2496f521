"""Mean and deviation of a factor as functions of time, from numbers that travel in ``args``."""

from math import sqrt
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.noise import BatchNoise, ShakeShake, StochasticDepth
from pdeopt.systems.compilation import Function, compiled

__all__ = ["added_law", "law_of"]

LATE = 1e-9
"""Part of a layer by which a time may fall short of its start by rounding."""

Numbers = tuple[float, float, Any]


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


@compiled
def _by_layer(t: float, mean: float, step: float, deviations: Any) -> tuple[float, float, float]:
    layer = min(max(int(t / step + LATE), 0), len(deviations) - 1)
    return mean, 0.0, deviations[layer]


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


def added_law(noise: Any, step: float, n_blocks: int, spread: Any) -> tuple[Function, Numbers]:
    """Return the like for noise that is added: mean 1, and its deviation over the root of the step."""
    if not isinstance(noise, BatchNoise):
        return _constant, (1.0, 0.0, float(noise.strength))
    sizes = noise.coefficient / sqrt(step) * checked_spread(spread, noise, n_blocks)
    return (_constant, (1.0, 0.0, float(sizes))) if sizes.ndim == 0 else (_by_layer, (1.0, step, sizes))


def checked_spread(spread: Any, noise: BatchNoise, n_blocks: int) -> FloatArray:
    """Return the deviation of a batch after a layer without its noise, one for all layers or one for each."""
    advice = "Use spread=float(numpy.std(x + step * f(x))) of a batch x, or one number per layer."
    if spread is None:
        raise ValueError(f"spread is missing: noise={noise!r} is as large as the deviation of a batch. {advice}")
    sizes = np.asarray(spread, dtype=np.float64)
    if sizes.shape not in ((), (n_blocks,)) or not np.isfinite(sizes).all() or (sizes < 0.0).any():
        raise ValueError(f"spread={spread!r} must be a number from 0 on, or n_blocks={n_blocks} of them. {advice}")
    return np.ascontiguousarray(sizes) if sizes.ndim else sizes
