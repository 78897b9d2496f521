"""Alternating directions: implicit along one axis after the other, mixed derivatives explicit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any, ClassVar

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.kolmogorov.planes import step_plane
from pdeopt.kolmogorov.stencil import Split
from pdeopt.kolmogorov.steppers.jumps import Jumps
from pdeopt.kolmogorov.steppers.lines import LineSolver
from pdeopt.kolmogorov.steppers.scheme import Scheme, Stepper, checked_splits, shape_of
from pdeopt.kolmogorov.steppers.sweeping import Change, Sweep

__all__ = ["CraigSneyd", "Douglas", "HundsdorferVerwer", "ModifiedCraigSneyd", "SplitStepper"]


@dataclass(frozen=True, eq=False, repr=False)
class SplitStepper(Stepper):
    """One step by one or two sweeps over the axes, in terms of corrections to the old values u.

    Parameters
    ----------
    first : Jumps
        dt A at the beginning.
    sweep : Sweep
    second : Jumps, optional
        What the first correction adds to the start of the second sweep; None for one sweep.
    change : Change, optional
        What the values add there, because coefficients depend on time.
    restart : bool
        Whether the second sweep corrects the result of the first one, not the old values.
    weights : tuple of tuple of float
        What the source at the stages adds to the starts of the sweeps, times the step.
    """

    first: Jumps
    sweep: Sweep
    second: Jumps | None
    change: Change | None
    restart: bool
    weights: tuple[tuple[float, float], tuple[float, float]]

    def _apply(self, values: FloatArray, source: list[FloatArray] | None) -> FloatArray:
        if source is None and self._plane is not None:
            start, correction, result = np.empty((3, *values.shape))
            arguments: Any = (*self._plane, values, start, correction, result)
            step_plane(*arguments)
            return np.asarray(result)
        start = self.first.added_to(self._given(0, source), values)
        if self.second is None:
            result = self.sweep.run(start, values)
            result += values
            return result
        correction = self.sweep.run(start, values)
        again = self._second_start(values, start, correction, source)
        result = self.sweep.run(again, None if self.restart else values)
        result += values
        if self.restart:
            result += correction
        return result

    @cached_property
    def _plane(self) -> tuple[Any, ...] | None:
        """What `step_plane` takes before the values; None where a step is none of its kind."""
        solvers = self.sweep.solvers
        if self.second is None or self.sweep.changes or len(solvers) != 2 or any(item.ring for item in solvers):
            return None
        if 1 in self.shape:
            return None
        one, two = solvers
        across, along = (one.lower, one.upper, one.reciprocal), (two.lower, two.upper, two.reciprocal)
        jumps = self.first.weights, self.first.rows, self.first.shifts, self.first.scales, self.second.scales
        losses = self.first.loss, self.first.decay, self.second.decay
        return (*jumps, *losses, *across, *(array[..., 0] for array in along), one.weight, self.restart)

    def _second_start(
        self, values: FloatArray, start: FloatArray, correction: FloatArray, source: list[FloatArray] | None
    ) -> FloatArray:
        assert self.second is not None
        self.second.added_to(start, correction, start)
        if self.restart:
            start -= correction
        if self.change is not None:
            self.change.add_to(start, values)
        given = self._given(1, source)
        if given is not None:
            start += given
        return start

    def _transpose(self, masses: FloatArray) -> FloatArray:
        result = masses.copy()
        if self.second is None:
            return self.first.transposed.added_to(result, self.sweep.transpose(masses.copy(), result), result)
        start = self.sweep.transpose(masses.copy(), None if self.restart else result)
        correction = self.second.transposed.added_to(masses if self.restart else None, start)
        if self.restart:
            correction -= start
        if self.change is not None:
            self.change.transposed.add_to(result, start)
        start += self.sweep.transpose(correction, result)
        return self.first.transposed.added_to(result, start, result)

    def _given(self, sweep: int, source: list[FloatArray] | None) -> FloatArray | None:
        if source is None:
            return None
        old, new = self.weights[sweep]
        return old * source[0] + new * source[1]


@dataclass(frozen=True)
class SplitScheme(Scheme):
    """What the four schemes share; `theta` weighs the implicit parts."""

    theta: float

    _sweeps: ClassVar[int] = 2
    _restart: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 0.0 < self.theta <= 1.0:
            raise ValueError(f"theta={self.theta} must lie in (0, 1], such as 0.5.")

    def second_weights(self) -> tuple[float, float]:
        """Return the weights of the axes' parts and of the mixed part in the second start."""
        return 0.5, 0.5

    def stepper(self, splits: Split | Sequence[Split], step: float) -> SplitStepper:
        """Return a step of the scheme; see `Scheme.stepper`."""
        old, new = checked_splits(self, splits, step)
        weight, first = self.theta * step, Jumps.of(old, step, step)
        solvers = tuple(LineSolver.factored(new, axis, weight) for axis in range(len(new.axes)))
        sweep = Sweep(solvers, () if old is new else _changes(new, old, weight))
        if self._sweeps == 1:
            return SplitStepper(shape_of(new), first, sweep, None, None, False, ((0.5 * step, 0.5 * step), (0.0, 0.0)))
        axes, cross = (factor * step for factor in self.second_weights())
        change = None if old is new else Change.between(new, old, axes, cross)
        weights = (step, 0.0), (-0.5 * step, 0.5 * step)
        return SplitStepper(shape_of(new), first, sweep, Jumps.of(new, axes, cross), change, self._restart, weights)


def _changes(new: Split, old: Split, weight: float) -> tuple[Change, ...]:
    pairs = zip(new.axes, old.axes, strict=True)
    return tuple(Change.between(Split((after,)), Split((before,)), weight, 0.0) for after, before in pairs)


@dataclass(frozen=True)
class Douglas(SplitScheme):
    """One sweep; order 1, and 2 without mixed derivatives and with theta = 1/2.

    Parameters
    ----------
    theta : float
        Stable with mixed derivatives in two dimensions from 1/2 on.

    References
    ----------
    J. Douglas, *Alternating direction methods for three space variables*, Numerische Mathematik 4 (1962) 41-63.
    """

    theta: float = 0.5
    name: ClassVar[str] = "douglas"
    order: ClassVar[int] = 1
    reference: ClassVar[str] = "Douglas 1962"
    _sweeps: ClassVar[int] = 1


@dataclass(frozen=True)
class CraigSneyd(SplitScheme):
    """Two sweeps, the second with the mixed part of the first; order 2 with theta = 1/2 only.

    Parameters
    ----------
    theta : float
        Stable with mixed derivatives in two dimensions from 1/2 on.

    References
    ----------
    I. J. D. Craig and A. D. Sneyd, *An alternating-direction implicit scheme for parabolic equations with mixed
    derivatives*, Computers & Mathematics with Applications 16 (1988) 341-350.
    """

    theta: float = 0.5
    name: ClassVar[str] = "craig-sneyd"
    order: ClassVar[int] = 2
    reference: ClassVar[str] = "Craig and Sneyd 1988"

    def second_weights(self) -> tuple[float, float]:
        """Return the weights of the axes' parts and of the mixed part in the second start."""
        return 0.0, 0.5


@dataclass(frozen=True)
class ModifiedCraigSneyd(SplitScheme):
    """Two sweeps, the second with the mixed part and some of the whole; order 2 for every theta.

    Parameters
    ----------
    theta : float
        Stable in two dimensions from 1/3 on by diffusion alone; with drift and full correlation from 2/5 on.

    References
    ----------
    K. J. in 't Hout and B. D. Welfert, *Unconditional stability of second-order ADI schemes applied to
    multi-dimensional diffusion equations with mixed derivative terms*, Applied Numerical Mathematics 59 (2009) 677-692.
    """

    theta: float = 0.4
    name: ClassVar[str] = "modified-craig-sneyd"
    order: ClassVar[int] = 2
    reference: ClassVar[str] = "in 't Hout and Welfert 2009"

    def second_weights(self) -> tuple[float, float]:
        """Return the weights of the axes' parts and of the mixed part in the second start."""
        return 0.5 - self.theta, 0.5


@dataclass(frozen=True)
class HundsdorferVerwer(SplitScheme):
    """Two sweeps, the second from the result of the first; order 2 for every theta.

    Parameters
    ----------
    theta : float
        Stable in two dimensions from 1 - sqrt(1/2) on by diffusion alone, with drift from 1/2 + sqrt(3)/6 on.

    References
    ----------
    W. Hundsdorfer, *Accuracy and stability of splitting with stabilizing corrections*, Applied Numerical Mathematics
    42 (2002) 213-233.
    """

    theta: float = 0.5 + sqrt(3.0) / 6.0
    name: ClassVar[str] = "hundsdorfer-verwer"
    order: ClassVar[int] = 2
    reference: ClassVar[str] = "Hundsdorfer 2002"
    _restart: ClassVar[bool] = True
