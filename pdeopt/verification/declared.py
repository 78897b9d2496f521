"""What a scheme declares of its step against what the step does: evaluations and draws, counted."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pdeopt.landscapes import Landscape
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE, langevin, overdamped_langevin
from pdeopt.verification.algebra.formal import Elementary, filled, formal
from pdeopt.verification.equations import FOR_LANDSCAPES
from pdeopt.verification.verdict import CERTIFIED, REFUTED

__all__ = ["Declaration", "declarations"]

Function = Callable[..., Any]
DIFFUSION, DRIFT = "diffusion", "drift"


@dataclass(frozen=True)
class Declaration:
    """Evaluations and draws of one step on the line, for one kind of noise.

    Parameters
    ----------
    scheme, noise : str
    declared, counted : (float, float)
        Evaluations of drift and diffusion; of the gradient and 0 for schemes of landscapes.
    n_draws, n_motions : int
        Draws of the kind of the first one, which stand for increments of motions, and Brownian motions.
    """

    scheme: str
    noise: str
    declared: tuple[float, float]
    counted: tuple[float, float]
    n_draws: int
    n_motions: int

    @property
    def verdict(self) -> str:
        """Certified if the counts agree and every motion has its increments."""
        fits = self.n_draws > 0 and self.n_draws % self.n_motions == 0
        return CERTIFIED if self.declared == self.counted and fits else REFUTED

    def __str__(self) -> str:
        motions = f"{self.n_motions} Brownian motion{'s' if self.n_motions > 1 else ''}"
        return (
            f"{self.scheme}, {self.noise} noise: {self.verdict}; declares {self.declared[0]:g} and "
            f"{self.declared[1]:g} evaluations, takes {self.counted[0]:g} and {self.counted[1]:g}; "
            f"draws for {motions}: {self.n_draws}"
        )


def declarations(method: str | Scheme) -> tuple[Declaration, ...]:
    """Compare what a scheme declares of its step with what the step does, for every kind of noise that it takes.

    Parameters
    ----------
    method : str or Scheme

    Returns
    -------
    tuple of Declaration

    Examples
    --------
    >>> print(declarations("sra1")[0])
    sra1, additive noise: certified; declares 2 and 2 evaluations, takes 2 and 2; draws for 1 Brownian motion: 1
    """
    scheme = get(method)
    return tuple(_declaration(scheme, noise) for noise in scheme.orders)


def _declaration(scheme: Scheme, noise: str) -> Declaration:
    calls: list[str] = []
    system = _counting_system(scheme, noise, calls)
    stepper, python = scheme.stepper(system), Elementary({})
    begin, prepare, step = (formal(part, python) for part in (stepper.begin, stepper.prepare, stepper.step))
    state = begin(0.0, 0.3 if stepper.point == 0.0 else (0.3,) * len(stepper.point), system.args)
    calls.clear()
    # As a draw, 0.4 is a normal as well as a uniform number.
    step(0.0, state, 0.01, filled(stepper.xi, iter([0.4] * len(stepper.draws))), prepare(0.01, system.args))
    declared = scheme.evaluations_for(system)
    counted = (float(calls.count(DRIFT)), float(calls.count(DIFFUSION)))
    n_motions = 1 if isinstance(scheme, LangevinScheme) else system.n_brownian
    return Declaration(
        scheme.name,
        noise,
        (float(declared[0]), float(declared[1])),
        counted,
        stepper.draws.count(stepper.draws[0]),
        n_motions,
    )


def _noting(calls: list[str], name: str, function: Function) -> Function:
    """Return a function of (t, x) that notes its calls."""

    def noting(_t: Any, x: Any) -> Any:
        calls.append(name)
        return function(x)

    return noting


def _counting_system(scheme: Scheme, noise: str, calls: list[str]) -> SDE:
    drift = _noting(calls, DRIFT, math.sin)
    if isinstance(scheme, (LangevinScheme, *FOR_LANDSCAPES)):
        landscape = Landscape(lambda x: -math.cos(x), lambda x: drift(0.0, x))
        return langevin(landscape) if isinstance(scheme, LangevinScheme) else overdamped_langevin(landscape)
    several = noise in ("commutative", "general")
    entries: tuple[Function, Function] = (lambda x: (math.cos(x), x), lambda x: (-math.sin(x), 1.0))
    value, slope = entries if several else (math.cos, lambda x: -math.sin(x))
    return SDE(
        drift,
        _noting(calls, DIFFUSION, value),
        noise,
        n_noise=2 if several else None,
        interpretation="stratonovich" if scheme.interpretation == "stratonovich" else "ito",
        diffusion_jacobian=_noting([], DIFFUSION, slope),
    )
