"""Affine changes of variable around a function: x -> factor * f(matrix x + offset)."""

from collections.abc import Sequence
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
from pdeopt.landscapes import axis_maps
from pdeopt.landscapes.axis_maps import like
from pdeopt.landscapes.structure import Radial, Ridge, Separable, Structure

CLOSED_FORMS = (
    "Those that have one are absolute_value, rectifier, half_line, affine, quadratic, gaussian_mixture, log_sum_exp, "
    "periodic_wells, wide_versus_sharp(beta=...), and at beta=inf huber, piecewise_parabolas; use pdeopt.local_entropy "
    "or pdeopt.relax for the others."
)


@dataclass(frozen=True, eq=False)
class Affine:
    """The map of x to ``factor * f(matrix @ x + offset)``.

    Parameters
    ----------
    matrix : ndarray, shape (d, d) or (d,)
        Linear part, invertible; of one axis, the diagonal of a matrix that has nothing else.
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
        moved = self.matrix * offset if self.is_diagonal else self.matrix @ offset
        if self.is_diagonal and matrix.ndim == 1:
            product = self.matrix * matrix
        else:
            product = self.full @ (np.diag(matrix) if matrix.ndim == 1 else matrix)
        return Affine(product, moved + self.offset, self.factor * factor)

    @property
    def is_diagonal(self) -> bool:
        """Whether the linear part is kept as its diagonal."""
        return self.matrix.ndim == 1

    @property
    def full(self) -> FloatArray:
        """The linear part, shape (d, d)."""
        return np.diag(self.matrix) if self.is_diagonal else self.matrix

    @property
    def diagonal(self) -> FloatArray:
        """The diagonal of the linear part, shape (d,)."""
        return self.matrix if self.is_diagonal else np.diag(self.matrix)

    def inward(self, points: FloatArray) -> FloatArray:
        """Map points of shape (..., d) to the variable of the inner function."""
        return (points * self.matrix if self.is_diagonal else points @ self.matrix.T) + self.offset

    def outward(self, points: FloatArray) -> FloatArray:
        """Invert `inward`."""
        if self.is_diagonal:
            return (points - self.offset) / self.matrix
        inverse = np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)
        return (points - self.offset) @ inverse.T

    def pulled(self, slopes: FloatArray) -> FloatArray:
        """Return matrix^T g for slopes g of the inner function, shape (..., d)."""
        return slopes * self.matrix if self.is_diagonal else slopes @ self.matrix

    @property
    def sources(self) -> tuple[int, ...] | None:
        """The outer axis that feeds each inner one, or None if the map mixes axes."""
        if self.is_diagonal:
            return tuple(range(len(self.matrix)))
        nonzero = self.matrix != 0.0
        if not ((nonzero.sum(axis=0) == 1).all() and (nonzero.sum(axis=1) == 1).all()):
            return None
        return tuple(int(i) for i in nonzero.argmax(axis=1))

    @property
    def keeps_order(self) -> bool:
        """Whether each axis maps to itself, increasing."""
        return self.sources == tuple(range(len(self.offset))) and bool((self.diagonal > 0).all())

    @property
    def stretches(self) -> tuple[float, float]:
        """The smallest and the largest factor by which the linear part changes lengths."""
        if self.is_diagonal:
            lengths = np.abs(self.matrix)
            return float(lengths.min()), float(lengths.max())
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
        return [self.entry(k, i) * axes[i] + self.offset[k] for k, i in enumerate(sources)]

    def outward_axes(self, axes: Sequence[FloatArray]) -> list[FloatArray]:
        """Invert `inward_axes` for a map that keeps the order of axes."""
        return [(axis - self.offset[k]) / self.entry(k, k) for k, axis in enumerate(axes)]

    def entry(self, k: int, i: int) -> float:
        """Return one entry that is not zero."""
        return float(self.matrix[k] if self.is_diagonal else self.matrix[k, i])

    def kinks(self, inner: tuple[Any, ...]) -> tuple[Any, ...]:
        """Kink planes of the outer landscape; none if the map mixes axes."""
        dim, sources = len(self.offset), self.sources
        if not inner or sources is None:
            return ()
        planes: list[tuple[float, ...]] = [()] * dim
        for k, i in enumerate(sources):
            positions = inner if dim == 1 else inner[k]
            planes[i] = tuple((position - self.offset[k]) / self.entry(k, i) for position in positions)
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
            "structure": None if inner.structure is None else self.structure(inner.structure),
        } | dict.fromkeys(("step", "relaxation", "samples", "grid"))

    def structure(self, inner: Structure) -> Structure | None:
        """How the outer landscape is built, where the map leaves that in one piece."""
        if isinstance(inner, Ridge):
            moved = inner.inner.scaled(1.0 / self.factor).shifted(-inner.matrix @ self.offset)
            return Ridge(moved, self.pulled(inner.matrix))
        if isinstance(inner, Separable):
            return self._separable(inner)
        small, large = self.stretches
        if isinstance(inner, Radial) and large - small <= 1e-12 * large:
            profile = inner.profile.stretched(1.0 / large).scaled(1.0 / self.factor)
            return Radial(profile, self.outward(inner.center))
        return None

    def _separable(self, inner: Separable) -> Separable | None:
        if self.sources is None:
            return None
        # Inner coordinate k is fed by outer coordinate sources[k].
        feeds = np.asarray(self.sources)
        order = np.argsort(feeds)
        scales = (self.matrix if self.is_diagonal else self.matrix[np.arange(len(feeds)), feeds])[order]
        scale, offset, weight = (
            np.broadcast_to(given, feeds.shape)[order] for given in (inner.scale, inner.offset, inner.weight)
        )
        moved = scale * self.offset[order] + offset
        return Separable(inner.parts, inner.which[order], scale * scales, moved, self.factor * weight)

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
        half = 0.5 * (upper - lower)
        reach = half / np.abs(self.matrix) if self.is_diagonal else np.abs(np.linalg.inv(self.matrix)) @ half
        return middle - reach, middle + reach

    def args(self, inner: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments of the outer functions: matrix, offset, factor, then the inner arguments."""
        if len(self.offset) == 1:
            return (float(self.diagonal[0]), float(self.offset[0]), self.factor, *inner)
        # Few coordinates always travel with a full matrix, so that all maps of one function share its compilation.
        few = len(self.offset) <= LARGEST_TUPLE
        return (self.full if few else self.matrix, self.offset, self.factor, *inner)


def functions(source: Any, affine: Affine) -> dict[str, Any]:
    """Make the outer value, gradient and Hessian of a landscape behind a map."""
    if affine.is_diagonal and source.dim > LARGEST_TUPLE:
        makers = (axis_maps.value_function, axis_maps.gradient_function, axis_maps.hessian_function)
    else:
        makers = (value_function, gradient_function, hessian_function)
    names = ("value", "gradient", "hessian")
    return {name: make(getattr(source, name), source.dim) for name, make in zip(names, makers, strict=True)}


@lru_cache(maxsize=256)
def value_function(inner: ScalarFunction, dim: int) -> ScalarFunction:
    """Make the outer value, a function of ``(x, matrix, offset, factor, *args)``."""
    # The map travels in the arguments, so that all maps of one function share its compilation.
    inward = _inward(dim)

    def value(x: Point, matrix: Any, offset: Any, factor: float, *args: Any) -> Any:
        return factor * inner(inward(x, matrix, offset), *args)

    return like(inner, value)


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

    return like(inner, gradient if dim == 1 else gradient_nd)


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

    return like(inner, hessian if dim == 1 else hessian_nd)


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
