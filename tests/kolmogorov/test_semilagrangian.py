"""Semi-Lagrangian rates: never negative for diffusion of rank one, of first order."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from pdeopt.convergence import observed_order
from pdeopt.grid import Grid
from pdeopt.kolmogorov.positivity import positivity
from pdeopt.kolmogorov.semilagrangian import semi_lagrangian_rates
from pdeopt.kolmogorov.stencil import Stencil

PERIODIC = (("periodic", "periodic"),) * 2


def error(n, angle):
    """Largest error of 5 u - L u = f with rank-one diffusion and drift, for u = sin(x + y) on a torus."""
    grid = Grid((0.0, 0.0), (1.0, 1.0), (n, n), periodic=True)
    x, y = 2.0 * np.pi * np.moveaxis(grid.points(), -1, 0)
    b = np.stack([0.5 + 0.3 * np.cos(y), -0.7 + 0.0 * x], axis=-1)
    u, slope = np.sin(x + y), 2.0 * np.pi * np.cos(x + y)
    direction = np.array([np.cos(angle), np.sin(angle)])
    f = 5.0 * u - b.sum(axis=-1) * slope + 0.5 * (2.0 * np.pi * direction.sum()) ** 2 * u
    columns = np.broadcast_to(direction[:, None], (n, n, 2, 1))
    rates = semi_lagrangian_rates(b, columns, grid.spacing, PERIODIC, longest=0.5 * np.sqrt(n))
    found = Stencil(*rates, np.zeros((n, n)), grid.periodic)
    assert positivity(found).is_monotone
    return abs(spsolve((5.0 * sparse.eye(n * n) - found.matrix).tocsc(), f.ravel()) - u.ravel()).max()


def test_rates_are_of_first_order_along_a_direction_of_the_grid():
    ns = [16, 36, 64, 100]
    assert observed_order([1 / n for n in ns], [error(n, 0.25 * np.pi) for n in ns]).admits(1.0)


def defect(n, angle):
    """Largest deviation of L u from its value for the u of `error`; it bounds the error, as rates are monotone."""
    x, y = 2.0 * np.pi * np.moveaxis(Grid((0.0, 0.0), (1.0, 1.0), (n, n), periodic=True).points(), -1, 0)
    b = np.stack([0.5 + 0.3 * np.cos(y), -0.7 + 0.0 * x], axis=-1)
    direction = np.array([np.cos(angle), np.sin(angle)])
    u, slope = np.sin(x + y), 2.0 * np.pi * np.cos(x + y)
    exact = b.sum(axis=-1) * slope - 0.5 * (2.0 * np.pi * direction.sum()) ** 2 * u
    columns = np.broadcast_to(direction[:, None], (n, n, 2, 1))
    jumps = zip(*semi_lagrangian_rates(b, columns, (1.0 / n, 1.0 / n), PERIODIC), strict=True)
    return abs(sum(rate * (np.roll(u, (-i, -j), (0, 1)) - u) for (i, j), rate in jumps) - exact).max()


def test_rates_are_of_first_order_along_any_direction():
    """Interpolation errors jump with the places of ends between nodes: a line through means over directions."""
    ns, angles = np.array([32, 40, 48, 64, 80, 96, 128, 160, 192, 256]), np.pi * np.arange(24) / 24 + 0.05
    means = [np.mean([defect(n, angle) for angle in angles]) for n in ns]
    (slope, _), covariance = np.polyfit(-np.log(ns), np.log(means), 1, cov=True)
    assert (bar := 2.0 * np.sqrt(covariance[0, 0])) < 0.1
    assert abs(slope - 1.0) <= bar


def exit_times(n, walls, angle=0.6):
    """Solve L u = -1 for Brownian motion along one direction on the unit square; nodes and u."""
    grid = Grid((0.0, 0.0), (1.0, 1.0), (n + 1, n + 1))
    direction = np.array([np.cos(angle), np.sin(angle)])
    columns = np.broadcast_to(direction[:, None], (*grid.shape, 2, 1))
    rates = semi_lagrangian_rates(np.zeros((*grid.shape, 2)), columns, grid.spacing, walls)
    frozen = np.zeros(grid.shape, dtype=bool)
    for axis, pair in enumerate(walls):
        lines = np.moveaxis(frozen, axis, 0)
        for index, wall in zip((0, -1), pair, strict=True):
            lines[index] |= wall == "absorbing"
    found = Stencil(*rates, np.zeros(grid.shape), grid.periodic).frozen(frozen)
    system = sparse.diags(frozen.ravel().astype(float)) - found.matrix
    u = spsolve(system.tocsc(), np.where(frozen, 0.0, 1.0).ravel()).reshape(grid.shape)
    # How far the walls are, ahead and behind; beside the lines into two corners the exit times have kinks.
    (x, y), (c, s) = np.moveaxis(grid.points(), -1, 0), direction
    smooth = (abs(x / c - y / s) > 0.4) & (abs((1.0 - x) / c - (1.0 - y) / s) > 0.4)
    return u, np.minimum((1.0 - x) / c, (1.0 - y) / s), x / c, y / s, smooth


def test_exit_times_along_a_line_are_the_product_of_the_ways_to_its_ends():
    """The product of two linear functions of different coordinates: interpolation is exact but near the kinks."""
    errors = []
    for n in (32, 64, 128):
        u, ahead, left, below, smooth = exit_times(n, (("absorbing", "absorbing"),) * 2)
        errors.append(abs(u - ahead * np.minimum(left, below))[smooth].max())
    assert errors[0] < 5e-5
    assert errors[2] < 0.3 * errors[1] < 0.15 * errors[0]


def test_a_reflecting_wall_turns_a_motion_back_on_its_line():
    """Reflected after s, absorbed after t the other way: (s + t)^2 - s^2.

    Turning back is exact for it. What interpolation adds to the diffusion along y is h^2 / 8 eta^2 at most, with
    eta^2 = h / (4 cos^2), times the second derivative 2 / sin^2: 2.2 h, to be compared with L u = -1.
    """
    walls = (("reflecting", "absorbing"), ("absorbing", "absorbing"))
    for n in (32, 64, 128):
        u, ahead, left, below, smooth = exit_times(n, walls)
        exact = np.where(left < below, (left + ahead) ** 2 - left**2, ahead * below)
        assert abs(u - exact)[smooth].max() < 2.2 / n * exact.max()


def test_drift_goes_with_the_wind_and_not_through_walls():
    grid = Grid((0.0, 0.0), (1.0, 2.0), (5, 6))
    b = np.broadcast_to([0.4, -0.6], (5, 6, 2))
    offsets, rates = semi_lagrangian_rates(b, np.zeros((5, 6, 2, 1)), grid.spacing)
    table = dict(zip(offsets, rates, strict=True))
    assert table[1, 0][:-1] == pytest.approx(0.4 / 0.25)
    assert table[0, -1][:, 1:] == pytest.approx(0.6 / 0.4)
    assert not table[1, 0][-1].any()
    assert not table[0, -1][:, 0].any()


@pytest.mark.parametrize("longest", [0.0, -1.0, np.inf, np.nan])
def test_a_jump_of_no_length_is_refused(longest):
    columns = np.ones((4, 4, 2, 1))
    with pytest.raises(ValueError, match=r"longest=.* must be positive and finite.*Use longest=2.0"):
        semi_lagrangian_rates(np.zeros((4, 4, 2)), columns, (1.0, 1.0), longest=longest)
    with pytest.raises(ValueError, match="columns has entries that are not finite"):
        semi_lagrangian_rates(np.zeros((4, 4, 2)), columns * np.nan, (1.0, 1.0), longest=2.0)
