"""Errata of the algorithms: steps, ranges of their parameters, and the units of what they subtract."""

import math

import numpy as np
from scipy.optimize import brentq

from pdeopt.entropy import local_entropy
from pdeopt.landscapes import Landscape, double_well
from pdeopt.sde import EulerMaruyama
from pdeopt.verification.paper import oracles
from pdeopt.verification.paper.comparison import AT_MOST, Comparison
from pdeopt.verification.paper.erratum import Evidence
from pdeopt.verification.stability import mean_limit

__all__ = ["delayed_gradient", "scoping_range", "units_of_the_step"]

X, TIME, STRETCH = 0.3, 0.5, 2.0


def scoping_range(_seed: int) -> Evidence:
    """E16: the largest eta_y (Lambda + 1/gamma) over either reading of the range, against where the loop diverges."""
    step, curvature, lowest, highest = 0.1, 1.0, 1e-4, 1e-1
    printed, corrected = (step * (curvature + stiffness) for stiffness in (1.0 / lowest, highest))
    limit = float(brentq(_growth, 1.2, 3.0, xtol=1e-12))
    quantity = "largest eta_y (Lambda + 1/gamma) over the range, eta_y=0.1, Lambda=1"
    return (Comparison(quantity, printed, corrected, limit, 1e-9, "inner loops run until they diverge", AT_MOST),)


def _growth(stiffness: float, n_steps: int = 40) -> float:
    """Return the logarithm of what forty steps of y <- y - stiffness y, in units of the step, do to y."""
    y = 1.0
    for _ in range(n_steps):
        y -= stiffness * y
    return math.log(abs(y))


def units_of_the_step(_seed: int) -> Evidence:
    """E17: how either step grows when all lengths are doubled, against the gradient of u."""
    wells = [double_well(), double_well().stretched(STRETCH)]
    times, places = [TIME, STRETCH**2 * TIME], [X, STRETCH * X]
    steps = (
        [step(f, scale, x, time) for f, scale, x, time in zip(wells, (1.0, STRETCH), places, times, strict=True)]
        for step in (_printed_step, _corrected_step, _measured_step)
    )
    printed, corrected, oracle = (math.log(abs(two / one)) / math.log(STRETCH) for one, two in steps)
    quantity = "power of the unit of length in the step z - x, double well"
    return (Comparison(quantity, printed, corrected, oracle, 1e-7, "differences of u on both scales"),)


def _corrected_step(f: Landscape, _scale: float, x: float, time: float) -> float:
    return float(x - local_entropy(f, x, time=time, beta=2.0).mean[0])


def _printed_step(f: Landscape, scale: float, x: float, time: float) -> float:
    return float(f.gradient_at(x)[0]) * _corrected_step(f, scale, x, time)


def _measured_step(_f: Landscape, scale: float, x: float, time: float) -> float:
    def entropy(place: float) -> float:
        return oracles.entropy_by_quadrature(lambda y: oracles.double_well(y / scale), place, time, 2.0)

    return time * oracles.derivative(entropy, x, 0.02 * scale)[0]


def delayed_gradient(_seed: int) -> Evidence:
    """E23: the largest stable step with the gradient at either iterate, against Euler's scheme for the SDE."""
    printed = float(brentq(lambda step: _largest_root(step) - 1.0, 0.3, 1.9, xtol=1e-12))
    corrected = float(brentq(lambda step: abs(1.0 - step) - 1.0, 1.1, 3.0, xtol=1e-12))
    limit = mean_limit(EulerMaruyama())
    quantity = "largest stable step times curvature"
    oracle = float("nan") if limit is None else limit
    return (Comparison(quantity, printed, corrected, oracle, 1e-8, "steps of the Euler-Maruyama scheme"),)


def _largest_root(step: float) -> float:
    """Return the growth per step of x_(k+1) = x_k - step x_(k-1)."""
    return float(np.abs(np.roots([1.0, -1.0, step])).max())
