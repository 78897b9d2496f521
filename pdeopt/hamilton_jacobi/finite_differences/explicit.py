"""Strong-stability-preserving Runge-Kutta methods, with as few registers as they need."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.operator import Limits

__all__ = ["SSPRK33", "Euler"]


class Explicit:
    """A method whose steps are bounded by slopes and viscosity."""

    def rate(self, limits: Limits) -> float:
        """Return the rate whose reciprocal, times `ssp`, bounds a step."""
        return limits.rate


@dataclass(frozen=True)
class Euler(Explicit):
    """Forward Euler: first order, monotone up to the bound of the operator."""

    name: ClassVar[str] = "euler"
    order: ClassVar[int] = 1
    n_registers: ClassVar[int] = 2
    ssp: ClassVar[float] = 1.0

    def step(self, operator: Any, fields: list[FloatArray], t: float, dt: float) -> None:
        """Advance ``fields[0]``; the new values are there."""
        u, new = fields
        operator.stage(u, u, new, t, (0.0, 1.0, dt))
        fields[:] = [new, u]


@dataclass(frozen=True)
class SSPRK33(Explicit):
    """Three stages, third order (Shu and Osher 1988): convex combinations of Euler steps."""

    name: ClassVar[str] = "ssprk33"
    order: ClassVar[int] = 3
    n_registers: ClassVar[int] = 3
    ssp: ClassVar[float] = 1.0

    def step(self, operator: Any, fields: list[FloatArray], t: float, dt: float) -> None:
        """Advance ``fields[0]``."""
        u, one, two = fields
        operator.stage(u, u, one, t, (0.0, 1.0, dt))
        operator.stage(one, u, two, t + dt, (0.75, 0.25, 0.25 * dt))
        operator.stage(two, u, one, t + 0.5 * dt, (1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0 * dt))
        fields[:] = [one, u, two]
