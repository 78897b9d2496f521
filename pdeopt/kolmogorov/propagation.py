"""Through time on one grid: which scheme, which steps, and what the coefficients do meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.coefficients import field_on, sampled_covariance, sampled_drift
from pdeopt.kolmogorov.exponentials import Contour, Krylov, Uniformisation
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.stencil import Stencil
from pdeopt.kolmogorov.steppers import Scheme, march, scheme_of
from pdeopt.systems import OverdampedLangevin

__all__ = ["LOOKS", "Steps", "checked_steps", "few_places", "is_autonomous", "propagated"]

EXPONENTIALS = {"contour": Contour, "krylov": Krylov, "uniformisation": Uniformisation}
Exponential: TypeAlias = Contour | Krylov | Uniformisation

LOOKS = (0.0, 0.2113, 0.6180, 1.0)
"""Fractions of the time at which coefficients are compared."""

N_PLACES = 64

WORK = 1e8
"""Products of rates and values up to which a Krylov space is used rather than alternating directions."""

Source: TypeAlias = FloatArray | Callable[[float], FloatArray] | None


@dataclass(frozen=True)
class Steps:
    """How a solution goes through time.

    Parameters
    ----------
    method : scheme
        A stepping scheme or an exponential.
    n_steps : int, optional
        For stepping schemes, on the first grid; finer grids take proportionally more.
    tolerance : float, optional
        For stepping schemes, in place of `n_steps`.
    damping : int
        Half-steps of backward Euler at the start.
    """

    method: Scheme | Exponential
    n_steps: int | None = None
    tolerance: float | None = None
    damping: int = 0

    def __str__(self) -> str:
        if isinstance(self.method, Exponential):
            return f"exact in time by {type(self.method).__name__.lower()}"
        many = f"{self.n_steps} steps" if self.tolerance is None else f"steps to {self.tolerance:g}"
        start = f" after {self.damping} damped half-steps" if self.damping else ""
        return f"{many} of {self.method}{start}"


def checked_steps(
    problem: Problem,
    method: Any,
    n_steps: int | None,
    tolerance: float | None,
    damping: int | None,
    autonomous: bool,
    rough: bool,
    duration: float,
) -> Steps:
    """Return the scheme asked for, or what suits the problem: exact in time where that is cheap."""
    stepping = n_steps is not None or tolerance is not None or damping is not None
    chosen = _default(problem, autonomous, stepping, duration) if method is None else method
    if isinstance(chosen, str) and chosen in EXPONENTIALS:
        chosen = EXPONENTIALS[chosen]()
    if isinstance(chosen, Exponential):
        _check_exponential(chosen, autonomous, stepping)
        return Steps(chosen)
    if n_steps is not None and (int(n_steps) != n_steps or n_steps < 1):
        raise ValueError(f"n_steps={n_steps!r} must be a whole number of at least 1, e.g. n_steps=100.")
    scheme = scheme_of(chosen)
    if problem.operator.joined is not None:
        raise ValueError(
            f"method={chosen!r} goes along lines of nodes, and walls join nodes that lie apart. Use method='krylov'."
        )
    many = (
        max(64, max(problem.grid.shape) // (2 if problem.grid.dim == 1 else 1))
        if n_steps is None and tolerance is None
        else n_steps
    )
    return Steps(scheme, many, tolerance, (4 if rough else 0) if damping is None else damping)


def _default(problem: Problem, autonomous: bool, stepping: bool, duration: float) -> str:
    if problem.grid.dim == 1:
        return "contour" if autonomous and not stepping else "crank-nicolson"
    stencil = problem.operator.stencil
    if problem.operator.joined is not None:
        return "krylov"
    # On the finest of three grids there are 4^d times the nodes and 16 times the rates.
    work = float(np.abs(stencil.diagonal).max()) * duration * stencil.rates.size * 16.0 * 4.0**problem.grid.dim
    return "krylov" if autonomous and not stepping and work < WORK else "modified-craig-sneyd"


def _check_exponential(method: Exponential, autonomous: bool, stepping: bool) -> None:
    name = type(method).__name__.lower()
    if not autonomous:
        raise ValueError(
            f"method={name!r} is the exponential of one generator, and the coefficients depend on time. Use a stepping "
            "scheme, such as method='crank-nicolson' in one dimension or 'modified-craig-sneyd' in more."
        )
    if stepping:
        raise ValueError(
            f"method={name!r} is exact in time and takes no n_steps, tolerance or damping: leave them out, or use a "
            "stepping scheme such as method='tr-bdf2'."
        )


def few_places(problem: Problem) -> FloatArray:
    """Return some of the nodes, shape (n, d)."""
    places = problem.points.reshape(-1, problem.grid.dim)
    return places[:: max(1, len(places) // N_PLACES)]


def is_autonomous(problem: Problem, start: float, duration: float) -> bool:
    """Tell whether drift, diffusion and killing are the same at several times and places."""
    if isinstance(problem.system, OverdampedLangevin) and not callable(problem.killing):
        return True
    places = few_places(problem)
    looks = [_coefficients(problem, places, start + fraction * duration) for fraction in LOOKS]
    return all(np.array_equal(looks[0], look) for look in looks[1:])


def _coefficients(problem: Problem, places: FloatArray, time: float) -> FloatArray:
    system = problem.system
    drift, covariance = sampled_drift(system, places, time), sampled_covariance(system, places, time)
    fields = [drift, covariance.reshape(len(places), -1)]
    if callable(problem.killing):
        fields.append(field_on(problem.killing, "killing", places, time, system.args)[:, None])
    return np.concatenate(fields, axis=1)


def propagated(
    problem: Problem,
    values: FloatArray,
    times: FloatArray,
    steps: Steps,
    *,
    start: float = 0.0,
    factor: int = 1,
    source: Source = None,
    transpose: bool = False,
    autonomous: bool = True,
) -> FloatArray:
    """Return the solution after each of the times, shape ``(len(times), *values.shape)``.

    Parameters
    ----------
    problem : Problem
    values : array, shape ``(..., *shape)``
        Terminal values, or initial masses if `transpose`.
    times : array, shape (n,)
        Times to go from the terminal ones, or from `start` if `transpose`; in any order.
    steps : Steps
    start : float
        Time of the process at the beginning.
    factor : int
        By which the grid has been refined: so many more steps.
    source : array or function of time
    transpose : bool
    autonomous : bool
    """
    if isinstance(steps.method, Exponential):
        assert not callable(source)
        return _exactly(problem, values, times, steps.method, source, transpose)
    order = np.unique(np.append(0.0, times))
    if order.size == 1:
        return np.array([values for _ in times])
    clock = start + order if transpose else start + order[-1] - order
    watched = replace(problem, often=True)
    splits = problem.operator.split if autonomous else lambda time: watched.assemble(watched, time).split
    many = None if steps.n_steps is None else steps.n_steps * factor
    found = march(
        splits,
        values,
        clock,
        steps.method,
        n_steps=many,
        tolerance=steps.tolerance,
        damping=steps.damping,
        source=source,
        transpose=transpose,
    )
    return np.asarray(found.values[np.searchsorted(order, times)])


def _exactly(
    problem: Problem,
    values: FloatArray,
    times: FloatArray,
    method: Exponential,
    source: FloatArray | None,
    transpose: bool,
) -> FloatArray:
    operator = problem.operator
    if isinstance(operator.whole, Stencil):
        return np.asarray(method.solve(operator.whole, values, times, source=source, transpose=transpose))
    given = None if source is None else source.ravel()
    flat = values.reshape(*values.shape[: values.ndim - problem.grid.dim], -1)
    found = np.asarray(method.solve(operator.whole, flat, times, source=given, transpose=transpose))
    return found.reshape(len(times), *values.shape)
