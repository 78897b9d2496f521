"""Sums of one convex or periodic profile per coordinate, in any dimension: value, gradient and Hessian.

Bodies are NumPy ufuncs without branches on `x`, so the same text runs compiled on a point and as plain NumPy
on broadcast axes. `x` is a float in one dimension, a tuple up to eight, an array above.
"""

import numpy as np

from pdeopt._types import Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import as_matrix, as_point, chosen, coordinates, diagonal, with_item, zero_matrix


@strict_kernel
def absolute_value(x: Point) -> Scalar:
    """Sum of abs(x_i)."""
    total = 0.0
    for xi in coordinates(x):
        total = total + np.abs(xi)
    return total


@strict_kernel
def absolute_value_gradient(x: Point) -> Point:
    """Entries sign(x_i), zero at the kink."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, np.sign(out[i]))
    return as_point(x, out)


@strict_kernel
def absolute_value_hessian(x: Point) -> Point:
    """Zero: the kinks carry no curvature here."""
    return as_matrix(x, zero_matrix(coordinates(x)))


@strict_kernel
def rectifier(x: Point) -> Scalar:
    """Sum of max(x_i, 0)."""
    total = 0.0
    for xi in coordinates(x):
        total = total + np.maximum(xi, 0.0)
    return total


@strict_kernel
def rectifier_gradient(x: Point) -> Point:
    """Entries 1 where x_i > 0, 0 where x_i < 0, and 1/2 at the kink."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 0.5 + 0.5 * np.sign(out[i]))
    return as_point(x, out)


@strict_kernel
def rectifier_hessian(x: Point) -> Point:
    """Zero: the kinks carry no curvature here."""
    return as_matrix(x, zero_matrix(coordinates(x)))


@strict_kernel
def half_line(x: Point) -> Scalar:
    """Zero where all x_i >= 0, infinite elsewhere."""
    total = 0.0
    for xi in coordinates(x):
        total = total + chosen(xi < 0.0, np.inf, 0.0)
    return total


@strict_kernel
def half_line_gradient(x: Point) -> Point:
    """Zero: the wall has no slope on either side."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 0.0)
    return as_point(x, out)


@strict_kernel
def half_line_hessian(x: Point) -> Point:
    """Zero: the wall has no curvature on either side."""
    return as_matrix(x, zero_matrix(coordinates(x)))


@strict_kernel
def huber(x: Point, width: float) -> Scalar:
    """Sum of x_i^2 / (2 w) inside abs(x_i) < w, abs(x_i) - w / 2 outside."""
    total = 0.0
    for xi in coordinates(x):
        inside = np.minimum(np.maximum(xi, -width), width)
        total = total + (inside * inside / (2.0 * width) + np.abs(xi - inside))
    return total


@strict_kernel
def huber_gradient(x: Point, width: float) -> Point:
    """Entries x_i / w, cut at -1 and 1."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, np.minimum(np.maximum(out[i] / width, -1.0), 1.0))
    return as_point(x, out)


@strict_kernel
def huber_hessian(x: Point, width: float) -> Point:
    """Diagonal 1 / w inside abs(x_i) < w, zero at the edge and outside."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, chosen(np.abs(out[i]) < width, 1.0 / width, 0.0))
    return diagonal(x, out)


@strict_kernel
def log_cosh(x: Point) -> Scalar:
    """Sum of log cosh x_i, written so that nothing overflows."""
    total = 0.0
    for xi in coordinates(x):
        total = total + (np.abs(xi) + np.log1p(np.exp(-2.0 * np.abs(xi))) - np.log(2.0))
    return total


@strict_kernel
def log_cosh_gradient(x: Point) -> Point:
    """Entries tanh x_i."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, np.tanh(out[i]))
    return as_point(x, out)


@strict_kernel
def log_cosh_hessian(x: Point) -> Point:
    """Diagonal 1 / cosh(x_i)^2, written so that nothing overflows."""
    out = coordinates(x)
    for i in range(len(out)):
        # cosh overflows from 710 on.
        decay = np.exp(-2.0 * np.abs(out[i]))
        out = with_item(out, i, 4.0 * decay / (1.0 + decay) ** 2)
    return diagonal(x, out)


@strict_kernel
def quartic(x: Point) -> Scalar:
    """Sum of x_i^4."""
    total = 0.0
    for xi in coordinates(x):
        total = total + (xi * xi) ** 2
    return total


@strict_kernel
def quartic_gradient(x: Point) -> Point:
    """Entries 4 x_i^3."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 4.0 * out[i] * out[i] * out[i])
    return as_point(x, out)


@strict_kernel
def quartic_hessian(x: Point) -> Point:
    """Diagonal 12 x_i^2."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, 12.0 * out[i] * out[i])
    return diagonal(x, out)


@strict_kernel
def periodic_wells(x: Point, amplitude: float, frequency: float, beta: float) -> Scalar:
    """Sum of -log(1 + a cos(k x_i)) / beta."""
    total = 0.0
    for xi in coordinates(x):
        total = total - np.log1p(amplitude * np.cos(frequency * xi)) / beta
    return total


@strict_kernel
def periodic_wells_gradient(x: Point, amplitude: float, frequency: float, beta: float) -> Point:
    """Entries a k sin(k x_i) / (beta (1 + a cos(k x_i)))."""
    out = coordinates(x)
    for i in range(len(out)):
        weight = 1.0 + amplitude * np.cos(frequency * out[i])
        out = with_item(out, i, amplitude * frequency * np.sin(frequency * out[i]) / (beta * weight))
    return as_point(x, out)


@strict_kernel
def periodic_wells_hessian(x: Point, amplitude: float, frequency: float, beta: float) -> Point:
    """Diagonal a k^2 (cos(k x_i) + a) / (beta (1 + a cos(k x_i))^2)."""
    out = coordinates(x)
    for i in range(len(out)):
        ripple = np.cos(frequency * out[i])
        bend = amplitude * frequency**2 * (ripple + amplitude) / (1.0 + amplitude * ripple) ** 2
        out = with_item(out, i, bend / beta)
    return diagonal(x, out)
