"""What the doorway accepts, with messages that say the fix."""

from collections.abc import Callable, Sequence
from typing import Any
from warnings import warn

import numpy as np
from scipy.optimize import Bounds

from pdeopt._types import ArrayLike, FloatArray

__all__ = ["checked_bounds", "checked_count", "checked_functions", "checked_positive", "checked_start", "refused"]


def refused(constraints: Any, hess: Any, hessp: Any, method: str) -> None:
    """Raise at constraints, warn at second derivatives."""
    if constraints is not None and not (isinstance(constraints, Sequence) and len(constraints) == 0):
        raise ValueError(
            f"constraints={constraints!r}: {method} takes bounds only. Return numpy.inf from fun where a constraint is "
            "violated (a wall), or use scipy.optimize.minimize(..., method='trust-constr') from its result."
        )
    if hess is not None or hessp is not None:
        warn(f"Method {method} does not use Hessian information (hess, hessp).", RuntimeWarning, stacklevel=4)


def checked_start(x0: ArrayLike) -> FloatArray:
    """Return a finite start of shape (d,)."""
    start = np.atleast_1d(np.asarray(x0, dtype=float))
    if start.ndim != 1 or start.size == 0 or not np.isfinite(start).all():
        raise ValueError(f"x0={x0!r} must be d finite numbers, shape (d,), e.g. numpy.zeros(2).")
    return start.copy()


def checked_bounds(bounds: Any, start: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper bounds, infinite where there are none, around the start."""
    if bounds is None:
        return np.full(start.size, -np.inf), np.full(start.size, np.inf)
    lower, upper = _sides(bounds, start.size)
    if np.isnan(lower).any() or np.isnan(upper).any() or (lower > upper).any():
        raise ValueError(f"bounds from {lower} to {upper} must not cross. Use e.g. [(-1.0, 1.0)] * {start.size}.")
    if (start < lower).any() or (start > upper).any():
        raise ValueError(f"x0={start} lies outside bounds {lower}, {upper}. Use numpy.clip(x0, lower, upper).")
    return lower, upper


def _sides(bounds: Any, dim: int) -> tuple[FloatArray, FloatArray]:
    """Return both sides of SciPy's `Bounds` or of a sequence of pairs, None meaning no bound."""
    if isinstance(bounds, Bounds):
        lower, upper = (
            np.broadcast_to(np.asarray(side, dtype=float), (dim,)).copy() for side in (bounds.lb, bounds.ub)
        )
        return lower, upper
    pairs = [tuple(pair) for pair in bounds]
    if len(pairs) != dim or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"bounds={bounds!r} must be {dim} pairs, one per coordinate, e.g. [(-1.0, 1.0)] * {dim}.")
    lower = np.array([-np.inf if low is None else low for low, _ in pairs], dtype=float)
    upper = np.array([np.inf if high is None else high for _, high in pairs], dtype=float)
    return lower, upper


def checked_functions(
    fun: Callable[..., Any], jac: Any, args: Any
) -> tuple[Callable[..., Any], Callable[..., Any] | None, tuple[Any, ...]]:
    """Return value, gradient or None, and arguments as a tuple."""
    if not callable(fun):
        raise TypeError(f"fun={fun!r} must be callable as fun(x, *args).")
    arguments = args if isinstance(args, tuple) else (args,)
    if jac is True:
        both = Both(fun)
        return both.value, both.gradient, arguments
    return fun, jac if callable(jac) else None, arguments


class Both:
    """A function that returns value and gradient, called once for both."""

    def __init__(self, fun: Callable[..., Any]) -> None:
        self.fun = fun
        self.x: FloatArray | None = None
        self.slope: Any = None

    def value(self, x: FloatArray, *args: Any) -> Any:
        """Return the value and keep the gradient."""
        value, self.slope = self.fun(x, *args)
        self.x = x.copy()
        return value

    def gradient(self, x: FloatArray, *args: Any) -> Any:
        """Return the gradient kept, or a new one."""
        if self.x is None or not np.array_equal(x, self.x):
            self.value(x, *args)
        return self.slope


def checked_positive(value: Any, name: str, example: str) -> float:
    """Return a positive finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0.0 < value < np.inf:
        raise ValueError(f"{name}={value!r} must be a positive number, e.g. {name}={example}.")
    return float(value)


def checked_count(value: Any, name: str, example: int) -> int:
    """Return a positive whole number."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name}={value!r} must be a whole number of at least 1, e.g. {name}={example}.")
    return int(value)
