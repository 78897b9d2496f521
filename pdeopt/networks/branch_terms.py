"""Branches as functions of points, those of dense layers with derivatives by points and by weights.

Derivatives by weights are added to a dictionary of tensors: ``"inner.weight"``, ``"inner.bias"``, ``"outer.weight"``,
``"outer.bias"``, of the second of two branches ``"inner2.weight"`` and so on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import expit

from pdeopt._types import FloatArray
from pdeopt.networks.layers import DenseBranch

__all__ = ["Branch", "DenseTerm", "Gradient", "Jet", "Masked", "add_to"]

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
    """A dense branch f of points that may be masked, ``f(mask * x)``.

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
        return self.at(x).value

    def at(self, x: FloatArray) -> "Jet":
        """Return the branch with its derivatives at points, shape (n, d)."""
        return Jet(self, self.masked(x))

    def masked(self, x: FloatArray) -> FloatArray:
        """Return points, or vectors, times the mask."""
        return x if self.mask is None else self.mask * x


@dataclass(frozen=True, eq=False)
class Jet:
    """A dense branch f at points x, with its derivatives.

    Parameters
    ----------
    term : DenseTerm
    points : array, shape (n, d)
        Times the mask.
    """

    term: DenseTerm
    points: FloatArray

    @cached_property
    def value(self) -> FloatArray:
        """The branch, shape (n, d)."""
        bias = self._branch.outer_bias
        found = self._out(self.units[0])
        return found if bias is None else found + bias

    def push(self, v: FloatArray) -> FloatArray:
        """Return the derivative along vectors, shape (n, d)."""
        return self._out(self.units[1] * (self.term.masked(v) @ self._inner.T))

    def jacobian(self) -> FloatArray:
        """Return the first derivatives, shape (n, d, d), a row for each component of f."""
        outer = np.eye(self._branch.dim) if self._branch.outer_weight is None else self._branch.outer_weight
        inner = self.term.masked(self._inner)
        found: FloatArray = np.einsum("im,nm,mj->nij", outer, self.units[1], inner, optimize=True)
        return found

    def bend(self, p: FloatArray) -> FloatArray:
        """Return the Hessians of ``p . f``, shape (n, d, d), for vectors p of shape (n, d)."""
        inner = self.term.masked(self._inner)
        found: FloatArray = np.einsum("nm,mi,mj->nij", self._back(p) * self.units[2], inner, inner, optimize=True)
        return found

    def pull(self, q: FloatArray, gradient: Gradient) -> FloatArray:
        """Return the derivative of ``sum(q * f(x))`` by x, shape (n, d), and add that by the weights to `gradient`."""
        self._add_outer(gradient, self.units[0], q)
        if self._branch.outer_bias is not None:
            add_to(gradient, f"outer{self.term.which}.bias", q.sum(axis=0))
        return self.pull_units(self._back(q) * self.units[1], gradient)

    def pull_push(self, v: FloatArray, q: FloatArray, gradient: Gradient) -> tuple[FloatArray, FloatArray]:
        """Return the derivatives of ``sum(q * push(v))`` by x and by v, and add that by the weights to `gradient`."""
        vectors, back = self.term.masked(v), self._back(q)
        along = vectors @ self._inner.T
        self._add_outer(gradient, self.units[1] * along, q)
        by_along = back * self.units[1]
        add_to(gradient, f"inner{self.term.which}.weight", by_along.T @ vectors)
        by_x = self.pull_units(back * along * self.units[2], gradient)
        return by_x, self.term.masked(by_along @ self._inner)

    def pull_units(self, by_sum: FloatArray, gradient: Gradient) -> FloatArray:
        """Return the derivative by x of what changes so with ``W1 x + b1``, shape (n, m), likewise."""
        add_to(gradient, f"inner{self.term.which}.weight", by_sum.T @ self.points)
        add_to(gradient, f"inner{self.term.which}.bias", by_sum.sum(axis=0))
        return self.term.masked(by_sum @ self._inner)

    @cached_property
    def units(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The inner units ``s(W1 x + b1)`` and two derivatives of s there, shapes (n, m)."""
        z = self.points @ self._inner.T + self._branch.inner_bias
        name = self._branch.activation
        if name == "tanh":
            s = np.tanh(z)
            slope = 1.0 - s**2
            return s, slope, -2.0 * s * slope
        if name == "relu":
            return np.maximum(z, 0.0), np.where(z > 0.0, 1.0, 0.0), np.zeros_like(z)
        if name == "identity":
            return z, np.ones_like(z), np.zeros_like(z)
        s = expit(z)
        slope = s * (1.0 - s)
        return (s, slope, slope * (1.0 - 2.0 * s)) if name == "sigmoid" else (np.logaddexp(0.0, z), s, slope)

    @property
    def _branch(self) -> DenseBranch:
        return self.term.branch

    @property
    def _inner(self) -> FloatArray:
        return self._branch.inner_weight

    def _out(self, units: FloatArray) -> FloatArray:
        outer = self._branch.outer_weight
        return units if outer is None else units @ outer.T

    def _back(self, q: FloatArray) -> FloatArray:
        outer = self._branch.outer_weight
        return q if outer is None else q @ outer

    def _add_outer(self, gradient: Gradient, units: FloatArray, q: FloatArray) -> None:
        if self._branch.outer_weight is not None:
            add_to(gradient, f"outer{self.term.which}.weight", q.T @ units)


def add_to(gradient: Gradient, name: str, value: Any) -> None:
    """Add to one tensor of a gradient."""
    gradient[name] = gradient[name] + value if name in gradient else np.asarray(value)
