"""Quadratics in any dimension, and a rippled parabola in one: value, gradient and Hessian."""

import numpy as np

from pdeopt._types import FloatArray, Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import as_matrix, as_point, coordinates, with_entry, with_item, zero_matrix


@strict_kernel
def quadratic(x: Point, matrix: FloatArray, center: FloatArray, level: float) -> Scalar:
    """Return level + (x - m)^T Q (x - m) / 2, Q of shape (d, d) and m of shape (d,)."""
    here = coordinates(x)
    total = level
    for i in range(len(here)):
        for j in range(len(here)):
            # Skipped, a zero costs no pass over the grid, and 0 * inf does not arise.
            if matrix[i, j] != 0.0:
                total = total + 0.5 * matrix[i, j] * (here[i] - center[i]) * (here[j] - center[j])
    return total


@strict_kernel
def quadratic_gradient(x: Point, matrix: FloatArray, center: FloatArray, _level: float) -> Point:
    """Return Q (x - m)."""
    here = coordinates(x)
    out = here
    for i in range(len(here)):
        total = 0.0
        for j in range(len(here)):
            if matrix[i, j] != 0.0:
                total = total + matrix[i, j] * (here[j] - center[j])
        out = with_item(out, i, total)
    return as_point(x, out)


@strict_kernel
def quadratic_hessian(x: Point, matrix: FloatArray, _center: FloatArray, _level: float) -> Point:
    """Return Q, symmetric."""
    here = coordinates(x)
    rows = zero_matrix(here)
    for i in range(len(here)):
        for j in range(len(here)):
            rows = with_entry(rows, i, j, matrix[i, j])
    return as_matrix(x, rows)


@strict_kernel
def rippled_parabola(x: Scalar, curvature: float, amplitude: float, frequency: float) -> Scalar:
    """Return c x^2 / 2 + a sin(k x)."""
    return 0.5 * curvature * x * x + amplitude * np.sin(frequency * x)


@strict_kernel
def rippled_parabola_gradient(x: Scalar, curvature: float, amplitude: float, frequency: float) -> Scalar:
    """Return c x + a k cos(k x)."""
    return curvature * x + amplitude * frequency * np.cos(frequency * x)


@strict_kernel
def rippled_parabola_hessian(x: Scalar, curvature: float, amplitude: float, frequency: float) -> Scalar:
    """Return c - a k^2 sin(k x)."""
    return curvature - amplitude * frequency**2 * np.sin(frequency * x)
