"""Schemes that are implicit in the whole generator: a sweep in one dimension, sparse factors in more."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, TypeAlias

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.stencil import Split
from pdeopt.kolmogorov.steppers.jumps import Jumps
from pdeopt.kolmogorov.steppers.lines import LineSolver
from pdeopt.kolmogorov.steppers.scheme import Scheme, Stepper, checked_splits, shape_of
from pdeopt.kolmogorov.steppers.sparse import SparseSolver

__all__ = ["TRBDF2", "BackwardEuler", "CrankNicolson"]

Solver: TypeAlias = LineSolver | SparseSolver

GAMMA = 2.0 - sqrt(2.0)
MEMORY = (1.0 - GAMMA) ** 2 / (GAMMA * (2.0 - GAMMA))


def _solver(split: Split, weight: float) -> Solver:
    if len(split.axes) == 1 and split.cross is None:
        return LineSolver.factored(split, 0, weight)
    return SparseSolver.factored(Jumps.of(split, 1.0, 1.0).matrix, weight)


@dataclass(frozen=True, eq=False, repr=False)
class ThetaStepper(Stepper):
    """u' = u + (I - theta dt A)^{-1} (dt A u + dt f), A and f in the square brackets weighted between the ends.

    Parameters
    ----------
    jumps : tuple of Jumps
        Of the beginning and of the end, or one where they are the same.
    solver : LineSolver or SparseSolver
    weights : tuple of float
        Of the source at the stages, times the step.
    """

    jumps: tuple[Jumps, ...]
    solver: Solver
    weights: tuple[float, ...]

    def _apply(self, values: FloatArray, source: list[FloatArray] | None) -> FloatArray:
        start = _weighed(self.weights, source, values)
        for jumps in self.jumps:
            jumps.added_to(start, values, start)
        self.solver.solve(start, start)
        start += values
        return start

    def _transpose(self, masses: FloatArray) -> FloatArray:
        start = masses.copy()
        self.solver.transposed.solve(start, start)
        result = masses.copy()
        for jumps in self.jumps:
            jumps.transposed.added_to(result, start, result)
        return result


@dataclass(frozen=True, eq=False, repr=False)
class TwoStageStepper(Stepper):
    """The trapezoidal rule over the first part of a step, then the backward difference over three points.

    Parameters
    ----------
    first : ThetaStepper
    jumps : Jumps
        (gamma / 2) dt A at the end.
    solver : LineSolver or SparseSolver
    weight : float
        Of the source at the end.
    """

    first: ThetaStepper
    jumps: Jumps
    solver: Solver
    weight: float

    def _apply(self, values: FloatArray, source: list[FloatArray] | None) -> FloatArray:
        middle = self.first._apply(values, source and source[:2])
        start = self.jumps.added_to(MEMORY * (middle - values), middle)
        if source is not None:
            start += self.weight * source[2]
        self.solver.solve(start, start)
        start += middle
        return start

    def _transpose(self, masses: FloatArray) -> FloatArray:
        start = masses.copy()
        self.solver.transposed.solve(start, start)
        middle = self.jumps.transposed.added_to(masses + MEMORY * start, start)
        return self.first._transpose(middle) - MEMORY * start


def _weighed(weights: tuple[float, ...], source: list[FloatArray] | None, values: FloatArray) -> FloatArray:
    if source is None:
        return np.zeros_like(values)
    return sum((weight * rate for weight, rate in zip(weights, source, strict=True)), start=np.zeros_like(values))


@dataclass(frozen=True)
class BackwardEuler(Scheme):
    """u' = u + dt A u' with everything at the end of the step; order 1, positive for rates of jumps.

    Examples
    --------
    >>> BackwardEuler().order
    1
    """

    name: ClassVar[str] = "backward-euler"
    order: ClassVar[int] = 1
    stages: ClassVar[tuple[float, ...]] = (1.0,)
    reference: ClassVar[str] = "Euler"

    def stepper(self, splits: Split | Sequence[Split], step: float) -> ThetaStepper:
        """Return a step of the scheme; see `Scheme.stepper`."""
        (new,) = checked_splits(self, splits, step)
        return ThetaStepper(shape_of(new), (Jumps.of(new, step, step),), _solver(new, step), (step,))


@dataclass(frozen=True)
class CrankNicolson(Scheme):
    """The trapezoidal rule: order 2; fast modes change their sign in every step, kinks need damping.

    References
    ----------
    M. B. Giles and R. Carter, *Convergence analysis of Crank-Nicolson and Rannacher time-marching*, Journal of
    Computational Finance 9 (2006) 89-112.
    """

    name: ClassVar[str] = "crank-nicolson"
    order: ClassVar[int] = 2
    reference: ClassVar[str] = "Crank and Nicolson 1947"

    def stepper(self, splits: Split | Sequence[Split], step: float) -> ThetaStepper:
        """Return a step of the scheme; see `Scheme.stepper`."""
        old, new = checked_splits(self, splits, step)
        return _trapezoidal(old, new, step, _solver(new, 0.5 * step))


@dataclass(frozen=True)
class TRBDF2(Scheme):
    """The trapezoidal rule, then a backward difference: order 2, and fast modes die at once.

    References
    ----------
    R. E. Bank et al., *Transient simulation of silicon devices and circuits*, IEEE Transactions on Computer-Aided
    Design 4 (1985) 436-451.
    """

    name: ClassVar[str] = "tr-bdf2"
    order: ClassVar[int] = 2
    stages: ClassVar[tuple[float, ...]] = (0.0, GAMMA, 1.0)
    reference: ClassVar[str] = "Bank et al. 1985"

    def stepper(self, splits: Split | Sequence[Split], step: float) -> TwoStageStepper:
        """Return a step of the scheme; see `Scheme.stepper`."""
        old, middle, new = checked_splits(self, splits, step)
        weight = 0.5 * GAMMA * step
        solver = _solver(new, weight)
        first = _trapezoidal(old, middle, GAMMA * step, solver if middle is new else _solver(middle, weight))
        return TwoStageStepper(shape_of(new), first, Jumps.of(new, weight, weight), solver, weight)


def _trapezoidal(old: Split, new: Split, step: float, solver: Solver) -> ThetaStepper:
    half = 0.5 * step
    if old is new:
        return ThetaStepper(shape_of(new), (Jumps.of(new, step, step),), solver, (half, half))
    jumps = Jumps.of(old, half, half), Jumps.of(new, half, half)
    return ThetaStepper(shape_of(new), jumps, solver, (half, half))
