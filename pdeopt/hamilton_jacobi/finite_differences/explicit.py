"""Strong-stability-preserving Runge-Kutta methods, with as few registers as they need."""

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.limits import Limits

Stages: TypeAlias = tuple[tuple[int, int, int, float, float, float, float], ...]

__all__ = ["SSPRK33", "SSPRK104", "STEPPER", "Euler", "Explicit", "Heun", "longest"]

STEPPER = ("name", "order", "embedded", "n_registers", "monotone", "implicit", "step", "is_stable", "largest_step")
"""What a stepper in time has."""


class Explicit:
    """A method whose steps are bounded by slopes and viscosity.

    A step takes ``fields[0]`` to the next time and leaves the result there; the other fields are scratch. Where
    `embedded` is an order, a step leaves in ``fields[1]`` what it began with, and `estimate` returns an error.

    Attributes
    ----------
    order : int
        In time.
    embedded : int or None
        Order of the solution that comes with it.
    n_registers : int
        Fields it needs, the solution included.
    ssp : float
        The step, in steps of forward Euler, up to which it is a convex combination of such: monotone where they are.
    stages : tuple
        Of each stage the fields `values`, `other` and `out`, its time in steps, and the weights a, b and c dt of
        ``out = a other + b values + c dt L(values)``. Empty where a method states its step itself.
    leaves : tuple of int
        Which field is where after a step.
    wide : float
        The step up to which it is stable with slopes of fifth order and no viscosity, in the same unit; zero if it is
        not.
    """

    order: ClassVar[int]
    embedded: ClassVar[int | None] = None
    ssp: ClassVar[float]
    wide: ClassVar[float]
    monotone: ClassVar[bool] = True
    implicit: ClassVar[bool] = False

    stages: ClassVar[Stages] = ()
    leaves: ClassVar[tuple[int, int, int]] = (0, 1, 2)

    def step(self, operator: Any, fields: list[FloatArray], t: float, dt: float) -> None:
        """Advance ``fields[0]``."""
        for values, other, out, when, a, b, c in self.stages:
            operator.stage(fields[values], fields[other], fields[out], t + when * dt, (a, b, c * dt))
        fields[:] = [fields[k] for k in self.leaves[: len(fields)]]

    def is_stable(self, order: int) -> bool:
        """Return whether any step is stable with slopes of an order."""
        return order == 1 or self.wide > 0.0

    def largest_step(self, limits: Limits, order: int) -> float:
        """Return the largest step with slopes of an order."""
        if order == 1:
            return longest(self.ssp, limits.rate)
        # With slopes of fifth order viscosity is stable up to longer steps than slopes are.
        return longest(1.0, limits.transport / self.wide + (limits.rate - limits.transport) / self.ssp)

    def usual_step(self, limits: Limits, order: int) -> float:
        """Return the step of which a part is taken where none is given."""
        return self.largest_step(limits, order)


def longest(steps: float, rate: float) -> float:
    """Return `steps / rate`, infinity where nothing moves."""
    return steps / rate if rate > 0.0 else float("inf")


@dataclass(frozen=True)
class Euler(Explicit):
    """Forward Euler: first order, monotone up to the bound of the operator."""

    name: ClassVar[str] = "euler"
    order: ClassVar[int] = 1
    n_registers: ClassVar[int] = 2
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 0.0

    stages: ClassVar[Stages] = ((0, 0, 1, 0.0, 0.0, 1.0, 1.0),)
    leaves: ClassVar[tuple[int, int, int]] = (1, 0, 2)


@dataclass(frozen=True)
class Heun(Explicit):
    """Two stages, second order, with forward Euler embedded: SSPRK(2,2)."""

    name: ClassVar[str] = "heun"
    order: ClassVar[int] = 2
    embedded: ClassVar[int | None] = 1
    n_registers: ClassVar[int] = 3
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 0.0

    stages: ClassVar[Stages] = ((0, 0, 1, 0.0, 0.0, 1.0, 1.0), (1, 0, 2, 1.0, 0.5, 0.5, 0.5))
    leaves: ClassVar[tuple[int, int, int]] = (2, 0, 1)

    def estimate(self, fields: list[FloatArray]) -> FloatArray:
        """Return the difference to forward Euler, in the last register."""
        return np.subtract(fields[0], fields[2], out=fields[2])


@dataclass(frozen=True)
class SSPRK33(Explicit):
    """Three stages, third order (Shu and Osher 1988): convex combinations of Euler steps.

    Notes
    -----
    The second stage `w = 3/4 u + 1/4 (v + dt L(v))` holds a solution of second order too: SSPRK(2,2) is `2 w - u`.
    """

    name: ClassVar[str] = "ssprk33"
    order: ClassVar[int] = 3
    embedded: ClassVar[int | None] = 2
    n_registers: ClassVar[int] = 3
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 1.0

    stages: ClassVar[Stages] = (
        (0, 0, 1, 0.0, 0.0, 1.0, 1.0),
        (1, 0, 2, 1.0, 0.75, 0.25, 0.25),
        (2, 0, 1, 0.5, 1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0),
    )
    leaves: ClassVar[tuple[int, int, int]] = (1, 0, 2)

    def estimate(self, fields: list[FloatArray]) -> FloatArray:
        """Return the difference to the solution of second order, in the last register."""
        new, old, two = fields
        two *= -2.0
        two += new
        two += old
        return two


@dataclass(frozen=True)
class SSPRK104(Explicit):
    """Ten stages, fourth order (Ketcheson 2008): steps six times those of Euler, for ten times the work.

    Notes
    -----
    Two registers and the one that a stage out of place is written to. With slopes of fifth order and no viscosity it is
    linearly stable up to three steps of Euler only, and then no faster than SSPRK(3,3).

    References
    ----------
    D. I. Ketcheson, *Highly efficient strong stability-preserving Runge-Kutta methods with low-storage
    implementations*, SIAM J. Sci. Comput. 30 (2008) 2113-2136.
    """

    name: ClassVar[str] = "ssprk104"
    order: ClassVar[int] = 4
    n_registers: ClassVar[int] = 3
    ssp: ClassVar[float] = 6.0
    wide: ClassVar[float] = 3.0

    def step(self, operator: Any, fields: list[FloatArray], t: float, dt: float) -> None:
        """Advance ``fields[0]``."""
        (u, one, two), part = fields, dt / 6.0
        operator.stage(u, u, one, t, (0.0, 1.0, part))
        for k in range(1, 4):
            operator.stage(one, one, two, t + k * part, (0.0, 1.0, part))
            one, two = two, one
        # The fifth stage q gives 3/5 u + 2/5 q, and the rest of the last one is 1/25 u + 9/25 q = 9/10 of that - 1/2 u.
        operator.stage(one, u, two, t + 4.0 * part, (0.6, 0.4, 0.4 * part))
        np.multiply(two, 0.9, out=one)
        u *= -0.5
        u += one
        for k in range(2, 6):
            operator.stage(two, two, one, t + k * part, (0.0, 1.0, part))
            one, two = two, one
        operator.stage(two, u, one, t + dt, (1.0, 0.6, 0.1 * dt))
        fields[:] = [one, u, two]
