"""Schemes implicit in the drift, solved by a fixed number of Newton steps."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels._points import with_item
from pdeopt.kernels.matrices import columns, solved
from pdeopt.kernels.sde.euler import Coefficient, Spread, Step
from pdeopt.kernels.vectors import Vector, minus, plus, plus_times, times

DIFFERENCE = 1.4901161193847656e-08
"""Relative step of one-sided differences, the square root of the machine epsilon."""

Correction = Callable[..., Vector]


def newton_on_a_line(drift: Coefficient) -> Correction:
    """Return one Newton correction `(y + h b(y) - y) / (1 - h b')` for `y = base + h b(t, y)`, one dimension."""

    def correction(t: float, y: float, base: float, h: float, args: Arguments) -> float:
        b, e = drift(t, y, *args), DIFFERENCE * max(1.0, abs(y))
        slope = (drift(t, y + e, *args) - b) / e
        value: float = (base + h * b - y) / (1.0 - h * slope)
        return value

    return correction


def newton_of_vectors(drift: Coefficient, dim: int) -> Correction:
    """Return the same for two to eight dimensions: differences along each coordinate, and an elimination."""
    identity = tuple(tuple(float(i == k) for i in range(dim)) for k in range(dim))

    def correction(t: float, y: Vector, base: Vector, h: float, args: Arguments) -> Vector:
        b, matrix = drift(t, y, *args), identity
        for k in range(dim):
            e = DIFFERENCE * max(1.0, abs(y[k]))
            slope = minus(drift(t, with_item(y, k, y[k] + e), *args), b)
            matrix = with_item(matrix, k, plus_times(matrix[k], -h / e, slope))
        return solved(columns(matrix), minus(plus_times(base, h, b), y))

    return correction


def newton_with_jacobian(drift: Coefficient, jacobian: Coefficient, dim: int) -> Correction:
    """Return the same with the rows of derivatives `jacobian(t, x, *args)`, a float in one dimension."""
    identity = tuple(tuple(float(i == k) for i in range(dim)) for k in range(dim))

    def on_a_line(t: float, y: float, base: float, h: float, args: Arguments) -> float:
        value: float = (base + h * drift(t, y, *args) - y) / (1.0 - h * jacobian(t, y, *args))
        return value

    def of_vectors(t: float, y: Vector, base: Vector, h: float, args: Arguments) -> Vector:
        slopes, matrix = jacobian(t, y, *args), identity
        for i in range(dim):
            matrix = with_item(matrix, i, plus_times(matrix[i], -h, slopes[i]))
        return solved(matrix, minus(plus_times(base, h, drift(t, y, *args)), y))

    return on_a_line if dim == 1 else of_vectors


def drift_implicit_euler(diffusion: Coefficient, spread: Spread, correction: Correction, iterations: int) -> Step:
    """Return the step `Y = X + b(t + h, Y) h + sigma dW`, solved by `iterations` Newton steps from `X + sigma dW`."""

    def drift_implicit_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        base = plus_times(x, np.sqrt(h), spread(diffusion(t, x, *args), xi))
        y = base
        for _ in range(iterations):
            y = plus(y, correction(t + h, y, base, h, args))
        return y

    return drift_implicit_step


def implicit_midpoint(diffusion: Coefficient, spread: Spread, correction: Correction, iterations: int) -> Step:
    """Return the step `Y = X + b(t + h/2, (X + Y) / 2) h + sigma(t + h/2) sqrt(h) xi` for additive noise."""

    def implicit_midpoint_step(t: float, x: Vector, h: float, xi: Any, args: Arguments) -> Vector:
        middle = t + 0.5 * h
        base = plus_times(x, 0.5 * np.sqrt(h), spread(diffusion(middle, x, *args), xi))
        y = base
        for _ in range(iterations):
            y = plus(y, correction(middle, y, base, 0.5 * h, args))
        return minus(times(2.0, y), x)

    return implicit_midpoint_step
