"""Landscapes of the distance to the origin, in any dimension: value, gradient and Hessian."""

import numpy as np
from numba.extending import register_jitable

from pdeopt._types import Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import as_matrix, as_point, coordinates, with_entry, with_item, zero_matrix

SMALLEST = 1e-100
"""Added to a radius before dividing, so that limits at the origin come out finite."""


@register_jitable
def squared_radius(x: Point) -> Scalar:
    """Return the sum of x_i^2."""
    total = 0.0
    for xi in coordinates(x):
        total = total + xi * xi
    return total


@register_jitable
def radial_gradient(x: Point, slope: Scalar) -> Point:
    """Return slope x, where slope is f'(r) / r."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, slope * out[i])
    return as_point(x, out)


@register_jitable
def radial_hessian(x: Point, slope: Scalar, twist: Scalar) -> Point:
    """Return slope I + twist x x^T, where twist is (f''(r) - slope) / r^2."""
    here = coordinates(x)
    rows = zero_matrix(here)
    for i in range(len(here)):
        for j in range(len(here)):
            rows = with_entry(rows, i, j, twist * here[i] * here[j] + slope * (i == j))
    return as_matrix(x, rows)


@strict_kernel
def radial_double_well(x: Point) -> Scalar:
    """Return (r^2 - 1)^2 / 4."""
    return 0.25 * (squared_radius(x) - 1.0) ** 2


@strict_kernel
def radial_double_well_gradient(x: Point) -> Point:
    """Return (r^2 - 1) x."""
    return radial_gradient(x, squared_radius(x) - 1.0)


@strict_kernel
def radial_double_well_hessian(x: Point) -> Point:
    """Return (r^2 - 1) I + 2 x x^T."""
    return radial_hessian(x, squared_radius(x) - 1.0, 2.0)


@strict_kernel
def pseudo_huber(x: Point) -> Scalar:
    """Return sqrt(1 + r^2)."""
    return np.sqrt(1.0 + squared_radius(x))


@strict_kernel
def pseudo_huber_gradient(x: Point) -> Point:
    """Return x / sqrt(1 + r^2)."""
    return radial_gradient(x, 1.0 / np.sqrt(1.0 + squared_radius(x)))


@strict_kernel
def pseudo_huber_hessian(x: Point) -> Point:
    """Return I / f - x x^T / f^3."""
    slope = 1.0 / np.sqrt(1.0 + squared_radius(x))
    return radial_hessian(x, slope, -(slope**3))


@strict_kernel
def drop_wave(x: Point) -> Scalar:
    """Return -(1 + cos 12 r) / (r^2 / 2 + 2)."""
    square = squared_radius(x)
    return -(1.0 + np.cos(12.0 * np.sqrt(square))) / (0.5 * square + 2.0)


@register_jitable
def drop_wave_slope(r: Scalar) -> Scalar:
    """Return f'(r) / r."""
    lower = 1.0 / (0.5 * r * r + 2.0)
    return 12.0 * np.sin(12.0 * r) / r * lower + (1.0 + np.cos(12.0 * r)) * lower * lower


@strict_kernel
def drop_wave_gradient(x: Point) -> Point:
    """Return f'(r) x / r."""
    return radial_gradient(x, drop_wave_slope(np.sqrt(squared_radius(x)) + SMALLEST))


@strict_kernel
def drop_wave_hessian(x: Point) -> Point:
    """Return f'(r) / r I + (f''(r) - f'(r) / r) x x^T / r^2."""
    r = np.sqrt(squared_radius(x)) + SMALLEST
    lower = 1.0 / (0.5 * r * r + 2.0)
    wave, crest = np.sin(12.0 * r), np.cos(12.0 * r)
    bend = 144.0 * crest * lower - 24.0 * r * wave * lower**2
    bend = bend + (1.0 + crest) * (lower**2 - 2.0 * r * r * lower**3)
    slope = drop_wave_slope(r)
    return radial_hessian(x, slope, (bend - slope) / (r * r))


@strict_kernel
def ackley(x: Point, height: float, decay: float, frequency: float) -> Scalar:
    """Return a (1 - exp(-b s)) + e - exp(mean cos(c x_i)), s the root mean square of x."""
    here = coordinates(x)
    mean = 0.0
    for xi in here:
        mean = mean + np.cos(frequency * xi) / len(here)
    s = np.sqrt(squared_radius(x) / len(here))
    # In this form values near the origin keep their digits.
    return -height * np.expm1(-decay * s) - np.e * np.expm1(mean - 1.0)


@register_jitable
def ripple_height(here: Point, frequency: float) -> Scalar:
    """Return exp(mean cos(c x_i))."""
    mean = 0.0
    for xi in here:
        mean = mean + np.cos(frequency * xi) / len(here)
    return np.exp(mean)


@strict_kernel
def ackley_gradient(x: Point, height: float, decay: float, frequency: float) -> Point:
    """Entries a b exp(-b s) x_i / (d s) + (c / d) sin(c x_i) exp(mean cos(c x_j)); zero at the origin."""
    here = coordinates(x)
    dim = len(here)
    s = np.sqrt(squared_radius(x) / dim) + SMALLEST
    cone, ripple = height * decay * np.exp(-decay * s), ripple_height(here, frequency)
    out = here
    for i in range(dim):
        wave = frequency * np.sin(frequency * here[i]) * ripple
        out = with_item(out, i, (cone * (here[i] / s) + wave) / dim)
    return as_point(x, out)


@strict_kernel
def ackley_hessian(x: Point, height: float, decay: float, frequency: float) -> Point:
    """Return the derivative of the gradient; its entries are huge at the origin, the tip of a cone."""
    here = coordinates(x)
    dim = len(here)
    s = np.sqrt(squared_radius(x) / dim) + SMALLEST
    cone, ripple = height * decay * np.exp(-decay * s), ripple_height(here, frequency)
    rows = zero_matrix(here)
    for i in range(dim):
        for j in range(dim):
            # Divided by s one coordinate at a time: s^2 underflows near the origin.
            radial = (i == j) / s - (here[i] / s) * (here[j] / s) * (1.0 / s + decay) / dim
            waves = np.sin(frequency * here[i]) * np.sin(frequency * here[j]) / dim
            crest = (i == j) * np.cos(frequency * here[i])
            entry = cone * radial + frequency**2 * ripple * (crest - waves)
            rows = with_entry(rows, i, j, entry / dim)
    return as_matrix(x, rows)
