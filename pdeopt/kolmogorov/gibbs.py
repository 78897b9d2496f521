"""Gibbs weights of a Langevin system on a grid: masses of cells and weights between them, from logarithms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.cells import distances, gaps_along, on_axis, volumes_of, widths_along
from pdeopt.systems import Langevin

__all__ = ["Faces", "GibbsCells", "gibbs_cells", "log_mean"]

SMALL = 1e-3
"""Half a difference of logarithms below which its series is taken."""


@dataclass(frozen=True, eq=False)
class Faces:
    """Weights on the faces of the cells along one axis, relative to the masses of the nodes' cells.

    Parameters
    ----------
    up, down : array
        Weight between a node and the next, or the last, over the mass of the node's cell, per length; zero at walls.
    above, below : array
        Distances to these nodes.
    """

    up: FloatArray
    down: FloatArray
    above: FloatArray
    below: FloatArray

    @property
    def slope(self) -> FloatArray:
        """Slope of the weight over the weight, minus beta times that of the energy."""
        return np.asarray(self.up - self.down)


@dataclass(frozen=True, eq=False)
class GibbsCells:
    """The law exp(-beta (V(q) + p^2 / (2 m))) on a grid of positions and momenta.

    Parameters
    ----------
    densities : array, shape of the grid
        Logarithms of the mean densities in the nodes' cells, up to a constant.
    masses : array, shape of the grid
        Masses of the cells, which add up to 1.
    faces : tuple of Faces
        One per axis, each of a shape that broadcasts on the grid.
    """

    densities: FloatArray
    masses: FloatArray
    faces: tuple[Faces, ...]


def gibbs_cells(system: Langevin, grid: Grid) -> GibbsCells:
    """Return the Gibbs law of a system on a grid whose first half of axes are positions.

    Raises
    ------
    ValueError
        If the potential is not finite somewhere between the nodes.

    Notes
    -----
    Energies are taken at the centres of the boxes between nodes. The density at a node is the logarithmic mean of those
    around it, so that the slope of its logarithm is the central difference of the energy, to rounding; no exponential
    of an energy is formed. At a wall the density is continued to the wall.
    """
    d = grid.dim // 2
    kinetic = [_momentum_weights(system, grid, axis) for axis in range(d, 2 * d)]
    parts = [_weights(-system.beta * _potential_between(system, grid, d), grid, range(d))]
    parts += [_weights(logs, grid, [d + k]) for k, logs in enumerate(kinetic)]
    densities = np.broadcast_to(sum(part[0] for part in parts), grid.shape)
    relative = np.exp(densities - densities.max()) * volumes_of(grid)
    return GibbsCells(densities, relative / relative.sum(), tuple(face for part in parts for face in part[1]))


def log_mean(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the logarithm of (exp(a) - exp(b)) / (a - b)."""
    half = 0.5 * np.abs(b - a)
    safe = np.where(half < SMALL, 1.0, half)
    series = half**2 / 6.0 * (1.0 - half**2 / 30.0)
    excess = np.where(half < SMALL, series, safe + np.log(-np.expm1(-2.0 * safe) / (2.0 * safe)))
    return np.asarray(0.5 * (a + b) + excess)


def _potential_between(system: Langevin, grid: Grid, d: int) -> FloatArray:
    points = np.stack(np.meshgrid(*(_centres(grid, axis) for axis in range(d)), indexing="ij"), axis=-1)
    values = np.asarray(system.landscape(points), dtype=float).reshape(points.shape[:-1])
    if not np.all(np.isfinite(values)):
        where = points[~np.isfinite(values)][0]
        raise ValueError(
            f"the potential is {values[~np.isfinite(values)][0]} at {where.tolist()}: Gibbs weights need finite "
            "values. Use a grid whose boxes keep away from there."
        )
    return on_positions(values, grid)


def on_positions(values: FloatArray, grid: Grid) -> FloatArray:
    """Give values on the positions axes of length 1 for the momenta."""
    return values.reshape(values.shape + (1,) * (grid.dim - values.ndim))


def _momentum_weights(system: Langevin, grid: Grid, axis: int) -> FloatArray:
    centres = _centres(grid, axis)
    # Even to the last bit, so that flipping the momenta is too.
    squares = 0.5 * (centres**2 + centres[::-1] ** 2)
    return on_axis(-0.5 * system.beta / system.mass * squares, axis, grid.dim)


def _centres(grid: Grid, axis: int) -> FloatArray:
    gaps = gaps_along(grid, axis)
    return np.asarray(grid.axes[axis][: gaps.size] + 0.5 * gaps)


def _weights(logs: FloatArray, grid: Grid, axes: Sequence[int]) -> tuple[FloatArray, list[Faces]]:
    """Return logarithms of the densities at nodes, and the faces along the axes, from logarithms in boxes."""
    densities = _means(logs, grid, axes)
    between = [_means(logs, grid, [other for other in axes if other != axis]) for axis in axes]
    return densities, [_faces(one, densities, grid, axis) for one, axis in zip(between, axes, strict=True)]


def _means(logs: FloatArray, grid: Grid, axes: Sequence[int]) -> FloatArray:
    for axis in axes:
        logs = np.moveaxis(_mean_along(np.moveaxis(logs, axis, -1), grid.periodic[axis]), -1, axis)
    return logs


def _mean_along(boxes: FloatArray, wraps: bool) -> FloatArray:
    if wraps:
        return log_mean(np.roll(boxes, 1, axis=-1), boxes)
    first, last = boxes[..., :1], boxes[..., -1:]
    walls = first + 0.5 * (first - boxes[..., 1:2]), last + 0.5 * (last - boxes[..., -2:-1])
    parts = [log_mean(walls[0], first), log_mean(boxes[..., :-1], boxes[..., 1:]), log_mean(last, walls[1])]
    return np.concatenate(parts, axis=-1)


def _faces(between: FloatArray, densities: FloatArray, grid: Grid, axis: int) -> Faces:
    boxes, nodes = np.moveaxis(between, axis, -1), np.moveaxis(densities, axis, -1)
    empty = np.full((*boxes.shape[:-1], 1), -np.inf)
    wraps = grid.periodic[axis]
    after = boxes if wraps else np.concatenate([boxes, empty], axis=-1)
    before = np.roll(boxes, 1, axis=-1) if wraps else np.concatenate([empty, boxes], axis=-1)
    widths = widths_along(grid, axis)
    up, down = (np.moveaxis(np.exp(logs - nodes) / widths, -1, axis) for logs in (after, before))
    above, below = (on_axis(lengths, axis, grid.dim) for lengths in distances(grid, axis))
    return Faces(up, down, above, below)
