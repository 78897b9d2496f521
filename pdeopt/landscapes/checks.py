"""Given derivatives against finite differences, and stated minima against their surroundings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.landscapes.evaluators import Evaluator
from pdeopt.landscapes.numerical import EPSILON, FIRST, first_differences, step_sizes

N_POINTS = 200
PROBE = 1e-4


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Parameters
    ----------
    name : str
        The landscape.
    gradient_error, hessian_error : float
        Largest deviation from finite differences, in units of what differences can resolve: at most 1 is a
        pass. Zero for a derivative that is itself numerical.
    worst_point : tuple of float
        Where the larger of the two occurs.
    false_minima : tuple of points
        Stated minima with a lower value next to them.
    """

    name: str
    gradient_error: float
    hessian_error: float
    worst_point: tuple[float, ...]
    false_minima: tuple[tuple[float, ...], ...]

    @property
    def ok(self) -> bool:
        """Whether everything passed."""
        return self.gradient_error <= 1 and self.hessian_error <= 1 and not self.false_minima

    def __str__(self) -> str:
        rows = [
            f"{self.name or 'landscape'}: {'passed' if self.ok else 'FAILED'}",
            f"  gradient  {_verdict(self.gradient_error)}",
            f"  hessian   {_verdict(self.hessian_error)}",
            f"  minima    {'passed' if not self.false_minima else f'lower values next to {self.false_minima}'}",
        ]
        if max(self.gradient_error, self.hessian_error) > 1:
            rows.append(f"  largest deviation at x = {self.worst_point}")
        return "\n".join(rows)


def _verdict(error: float) -> str:
    return f"{'passed' if error <= 1 else 'FAILED'}, {error:.2g} of the accuracy of finite differences"


def check(
    name: str,
    field: Evaluator,
    given: tuple[bool, bool],
    points: FloatArray,
    minima: Sequence[Sequence[float]],
) -> CheckReport:
    """Check the given ones of gradient and Hessian at points of shape (n, d), and the stated minima."""
    zero = np.zeros(len(points))
    slopes = _deviation(field.values, field.gradients, points) if given[0] else zero
    bends = _deviation(field.gradients, field.hessians, points) if given[1] else zero
    worst = int(np.argmax(np.maximum(slopes, bends)))
    false = tuple(tuple(minimum) for minimum in minima if _has_lower_neighbour(field, np.array(minimum)))
    place = tuple(float(entry) for entry in points[worst])
    return CheckReport(name, float(slopes.max()), float(bends.max()), place, false)


def drawn_points(
    dim: int, domain: tuple[Sequence[float], Sequence[float]] | None, kinks: tuple[Any, ...]
) -> FloatArray:
    """Draw points of shape (n, d) in the domain, or in [-2, 2]^d, away from kinks."""
    lower, upper = np.array(((-2.0,) * dim, (2.0,) * dim) if domain is None else domain)
    points = lower + (upper - lower) * np.random.default_rng(0).random((4 * N_POINTS, dim))
    near = np.zeros(len(points), dtype=bool)
    for axis, planes in enumerate((kinks,) if dim == 1 else kinks):
        for kink in planes:
            near |= np.abs(points[:, axis] - kink) < 16 * FIRST * max(1.0, abs(kink))
    drawn: FloatArray = points[~near][:N_POINTS]
    return drawn


def _deviation(
    field: Callable[[FloatArray], FloatArray],
    derivative: Callable[[FloatArray], FloatArray],
    points: FloatArray,
) -> FloatArray:
    """Deviation per point over the spread of two difference quotients plus their rounding."""
    h = 4 * float(step_sizes(points, None, FIRST).max())
    coarse, fine = (first_differences(field, points, (scale * h,) * points.shape[1]) for scale in (1.0, 0.5))
    size = _rows(np.abs(field(points))).max(axis=1) + _rows(np.abs(derivative(points))).max(axis=1)
    rounding = 256 * EPSILON * (size + np.abs(points).max(axis=1)) / h
    spread = _rows(np.abs(coarse - fine)).max(axis=1)
    error = _rows(np.abs(derivative(points) - (4 * fine - coarse) / 3)).max(axis=1)
    # Extrapolated, the difference is far more accurate than its spread: a pass leaves a wide margin.
    ratio: FloatArray = np.where(np.isfinite(error), error, np.inf) / (spread + rounding)
    result: FloatArray = np.where(np.isfinite(size), ratio, 0.0)
    return result


def _rows(entries: FloatArray) -> FloatArray:
    return entries.reshape(len(entries), -1)


def _has_lower_neighbour(field: Evaluator, minimum: FloatArray) -> bool:
    # Rounding of the value allows for a few units in the last place.
    directions = np.random.default_rng(0).standard_normal((64, minimum.size))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    around = field.values(minimum + PROBE * np.maximum(1.0, np.abs(minimum).max()) * directions)
    here = float(field.values(minimum[None])[0])
    return bool((around < here - 16 * EPSILON * abs(here)).any())
