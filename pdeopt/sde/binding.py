"""What a scheme needs of a system: coefficients, examples of points and draws, and the fit of the two."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pdeopt.kernels.sde import arrays
from pdeopt.kernels.sde.spread import by_component, by_matrix
from pdeopt.sde.scheme import Scheme, Stepper
from pdeopt.systems import SDE

__all__ = ["Parts", "bound", "diffusion_size", "fitting_method", "increment_stepper"]


@dataclass(frozen=True, eq=False)
class Parts:
    """Coefficients of a system as compiled functions, and examples of what they take.

    Parameters
    ----------
    drift, diffusion : callable
    spread : callable
        ``spread(sigma, xi)``: what the diffusion does to one vector of draws.
    point, noise : nested tuples of floats
        Examples of a point and of one draw for every Brownian motion; numbers of entries above eight components.
    """

    drift: Callable[..., Any]
    diffusion: Callable[..., Any]
    spread: Callable[..., Any]
    point: Any
    noise: Any

    @property
    def ones(self) -> Any:
        """A vector of ones like the noise."""
        return (1.0,) * len(self.noise) if isinstance(self.noise, tuple) else 1.0

    def paired(self) -> Any:
        """Return the example of a pair of draws for every Brownian motion."""
        return ((0.0, 0.0),) * len(self.noise) if isinstance(self.noise, tuple) else (0.0, 0.0)


def example(n: int, *, bare: bool) -> Any:
    """Return a float or a tuple of `n` zeros."""
    return 0.0 if bare else (0.0,) * n


def fitting_method(system: SDE) -> str:
    """Return the name of a scheme that takes any system of this interpretation."""
    return "euler-maruyama" if system.interpretation == "ito" or system.noise == "additive" else "heun"


def check(scheme: Scheme, system: SDE) -> None:
    """Raise if a scheme does not fit a system."""
    instead = fitting_method(system)
    if system.noise not in scheme.orders:
        raise ValueError(
            f"method={scheme.name!r} takes {' or '.join(scheme.orders)} noise; this system has "
            f"noise={system.noise!r}. Use method={instead!r}."
        )
    if scheme.interpretation not in ("any", system.interpretation) and system.noise != "additive":
        raise ValueError(
            f"method={scheme.name!r} solves {scheme.interpretation} equations; this system has "
            f"interpretation={system.interpretation!r}. Use system.as_{scheme.interpretation}()."
        )
    if system.uses_arrays and not scheme.arrays:
        raise ValueError(
            f"method={scheme.name!r} works up to dim=8; this system has dim={system.dim}. Use method={instead!r}."
        )


def bound(scheme: Scheme, system: SDE) -> Parts:
    """Return the parts of a system that a scheme accepts."""
    check(scheme, system)
    if system.uses_arrays:
        return array_parts(system)
    form = system.diffusion_form
    spread = by_matrix if form == "rows" else by_component
    point = example(system.dim, bare=system.dim == 1)
    noise = example(system.n_brownian, bare=form == "scalar" or (form == "vector" and system.dim == 1))
    return Parts(system.compiled_drift, system.compiled_diffusion, spread, point, noise)


def array_parts(system: SDE) -> Parts:
    """Return the same for more than eight components: coefficients that fill arrays, and a spread that adds."""
    drift, n = arrays.filling(system.compiled_drift), system.n_brownian
    if system.diffusion_form == "rows":
        diffusion = arrays.filling_rows(system.compiled_diffusion, n)
        return Parts(drift, diffusion, arrays.add_by_matrix, system.dim, n)
    spread = arrays.add_by_number if system.diffusion_form == "scalar" else arrays.add_by_component
    return Parts(drift, arrays.filling(system.compiled_diffusion), spread, system.dim, n)


def diffusion_size(system: SDE) -> int:
    """Return the number of entries of a diffusion."""
    return system.dim * (system.n_brownian if system.diffusion_form == "rows" else 1)


def increment_stepper(
    scheme: Scheme, system: SDE, makers: tuple[Callable[..., Any], Callable[..., Any]], draw: str, n_points: int
) -> Stepper:
    """Return the stepper of a scheme that draws one number for every Brownian motion and carries nothing.

    Parameters
    ----------
    makers : (small, large)
        Make the step of (drift, diffusion, spread): up to eight components, and in place above.
    draw : str
        Kind of the draws.
    n_points : int
        Points in the scratch of the step in place, besides one diffusion.
    """
    parts = bound(scheme, system)
    draws = (draw,) * system.n_brownian
    step = makers[system.uses_arrays](parts.drift, parts.diffusion, parts.spread)
    if not system.uses_arrays:
        return Stepper(step, parts.point, parts.point, parts.noise, draws)
    return Stepper(
        step,
        *(parts.point, parts.point, parts.noise, draws),
        begin=arrays.keep_state,
        in_place=True,
        n_work=n_points * system.dim + diffusion_size(system),
    )
