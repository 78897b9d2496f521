"""Equations on which orders are decided by default: smooth and periodic, so that nothing is cut off."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from pdeopt.landscapes import Landscape
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.overdamped import MALA, LeimkuhlerMatthews
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import get
from pdeopt.sde.verlet import MetropolisedOBABO
from pdeopt.systems import SDE, Langevin, langevin, overdamped_langevin
from pdeopt.systems.problems import Problem, harmonic_langevin, torus, torus_additive
from pdeopt.verification.methods import Method

__all__ = ["default_noise", "equation_for", "langevin_on_the_circle", "two_components"]

FOR_LANDSCAPES = (LeimkuhlerMatthews, MALA)
"""Schemes that need the landscape behind the drift."""


def _value(x: float) -> float:
    return math.sin(x) + 0.3 * math.cos(2.0 * x + 1.0)


def _slope(x: float) -> float:
    return math.cos(x) - 0.6 * math.sin(2.0 * x + 1.0)


def _drift(t: float, x: float) -> float:  # noqa: ARG001
    return math.sin(x) + 0.5 * math.cos(2.0 * x)


def _columns(t: float, x: float) -> tuple[float, float]:  # noqa: ARG001
    return 0.8 + 0.4 * math.cos(x), 0.5 * math.sin(x)


def _column_slopes(t: float, x: float) -> tuple[float, float]:  # noqa: ARG001
    return -0.4 * math.sin(x), 0.5 * math.cos(x)


def _pair_drift(t: float, x: tuple[float, float]) -> tuple[float, float]:  # noqa: ARG001
    return math.sin(x[0]) + 0.5 * math.cos(x[1]), 0.6 * math.cos(x[0] + x[1]) - 0.4 * math.sin(x[1])


def _pair_level(t: float, x: tuple[float, float]) -> tuple[float, float]:  # noqa: ARG001
    return 0.9, 0.8


def _pair_of_own(t: float, x: tuple[float, float]) -> tuple[float, float]:  # noqa: ARG001
    return 0.8 + 0.3 * math.cos(x[0]), 0.7 + 0.2 * math.sin(x[1])


def _pair_commuting(t: float, x: tuple[float, float]) -> Any:  # noqa: ARG001
    # Constant columns times one function of x[0] + x[1], along which the second column does not lead.
    s = 0.7 + 0.2 * math.cos(x[0] + x[1])
    return (s, 0.5), (s, -0.5)


def _pair_rows(t: float, x: tuple[float, float]) -> Any:  # noqa: ARG001
    return (0.8 + 0.2 * math.cos(x[1]), 0.3 * math.sin(x[0])), (0.2 * math.sin(x[0]), 0.7 + 0.2 * math.cos(x[0] - x[1]))


PAIRS: Mapping[str, Callable[..., Any]] = {
    "additive": _pair_level,
    "diagonal": _pair_of_own,
    "commutative": _pair_commuting,
    "general": _pair_rows,
}


def two_components(noise: str) -> SDE:
    """Return the equation of two components on which methods are tried, of period 2 pi in both.

    Raises
    ------
    ValueError
        If there is none for that kind of noise.
    """
    if noise not in PAIRS:
        raise ValueError(f"noise={noise!r} has no default equation of two components. Use one of {', '.join(PAIRS)}.")
    n_noise = None if noise in ("additive", "diagonal") else 2
    return SDE(_pair_drift, PAIRS[noise], noise, dim=2, n_noise=n_noise, name=f"torus_pair_{noise}")


def langevin_on_the_circle() -> Langevin:
    """Return Langevin dynamics in ``sin q + 0.3 cos(2 q + 1)`` with beta = 1.25 and friction 0.8."""
    return langevin(Landscape(_value, _slope, name="periodic landscape"), 1.25, 0.8)


def default_noise(method: Method) -> str:
    """Return the kind of noise on which a method is tried: the hardest one in a dimension that it claims."""
    if not isinstance(method, str | Scheme):
        return "diagonal"
    return "diagonal" if "diagonal" in get(method).orders else "additive"


def equation_for(
    method: Method, problem: Problem | SDE | None = None, noise: str | None = None, n_components: int = 1
) -> SDE:
    """Return the equation on which a method is tried.

    Parameters
    ----------
    method : str, Scheme or callable
    problem : Problem or SDE, optional
        By default one on the circle, by the kind of noise; for a scheme that needs a landscape, overdamped Langevin
        dynamics in ``sin x + 0.3 cos(2 x + 1)`` at beta = 1.25; for Langevin dynamics a harmonic well of frequency
        1.3, friction 0.7 and temperature 0.9, or where the scheme accepts or refuses, `langevin_on_the_circle`.
    noise : {"additive", "diagonal", "commutative", "general"}, optional
        By default as in `default_noise`; "commutative" of two components only.
    n_components : {1, 2}
        Of the default equation.

    Raises
    ------
    ValueError
        If there is no default equation for that kind of noise or number of components.
    """
    if problem is not None:
        return problem.system if isinstance(problem, Problem) else problem
    if n_components not in (1, 2):
        raise ValueError(f"n_components={n_components!r} has no default equation. Use 1 or 2.")
    if isinstance(method, str | Scheme) and isinstance(get(method), MetropolisedOBABO):
        return langevin_on_the_circle()
    if isinstance(method, str | Scheme) and isinstance(get(method), LangevinScheme):
        return harmonic_langevin(frequency=1.3, beta=1.0 / 0.9, friction=0.7).system
    if isinstance(method, str | Scheme) and isinstance(get(method), FOR_LANDSCAPES):
        return overdamped_langevin(Landscape(_value, _slope, name="periodic landscape"), 1.25)
    kind = default_noise(method) if noise is None else noise
    if n_components == 2:
        return two_components(kind)
    if kind not in ("additive", "diagonal", "general"):
        raise ValueError(f"noise={noise!r} has no default equation. Use 'additive', 'diagonal' or 'general'.")
    if kind == "general":
        return SDE(_drift, _columns, "general", n_noise=2, diffusion_jacobian=_column_slopes, name="torus_general")
    return (torus() if kind == "diagonal" else torus_additive()).system
