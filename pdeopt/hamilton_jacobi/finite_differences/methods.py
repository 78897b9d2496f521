"""Schemes in space and steppers in time by name, and those that are taken where none is named."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any

from pdeopt.hamilton_jacobi.finite_differences.defaults import usual_scheme, usual_stepper
from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK33, SSPRK104, STEPPER, Euler, Heun
from pdeopt.hamilton_jacobi.finite_differences.filtered import Filtered, FilteredStep
from pdeopt.hamilton_jacobi.finite_differences.imex import ARS111, ARS222, ARS443, Lie, Strang
from pdeopt.hamilton_jacobi.finite_differences.parameters import has_parts
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.schemes import SCHEME, Godunov, LaxFriedrichs
from pdeopt.hamilton_jacobi.finite_differences.weno import WENO5

__all__ = ["SCHEMES", "STEPPERS", "choose"]


def weno5_lax_friedrichs() -> WENO5:
    """Return fifth-order slopes with the local Lax-Friedrichs flux."""
    return WENO5("lax-friedrichs")


SCHEMES: Mapping[str, Callable[[], Any]] = {
    "godunov": Godunov,
    "lax-friedrichs": LaxFriedrichs,
    "weno5": WENO5,
    "weno5-lax-friedrichs": weno5_lax_friedrichs,
    "filtered": Filtered,
}
STEPPERS: Mapping[str, Callable[[], Any]] = {
    "euler": Euler,
    "heun": Heun,
    "ssprk33": SSPRK33,
    "ssprk104": SSPRK104,
    "ars111": ARS111,
    "ars222": ARS222,
    "ars443": ARS443,
    "lie": Lie,
    "strang": Strang,
    "filtered": FilteredStep,
}
KINDS = {"method": ("scheme in space", SCHEME), "stepper": ("stepper in time", STEPPER)}


def choose(problem: HamiltonJacobi, method: Any, stepper: Any, tolerance: float | None) -> tuple[Any, Any]:
    """Return the scheme and the stepper that were named, or what suits the problem: see `defaults`."""
    given = usual_scheme(problem, tolerance) if method is None else method
    makers: Mapping[str, Callable[[], Any]] = {**SCHEMES, "filtered": partial(filtered_for, problem)}
    scheme = _named(given, makers, "method")
    given = usual_stepper(problem, scheme, tolerance) if stepper is None else stepper
    stepping = _named(given, STEPPERS, "stepper")
    if (scheme.name == "filtered") != (stepping.name == "filtered"):
        works = (
            "stepper='filtered', or leave it out"
            if scheme.name == "filtered"
            else "method='filtered', or leave stepper out"
        )
        raise ValueError(
            f"method={scheme.name!r} does not go with stepper={stepping.name!r}: a filtered step takes one of each of "
            f"both its schemes. Use {works}."
        )
    if scheme.name == "filtered" and tolerance is not None:
        raise ValueError(
            f"tolerance={tolerance:g} needs an error estimate, and method='filtered' has none. Leave tolerance out, or "
            f"use method='godunov'."
        )
    return scheme, stepping


def filtered_for(problem: HamiltonJacobi) -> Filtered:
    """Return the filtered scheme with fluxes that cost little: in several dimensions, a search for extrema does not."""
    h = problem.hamiltonian
    if problem.grid.dim == 1 or h.convex or h.upwind is not None or h.vertex is not None:
        return Filtered()
    return Filtered(monotone=LaxFriedrichs(), accurate=WENO5("lax-friedrichs"))


def _named(word: Any, choices: Mapping[str, Callable[[], Any]], argument: str) -> Any:
    if isinstance(word, str):
        if word not in choices:
            close = get_close_matches(word, choices, n=1) or list(choices)
            raise ValueError(f"{argument}={word!r} is unknown; use {' or '.join(map(repr, close))}.")
        return choices[word]()
    kind, parts = KINDS[argument]
    if not has_parts(word, parts):
        example = next(iter(choices))
        raise TypeError(f"{argument}={word!r} is neither a name nor a {kind}; use {argument}={example!r}.")
    return word
