"""Runge-Kutta schemes of strong order 1.5 and of weak order 2."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pdeopt.kernels.sde import arrays
from pdeopt.kernels.sde.heun import stochastic_heun
from pdeopt.kernels.sde.runge_kutta import sra1, sriw1_published, sriw1_random_sign
from pdeopt.kernels.sde.weak import ri6, ri6_by_matrix
from pdeopt.sde.binding import Parts, bound, diffusion_size
from pdeopt.sde.scheme import ANY, COIN, INCREMENT, THREE_POINT, TIME_INTEGRAL, TWO_POINT, Orders, Scheme, Stepper
from pdeopt.systems import SDE

__all__ = ["RI6", "SRA1", "SRIW1"]

PAIR = (INCREMENT, TIME_INTEGRAL)


@dataclass(frozen=True)
class SRA1(Scheme):
    """SRA1, for additive noise: strong order 1.5 and weak order 2 with two evaluations of the drift.

    Two normals a step and Brownian motion: the increment and the time integral. Coefficients may depend on time.
    """

    name: ClassVar[str] = "sra1"
    interpretation: ClassVar[str] = "any"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.5, 2.0)}
    evaluations: ClassVar[tuple[float, float]] = (2, 2)
    arrays: ClassVar[bool] = True
    reference: ClassVar[str] = "Roessler 2010, SIAM J. Numer. Anal. 48"
    decay_limit: ClassVar[float | None] = 2.0

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        parts, draws = bound(self, system), PAIR * system.n_brownian
        if system.uses_arrays:
            return self.large(system, parts, draws)
        step = sra1(parts.drift, parts.diffusion, parts.spread)
        return Stepper(step, parts.point, parts.point, parts.paired(), draws)

    def large(self, system: SDE, parts: Parts, draws: tuple[str, ...]) -> Stepper:
        """Bind the scheme to a system of more than eight components."""
        step = arrays.sra1_in_place(parts.drift, parts.diffusion, parts.spread)
        n_work = 2 * (system.dim + system.n_brownian) + 2 * diffusion_size(system)
        layout = (system.dim, system.dim, len(draws), draws)
        return Stepper(step, *layout, begin=arrays.keep_state, in_place=True, n_work=n_work)


@dataclass(frozen=True)
class SRIW1(Scheme):
    """SRIW1, for diagonal and scalar noise: strong order 1.5.

    Parameters
    ----------
    random_sign : bool
        Flip the sign of sqrt(h) in the stages at random in every step. This raises the weak order from 1.5 to 2 and
        leaves the strong order; by default the published scheme, without.

    Notes
    -----
    The scheme as published is often said to have weak order 2: its stages move by a deterministic sqrt(h), so that
    half-integer powers of h stay in the expansion of its weak error.
    """

    random_sign: bool = False
    name: ClassVar[str] = "sriw1"
    interpretation: ClassVar[str] = "ito"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.5, 2.0)} | {
        kind: Orders(1.5, 1.5) for kind in ("scalar", "diagonal")
    }
    evaluations: ClassVar[tuple[float, float]] = (2, 4)
    reference: ClassVar[str] = "Roessler 2010, SIAM J. Numer. Anal. 48"
    decay_limit: ClassVar[float | None] = 2.0

    def __post_init__(self) -> None:
        if self.random_sign:
            # Of this record only: those of the class stay.
            object.__setattr__(self, "orders", dict.fromkeys(self.orders, Orders(1.5, 2.0)))
            object.__setattr__(self, "name", "sriw1-random-sign")

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        parts = bound(self, system)
        make = sriw1_random_sign if self.random_sign else sriw1_published
        step = make(parts.drift, parts.diffusion, parts.spread, parts.ones)
        draws = PAIR * system.n_brownian
        if not self.random_sign:
            return Stepper(step, parts.point, parts.point, parts.paired(), draws)
        return Stepper(step, parts.point, parts.point, (parts.paired(), 0.0), (*draws, COIN))


@dataclass(frozen=True)
class RI6(Scheme):
    """RI6: weak order 2 for any noise, with increments of three points. It approximates no path.

    General noise of m motions draws m three-point and m - 1 two-point variables a step, and evaluates the matrix of the
    diffusion 1 + 4 m times.
    """

    name: ClassVar[str] = "ri6"
    interpretation: ClassVar[str] = "ito"
    orders: ClassVar[Mapping[str, Orders]] = {kind: Orders(None, 2.0) for kind in ANY}
    evaluations: ClassVar[tuple[float, float]] = (2, 3)
    reference: ClassVar[str] = "Roessler 2009, SIAM J. Numer. Anal. 47"
    decay_limit: ClassVar[float | None] = 2.0

    def evaluations_for(self, system: SDE) -> tuple[float, float]:
        """Return the evaluations of drift and diffusion a step; the matrix of general noise is evaluated whole."""
        if system.noise == "additive":
            return 2, 2
        several = system.diffusion_form == "rows" and system.n_brownian > 1
        return 2, 1 + 4 * system.n_brownian if several else 3

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        parts, n = bound(self, system), system.n_brownian
        draws = (THREE_POINT,) * n
        if system.diffusion_form == "rows" and n > 1 and system.noise != "additive":
            step = ri6_by_matrix(parts.drift, parts.diffusion, n)
            xi = (parts.noise, parts.noise[1:])
            return Stepper(step, parts.point, parts.point, xi, draws + (TWO_POINT,) * (n - 1))
        if system.noise == "additive":
            # All its differences of the diffusion are 0.
            step = stochastic_heun(parts.drift, parts.diffusion, parts.spread)
        else:
            step = ri6(parts.drift, parts.diffusion, parts.spread, parts.ones)
        return Stepper(step, parts.point, parts.point, parts.noise, draws)
