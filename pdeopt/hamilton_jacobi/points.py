"""The solution at points off the grid, by the same formula."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.passes import Softmin, hopf_lax_along, softmin_along
from pdeopt.hamilton_jacobi.solution import Stage

__all__ = ["values_at"]

GROUP = 64


def values_at(stage: Stage, points: FloatArray) -> FloatArray:
    """Return the solution at points of shape (n, d).

    The state is transformed once along the first axis for all points of a group, then along the others for each
    distinct coordinate. One dimension takes a single pass.

    Returns
    -------
    array, shape (n,)
        In the order of the points.
    """
    # Sorted points share coordinates, and outputs of a pass have to increase.
    order = np.lexsort(points.T[::-1])
    result = np.empty(points.shape[0])
    size = GROUP if points.shape[1] > 1 else max(points.shape[0], 1)
    for first in range(0, points.shape[0], size):
        chosen = order[first : first + size]
        result[chosen] = _reduce(stage, stage.state.field, 0, points[chosen])
    return result


def _reduce(stage: Stage, field: FloatArray, k: int, points: FloatArray) -> FloatArray:
    """Transform the first axis of `field` at the coordinates `k` of sorted points, then the rest for each of them."""
    if stage.time == 0.0:
        return _initial_at(stage, points)
    places, which = np.unique(points[:, 0], return_inverse=True)
    axis, problem = stage.state.axes[k], stage.problem
    if np.isinf(problem.beta):
        reduced, _ = hopf_lax_along(field, 0, axis, places, stage.time, threads=problem.threads)
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
