"""Jump rates of diffusion in a potential that is known at the nodes alone, at one time or at many."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.boundaries import checked_walls
from pdeopt.kolmogorov.masses import Masses
from pdeopt.kolmogorov.parts import split_of
from pdeopt.kolmogorov.problem import along
from pdeopt.kolmogorov.rates import Line, axis_rates, line_of
from pdeopt.kolmogorov.stencil import Split, Stencil

__all__ = ["cell_volumes", "gibbs_masses", "potential_split", "potential_stencil"]


def lines_of(grid: Grid) -> tuple[Line, ...]:
    """Return the axes of a grid whose ends reflect, or are periodic."""
    return tuple(line_of(grid, axis, walls) for axis, walls in enumerate(checked_walls("reflecting", grid)))


def cell_volumes(grid: Grid) -> FloatArray:
    """Return the volumes of the nodes' cells, shape ``grid.shape``; a node on a wall owns half a cell."""
    total = np.ones(grid.shape)
    for axis, line in enumerate(lines_of(grid)):
        total *= along(line.volumes, axis, grid.dim)
    return total


def potential_stencil(potential: FloatArray, grid: Grid, viscosity: float) -> Stencil:
    """Return the generator L = -grad V . grad + nu lap with reflecting ends from values of V at the nodes.

    Parameters
    ----------
    potential : array, shape ``grid.shape``
        V, finite.
    grid : Grid
    viscosity : float
        nu, positive.

    Returns
    -------
    Stencil

    Notes
    -----
    Scharfetter-Gummel: the rate from a node to a neighbour is nu B((V' - V) / nu) / (volume distance) with
    B(z) = z / (e^z - 1), so that the masses volume exp(-V / nu) are in detailed balance to rounding, along each axis by
    itself. Second order in the spacing. D. L. Scharfetter and H. K. Gummel, IEEE Transactions on Electron Devices 16
    (1969) 64-77.

    Examples
    --------
    >>> grid = Grid(0.0, 1.0, 3)
    >>> L = potential_stencil(np.array([0.0, 1.0, 3.0]), grid, 0.5)
    >>> bool(np.abs(gibbs_masses(np.array([0.0, 1.0, 3.0]), grid, 0.5) @ L.matrix.toarray()).max() < 1e-15)
    True
    """
    offsets, rates = [], []
    for axis, line in enumerate(lines_of(grid)):
        values = np.moveaxis(potential, axis, -1)
        steps = (values - np.roll(values, -1, axis=-1)) / viscosity
        if not line.periodic:
            steps[..., -1] = 0.0
        diffusion = np.full(values.shape, viscosity)
        parts = axis_rates("scharfetter-gummel", line, diffusion, np.zeros(values.shape), steps)
        rates += [np.moveaxis(part, -1, axis) for part in parts]
        offsets += [tuple(sign * (k == axis) for k in range(grid.dim)) for sign in (-1, 1)]
    return Stencil(tuple(offsets), np.array(rates), np.zeros(grid.shape), grid.periodic)


def potential_split(potential: FloatArray, grid: Grid, viscosity: float) -> Split:
    """Return the same generator in parts along the axes, for `march` and for solvers of lines."""
    return split_of(potential_stencil(potential, grid, viscosity))


def gibbs_masses(potential: FloatArray, grid: Grid, viscosity: float) -> FloatArray:
    """Return the invariant masses of the cells, volume exp(-V / nu) of sum one, shape ``grid.shape``."""
    logarithms = np.log(cell_volumes(grid)) - potential / viscosity
    return Masses.from_logarithms(logarithms).values.reshape(grid.shape)
