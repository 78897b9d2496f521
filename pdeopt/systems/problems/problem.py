"""The record of a standard problem: a system with what is known exactly about it."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import quad

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.systems.sde import SDE

__all__ = ["Moment", "Problem", "StationaryMoment"]

Observable = Callable[[FloatArray], FloatArray]
"""A function of points of shape (..., d) with values of shape (...)."""

Path = Callable[[float, FloatArray], FloatArray]
"""A function of a time and of Brownian motions (..., m) at that time; its values have shape (..., d)."""


class Moment(NamedTuple):
    """An expectation that is known at every time."""

    observable: Observable
    """Function of points of shape (..., d)."""
    exact: Callable[[float], float]
    """The expectation at a time."""


class StationaryMoment(NamedTuple):
    """An expectation under the invariant law."""

    observable: Observable
    """Function of points of shape (..., d)."""
    exact: float
    """The expectation."""


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """A system, where it starts, and its exact solution as far as there is one.

    Parameters
    ----------
    system : SDE
        The equation.
    x0 : tuple of float
        Starting point.
    time : float
        A final time that suits the problem.
    solution : callable, optional
        The path as a function of time t and Brownian motion W(t), see `path`.
    moments : mapping of str to Moment
        Expectations at a time, for a start at `x0`.
    stationary : mapping of str to StationaryMoment
        Expectations under the invariant law.
    domain : (lower, upper), optional
        Interval that is to be left, of a problem of exit times.
    mean_exit_time : float, optional
        Its exact mean, from `x0`.
    name, note, reference : str
        What to call it (by default as its system), what to know about it, where it comes from.
    """

    system: SDE
    x0: tuple[float, ...]
    time: float
    _: KW_ONLY
    solution: Path | None = None
    moments: Mapping[str, Moment] = field(default_factory=dict)
    stationary: Mapping[str, StationaryMoment] = field(default_factory=dict)
    domain: tuple[float, float] | None = None
    mean_exit_time: float | None = None
    name: str = ""
    note: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        start = tuple(float(entry) for entry in self.x0)
        if len(start) != self.system.dim:
            raise ValueError(f"x0={self.x0!r} has {len(start)} components. Use {self.system.dim}, one per component.")
        object.__setattr__(self, "x0", start)
        object.__setattr__(self, "name", self.name or self.system.name)

    def path(self, time: float, brownian: ArrayLike) -> FloatArray:
        """Return the exact solution on Brownian paths.

        Parameters
        ----------
        time : float
            When.
        brownian : array_like, shape (..., m)
            The m Brownian motions at that time; zero at time 0.

        Returns
        -------
        array, shape (..., d)
            The state at that time.

        Raises
        ------
        ValueError
            If the solution is not a function of the Brownian motion at one time, or the shape is wrong.
        """
        if self.solution is None:
            known = ", ".join([*self.moments, *self.stationary]) or "the mean exit time"
            raise ValueError(f"problem {self.name!r} has no solution W -> X. Known of it: {known}.")
        motions = np.asarray(brownian, dtype=float)
        m = self.system.n_brownian
        if motions.ndim == 0 or motions.shape[-1] != m:
            raise ValueError(
                f"brownian has shape {motions.shape}, but problem {self.name!r} has {m} Brownian motions: the last "
                f"axis must hold them, as in shape {(*motions.shape[:-1], m)}."
            )
        return self.solution(time, motions)

    def __repr__(self) -> str:
        known = [f"moments {', '.join(self.moments)}"] if self.moments else []
        known += [f"stationary {', '.join(self.stationary)}"] if self.stationary else []
        known += ["exact paths"] if self.solution is not None else []
        known += [f"mean exit time {self.mean_exit_time:.6g}"] if self.mean_exit_time is not None else []
        return f"<Problem {self.name!r}: x0 {self.x0}, time {self.time:g}; {'; '.join(known)}>"


def component(i: int, power: int = 1) -> Observable:
    """Return the observable x -> x_i ** power."""

    def observable(x: FloatArray) -> FloatArray:
        return np.asarray(x[..., i] ** power)

    return observable


def product(i: int, j: int) -> Observable:
    """Return the observable x -> x_i x_j."""

    def observable(x: FloatArray) -> FloatArray:
        return np.asarray(x[..., i] * x[..., j])

    return observable


def of_first(function: Callable[[Any], Any]) -> Observable:
    """Return the observable x -> function(x_0)."""

    def observable(x: FloatArray) -> FloatArray:
        return np.asarray(function(x[..., 0]))

    return observable


def gaussian_mean(function: Callable[[float], float], mean: float, deviation: float) -> float:
    """Return the expectation of a function of a Gaussian number, by adaptive quadrature."""

    def weighted(z: float) -> float:
        return function(mean + deviation * z) * float(np.exp(-0.5 * z * z))

    total = quad(weighted, -12.0, 12.0, epsabs=1e-14, epsrel=1e-13, limit=400, points=(0.0,))[0]
    return float(total / np.sqrt(2.0 * np.pi))
