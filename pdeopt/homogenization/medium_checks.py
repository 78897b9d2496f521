"""What callers of the homogenization of rough potentials may hand over, and what is said where they may not."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.landscapes import Landscape

__all__ = ["check_landscape", "check_period", "checked_period", "checked_positive", "fields_of"]

PROBES = 7
SEAM = 1e-8
"""How far a potential may miss its period, relative to its range."""


def checked_positive(value: Any, name: str, example: str = "1.0") -> float:
    """Return a positive finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}={value!r} is no number; use e.g. {name}={example}.") from None
    if not 0.0 < number < np.inf:
        raise ValueError(f"{name}={value!r} must be positive and finite, e.g. {name}={example}.")
    return number


def check_landscape(f: Any, name: str, dims: Sequence[int] = (1, 2, 3)) -> None:
    """Refuse what is no landscape, or has too many coordinates."""
    if not isinstance(f, Landscape):
        raise TypeError(f"{name}={f!r} is not a Landscape. Make one: pdeopt.Landscape(value, gradient, dim=...).")
    if f.dim not in dims:
        raise ValueError(f"{name} has dim={f.dim}; this is solved for dim {', '.join(map(str, dims))}.")


def checked_period(period: float | Sequence[float], dim: int) -> tuple[float, ...]:
    """Return one period per axis."""
    lengths = np.atleast_1d(np.asarray(period, dtype=float))
    if lengths.ndim != 1 or lengths.size not in (1, dim) or not ((lengths > 0.0) & np.isfinite(lengths)).all():
        raise ValueError(
            f"period={period!r} must be a positive length, or {dim} of them, e.g. period=6.283185307179586."
        )
    return tuple(float(length) for length in np.broadcast_to(lengths, (dim,)))


def check_period(field: Callable[[FloatArray], FloatArray], period: tuple[float, ...], name: str) -> None:
    """Refuse a field that is not finite, or does not come back after a period along each axis."""
    dim = len(period)
    # Irrational fractions of the cell, so that no symmetry hides a wrong period.
    fractions = np.mod(np.outer(np.arange(1, PROBES * dim + 1), np.sqrt([2.0, 3.0, 5.0])[:dim]), 1.0)
    points = fractions * np.asarray(period)
    values = np.asarray(field(points), dtype=float)
    if not np.isfinite(values).all():
        bad = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"{name} is {values[bad]} at {points[bad].tolist()}; homogenization needs finite values.")
    for axis, length in enumerate(period):
        moved = points + length * np.eye(dim)[axis]
        missed = float(np.abs(np.asarray(field(moved)) - values).max())
        if missed > SEAM * max(float(np.ptp(values)), np.abs(values).max(), 1e-300):
            raise ValueError(
                f"{name} changes by up to {missed:.2g} over period={length:g} along axis {axis}: it does not repeat "
                "there. State its own period, e.g. period=2 * numpy.pi for cos(x), and separate what grows from what "
                "ripples."
            )


def fields_of(mobility: Landscape | None, dim: int) -> Callable[[FloatArray], FloatArray] | None:
    """Return the mobility as a function of points, checked to be positive where it is used."""
    if mobility is None:
        return None
    check_landscape(mobility, "mobility", (dim,))

    def positive(points: FloatArray) -> FloatArray:
        values = np.asarray(mobility(points))
        if not (values > 0.0).all():
            raise ValueError(f"mobility falls to {float(values.min()):.3g}; it must be positive, e.g. 1.0.")
        return values

    return positive
