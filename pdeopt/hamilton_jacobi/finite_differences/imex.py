"""Methods that step explicitly along slopes and implicitly, or exactly, in viscosity."""

from dataclasses import dataclass
from math import sqrt
from typing import Any, ClassVar

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK33, Explicit, longest
from pdeopt.hamilton_jacobi.finite_differences.limits import Limits

__all__ = ["ARS111", "ARS222", "ARS443", "Lie", "Strang"]

LONG = 100.0
"""Steps of forward Euler with viscosity in one implicit step, at most, unless a step is given."""

Table = tuple[tuple[float, ...], ...]


class SlopeBound(Explicit):
    """A method whose steps are bounded by slopes alone: there is no parabolic limit.

    `ssp` and `wide` are in steps of forward Euler without viscosity.
    """

    implicit: ClassVar[bool] = True

    def largest_step(self, limits: Limits, order: int) -> float:
        """Return the largest step with slopes of an order."""
        return longest(self.ssp if order == 1 else self.wide, limits.transport)

    def usual_step(self, limits: Limits, order: int) -> float:
        """Return the step of which a part is taken where none is given.

        It is at most `LONG` explicit ones, as stability says nothing of accuracy where hardly anything moves.
        """
        return min(self.largest_step(limits, order), longest(LONG, limits.rate))


class ARS(SlopeBound):
    """A method of Ascher, Ruuth and Spiteri: diagonally implicit and L-stable in viscosity, its last stage is the step.

    Attributes
    ----------
    pushes : tuple of tuple of float
        The explicit matrix without its first row, which is zero: row i holds the weights of the slopes' rates at
        stages 0 to i.
    pulls : tuple of tuple of float
        The implicit matrix without its first row and column, which are zero.

    References
    ----------
    U. M. Ascher, S. J. Ruuth and R. J. Spiteri, *Implicit-explicit Runge-Kutta methods for time-dependent partial
    differential equations*, Applied Numerical Mathematics 25 (1997) 151-167.
    """

    pushes: ClassVar[Table]
    pulls: ClassVar[Table]

    def step(self, operator: Any, fields: list[FloatArray], t: float, dt: float) -> None:
        """Advance ``fields[0]``."""
        s = len(self.pushes)
        u, value, spare = fields[:3]
        explicit, implicit = fields[3 : 3 + s], fields[3 + s :]
        np.copyto(value, u)
        begin = 0.0
        for i, (push, pull) in enumerate(zip(self.pushes, self.pulls, strict=True)):
            operator.stage(value, value, explicit[i], t + begin * dt, (0.0, 0.0, 1.0))
            begin = sum(pull)
            np.copyto(value, u)
            terms = [*zip(push, explicit, strict=False), *zip(pull[:i], implicit, strict=False)]
            for weight, rate in terms:
                value += np.multiply(rate, weight * dt, out=spare)
            np.copyto(spare, value)
            operator.diffusion.solve(value, pull[i] * dt, t + begin * dt)
            if i < s - 1:
                np.subtract(value, spare, out=implicit[i])
                implicit[i] *= 1.0 / (pull[i] * dt)
        fields[0], fields[1] = value, u


@dataclass(frozen=True)
class ARS111(ARS):
    """Forward Euler in slopes and backward Euler in viscosity: monotone up to the bound of slopes."""

    name: ClassVar[str] = "ars111"
    order: ClassVar[int] = 1
    n_registers: ClassVar[int] = 4
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 1.0
    pushes: ClassVar[Table] = ((1.0,),)
    pulls: ClassVar[Table] = ((1.0,),)


GAMMA = 1.0 - sqrt(0.5)
DELTA = -sqrt(0.5)


@dataclass(frozen=True)
class ARS222(ARS):
    """Two implicit stages, second order.

    Notes
    -----
    Stable but not monotone. Without viscosity its explicit part grows slowly with slopes of fifth order.
    """

    name: ClassVar[str] = "ars222"
    order: ClassVar[int] = 2
    n_registers: ClassVar[int] = 6
    monotone: ClassVar[bool] = False
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 1.0
    pushes: ClassVar[Table] = ((GAMMA,), (DELTA, 1.0 - DELTA))
    pulls: ClassVar[Table] = ((GAMMA,), (1.0 - GAMMA, GAMMA))


@dataclass(frozen=True)
class ARS443(ARS):
    """Four implicit stages, third order: stable, not monotone."""

    name: ClassVar[str] = "ars443"
    order: ClassVar[int] = 3
    n_registers: ClassVar[int] = 10
    monotone: ClassVar[bool] = False
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 1.0
    pushes: ClassVar[Table] = ((1 / 2,), (11 / 18, 1 / 18), (5 / 6, -5 / 6, 1 / 2), (1 / 4, 7 / 4, 3 / 4, -7 / 4))
    pulls: ClassVar[Table] = ((1 / 2,), (1 / 6, 1 / 2), (-1 / 2, 1 / 2, 1 / 2), (3 / 2, -3 / 2, 1 / 2, 1 / 2))


@dataclass(frozen=True)
class Lie(SlopeBound):
    """Slopes by SSPRK(3,3), then the heat equation exactly: first order, monotone up to the bound of slopes."""

    name: ClassVar[str] = "lie"
    order: ClassVar[int] = 1
    n_registers: ClassVar[int] = 3
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 1.0

    def step(self, operator: Any, fields: list[FloatArray], t: float, dt: float) -> None:
        """Advance ``fields[0]``."""
        SSPRK33().step(operator, fields, t, dt)
        operator.diffusion.flow(fields[0], dt, t + dt)


@dataclass(frozen=True)
class Strang(SlopeBound):
    """Half a step of the heat equation, exact, before and after slopes by SSPRK(3,3): second order, monotone like Lie.

    References
    ----------
    G. Strang, *On the construction and comparison of difference schemes*, SIAM J. Numer. Anal. 5 (1968) 506-517.
    """

    name: ClassVar[str] = "strang"
    order: ClassVar[int] = 2
    n_registers: ClassVar[int] = 3
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 1.0

    def step(self, operator: Any, fields: list[FloatArray], t: float, dt: float) -> None:
        """Advance ``fields[0]``."""
        operator.diffusion.flow(fields[0], 0.5 * dt, t)
        SSPRK33().step(operator, fields, t, dt)
        operator.diffusion.flow(fields[0], 0.5 * dt, t + dt)
