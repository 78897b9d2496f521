"""Equations on which strong orders are decided by default: cheap, of light tails, and sharp for every scheme."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.landscapes import Landscape
from pdeopt.sde import checks
from pdeopt.sde.adaptive import AdaptiveSplitting
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.overdamped import MALA, LeimkuhlerMatthews
from pdeopt.sde.scheme import ANY, Scheme
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE, adaptive_langevin, overdamped_langevin
from pdeopt.systems.problems import Problem, clark_cameron, harmonic_langevin, linear_two_noises, tanh
from pdeopt.verification.methods import Method
from pdeopt.verification.paths.coupled import Ladder
from pdeopt.verification.paths.sampled_fits import FEWEST

__all__ = ["first_point", "ladder_of", "path_noise_kinds", "path_problem"]

HARDEST = ("diagonal", "general", "commutative", "scalar", "additive")
"""Kinds of noise, the one first on which a method is tried where none is said."""


def _value(x: float) -> float:
    return 0.5 * x * x + 1.0 / (1.0 + x * x)


def _slope(x: float) -> float:
    inverse = 1.0 / (1.0 + x * x)
    return x - 2.0 * x * inverse * inverse


def _drift(t: float, x: float) -> float:  # noqa: ARG001
    return (1.0 - 2.0 * x) / (1.0 + x * x)


def _constant(t: float, x: float) -> float:  # noqa: ARG001
    return 0.9


WELL = Landscape(_value, _slope)


def path_noise_kinds(scheme: Scheme) -> tuple[str, ...]:
    """Return the kinds of noise for which a scheme claims a strong order."""
    return tuple(kind for kind in ANY if kind in scheme.orders and scheme.orders[kind].strong is not None)


def _default_noise(method: Method) -> str:
    if not isinstance(method, str | Scheme):
        return "diagonal"
    scheme = get(method)
    claimed = path_noise_kinds(scheme)
    return next((kind for kind in HARDEST if kind in claimed), next(iter(scheme.orders)))


def path_problem(method: Method, problem: Problem | SDE | None = None, noise: str | None = None) -> Problem | SDE:
    """Return the equation on which the paths of a method are tried.

    Parameters
    ----------
    method : str, Scheme or callable
    problem : Problem or SDE, optional
        By default one by the kind of noise: `tanh` for diagonal and scalar noise, `linear_two_noises` for commutative,
        `clark_cameron` for general; for additive noise, and for schemes of Langevin dynamics, landscapes of their own.
    noise : {"additive", "scalar", "diagonal", "commutative", "general"}, optional
        By default the hardest that the scheme claims a strong order for.

    Raises
    ------
    ValueError
        If there is no default equation for that kind of noise.
    """
    if problem is not None:
        return problem
    if isinstance(method, str | Scheme):
        scheme = get(method)
        if isinstance(scheme, LangevinScheme):
            return harmonic_langevin(frequency=1.3, beta=1.0 / 0.9, friction=0.7)
        if isinstance(scheme, AdaptiveSplitting):
            return adaptive_langevin(WELL, 1.25)
        if isinstance(scheme, LeimkuhlerMatthews | MALA):
            return overdamped_langevin(WELL, 1.25)
    return _by_noise(_default_noise(method) if noise is None else noise)


def _by_noise(kind: str) -> Problem | SDE:
    line = tanh(a=0.5, b=0.5, x0=0.3)
    if kind == "diagonal":
        return line
    if kind == "scalar":
        return replace(line, system=replace(line.system, noise="scalar"))
    if kind == "commutative":
        return linear_two_noises(a=0.2, b=0.4, c=0.5)
    if kind == "general":
        return clark_cameron()
    if kind != "additive":
        raise ValueError(f"noise={kind!r} has no default equation. Use one of {', '.join(map(repr, ANY))}.")
    return SDE(_drift, _constant, "additive", name="rational_drift")


def ladder_of(steps: Sequence[float]) -> Ladder:
    """Return the ladder of steps to time 1.

    Raises
    ------
    ValueError
        If the steps are fewer than four, not halved, or do not divide 1.
    """
    sizes = [float(h) for h in steps]
    halved = all(abs(fine / rough - 0.5) < 1e-12 for rough, fine in pairwise(sizes))
    n = round(1.0 / sizes[0]) if sizes and sizes[0] > 0.0 else 0
    if len(sizes) < FEWEST or not halved or n < 1 or abs(n * sizes[0] - 1.0) > 1e-12:
        raise ValueError(
            f"steps={sizes} must be four or more, each half the one before, and the first must divide 1. Use "
            f"steps={[0.5**k for k in range(3, 9)]}."
        )
    return Ladder(1.0 / n, len(sizes), n)


def first_point(given: Problem | SDE, x0: ArrayLike | None) -> FloatArray:
    """Return where paths start."""
    if isinstance(given, Problem) and x0 is None:
        return np.array(given.x0)
    dim = given.system.dim if isinstance(given, Problem) else given.dim
    return np.asarray(checks.checked_points(np.full(dim, 0.5) if x0 is None else x0, dim, 1)[0])
