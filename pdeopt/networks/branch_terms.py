"""Branches as functions of points, those of dense layers with derivatives by points and by weights.

Derivatives by weights are added to a dictionary of tensors: ``"inner.weight"``, ``"inner.bias"``, ``"outer.weight"``,
``"outer.bias"``, of the second of two branches ``"inner2.weight"`` and so on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from pdeopt._types import FloatArray
from pdeopt.networks.layers import DenseBranch

__all__ = ["Branch", "DenseTerm", "Gradient", "Masked", "add_to", "unit_slopes"]

Branch = Callable[[FloatArray], FloatArray]
"""A function from points (n, d) to arrays of the same shape."""

Gradient = dict[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Masked:
    """A branch of points whose components are multiplied first.

    Parameters
    ----------
    branch : callable
    mask : array, shape (d,)
    """

    branch: Branch
    mask: FloatArray

    def __call__(self, x: FloatArray) -> FloatArray:
        """Return ``f(mask * x)`` of points, shape (n, d)."""
        return self.branch(self.mask * x)


@dataclass(frozen=True, eq=False)
class DenseTerm:
    """A dense branch f of points that may be masked, ``f(mask * x)``, with its derivatives.

    Parameters
    ----------
    branch : DenseBranch
    which : {"", "2"}
        The first or the second branch of a layer.
    mask : array, shape (d,), optional
    """

    branch: DenseBranch
    which: str = ""
    mask: FloatArray | None = None

    def __call__(self, x: FloatArray) -> FloatArray:
        """Return the branch of points, shape (n, d)."""
        return self.branch(self._masked(x))

    def push(self, x: FloatArray, v: FloatArray) -> FloatArray:
        """Return the derivative of the branch at points x along vectors v, both (n, d)."""
        slope, _ = unit_slopes(self.branch, self._masked(x))
        return self._out(slope * (self._masked(v) @ self.branch.inner_weight.T))

    def jacobian(self, x: FloatArray) -> FloatArray:
        """Return the derivatives of the branch at points, shape (n, d, d), a row for each component of f."""
        slope, _ = unit_slopes(self.branch, self._masked(x))
        outer = np.eye(self.branch.dim) if self.branch.outer_weight is None else self.branch.outer_weight
        inner = self._masked(self.branch.inner_weight)
        found: FloatArray = np.einsum("im,nm,mj->nij", outer, slope, inner, optimize=True)
        return found

    def bend(self, x: FloatArray, p: FloatArray) -> FloatArray:
        """Return the Hessians of ``p . f`` at points, shape (n, d, d), for vectors p of shape (n, d)."""
        _, curvature = unit_slopes(self.branch, self._masked(x))
        inner = self._masked(self.branch.inner_weight)
        found: FloatArray = np.einsum("nm,mi,mj->nij", self._back(p) * curvature, inner, inner, optimize=True)
        return found

    def pull(self, x: FloatArray, q: FloatArray, gradient: Gradient) -> FloatArray:
        """Return the derivative of ``sum(q * f(x))`` by x, shape (n, d), and add that by the weights to `gradient`."""
        points = self._masked(x)
        self._add_outer(gradient, self.branch.hidden(points), q)
        if self.branch.outer_bias is not None:
            add_to(gradient, f"outer{self.which}.bias", q.sum(axis=0))
        slope, _ = unit_slopes(self.branch, points)
        return self._into(points, self._back(q) * slope, gradient)

    def pull_push(
        self, x: FloatArray, v: FloatArray, q: FloatArray, gradient: Gradient
    ) -> tuple[FloatArray, FloatArray]:
        """Return the derivatives of ``sum(q * push(x, v))`` by x and v, and add that by the weights to `gradient`."""
        points, vectors = self._masked(x), self._masked(v)
        slope, curvature = unit_slopes(self.branch, points)
        along, back = vectors @ self.branch.inner_weight.T, self._back(q)
        self._add_outer(gradient, slope * along, q)
        by_along = back * slope
        add_to(gradient, f"inner{self.which}.weight", by_along.T @ vectors)
        by_x = self._into(points, back * along * curvature, gradient)
        return by_x, self._masked(by_along @ self.branch.inner_weight)

    def _masked(self, x: FloatArray) -> FloatArray:
        return x if self.mask is None else self.mask * x

    def _out(self, units: FloatArray) -> FloatArray:
        outer = self.branch.outer_weight
        return units if outer is None else units @ outer.T

    def _back(self, q: FloatArray) -> FloatArray:
        outer = self.branch.outer_weight
        return q if outer is None else q @ outer

    def _add_outer(self, gradient: Gradient, units: FloatArray, q: FloatArray) -> None:
        if self.branch.outer_weight is not None:
            add_to(gradient, f"outer{self.which}.weight", q.T @ units)

    def _into(self, points: FloatArray, by_sum: FloatArray, gradient: Gradient) -> FloatArray:
        add_to(gradient, f"inner{self.which}.weight", by_sum.T @ points)
        add_to(gradient, f"inner{self.which}.bias", by_sum.sum(axis=0))
        return self._masked(by_sum @ self.branch.inner_weight)


def add_to(gradient: Gradient, name: str, value: Any) -> None:
    """Add to one tensor of a gradient."""
    gradient[name] = gradient[name] + value if name in gradient else np.asarray(value)


def unit_slopes(branch: DenseBranch, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return first and second derivatives of the activation of each inner unit at points, shape (n, m)."""
    z = x @ branch.inner_weight.T + branch.inner_bias
    if branch.activation == "tanh":
        s = np.tanh(z)
        return 1.0 - s**2, -2.0 * s * (1.0 - s**2)
    if branch.activation == "relu":
        return np.where(z > 0.0, 1.0, 0.0), np.zeros_like(z)
    if branch.activation == "identity":
        return np.ones_like(z), np.zeros_like(z)
    s = expit(z)
    slope = s * expit(-z)
    return (slope, slope * (1.0 - 2.0 * s)) if branch.activation == "sigmoid" else (s, slope)
