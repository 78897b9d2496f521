"""Sums of one well or ripple per coordinate, in any dimension: value, gradient and Hessian.

Bodies are NumPy ufuncs without branches on `x`, so the same text runs compiled on a point and as plain NumPy
on broadcast axes. `x` is a float in one dimension, a tuple up to eight, an array above.
"""

import numpy as np

from pdeopt._types import Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import as_point, coordinates, diagonal, with_item


@strict_kernel
def double_well(x: Point) -> Scalar:
    """Sum of (x_i^2 - 1)^2 / 4."""
    total = 0.0
    for xi in coordinates(x):
        total = total + 0.25 * (xi * xi - 1.0) ** 2
    return total


@strict_kernel
def double_well_gradient(x: Point) -> Point:
    """Entries x_i^3 - x_i."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, out[i] * (out[i] * out[i] - 1.0))
    return as_point(x, out)


@strict_kernel
def double_well_hessian(x: Point) -> Point:
    """Diagonal 3 x_i^2 - 1."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 3.0 * out[i] * out[i] - 1.0)
    return diagonal(x, out)


@strict_kernel
def cosine(x: Point, frequency: float) -> Scalar:
    """Sum of -cos(k x_i), k the frequency."""
    total = 0.0
    for xi in coordinates(x):
        total = total - np.cos(frequency * xi)
    return total


@strict_kernel
def cosine_gradient(x: Point, frequency: float) -> Point:
    """Entries k sin(k x_i)."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, frequency * np.sin(frequency * out[i]))
    return as_point(x, out)


@strict_kernel
def cosine_hessian(x: Point, frequency: float) -> Point:
    """Diagonal k^2 cos(k x_i)."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, frequency**2 * np.cos(frequency * out[i]))
    return diagonal(x, out)


@strict_kernel
def tilted_double_well(x: Point, depth: float, tilt: float) -> Scalar:
    """Sum of d (x_i^2 - 1)^2 + s x_i."""
    total = 0.0
    for xi in coordinates(x):
        total = total + (depth * (xi * xi - 1.0) ** 2 + tilt * xi)
    return total


@strict_kernel
def tilted_double_well_gradient(x: Point, depth: float, tilt: float) -> Point:
    """Entries 4 d x_i (x_i^2 - 1) + s."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 4.0 * depth * out[i] * (out[i] * out[i] - 1.0) + tilt)
    return as_point(x, out)


@strict_kernel
def tilted_double_well_hessian(x: Point, depth: float, _tilt: float) -> Point:
    """Diagonal 4 d (3 x_i^2 - 1)."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 4.0 * depth * (3.0 * out[i] * out[i] - 1.0))
    return diagonal(x, out)


@strict_kernel
def rough_double_well(x: Point, amplitude: float, frequency: float) -> Scalar:
    """Sum of (x_i^2 - 1)^2 / 4 + a (1 - cos(k x_i))."""
    total = 0.0
    for xi in coordinates(x):
        total = total + (0.25 * (xi * xi - 1.0) ** 2 + 2.0 * amplitude * np.sin(0.5 * frequency * xi) ** 2)
    return total


@strict_kernel
def rough_double_well_gradient(x: Point, amplitude: float, frequency: float) -> Point:
    """Entries x_i^3 - x_i + a k sin(k x_i)."""
    out = coordinates(x)
    for i in range(len(out)):
        ripple = amplitude * frequency * np.sin(frequency * out[i])
        out = with_item(out, i, out[i] * (out[i] * out[i] - 1.0) + ripple)
    return as_point(x, out)


@strict_kernel
def rough_double_well_hessian(x: Point, amplitude: float, frequency: float) -> Point:
    """Diagonal 3 x_i^2 - 1 + a k^2 cos(k x_i)."""
    out = coordinates(x)
    for i in range(len(out)):
        ripple = amplitude * frequency**2 * np.cos(frequency * out[i])
        out = with_item(out, i, 3.0 * out[i] * out[i] - 1.0 + ripple)
    return diagonal(x, out)


@strict_kernel
def rough_parabola(x: Point, curvature: float, amplitude: float, frequency: float) -> Scalar:
    """Sum of c x_i^2 / 2 + a (1 - cos(k x_i)), the cosine written as a square so that zero is exact."""
    total = 0.0
    for xi in coordinates(x):
        total = total + (0.5 * curvature * xi * xi + 2.0 * amplitude * np.sin(0.5 * frequency * xi) ** 2)
    return total


@strict_kernel
def rough_parabola_gradient(x: Point, curvature: float, amplitude: float, frequency: float) -> Point:
    """Entries c x_i + a k sin(k x_i)."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, curvature * out[i] + amplitude * frequency * np.sin(frequency * out[i]))
    return as_point(x, out)


@strict_kernel
def rough_parabola_hessian(x: Point, curvature: float, amplitude: float, frequency: float) -> Point:
    """Diagonal c + a k^2 cos(k x_i)."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, curvature + amplitude * frequency**2 * np.cos(frequency * out[i]))
    return diagonal(x, out)


@strict_kernel
def styblinski_tang(x: Point) -> Scalar:
    """Half the sum of x_i^4 - 16 x_i^2 + 5 x_i."""
    total = 0.0
    for xi in coordinates(x):
        total = total + 0.5 * xi * (xi * (xi * xi - 16.0) + 5.0)
    return total


@strict_kernel
def styblinski_tang_gradient(x: Point) -> Point:
    """Entries 2 x_i^3 - 16 x_i + 5/2."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, out[i] * (2.0 * out[i] * out[i] - 16.0) + 2.5)
    return as_point(x, out)


@strict_kernel
def styblinski_tang_hessian(x: Point) -> Point:
    """Diagonal 6 x_i^2 - 16."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 6.0 * out[i] * out[i] - 16.0)
    return diagonal(x, out)


@strict_kernel
def alpine(x: Point) -> Scalar:
    """Sum of abs(x_i sin x_i + x_i / 10)."""
    total = 0.0
    for xi in coordinates(x):
        total = total + np.abs(xi * (np.sin(xi) + 0.1))
    return total


@strict_kernel
def alpine_gradient(x: Point) -> Point:
    """Entries sign(g) g', g = x_i sin x_i + x_i / 10; zero at a kink."""
    out = coordinates(x)
    for i in range(len(out)):
        side = np.sign(out[i] * (np.sin(out[i]) + 0.1))
        out = with_item(out, i, side * (np.sin(out[i]) + out[i] * np.cos(out[i]) + 0.1))
    return as_point(x, out)


@strict_kernel
def alpine_hessian(x: Point) -> Point:
    """Diagonal sign(g) g'', g = x_i sin x_i + x_i / 10; zero at a kink."""
    out = coordinates(x)
    for i in range(len(out)):
        side = np.sign(out[i] * (np.sin(out[i]) + 0.1))
        out = with_item(out, i, side * (2.0 * np.cos(out[i]) - out[i] * np.sin(out[i])))
    return diagonal(x, out)
