"""Two half-lines with a kink, or a wall and a half-line, relaxed: value, gradient and Hessian in any dimension.

The sum over coordinates of u(x) = -(1/beta) log E exp(-beta f(x + sqrt(t/beta) Z)) with f(y) = l y below zero and r y
above; behind a wall f is infinite below zero, and l counts for nothing. At infinite beta the Hopf-Lax formula.
"""

import math

import numpy as np

from pdeopt._types import Point
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import as_point, coordinates, diagonal, with_item
from pdeopt.kernels.gaussian import scaled_erfc

SQRT_2 = math.sqrt(2.0)
FRACTION_DEPTH = 60
LOG_ROOT_2_PI = 0.5 * math.log(2.0 * math.pi)


@strict_kernel
def log_share(x: float, slope: float, time: float, beta: float, side: float) -> float:
    """Logarithm of E exp(-beta slope y) over y on one side of zero, y normal about x with variance time / beta."""
    z = side * (x - slope * time) * math.sqrt(beta / time)
    if z >= 0.0:
        return math.log1p(-0.5 * math.erfc(z / SQRT_2)) - beta * slope * (x - 0.5 * slope * time)
    # The tail's own square cancels the tilt.
    return math.log(0.5 * scaled_erfc(-z / SQRT_2)) - 0.5 * beta * x * x / time


@strict_kernel
def log_mass(x: float, left: float, right: float, wall: float, time: float, beta: float) -> float:
    """Logarithm of E exp(-beta f)."""
    above = log_share(x, right, time, beta, 1.0)
    if wall > 0.0:
        return above
    below = log_share(x, left, time, beta, -1.0)
    return max(above, below) + math.log1p(math.exp(-abs(above - below)))


@strict_kernel
def half_normal(z: float) -> tuple[float, float]:
    """Mean and variance of a normal variable of mean z and variance one, given that it is positive."""
    if z < -3.0:
        # Laplace's continued fraction, whose tails give both without a difference of near numbers.
        tail = 0.0
        for k in range(FRACTION_DEPTH, 1, -1):
            tail = k / (tail - z)
        mean = 1.0 / (tail - z)
        return mean, mean * (tail - mean)
    if z > 38.0:
        return z, 1.0
    hazard = math.exp(-0.5 * z * z - LOG_ROOT_2_PI) / (0.5 * math.erfc(-z / SQRT_2))
    mean = z + hazard
    return mean, 1.0 - hazard * mean


@strict_kernel
def hinge_slope(x: float, left: float, right: float, wall: float, time: float, beta: float) -> float:
    """Return u_x: the mean slope, or behind a wall (x - E y) / t."""
    scale = math.sqrt(time / beta)
    if wall > 0.0:
        z = (x - right * time) / scale
        mean, _ = half_normal(z)
        return right - (mean - z) * scale / time
    share = math.exp(log_share(x, right, time, beta, 1.0) - log_mass(x, left, right, wall, time, beta))
    return left + share * (right - left)


@strict_kernel
def hinge_bend(x: float, left: float, right: float, wall: float, time: float, beta: float) -> float:
    """Return u_xx: (1 - Var(y) beta / t) / t, or from the mass at the kink where that is small."""
    scale = math.sqrt(time / beta)
    z_right = (x - right * time) / scale
    mean_right, spread_right = half_normal(z_right)
    if wall > 0.0:
        return (1.0 - spread_right) / time
    z_left = (left * time - x) / scale
    mean_left, spread_left = half_normal(z_left)
    whole = log_mass(x, left, right, wall, time, beta)
    share = math.exp(log_share(x, right, time, beta, 1.0) - whole)
    rest = math.exp(log_share(x, left, time, beta, -1.0) - whole)
    jump = right - left
    # Each form loses what its larger terms have: 1 / t here, beta jump^2 there.
    if beta * jump * jump * time > 1.0:
        variance = share * spread_right + rest * spread_left + share * rest * (mean_left + mean_right) ** 2
        return (1.0 - variance) / time
    kink = math.exp(-0.5 * x * x / (scale * scale) - LOG_ROOT_2_PI - whole) / scale
    return jump * kink - beta * share * rest * jump * jump


@strict_kernel
def cold_hinge(x: float, left: float, right: float, wall: float, time: float) -> tuple[float, float, float]:
    """Hopf-Lax value, slope and bend; at the edges of the parabola its own bend."""
    if x > right * time:
        return right * (x - 0.5 * right * time), right, 0.0
    if wall > 0.0 or x >= left * time:
        return 0.5 * x * x / time, x / time, 1.0 / time
    return left * (x - 0.5 * left * time), left, 0.0


@strict_kernel
def hinge(x: Point, left: float, right: float, wall: float, time: float, beta: float) -> float:
    """Sum of u over the coordinates."""
    total = 0.0
    for xi in coordinates(x):
        if np.isinf(beta):
            total = total + cold_hinge(xi, left, right, wall, time)[0]
        else:
            total = total - log_mass(xi, left, right, wall, time, beta) / beta
    return total


@strict_kernel
def hinge_gradient(x: Point, left: float, right: float, wall: float, time: float, beta: float) -> Point:
    """Entries u_x."""
    out = coordinates(x)
    for i in range(len(out)):
        if np.isinf(beta):
            out = with_item(out, i, cold_hinge(out[i], left, right, wall, time)[1])
        else:
            out = with_item(out, i, hinge_slope(out[i], left, right, wall, time, beta))
    return as_point(x, out)


@strict_kernel
def hinge_hessian(x: Point, left: float, right: float, wall: float, time: float, beta: float) -> Point:
    """Diagonal u_xx."""
    out = coordinates(x)
    for i in range(len(out)):
        if np.isinf(beta):
            out = with_item(out, i, cold_hinge(out[i], left, right, wall, time)[2])
        else:
            out = with_item(out, i, hinge_bend(out[i], left, right, wall, time, beta))
    return diagonal(x, out)
