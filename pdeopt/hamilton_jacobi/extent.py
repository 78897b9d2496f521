"""How far beyond a grid, and how finely, a landscape has to be sampled."""

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.hamilton_jacobi.axes import Axis
from pdeopt.hamilton_jacobi.passes import hopf_lax_along
from pdeopt.hamilton_jacobi.problem import Problem
from pdeopt.landscapes import Landscape

__all__ = ["free_box", "steepest_curvature"]

PROBES = {1: 4097, 2: 161, 3: 41}
NEGLIGIBLE = 68.0
"""Energy, in units of 1/beta, above the bound of the solution from which a point does not count."""
RELEVANT = 12.0
FARTHEST = 1e9
SETTLED = 16
"""Doublings of the search box after which what matters is taken to be inside, however low the landscape falls."""
TIGHTENINGS = 8


def _envelope(values: FloatArray, axes: list[FloatArray], outputs: list[FloatArray], time: float) -> FloatArray:
    """Return the Hopf-Lax envelope of node values alone, at other nodes."""
    for k, (nodes, places) in enumerate(zip(axes, outputs, strict=True)):
        values, _ = hopf_lax_along(values, k, Axis(nodes, "wall"), places, time, nodes_only=True)
    return values


def _distance_squared(axes: list[FloatArray], problem: Problem) -> FloatArray:
    """Return the squared distance of every point of the product of `axes` to the box of the grid."""
    grid, total = problem.grid, np.zeros((1,) * problem.grid.dim)
    for k, nodes in enumerate(axes):
        gap = np.maximum(0.0, np.maximum(grid.lower[k] - nodes, nodes - grid.upper[k]))
        total = total + (gap**2).reshape([-1 if i == k else 1 for i in range(grid.dim)])
    return total


def _probe_axes(problem: Problem, reach: float) -> list[FloatArray]:
    """Return a few equally spaced nodes per axis, `reach` beyond the grid where the boundary is free."""
    grid, count = problem.grid, PROBES[problem.grid.dim]
    free = [reach if name == "free" else 0.0 for name in problem.boundary]
    return [np.linspace(grid.lower[k] - free[k], grid.upper[k] + free[k], count) for k in range(grid.dim)]


def _bounding_box(needed: BoolArray, axes: list[FloatArray], problem: Problem) -> list[tuple[float, float]]:
    """Return the smallest box around the needed points and the grid, two probes wider against what lies between."""
    box = []
    for k, nodes in enumerate(axes):
        used = np.flatnonzero(needed.any(axis=tuple(i for i in range(needed.ndim) if i != k)))
        step = nodes[1] - nodes[0]
        low = nodes[used[0]] - 2.0 * step if used.size else np.inf
        high = nodes[used[-1]] + 2.0 * step if used.size else -np.inf
        box.append((min(low, problem.grid.lower[k]), max(high, problem.grid.upper[k])))
    return box


def _probed(
    landscape: Landscape, axes: list[FloatArray], outputs: list[FloatArray], time: float
) -> tuple[FloatArray, float]:
    """Return the landscape at the probes, and the largest value of their envelope at the outputs."""
    # Far out a formula may give NaN (inf - inf): a wall while probing, an error where it is sampled.
    values = np.where(np.isnan(probe := landscape.on_axes(axes)), np.inf, probe)
    return values, float(_envelope(values, axes, outputs, time).max())


def _tightened(
    box: list[tuple[float, float]],
    reach: float,
    landscape: Landscape,
    problem: Problem,
    time: float,
    outputs: list[FloatArray],
) -> list[tuple[float, float]]:
    """Return the box with margins of a few finer probes, where those of a wide search are coarse."""
    for _ in range(TIGHTENINGS):
        ends = zip(box, problem.grid.lower, problem.grid.upper, strict=True)
        needed = max(max(low - inner, outer - high) for (inner, outer), low, high in ends)
        if not 0.0 < needed <= 0.5 * reach:
            return box
        reach = needed
        axes = _probe_axes(problem, reach)
        values, bound = _probed(landscape, axes, outputs, time)
        total = values + _distance_squared(axes, problem) / (2.0 * time)
        inner_box = _bounding_box(total <= bound + NEGLIGIBLE / problem.beta, axes, problem)
        pairs = zip(box, inner_box, strict=True)
        box = [(max(wide[0], tight[0]), min(wide[1], tight[1])) for wide, tight in pairs]
    return box


def free_box(landscape: Landscape, problem: Problem, time: float) -> list[tuple[float, float]]:
    """Return per axis the interval outside of which no point matters to any output.

    A point `y` matters if `f(y) + dist(y, grid)**2 / (2 time)` is below the largest solution on the grid plus
    `NEGLIGIBLE / beta`. The search box doubles until it holds all that matters even if the landscape lay lower beyond
    than the lowest probe, by as much as it varies over the first search box.

    Returns
    -------
    list of (low, high)
        Never smaller than the grid.

    Raises
    ------
    ValueError
        If no box suffices: the landscape falls faster than the quadratic term rises.
    """
    excess = NEGLIGIBLE / problem.beta
    length = max(np.subtract(problem.grid.upper, problem.grid.lower))
    reach = min(max(length / 2, 4.0 * np.sqrt(2.0 * time * excess)), 2.0 * length)
    outputs = [np.asarray(axis)[:: max(axis.size // 64, 1)] for axis in problem.grid.axes]
    # Probing is coarse and cheap: only the box it ends with is sampled in full.
    settled, varies = 0, 0.0
    while reach < FARTHEST * length:
        axes = _probe_axes(problem, reach)
        values, bound = _probed(landscape, axes, outputs, time)
        bound += excess
        if np.isfinite(bound) and np.isfinite(values.min()):
            varies = varies or float(np.ptp(values[np.isfinite(values)]))
            # From where even a well as much deeper could not reach the grid.
            farthest = float(np.sqrt(2.0 * time * (max(bound - float(values.min()), 0.0) + varies)))
            box = _bounding_box(values + _distance_squared(axes, problem) / (2.0 * time) <= bound, axes, problem)
            settled = settled + 1 if _well_inside(box, axes, problem) else 0
            if farthest <= reach or settled == SETTLED:
                return _tightened(box, reach, landscape, problem, time, outputs)
        reach = 2.0 * reach
    raise ValueError(
        f"time={time} is too long for this landscape on boundary='free': it falls faster than -|x|^2 / (2 time), so "
        f"that the solution is -inf. Use a shorter time or boundary='reflecting'."
    )


def _well_inside(box: list[tuple[float, float]], axes: list[FloatArray], problem: Problem) -> bool:
    """Whether the box stays in the inner half of what was probed beyond the grid, on every free axis."""
    inside = True
    for k, (low, high) in enumerate(box):
        if problem.boundary[k] == "free":
            beyond = 0.5 * (problem.grid.lower[k] - axes[k][0])
            inside &= low >= axes[k][0] + beyond and high <= axes[k][-1] - beyond
    return inside


def _dilated(mask: BoolArray) -> BoolArray:
    """Return the mask with all neighbours, diagonal ones too."""
    for k in range(mask.ndim):
        padded = np.moveaxis(mask, k, 0)
        grown = padded.copy()
        grown[1:] |= padded[:-1]
        grown[:-1] |= padded[1:]
        mask = np.moveaxis(grown, 0, k)
    return mask


def steepest_curvature(
    values: FloatArray, axes: list[FloatArray], smooth: list[BoolArray], problem: Problem, time: float
) -> list[float]:
    """Return per axis the largest second difference where some output has weight within `RELEVANT / beta` of its best.

    The points that matter are those below the sup-convolution of the envelope,
    `f(y) <= max_x u(x) + RELEVANT / beta - |x - y|^2 / (2 t)`.

    Parameters
    ----------
    values : array
        The landscape on the product of `axes`.
    smooth : list of bool arrays
        False at nodes beside kinks, where a second difference is no curvature.

    Returns
    -------
    list of float
        Not negative; zero where the landscape is concave.
    """
    outputs = [np.asarray(axis) for axis in problem.grid.axes]
    envelope = _envelope(values, axes, outputs, time)
    # A sup-convolution is an inf-convolution of the negative, so that the linear-time kernel serves twice.
    ceiling = -_envelope(-envelope, outputs, axes, time)
    active = _dilated(values <= ceiling + RELEVANT / problem.beta)
    steepest = []
    for k, nodes in enumerate(axes):
        moved, mask = np.moveaxis(values, k, -1), np.moveaxis(active, k, -1)
        with np.errstate(invalid="ignore"):
            slopes = np.diff(moved) / np.diff(nodes)
            second = np.diff(slopes) / (0.5 * (nodes[2:] - nodes[:-2]))
        usable = mask[..., 1:-1] & smooth[k][1:-1] & np.isfinite(second)
        steepest.append(float(second[usable].max(initial=0.0)))
    return steepest
