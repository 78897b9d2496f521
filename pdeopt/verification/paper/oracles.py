"""What the formulas are held against: definitions by quadrature, differences, sums over grids and paths."""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from scipy.integrate import quad

from pdeopt._types import FloatArray
from pdeopt.verification.paper.comparison import STANDARD_ERRORS

__all__ = [
    "Function",
    "average",
    "derivative",
    "double_well",
    "double_well_slope",
    "entropy_by_quadrature",
    "figure_1",
    "moments_of_weight",
    "moments_on_paths",
    "second_derivative",
    "smoothed",
    "stationary_mean_on_paths",
]

Function: TypeAlias = Callable[[float], float]

REACH = 12.0
"""Standard deviations that a Gaussian is followed for."""

PRECISION = 1e-13
"""Relative, of a quadrature."""


def double_well(y: float) -> float:
    """Return (y^2 - 1)^2 / 4."""
    return 0.25 * (y * y - 1.0) ** 2


def double_well_slope(y: float) -> float:
    """Return the derivative of (y^2 - 1)^2 / 4."""
    return y * (y * y - 1.0)


def figure_1(y: float) -> float:
    """Return y^2 + 1.5 sin(2 pi y)."""
    return y * y + 1.5 * math.sin(2.0 * math.pi * y)


def average(function: Function, mean: float, variance: float) -> float:
    """Return the mean of a function under a Gaussian."""
    width = math.sqrt(variance)

    def weighted(z: float) -> float:
        return math.exp(-0.5 * z * z) * function(mean + width * z)

    return _integral(weighted, -REACH, REACH) / math.sqrt(2.0 * math.pi)


def entropy_by_quadrature(f: Function, x: float, time: float, beta: float) -> float:
    """Return -(1/beta) log of the Gaussian average of exp(-beta f), the definition of local entropy."""
    here = f(x)
    return here - math.log(average(lambda y: math.exp(-beta * (f(y) - here)), x, time / beta)) / beta


def smoothed(f: Function, x: float, variance: float) -> float:
    """Return the Gaussian average of f, the definition of heat smoothing."""
    return average(f, x, variance)


def moments_of_weight(log_weight: Function, functions: tuple[Function, ...], reach: float) -> list[float]:
    """Return means of functions under the law of density exp(log_weight) on (-reach, reach)."""

    def integral(function: Function) -> float:
        return _integral(lambda y: math.exp(log_weight(y)) * function(y), -reach, reach)

    total = integral(lambda _: 1.0)
    return [integral(function) / total for function in functions]


def _integral(function: Function, lower: float, upper: float) -> float:
    return float(quad(function, lower, upper, epsabs=1e-14, epsrel=PRECISION, limit=500)[0])


def derivative(function: Function, x: float, step: float = 0.02) -> tuple[float, float]:
    """Return the derivative and its error bar, from central differences extrapolated twice."""
    return _extrapolated(lambda h: (function(x + h) - function(x - h)) / (2.0 * h), step, _rounding(function(x)) / step)


def second_derivative(function: Function, x: float, step: float = 0.04) -> tuple[float, float]:
    """Return the second derivative and its error bar, from central differences extrapolated twice."""
    middle = function(x)
    rounding = 4.0 * _rounding(middle) / step**2
    return _extrapolated(lambda h: (function(x + h) - 2.0 * middle + function(x - h)) / h**2, step, rounding)


def _rounding(value: float) -> float:
    return 10.0 * PRECISION * max(1.0, abs(value))


def _extrapolated(difference: Function, step: float, rounding: float) -> tuple[float, float]:
    """Remove h^2 and h^4 from a difference; the bar is what the last removal changed."""
    coarse, middle, fine = (difference(step / 2**k) for k in range(3))
    first, second = (4.0 * middle - coarse) / 3.0, (4.0 * fine - middle) / 3.0
    best = (16.0 * second - first) / 15.0
    return best, abs(best - second) + 16.0 * rounding


def moments_on_paths(
    drift: Callable[[float, FloatArray], FloatArray],
    noise: float,
    start: float,
    horizon: float,
    *,
    seed: int,
    n_steps: int = 160,
    n_paths: int = 100_000,
) -> tuple[FloatArray, FloatArray]:
    """Return mean and second moment of dx = drift ds + noise dW at the horizon, with bars, by Heun's scheme.

    The bar is four standard errors and what doubling the step changes along the same paths.
    """
    rng, h = np.random.default_rng(seed), horizon / n_steps
    fine, coarse = np.full(n_paths, start), np.full(n_paths, start)
    for k in range(0, n_steps, 2):
        first, second = noise * math.sqrt(h) * rng.standard_normal((2, n_paths))
        fine = _heun(drift, (k + 1) * h, h, _heun(drift, k * h, h, fine, first), second)
        coarse = _heun(drift, k * h, 2.0 * h, coarse, first + second)
    moments, doubled = (np.stack([x, x * x]) for x in (fine, coarse))
    best = moments.mean(axis=1)
    bars = STANDARD_ERRORS * moments.std(axis=1) / math.sqrt(n_paths) + np.abs(best - doubled.mean(axis=1))
    return best, bars


def stationary_mean_on_paths(
    drift: Callable[[FloatArray], FloatArray],
    noise: float,
    start: float,
    *,
    seed: int,
    step: float = 0.03,
    n_warm: int = 160,
    n_steps: int = 400,
    n_paths: int = 40_000,
) -> tuple[float, float]:
    """Return the mean of the law that dx = drift ds + noise dW leaves alone, with a bar, by Heun's scheme.

    Each path gives one number, its average over time after `n_warm` steps. The bar is four standard errors and what
    doubling the step changes along the same paths.
    """
    rng, h = np.random.default_rng(seed), step
    fine, coarse = np.full(n_paths, start), np.full(n_paths, start)
    sums = np.zeros((2, n_paths))
    for k in range(0, n_warm + n_steps, 2):
        first, second = noise * math.sqrt(h) * rng.standard_normal((2, n_paths))
        fine = _heun(lambda _, x: drift(x), 0.0, h, _heun(lambda _, x: drift(x), 0.0, h, fine, first), second)
        coarse = _heun(lambda _, x: drift(x), 0.0, 2.0 * h, coarse, first + second)
        sums += [fine, coarse] if k >= n_warm else 0.0
    means = sums / (n_steps // 2)
    best, doubled = means.mean(axis=1)
    return float(best), float(STANDARD_ERRORS * means[0].std() / math.sqrt(n_paths) + abs(best - doubled))


def _heun(
    drift: Callable[[float, FloatArray], FloatArray], t: float, h: float, x: FloatArray, dw: FloatArray
) -> FloatArray:
    slope = drift(t, x)
    return x + 0.5 * h * (slope + drift(t + h, x + h * slope + dw)) + dw
