"""Mixed derivatives by four corners at reflecting walls: mass, and the same limit as by seven points."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from pdeopt.grid import Grid
from pdeopt.kolmogorov.boundaries import checked_walls
from pdeopt.kolmogorov.jumps import selling_rates, seven_point_rates
from pdeopt.kolmogorov.mixed import central_cross
from pdeopt.kolmogorov.rates import line_of
from pdeopt.kolmogorov.stencil import Stencil

COVARIANCE = np.array([[1.0, 0.6], [0.6, 1.2]])


def by_corners(grid):
    """The generator of correlated motion without drift: axes and four corners."""
    a, walls = np.broadcast_to(COVARIANCE, (*grid.shape, 2, 2)), checked_walls("reflecting", grid)
    axes = Stencil(
        *selling_rates(np.zeros((*grid.shape, 2)), a * np.eye(2), grid.spacing), np.zeros(grid.shape), grid.periodic
    )
    return (
        axes.matrix + central_cross(a, tuple(line_of(grid, k, pair) for k, pair in enumerate(walls))).matrix
    ).tocsr()


def by_seven_points(grid):
    a = np.broadcast_to(COVARIANCE, (*grid.shape, 2, 2))
    rates = seven_point_rates(np.zeros((*grid.shape, 2)), a, grid.spacing)
    return Stencil(*rates, np.zeros(grid.shape), grid.periodic).matrix


def solved(n, matrix):
    grid = Grid((0.0, 0.0), (1.0, 1.0), (n + 1, n + 1))
    x, y = np.moveaxis(grid.points(), -1, 0)
    system = 3.0 * sparse.eye(x.size) - matrix(grid)
    return spsolve(system.tocsc(), (np.cos(3.0 * x + 1.0) * np.exp(y) + x).ravel()).reshape(grid.shape)


def test_corners_and_seven_points_have_one_limit_of_second_order():
    rough, fine = (solved(n, by_seven_points)[:: n // 16, :: n // 16] for n in (32, 64))
    reference = ((4.0 * fine - rough) / 3.0)[8, 8]
    errors = [solved(n, by_corners)[n // 2, n // 2] - reference for n in (16, 32)]
    assert errors[0] / errors[1] == pytest.approx(4.0, abs=0.2)


def test_corners_leave_the_volumes_of_cells_stationary():
    grid = Grid((0.0, 0.0), (1.0, 2.0), (9, 12))
    shares = np.multiply.outer(*[np.where(np.isin(np.arange(n), (0, n - 1)), 0.5, 1.0) for n in grid.shape])
    matrix = by_corners(grid)
    assert np.abs(shares.ravel() @ matrix).max() < 1e-14 * abs(matrix).max()
