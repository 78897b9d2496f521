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


@strict_kernel
def low_rank_quadratic(
    x: FloatArray,
    slope: FloatArray,
    diagonal: FloatArray,
    factors: FloatArray,
    core: FloatArray,
    center: FloatArray,
    level: float,
) -> float:
    """Return level + p . x + (x - m)^T (diag(a) + F^T C F) (x - m) / 2, F of shape (k, d) and C (k, k)."""
    total = level
    for i in range(len(x)):
        total += slope[i] * x[i] + 0.5 * diagonal[i] * (x[i] - center[i]) ** 2
    for a in range(len(core)):
        for b in range(len(core)):
            total += 0.5 * core[a, b] * along(x, factors[a], center) * along(x, factors[b], center)
    return total


@strict_kernel
def low_rank_quadratic_gradient(
    x: FloatArray,
    slope: FloatArray,
    diagonal: FloatArray,
    factors: FloatArray,
    core: FloatArray,
    center: FloatArray,
    _level: float,
) -> FloatArray:
    """Return p + (diag(a) + F^T C F) (x - m), in a new array."""
    out = slope + diagonal * (x - center)
    for a in range(len(core)):
        for b in range(len(core)):
            out += core[a, b] * along(x, factors[b], center) * factors[a]
    return out


@strict_kernel
def low_rank_quadratic_hessian(
    _x: FloatArray,
    _slope: FloatArray,
    diagonal: FloatArray,
    factors: FloatArray,
    core: FloatArray,
    _center: FloatArray,
    _level: float,
) -> FloatArray:
    """Return diag(a) + F^T C F, in a new array."""
    out = np.diag(diagonal)
    for a in range(len(core)):
        for b in range(len(core)):
            for i in range(len(diagonal)):
                for j in range(len(diagonal)):
                    out[i, j] += core[a, b] * factors[a, i] * factors[b, j]
    return out


@strict_kernel
def along(x: FloatArray, factor: FloatArray, center: FloatArray) -> float:
    """Return F_a . (x - m)."""
    total = 0.0
    for i in range(len(x)):
        total += factor[i] * (x[i] - center[i])
    return total
