"""Fields between the nodes of a grid, by splines."""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import NdBSpline, make_interp_spline

from pdeopt._types import BoolArray, FloatArray
from pdeopt.grid import Grid

__all__ = ["on_finer_grid", "spline_between", "spline_through"]

DEGREE = 5


def spline_through(
    values: FloatArray, grid: Grid, degree: int = DEGREE, orders: tuple[int, ...] | None = None
) -> Callable[[FloatArray], FloatArray]:
    """Return the spline through values at the nodes, as a function of points of shape (..., d).

    Parameters
    ----------
    values : array, shape ``(..., *grid.shape)``
        Leading axes are kept: they lead the result.
    grid : Grid
    degree : int
        Odd; less on axes of few nodes.
    orders : tuple of int, optional
        Of derivatives along each axis.
    """
    lead = values.ndim - grid.dim
    # SciPy wants the axes of the grid first.
    coefficients = np.moveaxis(values, range(lead), range(grid.dim, values.ndim))
    knots, degrees = [], []
    for axis, nodes in enumerate(grid.axes):
        if grid.periodic[axis]:
            nodes, coefficients = _wrapped(nodes, grid.upper[axis], coefficients, axis, degree)
        used = min(degree, nodes.size - 1 - nodes.size % 2)
        spline = make_interp_spline(nodes, np.moveaxis(coefficients, axis, 0), k=used)
        coefficients = np.moveaxis(np.asarray(spline.c), 0, axis)
        knots.append(spline.t)
        degrees.append(used)
    tensor = NdBSpline(tuple(knots), np.ascontiguousarray(coefficients), tuple(degrees))

    def at(points: FloatArray) -> FloatArray:
        found = np.asarray(tensor(points, nu=orders))
        return np.moveaxis(found, range(found.ndim - lead, found.ndim), range(lead))

    return at


def _wrapped(
    nodes: FloatArray, upper: float, values: FloatArray, axis: int, degree: int
) -> tuple[FloatArray, FloatArray]:
    """Repeat some nodes on both sides of a period: the spline is then as good at its ends as inside."""
    period, count = upper - nodes[0], min(3 * degree, nodes.size)
    index = np.arange(-count, nodes.size + count + 1)
    around = nodes[index % nodes.size] + period * (index // nodes.size)
    return around, values.take(index % nodes.size, axis=axis)


def on_finer_grid(values: FloatArray, grid: Grid, finer: Grid, degree: int = DEGREE) -> FloatArray:
    """Return a field at the nodes of a finer grid."""
    return spline_through(values, grid, degree)(finer.points())


def spline_between(values: FloatArray, nodes: FloatArray, stopped: BoolArray) -> Callable[[FloatArray], FloatArray]:
    """Return splines through values on a line, one for each run of nodes that are not stopped; linear elsewhere.

    Parameters
    ----------
    values : array, shape (..., n)
    nodes : array, shape (n,)
    stopped : array of bool, shape (n,)
        Nodes where values are given, so that they have a kink there.
    """
    free = np.flatnonzero(~stopped)
    runs = np.split(free, np.flatnonzero(np.diff(free) > 1) + 1) if free.size else []

    def at(points: FloatArray) -> FloatArray:
        x = points[..., 0]
        found = np.asarray(make_interp_spline(nodes, values, k=1, axis=-1)(x))
        for run in runs:
            piece = slice(max(run[0] - 1, 0), run[-1] + 2)
            near = (x >= nodes[piece][0]) & (x <= nodes[piece][-1])
            degree = min(DEGREE, nodes[piece].size - 1 - nodes[piece].size % 2)
            if degree > 1 and near.any():
                spline = make_interp_spline(nodes[piece], values[..., piece], k=degree, axis=-1)
                found[..., near] = spline(x[near])
        return found

    return at
