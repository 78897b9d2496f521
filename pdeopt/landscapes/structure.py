"""How a landscape is built of smaller ones: what is exact in any dimension follows from it.

Each record also evaluates the landscape on arrays of points (..., d), without matrices of d rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.landscapes.bowls import Bowl
from pdeopt.landscapes.soft_minima import SoftMinimum

__all__ = ["HessianParts", "PlusQuadratic", "Radial", "Ridge", "Separable", "Structure"]

Inner: TypeAlias = Any
"""A smaller `Landscape`, whose module imports this one."""

HessianParts: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]
"""Matrices diag(a) + F^T C F as a (..., d), F (..., m, d) and C (..., m, m)."""


@dataclass(frozen=True, eq=False)
class Separable:
    """A sum over coordinates, ``sum_k weight[k] * parts[which[k]](scale[k] * x_k + offset[k])``.

    Parameters
    ----------
    parts : tuple of Landscape
        The different functions of one coordinate.
    which : array of int, shape (d,)
        The part of each coordinate.
    scale, offset, weight : array, shape (d,), or float
        A change of variable and a positive factor per coordinate.
    """

    parts: tuple[Inner, ...]
    which: IntArray
    scale: FloatArray | float = 1.0
    offset: FloatArray | float = 0.0
    weight: FloatArray | float = 1.0

    def inward(self, points: FloatArray) -> FloatArray:
        """Map points to the variables of the parts."""
        return self.scale * points + self.offset

    def by_part(self, evaluate: Callable[[Inner, FloatArray], FloatArray], points: FloatArray) -> FloatArray:
        """Evaluate each part at its coordinates, inward: the result has the shape of `points`."""
        inner = self.inward(points)
        if len(self.parts) == 1:
            return evaluate(self.parts[0], inner[..., None])
        out = np.empty(points.shape)
        for k, part in enumerate(self.parts):
            chosen = self.which == k
            out[..., chosen] = evaluate(part, inner[..., chosen, None])
        return out

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        total: FloatArray = (self.weight * self.by_part(lambda part, x: part(x), points)).sum(axis=-1)
        return total

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""
        slopes = self.by_part(lambda part, x: part.gradient_at(x)[..., 0], points)
        return self.weight * self.scale * slopes

    def bends(self, points: FloatArray) -> FloatArray:
        """Diagonals of the Hessians, of shape (..., d)."""
        inner = self.by_part(lambda part, x: part.hessian_at(x)[..., 0, 0], points)
        return self.weight * np.square(self.scale) * inner

    def hessian_parts(self, points: FloatArray) -> HessianParts:
        """Hessians as a diagonal and nothing else."""
        return without_factors(self.bends(points))

    def on_axes(self, axes: Sequence[FloatArray]) -> FloatArray:
        """Values on the product of axes."""
        total = np.zeros(())
        scale, offset, weight = (
            np.broadcast_to(given, self.which.shape) for given in (self.scale, self.offset, self.weight)
        )
        for k, axis in enumerate(axes):
            line = weight[k] * self.parts[self.which[k]](scale[k] * axis[:, None] + offset[k])
            total = total[..., None] + line
        return total


@dataclass(frozen=True, eq=False)
class Radial:
    """A function of the distance from a point, f(x) = ``profile(|x - center|)``.

    Parameters
    ----------
    profile : Landscape
        Of one coordinate, the distance; used where it is not negative.
    center : array, shape (d,)
    """

    profile: Inner
    center: FloatArray

    def _polar(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return distances of shape (..., 1) and unit vectors, zero at the centre."""
        away = points - self.center
        r = np.linalg.norm(away, axis=-1, keepdims=True)
        return r, away / np.where(r > 0, r, 1.0)

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        return np.asarray(self.profile(self._polar(points)[0]))

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d); zero at the centre."""
        r, unit = self._polar(points)
        return np.asarray(self.profile.gradient_at(r) * unit)

    def hessian_parts(self, points: FloatArray) -> HessianParts:
        """Hessians as slope / r on the diagonal and a rank of one; at the centre the profile's own."""
        r, unit = self._polar(points)
        slope, bend = self.profile.gradient_at(r), self.profile.hessian_at(r)[..., 0]
        around = np.where(r > 0, slope / np.where(r > 0, r, 1.0), bend)
        return np.broadcast_to(around, points.shape), unit[..., None, :], (bend - around)[..., None]

    def on_axes(self, axes: Sequence[FloatArray]) -> FloatArray:
        """Values on the product of axes."""
        square = np.zeros(())
        for axis, middle in zip(axes, self.center, strict=True):
            square = square[..., None] + (axis - middle) ** 2
        return np.asarray(self.profile(np.sqrt(square)[..., None]))


@dataclass(frozen=True, eq=False)
class Ridge:
    """A function of a few linear combinations, f(x) = inner(A x).

    Parameters
    ----------
    inner : Landscape
        Of m coordinates.
    matrix : array, shape (m, d)
        The A above.
    """

    inner: Inner
    matrix: FloatArray

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        return np.asarray(self.inner(points @ self.matrix.T))

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""
        return np.asarray(self.inner.gradient_at(points @ self.matrix.T) @ self.matrix)

    def hessian_parts(self, points: FloatArray) -> HessianParts:
        """Hessians A^T C A, of rank m."""
        core = self.inner.hessian_at(points @ self.matrix.T)
        return np.zeros(points.shape), np.broadcast_to(self.matrix, (*points.shape[:-1], *self.matrix.shape)), core


@dataclass(frozen=True, eq=False)
class PlusQuadratic:
    """A landscape plus a quadratic of diagonal curvature, ``inner(x) + level + sum_i a_i (x_i - m_i)^2 / 2``.

    Parameters
    ----------
    inner : Landscape
        Of d coordinates.
    curvature, center : array, shape (d,)
        The a and m above; a may be negative.
    level : float
    """

    inner: Inner
    curvature: FloatArray
    center: FloatArray
    level: float = 0.0

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        bowl = self.level + 0.5 * (self.curvature * np.square(points - self.center)).sum(axis=-1)
        return np.asarray(self.inner(points) + bowl)

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""
        return np.asarray(self.inner.gradient_at(points) + self.curvature * (points - self.center))

    def hessian_parts(self, points: FloatArray) -> HessianParts:
        """Hessians: those of the inner landscape, and the curvature on the diagonal."""
        diagonal, factors, core = self.inner.hessian_parts_at(points)
        return diagonal + self.curvature, factors, core


def without_factors(diagonal: FloatArray) -> HessianParts:
    """Return a diagonal of shape (..., d) as the parts of a Hessian."""
    shape, dim = diagonal.shape[:-1], diagonal.shape[-1]
    return diagonal, np.zeros((*shape, 0, dim)), np.zeros((*shape, 0, 0))


def repeated(make: Callable[[], Inner], dim: int) -> Separable | None:
    """Return the structure of one function summed over all coordinates, where there are several."""
    return Separable((make(),), np.zeros(dim, dtype=np.int64)) if dim > 1 else None


Structure: TypeAlias = Separable | Radial | Ridge | PlusQuadratic | SoftMinimum | Bowl
