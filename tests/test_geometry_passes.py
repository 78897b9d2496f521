"""Passes, rates and widths: published saddles, closed forms, a generator on a grid, and quadrature."""

import numpy as np
import pytest
from numba import njit
from scipy.integrate import quad

import pdeopt
from pdeopt import Grid, landscapes
from pdeopt.geometry import basin_widths, merge_tree, minima, saddles

HIMMELBLAU = {
    13.3119: (3.3852, 0.0739),
    67.7192: (0.0867, 2.8843),
    104.0152: (-3.0730, -0.0813),
    178.3372: (-0.1280, -1.9537),
}
MUELLER_BROWN = {-72.2489: (0.2125, 0.2930), -40.6648: (-0.8220, 0.6243)}


@pytest.mark.parametrize(
    ("f", "known", "scale"),
    [(landscapes.himmelblau(), HIMMELBLAU, 1.0), (landscapes.mueller_brown(), MUELLER_BROWN, 0.3)],
)
def test_the_published_saddles_are_found_between_the_nodes(f, known, scale):
    found = saddles(f.on(grid := Grid(*f.domain, 301)), grid)
    assert found.values == pytest.approx(list(known), abs=0.02)
    assert found.points == pytest.approx(np.array(list(known.values())), abs=0.004 * scale)
    assert (found.index == 1).all()
    assert (found.curvature[:, 0] < 0).all()


def test_the_pass_of_himmelblau_that_no_way_needs_is_not_in_the_tree():
    f = landscapes.himmelblau()
    found = saddles(f.on(grid := Grid(*f.domain, 201)), grid)
    assert found.in_tree.tolist() == [True, True, True, False]
    assert found.between.tolist() == [[0, 1], [0, 2], [2, 3], [0, 3]]
    assert "not in the tree" in str(found).splitlines()[-1]


def test_passes_are_placed_with_second_order():
    f, errors = landscapes.himmelblau(), []
    exact = np.array([3.3851543, 0.0738519])
    for h in (0.04, 0.02, 0.01):
        # The pass keeps its place among the nodes around it.
        lower = exact - (20 + np.array([0.3, 0.4])) * h
        grid = Grid(lower, lower + 40 * h, 41)
        errors.append(np.linalg.norm(saddles(f.on(grid), grid).points[-1] - exact))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert orders == pytest.approx(2.0, abs=0.1)


def test_passes_of_the_tree_are_as_high_as_its_deaths():
    values = np.random.default_rng(2).standard_normal((14, 15))
    grid = Grid((0.0, 0.0), (1.0, 1.0), (14, 15), (False, True))
    tree, found = merge_tree(values, grid), saddles(values, grid)
    heights = values[tuple(found.nodes[found.in_tree].T)]
    assert sorted(heights.tolist()) == sorted(tree.deaths[tree.parent >= 0].tolist())


def test_a_field_with_one_basin_has_no_pass():
    assert len(saddles(Grid(-1.0, 1.0, 11).axes[0] ** 2, Grid(-1.0, 1.0, 11))) == 0


def test_a_pass_beside_a_wall_has_no_index():
    wall = [np.inf] * 5
    found = saddles([wall, [2.0, 0.0, 3.0, 1.0, 2.0], wall], Grid((0.0, 0.0), (1.0, 4.0), (3, 5)))
    assert found.index.tolist() == [-1]
    assert np.isnan(found.kramers_rates(1.0)).all()


def test_rates_tend_to_the_slowest_rate_of_the_generator():
    f = landscapes.double_well()
    grid = Grid(-2.0, 2.0, 401)
    found = saddles(f.on(grid), grid, hessian=f.hessian_at(grid.points()))
    errors = []
    for beta in (20.0, 40.0):
        slowest = pdeopt.Generator(pdeopt.overdamped_langevin(f, beta), grid).spectrum(2).eigenvalues[1]
        errors.append(slowest / found.kramers_rates(beta).sum() - 1.0)
    # The law is right up to a factor 1 + O(1 / beta).
    assert np.abs(errors).max() < 0.2
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.4)


def test_rates_from_the_two_sides_are_in_detailed_balance_with_the_harmonic_weights():
    f = landscapes.mueller_brown()
    found = saddles(f.on(grid := Grid(*f.domain, 151)), grid)
    rates = found.kramers_rates(0.2)
    weights = basin_widths(found.minima, f.on(grid), beta=0.2).harmonic_weight[found.between]
    assert (rates * weights)[:, 0] == pytest.approx((rates * weights)[:, 1], rel=1e-12)


def test_weights_are_those_of_quadrature():
    beta = 3.0

    @njit
    def tilted(x):
        return 0.25 * (x * x - 1.0) ** 2 + 0.1 * x

    grid = Grid(-2.5, 2.5, 1001)
    f = pdeopt.Landscape(tilted, dim=1)
    found = saddles(f.on(grid), grid)
    sizes = basin_widths(found.minima, f.on(grid), beta=beta)
    top = float(found.points[0, 0])
    left, right = (quad(lambda x: np.exp(-beta * tilted(x)), *ends)[0] for ends in ((-2.5, top), (top, 2.5)))
    # A node at the pass belongs to one side: an error of one cell of the density there.
    bound = 0.005 * np.exp(-beta * tilted(top)) / (left + right)
    assert sizes.weight == pytest.approx(np.array([left, right]) / (left + right), abs=bound)


def test_a_cold_quadratic_has_its_harmonic_width_and_all_the_weight():
    f = landscapes.get("quadratic", dim=2)
    grid = Grid((-1.0, -1.0), (1.0, 1.0), (401, 401))
    values = 2.0 * grid.points()[..., 0] ** 2 + 4.5 * grid.points()[..., 1] ** 2
    sizes = basin_widths(minima(values, grid), values, beta=60.0)
    assert f.dim == 2
    assert sizes.width[0] == pytest.approx(1.0 / np.sqrt(60.0 * np.array([9.0, 4.0])), rel=1e-6)
    assert sizes.width == pytest.approx(sizes.harmonic_width, rel=1e-6)
    assert sizes.weight.tolist() == sizes.harmonic_weight.tolist() == [1.0]


def test_basins_of_a_stretched_grid_fill_it_but_for_walls():
    x, y = np.sort(np.random.default_rng(3).uniform(0.0, 1.0, (2, 12)), axis=1)
    grid = Grid.from_axes(x, y)
    values = np.random.default_rng(4).standard_normal((12, 12))
    sizes = basin_widths(minima(values, grid), values)
    assert sizes.volume.sum() == pytest.approx(np.ptp(x) * np.ptp(y))
    assert (sizes.extent <= [np.ptp(x) + 1e-12, np.ptp(y) + 1e-12]).all()
    assert np.isnan(sizes.weight).all()
    assert "nan" not in str(sizes)


def test_a_flat_interval_has_the_width_of_the_uniform_law():
    values = np.abs(Grid(-1.0, 1.0, 2001).axes[0]) * 1e-3
    sizes = basin_widths(minima(values, Grid(-1.0, 1.0, 2001)), values)
    assert sizes.width[0, 0] == pytest.approx(2.0 / np.sqrt(12.0), rel=1e-6)
    assert (sizes.volume[0], sizes.extent[0, 0]) == pytest.approx((2.0, 2.0))


def test_where_a_period_begins_makes_no_difference_to_widths():
    grid = Grid(0.0, 1.0, 60, periodic=True)
    values = np.cos(4 * np.pi * grid.axes[0]) + 0.2 * np.sin(2 * np.pi * grid.axes[0])
    sizes = [basin_widths(minima(moved, grid), moved, beta=4.0) for moved in (values, np.roll(values, 23))]
    for name in ("volume", "extent", "width", "weight"):
        assert getattr(sizes[0], name) == pytest.approx(getattr(sizes[1], name))


@pytest.mark.parametrize("beta", [0.0, -1.0, np.inf, np.nan])
def test_a_temperature_out_of_range_is_named(beta):
    grid = Grid(-2.0, 2.0, 41)
    values = landscapes.double_well().on(grid)
    with pytest.raises(ValueError, match=r"beta=\S+ must be positive and finite, e\.g\. beta=10\.0"):
        basin_widths(minima(values, grid), values, beta=beta)
    with pytest.raises(ValueError, match=r"beta=\S+ must be positive and finite"):
        saddles(values, grid).kramers_rates(beta)
