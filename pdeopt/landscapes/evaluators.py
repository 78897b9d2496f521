"""Value, gradient and Hessian of a landscape on arrays of points: direct, by structure, or behind an affine map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pdeopt._types import Arguments, FloatArray, ScalarFunction
from pdeopt.landscapes import evaluation, numerical
from pdeopt.landscapes.structure import HessianParts, Radial, Separable, Structure
from pdeopt.landscapes.transforms import Affine


class Evaluator(Protocol):
    """What a landscape asks of arrays of points (..., d)."""

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""

    def hessians(self, points: FloatArray) -> FloatArray:
        """Hessians, of shape (..., d, d)."""

    def hessian_parts(self, points: FloatArray) -> HessianParts:
        """Hessians as a diagonal and a low-rank part."""

    def on_axes(self, axes: Sequence[FloatArray]) -> FloatArray:
        """Values on the product of axes."""


@dataclass(frozen=True)
class DirectEvaluator:
    """Evaluate given functions, and difference them where a derivative is missing."""

    value: ScalarFunction
    gradient: ScalarFunction
    hessian: ScalarFunction
    args: Arguments
    vectorised: bool
    step: tuple[float, ...] | None

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        return evaluation.at_points(self.value, self.args, points, 0, self.vectorised)

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""
        if numerical.is_numerical(self.gradient):
            return numerical.first_differences(self.values, points, self.step)
        return evaluation.at_points(self.gradient, self.args, points, 1, self.vectorised)

    def hessians(self, points: FloatArray) -> FloatArray:
        """Hessians, of shape (..., d, d)."""
        if not numerical.is_numerical(self.hessian):
            return evaluation.at_points(self.hessian, self.args, points, 2, self.vectorised)
        if numerical.is_numerical(self.gradient):
            return numerical.second_differences(self.values, points, self.step)
        # Differences of a gradient are symmetric up to rounding only.
        jacobian = numerical.first_differences(self.gradients, points, self.step)
        return 0.5 * (jacobian + np.swapaxes(jacobian, -1, -2))

    def hessian_parts(self, points: FloatArray) -> HessianParts:
        """Hessians as they are, between unit vectors."""
        dim = points.shape[-1]
        return np.zeros(points.shape), np.broadcast_to(np.eye(dim), (*points.shape, dim)), self.hessians(points)

    def on_axes(self, axes: Sequence[FloatArray]) -> FloatArray:
        """Values on the product of axes."""
        if self.vectorised:
            return evaluation.on_axes(self.value, self.args, axes)
        return evaluation.field_on_axes(self.values, axes)


@dataclass(frozen=True)
class AffineEvaluator:
    """Evaluate ``factor * f(matrix x + offset)`` through the evaluator of f."""

    inner: Evaluator
    affine: Affine

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        return self.affine.factor * self.inner.values(self.affine.inward(points))

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""
        return self.affine.factor * self.affine.pulled(self.inner.gradients(self.affine.inward(points)))

    def hessians(self, points: FloatArray) -> FloatArray:
        """Hessians, of shape (..., d, d)."""
        inner = self.inner.hessians(self.affine.inward(points))
        half = self.affine.pulled(inner)
        return self.affine.factor * np.swapaxes(self.affine.pulled(np.swapaxes(half, -1, -2)), -1, -2)

    def hessian_parts(self, points: FloatArray) -> HessianParts:
        """Hessians of the inner landscape, each vector pulled back."""
        diagonal, factors, core = self.inner.hessian_parts(self.affine.inward(points))
        unit = self.affine.factor
        if self.affine.is_diagonal:
            return unit * self.affine.matrix**2 * diagonal, self.affine.pulled(factors), unit * core
        return np.zeros(points.shape), self.affine.full, unit * dense(diagonal, factors, core)

    def on_axes(self, axes: Sequence[FloatArray]) -> FloatArray:
        """Values on the product of axes."""
        sources = self.affine.sources
        if sources is None:
            return evaluation.field_on_axes(self.values, axes)
        # A map that only permutes and scales axes keeps the product structure, hence the speed.
        inner = self.inner.on_axes(self.affine.inward_axes(axes, sources))
        return self.affine.factor * inner.transpose([sources.index(i) for i in range(len(sources))])


@dataclass(frozen=True, eq=False)
class StructuredEvaluator:
    """Evaluate through the smaller landscapes that a large one is built of."""

    structure: Structure

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""
        return self.structure.values(points)

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""
        return self.structure.gradients(points)

    def hessians(self, points: FloatArray) -> FloatArray:
        """Hessians, of shape (..., d, d)."""
        return dense(*self.structure.hessian_parts(points))

    def hessian_parts(self, points: FloatArray) -> HessianParts:
        """Hessians as a diagonal and a low-rank part."""
        return self.structure.hessian_parts(points)

    def on_axes(self, axes: Sequence[FloatArray]) -> FloatArray:
        """Values on the product of axes."""
        if isinstance(self.structure, Separable | Radial):
            return self.structure.on_axes(axes)
        return evaluation.field_on_axes(self.values, axes)


def dense(diagonal: FloatArray, factors: FloatArray, core: FloatArray) -> FloatArray:
    """Return the matrices diag(a) + F^T C F, of shape (..., d, d)."""
    full: FloatArray = np.swapaxes(factors, -1, -2) @ (core @ factors)
    index = np.arange(diagonal.shape[-1])
    full[..., index, index] += diagonal
    return full
