"""The error bound against true errors."""

from functools import cache

import numpy as np
import published
import pytest
import truth
from random_cases import probes, random_case
from reference import relaxed_absolute_value, relaxed_quadratic

from pdeopt import Grid, Landscape, landscapes, relax

FAST = [*range(20), 449, 803, 1399]
SLOW = [seed for seed in range(20, 1020) if seed not in FAST]
ROUNDING = 1e-12
"""Relative accuracy of the exact solutions: differences below it say nothing."""


@cache
def compared(seed):
    """Return error and bound at the compared nodes, the rounding of the truth, and the largest bound of all nodes."""
    case = random_case(seed)
    r = relax(case.f, case.grid, case.time, case.beta, boundary=case.boundary, threads=1)
    index = probes(case, seed)
    points = case.grid.points().reshape(-1, case.grid.dim)[index]
    exact = case.exact(points)
    error = np.abs(r.values.ravel()[index] - exact)
    doubt = ROUNDING * (1.0 + np.abs(exact)) * (1.0 + case.time)
    return error, r.error_bound.ravel()[index], doubt, float(r.error_bound.max())


@pytest.mark.parametrize("seed", [*FAST, *[pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW]])
def test_bound_holds_at_every_node_of_a_random_landscape(seed):
    error, bound, doubt, _ = compared(seed)
    assert (error <= bound + doubt).all()


@pytest.mark.parametrize("seed", [*FAST, *[pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW]])
def test_bound_is_at_most_a_thousand_times_the_error_of_a_random_landscape(seed):
    error, _, doubt, largest = compared(seed)
    assert error.max() < 1e-12 + doubt.max() or largest <= 1000.0 * error.max()


@pytest.mark.parametrize("n", [65, 129, 512])
@pytest.mark.parametrize(("time", "beta", "expected"), published.COSINE)
def test_bound_holds_for_the_cosine_on_coarse_and_fine_grids(time, beta, expected, n):
    r = relax(landscapes.cosine(), Grid(-1.0, 1.0, n), time, beta)
    exact = {-1.0: expected[3], 1.0: expected[3]}
    if n % 2:
        exact[0.0] = expected[0]
    index = [int(np.abs(r.grid.axes[0] - x).argmin()) for x in exact]
    assert (np.abs(r.values[index] - list(exact.values())) <= r.error_bound[index] + 1e-14).all()


@pytest.mark.parametrize("n", [33, 65, 257])
@pytest.mark.parametrize("row", [row for row in published.VISCOUS + published.INVISCID if len(row.point) == 1])
def test_bound_holds_for_the_published_rows_on_coarse_grids(row, n):
    grid = Grid(row.point[0] - 2.0, row.point[0] + 2.0, n)
    r = relax(row.landscape(), grid, row.time, row.beta)
    assert abs(r.values[n // 2] - row.expected[0]) <= r.error_bound[n // 2] + 1e-12 * abs(row.expected[0])


@pytest.mark.parametrize("beta", [1.0, 1e3, 1e6, np.inf])
def test_known_curvature_makes_a_bound_of_cells(beta):
    f = Landscape(lambda x: 1.5 * x * x, curvature=(3.0, 3.0), vectorised=True)
    grid = Grid(-1.0, 1.0, 41)
    method = None if np.isinf(beta) else "cell-exact"
    r = relax(f, grid, 0.02, beta, method=method)
    error = np.abs(r.values - relaxed_quadratic(grid.points(), 3.0, 0.02, beta))
    assert r.error_kind == "bound"
    assert (error <= r.error_bound).all()


def test_sampled_values_have_an_estimate_only():
    assert relax(np.zeros(9), Grid(0.0, 1.0, 9), 0.1, 1.0).error_kind == "estimate"


def test_parts_of_the_bound_add_up_to_it():
    r = relax(landscapes.double_well(), Grid(-2.0, 2.0, 33), 0.01, 1e4)
    np.testing.assert_array_equal(sum(r.error_parts.values()), r.error_bound)


def test_parts_of_the_bound_have_their_names():
    r = relax(landscapes.double_well(), Grid(-2.0, 2.0, 33), 0.1, 1.0)
    assert set(r.error_parts) == {"quadrature", "interpolation", "truncation", "rounding"}


def test_truncation_part_covers_a_slope_that_goes_on_beyond_the_edge_of_samples():
    grid = Grid(-1.0, 1.0, 201)
    r = relax(np.abs(grid.axes[0]) - 2.0 * np.maximum(0.0, grid.axes[0]), grid, 0.3, 50.0)
    exact = -grid.axes[0] - 0.15
    assert (np.abs(r.values - exact) <= r.error_bound).all()


@pytest.mark.parametrize("beta", [1.0, 1e4, np.inf])
def test_bound_holds_for_an_undeclared_kink_between_nodes(beta):
    centre = 0.0137
    f = Landscape(lambda x: np.abs(x - centre), vectorised=True)
    grid = Grid(-1.0, 1.0, 129)
    r = relax(f, grid, 0.05, beta)
    error = np.abs(r.values - relaxed_absolute_value(grid.axes[0] - centre, 0.05, beta))
    assert (error <= r.error_bound).all()


def wave(x):
    return np.sin(5.0 * x)


@pytest.mark.parametrize("n", [2, 3, 17, 65, 257])
def test_bound_holds_for_a_slope_at_a_reflecting_end_whatever_the_spacing_of_the_outputs(n):
    time, beta, slope = 2e-4, 3.0, 2.0
    r = relax(Landscape(lambda x: slope * x, vectorised=True), Grid(-1.0, 1.0, n), time, beta, boundary="reflecting")
    # A reflected slope is the absolute value, far from the other end.
    exact = -slope + relaxed_absolute_value(0.0, slope**2 * time, beta)
    assert abs(r.values[0] - exact) <= r.error_bound[0]


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("beta", [0.01, 1.0, 1e8, np.inf])
def test_bound_holds_for_a_wave_that_two_nodes_cannot_show(n, beta):
    time = 0.3
    r = relax(Landscape(wave, vectorised=True), Grid(-1.0, 1.3, n), time, beta)
    error = np.abs(r.values - truth.relaxed(wave, r.grid.axes[0], time, beta))
    assert (error <= r.error_bound + 1e-12).all()


@pytest.mark.parametrize("beta", [1e8, np.inf])
def test_bound_holds_for_an_undeclared_wall_between_nodes(beta):
    place, time = 0.013, 0.01
    f = Landscape(lambda x: np.where(x < place, np.inf, x), vectorised=True)
    r = relax(f, Grid(-1.0, 1.0, 65), time, beta)
    x = r.grid.axes[0]
    nearest = np.maximum(x - time, place)
    exact = nearest + (x - nearest) ** 2 / (2.0 * time)
    assert (np.abs(r.values - exact) <= r.error_bound + 40.0 / beta).all()


def test_a_declared_wall_costs_nothing():
    f = Landscape(lambda x: np.where(x < 0.013, np.inf, x), kinks=(0.013,), vectorised=True)
    assert relax(f, Grid(-1.0, 1.0, 65), 0.01, np.inf).error_bound.max() < 1e-9
