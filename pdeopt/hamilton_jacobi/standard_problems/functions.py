"""Hamiltonians, initial data and sources of the standard problems, as functions that Numba compiles with a solver."""

from math import cos, pi, sin, sqrt
from typing import Any

from pdeopt._types import Point


def negative_cosine(t: float, x: float, u: float, p: float) -> float:
    """Return `-cos(p + 1)`."""
    return -cos(p + 1.0)


def negative_cosine_of_sum(t: float, x: Point, u: float, p: Point) -> Any:
    """Return `-cos(p_1 + p_2 + 1)`."""
    return -cos(p[0] + p[1] + 1.0)


def square_of_sum(t: float, x: Point, u: float, p: Point) -> Any:
    """Return `(p_1 + p_2 + 1)^2 / 2`."""
    return 0.5 * (p[0] + p[1] + 1.0) ** 2


def two_wells(t: float, x: float, u: float, p: float) -> float:
    """Return `(p^2 - 1)(p^2 - 4) / 4`."""
    return 0.25 * (p * p - 1.0) * (p * p - 4.0)


def transport(t: float, x: float, u: float, p: float) -> float:
    """Return `p`."""
    return p


def sine_of_sum(t: float, x: Point, u: float, p: Point) -> Any:
    """Return `sin(p_1 + p_2)`."""
    return sin(p[0] + p[1])


def sine_speeds(t: float, x: Point, u: float, low: Point, high: Point) -> Point:
    """Return the largest derivatives of a sine or cosine, one along every axis."""
    return 1.0, 1.0


def cosine_speed(t: float, x: float, u: float, low: float, high: float) -> float:
    """Return the largest derivative of a cosine."""
    return 1.0


def lens(t: float, x: Point, u: float, p: Point) -> Any:
    """Return `sqrt(|p|^2 + 1)`."""
    return sqrt(p[0] * p[0] + p[1] * p[1] + 1.0)


def lens_vertex(t: float, x: Point, u: float) -> Point:
    """Return zero."""
    return 0.0, 0.0


def lens_speeds(t: float, x: Point, u: float, low: Point, high: Point) -> Point:
    """Return the largest derivatives of `lens`: of the largest slope along an axis and the smallest across."""
    a, b = max(abs(low[0]), abs(high[0])), max(abs(low[1]), abs(high[1]))
    c = 0.0 if low[0] * high[0] <= 0.0 else min(abs(low[0]), abs(high[0]))
    d = 0.0 if low[1] * high[1] <= 0.0 else min(abs(low[1]), abs(high[1]))
    return a / sqrt(a * a + d * d + 1.0), b / sqrt(b * b + c * c + 1.0)


def steering(t: float, x: Point, u: float, p: Point) -> Any:
    """Return `sin(y) p_1 + sin(x) p_2 + |p_2|`."""
    return sin(x[1]) * p[0] + sin(x[0]) * p[1] + abs(p[1])


def steering_upwind(t: float, x: Point, u: float, minus: Point, plus: Point) -> Any:
    """Return its Godunov Hamiltonian: upwind in the first slope, the best of both controls and none in the second."""
    along = sin(x[1])
    first = max(along, 0.0) * minus[0] + min(along, 0.0) * plus[0]
    up, down = sin(x[0]) + 1.0, sin(x[0]) - 1.0
    # One goes up, the other down; between slopes that rise through zero, neither does.
    return first + max(up * minus[1], down * plus[1], 0.0)


def steering_speeds(t: float, x: Point, u: float, low: Point, high: Point) -> Point:
    """Return the largest derivatives of `steering`."""
    return abs(sin(x[1])), abs(sin(x[0])) + 1.0


def steering_cost(t: float, x: Point) -> Any:
    """Return the running cost `sin(y)^2 / 2 + 1 - cos(x)`."""
    return 0.5 * sin(x[1]) ** 2 + 1.0 - cos(x[0])


def profile(x: float) -> float:
    """Return the kinked profile of Jiang and Peng (2000), of period 2, on [-1, 1)."""
    line = -(sqrt(3.0) / 2.0 + 4.5 + 2.0 * pi / 3.0) * (x + 1.0)
    if x < -1.0 / 3.0:
        return line + 2.0 * cos(1.5 * pi * x * x) - sqrt(3.0)
    if x < 0.0:
        return line + 1.5 + 3.0 * cos(2.0 * pi * x)
    if x < 1.0 / 3.0:
        return line + 7.5 - 3.0 * cos(2.0 * pi * x)
    return line + (28.0 + 4.0 * pi + cos(3.0 * pi * x)) / 3.0 + 6.0 * pi * x * (x - 1.0)
