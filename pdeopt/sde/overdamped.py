"""Schemes for overdamped Langevin dynamics that aim at the stationary law."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import ClassVar

from pdeopt.kernels.sde import arrays
from pdeopt.kernels.sde.overdamped import (
    begin_leimkuhler_matthews,
    begin_mala,
    half_noise,
    leimkuhler_matthews,
    mala,
    proposal_constants,
)
from pdeopt.sde.binding import bound
from pdeopt.sde.scheme import INCREMENT, UNIFORM, Orders, Scheme, Stepper
from pdeopt.systems import SDE, OverdampedLangevin

__all__ = ["MALA", "LeimkuhlerMatthews"]


def overdamped(scheme: Scheme, system: SDE) -> OverdampedLangevin:
    """Return the system if it is overdamped Langevin dynamics."""
    if not isinstance(system, OverdampedLangevin):
        raise TypeError(
            f"method={scheme.name!r} needs the landscape behind the drift; this system is {system!r}. "
            f"Make it by pdeopt.overdamped_langevin(f, beta)."
        )
    return system


@dataclass(frozen=True)
class LeimkuhlerMatthews(Scheme):
    """Leimkuhler-Matthews: `X - grad f h + sqrt(2 h / beta) (R_n + R_n+1) / 2`, for overdamped Langevin dynamics.

    The limit of BAOAB for strong friction: Euler-Maruyama's cost, an error of second order in averages under the
    stationary law, which is exact for quadratic landscapes. The state carries R_n; it starts with R_0 = 0, which
    is forgotten like any initial value.
    """

    name: ClassVar[str] = "leimkuhler-matthews"
    interpretation: ClassVar[str] = "any"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(0.5, 1.0, 2.0)}
    evaluations: ClassVar[tuple[float, float]] = (1, 0)
    arrays: ClassVar[bool] = True
    reference: ClassVar[str] = "Leimkuhler and Matthews 2013; Leimkuhler, Matthews and Tretyakov 2014"
    decay_limit: ClassVar[float | None] = 2.0

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        gradient, parts = overdamped(self, system).gradient, bound(self, system)
        draws = (INCREMENT,) * system.dim
        if not system.uses_arrays:
            layout = (parts.point, (parts.point, parts.noise), parts.noise, draws)
            return Stepper(leimkuhler_matthews(gradient), *layout, begin_leimkuhler_matthews, half_noise)
        step, begin = arrays.leimkuhler_matthews_in_place(gradient), arrays.begin_leimkuhler_matthews_in_place
        d = system.dim
        return Stepper(step, d, 2 * d, d, draws, begin, half_noise, in_place=True, n_work=d)


@dataclass(frozen=True)
class MALA(Scheme):
    """MALA: Euler-Maruyama's proposal accepted or rejected by Metropolis' rule, for overdamped Langevin dynamics.

    The stationary law is exact for every step size. The last number of the state counts the accepted steps.

    Raises
    ------
    ValueError
        For temperature zero, ``beta=inf``, where nothing is sampled.
    """

    name: ClassVar[str] = "mala"
    interpretation: ClassVar[str] = "any"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(0.75, 1.0, inf)}
    evaluations: ClassVar[tuple[float, float]] = (1, 0)
    arrays: ClassVar[bool] = True
    reference: ClassVar[str] = "Roberts and Tweedie 1996; Bou-Rabee and Vanden-Eijnden 2010"

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        langevin, parts = overdamped(self, system), bound(self, system)
        if langevin.beta == inf:
            raise ValueError("beta=inf has no stationary density for method='mala'. Use method='euler-maruyama'.")
        functions, draws = (langevin.value, langevin.gradient), (INCREMENT,) * system.dim + (UNIFORM,)
        if not system.uses_arrays:
            state, xi = (parts.point, (parts.point, 0.0, 0.0)), (parts.noise, 0.0)
            return Stepper(mala(*functions), parts.point, state, xi, draws, begin_mala(*functions), proposal_constants)
        step, begin, d = arrays.mala_in_place(*functions), arrays.begin_mala_in_place(*functions), system.dim
        layout = (d, 2 * d + 2, d + 1, draws)
        return Stepper(step, *layout, begin, proposal_constants, in_place=True, n_work=2 * d)
