"""One step of a scheme in two variables as a matrix on functions of both: no sampling.

A sheet is the product of two axes. On a circle functions are Fourier sums; functions of a momentum are polynomials,
orthogonal under its law, in whose mean square a step is nearly a contraction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy.linalg import expm

from pdeopt._types import Arguments, FloatArray
from pdeopt.sde.scheme import Stepper
from pdeopt.verification.draws import Rule
from pdeopt.verification.methods import check_memoryless
from pdeopt.verification.operators.line import Line
from pdeopt.verification.operators.transitions import Ends, transitions

__all__ = ["Axis", "Sheet", "exact_expectations", "expectations", "law_of", "step_operator"]

CHUNK = 64
"""Rows of an operator that are made at once."""


class Axis(Protocol):
    """Functions of one variable, known by their values at nodes."""

    @property
    def nodes(self) -> FloatArray:
        """The nodes."""

    def values(self, points: FloatArray) -> FloatArray:
        """Return the functions that are 1 at one node and 0 at the others, shape points.shape + (n,)."""

    def derivative(self, order: int) -> FloatArray:
        """Return the matrix of the derivative of an order."""


@dataclass(frozen=True)
class Sheet:
    """Functions of two variables.

    Parameters
    ----------
    first, second : Axis
    """

    first: Axis
    second: Axis

    @cached_property
    def nodes(self) -> FloatArray:
        """All pairs of nodes, shape (n, 2), the second variable running fastest."""
        grids = np.meshgrid(self.first.nodes, self.second.nodes, indexing="ij")
        return np.stack([grid.ravel() for grid in grids], axis=1)

    @cached_property
    def scales(self) -> FloatArray:
        """Roots of the weights of the nodes, in which operators are well scaled."""
        parts = [
            axis.weights if isinstance(axis, Line) else np.ones(axis.nodes.size) for axis in (self.first, self.second)
        ]
        shares = [part / part.sum() for part in parts]
        return np.asarray(np.sqrt(np.outer(*shares).ravel()))

    @property
    def size(self) -> int:
        """Number of nodes."""
        return self.first.nodes.size * self.second.nodes.size

    def derivative(self, first: int, second: int) -> FloatArray:
        """Return the matrix of a mixed derivative of given orders."""
        return np.asarray(np.kron(self.first.derivative(first), self.second.derivative(second)))

    def averages(self, ends: Ends, count: int) -> FloatArray:
        """Return the expectations of the functions of the nodes at the ends of a step, shape (count, n)."""
        order = np.argsort(ends.rows, kind="stable")
        bounds = np.searchsorted(ends.rows[order], np.arange(count + 1))
        matrix = np.empty((count, self.size))
        for begin in range(0, count, CHUNK):
            block = range(begin, min(begin + CHUNK, count))
            mine = order[bounds[block[0]] : bounds[block[-1] + 1]]
            left = self.first.values(ends.points[mine, 0]) * ends.weights[mine, None]
            right = self.second.values(ends.points[mine, 1])
            for i in block:
                part = slice(bounds[i] - bounds[begin], bounds[i + 1] - bounds[begin])
                matrix[i] = (left[part].T @ right[part]).ravel()
        return matrix


def step_operator(
    stepper: Stepper,
    args: Arguments,
    h: float,
    sheet: Sheet,
    rules: Mapping[str, Rule],
    starts: FloatArray | None = None,
) -> FloatArray:
    """Return the matrix of one step of a scheme whose state is a point, from nodes or other points to nodes."""
    points = sheet.nodes if starts is None else starts
    check_memoryless(stepper, points[:: max(1, len(points) // 5)], h, args)
    return sheet.averages(transitions(stepper, args, h, points, rules), len(points))


def expectations(operator: FloatArray, observables: FloatArray, n_steps: int) -> FloatArray:
    """Return expectations after a number of steps, of columns of values at the nodes."""
    for _ in range(n_steps):
        observables = operator @ observables
    return observables


def law_of(matrix: FloatArray, sheet: Sheet) -> FloatArray:
    """Return the probabilities of the nodes with law @ matrix = 0, of a generator or of a one-step matrix less 1."""
    c = sheet.scales
    # With law @ ones = 1 added, the equations have one solution; scaled so that both count.
    scaled = matrix * (c[:, None] / c) / float(np.abs(matrix).max())
    return np.asarray(np.linalg.solve((scaled + np.outer(c, c)).T, c) * c)


def exact_expectations(generator: FloatArray, observables: FloatArray, time: float) -> FloatArray:
    """Return expectations at a time, by the exponential of the generator."""
    return np.asarray(expm(time * generator) @ observables)
