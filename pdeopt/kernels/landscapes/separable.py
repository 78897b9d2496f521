"""Landscapes that are sums over coordinates of one profile, in any dimension: value, gradient and Hessian.

Bodies are NumPy ufuncs without branches on `x`, so the same text runs compiled on a point and as plain NumPy on
broadcast axes. `x` is a float in one dimension, a tuple up to eight, an array above.
"""

import numpy as np

from pdeopt._types import Point, Scalar
from pdeopt.kernels._jit import kernel
from pdeopt.kernels._points import as_matrix, as_point, coordinates, diagonal, with_item, zero_matrix

TWO_PI = 2 * np.pi


@kernel
def double_well(x: Point) -> Scalar:
    """Sum of (x_i^2 - 1)^2 / 4."""
    total = 0.0
    for xi in coordinates(x):
        total = total + 0.25 * (xi * xi - 1.0) ** 2
    return total


@kernel
def double_well_gradient(x: Point) -> Point:
    """Entries x_i^3 - x_i."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, out[i] * (out[i] * out[i] - 1.0))
    return as_point(x, out)


@kernel
def double_well_hessian(x: Point) -> Point:
    """Diagonal 3 x_i^2 - 1."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 3.0 * out[i] * out[i] - 1.0)
    return diagonal(x, out)


@kernel
def cosine(x: Point, frequency: float) -> Scalar:
    """Sum of -cos(k x_i), k the frequency."""
    total = 0.0
    for xi in coordinates(x):
        total = total - np.cos(frequency * xi)
    return total


@kernel
def cosine_gradient(x: Point, frequency: float) -> Point:
    """Entries k sin(k x_i)."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, frequency * np.sin(frequency * out[i]))
    return as_point(x, out)


@kernel
def cosine_hessian(x: Point, frequency: float) -> Point:
    """Diagonal k^2 cos(k x_i)."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, frequency**2 * np.cos(frequency * out[i]))
    return diagonal(x, out)


@kernel
def absolute_value(x: Point) -> Scalar:
    """Sum of abs(x_i)."""
    total = 0.0
    for xi in coordinates(x):
        total = total + np.abs(xi)
    return total


@kernel
def absolute_value_gradient(x: Point) -> Point:
    """Entries sign(x_i), zero at the kink."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, np.sign(out[i]))
    return as_point(x, out)


@kernel
def absolute_value_hessian(x: Point) -> Point:
    """Zero: the kinks carry no curvature here."""
    return as_matrix(x, zero_matrix(coordinates(x)))
