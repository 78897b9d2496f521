"""What a generator is asked for, checked before anything is computed."""

from typing import Any

import numpy as np

from pdeopt.grid import Grid
from pdeopt.kolmogorov.assembly import assembled
from pdeopt.kolmogorov.boundaries import checked_walls
from pdeopt.kolmogorov.mixed import CROSS
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.rates import RATES
from pdeopt.systems import SDE, OverdampedLangevin

__all__ = ["checked_problem"]

INTERPRETATIONS = ("ito", "stratonovich", "fick")


def checked_problem(
    system: SDE,
    grid: Grid,
    boundary: Any,
    rates: str | None,
    cross: str | None,
    killing: Any,
    interpretation: str | None,
) -> Problem:
    """Return the problem, or say what is wrong with it."""
    if not isinstance(system, SDE):
        raise TypeError(f"system={system!r} is not an SDE. Make one: pdeopt.SDE(drift, diffusion, dim=...).")
    if grid.dim != system.dim:
        raise ValueError(
            f"grid has {grid.dim} axes, but the system has dim={system.dim}. Use a grid of {system.dim} axes, e.g. "
            f"pdeopt.Grid({(-3.0,) * system.dim}, {(3.0,) * system.dim}, {(65,) * system.dim})."
        )
    check_name("rates", rates, RATES)
    check_name("cross", cross, CROSS)
    check_name("interpretation", interpretation, INTERPRETATIONS)
    _check_gradient(system, rates)
    said, fick = interpretation or system.interpretation, interpretation == "fick"
    sense = "ito" if fick else said
    plain = system if sense == system.interpretation else _read_as(system, sense)
    return Problem(plain, grid, checked_walls(boundary, grid), rates, cross, killing, fick, assembled)


def check_name(argument: str, name: str | None, known: tuple[str, ...]) -> None:
    """Raise if a name is not one of those known."""
    if name is not None and name not in known:
        raise ValueError(f"{argument}={name!r} is not known: use {', '.join(map(repr, known))}, or None to choose.")


def _check_gradient(system: SDE, rates: str | None) -> None:
    if rates == "gibbs" and not isinstance(system, OverdampedLangevin):
        raise ValueError(
            "rates='gibbs' needs a gradient system, pdeopt.overdamped_langevin(f, beta): this one has no landscape. "
            "Use rates='scharfetter-gummel'."
        )
    if isinstance(system, OverdampedLangevin) and not np.isfinite(system.beta):
        raise ValueError(
            "system has beta=inf, and no noise: a generator of jumps needs some. Use a finite beta, or pdeopt.relax "
            "for the inviscid equation."
        )


def _read_as(system: SDE, interpretation: str) -> SDE:
    # The same functions, in another sense.
    return SDE(
        system.drift,
        system.diffusion,
        noise=system.noise,
        dim=system.dim,
        n_noise=system.n_noise,
        interpretation=interpretation,
        args=system.args,
        diffusion_jacobian=system.diffusion_jacobian,
        name=system.name,
    )
