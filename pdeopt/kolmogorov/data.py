"""Fields that a question starts from, such as terminal values and densities, on a grid and on finer ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kernels.kolmogorov import samples
from pdeopt.kolmogorov.coefficients import as_numbers, sampled
from pdeopt.kolmogorov.interpolation import on_finer_grid
from pdeopt.kolmogorov.kinks import checked_kinks, projected, walls_met
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.refinement import Extrapolation, level_count
from pdeopt.landscapes import Landscape

__all__ = ["Data", "data_on", "is_rough", "kept_plain", "on_grid"]

SMOOTH = 3.0
"""Second differences over twice the spacing are four times as large where a field is smooth, twice at a kink."""


@dataclass(frozen=True, eq=False)
class Data:
    """Data of a question: a function of places, values at nodes, or one point.

    Parameters
    ----------
    function : callable, optional
        Of a grid; its values at the nodes.
    values : array, optional
        At the nodes of the first grid.
    point : array, shape (d,), optional
        Where all the mass is.
    levels : int
        On how many grids to solve.
    """

    name: str
    levels: int
    function: Callable[[Grid], FloatArray] | None = None
    values: FloatArray | None = None
    point: FloatArray | None = None

    def on(self, problem: Problem, factor: int) -> FloatArray:
        """Return the values at the nodes of a grid refined by a factor."""
        if self.function is not None:
            return self.function(problem.grid)
        assert self.values is not None
        if factor == 1:
            return self.values
        coarse = _strided(problem.grid, factor)
        degree = 1 if is_rough(self.values, coarse) else 5
        return on_finer_grid(self.values, coarse, problem.grid, degree)

    def masses(self, problem: Problem, factor: int) -> FloatArray:
        """Return the mass of each node."""
        if self.point is not None:
            return point_masses(self.point, problem.grid)
        return np.maximum(self.on(problem, factor), 0.0) * problem.volumes

    def check_density(self, problem: Problem) -> None:
        """Raise if a density is negative somewhere, or zero everywhere."""
        if self.point is not None:
            return
        density = self.on(problem, 1)
        if density.min() < 0.0 or not density.any():
            worst = problem.points[tuple(int(i) for i in np.unravel_index(int(np.argmin(density)), density.shape))]
            raise ValueError(
                f"density has the smallest value {density.min():.6g}, at x={worst}, and the largest {density.max():.6g}"
                ": it must be at least 0, and positive somewhere. Use e.g. a point, density=0.5, or exp(-x**2)."
            )

    def judged(self, best: Extrapolation, plain: FloatArray, grid: Grid) -> Extrapolation:
        """Return what is known of the answer: between nodes nothing is, of values there that are not smooth."""
        if self.values is None or not is_rough(self.values, grid):
            return best
        return kept_plain(best, plain)


def kept_plain(best: Extrapolation, plain: FloatArray) -> Extrapolation:
    """Return the solution on the first grid, with its distance from the extrapolated one as its error."""
    return Extrapolation(plain, np.abs(best.values - plain) + best.error, best.order, best.differences)


def _strided(grid: Grid, factor: int) -> Grid:
    return Grid.from_axes(*(axis[::factor] for axis in grid.axes), periodic=grid.periodic)


def point_masses(point: FloatArray, grid: Grid) -> FloatArray:
    """Return the unit mass at a point, shared among the nodes around it so that its mean is kept."""
    masses = np.ones(())
    for x, nodes in zip(point, grid.axes, strict=True):
        last = nodes.size - 2
        i = int(np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, last))
        share = (x - nodes[i]) / (nodes[i + 1] - nodes[i])
        line = np.zeros(nodes.size)
        line[i], line[i + 1] = 1.0 - share, share
        masses = masses[..., None] * line
    return masses


def data_on(data: Any, name: str, problem: Problem, levels: int | None, extrapolate: bool, kinks: Any = None) -> Data:
    """Return what was given as data, checked; kinks are those of functions."""
    grid = problem.grid
    count = level_count(grid, levels, extrapolate)
    if callable(data):
        planes = checked_kinks(kinks, data, grid)
        walls = walls_met(problem) if any(axis.size for axis in planes) else problem.walls
        return Data(name, count, lambda finer: projected(lambda x: at_points(data, name, x), finer, planes, walls))
    values = as_numbers(data, name)
    if values.shape == grid.shape and np.isfinite(values).all():
        return Data(name, count, values=values)
    if name == "density" and values.size == grid.dim and values.ndim <= 1:
        return Data(name, count, point=_inside(values.reshape(-1), grid))
    problem_of = f"has shape {values.shape}" if values.shape != grid.shape else "is not finite everywhere"
    raise ValueError(
        f"{name} {problem_of}, but the grid has shape {grid.shape}. Use finite values at its nodes, or a function of a "
        f"point, e.g. {name}=lambda x: {'x' if grid.dim == 1 else 'x[0]'} ** 2."
    )


def _inside(point: FloatArray, grid: Grid) -> FloatArray:
    if not (np.all(point >= grid.lower) and np.all(point <= grid.upper)):
        raise ValueError(
            f"density={tuple(point.tolist())} is a point outside the grid from {grid.lower} to {grid.upper}. Use a "
            "point inside, or a larger grid."
        )
    return point


def on_grid(function: Callable[..., Any], name: str, grid: Grid) -> FloatArray:
    """Return a function of a point at the nodes of a grid."""
    return at_points(function, name, grid.points())


def at_points(function: Callable[..., Any] | Landscape, name: str, points: FloatArray) -> FloatArray:
    """Return a function of a point, or a landscape, at points of shape (..., d)."""
    if isinstance(function, Landscape):
        return np.asarray(function(points))
    return sampled(name, lambda _, x: function(x), (), points, 0.0, (), samples.write_number)


def is_rough(values: FloatArray, grid: Grid) -> bool:
    """Tell whether a field has kinks or jumps, from second differences over one and two spacings."""
    for axis in range(grid.dim):
        lines = np.moveaxis(values, axis, 0)
        if len(lines) < 9:
            continue
        near = np.abs(lines[2:] - 2.0 * lines[1:-1] + lines[:-2]).max()
        wide = np.abs(lines[4:] - 2.0 * lines[2:-2] + lines[:-4]).max()
        if near > 1e-10 * np.abs(values).max() and wide < SMOOTH * near:
            return True
    return False
