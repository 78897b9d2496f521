"""What the entries of the catalogue share: how one is put together, and how its minima are found."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.landscapes.landscape import Landscape

MOST_MINIMA = 128
MOST_STEPS = 200
NEARBY = 1e-9
"""Of the size of a point: farther away steps may grow again."""
EPSILON = float(np.finfo(float).eps)
HALVINGS = 2.0 ** -np.arange(12)


def entry(kernels: ModuleType, stem: str, /, **facts: Any) -> Landscape:
    """Make a landscape of three kernels: `stem`, and `stem` with _gradient and with _hessian."""
    functions = (getattr(kernels, stem + suffix) for suffix in ("", "_gradient", "_hessian"))
    known: dict[str, Any] = {"name": stem, "vectorised": True} | facts
    return Landscape(*functions, **known)


def cube(lower: float, upper: float, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return a box with the same ends on every axis."""
    return (lower,) * dim, (upper,) * dim


def combinations(positions: Sequence[float], dim: int) -> tuple[tuple[float, ...], ...]:
    """Return every point with coordinates from `positions`, or, if they are too many, the diagonal ones."""
    if len(positions) ** dim > MOST_MINIMA:
        return tuple((position,) * dim for position in positions)
    return tuple(product(positions, repeat=dim))


def require_positive(**parameters: float) -> None:
    """Refuse parameters that are not positive and finite."""
    for name, value in parameters.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name}={value!r} must be positive and finite, e.g. {name}=1.0.")


def with_minima(f: Landscape, starts: ArrayLike) -> Landscape:
    """Return `f` with the minima that descent reaches from `starts`, in order of their value."""
    points = np.asarray(starts, dtype=float).reshape(-1, f.dim)
    before = np.inf
    for _ in range(MOST_STEPS):
        points, size = _newton_step(f, points)
        # So close, steps that shrink no more are rounding.
        if not size > 2 * EPSILON or before <= size <= NEARBY:
            break
        before = size
    found: list[FloatArray] = []
    for point in points[np.argsort(f(points), kind="stable")]:
        if all(np.abs(point - other).max() > 1e-7 * max(1.0, np.abs(point).max()) for other in found):
            found.append(point)
    return replace(f, minima=tuple(tuple(point) for point in found))


def _newton_step(f: Landscape, points: FloatArray) -> tuple[FloatArray, float]:
    """Step by Newton's method, the Hessian's eigenvalues made positive, halved until the value falls.

    Returns the points and the largest entry of a step, in units of one or of the entry of its point.
    """
    bends, axes = np.linalg.eigh(f.hessian_at(points))
    slopes = np.swapaxes(axes, -1, -2) @ f.gradient_at(points)[..., None]
    move = -(axes @ (slopes / np.maximum(np.abs(bends), EPSILON)[..., None]))[..., 0]
    here = f(points)
    trials = points + HALVINGS[:, None, None] * move
    falls = f(trials) <= here
    # Close to the minimum rounding hides the fall of the value, and Newton's step needs no safeguard.
    falls[0] |= np.abs(move).max(axis=-1) <= 1e-5 * np.maximum(1.0, np.abs(points).max(axis=-1))
    size = np.where(falls.any(axis=0), HALVINGS[falls.argmax(axis=0)], 0.0)
    step = size[:, None] * move
    return points + step, float((np.abs(step) / np.maximum(1.0, np.abs(points))).max(initial=0.0))


def minima_between(
    gradient: Callable[[FloatArray], FloatArray], lower: float, upper: float, gap: float
) -> tuple[tuple[float], ...]:
    """Return where a gradient turns from negative to positive between nodes `gap` apart, by bisection."""
    nodes = np.linspace(lower, upper, 2 + int((upper - lower) / gap))
    signs = np.sign(gradient(nodes))
    rising = np.flatnonzero((signs[:-1] < 0) & (signs[1:] >= 0))
    left, right = nodes[rising], nodes[rising + 1]
    for _ in range(64):
        middle = 0.5 * (left + right)
        below = gradient(middle) < 0
        left, right = np.where(below, middle, left), np.where(below, right, middle)
    return tuple((float(root),) for root in right)
