"""Alternating directions: implicit along one axis after the other, mixed derivatives explicit."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.stencil import Split, Tridiagonal
from pdeopt.kolmogorov.steppers.jumps import Jumps
from pdeopt.kolmogorov.steppers.lines import LineSolver
from pdeopt.kolmogorov.steppers.scheme import Scheme, Stepper, checked_splits, shape_of

__all__ = ["CraigSneyd", "Douglas", "HundsdorferVerwer", "ModifiedCraigSneyd", "SplitStepper"]


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Corrections d_k = (I - theta dt A_k)^{-1} (d_{k-1} + theta dt (A_k - A_k at the beginning) u), axis by axis.

    Parameters
    ----------
    solvers : tuple of LineSolver
    changes : tuple of Jumps, optional
        What time makes of the axes' parts; None where the generator does not depend on it.
    """

    solvers: tuple[LineSolver, ...]
    changes: tuple[Jumps, ...] | None

    def run(self, start: FloatArray, values: FloatArray | None) -> FloatArray:
        """Return the last correction; without values what time changes is left out."""
        result = start.copy()
        for k, solver in enumerate(self.solvers):
            if self.changes is not None and values is not None:
                self.changes[k].added_to(result, values, result)
            solver.solve(result, result)
        return result

    def transpose(self, last: FloatArray, values: FloatArray | None) -> FloatArray:
        """Return the start of transposed corrections; what belongs to the values is added to them."""
        result = last.copy()
        for k in range(len(self.solvers) - 1, -1, -1):
            self.solvers[k].transposed.solve(result, result)
            if self.changes is not None and values is not None:
                self.changes[k].transposed.added_to(values, result, values)
        return result


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
    change : Jumps, optional
        What the values add there, because coefficients depend on time.
    restart : bool
        Whether the second sweep corrects the result of the first one, not the old values.
    weights : tuple of tuple of float
        What the source at the stages adds to the starts of the sweeps, times the step.
    """

    first: Jumps
    sweep: Sweep
    second: Jumps | None
    change: Jumps | None
    restart: bool
    weights: tuple[tuple[float, ...], ...]

    def _apply(self, values: FloatArray, source: list[FloatArray] | None) -> FloatArray:
        start = self.first.added_to(self._given(0, source, values), values)
        correction = self.sweep.run(start, values)
        if self.second is None:
            return values + correction
        start += self._given(1, source, values)
        if self.change is not None:
            self.change.added_to(start, values, start)
        self.second.added_to(start, correction, start)
        if self.restart:
            return values + correction + self.sweep.run(start, None)
        return values + self.sweep.run(start, values)

    def _transpose(self, masses: FloatArray) -> FloatArray:
        result = masses.copy()
        start, correction = None, masses
        if self.second is not None:
            start = self.sweep.transpose(masses, None if self.restart else result)
            base = masses if self.restart else np.zeros_like(masses)
            correction = self.second.transposed.added_to(base, start)
            if self.change is not None:
                self.change.transposed.added_to(result, start, result)
        earlier = self.sweep.transpose(correction, result)
        return self.first.transposed.added_to(result, earlier if start is None else start + earlier)

    def _given(self, sweep: int, source: list[FloatArray] | None, values: FloatArray) -> FloatArray:
        if source is None:
            return np.zeros_like(values)
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

    def _mixed(self) -> tuple[float, float]:
        """Return the weights of the mixed part and of the whole generator in the second start."""
        return 0.0, 0.5

    def stepper(self, splits: Split | Sequence[Split], step: float) -> SplitStepper:
        """Return a step of the scheme; see `Scheme.stepper`."""
        old, new = checked_splits(self, splits, step)
        earlier = None if old is new else old
        second, change = None, None
        if self._sweeps == 2:
            second = self._second(new, None, step).plus_identity(-1.0 if self._restart else 0.0)
            change = None if earlier is None else self._second(new, earlier, step)
        weights = (0.5 * step, 0.5 * step) if self._sweeps == 1 else (step, 0.0)
        return SplitStepper(
            shape_of(new),
            Jumps.gathered((step, old, 1.0, 1.0)),
            _sweep(new, earlier, self.theta * step),
            second,
            change,
            self._restart,
            (weights, (-0.5 * step, 0.5 * step)),
        )

    def _second(self, new: Split, old: Split | None, step: float) -> Jumps:
        mixed, whole = self._mixed()
        return Jumps.gathered((step, new, whole, mixed + whole), (-step, old, whole, mixed + whole))


def _sweep(new: Split, old: Split | None, weight: float) -> Sweep:
    solvers = tuple(LineSolver.factored(part, weight) for part in new.axes)
    if old is None:
        return Sweep(solvers, None)
    pairs = zip(new.axes, old.axes, strict=True)
    return Sweep(solvers, tuple(_change(after, before, weight) for after, before in pairs))


def _change(after: Tridiagonal, before: Tridiagonal, weight: float) -> Jumps:
    return Jumps.gathered((weight, Split((after,)), 1.0, 0.0), (-weight, Split((before,)), 1.0, 0.0))


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

    def _mixed(self) -> tuple[float, float]:
        return 0.5, 0.0


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

    def _mixed(self) -> tuple[float, float]:
        return self.theta, 0.5 - self.theta


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
