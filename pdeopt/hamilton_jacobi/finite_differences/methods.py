"""Schemes in space and steppers in time by name, and those that are taken where none is named."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK33, SSPRK104, Euler, Heun
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
}


def choose(problem: HamiltonJacobi, method: Any, stepper: Any, tolerance: float | None) -> tuple[Any, Any]:
    """Return the scheme and the stepper that were named, or what suits the problem.

    Monotone ones by default: Godunov where H is convex, else Lax-Friedrichs; forward Euler, Heun's method where its
    error is to be estimated, SSPRK(3,3) with schemes of higher order.
    """
    scheme = _named(method or ("godunov" if problem.hamiltonian.convex else "lax-friedrichs"), SCHEMES, "method")
    usual = "ssprk33" if scheme.order > 1 else "euler" if tolerance is None else "heun"
    return scheme, _named(stepper or usual, STEPPERS, "stepper")


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
