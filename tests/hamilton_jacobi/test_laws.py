"""Laws of the equation that the monotone scheme keeps on rough data, to rounding."""

import numpy as np
import pytest

from pdeopt import Grid, HamiltonJacobi, solve_hamilton_jacobi

GRIDS = {1: Grid(-1.0, 1.0, 32, periodic=True), 2: Grid((-1.0, 0.0), (1.0, 1.0), (14, 12), periodic=True)}
CASES = [(dim, beta) for dim in GRIDS for beta in (20.0, np.inf)]
TIME, STEP = 0.05, 0.0005


def rough(dim, seed=0):
    return np.random.default_rng(seed).uniform(-1.0, 1.0, GRIDS[dim].shape)


def flow(values, beta, time=TIME, step=STEP, boundary="reflecting", grid=None):
    problem = HamiltonJacobi(values, grid or GRIDS[np.ndim(values)], viscosity=0.5 / beta, boundary=boundary)
    return solve_hamilton_jacobi(problem, time, method="godunov", stepper="euler", step=step, threads=1).values


def steepest(values, axis):
    return np.abs(np.roll(values, -1, axis) - values).max()


@pytest.mark.parametrize(("dim", "beta"), CASES)
def test_solutions_keep_their_order_and_come_no_farther_apart(dim, beta):
    low, more = rough(dim), rough(dim, 1)
    high = np.maximum(low, more)
    assert (flow(low, beta) <= flow(high, beta) + 1e-14).all()
    apart = np.abs(flow(low, beta) - flow(more, beta)).max()
    assert apart <= np.abs(low - more).max() + 1e-14


@pytest.mark.parametrize(("dim", "beta"), CASES)
def test_constants_and_shifts_along_an_axis_are_carried_along(dim, beta):
    values = rough(dim)
    np.testing.assert_allclose(flow(values + 3.0, beta), flow(values, beta) + 3.0, rtol=0.0, atol=1e-13)
    for axis in range(dim):
        shifted = flow(np.roll(values, 5, axis), beta)
        np.testing.assert_allclose(shifted, np.roll(flow(values, beta), 5, axis), rtol=0.0, atol=1e-14)


@pytest.mark.parametrize(("dim", "beta"), CASES)
def test_slopes_do_not_grow_nor_values_leave_their_range(dim, beta):
    values = rough(dim)
    after = flow(values, beta)
    assert values.min() - 1e-14 <= after.min()
    assert after.max() <= values.max() + 1e-14
    for axis in range(dim):
        assert steepest(after, axis) <= steepest(values, axis) + 1e-14


@pytest.mark.parametrize(("dim", "beta"), CASES)
def test_two_times_in_a_row_are_their_sum(dim, beta):
    values = rough(dim)
    twice = flow(flow(values, beta), beta)
    np.testing.assert_allclose(flow(values, beta, 2.0 * TIME), twice, rtol=0.0, atol=1e-13)


@pytest.mark.parametrize(("dim", "beta"), CASES)
def test_higher_data_flow_faster_and_are_less_viscous(dim, beta):
    # S(t, beta / c) (c u) = c S(c t, beta) u.
    values, c = rough(dim), 2.0
    found = flow(c * values, beta / c, TIME, STEP / c)
    np.testing.assert_allclose(found, c * flow(values, beta, c * TIME), rtol=0.0, atol=1e-13)


@pytest.mark.parametrize(("dim", "beta"), CASES)
def test_solutions_lie_below_the_flow_of_heat(dim, beta):
    values = rough(dim)
    heat, nu = values.copy(), 0.5 / beta
    for _ in range(round(TIME / STEP)):
        bends = [
            (np.roll(heat, 1, axis) - 2.0 * heat + np.roll(heat, -1, axis)) / h**2
            for axis, h in enumerate(GRIDS[dim].spacing)
        ]
        heat += STEP * nu * sum(bends)
    assert (flow(values, beta) <= heat + 1e-13).all()


@pytest.mark.parametrize("beta", [20.0, np.inf])
def test_second_differences_fall_as_the_reciprocal_of_time(beta):
    h, values = GRIDS[1].spacing[0], rough(1)
    for time in (0.01, 0.05, 0.2):
        u = flow(values, beta, time)
        bend = (np.roll(u, 1) - 2.0 * u + np.roll(u, -1)) / h**2
        # Those of the equation are at most 1 / t. Between slopes a >= 0 >= b this scheme reduces a by a^2 / 2h and |b|
        # by b^2 / 2h: the second difference s = (a - b) / h then falls at the rate s^2 / 4, or faster.
        assert bend.max() <= 4.0 / time


@pytest.mark.parametrize("beta", [20.0, np.inf])
def test_walls_that_reflect_are_mirrors(beta):
    values = rough(1)[:17]
    mirrored = np.concatenate([values, values[-2:0:-1]])
    grid = Grid(-1.0, 0.0, 17)
    np.testing.assert_allclose(flow(values, beta, grid=grid), flow(mirrored, beta)[:17], rtol=0.0, atol=1e-13)
