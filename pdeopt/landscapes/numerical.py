"""Derivatives by central differences, for landscapes that come without them."""

from collections.abc import Callable
from dataclasses import dataclass
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
    with_entry,
    with_item,
    zero_matrix,
)
from pdeopt.landscapes.evaluation import at_points, is_compiled

EPSILON = float(np.finfo(float).eps)
FIRST = EPSILON ** (1 / 3)
"""Relative step of a first difference: balances rounding eps / h against truncation h^2."""
SECOND = EPSILON ** (1 / 4)
"""Relative step of a second difference: balances eps / h^2 against h^2."""

Steps = tuple[float, ...] | None
Field = Callable[[FloatArray], FloatArray]


def step_sizes(points: FloatArray, steps: Steps, relative: float) -> FloatArray:
    """Return a step per coordinate, of the shape of `points`: given, or relative to max(1, abs(x))."""
    if steps is not None:
        return np.broadcast_to(np.asarray(steps), points.shape)
    return relative * np.maximum(1.0, np.abs(points))


def first_differences(field: Field, points: FloatArray, steps: Steps) -> FloatArray:
    """Differentiate a field of shape (...) + item at points (..., d): the result is (...) + item + (d,)."""
    h = step_sizes(points, steps, FIRST)
    columns = []
    for i in range(points.shape[-1]):
        ahead, behind = _moved(points, i, h[..., i]), _moved(points, i, -h[..., i])
        with np.errstate(invalid="ignore"):
            change = field(ahead) - field(behind)
        # The step taken, not the step meant: rounding of x + h drops out.
        width = (ahead - behind)[..., i]
        columns.append(change / width.reshape(width.shape + (1,) * (change.ndim - width.ndim)))
    return np.stack(columns, axis=-1)


def second_differences(field: Field, points: FloatArray, steps: Steps) -> FloatArray:
    """Differentiate a scalar field twice at points (..., d): the result is (..., d, d)."""
    dim = points.shape[-1]
    h = step_sizes(points, steps, SECOND)
    out = np.empty((*points.shape, dim))
    here = field(points)
    for i in range(dim):
        ahead, behind = _moved(points, i, h[..., i]), _moved(points, i, -h[..., i])
        with np.errstate(invalid="ignore"):
            out[..., i, i] = ((field(ahead) - here) - (here - field(behind))) / h[..., i] ** 2
        for j in range(i):
            twist = _mixed(field, ahead, behind, j, h[..., j])
            out[..., i, j] = out[..., j, i] = twist / (4 * h[..., i] * h[..., j])
    return out


def _mixed(field: Field, ahead: FloatArray, behind: FloatArray, j: int, h: FloatArray) -> FloatArray:
    corners = [field(_moved(side, j, shift)) for side in (ahead, behind) for shift in (h, -h)]
    with np.errstate(invalid="ignore"):
        return (corners[0] - corners[1]) - (corners[2] - corners[3])


def _moved(points: FloatArray, i: int, by: FloatArray) -> FloatArray:
    moved = points.copy()
    moved[..., i] += by
    return moved


@lru_cache(maxsize=256)
def gradient_function(value: ScalarFunction, dim: int, steps: Steps) -> ScalarFunction:
    """Make a function of ``(x, *args)`` that differentiates `value`, compiled if `value` is."""
    if not is_compiled(value):
        return InterpretedDerivative(value, dim, steps)
    fixed = (0.0,) * dim if steps is None else steps

    def gradient(x: Point, *args: Any) -> Point:
        here = coordinates(x)
        out = here
        for i in range(dim):
            h = fixed[i] if fixed[i] > 0 else FIRST * max(1.0, abs(here[i]))
            ahead = value(as_point(x, with_item(here, i, here[i] + h)), *args)
            behind = value(as_point(x, with_item(here, i, here[i] - h)), *args)
            out = with_item(out, i, (ahead - behind) / (2.0 * h))
        return as_point(x, out)

    return _compiled(gradient)


@lru_cache(maxsize=256)
def jacobian_function(gradient: ScalarFunction, dim: int, steps: Steps) -> ScalarFunction:
    """Make a Hessian of ``(x, *args)`` by differencing `gradient`, compiled if `gradient` is."""
    if not is_compiled(gradient):
        return InterpretedDerivative(gradient, dim, steps, 1)
    fixed = (0.0,) * dim if steps is None else steps

    def hessian(x: Point, *args: Any) -> Point:
        here = coordinates(x)
        rows = zero_matrix(here)
        for j in range(dim):
            h = fixed[j] if fixed[j] > 0 else FIRST * max(1.0, abs(here[j]))
            ahead = coordinates(gradient(as_point(x, with_item(here, j, here[j] + h)), *args))
            behind = coordinates(gradient(as_point(x, with_item(here, j, here[j] - h)), *args))
            for i in range(dim):
                rows = with_entry(rows, i, j, (ahead[i] - behind[i]) / (2.0 * h))
        return as_matrix(x, rows)

    return _compiled(hessian)


@lru_cache(maxsize=256)
def hessian_function(value: ScalarFunction, dim: int, steps: Steps) -> ScalarFunction:
    """Make a function of ``(x, *args)`` that differentiates `value` twice, compiled if `value` is."""
    if not is_compiled(value):
        return InterpretedDerivative(value, dim, steps, order=2)
    fixed = (0.0,) * dim if steps is None else steps

    def hessian(x: Point, *args: Any) -> Point:
        here = coordinates(x)
        rows = zero_matrix(here)
        for i in range(dim):
            h = fixed[i] if fixed[i] > 0 else SECOND * max(1.0, abs(here[i]))
            for j in range(dim):
                k = fixed[j] if fixed[j] > 0 else SECOND * max(1.0, abs(here[j]))
                # On the diagonal the corners meet, and half steps give the usual three points.
                share = 0.5 if i == j else 1.0
                total = 0.0
                for a in (-share, share):
                    for b in (-share, share):
                        corner = with_item(here, i, here[i] + a * h)
                        corner = with_item(corner, j, corner[j] + b * k)
                        total += np.sign(a * b) * value(as_point(x, corner), *args)
                rows = with_entry(rows, i, j, total / (4.0 * share**2 * h * k))
        return as_matrix(x, rows)

    return _compiled(hessian)


def supplied(
    value: ScalarFunction,
    gradient: ScalarFunction | None,
    hessian: ScalarFunction | None,
    dim: int,
    steps: Steps,
) -> dict[str, ScalarFunction]:
    """Return what is missing among the derivatives."""
    missing = {}
    if gradient is None:
        missing["gradient"] = gradient_function(value, dim, steps)
    if hessian is None:
        of_value = gradient is None
        missing["hessian"] = (
            hessian_function(value, dim, steps) if of_value else jacobian_function(gradient, dim, steps)
        )
    return missing


def kind(derivative: ScalarFunction) -> str:
    """Name where a derivative comes from."""
    return "numerical" if is_numerical(derivative) else "given"


def is_numerical(function: ScalarFunction) -> bool:
    """Tell whether a derivative was made here."""
    return bool(getattr(function, "numerical", False))


def _compiled(function: ScalarFunction) -> ScalarFunction:
    # Not cached on disk: a kernel around a dispatcher never hits the cache of another process.
    dispatcher: Any = numba.njit(nogil=True)(function)
    dispatcher.numerical = True
    return dispatcher  # type: ignore[no-any-return]


@dataclass(frozen=True)
class InterpretedDerivative:
    """A derivative of a plain Python function, by central differences.

    Parameters
    ----------
    function : callable
        A value or a gradient, of ``(x, *args)``.
    dim : int
        Number of coordinates.
    steps : tuple of float or None
        Step per coordinate; None chooses it.
    rank : int
        Axes of the function's result: 0 for a value, 1 for a gradient.
    order : int
        How often to differentiate.
    """

    function: ScalarFunction
    dim: int
    steps: Steps
    rank: int = 0
    order: int = 1
    numerical = True

    def __call__(self, x: Point, *args: Any) -> Point:
        """Differentiate at one point."""
        differences = first_differences if self.order == 1 else second_differences
        point = np.asarray(x, dtype=float).reshape(self.dim)
        result = differences(lambda at: at_points(self.function, args, at, self.rank, False), point, self.steps)
        if self.dim > LARGEST_TUPLE:
            return result
        return result.item() if self.dim == 1 else _nested(result)


def _nested(result: FloatArray) -> Point:
    return tuple(result.tolist()) if result.ndim == 1 else tuple(tuple(row) for row in result.tolist())
