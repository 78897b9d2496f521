"""Test functions of two coordinates: value, gradient and Hessian."""

import numpy as np

from pdeopt._types import FloatArray, Point, Scalar
from pdeopt.kernels._jit import strict_kernel


@strict_kernel
def himmelblau(x: Point) -> Scalar:
    """Return (a^2 + b - 11)^2 + (a + b^2 - 7)^2."""
    a, b = x[0], x[1]
    return (a * a + b - 11.0) ** 2 + (a + b * b - 7.0) ** 2


@strict_kernel
def himmelblau_gradient(x: Point) -> Point:
    """Return both partial derivatives."""
    a, b = x[0], x[1]
    p, q = a * a + b - 11.0, a + b * b - 7.0
    return 4.0 * a * p + 2.0 * q, 2.0 * p + 4.0 * b * q


@strict_kernel
def himmelblau_hessian(x: Point) -> Point:
    """Return all second derivatives."""
    a, b = x[0], x[1]
    twist = 4.0 * (a + b)
    return (12.0 * a * a + 4.0 * b - 42.0, twist), (twist, 12.0 * b * b + 4.0 * a - 26.0)


@strict_kernel
def six_hump_camel(x: Point) -> Scalar:
    """Return (4 - 2.1 a^2 + a^4 / 3) a^2 + a b + (4 b^2 - 4) b^2."""
    s, t = x[0] * x[0], x[1] * x[1]
    return (4.0 - 2.1 * s + s * s / 3.0) * s + x[0] * x[1] + (4.0 * t - 4.0) * t


@strict_kernel
def six_hump_camel_gradient(x: Point) -> Point:
    """Return both partial derivatives."""
    a, b = x[0], x[1]
    s = a * a
    return a * (8.0 - 8.4 * s + 2.0 * s * s) + b, a + b * (16.0 * b * b - 8.0)


@strict_kernel
def six_hump_camel_hessian(x: Point) -> Point:
    """Return all second derivatives."""
    s, t = x[0] * x[0], x[1] * x[1]
    return (8.0 - 25.2 * s + 10.0 * s * s, 1.0), (1.0, 48.0 * t - 8.0)


@strict_kernel
def three_hump_camel(x: Point) -> Scalar:
    """Return 2 a^2 - 1.05 a^4 + a^6 / 6 + a b + b^2."""
    a, b = x[0], x[1]
    s = a * a
    return s * (2.0 - 1.05 * s + s * s / 6.0) + b * (a + b)


@strict_kernel
def three_hump_camel_gradient(x: Point) -> Point:
    """Return both partial derivatives."""
    a, b = x[0], x[1]
    s = a * a
    return a * (4.0 - 4.2 * s + s * s) + b, a + 2.0 * b


@strict_kernel
def three_hump_camel_hessian(x: Point) -> Point:
    """Return all second derivatives."""
    s = x[0] * x[0]
    return (4.0 - 12.6 * s + 5.0 * s * s, 1.0), (1.0, 2.0)


@strict_kernel
def coupled_double_well(x: Point, stiffness: float, coupling: float) -> Scalar:
    """Return (a^2 - 1)^2 / 4 + s b^2 + c a b."""
    a, b = x[0], x[1]
    return 0.25 * (a * a - 1.0) ** 2 + b * (stiffness * b + coupling * a)


@strict_kernel
def coupled_double_well_gradient(x: Point, stiffness: float, coupling: float) -> Point:
    """Return both partial derivatives."""
    a, b = x[0], x[1]
    return a * (a * a - 1.0) + coupling * b, 2.0 * stiffness * b + coupling * a


@strict_kernel
def coupled_double_well_hessian(x: Point, stiffness: float, coupling: float) -> Point:
    """Return all second derivatives."""
    return (3.0 * x[0] * x[0] - 1.0, coupling), (coupling, 2.0 * stiffness)


BEALE = ((1, 1.5), (2, 2.25), (3, 2.625))


@strict_kernel
def beale(x: Point) -> Scalar:
    """Sum over k = 1, 2, 3 of (c_k - a (1 - b^k))^2."""
    total = 0.0
    for k, c in BEALE:
        total = total + (c - x[0] * (1.0 - x[1] ** k)) ** 2
    return total


@strict_kernel
def beale_gradient(x: Point) -> Point:
    """Return both partial derivatives."""
    a, b = x[0], x[1]
    along, across = 0.0, 0.0
    for k, c in BEALE:
        residual = c - a * (1.0 - b**k)
        along = along - 2.0 * residual * (1.0 - b**k)
        across = across + 2.0 * residual * a * k * b ** (k - 1)
    return along, across


@strict_kernel
def beale_hessian(x: Point) -> Point:
    """Return all second derivatives."""
    a, b = x[0], x[1]
    aa, ab, bb = 0.0, 0.0, 0.0
    for k, c in BEALE:
        power, slope = b**k - 1.0, k * b ** (k - 1)
        residual = c + a * power
        aa = aa + 2.0 * power * power
        ab = ab + 2.0 * slope * (a * power + residual)
        # b^(k-2) as a product with (k - 1), which is zero where the power would be negative.
        bb = bb + 2.0 * a * (a * slope * slope + residual * k * (k - 1) * b ** max(k - 2, 0))
    return (aa, ab), (ab, bb)


@strict_kernel
def mueller_brown(x: Point, terms: FloatArray) -> Scalar:
    """Sum over rows (A, p, q, r, a0, b0) of A exp(p u^2 + q u v + r v^2), u = a - a0, v = b - b0."""
    total = 0.0
    for n in range(len(terms)):
        u, v = x[0] - terms[n, 4], x[1] - terms[n, 5]
        total = total + terms[n, 0] * np.exp(terms[n, 1] * u * u + terms[n, 2] * u * v + terms[n, 3] * v * v)
    return total


@strict_kernel
def mueller_brown_gradient(x: Point, terms: FloatArray) -> Point:
    """Return both partial derivatives."""
    along, across = 0.0, 0.0
    for n in range(len(terms)):
        p, q, r = terms[n, 1], terms[n, 2], terms[n, 3]
        u, v = x[0] - terms[n, 4], x[1] - terms[n, 5]
        term = terms[n, 0] * np.exp(p * u * u + q * u * v + r * v * v)
        along = along + term * (2.0 * p * u + q * v)
        across = across + term * (q * u + 2.0 * r * v)
    return along, across


@strict_kernel
def mueller_brown_hessian(x: Point, terms: FloatArray) -> Point:
    """Return all second derivatives."""
    aa, ab, bb = 0.0, 0.0, 0.0
    for n in range(len(terms)):
        p, q, r = terms[n, 1], terms[n, 2], terms[n, 3]
        u, v = x[0] - terms[n, 4], x[1] - terms[n, 5]
        term = terms[n, 0] * np.exp(p * u * u + q * u * v + r * v * v)
        du, dv = 2.0 * p * u + q * v, q * u + 2.0 * r * v
        aa = aa + term * (du * du + 2.0 * p)
        ab = ab + term * (du * dv + q)
        bb = bb + term * (dv * dv + 2.0 * r)
    return (aa, ab), (ab, bb)
