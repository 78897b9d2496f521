"""Functions of a point put together from functions of smaller ones, compiled where those are."""

from functools import lru_cache
from typing import Any

import numba
import numpy as np

from pdeopt._types import FloatArray, Point, ScalarFunction
from pdeopt.kernels._points import (
    LARGEST_TUPLE,
    as_matrix,
    as_point,
    coordinates,
    from_row,
    pattern_of,
    with_entry,
    with_item,
    zero_matrix,
)
from pdeopt.landscapes.evaluation import is_compiled

Functions = tuple[ScalarFunction, ...]

MOST_PARTS = 16
"""Different functions in one compiled sum; more would take minutes to compile."""


def _made(function: ScalarFunction, parts: Functions) -> ScalarFunction:
    if not all(is_compiled(part) for part in parts) or len(parts) > MOST_PARTS:
        return function
    compiled: ScalarFunction = numba.njit(nogil=True)(function)
    return compiled


@lru_cache(maxsize=64)
def _choice(parts: Functions) -> ScalarFunction:
    """Make a function of ``(k, x, args)`` that calls part k, with its own arguments ``args[k]``."""
    first = parts[0]
    if len(parts) == 1:
        return _made(lambda _k, x, args: first(x, *args[0]), parts)
    others = _choice(parts[1:])

    def choose(k: int, x: float, args: Any) -> Any:
        return first(x, *args[0]) if k == 0 else others(k - 1, x, args[1:])

    return _made(choose, parts)


@lru_cache(maxsize=64)
def separable_functions(values: Functions, gradients: Functions, hessians: Functions, dim: int) -> Functions:
    """Make value, gradient and Hessian of ``(x, which, args)``, a sum of one part per coordinate."""
    part, slope, bend = (_choice(parts) for parts in (values, gradients, hessians))

    def value(x: Point, which: Any, args: Any) -> float:
        here = coordinates(x)
        total = 0.0
        for i in range(dim):
            total += part(which[i], here[i], args)
        return total

    def gradient(x: Point, which: Any, args: Any) -> Point:
        here = coordinates(x)
        out = here
        for i in range(dim):
            out = with_item(out, i, slope(which[i], here[i], args))
        return as_point(x, out)

    def gradient_of_array(x: Point, which: Any, args: Any) -> Point:
        # Not item by item: each would copy the array.
        out = np.empty(dim)
        for i in range(dim):
            out[i] = slope(which[i], x[i], args)
        return out

    def hessian(x: Point, which: Any, args: Any) -> Any:
        here = coordinates(x)
        rows = zero_matrix(here)
        for i in range(dim):
            rows = with_entry(rows, i, i, bend(which[i], here[i], args))
        return as_matrix(x, rows)

    return (
        _made(value, values),
        _made(gradient if dim <= LARGEST_TUPLE else gradient_of_array, gradients),
        _made(hessian, hessians),
    )


@lru_cache(maxsize=64)
def radial_functions(profile: ScalarFunction, slope: ScalarFunction, bend: ScalarFunction, dim: int) -> Functions:
    """Make value, gradient and Hessian of ``(x, center, args)``, a function of the distance from `center`."""
    distance = _made(_distance(dim), ())

    def value(x: Point, center: FloatArray, args: Any) -> Any:
        return profile(distance(x, center), *args)

    def gradient(x: Point, center: FloatArray, args: Any) -> Point:
        here = coordinates(x)
        r = distance(x, center)
        steep = slope(r, *args) / r if r > 0.0 else 0.0
        out = here
        for i in range(dim):
            out = with_item(out, i, steep * (here[i] - center[i]))
        return as_point(x, out)

    def gradient_of_array(x: Point, center: FloatArray, args: Any) -> Point:
        r = distance(x, center)
        steep = slope(r, *args) / r if r > 0.0 else 0.0
        return steep * (x - center)

    def hessian(x: Point, center: FloatArray, args: Any) -> Any:
        here = coordinates(x)
        r = distance(x, center)
        along = bend(r, *args)
        around = slope(r, *args) / r if r > 0.0 else along
        length = r if r > 0.0 else 1.0
        rows = zero_matrix(here)
        for i in range(dim):
            for j in range(dim):
                both = (here[i] - center[i]) / length * ((here[j] - center[j]) / length)
                rows = with_entry(rows, i, j, (along - around) * both + around * (i == j))
        return as_matrix(x, rows)

    return (
        _made(value, (profile,)),
        _made(gradient if dim <= LARGEST_TUPLE else gradient_of_array, (slope,)),
        _made(hessian, (slope, bend)),
    )


def _distance(dim: int) -> ScalarFunction:
    def distance(x: Point, center: FloatArray) -> float:
        here = coordinates(x)
        total = 0.0
        for i in range(dim):
            total += (here[i] - center[i]) ** 2
        return float(np.sqrt(total))

    return distance


@lru_cache(maxsize=64)
def ridge_functions(
    inner: ScalarFunction, slope: ScalarFunction, bend: ScalarFunction, rank: int, dim: int
) -> Functions:
    """Make value, gradient and Hessian of ``(x, matrix, args)``, inner(A x) with A of shape (rank, dim)."""
    project = _made(_projection(rank, dim), ())

    def value(x: Point, matrix: FloatArray, args: Any) -> Any:
        return inner(project(x, matrix), *args)

    def gradient(x: Point, matrix: FloatArray, args: Any) -> Point:
        slopes = coordinates(slope(project(x, matrix), *args))
        out = coordinates(x)
        for i in range(dim):
            total = 0.0
            for a in range(rank):
                total += matrix[a, i] * slopes[a]
            out = with_item(out, i, total)
        return as_point(x, out)

    def gradient_of_array(x: Point, matrix: FloatArray, args: Any) -> Point:
        slopes = coordinates(slope(project(x, matrix), *args))
        out = np.zeros(dim)
        for a in range(rank):
            out += matrix[a] * slopes[a]
        return out

    def hessian(x: Point, matrix: FloatArray, args: Any) -> Any:
        bends = coordinates(bend(project(x, matrix), *args))
        rows = zero_matrix(coordinates(x))
        for i in range(dim):
            for j in range(dim):
                total = 0.0
                for a in range(rank):
                    row = coordinates(bends[a])
                    for b in range(rank):
                        total += matrix[a, i] * row[b] * matrix[b, j]
                rows = with_entry(rows, i, j, total)
        return as_matrix(x, rows)

    return (
        _made(value, (inner,)),
        _made(gradient if dim <= LARGEST_TUPLE else gradient_of_array, (slope,)),
        _made(hessian, (bend,)),
    )


def _projection(rank: int, dim: int) -> ScalarFunction:
    pattern = pattern_of(rank)

    def project(x: Point, matrix: FloatArray) -> Point:
        here = coordinates(x)
        row = np.zeros(rank)
        for a in range(rank):
            for i in range(dim):
                row[a] += matrix[a, i] * here[i]
        return from_row(row, pattern)

    return project


@lru_cache(maxsize=64)
def bowl_functions(inner: ScalarFunction, slope: ScalarFunction, bend: ScalarFunction, dim: int) -> Functions:
    """Make value, gradient and Hessian of ``(x, curvature, center, level, args)``, inner(x) and a quadratic."""

    def value(x: Point, curvature: FloatArray, center: FloatArray, level: float, args: Any) -> Any:
        here = coordinates(x)
        total = level
        for i in range(dim):
            total += 0.5 * curvature[i] * (here[i] - center[i]) ** 2
        return total + inner(x, *args)

    def gradient(x: Point, curvature: FloatArray, center: FloatArray, _level: float, args: Any) -> Point:
        here, slopes = coordinates(x), coordinates(slope(x, *args))
        out = here
        for i in range(dim):
            out = with_item(out, i, slopes[i] + curvature[i] * (here[i] - center[i]))
        return as_point(x, out)

    def gradient_of_array(x: Point, curvature: FloatArray, center: FloatArray, _level: float, args: Any) -> Point:
        return slope(x, *args) + curvature * (x - center)

    def hessian(x: Point, curvature: FloatArray, _center: FloatArray, _level: float, args: Any) -> Any:
        bends = coordinates(bend(x, *args))
        rows = zero_matrix(coordinates(x))
        for i in range(dim):
            row = coordinates(bends[i])
            for j in range(dim):
                rows = with_entry(rows, i, j, row[j] + curvature[i] * (i == j))
        return as_matrix(x, rows)

    return (
        _made(value, (inner,)),
        _made(gradient if dim <= LARGEST_TUPLE else gradient_of_array, (slope,)),
        _made(hessian, (bend,)),
    )
