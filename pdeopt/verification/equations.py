"""Equations on which orders are decided by default: smooth and periodic, so that nothing is cut off."""

import math

from pdeopt.landscapes import Landscape
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.overdamped import MALA, LeimkuhlerMatthews
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE, overdamped_langevin
from pdeopt.systems.problems import Problem, harmonic_langevin, torus, torus_additive
from pdeopt.verification.methods import Method

__all__ = ["default_noise", "equation_for"]

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


def default_noise(method: Method) -> str:
    """Return the kind of noise on which a method is tried: the hardest one in a dimension that it claims."""
    if not isinstance(method, str | Scheme):
        return "diagonal"
    return "diagonal" if "diagonal" in get(method).orders else "additive"


def equation_for(method: Method, problem: Problem | SDE | None = None, noise: str | None = None) -> SDE:
    """Return the equation on which a method is tried.

    Parameters
    ----------
    method : str, Scheme or callable
    problem : Problem or SDE, optional
        By default one on the circle, by the kind of noise; for a scheme that needs a landscape, overdamped Langevin
        dynamics in ``sin x + 0.3 cos(2 x + 1)`` at beta = 1.25; for Langevin dynamics a harmonic well of frequency
        1.3, friction 0.7 and temperature 0.9.
    noise : {"additive", "diagonal", "general"}, optional
        By default as in `default_noise`.

    Raises
    ------
    ValueError
        If there is no default equation for that kind of noise.
    """
    if problem is not None:
        return problem.system if isinstance(problem, Problem) else problem
    if isinstance(method, str | Scheme) and isinstance(get(method), LangevinScheme):
        return harmonic_langevin(frequency=1.3, beta=1.0 / 0.9, friction=0.7).system
    if isinstance(method, str | Scheme) and isinstance(get(method), FOR_LANDSCAPES):
        return overdamped_langevin(Landscape(_value, _slope), 1.25)
    kind = default_noise(method) if noise is None else noise
    if kind not in ("additive", "diagonal", "general"):
        raise ValueError(f"noise={noise!r} has no default equation. Use 'additive', 'diagonal' or 'general'.")
    if kind == "general":
        return SDE(_drift, _columns, "general", n_noise=2, diffusion_jacobian=_column_slopes, name="torus_general")
    return (torus() if kind == "diagonal" else torus_additive()).system
