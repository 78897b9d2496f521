"""Schemes for Langevin dynamics that are no splittings: variants of Verlet's, and one with a Metropolis test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pdeopt.kernels.sde import hamiltonian, langevin, langevin_arrays, verlet
from pdeopt.sde.langevin import LangevinScheme, Parts
from pdeopt.sde.scheme import FRICTION, INCREMENT, TIME_INTEGRAL, UNIFORM, Orders, Stepper

__all__ = ["BBK", "GJF", "ExponentialEuler", "MetropolisedOBABO"]


@dataclass(frozen=True)
class VerletScheme(LangevinScheme):
    """A scheme with one gradient a step, linear but for it."""

    evaluations: ClassVar[tuple[float, float]] = (1, 0)

    def _bound(self, parts: Parts, constants: Callable[..., Any], kinds: tuple[str, ...]) -> Stepper:
        dim, n = parts.dim, len(kinds)
        draws, prepare = tuple(kind for kind in kinds for _ in range(dim)), verlet.preparing(constants)
        if parts.uses_arrays:
            step = verlet.in_place(parts.gradient, dim, n)
            begin = langevin_arrays.beginning(dim, parts.gradient)
            return Stepper(step, parts.flat, 3 * dim, n * dim, draws, begin, prepare, in_place=True)
        step = (verlet.one_noise if n == 1 else verlet.two_noises)(parts.gradient)
        xi = parts.vector if n == 1 else (parts.vector,) * n
        begin = langevin.beginning(dim, parts.gradient)
        return Stepper(step, parts.flat, ((parts.vector, parts.vector), parts.vector), xi, draws, begin, prepare)


@dataclass(frozen=True)
class GJF(VerletScheme):
    """Gronbech-Jensen and Farago: positions are exact in law on the harmonic potential.

    The positions are those of BAOAB with the friction `gamma'` for which
    `exp(-gamma' h) = (1 - gamma h / 2) / (1 + gamma h / 2)`.
    """

    name: ClassVar[str] = "gjf"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.0, 2.0)}
    reference: ClassVar[str] = "Gronbech-Jensen and Farago 2013, Mol. Phys. 111"

    def bind(self, parts: Parts) -> Stepper:
        """Bind the scheme to the parts of a system."""
        return self._bound(parts, verlet.gjf_constants, (INCREMENT,))


@dataclass(frozen=True)
class BBK(VerletScheme):
    """Brunger, Brooks and Karplus: half an explicit step of friction and noise, a move, half an implicit one.

    Parameters
    ----------
    shared : bool
        False: the two half steps have independent noises. True, as first published: the half steps that meet at a time
        share one; momenta are then central differences of positions, of which only the positions have order 2 in law.
    """

    shared: bool = False
    reference: ClassVar[str] = "Brunger, Brooks and Karplus 1984, Chem. Phys. Lett. 105"

    @property
    def name(self) -> str:
        """As typed in ``method=``."""
        return "bbk-shared" if self.shared else "bbk"

    @property
    def orders(self) -> Mapping[str, Orders]:
        """Orders of position and momentum."""
        return {"additive": Orders(0.5, 1.0) if self.shared else Orders(1.0, 2.0)}

    def bind(self, parts: Parts) -> Stepper:
        """Bind the scheme to the parts of a system."""
        if not self.shared:
            return self._bound(parts, verlet.bbk_constants, (INCREMENT, INCREMENT))
        dim, draws = parts.dim, (INCREMENT,) * parts.dim
        prepare = verlet.preparing(verlet.shared_bbk_constants)
        if parts.uses_arrays:
            step = verlet.in_place_sharing(parts.gradient, dim)
            begin = verlet.beginning_in_place_with_noise(dim, parts.gradient)
            return Stepper(step, parts.flat, 4 * dim, dim, draws, begin, prepare, in_place=True)
        step, begin = verlet.shared_noise(parts.gradient), verlet.beginning_with_noise(dim, parts.gradient)
        pair = (parts.vector, parts.vector)
        return Stepper(step, parts.flat, (pair, pair), parts.vector, draws, begin, prepare)


@dataclass(frozen=True)
class ExponentialEuler(VerletScheme):
    """The exact flow with the force frozen at the beginning of the step.

    Weak order 1. Exact under a constant force; on the harmonic well of frequency w its stationary variances are too
    large by about `w^2 h / (2 gamma)`, relatively.
    """

    name: ClassVar[str] = "exponential-euler"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.0, 1.0)}
    reference: ClassVar[str] = "Cheng, Chatterji, Bartlett and Jordan 2018, arXiv 1707.03663"

    def bind(self, parts: Parts) -> Stepper:
        """Bind the scheme to the parts of a system."""
        return self._bound(parts, verlet.exponential_constants, (FRICTION, TIME_INTEGRAL))


@dataclass(frozen=True)
class MetropolisedOBABO(LangevinScheme):
    """OBABO whose Verlet part passes a Metropolis test or is turned back: generalised Hamiltonian Monte Carlo.

    Averages under the stationary law are exact at every stable step. The test needs the value and the gradient of the
    potential, without noise.
    """

    name: ClassVar[str] = "metropolised-obabo"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.0, 2.0, float("inf"))}
    evaluations: ClassVar[tuple[float, float]] = (1, 0)
    reference: ClassVar[str] = "Horowitz 1991, Phys. Lett. B 268"

    def bind(self, parts: Parts) -> Stepper:
        """Bind the scheme to the parts of a system."""
        dim, gradient, value = parts.dim, parts.gradient, parts.value
        draws = (FRICTION,) * (2 * dim) + (UNIFORM,)
        if parts.uses_arrays:
            step, begin = (
                hamiltonian.in_place(gradient, value, dim),
                hamiltonian.beginning_in_place(dim, gradient, value),
            )
            n_state, n_xi, prepare = 3 * dim + 1, 2 * dim + 1, hamiltonian.prepare
            layout = (parts.flat, n_state, n_xi, draws)
            return Stepper(step, *layout, begin, prepare, in_place=True, n_work=3 * dim, splits=2)
        step, begin = hamiltonian.metropolised(gradient, value), hamiltonian.beginning(dim, gradient, value)
        state = ((parts.vector, parts.vector), (parts.vector, 0.0))
        xi = (parts.vector, parts.vector, 0.0)
        return Stepper(step, parts.flat, state, xi, draws, begin, hamiltonian.prepare, splits=2)

    def stability_limit(self, frequency: float, friction: float) -> float:  # noqa: ARG002
        """Return the step above which proposals run away, that of Verlet's scheme: `2 / frequency`."""
        return 2.0 / frequency
