"""The common driver of exponentials: from one output time to the next."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kolmogorov.exponentials.operators import Operator, fields, shape_of

__all__ = ["Exponential", "Stepper", "checked_step", "checked_times", "march"]

Advance = Callable[[FloatArray, FloatArray | None, float], FloatArray]
"""Fields of shape (n, size), their source and a step, to the fields after it."""


class Stepper(Protocol):
    """A linear map of fields over one step of time, and its transpose."""

    step: float

    def apply(self, values: ArrayLike) -> FloatArray:
        """Return the fields one step later; leading axes are several fields at once."""

    def transpose(self, values: ArrayLike) -> FloatArray:
        """Apply the transposed map, that of masses."""


class Exponential(Protocol):
    """A way to compute exp(t L) u, and exp(t L^T) p, to the last digits whatever the step."""

    def solve(
        self,
        operator: Operator,
        values: ArrayLike,
        times: ArrayLike,
        *,
        source: ArrayLike | None = None,
        transpose: bool = False,
    ) -> FloatArray:
        """Return the solution of u' = L u + source at the times, a leading axis unless `times` is a number."""

    def stepper(self, operator: Operator, step: float) -> Stepper:
        """Return the fixed linear map over one step."""


def checked_times(times: ArrayLike) -> FloatArray:
    """Return the times as an array of at most one axis; raise an error if one is negative or not finite."""
    array = np.asarray(times, dtype=float)
    if array.ndim > 1 or not (np.isfinite(array) & (array >= 0.0)).all():
        raise ValueError(
            f"times={times!r} must be finite and at least 0: a number or a sequence of them, e.g. [0.5, 1]."
        )
    return array


def checked_step(step: float) -> float:
    """Return the step; raise an error unless it is positive and finite."""
    if not 0.0 < step < np.inf:
        raise ValueError(f"step={step!r} must be positive and finite, e.g. step=0.1.")
    return float(step)


def march(advance: Advance, operator: Operator, values: ArrayLike, times: ArrayLike, source: Any) -> FloatArray:
    """Return the fields at the times, of shape ``(n_times, *values.shape)``, or values.shape for a single time."""
    shape, instants = shape_of(operator), checked_times(times)
    state = fields(values, shape)
    forcing = None if source is None else np.broadcast_to(fields(source, shape, "source"), state.shape)
    out, now = np.empty((instants.size, *state.shape)), 0.0
    for k in np.argsort(instants, axis=None):
        if (then := float(instants.flat[k])) > now:
            state, now = advance(state, forcing, then - now), then
        out[k] = state
    return out.reshape(*instants.shape, *np.shape(values))
