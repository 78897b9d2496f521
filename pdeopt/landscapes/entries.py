"""What the entries of the catalogue share: how one is put together, and how its minima are polished."""

from collections.abc import Callable, Sequence
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.landscapes.landscape import Landscape

MOST_MINIMA = 128
NEWTON_STEPS = 50


def entry(kernels: ModuleType, stem: str, /, **facts: Any) -> Landscape:
    """Make a landscape of three kernels: `stem`, and `stem` with _gradient and with _hessian."""
    functions = (getattr(kernels, stem + suffix) for suffix in ("", "_gradient", "_hessian"))
    return Landscape(*functions, **({"name": stem, "vectorised": True} | facts))


def cube(lower: float, upper: float, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return a box with the same ends on every axis."""
    return (lower,) * dim, (upper,) * dim


def combinations(positions: Sequence[float], dim: int) -> tuple[tuple[float, ...], ...]:
    """Return every point with coordinates from `positions`, or only those on the diagonal where there are too many."""
    if len(positions) ** dim > MOST_MINIMA:
        return tuple((position,) * dim for position in positions)
    return tuple(product(positions, repeat=dim))


def polished(f: Landscape, starts: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    """Return the stationary points that Newton's method reaches from nearby starts, to rounding."""
    points = np.asarray(starts, dtype=float).reshape(-1, f.dim)
    for _ in range(NEWTON_STEPS):
        moves = np.linalg.solve(f.hessian_at(points), f.gradient_at(points)[..., None])[..., 0]
        points = points - moves
        if (np.abs(moves) <= 4 * np.finfo(float).eps * np.maximum(1.0, np.abs(points))).all():
            break
    return tuple(tuple(float(entry) for entry in point) for point in points)


def minima_between(
    gradient: Callable[[FloatArray], FloatArray], lower: float, upper: float, widest: float
) -> list[float]:
    """Return where a scalar gradient turns from negative to positive, by bisection; minima closer than `widest` may be missed."""
    nodes = np.linspace(lower, upper, 2 + int((upper - lower) / widest))
    signs = np.sign(gradient(nodes))
    rising = np.flatnonzero((signs[:-1] < 0) & (signs[1:] >= 0))
    left, right = nodes[rising], nodes[rising + 1]
    for _ in range(64):
        middle = 0.5 * (left + right)
        below = gradient(middle) < 0
        left, right = np.where(below, middle, left), np.where(below, right, middle)
    return [float(root) for root in 0.5 * (left + right)]
