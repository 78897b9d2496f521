"""Predictor-corrector schemes for Stratonovich equations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pdeopt.kernels.sde import arrays
from pdeopt.kernels.sde.heun import euler_heun, stochastic_heun
from pdeopt.sde.binding import increment_stepper
from pdeopt.sde.scheme import INCREMENT, Orders, Scheme, Stepper
from pdeopt.systems import SDE

__all__ = ["EulerHeun", "StochasticHeun"]

COMMUTING = {kind: Orders(1.0, 1.0) for kind in ("scalar", "diagonal", "commutative")}
GENERAL = {"general": Orders(0.5, 1.0)}


@dataclass(frozen=True)
class StochasticHeun(Scheme):
    """Stochastic Heun: Euler-Maruyama as predictor, then the trapezoidal rule for drift and noise.

    Strong order 1 where the noise commutes, else 1/2; weak order 1, and 2 for additive noise, also for Ito equations,
    which are the same then.
    """

    name: ClassVar[str] = "heun"
    interpretation: ClassVar[str] = "stratonovich"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.0, 2.0)} | COMMUTING | GENERAL
    evaluations: ClassVar[tuple[float, float]] = (2, 2)
    arrays: ClassVar[bool] = True
    reference: ClassVar[str] = "Rumelin 1982; Burrage, Burrage and Tian 2004"
    decay_limit: ClassVar[float | None] = 2.0

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        return increment_stepper(self, system, (stochastic_heun, arrays.heun_in_place), INCREMENT, 2)


@dataclass(frozen=True)
class EulerHeun(Scheme):
    """Euler-Heun: Euler's method for the drift, the trapezoidal rule for the noise.

    `X + b h + (sigma(X) + sigma(Y)) sqrt(h) xi / 2` with the predictor `Y = X + sigma(X) sqrt(h) xi`. Strong order 1
    where the noise commutes, else 1/2; weak order 1.
    """

    name: ClassVar[str] = "euler-heun"
    interpretation: ClassVar[str] = "stratonovich"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.0, 1.0)} | COMMUTING | GENERAL
    evaluations: ClassVar[tuple[float, float]] = (1, 2)
    arrays: ClassVar[bool] = True
    reference: ClassVar[str] = "Gard 1988; Kloeden and Platen 1992, section 4.9"
    decay_limit: ClassVar[float | None] = 2.0

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        return increment_stepper(self, system, (euler_heun, arrays.euler_heun_in_place), INCREMENT, 2)
