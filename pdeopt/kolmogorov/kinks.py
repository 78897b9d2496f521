"""Data that jump or have kinks, on a grid: local projections in place of values at nodes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.interpolate import BSpline, make_interp_spline
from scipy.optimize import brentq

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.boundaries import Wall, Walls
from pdeopt.kolmogorov.problem import Problem

__all__ = ["checked_kinks", "indicator", "projected", "walls_met"]

SPLINE = BSpline.basis_element(np.arange(-3.0, 4.0), extrapolate=False)
"""The B-spline of degree 5, that of six nodes' spacings."""

TAPS = np.array([13.0, -112.0, 438.0, -112.0, 13.0]) / 240.0
"""1 - d^2 / 4 + 13 d^4 / 240 of second differences d^2, which makes averages by the spline exact to degree 5."""

REACH = 5
"""Spacings from a node to the end of its weight: half of the spline, and two for the taps."""

NEAR = 0.25
"""Part of an axis within which a kink makes the end one as well."""

SMOOTH_WALLS = ("linear", "degenerate")
"""Walls at which data are continued by a reflection in a point."""

GAUSS = np.polynomial.legendre.leggauss(10)

Evaluate = Callable[[FloatArray], FloatArray]
Kinks = tuple[FloatArray, ...]


def indicator(lower: float | Sequence[float], upper: float | Sequence[float]) -> Callable[[Any], float]:
    """Return the function that is 1 in a box and 0 outside, with `kinks` at its faces.

    Parameters
    ----------
    lower, upper : float or sequence of float
        Corners of the box, numbers in one dimension; infinite where it has no end.

    Returns
    -------
    callable
        Of a point: data for `Generator.backward`, whose `kinks` are used by themselves.

    Raises
    ------
    ValueError
        If the corners do not match or leave nothing between them.

    Examples
    --------
    >>> positive = indicator(0.0, np.inf)
    >>> positive(1.0), positive(-1.0), positive.kinks
    (1.0, 0.0, (0.0,))
    """
    low, high = (tuple(np.atleast_1d(np.asarray(side, dtype=float)).tolist()) for side in (lower, upper))
    if len(low) != len(high) or not all(a < b for a, b in zip(low, high, strict=True)):
        raise ValueError(
            f"lower={lower!r} and upper={upper!r} are not opposite corners of a box: use as many numbers in both, the "
            "lower ones below, e.g. lower=0.0, upper=float('inf')."
        )
    scalar = np.ndim(lower) == 0
    inside: Any = _interval(low[0], high[0]) if scalar else _box(low, high)
    faces = tuple(tuple(x for x in pair if np.isfinite(x)) for pair in zip(low, high, strict=True))
    inside.kinks = faces[0] if scalar else faces
    return inside  # type: ignore[no-any-return]


def _interval(low: float, high: float) -> Callable[[float], float]:
    def inside(x: float) -> float:
        return 1.0 if low < x < high else 0.0

    return inside


def _box(low: tuple[float, ...], high: tuple[float, ...]) -> Callable[[Sequence[float]], float]:
    def inside(x: Sequence[float]) -> float:
        for k in range(len(low)):
            if not low[k] < x[k] < high[k]:
                return 0.0
        return 1.0

    return inside


def walls_met(problem: Problem) -> Walls:
    """Return the walls as the process meets them: degenerate ones where the diffusion across them vanishes."""
    covariance = problem.covariance_at(problem.points, 0.0)
    faces = [np.moveaxis(covariance[..., axis, axis], axis, 0) for axis in range(problem.grid.dim)]
    return tuple(
        (_met(low, face[0]), _met(high, face[-1])) for (low, high), face in zip(problem.walls, faces, strict=True)
    )


def _met(wall: Wall, variance: FloatArray) -> Wall:
    return "degenerate" if wall == "reflecting" and not np.any(variance) else wall


def checked_kinks(kinks: Any, data: Any, grid: Grid) -> Kinks:
    """Return the positions of kinks along each axis: those given, or those the data know of."""
    given = getattr(data, "kinks", ()) if kinks is None else kinks
    per_axis = (given,) if grid.dim == 1 else given
    if grid.dim > 1 and hasattr(given, "__len__") and not len(given):
        return (np.empty(0),) * grid.dim
    try:
        columns = tuple(np.unique(_positions_of(axis)) for axis in per_axis)
    except (TypeError, ValueError):
        columns = ()
    if len(columns) != grid.dim:
        example = "kinks=[0.0]" if grid.dim == 1 else f"kinks={([0.0],) + ([],) * (grid.dim - 1)}"
        raise ValueError(
            f"kinks={given!r} must be finite positions, in more than one dimension one sequence per axis: {grid.dim} "
            f"of them, e.g. {example}."
        )
    return columns


def _positions_of(axis: Any) -> FloatArray:
    positions = np.asarray(axis, dtype=float)
    if positions.ndim > 1 or not np.isfinite(positions).all():
        raise ValueError("one axis' positions are numbers")
    return positions.reshape(-1)


def projected(evaluate: Evaluate, grid: Grid, kinks: Kinks, walls: Walls) -> FloatArray:
    """Return values at the nodes that stand for data with kinks, shape ``grid.shape``.

    Parameters
    ----------
    evaluate : callable
        From points of shape (..., d) to values.
    grid : Grid
    kinks : tuple of array
        Positions across each axis where the data or a derivative jump.
    walls : tuple of pairs
        At absorbing walls data are continued as odd, at reflecting ones as even functions, at others by a reflection
        in the point at the wall.

    Notes
    -----
    Near a kink a value is the integral of the data times a combination of B-splines of degree 5 in the coordinate in
    which nodes are even; elsewhere it is that at the node, from which the integral of smooth data differs in sixth
    order. What frequencies beyond those of the grid add is of seventh order, so that errors of a scheme of even order
    keep their expansion in the spacing wherever a kink lies; Kreiss, Thomee & Widlund, Communications on Pure and
    Applied Mathematics 23 (1970) 241.
    """
    rules = [axis_rule(grid, axis, kinks[axis], walls[axis]) for axis in range(grid.dim)]
    points = np.stack(np.meshgrid(*(rule.places for rule in rules), indexing="ij"), axis=-1)
    values = evaluate(points)
    for axis, rule in enumerate(rules):
        lines = np.moveaxis(values, axis, 0)
        weighted = np.asarray(rule.weights @ lines.reshape(len(lines), -1))
        values = np.moveaxis(weighted.reshape(-1, *lines.shape[1:]), 0, axis)
    return values


@dataclass(frozen=True, eq=False)
class Rule:
    """Where data are evaluated along an axis, and the weights, shape (n, len(places)), that make nodal values."""

    places: FloatArray
    weights: "sparse.csr_array[np.float64]"


def axis_rule(grid: Grid, axis: int, kinks: FloatArray, walls: Any) -> Rule:
    """Return the rule of one axis: the nodes themselves, but for those near kinks."""
    nodes, wraps = grid.axes[axis], grid.periodic[axis]
    positions = _indices(grid, axis, kinks)
    if nodes.size < 2 * REACH + 1 or not positions.size:
        return Rule(nodes, sparse.csr_array(sparse.eye_array(nodes.size)))
    index = np.arange(nodes.size)
    around = _with_images(positions, nodes.size, wraps, walls)
    near = (np.abs(index[:, None] - around) < REACH).any(axis=1)
    places, weights = _quadrature(index[near], around)
    places, weights = _periodic(places, weights, nodes.size) if wraps else _folded(places, weights, nodes.size, walls)
    far = sparse.eye_array(nodes.size, format="csr")[:, index[~near]]
    spread = sparse.csr_array((np.ones(near.sum()), (index[near], np.arange(near.sum()))), (nodes.size, near.sum()))
    whole = sparse.hstack([far, spread @ sparse.csr_array(weights)], format="csr")
    return Rule(np.append(nodes[~near], _from_index(grid, axis, places)), sparse.csr_array(whole))


def _with_images(positions: FloatArray, n: int, wraps: bool, walls: Any) -> FloatArray:
    """Return kinks with their images across ends, and ends where continued data have a kink themselves.

    Whether an end counts must not depend on the spacing, or the solutions on several grids do not belong together.
    """
    if wraps:
        return np.concatenate([positions - n, positions, positions + n])
    close = max(NEAR * (n - 1), 2.0 * REACH)
    ends = [
        end
        for end, wall in zip((0.0, n - 1.0), walls, strict=True)
        if wall not in SMOOTH_WALLS and np.abs(positions - end).min() < close
    ]
    return np.unique(np.concatenate([positions, -positions, 2.0 * (n - 1) - positions, ends]))


def _quadrature(rows: Any, kinks: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Gauss points between integers and kinks, and their weights for each row."""
    spans = (rows[:, None] + np.arange(-REACH, REACH)).ravel()
    breaks = np.unique(np.concatenate([spans, spans + 1, kinks]))
    left, right = breaks[:-1], breaks[1:]
    used = np.isin(np.floor(0.5 * (left + right)), spans) & (right - left > 1e-12)
    half, middle = 0.5 * (right - left)[used], 0.5 * (right + left)[used]
    at = (middle[:, None] + half[:, None] * GAUSS[0]).ravel()
    return at, (half[:, None] * GAUSS[1]).ravel() * _weight(at - rows[:, None])


def _periodic(at: FloatArray, weights: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    return at % n, weights


def _folded(at: FloatArray, weights: FloatArray, n: int, walls: Any) -> tuple[FloatArray, FloatArray]:
    """Return places inside the axis, those outside being mirrored, and weights that continue data as walls ask."""
    mirrored, extra = weights.copy(), []
    for beyond, wall in zip((at < 0.0, at > n - 1), walls, strict=True):
        odd = wall == "absorbing" or wall in SMOOTH_WALLS
        mirrored[:, beyond] *= -1.0 if odd else 1.0
        extra.append(2.0 * weights[:, beyond].sum(axis=1) * (wall in SMOOTH_WALLS))
    inside = (n - 1) - np.abs((n - 1) - np.abs(at))
    return np.concatenate([inside, [0.0, n - 1.0]]), np.column_stack([mirrored, *extra])


def _weight(distance: FloatArray) -> FloatArray:
    total: FloatArray = np.zeros(distance.shape)
    for shift, tap in zip(range(-2, 3), TAPS, strict=True):
        total += tap * np.nan_to_num(SPLINE(distance - shift))
    return total


def _map(grid: Grid, axis: int) -> Callable[[FloatArray], FloatArray]:
    """Return the smooth map from the index of a node, as a real number, to its place."""
    nodes, low, step = grid.axes[axis], grid.lower[axis], grid.spacing[axis]
    if grid.uniform[axis]:
        return lambda s: np.asarray(low + step * s)
    spline = make_interp_spline(np.arange(nodes.size), nodes, k=5)
    return lambda s: np.asarray(spline(s))


def _from_index(grid: Grid, axis: int, s: FloatArray) -> FloatArray:
    return np.asarray(np.clip(_map(grid, axis)(s), grid.lower[axis], grid.upper[axis]))


def _indices(grid: Grid, axis: int, kinks: FloatArray) -> FloatArray:
    """Return the indices, as real numbers, of the kinks inside an axis."""
    nodes, low, high = grid.axes[axis], grid.lower[axis], grid.upper[axis]
    if grid.periodic[axis]:
        return np.unique((kinks - low) % (high - low)) / grid.spacing[axis]
    inside = kinks[(kinks > low) & (kinks < high)]
    if grid.uniform[axis] or nodes.size < 2 * REACH + 1:
        return np.asarray((inside - low) / grid.spacing[axis])
    place = _map(grid, axis)
    cells = np.searchsorted(nodes, inside, side="right") - 1
    found = [brentq(lambda s, x=x: float(place(s)) - x, i - 0.5, i + 1.5) for i, x in zip(cells, inside, strict=True)]
    return np.array(found)
