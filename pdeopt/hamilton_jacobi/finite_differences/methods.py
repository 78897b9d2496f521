"""Schemes in space and steppers in time by name, and those that are taken where none is named."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK33, SSPRK104, Euler, Heun
from pdeopt.hamilton_jacobi.finite_differences.filtered import Filtered, FilteredStep
from pdeopt.hamilton_jacobi.finite_differences.imex import ARS111, ARS222, ARS443, Lie, Strang
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov, LaxFriedrichs
from pdeopt.hamilton_jacobi.finite_differences.weno import WENO5

__all__ = ["SCHEMES", "STEPPERS", "choose"]


def weno5_lax_friedrichs() -> WENO5:
    """Return fifth-order slopes with the local Lax-Friedrichs flux."""
    return WENO5("lax-friedrichs")


SCHEMES: Mapping[str, Callable[[], Any]] = {
    "godunov": Godunov,
    "lax-friedrichs": LaxFriedrichs,
    "filtered": Filtered,
    "weno5": WENO5,
    "weno5-lax-friedrichs": weno5_lax_friedrichs,
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


def choose(problem: HamiltonJacobi, method: Any, stepper: Any, tolerance: float | None) -> tuple[Any, Any]:
    """Return the scheme and the stepper that were named, or what suits the problem.

    Raises
    ------
    ValueError
        If a name is unknown, or one of the two needs another partner.
    """
    scheme = _named(method or _usual_scheme(problem), SCHEMES, "method")
    filters = isinstance(scheme, Filtered)
    usual = "ssprk33" if scheme.order > 1 else "euler" if tolerance is None else "heun"
    stepping = _named(stepper or ("filtered" if filters else usual), STEPPERS, "stepper")
    if filters != isinstance(stepping, FilteredStep):
        fitting = "stepper='filtered', or leave it out" if filters else "method='filtered', or stepper='ssprk33'"
        raise ValueError(
            f"method={scheme.name!r} does not go with stepper={stepping.name!r}: a filtered step is one of its own. "
            f"Use {fitting}."
        )
    return scheme, stepping


def _usual_scheme(problem: HamiltonJacobi) -> str:
    """Return the accurate scheme where H is convex, elsewhere the one with a proof; stretched axes need first order."""
    if not all(problem.grid.uniform):
        return "godunov"
    return "weno5" if problem.hamiltonian.convex else "filtered"


def _named(word: Any, choices: Mapping[str, Callable[[], Any]], argument: str) -> Any:
    if isinstance(word, str):
        if word not in choices:
            close = get_close_matches(word, choices, n=1) or list(choices)
            raise ValueError(f"{argument}={word!r} is unknown; use {' or '.join(map(repr, close))}.")
        return choices[word]()
    if isinstance(word, type) or not all(hasattr(word, name) for name in ("name", "order")):
        example = next(iter(choices))
        raise TypeError(f"{argument}={word!r} is neither a name nor a record; use {argument}={example!r}.")
    return word
