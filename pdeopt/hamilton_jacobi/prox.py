"""The minimiser of the Hopf-Lax formula, refined on a smooth local model of the landscape."""

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.problem import Problem
from pdeopt.landscapes import Landscape

__all__ = ["local_model", "polished_prox"]

NEWTON_STEPS = 8


def local_model(problem: Problem, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return gradient and Hessian of the initial data at points: the landscape's own, else those of differences.

    Parameters
    ----------
    points : array, shape (..., d)

    Returns
    -------
    gradient : array, shape (..., d)
        Of sampled values: that of the quadratic model of the nearest node.
    hessian : array, shape (..., d, d)
    """
    if problem.landscape is not None:
        return problem.landscape.gradient_at(points), problem.landscape.hessian_at(points)
    gradient, hessian = difference_derivatives(problem.initial, problem.grid)
    place = _nearest(problem.grid, points)
    offset = points - _nodes(problem.grid, place)
    # The model of a node holds as far as its neighbours; beyond the grid it stays constant.
    offset = np.where(np.abs(offset) <= np.array(problem.grid.spacing), offset, 0.0)
    local = hessian[place]
    return gradient[place] + (local @ offset[..., None])[..., 0], local


def difference_derivatives(values: FloatArray, grid: Grid) -> tuple[FloatArray, FloatArray]:
    """Return central first and second differences at the nodes, one-sided at edges and walls."""
    gradient = np.empty((*values.shape, grid.dim))
    hessian = np.empty((*values.shape, grid.dim, grid.dim))
    for a in range(grid.dim):
        gradient[..., a] = _slope(values, grid, a)
        hessian[..., a, a] = _second(values, grid, a)
    for a in range(grid.dim):
        for b in range(a):
            mixed = 0.5 * (_slope(gradient[..., a], grid, b) + _slope(gradient[..., b], grid, a))
            hessian[..., a, b] = hessian[..., b, a] = mixed
    return gradient, hessian


def _padded(values: FloatArray, grid: Grid, k: int) -> tuple[FloatArray, FloatArray]:
    """Return values and nodes along axis `k`, last, with one more entry at each end.

    The new entry is the periodic image, or a copy of the edge.
    """
    nodes = np.asarray(grid.axes[k])
    moved = np.moveaxis(values, k, -1)
    if grid.periodic[k]:
        period = grid.upper[k] - grid.lower[k]
        places = np.concatenate([[nodes[-1] - period], nodes, [nodes[0] + period]])
        return np.concatenate([moved[..., -1:], moved, moved[..., :1]], axis=-1), places
    places = np.concatenate([[2 * nodes[0] - nodes[1]], nodes, [2 * nodes[-1] - nodes[-2]]])
    return np.concatenate([moved[..., :1], moved, moved[..., -1:]], axis=-1), places


def _slopes(values: FloatArray, grid: Grid, k: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return left and right slopes at every node, NaN where there is none, and the node distances."""
    extended, places = _padded(values, grid, k)
    with np.errstate(invalid="ignore"):
        slopes = np.diff(extended) / np.diff(places)
    slopes[~np.isfinite(slopes)] = np.nan
    if not grid.periodic[k]:
        slopes[..., 0] = slopes[..., -1] = np.nan
    return slopes[..., :-1], slopes[..., 1:], np.diff(places)


def _slope(values: FloatArray, grid: Grid, k: int) -> FloatArray:
    """Return first differences along axis `k`: central and of second order, else one-sided, else zero."""
    left, right, gaps = _slopes(values, grid, k)
    before, after = gaps[:-1], gaps[1:]
    central = (left * after + right * before) / (before + after)
    one_sided = np.where(np.isnan(left), right, left)
    result = np.where(np.isnan(central), one_sided, central)
    return np.moveaxis(np.where(np.isnan(result), 0.0, result), -1, k)


def _second(values: FloatArray, grid: Grid, k: int) -> FloatArray:
    """Return second differences along axis `k`; an end takes that of its neighbour."""
    left, right, gaps = _slopes(values, grid, k)
    second = 2.0 * (right - left) / (gaps[:-1] + gaps[1:])
    second[..., 0] = np.where(np.isnan(second[..., 0]), second[..., min(1, second.shape[-1] - 1)], second[..., 0])
    second[..., -1] = np.where(np.isnan(second[..., -1]), second[..., -2], second[..., -1])
    return np.moveaxis(np.where(np.isnan(second), 0.0, second), -1, k)


def _nearest(grid: Grid, points: FloatArray) -> tuple[FloatArray, ...]:
    """Return the index of the node nearest to every point, one array per axis."""
    place = []
    for k, axis in enumerate(grid.axes):
        nodes, inside = np.asarray(axis), points[..., k]
        if grid.periodic[k]:
            period = grid.upper[k] - grid.lower[k]
            inside = grid.lower[k] + np.mod(inside - grid.lower[k], period)
        right = np.clip(np.searchsorted(nodes, inside), 1, nodes.size - 1)
        place.append(np.where(inside - nodes[right - 1] < nodes[right] - inside, right - 1, right))
    return tuple(place)


def _nodes(grid: Grid, place: tuple[FloatArray, ...]) -> FloatArray:
    """Return the positions of nodes given by their indices."""
    return np.stack([np.asarray(axis)[index] for axis, index in zip(grid.axes, place, strict=True)], axis=-1)


def polished_prox(problem: Problem, start: FloatArray, time: float) -> tuple[FloatArray, FloatArray]:
    """Return the minimiser near `start` of `f(y) + |x - y|^2 / (2 t)` and the Hessian of `f` there.

    Newton's method on the landscape itself, or one step on the quadratic model of sampled values; a step is kept
    where it does not raise the objective and stays within a few nodes. At a kink the start stands and the Hessian is
    infinite: returned so that the relaxed Hessian is `1 / t` along the axes.
    """
    points = problem.grid.points()
    if problem.landscape is None:
        return _sampled_prox(problem, points, start, time)
    return _newton_prox(problem.landscape, problem, points, start, time)


def _newton_step(gradient: FloatArray, hessian: FloatArray, offset: FloatArray, time: float) -> FloatArray:
    """Return the Newton step of the objective, zero where its Hessian is not positive definite."""
    dim = offset.shape[-1]
    objective = hessian + np.eye(dim) / time
    definite: BoolArray = np.asarray(np.isfinite(objective).all(axis=(-2, -1)))
    definite &= np.linalg.eigvalsh(np.where(definite[..., None, None], objective, np.eye(dim))).min(axis=-1) > 0.0
    residual = np.where(definite[..., None], gradient + offset / time, 0.0)
    step = np.linalg.solve(np.where(definite[..., None, None], objective, np.eye(dim)), residual[..., None])[..., 0]
    return np.where(np.isfinite(step), -step, 0.0)


def _sampled_prox(
    problem: Problem, points: FloatArray, start: FloatArray, time: float
) -> tuple[FloatArray, FloatArray]:
    gradient, hessian = local_model(problem, start)
    step = _newton_step(gradient, hessian, start - points, time)
    limit = np.array(problem.grid.spacing)
    short = np.asarray((np.abs(step) <= limit).all(axis=-1))
    return start + np.where(short[..., None], step, 0.0), hessian


def _newton_prox(
    landscape: Landscape, problem: Problem, points: FloatArray, start: FloatArray, time: float
) -> tuple[FloatArray, FloatArray]:
    limit = 3.0 * np.array(problem.grid.spacing)
    prox = start.copy()
    best = landscape(start) + ((points - start) ** 2).sum(axis=-1) / (2.0 * time)
    rounding = 8.0 * np.finfo(float).eps * (np.abs(best) + 1e-300)
    # A step that raises the objective, or leaves the well that the envelope chose, is not taken.
    for _ in range(NEWTON_STEPS):
        step = _newton_step(landscape.gradient_at(prox), landscape.hessian_at(prox), prox - points, time)
        trial = prox + step
        value = landscape(trial) + ((points - trial) ** 2).sum(axis=-1) / (2.0 * time)
        good = (value <= best + rounding) & (np.abs(trial - start) <= limit).all(axis=-1)
        prox = np.where(np.asarray(good)[..., None], trial, prox)
        best = np.where(good, np.minimum(value, best), best)
        if not (np.asarray(good)[..., None] & (np.abs(step) > 1e-15 * (1.0 + np.abs(prox)))).any():
            break
    hessian = landscape.hessian_at(prox)
    return prox, _at_kinks(landscape, points, prox, hessian, time)


def _at_kinks(
    landscape: Landscape, points: FloatArray, prox: FloatArray, hessian: FloatArray, time: float
) -> FloatArray:
    """Make the curvature huge along axes where the minimiser sits on a kink: there the residual does not vanish."""
    residual = np.abs(landscape.gradient_at(prox) + (prox - points) / time)
    scale = np.abs(landscape.gradient_at(prox)) + np.abs(prox - points) / time + 1e-12
    stuck = ~(residual <= 1e-6 * scale + 1e-9)
    huge = 1e12 * (1.0 + 1.0 / time)
    cleaned = np.where(np.isfinite(hessian), hessian, 0.0)
    return cleaned + np.where(stuck, huge, 0.0)[..., None] * np.eye(prox.shape[-1])
