"""Gibbs weights of a Langevin system on a grid: masses of cells and fluxes between them, from logarithms."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.systems import Langevin

__all__ = ["Faces", "GibbsCells", "gibbs_cells"]

SMALL = 1e-3
"""Half a difference of logarithms below which its series is taken."""


@dataclass(frozen=True, eq=False)
class Faces:
    """Gibbs weights on the faces of the cells along one axis, over those of the nodes' cells.

    Parameters
    ----------
    up, down : array
        Weight between a node and the next, or the last, one per mass of the node, per length; zero at walls.
    above, below : array
        Distances to these nodes.
    """

    up: FloatArray
    down: FloatArray
    above: FloatArray
    below: FloatArray

    @property
    def slope(self) -> FloatArray:
        """Discrete derivative of the weight over the weight: minus beta times the slope of the energy."""
        return np.asarray(self.up - self.down)


@dataclass(frozen=True, eq=False)
class GibbsCells:
    """What the Gibbs law exp(-beta (V(q) + p^2 / (2 m))) is on a grid of positions and momenta.

    Parameters
    ----------
    logarithms : array, shape (*shape)
        Logarithms of the masses of the nodes' cells, up to a constant.
    faces : tuple of Faces
        One per axis, each of a shape that broadcasts on the grid.
    """

    logarithms: FloatArray
    faces: tuple[Faces, ...]

    @property
    def masses(self) -> FloatArray:
        """Masses of the nodes' cells, which add up to 1, shape of the grid."""
        weights = np.exp(self.logarithms - self.logarithms.max())
        return np.asarray(weights / weights.sum())


def gibbs_cells(system: Langevin, grid: Grid) -> GibbsCells:
    """Return the Gibbs law of a system on a grid whose first half of axes are positions.

    Raises
    ------
    ValueError
        If the potential is not finite somewhere between the nodes.

    Notes
    -----
    Energies are taken at the centres of the boxes between nodes. A node's mass is the logarithmic mean of the weights
    around it, so that the slope of the logarithm at a node is the central difference of the energy, to rounding, and
    no exponential of an energy is formed. At a wall a node owns half a cell.
    """
    d = grid.dim // 2
    energy = system.beta * _potential_between(system, grid, d)
    position = _axes_of(-energy, grid, range(d), 0)
    momenta = [_momentum(system, grid, axis) for axis in range(d, 2 * d)]
    logarithms = position[0][(...,) + (None,) * d]
    for k, (mass, _) in enumerate(momenta):
        logarithms = logarithms + _on_grid(mass, grid, d + k)
    faces = [_lifted(one, d) for one in position[1]] + [
        Faces(*(_on_grid(part, grid, d + k) for part in _parts(one[1][0]))) for k, one in enumerate(momenta)
    ]
    return GibbsCells(np.broadcast_to(logarithms, grid.shape), tuple(faces))


def _momentum(system: Langevin, grid: Grid, axis: int) -> tuple[FloatArray, list[Faces]]:
    centres = _centres(grid, axis)
    # Even to the last bit, so that flipping the momenta is too.
    squares = 0.5 * (centres**2 + centres[::-1] ** 2)
    return _axes_of(-0.5 * system.beta / system.mass * squares, grid, [axis], axis)


def _potential_between(system: Langevin, grid: Grid, d: int) -> FloatArray:
    points = np.stack(np.meshgrid(*(_centres(grid, axis) for axis in range(d)), indexing="ij"), axis=-1)
    values = np.asarray(system.landscape(points), dtype=float).reshape(points.shape[:-1])
    if not np.all(np.isfinite(values)):
        where = points[~np.isfinite(values)][0]
        raise ValueError(
            f"the potential is {values[~np.isfinite(values)][0]} at {where.tolist()}: Gibbs weights need finite "
            "values. Use a grid whose boxes keep away from there."
        )
    return values


def _axes_of(logs: FloatArray, grid: Grid, axes: "range | list[int]", first: int) -> tuple[FloatArray, list[Faces]]:
    """Return logarithms of the masses of nodes, and the faces along each of the axes, from weights in boxes."""
    masses = logs
    for axis in axes:
        masses = _mean_of_logs(masses, axis - first, grid.periodic[axis])
    faces = []
    for axis in axes:
        between = logs
        for other in axes:
            if other != axis:
                between = _mean_of_logs(between, other - first, grid.periodic[other])
        faces.append(_faces(between, masses, grid, axis, axis - first))
    for axis in axes:
        masses = masses + np.log(_widths(grid, axis)).reshape(
            [-1 if k == axis - first else 1 for k in range(logs.ndim)]
        )
    return masses, faces


def _faces(between: FloatArray, masses: FloatArray, grid: Grid, axis: int, place: int) -> Faces:
    wraps = grid.periodic[axis]
    inner = np.moveaxis(between, place, -1)
    empty = np.full((*inner.shape[:-1], 1), -np.inf)
    after = inner if wraps else np.concatenate([inner, empty], axis=-1)
    before = np.roll(inner, 1, axis=-1) if wraps else np.concatenate([empty, inner], axis=-1)
    nodes, widths = np.moveaxis(masses, place, -1), _widths(grid, axis)
    gaps = _gaps(grid, axis)
    above, below = (gaps, gaps) if wraps else (np.append(gaps, gaps[-1]), np.append(gaps[0], gaps))
    rates = np.exp(after - nodes) / widths, np.exp(before - nodes) / widths
    lengths = np.broadcast_to(above, nodes.shape), np.broadcast_to(below, nodes.shape)
    return Faces(*(np.moveaxis(part, -1, place) for part in (*rates, *lengths)))


def _mean_of_logs(logs: FloatArray, place: int, wraps: bool) -> FloatArray:
    """Return logarithms of the logarithmic means of neighbouring weights, at walls of half a box."""
    lines = np.moveaxis(logs, place, -1)
    if wraps:
        return np.moveaxis(log_mean(np.roll(lines, 1, axis=-1), lines), -1, place)
    first, last = lines[..., :1], lines[..., -1:]
    ends = first + 0.5 * (first - lines[..., 1:2]), last + 0.5 * (last - lines[..., -2:-1])
    parts = [log_mean(ends[0], first), log_mean(lines[..., :-1], lines[..., 1:]), log_mean(last, ends[1])]
    return np.moveaxis(np.concatenate(parts, axis=-1), -1, place)


def log_mean(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the logarithm of (exp(a) - exp(b)) / (a - b)."""
    half = 0.5 * np.abs(b - a)
    safe = np.where(half < SMALL, 1.0, half)
    series = half**2 / 6.0 * (1.0 - half**2 / 30.0)
    return np.asarray(
        0.5 * (a + b) + np.where(half < SMALL, series, safe + np.log(-np.expm1(-2.0 * safe) / (2.0 * safe)))
    )


def _gaps(grid: Grid, axis: int) -> FloatArray:
    count = grid.shape[axis] - (not grid.periodic[axis])
    return np.full(count, grid.spacing[axis]) if grid.uniform[axis] else np.diff(grid.axes[axis])


def _widths(grid: Grid, axis: int) -> FloatArray:
    gaps = _gaps(grid, axis)
    return gaps if grid.periodic[axis] else 0.5 * np.concatenate([gaps[:1], gaps[1:] + gaps[:-1], gaps[-1:]])


def _centres(grid: Grid, axis: int) -> FloatArray:
    nodes, gaps = grid.axes[axis], _gaps(grid, axis)
    return np.asarray(nodes[: gaps.size] + 0.5 * gaps)


def _parts(faces: Faces) -> tuple[FloatArray, ...]:
    return faces.up, faces.down, faces.above, faces.below


def _on_grid(values: FloatArray, grid: Grid, axis: int) -> FloatArray:
    return values.reshape([-1 if k == axis else 1 for k in range(grid.dim)])


def _lifted(faces: Faces, d: int) -> Faces:
    """Give faces of positions d axes more, for the momenta."""
    return Faces(*(part[(...,) + (None,) * d] for part in _parts(faces)))
