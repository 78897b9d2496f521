"""Given derivatives against finite differences, and stated minima against their surroundings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.landscapes.evaluators import Evaluator
from pdeopt.landscapes.numerical import EPSILON, FIRST, first_differences, step_sizes

N_POINTS = 200
PROBE = 1e-4


class Checked(Protocol):
    """The facts of a landscape that a check reads."""

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def kinks(self) -> tuple[Any, ...]: ...
    @property
    def minima(self) -> tuple[tuple[float, ...], ...]: ...
    @property
    def domain(self) -> tuple[tuple[float, ...], tuple[float, ...]] | None: ...
    @property
    def gradient_kind(self) -> str: ...
    @property
    def hessian_kind(self) -> str: ...
    @property
    def _evaluator(self) -> Evaluator: ...


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Parameters
    ----------
    name : str
        The landscape.
    gradient_error, hessian_error : float
        Largest deviation from finite differences, in units of what differences can resolve: at most 1 is a pass.
        Zero for a derivative that is itself numerical.
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


def check(f: Checked, points: FloatArray | None) -> CheckReport:
    """Check a landscape at points of shape (n, d), by default drawn in its domain away from kinks."""
    at = _drawn_points(f) if points is None else points
    field = f._evaluator
    slopes = (
        _deviation(field.values, field.gradients, at) if f.gradient_kind == "given" else np.zeros(len(at))
    )
    bends = (
        _deviation(field.gradients, field.hessians, at) if f.hessian_kind == "given" else np.zeros(len(at))
    )
    worst = int(np.argmax(np.maximum(slopes, bends)))
    false = tuple(minimum for minimum in f.minima if _has_lower_neighbour(field, np.array(minimum)))
    place = tuple(float(entry) for entry in at[worst])
    return CheckReport(f.name, float(slopes.max()), float(bends.max()), place, false)


def _drawn_points(f: Checked) -> FloatArray:
    lower, upper = np.array(f.domain if f.domain is not None else ((-2.0,) * f.dim, (2.0,) * f.dim))
    points = lower + (upper - lower) * np.random.default_rng(0).random((4 * N_POINTS, f.dim))
    near = np.zeros(len(points), dtype=bool)
    for axis in range(f.dim):
        planes = f.kinks if f.dim == 1 else (f.kinks[axis] if f.kinks else ())
        for kink in planes:
            near |= np.abs(points[:, axis] - kink) < 16 * FIRST * max(1.0, abs(kink))
    return points[~near][:N_POINTS]


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
    ratio = np.where(np.isfinite(error), error, np.inf) / (spread + rounding)
    return np.where(np.isfinite(size), ratio, 0.0)


def _rows(entries: FloatArray) -> FloatArray:
    return entries.reshape(len(entries), -1)


def _has_lower_neighbour(field: Evaluator, minimum: FloatArray) -> bool:
    directions = np.random.default_rng(0).standard_normal((64, minimum.size))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    around = field.values(minimum + PROBE * np.maximum(1.0, np.abs(minimum).max()) * directions)
    here = float(field.values(minimum[None])[0])
    return bool((around < here - 16 * EPSILON * abs(here)).any())
