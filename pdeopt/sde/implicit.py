"""Schemes implicit in the drift, for stiff systems."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pdeopt.kernels.sde.implicit import (
    drift_implicit_euler,
    implicit_midpoint,
    newton_of_vectors,
    newton_on_a_line,
    newton_with_jacobian,
)
from pdeopt.sde.binding import bound
from pdeopt.sde.euler import EULER_ORDERS
from pdeopt.sde.scheme import INCREMENT, Orders, Scheme, Stepper
from pdeopt.systems import SDE
from pdeopt.systems.compilation import with_floats

__all__ = ["DriftImplicitEuler", "ImplicitMidpoint"]


@dataclass(frozen=True)
class NewtonScheme(Scheme):
    """What implicit schemes share: the Newton steps.

    Parameters
    ----------
    iterations : int
        Newton steps, always as many; 1 makes the scheme linearly implicit.
    drift_jacobian : callable, optional
        Derivative of the drift, a function of ``(t, x, *args)``: a float for ``dim=1``, else rows J[i][k] =
        d b_i / d x_k. By default one-sided differences, which take `dim` evaluations of the drift more in every
        Newton step.

    Raises
    ------
    ValueError
        If `iterations` is less than 1.
    """

    iterations: int = 3
    drift_jacobian: Callable[..., Any] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.iterations, bool) or not isinstance(self.iterations, int) or self.iterations < 1:
            raise ValueError(f"iterations={self.iterations!r} must be a whole number of at least 1, e.g. iterations=3.")

    make: ClassVar[Callable[..., Any]]

    def evaluations_for(self, system: SDE) -> tuple[float, float]:
        """Return the evaluations of drift and diffusion a step."""
        return self.iterations * (1 if self.drift_jacobian else 1 + system.dim), 1

    def correction(self, system: SDE) -> Any:
        """Make the Newton correction."""
        if self.drift_jacobian is not None:
            return newton_with_jacobian(system.compiled_drift, with_floats(self.drift_jacobian), system.dim)
        if system.dim == 1:
            return newton_on_a_line(system.compiled_drift)
        return newton_of_vectors(system.compiled_drift, system.dim)

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        parts = bound(self, system)
        step = type(self).make(parts.diffusion, parts.spread, self.correction(system), self.iterations)
        return Stepper(step, parts.point, parts.point, parts.noise, (INCREMENT,) * system.n_brownian)


@dataclass(frozen=True)
class DriftImplicitEuler(NewtonScheme):
    """Drift-implicit Euler: `Y = X + b(Y) h + sigma(X) sqrt(h) xi`, stable for stiff dissipative drifts.

    Parameters
    ----------
    iterations : int
        Newton steps, always as many; 1 makes the scheme linearly implicit.
    drift_jacobian : callable, optional
        Derivative of the drift, a function of ``(t, x, *args)``: a float for ``dim=1``, else rows J[i][k] =
        d b_i / d x_k. By default one-sided differences.

    Raises
    ------
    ValueError
        If `iterations` is less than 1.
    """

    name: ClassVar[str] = "drift-implicit-euler"
    interpretation: ClassVar[str] = "ito"
    orders: ClassVar[Mapping[str, Orders]] = EULER_ORDERS
    evaluations: ClassVar[tuple[float, float]] = (6, 1)
    reference: ClassVar[str] = "Kloeden and Platen 1992, section 12.2; Higham, Mao and Stuart 2002"
    make = staticmethod(drift_implicit_euler)


@dataclass(frozen=True)
class ImplicitMidpoint(NewtonScheme):
    """Implicit midpoint rule for additive noise: `Y = X + b((X + Y) / 2) h + sigma sqrt(h) xi`.

    For linear drifts the stationary law is exact, whatever the step.

    Parameters
    ----------
    iterations : int
        Newton steps, always as many; 1 makes the scheme linearly implicit.
    drift_jacobian : callable, optional
        Derivative of the drift, a function of ``(t, x, *args)``: a float for ``dim=1``, else rows J[i][k] =
        d b_i / d x_k. By default one-sided differences.

    Raises
    ------
    ValueError
        If `iterations` is less than 1.
    """

    name: ClassVar[str] = "implicit-midpoint"
    interpretation: ClassVar[str] = "any"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.0, 1.0)}
    evaluations: ClassVar[tuple[float, float]] = (6, 1)
    reference: ClassVar[str] = "Milstein, Repin and Tretyakov 2002"
    make = staticmethod(implicit_midpoint)
