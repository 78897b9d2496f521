"""Critical points of a field between the nodes, from splines of its gradient and Hessian."""

from typing import NamedTuple

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.geometry.fields import cut, window
from pdeopt.grid import Grid
from pdeopt.kolmogorov.interpolation import spline_through

__all__ = ["CriticalPoint", "descended", "nearest_node"]

STEPS = 100
LONGEST = 0.5
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


def descended(start: FloatArray, gradient: FloatArray, hessian: FloatArray, grid: Grid) -> CriticalPoint | None:
    """Descend by Newton's method to a minimum, within the window of nodes about the start.

    Parameters
    ----------
    start : array, shape (d,)
    gradient : array, shape ``grid.shape + (d,)``
    hessian : array, shape ``grid.shape + (d, d)``
    grid : Grid

    Returns
    -------
    CriticalPoint or None
        None if the descent leaves the window, or ends where the Hessian is not positive definite.
    """
    sub, index = window(grid, nearest_node(start, grid))
    slopes, bends = (cut(field, grid, index) for field in (gradient, hessian))
    if not (np.isfinite(slopes).all() and np.isfinite(bends).all()):
        return None
    slope, bend, rough = spline_through(slopes, sub), spline_through(bends, sub), spline_through(bends, sub, 3)
    point = _unrolled(np.asarray(start, dtype=float), sub, grid)
    spacing = np.array(sub.spacing)
    for _ in range(STEPS):
        step = _step(slope(point), bend(point))
        step = step * min(1.0, LONGEST / max(float(np.abs(step / spacing).max()), 1e-300))
        point = point + step
        if ((point < sub.lower) | (point > sub.upper)).any():
            return None
        if (np.abs(step) <= CONVERGED * spacing).all():
            break
    found = np.asarray(bend(point))
    values = np.linalg.eigvalsh(found)
    if not values[0] > FLATTEST * values[-1]:
        return None
    error = float(np.abs(found - rough(point)).max()) + 1e-14 * float(np.abs(found).max())
    return CriticalPoint(point, found, error)


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
