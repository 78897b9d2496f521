"""Global minima of ``f(y) + |y - x|^2 / (2 t)`` in two and three dimensions: Newton's method from valleys of a grid."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import minimum_filter
from scipy.optimize import minimize

from pdeopt._types import FloatArray
from pdeopt.landscapes import Landscape

__all__ = ["Basins", "find_basins"]

DEPTH = 60.0
NODES = {2: 129, 3: 41}
"""Nodes per axis of the grid on which valleys are looked for."""
EPSILON = float(np.finfo(float).eps)
HALVINGS = 2.0 ** -np.arange(12)
FURTHEST = 1e100


@dataclass(frozen=True, eq=False)
class Basins:
    """Local minima of the cost at one point, the lowest first.

    Parameters
    ----------
    place : array, shape (k, d)
    cost : array, shape (k,)
    reach : float
        Radius of the box about x outside which nothing counts.
    evaluations : int
    """

    place: FloatArray
    cost: FloatArray
    reach: float
    evaluations: int


def cost(f: Landscape, x: FloatArray, time: float, y: FloatArray) -> FloatArray:
    """Loss and distance at points of shape (..., d)."""
    total: FloatArray = np.asarray(f(y)) + 0.5 * np.square(y - x).sum(axis=-1) / time
    return total


def find_basins(f: Landscape, x: FloatArray, time: float, beta: float) -> Basins:
    """Find the local minima that may count at inverse temperature `beta`."""
    allowance = DEPTH / beta
    reach, count = _reach(f, x, time, beta, allowance)
    # Twice: the second look, at what the first has left, is finer.
    found = np.empty((0, f.dim))
    for _ in range(2):
        starts = np.concatenate([found, _valleys(f, x, time, reach), _stated(f, x, reach)])
        found = _descended(f, x, time, starts)
        height = cost(f, x, time, found).min() - _floor(f, x, reach)
        reach = min(reach, float(np.sqrt(2.0 * time * max(height + allowance, 0.0))) + 1e-9 * reach)
    place = _different(found, cost(f, x, time, found))
    if np.isinf(beta):
        place = np.concatenate([_settled(f, x, time, place[0])[None], place[1:]])
    heights = cost(f, x, time, place)
    order = np.argsort(heights, kind="stable")
    kept = order[heights[order] <= heights.min() + allowance + 1e-9 * (1 + abs(heights.min())) * np.isinf(beta)]
    return Basins(place[kept], heights[kept], reach, count + 2 * NODES[f.dim] ** f.dim + 50 * len(starts))


def _floor(f: Landscape, x: FloatArray, reach: float) -> float:
    """Return the lowest value stated, or else the lowest seen in the box."""
    if f.minima:
        return float(np.min(f(np.array(f.minima))))
    return float(np.min(f(_box(x, reach, NODES[f.dim]))))


def _box(x: FloatArray, reach: float, nodes: int) -> FloatArray:
    line = np.linspace(-reach, reach, nodes)
    return x + np.stack(np.meshgrid(*[line] * len(x), indexing="ij"), axis=-1)


def _reach(f: Landscape, x: FloatArray, time: float, beta: float, allowance: float) -> tuple[float, int]:
    """Return a radius beyond which the cost is above what counts, from stated minima or from ever wider samples."""
    floor = float(np.min(f(np.array(f.minima)))) if f.minima else np.inf
    sigma = np.sqrt(time / (beta if np.isfinite(beta) else 1e4))
    reach, best, count = 9.0 * sigma, np.inf, 0
    while reach < FURTHEST:
        box = _box(x, reach, 17)
        losses = np.asarray(f(box))
        heights = losses + 0.5 * np.square(box - x).sum(axis=-1) / time
        best = min(best, float(heights.min()))
        lowest = box.reshape(-1, f.dim)[heights.argmin()]
        low = float(losses.min()) if not np.isfinite(floor) else min(floor, float(losses.min()))
        needed = np.sqrt(2.0 * time * max(best - low + allowance, 0.0)) + 6.0 * sigma * np.isfinite(beta)
        if not np.isfinite(floor) and np.abs(lowest - x).max() >= 0.9 * reach:
            # What is lowest at an edge goes on beyond it.
            needed = np.inf
        count += losses.size
        if needed <= reach:
            return float(max(needed, 9.0 * sigma if np.isfinite(beta) else needed, 1e-12)), count
        reach = max(1.5 * reach, min(float(needed), 8.0 * reach))
    raise ValueError(
        f"time={time:g}: {f.name or 'the landscape'} falls off so fast far from x={x.tolist()} that the integral of "
        f"exp(-beta f) against the Gaussian kernel diverges. Use a shorter time, such as {0.1 * time:g}."
    )


def _stated(f: Landscape, x: FloatArray, reach: float) -> FloatArray:
    known = np.reshape(np.array(f.minima), (-1, f.dim))
    return np.concatenate([x[None], known[np.abs(known - x).max(axis=1, initial=0.0) <= reach]])


def _valleys(f: Landscape, x: FloatArray, time: float, reach: float) -> FloatArray:
    """Nodes no higher than their neighbours."""
    box = _box(x, reach, NODES[f.dim])
    heights = cost(f, x, time, box)
    low = np.isfinite(heights) & (heights <= minimum_filter(heights, 3, mode="nearest"))
    places = box[low]
    return places[np.argsort(heights[low], kind="stable")[:512]]


def _descended(f: Landscape, x: FloatArray, time: float, y: FloatArray) -> FloatArray:
    """Newton's method from each start, eigenvalues made positive, halved until the cost falls."""
    with np.errstate(invalid="ignore", over="ignore"):
        for _ in range(60):
            slope = f.gradient_at(y) + (y - x) / time
            bend, axes = np.linalg.eigh(f.hessian_at(y) + np.eye(len(x)) / time)
            along = (np.swapaxes(axes, 1, 2) @ slope[..., None])[..., 0]
            move = -(axes @ (along / np.maximum(np.abs(bend), EPSILON))[..., None])[..., 0]
            here = cost(f, x, time, y)
            trials = y + HALVINGS[:, None, None] * move
            falls = cost(f, x, time, trials) <= here
            size = np.where(falls.any(axis=0), HALVINGS[falls.argmax(axis=0)], 0.0)[:, None]
            y = y + size * move
            if not (np.abs(size * move) > 4 * EPSILON * np.maximum(1.0, np.abs(y))).any():
                break
    return y


def _different(places: FloatArray, heights: FloatArray) -> FloatArray:
    """Return the places without repetitions, in order of height."""
    found: list[FloatArray] = []
    for place in places[np.argsort(heights, kind="stable")]:
        if all(np.abs(place - other).max() > 1e-6 * max(1.0, np.abs(place).max()) for other in found):
            found.append(place)
    return np.array(found)


def _settled(f: Landscape, x: FloatArray, time: float, y: FloatArray) -> FloatArray:
    """Go on without derivatives where Newton's method has stopped at a kink."""
    slope = f.gradient_at(y) + (y - x) / time
    if np.abs(slope).max() <= 1e-7 * (1.0 + np.abs(y - x).max() / time):
        return y

    def at(place: FloatArray) -> float:
        return float(cost(f, x, time, place))

    exact = {"xatol": 1e-12, "fatol": 0.0, "maxiter": 4000, "maxfev": 4000}
    found: Any = minimize(at, y, method="Nelder-Mead", options=exact)  # type: ignore[call-overload]
    return np.asarray(found.x, dtype=float)
