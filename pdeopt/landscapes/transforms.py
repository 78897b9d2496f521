"""Affine changes of variable around a function: x -> factor * f(matrix x + offset)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numba
import numpy as np

from pdeopt._types import FloatArray, Point, ScalarFunction
from pdeopt.kernels._points import (
    as_matrix,
    as_point,
    coordinates,
    with_entry,
    with_item,
    zero_matrix,
)
from pdeopt.landscapes.evaluation import is_compiled


@dataclass(frozen=True, eq=False)
class Affine:
    """The map of x to ``factor * f(matrix @ x + offset)``.

    Parameters
    ----------
    matrix : ndarray, shape (d, d)
        Linear part, invertible.
    offset : ndarray, shape (d,)
        Where the origin goes.
    factor : float
        Multiplies the values, positive.
    """

    matrix: FloatArray
    offset: FloatArray
    factor: float

    def after(self, matrix: FloatArray, offset: FloatArray, factor: float) -> "Affine":
        """Return the map of a landscape that has this one inside: x -> matrix x + offset comes first."""
        return Affine(self.matrix @ matrix, self.matrix @ offset + self.offset, self.factor * factor)

    def inward(self, points: FloatArray) -> FloatArray:
        """Map points of shape (..., d) to the variable of the inner function."""
        return points @ self.matrix.T + self.offset

    def outward(self, points: FloatArray) -> FloatArray:
        """Invert `inward`."""
        inverse = np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)
        return (points - self.offset) @ inverse.T

    @property
    def sources(self) -> tuple[int, ...] | None:
        """The outer axis that feeds each inner one, or None if the map mixes axes."""
        nonzero = self.matrix != 0.0
        if not ((nonzero.sum(axis=0) == 1).all() and (nonzero.sum(axis=1) == 1).all()):
            return None
        return tuple(int(i) for i in nonzero.argmax(axis=1))

    @property
    def keeps_order(self) -> bool:
        """Whether each axis maps to itself, increasing."""
        return self.sources == tuple(range(len(self.offset))) and bool((np.diag(self.matrix) > 0).all())

    @property
    def stretches(self) -> tuple[float, float]:
        """The smallest and the largest factor by which the linear part changes lengths."""
        values = np.linalg.svd(self.matrix, compute_uv=False)
        return float(values[-1]), float(values[0])

    def common_stretch(self) -> float:
        """Return the factor by which every length changes; the map must have one."""
        small, large = self.stretches
        if large - small > 1e-12 * large:
            raise ValueError(
                f"factor stretches the axes unevenly (by {1 / large:g} to {1 / small:g}), which loses the "
                "closed-form "
                f"relaxation. Stretch by one factor, e.g. factor={1 / small:g}, or stretch the parameters "
                "of the entry."
            )
        return large

    def inward_axes(self, axes: Sequence[FloatArray], sources: tuple[int, ...]) -> list[FloatArray]:
        """Map positions along the outer axes to positions along the inner ones."""
        return [self.matrix[k, i] * axes[i] + self.offset[k] for k, i in enumerate(sources)]

    def outward_axes(self, axes: Sequence[FloatArray]) -> list[FloatArray]:
        """Invert `inward_axes` for a map that keeps the order of axes."""
        return [(axis - self.offset[k]) / self.matrix[k, k] for k, axis in enumerate(axes)]

    def kinks(self, inner: tuple[Any, ...]) -> tuple[Any, ...]:
        """Kink planes of the outer landscape; none if the map mixes axes."""
        dim, sources = len(self.offset), self.sources
        if not inner or sources is None:
            return ()
        planes: list[tuple[float, ...]] = [()] * dim
        for k, i in enumerate(sources):
            positions = inner if dim == 1 else inner[k]
            planes[i] = tuple((position - self.offset[k]) / self.matrix[k, i] for position in positions)
        return planes[0] if dim == 1 else tuple(planes)

    def facts(self, inner: Any) -> dict[str, Any]:
        """Return what a landscape with `inner` inside knows, as its fields."""
        return {
            "args": self.args(inner.args),
            "kinks": self.kinks(inner.kinks),
            "kinks_complete": inner.kinks_complete and (self.sources is not None or not any(inner.kinks)),
            "lipschitz": None if inner.lipschitz is None else self.slope(inner.lipschitz),
            "curvature": None if inner.curvature is None else self.curvature(inner.curvature),
            "minima": self.outward(np.reshape(inner.minima, (-1, inner.dim))),
            "domain": None if inner.domain is None else self.box(inner.domain),
        } | dict.fromkeys(("step", "relaxation", "structure", "samples", "grid"))

    def slope(self, bound: float) -> float:
        """Bound of the outer gradient from that of the inner one."""
        return self.factor * self.stretches[1] * bound

    def curvature(self, bounds: tuple[float, float]) -> tuple[float, float]:
        """Bounds of the outer Hessian from those of the inner one."""
        small, large = (self.factor * stretch**2 for stretch in self.stretches)
        # A negative lower bound is worst where lengths grow most, a positive one where they grow least.
        low, high = bounds
        return low * (large if low < 0 else small), high * (large if high > 0 else small)

    def box(self, inner: tuple[tuple[float, ...], tuple[float, ...]]) -> tuple[FloatArray, FloatArray]:
        """Return the smallest box, as two corners, that holds the image of a box of the inner variable."""
        lower, upper = np.asarray(inner)
        middle = self.outward(0.5 * (lower + upper))
        reach = np.abs(np.linalg.inv(self.matrix)) @ (0.5 * (upper - lower))
        return middle - reach, middle + reach

    def args(self, inner: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments of the outer functions: matrix, offset, factor, then the inner arguments."""
        if len(self.offset) == 1:
            return (float(self.matrix[0, 0]), float(self.offset[0]), self.factor, *inner)
        return (self.matrix, self.offset, self.factor, *inner)


@lru_cache(maxsize=256)
def value_function(inner: ScalarFunction, dim: int) -> ScalarFunction:
    """Make the outer value, a function of ``(x, matrix, offset, factor, *args)``."""
    # The map travels in the arguments, so that all maps of one function share its compilation.
    inward = _inward(dim)

    def value(x: Point, matrix: Any, offset: Any, factor: float, *args: Any) -> Any:
        return factor * inner(inward(x, matrix, offset), *args)

    return _like(inner, value)


@lru_cache(maxsize=256)
def gradient_function(inner: ScalarFunction, dim: int) -> ScalarFunction:
    """Make the outer gradient, factor * matrix^T g, a function of ``(x, matrix, offset, factor, *args)``."""
    inward = _inward(dim)

    def gradient(x: Point, matrix: Any, offset: Any, factor: float, *args: Any) -> Any:
        return factor * matrix * inner(inward(x, matrix, offset), *args)

    def gradient_nd(x: Point, matrix: Any, offset: Any, factor: float, *args: Any) -> Any:
        slopes = inner(inward(x, matrix, offset), *args)
        out = slopes
        for i in range(dim):
            total = 0.0
            for k in range(dim):
                total += matrix[k, i] * slopes[k]
            out = with_item(out, i, factor * total)
        return out

    return _like(inner, gradient if dim == 1 else gradient_nd)


@lru_cache(maxsize=256)
def hessian_function(inner: ScalarFunction, dim: int) -> ScalarFunction:
    """Make the outer Hessian, factor * matrix^T H matrix, of ``(x, matrix, offset, factor, *args)``."""
    inward = _inward(dim)

    def hessian(x: Point, matrix: Any, offset: Any, factor: float, *args: Any) -> Any:
        return factor * matrix * matrix * inner(inward(x, matrix, offset), *args)

    def hessian_nd(x: Point, matrix: Any, offset: Any, factor: float, *args: Any) -> Any:
        bends = inner(inward(x, matrix, offset), *args)
        rows = zero_matrix(coordinates(x))
        for i in range(dim):
            for j in range(dim):
                total = 0.0
                for k in range(dim):
                    for m in range(dim):
                        total += matrix[k, i] * bends[k][m] * matrix[m, j]
                rows = with_entry(rows, i, j, factor * total)
        return as_matrix(x, rows)

    return _like(inner, hessian if dim == 1 else hessian_nd)


@lru_cache(maxsize=16)
def _inward(dim: int) -> ScalarFunction:
    def inward_1d(x: Point, matrix: float, offset: float) -> Point:
        return matrix * x + offset

    def inward_nd(x: Point, matrix: FloatArray, offset: FloatArray) -> Point:
        here = coordinates(x)
        out = here
        for i in range(dim):
            total = offset[i]
            for j in range(dim):
                total += matrix[i, j] * here[j]
            out = with_item(out, i, total)
        return as_point(x, out)

    compiled: ScalarFunction = numba.njit(nogil=True)(inward_1d if dim == 1 else inward_nd)
    return compiled


def _like(inner: ScalarFunction, function: ScalarFunction) -> ScalarFunction:
    if not is_compiled(inner):
        return function
    compiled: ScalarFunction = numba.njit(nogil=True)(function)
    return compiled
