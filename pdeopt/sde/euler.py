"""Euler-Maruyama, also with discrete increments, and tamed Euler."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pdeopt.kernels.sde import arrays
from pdeopt.kernels.sde.euler import euler_maruyama, tamed_euler
from pdeopt.sde.binding import increment_stepper
from pdeopt.sde.scheme import ANY, INCREMENT, THREE_POINT, TWO_POINT, Orders, Scheme, Stepper
from pdeopt.systems import SDE

__all__ = ["EulerMaruyama", "TamedEuler"]

EULER_ORDERS = {kind: Orders(1.0 if kind == "additive" else 0.5, 1.0) for kind in ANY}
WEAK_ORDERS = {kind: Orders(None, 1.0) for kind in ANY}
DRAWS = {"gaussian": INCREMENT, "two-point": TWO_POINT, "three-point": THREE_POINT}


@dataclass(frozen=True)
class EulerMaruyama(Scheme):
    """Euler-Maruyama: `X + b h + sigma sqrt(h) xi`.

    Parameters
    ----------
    increments : {"gaussian", "two-point", "three-point"}
        What xi is: a normal; 1 or -1; or sqrt(3) times 1, 0 or -1, with probabilities 1/6, 2/3 and 1/6. Discrete
        increments keep weak order 1 and approximate no path: the scheme is then called weak Euler.

    Raises
    ------
    ValueError
        If `increments` is none of these.
    """

    increments: str = "gaussian"
    name: ClassVar[str] = "euler-maruyama"
    interpretation: ClassVar[str] = "ito"
    orders: ClassVar[Mapping[str, Orders]] = EULER_ORDERS
    evaluations: ClassVar[tuple[float, float]] = (1, 1)
    arrays: ClassVar[bool] = True
    reference: ClassVar[str] = "Maruyama 1955; Kloeden and Platen 1992, sections 10.2 and 14.1"
    decay_limit: ClassVar[float | None] = 2.0

    def __post_init__(self) -> None:
        if self.increments not in DRAWS:
            raise ValueError(f"increments={self.increments!r} is not known. Use one of {', '.join(map(repr, DRAWS))}.")
        if self.increments != "gaussian":
            # Of this record only: those of the class stay.
            object.__setattr__(self, "orders", WEAK_ORDERS)
            object.__setattr__(self, "name", f"weak-euler-{self.increments}")

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        makers = (euler_maruyama, arrays.euler_in_place)
        return increment_stepper(self, system, makers, DRAWS[self.increments], 1)


@dataclass(frozen=True)
class TamedEuler(Scheme):
    """Tamed Euler: `X + b h / (1 + h |b|) + sigma sqrt(h) xi`, for drifts that grow faster than linearly.

    It converges strongly where the drift is one-sided Lipschitz and of polynomial growth, where Euler-Maruyama's
    moments diverge; for a drift of moderate size it is less accurate.
    """

    name: ClassVar[str] = "tamed-euler"
    interpretation: ClassVar[str] = "ito"
    orders: ClassVar[Mapping[str, Orders]] = EULER_ORDERS
    evaluations: ClassVar[tuple[float, float]] = (1, 1)
    arrays: ClassVar[bool] = True
    reference: ClassVar[str] = "Hutzenthaler, Jentzen and Kloeden 2012"

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        return increment_stepper(self, system, (tamed_euler, arrays.tamed_euler_in_place), INCREMENT, 1)
