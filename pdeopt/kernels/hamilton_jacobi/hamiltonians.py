"""Built-in Hamiltonians `H(t, x, u, p, *args)`, with `x` and `p` floats in one dimension, else tuples.

Beside each value stand its derivatives with respect to `p`, the place of its minimum along each axis, and where it pays
the Godunov Hamiltonian itself.
"""

from math import sqrt
from typing import Any

from pdeopt._types import Point
from pdeopt.kernels._jit import short_kernel
from pdeopt.kernels._points import as_point, coordinates, with_item


@short_kernel
def quadratic(t: float, x: Point, u: float, p: Point, *args: Any) -> float:
    """Return `|p|^2 / 2`."""
    q, total = coordinates(p), 0.0
    for k in range(len(q)):
        total += q[k] * q[k]
    return 0.5 * total


@short_kernel
def quadratic_gradient(t: float, x: Point, u: float, p: Point, *args: Any) -> Point:
    """Return `p`."""
    return p


@short_kernel
def quadratic_speeds(t: float, x: Point, u: float, low: Point, high: Point, *args: Any) -> Point:
    """Return the larger `|p|` of both ends, along every axis."""
    a, b = coordinates(low), coordinates(high)
    found = a
    for k in range(len(a)):
        found = with_item(found, k, max(abs(a[k]), abs(b[k])))
    return as_point(low, found)


@short_kernel
def quadratic_godunov(t: float, x: Point, u: float, minus: Point, plus: Point, *args: Any) -> float:
    """Return `sum_k max(max(p-, 0)^2, min(p+, 0)^2) / 2`."""
    a, b, total = coordinates(minus), coordinates(plus), 0.0
    for k in range(len(a)):
        steepest = max(max(a[k], -b[k]), 0.0)
        total += steepest * steepest
    return 0.5 * total


@short_kernel
def origin(t: float, x: Point, u: float, *args: Any) -> Point:
    """Return zero, where `|p|` and its powers are least along every axis."""
    q = coordinates(x)
    for k in range(len(q)):
        q = with_item(q, k, 0.0)
    return as_point(x, q)


@short_kernel
def shifted(t: float, x: Point, u: float, p: Point, shift: tuple[float, ...]) -> float:
    """Return `|p + shift|^2 / 2`."""
    q, total = coordinates(p), 0.0
    for k in range(len(q)):
        total += (q[k] + shift[k]) ** 2
    return 0.5 * total


@short_kernel
def shifted_gradient(t: float, x: Point, u: float, p: Point, shift: tuple[float, ...]) -> Point:
    """Return `p + shift`."""
    q = coordinates(p)
    for k in range(len(q)):
        q = with_item(q, k, q[k] + shift[k])
    return as_point(p, q)


@short_kernel
def shifted_vertex(t: float, x: Point, u: float, shift: tuple[float, ...]) -> Point:
    """Return `-shift`."""
    q = coordinates(x)
    for k in range(len(q)):
        q = with_item(q, k, -shift[k])
    return as_point(x, q)


@short_kernel
def shifted_speeds(t: float, x: Point, u: float, low: Point, high: Point, shift: tuple[float, ...]) -> Point:
    """Return the larger `|p + shift|` of both ends, along every axis."""
    a, b = coordinates(low), coordinates(high)
    found = a
    for k in range(len(a)):
        found = with_item(found, k, max(abs(a[k] + shift[k]), abs(b[k] + shift[k])))
    return as_point(low, found)


@short_kernel
def eikonal(t: float, x: Point, u: float, p: Point, speed: float) -> float:
    """Return `speed |p|`."""
    q, total = coordinates(p), 0.0
    for k in range(len(q)):
        total += q[k] * q[k]
    return speed * sqrt(total)


@short_kernel
def eikonal_speeds(t: float, x: Point, u: float, low: Point, high: Point, speed: float) -> Point:
    """Return the speed along every axis."""
    q = coordinates(low)
    for k in range(len(q)):
        q = with_item(q, k, abs(speed))
    return as_point(low, q)


@short_kernel
def eikonal_godunov(t: float, x: Point, u: float, minus: Point, plus: Point, speed: float) -> float:
    """Return the scheme of Rouy and Tourin for a front that moves out, and its mirror image for one that moves in."""
    a, b, total = coordinates(minus), coordinates(plus), 0.0
    for k in range(len(a)):
        fall, rise = (a[k], b[k]) if speed >= 0.0 else (b[k], a[k])
        steepest = max(max(fall, -rise), 0.0)
        total += steepest * steepest
    return speed * sqrt(total)
