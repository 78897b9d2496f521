"""Milstein's scheme, with derivatives of the diffusion or with differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pdeopt.kernels.sde.areas import area_layout, products, products_and_areas
from pdeopt.kernels.sde.euler import euler_maruyama
from pdeopt.kernels.sde.milstein import (
    draws_themselves,
    first_draws,
    milstein,
    milstein_by_matrix,
    platen,
    platen_by_matrix,
)
from pdeopt.kernels.sde.spread import by_component, by_matrix
from pdeopt.sde.binding import Parts, bound
from pdeopt.sde.scheme import ANY, INCREMENT, NORMAL, Orders, Scheme, Stepper
from pdeopt.systems import SDE

__all__ = ["DerivativeFreeMilstein", "Milstein"]

# With areas in general noise: of order 1 in h down to an error that falls as sqrt(h) / levy_terms.
ONE = {kind: Orders(0.5 if kind == "general" else 1.0, 1.0) for kind in ANY}


@dataclass(frozen=True)
class MilsteinFamily(Scheme):
    """What Milstein's schemes share: which iterated integrals they need."""

    levy_terms: int = 8

    def __post_init__(self) -> None:
        if isinstance(self.levy_terms, bool) or not isinstance(self.levy_terms, int) or self.levy_terms < 1:
            raise ValueError(f"levy_terms={self.levy_terms!r} must be a whole number of at least 1, e.g. levy_terms=8.")

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system."""
        parts = bound(self, system)
        if system.noise == "additive":
            # All derivatives of the diffusion are 0.
            step = euler_maruyama(parts.drift, parts.diffusion, parts.spread)
        elif system.diffusion_form != "rows":
            step = self.simple_step(system, parts)
        else:
            return self.matrix_stepper(system, parts)
        return Stepper(step, parts.point, parts.point, parts.noise, (INCREMENT,) * system.n_brownian)

    def matrix_stepper(self, system: SDE, parts: Parts) -> Stepper:
        """Bind the scheme to a system with rows of noise."""
        n, shift = system.n_brownian, 1.0 if system.interpretation == "ito" else 0.0
        draws = (INCREMENT,) * n
        if system.noise == "commutative" or n == 1:
            step = self.matrix_step(system, parts, draws_themselves, products(n, shift))
            return Stepper(step, parts.point, parts.point, parts.noise, draws)
        step = self.matrix_step(system, parts, first_draws, products_and_areas(n, shift, self.levy_terms))
        n_others = n + n * (n - 1) // 2 + 2 * n * self.levy_terms
        xi = (parts.noise, area_layout(n, self.levy_terms))
        return Stepper(step, parts.point, parts.point, xi, draws + (NORMAL,) * n_others)

    def simple_step(self, system: SDE, parts: Parts) -> Any:
        """Make the step for diagonal or scalar noise."""
        raise NotImplementedError

    def matrix_step(self, system: SDE, parts: Parts, increments: Any, integrals: Any) -> Any:
        """Make the step for rows of noise."""
        raise NotImplementedError


@dataclass(frozen=True)
class Milstein(MilsteinFamily):
    """Milstein's scheme, for Ito and Stratonovich equations.

    The derivative of the diffusion is the system's `diffusion_jacobian`, or else a central difference, whose
    evaluations of the diffusion are not counted here.

    Parameters
    ----------
    levy_terms : int
        Terms of the Fourier series of Levy areas, at least 1; general noise of two or more motions only. The areas
        add an error of about sqrt(h) / levy_terms, so strong order 1 needs about h^(-1/2) terms.

    Raises
    ------
    ValueError
        If `levy_terms` is less than 1.
    """

    name: ClassVar[str] = "milstein"
    interpretation: ClassVar[str] = "any"
    orders: ClassVar[Mapping[str, Orders]] = ONE
    evaluations: ClassVar[tuple[float, float]] = (1, 1)
    reference: ClassVar[str] = "Milstein 1974; Mrongowius and Roessler 2022 for the areas"
    decay_limit: ClassVar[float | None] = 2.0

    def simple_step(self, system: SDE, parts: Parts) -> Any:
        """Make the step for diagonal or scalar noise."""
        along = by_matrix if system.diffusion_form == "scalar" else by_component
        shift = 1.0 if system.interpretation == "ito" else 0.0
        return milstein(parts.drift, parts.diffusion, system.compiled_jacobian, parts.spread, along, shift)

    def matrix_step(self, system: SDE, parts: Parts, increments: Any, integrals: Any) -> Any:
        """Make the step for rows of noise."""
        return milstein_by_matrix(parts.drift, parts.diffusion, system.compiled_jacobian, increments, integrals)


@dataclass(frozen=True)
class DerivativeFreeMilstein(MilsteinFamily):
    """Platen's version of Milstein's scheme: a difference of the diffusion instead of its derivative.

    Parameters
    ----------
    levy_terms : int
        Terms of the Fourier series of Levy areas, at least 1; general noise of two or more motions only. The areas
        add an error of about sqrt(h) / levy_terms, so strong order 1 needs about h^(-1/2) terms.

    Raises
    ------
    ValueError
        If `levy_terms` is less than 1.
    """

    name: ClassVar[str] = "derivative-free-milstein"
    interpretation: ClassVar[str] = "ito"
    orders: ClassVar[Mapping[str, Orders]] = ONE
    evaluations: ClassVar[tuple[float, float]] = (1, 2)
    reference: ClassVar[str] = "Kloeden and Platen 1992, section 11.1"
    decay_limit: ClassVar[float | None] = 2.0

    def evaluations_for(self, system: SDE) -> tuple[float, float]:
        """Return the evaluations of drift and diffusion a step: one diffusion more for every Brownian motion."""
        if system.noise == "additive":
            return 1, 1
        return 1, 1 + system.n_brownian if system.diffusion_form == "rows" else 2

    def simple_step(self, system: SDE, parts: Parts) -> Any:  # noqa: ARG002
        """Make the step for diagonal or scalar noise."""
        return platen(parts.drift, parts.diffusion, parts.spread)

    def matrix_step(self, system: SDE, parts: Parts, increments: Any, integrals: Any) -> Any:
        """Make the step for rows of noise."""
        return platen_by_matrix(parts.drift, parts.diffusion, increments, integrals, system.n_brownian)
