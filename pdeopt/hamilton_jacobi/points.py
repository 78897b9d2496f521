"""The solution at points off the grid, by the same formula."""

from dataclasses import replace

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.passes import Softmin, hopf_lax_along, softmin_along
from pdeopt.hamilton_jacobi.problem import Problem
from pdeopt.hamilton_jacobi.sampling import continued_nodes
from pdeopt.hamilton_jacobi.solution import Stage, solve_stages

__all__ = ["covering_grid", "mirrored", "values_at"]

GROUP = 64


def values_at(stage: Stage, points: FloatArray) -> FloatArray:
    """Return the solution at points of shape (n, d).

    The state is transformed once along the first axis for all points of a group, then along the others for each
    distinct coordinate. One dimension takes a single pass. Points beyond the grid are mirrored at reflecting ends, and
    a landscape is sampled further out for them.

    Returns
    -------
    array, shape (n,)
        In the order of the points.
    """
    points = mirrored(stage.problem, points)
    wider = None if stage.time == 0.0 else covering_grid(stage.problem, points)
    if wider is not None:
        stage = solve_stages(replace(stage.problem, grid=wider), np.array([stage.time]))[0]
    # Sorted points share coordinates, and outputs of a pass have to increase.
    order = np.lexsort(points.T[::-1])
    result = np.empty(points.shape[0])
    size = GROUP if points.shape[1] > 1 else max(points.shape[0], 1)
    for first in range(0, points.shape[0], size):
        chosen = order[first : first + size]
        result[chosen] = _reduce(stage, stage.state.field, 0, points[chosen])
    return result


def mirrored(problem: Problem, points: FloatArray) -> FloatArray:
    """Return the points with those beyond a reflecting end moved to their images in the grid."""
    grid, moved = problem.grid, points.copy()
    for k, name in enumerate(problem.boundary):
        low, length = grid.lower[k], grid.extent[k]
        outside = (points[:, k] < low) | (points[:, k] > grid.upper[k])
        if name == "reflecting" and outside.any():
            # A saw tooth of twice the length.
            moved[outside, k] = low + length - np.abs(np.mod(points[outside, k] - low, 2.0 * length) - length)
    return moved


def covering_grid(problem: Problem, points: FloatArray) -> Grid | None:
    """Return the grid continued over points beyond its free ends, or None where what is sampled serves them."""
    grid, free = problem.grid, np.array([name == "free" for name in problem.boundary])
    low = np.where(free, points.min(axis=0, initial=np.inf), grid.lower)
    high = np.where(free, points.max(axis=0, initial=-np.inf), grid.upper)
    if problem.landscape is None or ((low >= grid.lower) & (high <= grid.upper)).all():
        return None
    axes = [continued_nodes(grid, k, low[k], high[k]) for k in range(grid.dim)]
    return Grid.from_axes(*axes, periodic=grid.periodic)


def _reduce(stage: Stage, field: FloatArray, k: int, points: FloatArray) -> FloatArray:
    """Transform the first axis of `field` at the coordinates `k` of sorted points, then the rest for each of them."""
    if stage.time == 0.0:
        return _initial_at(stage, points)
    places, which = np.unique(points[:, 0], return_inverse=True)
    axis, problem = stage.state.axes[k], stage.problem
    if np.isinf(problem.beta):
        reduced, _ = hopf_lax_along(field, 0, axis, places, stage.time, threads=problem.threads)
        if axis.edge == "constant":
            # Out there the nearest point of the constant is the place itself.
            for end, beyond in ((0, places < axis.nodes[0]), (-1, places > axis.nodes[-1])):
                reduced[beyond] = np.minimum(reduced[beyond], field[end])
    else:
        reduced, _ = softmin_along(field, 0, axis, Softmin(places, axis.variance, problem.beta), None, problem.threads)
    if field.ndim == 1:
        return reduced[which]
    result = np.empty(points.shape[0])
    for i in range(places.size):
        mine = np.flatnonzero(which == i)
        mine = mine[np.argsort(points[mine, 1], kind="stable")]
        result[mine] = _reduce(stage, reduced[i], k + 1, points[mine, 1:])
    return result


def _initial_at(stage: Stage, points: FloatArray) -> FloatArray:
    """Return the landscape itself, which is the solution at time zero."""
    landscape = stage.problem.landscape
    if landscape is None:
        raise ValueError(
            "at() of sampled values at time 0 has no formula; use a positive time or interpolate `initial`."
        )
    return np.asarray(landscape(points), dtype=float)
