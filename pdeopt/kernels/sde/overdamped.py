"""Schemes for overdamped Langevin dynamics, of the gradient and the value of a landscape.

`args` of the system are `(beta, *args of the landscape)`.
"""

from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels.sde.euler import Coefficient, Step
from pdeopt.kernels.vectors import Vector, dot, plus, plus_times, times


def half_noise(h: float, args: Arguments) -> Any:
    """Return the constants of Leimkuhler and Matthews: (sqrt(2 h / beta) / 2, args of the landscape)."""
    return 0.5 * np.sqrt(2.0 * h / args[0]), args[1:]


def proposal_constants(h: float, args: Arguments) -> Any:
    """Return the constants of MALA: s = sqrt(2 h / beta), h / s, beta, and the args of the landscape."""
    return np.sqrt(2.0 * h / args[0]), np.sqrt(0.5 * h * args[0]), args[0], args[1:]


def begin_leimkuhler_matthews(_t: float, x: Vector, _args: Arguments) -> Any:
    """Return (x, previous noise 0)."""
    return x, times(0.0, x)


def leimkuhler_matthews(gradient: Coefficient) -> Step:
    """Return the step `X - g h + sqrt(2 h / beta) (R_n + R_n+1) / 2` of states `(X, R_n)`."""

    def leimkuhler_matthews_step(_t: float, state: Any, h: float, xi: Vector, constants: Any) -> Any:
        x, before = state
        half, args = constants
        return plus_times(plus_times(x, -h, gradient(x, *args)), half, plus(before, xi)), xi

    return leimkuhler_matthews_step


def begin_mala(value: Coefficient, gradient: Coefficient) -> Any:
    """Return the function that makes `(x, (gradient, value, number of accepted steps))` of a point."""

    def begin(_t: float, x: Vector, args: Arguments) -> Any:
        return x, (gradient(x, *args[1:]), value(x, *args[1:]), 0.0)

    return begin


def mala(value: Coefficient, gradient: Coefficient) -> Step:
    """Return the Metropolis-adjusted Euler step of states `(x, (gradient, value, accepted))`, draws `(xi, uniform)`.

    The proposal `y = x - g h + sqrt(2 h / beta) xi` is accepted with the probability
    `min(1, exp(-beta (f(y) - f(x)) - |w|^2 / 2 + |xi|^2 / 2))`, where `w` is the noise that leads back from y to x.
    """

    def mala_step(_t: float, state: Any, h: float, draws: Any, constants: Any) -> Any:
        x, (g, energy, accepted) = state
        xi, uniform = draws
        scale, ratio, beta, args = constants
        y = plus_times(plus_times(x, -h, g), scale, xi)
        new_g, new_energy = gradient(y, *args), value(y, *args)
        back = plus_times(times(ratio, plus(g, new_g)), -1.0, xi)
        exponent = beta * (energy - new_energy) + 0.5 * (dot(xi, xi) - dot(back, back))
        # Not a number counts as a rejection.
        if np.log(uniform) < exponent:
            return y, (new_g, new_energy, accepted + 1.0)
        return x, (g, energy, accepted)

    return mala_step
