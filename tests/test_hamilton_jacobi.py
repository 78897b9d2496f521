"""How relax is called: methods, boundaries, times, points, threads, walls, stretched axes."""

import numpy as np
import pytest
from reference import relaxed_absolute_value, relaxed_half_line, relaxed_quadratic

from pdeopt import Grid, Landscape, landscapes, relax, smooth

WELL = landscapes.double_well()
LINE = Grid(-2.0, 2.0, 101)


@pytest.mark.parametrize(
    ("time", "beta", "method"), [(0.5, 1.0, "cole-hopf"), (1e-4, 1e9, "cell-exact"), (0.5, np.inf, "hopf-lax")]
)
def test_the_method_used_is_named(time, beta, method):
    assert relax(WELL, LINE, time, beta).method == method


def test_both_methods_agree_within_their_error_bounds():
    a, b = (relax(WELL, LINE, 0.2, 20.0, method=method) for method in ("cole-hopf", "cell-exact"))
    assert (np.abs(a.values - b.values) <= a.error_bound + b.error_bound).all()


def test_a_method_chosen_by_hand_is_used():
    assert relax(WELL, LINE, 0.2, 20.0, method="cell-exact").method == "cell-exact"


@pytest.mark.parametrize("beta", [5.0, 1e5, np.inf])
def test_several_times_in_one_call_equal_single_calls(beta):
    times = [0.3, 0.01, 2.0]
    together = relax(WELL, LINE, times, beta).values
    apart = [relax(WELL, LINE, time, beta).values for time in times]
    np.testing.assert_allclose(together, apart, rtol=0, atol=1e-12)


@pytest.mark.parametrize("beta", [5.0, 1e5, np.inf])
def test_several_times_of_samples_in_one_call_equal_single_calls(beta):
    grid, times = Grid(-1.0, 1.0, 200, periodic=True), [0.3, 0.01, 2.0, 30.0]
    values = np.random.default_rng(0).standard_normal(200)
    together = relax(values, grid, times, beta).values
    apart = [relax(values, grid, time, beta).values for time in times]
    np.testing.assert_allclose(together, apart, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["gradient", "hessian", "prox", "error_bound"])
def test_fields_of_several_times_equal_those_of_single_calls(name):
    together = getattr(relax(WELL, LINE, [0.1, 0.5], 5.0), name)
    apart = [getattr(relax(WELL, LINE, time, 5.0), name) for time in (0.1, 0.5)]
    np.testing.assert_allclose(together, apart, atol=1e-9)


@pytest.mark.parametrize("beta", [5.0, np.inf])
def test_time_zero_gives_the_landscape(beta):
    np.testing.assert_array_equal(relax(WELL, LINE, 0.0, beta).values, WELL.on(LINE))


def test_time_zero_has_no_error():
    assert relax(WELL, LINE, 0.0, 5.0).error_bound.max() == 0.0


@pytest.mark.parametrize("beta", [3.0, 1e6, np.inf])
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_values_at_nodes_are_the_values_on_the_grid(beta, dim):
    grid = Grid((-1.0,) * dim, (1.2,) * dim, (11, 8, 7)[:dim])
    r = relax(landscapes.double_well(dim=dim), grid, 0.4, beta)
    np.testing.assert_allclose(r.at(grid.points()), r.values, rtol=0, atol=1e-11)


@pytest.mark.parametrize("beta", [3.0, 30.0])
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_values_off_the_grid_are_those_of_the_closed_form(beta, dim):
    points = np.random.default_rng(dim).uniform(-1.0, 1.0, (8, dim))
    grid = Grid((-1.0,) * dim, (1.0,) * dim, (41, 31, 29)[:dim])
    r = relax(landscapes.quadratic(2.0, dim=dim), grid, 0.5, beta)
    np.testing.assert_allclose(r.at(points), relaxed_quadratic(points, 2.0, 0.5, beta), rtol=0, atol=1e-11)


def test_points_in_one_dimension_may_be_numbers():
    r = relax(WELL, LINE, 0.5, 1.0)
    assert r.at(0.3) == pytest.approx(0.1685643906374680292, rel=1e-12)


def test_values_at_points_keep_the_shape_of_the_points():
    r = relax(WELL, LINE, [0.1, 0.5], 1.0)
    assert r.at(np.zeros((4, 5, 1))).shape == (2, 4, 5)


@pytest.mark.parametrize("beta", [2.0, 1e6, np.inf])
@pytest.mark.parametrize("shape", [(5000,), (70, 61), (20, 21, 22)])
def test_number_of_threads_changes_no_bit(beta, shape):
    values = np.random.default_rng(1).standard_normal(shape)
    grid = Grid((0.0,) * len(shape), (1.0,) * len(shape), shape)
    one, two = (relax(values, grid, 0.01, beta, threads=n) for n in (1, 2))
    np.testing.assert_array_equal(one.values, two.values)
    np.testing.assert_array_equal(one.gradient, two.gradient)
    np.testing.assert_array_equal(one.error_bound, two.error_bound)


@pytest.mark.parametrize("beta", [2.0, 1e4])
def test_a_wall_relaxes_to_the_closed_form_of_the_half_line(beta):
    grid = Grid(-1.0, 1.0, 201)
    r = relax(landscapes.half_line(), grid, 0.1, beta)
    exact = relaxed_half_line(grid.axes[0], 0.1, beta)
    np.testing.assert_allclose(r.values, exact, rtol=1e-8, atol=1e-12)


def test_a_wall_among_samples_stays_out_of_the_solution():
    grid = Grid(-1.0, 1.0, 201)
    values = np.where(grid.axes[0] < -0.005, np.inf, 0.0)
    r = relax(values, grid, 0.1, np.inf)
    exact = np.where(grid.axes[0] < 0.0, grid.axes[0] ** 2 / 0.2, 0.0)
    np.testing.assert_allclose(r.values, exact, atol=1e-13)


@pytest.mark.parametrize("beta", [4.0, 1e5, np.inf])
def test_stretched_axes_reach_the_closed_form_within_the_bound(beta):
    nodes = np.sort(np.concatenate([-np.geomspace(0.01, 1.0, 60), [0.0], np.geomspace(0.01, 1.0, 60)]))
    grid = Grid.from_axes(nodes)
    r = relax(landscapes.absolute_value(), grid, 0.1, beta)
    error = np.abs(r.values - relaxed_absolute_value(nodes, 0.1, beta))
    assert (error <= r.error_bound + 1e-13).all()


def test_each_axis_has_its_own_boundary():
    grid = Grid((-1.0, -1.0), (1.0, 1.0), (40, 41))
    parts = [np.cos(2.0 * grid.axes[0]), np.sin(3.0 * grid.axes[1])]
    both = relax(parts[0][:, None] + parts[1], grid, 0.2, 4.0, boundary=("free", "reflecting"))
    lines = [
        relax(part, Grid(-1.0, 1.0, part.size), 0.2, 4.0, boundary=name)
        for part, name in zip(parts, ("free", "reflecting"), strict=True)
    ]
    np.testing.assert_allclose(both.values, lines[0].values[:, None] + lines[1].values, atol=1e-12)


@pytest.mark.parametrize("boundary", ["free", "reflecting"])
def test_a_periodic_axis_overrides_the_boundary(boundary):
    values = np.random.default_rng(2).standard_normal(32)
    r = relax(values, Grid(0.0, 1.0, 32, periodic=True), 0.1, 3.0, boundary=boundary)
    assert r.boundary == ("periodic",)
    np.testing.assert_allclose(r.at(1.25), r.at(0.25), rtol=1e-12)


def test_samples_beyond_a_free_boundary_go_on_as_constants():
    grid, wide = Grid(0.0, 1.0, 101), Grid(-3.0, 4.0, 701)
    values = np.cos(5.0 * grid.axes[0])
    padded = np.interp(wide.axes[0], grid.axes[0], values)
    inside = relax(padded, wide, 0.05, 2.0).values[300:401]
    np.testing.assert_allclose(relax(values, grid, 0.05, 2.0).values, inside, atol=1e-12)


def test_sampled_landscapes_relax_like_their_samples():
    values = np.random.default_rng(3).standard_normal(101)
    r = relax(Landscape.from_samples(values, LINE), LINE, 0.1, 5.0)
    np.testing.assert_array_equal(r.values, relax(values, LINE, 0.1, 5.0).values)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_heat_of_a_quadratic_adds_the_variance(dim):
    grid = Grid((-1.0,) * dim, (1.0,) * dim, (33, 15, 11)[:dim])
    r = smooth(landscapes.quadratic(2.0, dim=dim), grid, 0.3)
    np.testing.assert_allclose(r.values, (grid.points() ** 2).sum(axis=-1) + 0.3 * dim, rtol=1e-11)


def test_heat_damps_a_cosine_by_its_closed_form():
    grid = Grid(-1.0, 1.0, 64, periodic=True)
    r = smooth(np.cos(np.pi * grid.axes[0]), grid, 0.05)
    exact = np.exp(-0.025 * np.pi**2) * np.cos(np.pi * grid.axes[0])
    np.testing.assert_allclose(r.values, exact, atol=1e-13)


def test_heat_is_the_limit_of_small_beta():
    grid = Grid(-1.0, 1.0, 65, periodic=True)
    heat = smooth(landscapes.cosine(), grid, 0.05).values
    gaps = [np.abs(relax(landscapes.cosine(), grid, 0.05 * beta, beta).values - heat).max() for beta in (1e-2, 1e-3)]
    assert gaps[1] / gaps[0] == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("beta", [1.0, 1e5, np.inf])
def test_points_beyond_the_grid_follow_the_same_formula(beta):
    f = Landscape(lambda x: 1.5 * x * x, vectorised=True)
    points = np.array([-7.0, -1.01, 0.5, 1.1, 5.0])
    found = relax(f, Grid(-1.0, 1.0, 1025), 0.2, beta).at(points)
    np.testing.assert_allclose(found, relaxed_quadratic(points[:, None], 3.0, 0.2, beta), rtol=0, atol=2e-6)


@pytest.mark.parametrize("beta", [1.0, 1e5, np.inf])
def test_points_beyond_a_reflecting_end_are_their_images(beta):
    r = relax(landscapes.double_well(), Grid(-0.5, 1.5, 65), 0.2, beta, boundary="reflecting")
    np.testing.assert_allclose(r.at([1.7, 2.5, 4.3]), r.at([1.3, 0.5, 0.3]), rtol=1e-12)


def test_points_beyond_samples_are_no_higher_than_the_constant_that_goes_on():
    grid = Grid(-1.0, 1.0, 65)
    assert relax(grid.axes[0] ** 2, grid, 0.2, np.inf).at(5.0) == 1.0


@pytest.mark.parametrize("beta", [1e3, np.inf])
def test_a_deeper_well_far_beyond_a_small_grid_is_found(beta):
    time = 200.0

    def wells(x):
        return np.minimum(50.0 * x * x, 50.0 * (x - 6.0) ** 2 - 1.0)

    # The other well wins from time 6**2 / 2 on.
    found = relax(Landscape(wells, vectorised=True), Grid(-0.2, 0.2, 1025), time, beta).at(0.0)
    expected = relaxed_quadratic(np.array([6.0]), 100.0, time, beta) - 1.0
    assert found == pytest.approx(expected, abs=1e-6)
