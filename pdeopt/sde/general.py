"""Schemes for general Ito and Stratonovich equations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pdeopt.kernels.sde.euler import euler_maruyama
from pdeopt.sde.binding import bound
from pdeopt.sde.scheme import INCREMENT, Orders, Scheme, Stepper
from pdeopt.systems import SDE

__all__ = ["EulerMaruyama"]

HALF = Orders(0.5, 1.0)


@dataclass(frozen=True)
class EulerMaruyama(Scheme):
    """Euler-Maruyama: `X + b h + sigma sqrt(h) xi`."""

    name: ClassVar[str] = "euler-maruyama"
    interpretation: ClassVar[str] = "ito"
    orders: ClassVar[Mapping[str, Orders]] = {
        "additive": Orders(1.0, 1.0),
        "scalar": HALF,
        "diagonal": HALF,
        "commutative": HALF,
        "general": HALF,
    }
    evaluations: ClassVar[tuple[float, float]] = (1, 1)
    reference: ClassVar[str] = "Maruyama 1955; Kloeden and Platen 1992, section 10.2"

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        parts = bound(self, system)
        step = euler_maruyama(parts.drift, parts.diffusion, parts.spread)
        return Stepper(step, parts.point, parts.point, parts.noise, (INCREMENT,) * system.n_brownian)
