"""Runge-Kutta schemes of strong order 1.5 (Roessler 2010), for additive, diagonal and scalar noise.

Their draws come in pairs: `xi_1` is the increment over sqrt(h), and `(xi_1 + xi_2 / sqrt(3)) / 2` the integral of the
Brownian motion over the step, divided by `h^1.5`.
"""

from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.matrices import columns
from pdeopt.kernels.sde.euler import Coefficient, Spread, Step
from pdeopt.kernels.vectors import Vector, minus, plus, plus_times, times

ROOT_THIRD = float(np.sqrt(1.0 / 3.0))


@strict_kernel
def increments_and_integrals(pairs: Any) -> Any:
    """Return the increments and the time integrals of pairs of draws, both as vectors of order one."""
    w, z = columns(pairs)
    return w, times(0.5, plus_times(w, ROOT_THIRD, z))


def sra1(drift: Coefficient, diffusion: Coefficient, spread: Spread) -> Step:
    """Return the step of SRA1 for additive noise: two evaluations of the drift."""

    def sra1_step(t: float, x: Vector, h: float, xi: Any, args: Arguments) -> Vector:
        root = np.sqrt(h)
        w, u = increments_and_integrals(xi)
        first, last = diffusion(t, x, *args), diffusion(t + h, x, *args)
        b = drift(t, x, *args)
        y = plus_times(plus_times(x, 0.75 * h, b), 1.5 * root, spread(last, u))
        b = plus_times(b, 2.0, drift(t + 0.75 * h, y, *args))
        noise = plus(spread(last, minus(w, u)), spread(first, u))
        return plus_times(plus_times(x, h / 3.0, b), root, noise)

    return sra1_step


@strict_kernel
def weights(w: Vector, u: Vector, sign: float) -> Any:
    """Return the factors of the four diffusions of SRIW1: the tableau times integrals over sqrt(h).

    They are `beta_1 I_1 + beta_2 I_11 / sqrt(h) + beta_3 I_10 / h + beta_4 I_111 / h`.
    """
    square = times(w, w)
    q = times(0.5 * sign, minus(square, 1.0))
    c = times(times(1.0 / 6.0, w), minus(square, 3.0))
    first = minus(plus_times(plus_times(times(2.0, u), -2.0, c), -1.0, w), q)
    second = plus_times(times(4.0 / 3.0, minus(plus(w, q), u)), 5.0 / 3.0, c)
    third = plus_times(times(2.0 / 3.0, minus(minus(w, u), c)), -1.0 / 3.0, q)
    return first, second, third, c


def sriw1(drift: Coefficient, diffusion: Coefficient, spread: Spread, ones: Vector) -> Any:
    """Return SRIW1 with the sign of sqrt(h) in its stages as an argument: ``step(t, x, h, pairs, sign, args)``.

    The published scheme has the sign 1. With a fair coin for the sign the half-integer powers of h cancel in
    expectation, and the weak order rises from 1.5 to 2. `ones` is a vector of ones like the noise.
    """

    def sriw1_step(t: float, x: Vector, h: float, pairs: Any, sign: float, args: Arguments) -> Vector:
        root, jump = np.sqrt(h), sign * np.sqrt(h)
        w, u = increments_and_integrals(pairs)
        b, sigma_1 = drift(t, x, *args), diffusion(t, x, *args)
        s_1, quarter = spread(sigma_1, ones), plus_times(x, 0.25 * h, b)
        sigma_2 = diffusion(t + 0.25 * h, plus_times(quarter, 0.5 * jump, s_1), *args)
        sigma_3 = diffusion(t + h, plus_times(plus_times(x, h, b), -jump, s_1), *args)
        s_4 = plus_times(plus_times(times(-5.0, s_1), 3.0, spread(sigma_2, ones)), 0.5, spread(sigma_3, ones))
        sigma_4 = diffusion(t + 0.25 * h, plus_times(quarter, jump, s_4), *args)
        y = plus_times(plus_times(x, 0.75 * h, b), 1.5 * root, spread(sigma_1, u))
        b = plus_times(b, 2.0, drift(t + 0.75 * h, y, *args))
        f_1, f_2, f_3, f_4 = weights(w, u, sign)
        noise = plus(plus(spread(sigma_1, f_1), spread(sigma_2, f_2)), plus(spread(sigma_3, f_3), spread(sigma_4, f_4)))
        return plus_times(plus_times(x, h / 3.0, b), root, noise)

    return sriw1_step


def sriw1_published(drift: Coefficient, diffusion: Coefficient, spread: Spread, ones: Vector) -> Step:
    """Return the step of SRIW1 as published."""
    signed = sriw1(drift, diffusion, spread, ones)

    def sriw1_published_step(t: float, x: Vector, h: float, xi: Any, args: Arguments) -> Vector:
        return signed(t, x, h, xi, 1.0, args)

    return sriw1_published_step


def sriw1_random_sign(drift: Coefficient, diffusion: Coefficient, spread: Spread, ones: Vector) -> Step:
    """Return the step of SRIW1 whose draws are `(pairs, coin)`."""
    signed = sriw1(drift, diffusion, spread, ones)

    def sriw1_random_sign_step(t: float, x: Vector, h: float, xi: Any, args: Arguments) -> Vector:
        pairs, coin = xi
        return signed(t, x, h, pairs, coin, args)

    return sriw1_random_sign_step
