"""A function as the search sees it: counted, bounded, in coordinates relative to the start."""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

import numpy as np
from scipy.optimize import OptimizeResult

from pdeopt._types import FloatArray

__all__ = ["BadValue", "Objective", "Spent", "informing", "record", "scalar"]


class Spent(Exception):  # noqa: N818 - no error
    """All evaluations are used."""


class BadValue(Exception):  # noqa: N818 - becomes a message of the result
    """The function returned something that is not a value."""


class Objective:
    """A function of offsets from the start along the free axes; keeps the best point and never calls too often.

    Parameters
    ----------
    fun : callable
        Of ``(x, *args)``, x of shape (d,).
    x0 : array, shape (d,)
    args : tuple
    jac : callable or None
    lower, upper : array, shape (d,)
        Bounds; an axis whose bounds meet does not move.
    maxfev : float
        Largest number of calls.
    tick : callable
        Called with 1 after every evaluation: a progress bar.
    """

    def __init__(
        self,
        fun: Callable[..., Any],
        x0: FloatArray,
        *,
        args: tuple[Any, ...],
        jac: Callable[..., Any] | None,
        lower: FloatArray,
        upper: FloatArray,
        maxfev: float,
        tick: Callable[[int], object],
    ) -> None:
        self.fun, self.jac, self.args = fun, jac, args
        self.start, self.maxfev, self.tick = x0, maxfev, tick
        self.lower, self.upper, self.free = lower, upper, lower < upper
        self.nfev = self.njev = 0
        self.best, self.value = np.zeros(int(self.free.sum())), np.inf

    def point(self, offset: FloatArray) -> FloatArray:
        """Return the point at an offset."""
        x = self.start.copy()
        x[self.free] += offset
        return np.clip(x, self.lower, self.upper)

    def __call__(self, offset: FloatArray) -> float:
        """Return the value at an offset, and remember the lowest."""
        if self.nfev >= self.maxfev:
            raise Spent
        self.nfev += 1
        x = self.point(offset)
        value = scalar(self.fun(x.copy(), *self.args), x)
        self.tick(1)
        if value < self.value or self.nfev == 1:
            self.best, self.value = np.array(offset), value
        return value

    def gradient(self, offset: FloatArray) -> FloatArray:
        """Return the gradient along the free axes."""
        assert self.jac is not None
        x = self.point(offset)
        self.njev += 1
        slope = np.asarray(self.jac(x.copy(), *self.args), dtype=float).reshape(-1)
        if slope.shape != x.shape or np.isnan(slope).any():
            raise BadValue(f"jac returned {slope} at x={x}: {x.size} numbers are needed")
        return slope[self.free]

    @property
    def x(self) -> FloatArray:
        """The best point so far."""
        return self.point(self.best)


def scalar(returned: Any, x: FloatArray) -> float:
    """Return a value that is a number or +inf."""
    try:
        value = float(np.asarray(returned, dtype=float).item())
    except (TypeError, ValueError):
        raise BadValue(f"fun returned {returned!r} at x={x}: one number is needed") from None
    if np.isnan(value) or value == -np.inf:
        raise BadValue(f"fun returned {value} at x={x}: return a number, or numpy.inf where there is a wall")
    return value


def informing(callback: Callable[..., Any] | None) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that calls back in the way that the callback's signature asks for."""
    if callback is None:
        return lambda _: None
    if list(signature(callback).parameters) == ["intermediate_result"]:
        return lambda now: callback(intermediate_result=record(now))
    return lambda now: callback(np.copy(now["x"]))


def record(facts: Mapping[str, Any]) -> OptimizeResult:
    """Return SciPy's record of a result."""
    result = OptimizeResult()
    result.update(facts)
    return result
