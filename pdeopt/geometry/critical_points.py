"""Critical points of a field between the nodes, from splines of its gradient and Hessian."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.geometry.fields import cut, window
from pdeopt.grid import Grid
from pdeopt.kolmogorov.interpolation import spline_through

__all__ = ["CriticalPoint", "Fields", "descended", "followed", "nearest_node"]

Fields: TypeAlias = tuple[Grid, FloatArray, FloatArray]

WINDOWS = 200
STEPS = 100
LONGEST = 1.0
CONVERGED = 1e-9
FLATTEST = 1e-12


class CriticalPoint(NamedTuple):
    """A minimum between the nodes.

    Parameters
    ----------
    point : array, shape (d,)
    hessian : array, shape (d, d)
        There, in loss per length^2.
    error : float
        Estimate of the error of an entry of the Hessian.
    """

    point: FloatArray
    hessian: FloatArray
    error: float


def nearest_node(point: FloatArray, grid: Grid) -> IntArray:
    """Return the indices of the node nearest to a point; periodic axes repeat."""
    lower, extent = np.array(grid.lower), np.array(grid.extent)
    inside = np.where(grid.periodic, lower + np.mod(point - lower, extent), point)
    found = [int(np.abs(np.asarray(axis) - x).argmin()) for axis, x in zip(grid.axes, inside, strict=True)]
    return np.array(found, dtype=np.int64)


def descended(
    start: FloatArray, gradient: FloatArray, hessian: FloatArray, grid: Grid, degree: int = 5
) -> CriticalPoint | None:
    """Descend by Newton's method to a minimum, on splines through the nodes about each iterate.

    Parameters
    ----------
    start : array, shape (d,)
    gradient : array, shape ``grid.shape + (d,)``
    hessian : array, shape ``grid.shape + (d, d)``
    grid : Grid
    degree : int
        Of the splines.

    Returns
    -------
    CriticalPoint or None
        None if the descent leaves the grid, or ends where the Hessian is not positive definite.
    """

    def fields(node: IntArray) -> Fields:
        sub, index = window(grid, node)
        return sub, cut(gradient, grid, index), cut(hessian, grid, index)

    return followed(start, fields, grid, degree)


def followed(
    start: FloatArray, fields: Callable[[IntArray], Fields], grid: Grid, degree: int = 5
) -> CriticalPoint | None:
    """Descend as `descended` does, from gradients and Hessians that are asked for where they are needed.

    Parameters
    ----------
    start : array, shape (d,)
    fields : callable
        From a node to a grid of nodes around it, and gradient and Hessian on them, trailing axes first.
    grid : Grid
    degree : int
        Of the splines.
    """
    point = np.asarray(start, dtype=float)
    for _ in range(WINDOWS):
        sub, slopes, bends = fields(nearest_node(point, grid))
        if not (np.isfinite(slopes).all() and np.isfinite(bends).all()):
            return None
        slope, bend = (spline_through(field, sub, degree) for field in (slopes, bends))
        point, inside = _newton(_unrolled(point, sub, grid), slope, bend, sub)
        if inside:
            return _critical(point, np.asarray(bend(point)), np.asarray(spline_through(bends, sub, 3)(point)))
        if _left(point, grid):
            return None
    return None


def _newton(
    point: FloatArray, slope: Callable[[FloatArray], FloatArray], bend: Callable[[FloatArray], FloatArray], sub: Grid
) -> tuple[FloatArray, bool]:
    """Return where the descent ends or leaves the window, and whether it ended inside."""
    spacing = np.array(sub.spacing)
    for _ in range(STEPS):
        step = _step(slope(point), bend(point))
        step = step * min(1.0, LONGEST / max(float(np.abs(step / spacing).max()), 1e-300))
        point = point + step
        if ((point < sub.lower) | (point > sub.upper)).any():
            return point, False
        if (np.abs(step) <= CONVERGED * spacing).all():
            break
    return point, True


def _left(point: FloatArray, grid: Grid) -> bool:
    outside = (point < grid.lower) | (point > grid.upper)
    return bool((outside & ~np.array(grid.periodic)).any())


def _critical(point: FloatArray, hessian: FloatArray, rough: FloatArray) -> CriticalPoint | None:
    values = np.linalg.eigvalsh(hessian)
    if not values[0] > FLATTEST * values[-1]:
        return None
    error = float(np.abs(hessian - rough).max()) + 1e-14 * float(np.abs(hessian).max())
    return CriticalPoint(point, hessian, error)


def _step(slope: FloatArray, bend: FloatArray) -> FloatArray:
    """Return the Newton step with the moduli of the eigenvalues: downhill whatever their signs."""
    values, vectors = np.linalg.eigh(np.asarray(bend, dtype=float))
    sizes = np.maximum(np.abs(values), FLATTEST * max(float(np.abs(values).max()), 1e-300))
    return np.asarray(-vectors @ ((vectors.T @ slope) / sizes))


def _unrolled(point: FloatArray, sub: Grid, grid: Grid) -> FloatArray:
    """Return the image of a point that lies in an unrolled window."""
    middle = 0.5 * (np.array(sub.lower) + np.array(sub.upper))
    turns = np.round((middle - point) / np.array(grid.extent))
    return np.asarray(point + np.where(grid.periodic, turns * np.array(grid.extent), 0.0))
