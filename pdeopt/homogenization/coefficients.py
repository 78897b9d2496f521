"""Drifts and diffusions of averaged equations as compiled functions: affine ones, splines, and Gaussian means."""

from functools import lru_cache
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE, coordinates, with_item
from pdeopt.kernels.homogenization import spline_at
from pdeopt.systems import SDE
from pdeopt.systems.compilation import Function, compiled, returning_floats

__all__ = ["affine_sde", "smoothed_functions", "spline_sde"]


@lru_cache(maxsize=64)
def affine_functions(dim: int) -> tuple[Function, Function]:
    """Make A x + b and the matrix S, functions of ``(t, x, A, b, S)``."""
    zeros, rows = (0.0,) * dim, ((0.0,) * dim,) * dim

    def drift(t: float, x: Any, matrix: FloatArray, offset: FloatArray, factor: FloatArray) -> Any:
        place, out = coordinates(x), zeros
        for i in range(dim):
            total = offset[i]
            for j in range(dim):
                total += matrix[i, j] * place[j]
            out = with_item(out, i, total)
        return out

    def number(t: float, x: float, matrix: FloatArray, offset: FloatArray, factor: FloatArray) -> float:
        return float(matrix[0, 0] * x + offset[0])

    def noise(t: float, x: Any, matrix: FloatArray, offset: FloatArray, factor: FloatArray) -> Any:
        out = rows
        for i in range(dim):
            row = out[i]
            for j in range(dim):
                row = with_item(row, j, factor[i, j])
            out = with_item(out, i, row)
        return out

    def row(t: float, x: float, matrix: FloatArray, offset: FloatArray, factor: FloatArray) -> Any:
        return (factor[0, 0],)

    one = dim == 1
    return returning_floats(number if one else drift), returning_floats(row if one else noise)


@lru_cache(maxsize=1)
def affine_array_functions() -> tuple[Function, Function]:
    """Make the same that fill ``out``."""

    def drift(t: float, x: FloatArray, matrix: FloatArray, offset: FloatArray, factor: FloatArray, out: Any) -> None:
        for i in range(len(out)):
            out[i] = offset[i]
            for j in range(len(x)):
                out[i] += matrix[i, j] * x[j]

    def noise(t: float, x: FloatArray, matrix: FloatArray, offset: FloatArray, factor: FloatArray, out: Any) -> None:
        for i in range(len(x)):
            for j in range(len(x)):
                out[i, j] = factor[i, j]

    return returning_floats(drift), returning_floats(noise)


def affine_sde(matrix: FloatArray, offset: FloatArray, factor: FloatArray, name: str) -> SDE:
    """Return dX = (A X + b) ds + S dW."""
    dim = len(matrix)
    drift, noise = affine_functions(dim) if dim <= LARGEST_TUPLE else affine_array_functions()
    return SDE(drift, noise, "additive", dim, dim, args=(matrix, offset, factor), name=name)


def _spline_drift(t: float, x: float, lower: float, spacing: float, drift: FloatArray, square: FloatArray) -> float:
    return spline_at(x, lower, spacing, drift)


def _spline_noise(t: float, x: float, lower: float, spacing: float, drift: FloatArray, square: FloatArray) -> float:
    return float(np.sqrt(max(spline_at(x, lower, spacing, square), 0.0)))


def spline_sde(lower: float, spacing: float, drift: FloatArray, square: FloatArray, name: str) -> SDE:
    """Return dX = b(X) ds + sqrt(a(X)) dW with splines b and a, given by their coefficients."""
    functions = returning_floats(_spline_drift), returning_floats(_spline_noise)
    return SDE(*functions, "diagonal", 1, args=(lower, spacing, drift, square), name=name)


@lru_cache(maxsize=64)
def smoothed_functions(value: Function, gradient: Function, dim: int) -> tuple[Function, Function]:
    """Make sums of value and gradient over shifted points, functions of ``(x, shifts, weights, *args)``."""
    zeros = (0.0,) * dim

    def number(x: float, shifts: FloatArray, weights: FloatArray, *args: Any) -> float:
        total = 0.0
        for j in range(len(weights)):
            total += weights[j] * value(x + shifts[j, 0], *args)
        return total

    def slope(x: float, shifts: FloatArray, weights: FloatArray, *args: Any) -> float:
        total = 0.0
        for j in range(len(weights)):
            total += weights[j] * gradient(x + shifts[j, 0], *args)
        return total

    def level(x: Any, shifts: FloatArray, weights: FloatArray, *args: Any) -> float:
        total = 0.0
        for j in range(len(weights)):
            place = zeros
            for i in range(dim):
                place = with_item(place, i, x[i] + shifts[j, i])
            total += weights[j] * value(place, *args)
        return total

    def slopes(x: Any, shifts: FloatArray, weights: FloatArray, *args: Any) -> Any:
        out = zeros
        for j in range(len(weights)):
            place = zeros
            for i in range(dim):
                place = with_item(place, i, x[i] + shifts[j, i])
            found = gradient(place, *args)
            for i in range(dim):
                out = with_item(out, i, out[i] + weights[j] * found[i])
        return out

    return (compiled(number), compiled(slope)) if dim == 1 else (compiled(level), compiled(slopes))
