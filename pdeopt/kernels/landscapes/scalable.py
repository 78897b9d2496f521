"""Test functions of any dimension that couple their coordinates: value, gradient and Hessian."""

import numpy as np
from numba.extending import register_jitable

from pdeopt._types import Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import (
    as_matrix,
    as_point,
    coordinates,
    diagonal,
    with_entry,
    with_item,
    zero_matrix,
)


@strict_kernel
def rosenbrock(x: Point, stiffness: float) -> Scalar:
    """Sum over i < d - 1 of (1 - x_i)^2 + b (x_{i+1} - x_i^2)^2."""
    total = 0.0
    for i in range(len(x) - 1):
        total = total + ((1.0 - x[i]) ** 2 + stiffness * (x[i + 1] - x[i] * x[i]) ** 2)
    return total


@strict_kernel
def rosenbrock_gradient(x: Point, stiffness: float) -> Point:
    """Return the gradient of two terms per neighbour pair."""
    here = coordinates(x)
    out = here
    for i in range(len(here)):
        total = 0.0
        if i + 1 < len(here):
            total = total + (2.0 * (here[i] - 1.0) - 4.0 * stiffness * here[i] * (here[i + 1] - here[i] * here[i]))
        if i > 0:
            total = total + 2.0 * stiffness * (here[i] - here[i - 1] * here[i - 1])
        out = with_item(out, i, total)
    return as_point(x, out)


@strict_kernel
def rosenbrock_hessian(x: Point, stiffness: float) -> Point:
    """Return the tridiagonal Hessian."""
    here = coordinates(x)
    rows = zero_matrix(here)
    for i in range(len(here)):
        bend = 2.0 * stiffness * (i > 0)
        if i + 1 < len(here):
            bend = bend + (2.0 - 4.0 * stiffness * (here[i + 1] - 3.0 * here[i] * here[i]))
            rows = with_entry(rows, i, i + 1, -4.0 * stiffness * here[i])
            rows = with_entry(rows, i + 1, i, -4.0 * stiffness * here[i])
        rows = with_entry(rows, i, i, bend)
    return as_matrix(x, rows)


@register_jitable
def cosines_except(here: Point, skipped: int, also: int) -> Scalar:
    """Product of cos(x_j / sqrt(j + 1)) over j other than two."""
    product = 1.0
    for j in range(len(here)):
        if j not in (skipped, also):
            product = product * np.cos(here[j] / np.sqrt(j + 1.0))
    return product


@strict_kernel
def griewank(x: Point) -> Scalar:
    """Return 1 + sum of x_i^2 / 4000 - product of cos(x_i / sqrt(i)), i from 1."""
    here = coordinates(x)
    total = 0.0
    for xi in here:
        total = total + xi * xi / 4000.0
    return total + (1.0 - cosines_except(here, -1, -1))


@strict_kernel
def griewank_gradient(x: Point) -> Point:
    """Entries x_i / 2000 + sin(x_i / sqrt(i)) / sqrt(i) times the other cosines."""
    here = coordinates(x)
    out = here
    for i in range(len(here)):
        root = np.sqrt(i + 1.0)
        out = with_item(out, i, here[i] / 2000.0 + np.sin(here[i] / root) / root * cosines_except(here, i, i))
    return as_point(x, out)


@strict_kernel
def griewank_hessian(x: Point) -> Point:
    """Diagonal 1/2000 + (all cosines) / i; off it minus two sines times the other cosines."""
    here = coordinates(x)
    rows = zero_matrix(here)
    for i in range(len(here)):
        root = np.sqrt(i + 1.0)
        rows = with_entry(rows, i, i, 1.0 / 2000.0 + cosines_except(here, -1, -1) / (i + 1.0))
        for j in range(i):
            other = np.sqrt(j + 1.0)
            sines = np.sin(here[i] / root) * np.sin(here[j] / other) / (root * other)
            rows = with_entry(rows, i, j, -sines * cosines_except(here, i, j))
            rows = with_entry(rows, j, i, -sines * cosines_except(here, i, j))
    return as_matrix(x, rows)


@register_jitable
def levy_ripple(i: int, dim: int) -> tuple[float, float, float]:
    """Amplitude, frequency and phase of the ripple on coordinate i."""
    if i + 1 < dim:
        return 10.0, np.pi, 1.0
    return 1.0, 2.0 * np.pi, 0.0


@strict_kernel
def levy(x: Point) -> Scalar:
    """Sum of (w_i - 1)^2 (1 + a sin^2(k w_i + p)) plus sin^2(pi w_1), with w = 1 + (x - 1) / 4."""
    here = coordinates(x)
    total = np.sin(np.pi * (1.0 + 0.25 * (here[0] - 1.0))) ** 2
    for i in range(len(here)):
        a, k, p = levy_ripple(i, len(here))
        w = 1.0 + 0.25 * (here[i] - 1.0)
        total = total + (w - 1.0) ** 2 * (1.0 + a * np.sin(k * w + p) ** 2)
    return total


@strict_kernel
def levy_gradient(x: Point) -> Point:
    """Entries of the derivative, one per coordinate."""
    here = coordinates(x)
    out = here
    for i in range(len(here)):
        a, k, p = levy_ripple(i, len(here))
        w = 1.0 + 0.25 * (here[i] - 1.0)
        slope = 2.0 * (w - 1.0) * (1.0 + a * np.sin(k * w + p) ** 2)
        slope = slope + (w - 1.0) ** 2 * a * k * np.sin(2.0 * (k * w + p))
        out = with_item(out, i, 0.25 * (slope + (i == 0) * np.pi * np.sin(2.0 * np.pi * w)))
    return as_point(x, out)


@strict_kernel
def levy_hessian(x: Point) -> Point:
    """Diagonal of the second derivative, one entry per coordinate."""
    here = coordinates(x)
    out = here
    for i in range(len(here)):
        a, k, p = levy_ripple(i, len(here))
        w = 1.0 + 0.25 * (here[i] - 1.0)
        bend = 2.0 * (1.0 + a * np.sin(k * w + p) ** 2)
        bend = bend + 4.0 * (w - 1.0) * a * k * np.sin(2.0 * (k * w + p))
        bend = bend + 2.0 * (w - 1.0) ** 2 * a * k * k * np.cos(2.0 * (k * w + p))
        out = with_item(out, i, (bend + (i == 0) * 2.0 * np.pi**2 * np.cos(2.0 * np.pi * w)) / 16.0)
    return diagonal(x, out)
