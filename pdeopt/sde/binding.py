"""What a scheme needs of a system: coefficients, examples of points and draws, and the fit of the two."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pdeopt.kernels.sde.spread import by_component, by_matrix
from pdeopt.sde.scheme import Scheme
from pdeopt.systems import SDE

__all__ = ["Parts", "bound"]


@dataclass(frozen=True, eq=False)
class Parts:
    """Coefficients of a system as compiled functions, and examples of what they take.

    Parameters
    ----------
    drift, diffusion : callable
    spread : callable
        ``spread(sigma, xi)``: what the diffusion does to one vector of draws.
    point, noise : nested tuples of floats
        Examples of a point and of one draw for every Brownian motion.
    """

    drift: Callable[..., Any]
    diffusion: Callable[..., Any]
    spread: Callable[..., Any]
    point: Any
    noise: Any


def example(n: int, *, bare: bool) -> Any:
    """Return a float or a tuple of `n` zeros."""
    return 0.0 if bare else (0.0,) * n


def check(scheme: Scheme, system: SDE) -> None:
    """Raise if a scheme does not fit a system."""
    if system.noise not in scheme.orders:
        raise ValueError(
            f"method={scheme.name!r} takes {' or '.join(scheme.orders)} noise; this system has "
            f"noise={system.noise!r}. Use method='euler-maruyama'."
        )
    if scheme.interpretation not in ("any", system.interpretation) and system.noise != "additive":
        raise ValueError(
            f"method={scheme.name!r} solves {scheme.interpretation} equations; this system has "
            f"interpretation={system.interpretation!r}. Use system.as_{scheme.interpretation}()."
        )


def bound(scheme: Scheme, system: SDE) -> Parts:
    """Return the parts of a system that a scheme accepts."""
    check(scheme, system)
    form = system.diffusion_form
    spread = by_matrix if form == "rows" else by_component
    point = example(system.dim, bare=system.dim == 1)
    noise = example(system.n_brownian, bare=form == "scalar" or (form == "vector" and system.dim == 1))
    return Parts(system.compiled_drift, system.compiled_diffusion, spread, point, noise)
