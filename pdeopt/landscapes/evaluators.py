"""Value, gradient and Hessian of a landscape on arrays of points, direct or behind an affine map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pdeopt._types import Arguments, FloatArray, ScalarFunction
from pdeopt.landscapes import evaluation, numerical
from pdeopt.landscapes.transforms import Affine


class Evaluator(Protocol):
    """What a landscape asks of arrays of points (..., d)."""

    def values(self, points: FloatArray) -> FloatArray:
        """Values, of shape (...)."""

    def gradients(self, points: FloatArray) -> FloatArray:
        """Gradients, of shape (..., d)."""

    def hessians(self, points: FloatArray) -> FloatArray:
        """Hessians, of shape (..., d, d)."""

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
        return self.affine.factor * (self.inner.gradients(self.affine.inward(points)) @ self.affine.matrix)

    def hessians(self, points: FloatArray) -> FloatArray:
        """Hessians, of shape (..., d, d)."""
        inner = self.inner.hessians(self.affine.inward(points))
        return self.affine.factor * (self.affine.matrix.T @ inner @ self.affine.matrix)

    def on_axes(self, axes: Sequence[FloatArray]) -> FloatArray:
        """Values on the product of axes."""
        sources = self.affine.sources
        if sources is None:
            return evaluation.field_on_axes(self.values, axes)
        # A map that only permutes and scales axes keeps the product structure, hence the speed.
        inner = self.inner.on_axes(self.affine.inward_axes(axes, sources))
        return self.affine.factor * inner.transpose([sources.index(i) for i in range(len(sources))])
