"""Whether schemes with a Metropolis test leave the law exp(-beta f) alone, from their steps alone.

The probability of acceptance is where a step stops to accept as its uniform number rises.
"""

import numpy as np

import pdeopt
from pdeopt import sde
from pdeopt.landscapes import Landscape

H = 0.4
POINTS = np.random.default_rng(5).normal(size=(12, 2))
CLOSE = 1e-9
"""Relative; acceptance is known to the rounding of a uniform number near 1."""


def height(q):
    return 0.5 * q * q + np.sin(q)


def slope(q):
    return q + np.cos(q)


LANDSCAPE = Landscape(height, slope)
BETA, FRICTION = 1.25, 0.7


class Step:
    """One step of a scheme as a function of a point, its normals and its uniform number."""

    def __init__(self, name, system):
        self.args, self.stepper = system.args, sde.get(name).stepper(system)
        self.constants = self.stepper.prepare(H, self.args)

    def __call__(self, point, normals, uniform):
        state = self.stepper.begin(0.0, point, self.args)
        return self.stepper.step(0.0, state, H, (*normals, uniform), self.constants)[0]

    def acceptance(self, point, normals):
        """Return the largest uniform number that leads where the smallest does, by bisection."""
        accepted, low, high = self(point, normals, 1e-300), 1e-300, 1.0
        if self(point, normals, 1.0 - 1e-16) == accepted:
            return 1.0
        for _ in range(100):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self(point, normals, middle) == accepted else (low, middle)
        return low


def balance_of_mala():
    """Return the largest violation of detailed balance of flows of probability, relative."""
    step = Step("mala", pdeopt.overdamped_langevin(LANDSCAPE, BETA))

    def flow(x, xi):
        return np.exp(-BETA * height(x) - 0.5 * xi * xi) * step.acceptance(x, (xi,))

    worst = 0.0
    for x, xi in POINTS:
        y = step(x, (xi,), 1e-300)
        scale = (y - step(x, (0.0,), 1e-300)) / xi
        there, back = flow(x, xi), flow(y, (x - step(y, (0.0,), 1e-300)) / scale)
        worst = max(worst, abs(there - back) / max(there, back))
    return worst


def balance_of_obabo():
    """Return the largest violation of: a way back, balance along it, a flip where it is not taken."""
    step = Step("metropolised-obabo", pdeopt.langevin(LANDSCAPE, beta=BETA, friction=FRICTION))
    c = np.exp(-0.5 * FRICTION * H)

    def core(q, p, uniform):
        q, p = step((q, p / c), (0.0, 0.0), uniform)
        return np.array([q, p / c])

    def flow(q, p):
        return np.exp(-BETA * (height(q) + 0.5 * p * p)) * step.acceptance((q, p / c), (0.0, 0.0))

    worst = 0.0
    for q, p in POINTS:
        new_q, new_p = core(q, p, 1e-300)
        back = core(new_q, -new_p, 1e-300) - (q, -p)
        there, again = flow(q, p), flow(new_q, -new_p)
        flip = 0.0 if step.acceptance((q, p / c), (0.0, 0.0)) == 1.0 else core(q, p, 1.0 - 1e-16)[1] + p
        worst = max(worst, np.abs(back).max(), abs(there - again) / max(there, again), abs(flip))
    return worst


BALANCES = {"mala": balance_of_mala, "metropolised-obabo": balance_of_obabo}
