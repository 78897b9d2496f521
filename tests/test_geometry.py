"""Minima of fields: against landscapes whose minima are known, and against flooding node by node."""

from itertools import product

import numpy as np
import pytest

from pdeopt import Grid, landscapes
from pdeopt.geometry import minima


def flooded_depths(values, periodic):
    """Return depths by raising the water over each node until a lower one is reached."""
    shape, dim = values.shape, values.ndim
    offsets = [offset for offset in product((-1, 0, 1), repeat=dim) if any(offset)]
    order = {node: rank for rank, node in enumerate(sorted(np.ndindex(shape), key=lambda n: (values[n], n)))}

    def around(node):
        for offset in offsets:
            other = [i + step for i, step in zip(node, offset, strict=True)]
            wrapped = tuple(i % n if wraps else i for i, n, wraps in zip(other, shape, periodic, strict=True))
            if all(0 <= i < n for i, n in zip(wrapped, shape, strict=True)):
                yield wrapped

    depths = {}
    for start in np.ndindex(shape):
        if not np.isfinite(values[start]):
            continue
        level, wet = values[start], {start}
        while not any(order[node] < order[start] for node in wet):
            shore = {other for node in wet for other in around(node)} - wet
            dry = [node for node in shore if np.isfinite(values[node])]
            if not dry:
                level = np.inf
                break
            lowest = min(dry, key=order.__getitem__)
            level = max(level, values[lowest])
            wet.add(lowest)
        if level > values[start]:
            depths[start] = level - values[start]
    return depths


@pytest.mark.parametrize("shape", [(14,), (5, 6), (3, 4, 3)])
@pytest.mark.parametrize("wraps", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_depths_agree_with_flooding_node_by_node(shape, wraps, seed):
    values = np.random.default_rng(seed).integers(0, 9, size=shape).astype(float)
    values[values == 8] = np.inf
    found = minima(values, Grid((0.0,) * len(shape), (1.0,) * len(shape), shape, wraps))
    depths = {tuple(node): depth for node, depth in zip(found.nodes.tolist(), found.depth, strict=True)}
    assert depths == pytest.approx(flooded_depths(values, (wraps,) * len(shape)))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("double_well", 301),
        ("chaudhari_figure_1", 1201),
        ("himmelblau", 201),
        ("six_hump_camel", 301),
        ("mueller_brown", 301),
        ("styblinski_tang", 201),
    ],
)
def test_every_known_minimum_of_a_landscape_is_found_between_the_nodes(name, shape):
    f = landscapes.get(name)
    grid = Grid(*f.domain, shape)
    found = minima(f.on(grid), grid)
    inner = found.points[~found.at_edge]
    known = np.array(f.minima)
    inside = known[((known > grid.lower) & (known < grid.upper)).all(axis=1)]
    gaps = np.linalg.norm(inner[:, None] - inside[None], axis=-1)
    assert gaps.min(axis=1).max() < 0.05 * max(grid.spacing)
    assert len(inner) == len(inside)


def test_the_barrier_of_the_double_well_is_a_quarter():
    grid = Grid(-2.0, 2.0, 401)
    found = minima(landscapes.double_well().on(grid), grid)
    assert found.depth == pytest.approx([np.inf, 0.25])


def test_curvature_converges_at_second_order():
    f = landscapes.himmelblau()
    exact = np.linalg.eigvalsh(f.hessian_at(np.array([3.0, 2.0])))
    errors = []
    for n in (51, 101, 201, 401):
        grid = Grid((1.0, 0.0), (5.0, 4.0), (n, n))
        errors.append(np.abs(minima(f.on(grid), grid).curvature[0] - exact).max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert orders == pytest.approx(2.0, abs=0.05)


def test_given_derivatives_place_the_minimum_and_give_its_curvature():
    f = landscapes.himmelblau()
    grid = Grid((2.0, 1.0), (4.1, 3.1), (41, 41))
    points = grid.points()
    found = minima(f.on(grid), grid, gradient=f.gradient_at(points), hessian=f.hessian_at(points))
    node = tuple(found.nodes[0])
    assert found.curvature[0] == pytest.approx(np.linalg.eigvalsh(f.hessian_at(points[node])))
    assert found.points[0] == pytest.approx([3.0, 2.0], abs=2e-3)


def test_a_quadratic_is_placed_exactly_on_a_stretched_grid():
    x, y = np.sort(np.random.default_rng(0).uniform(-1, 1, (2, 12)), axis=1)
    slope, bend = np.array([0.1, -0.2]), np.array([[2.0, 0.5], [0.5, 1.0]])
    points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    values = points @ slope + 0.5 * np.einsum("...i,ij,...j", points, bend, points)
    found = minima(values, Grid.from_axes(x, y))
    assert found.points[0] == pytest.approx(-np.linalg.solve(bend, slope))
    assert found.curvature[0] == pytest.approx(np.linalg.eigvalsh(bend))


def test_a_minimum_beyond_the_seam_of_a_periodic_axis_is_one_minimum_inside_the_period():
    grid = Grid(0.0, 2 * np.pi, 64, periodic=True)
    found = minima(-np.cos(grid.axes[0] + 1e-3), grid)
    assert len(found) == 1
    assert found.points[0, 0] == pytest.approx(2 * np.pi - 1e-3, abs=1e-5)


def test_a_plateau_counts_once():
    found = minima([3.0, 1.0, 1.0, 1.0, 2.0, 0.0, 4.0], Grid(0.0, 6.0, 7))
    assert found.nodes.ravel().tolist() == [5, 1]
    assert found.depth.tolist() == [np.inf, 1.0]


def test_a_constant_field_has_one_minimum():
    assert len(minima(np.ones((4, 5)), Grid((0, 0), (1, 1), (4, 5)))) == 1


def test_wells_apart_by_a_wall_have_no_pass():
    found = minima([1.0, 0.0, 1.0, np.inf, 2.0, 1.0, 2.0], Grid(0.0, 6.0, 7))
    assert found.depth.tolist() == [np.inf, np.inf]
    assert found.basins.tolist() == [0, 0, 0, -1, 1, 1, 1]


def test_shallow_minima_spill_into_the_basin_they_touch():
    values = np.array([5.0, 0.0, 5.0, 1.0, 2.0, 1.9, 5.0])
    found = minima(values, Grid(0.0, 6.0, 7), shallowest=0.5)
    assert found.basins[3:6].tolist() == [1, 1, 1]


def test_points_are_assigned_to_the_basins_they_drain_into():
    grid = Grid(-2.0, 2.0, 101)
    found = minima(landscapes.double_well().on(grid), grid)
    assert found.points[found.containing([[-0.3], [0.4]]), 0] == pytest.approx([-1.0, 1.0], abs=1e-3)


def test_the_text_is_a_table_with_one_row_for_each_minimum():
    grid = Grid(-2.0, 2.0, 101)
    text = str(minima(landscapes.double_well().on(grid), grid))
    assert text.split()[:4] == ["minimum", "at", "value", "depth"]
    assert len(text.splitlines()) == 3


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_a_value_that_is_no_height_is_named_with_its_place(bad):
    with pytest.raises(ValueError, match=rf"values is {bad} at index \(1,\).*np\.inf for a wall"):
        minima([0.0, bad, 1.0], Grid(0.0, 1.0, 3))


def test_a_field_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"shape \(4,\), the grid \(3,\)"):
        minima(np.zeros(4), Grid(0.0, 1.0, 3))


def test_a_valley_of_equal_minima_keeps_its_minimum_on_a_node():
    grid = Grid((-1.0, -1.0), (1.0, 1.0), (21, 21))
    found = minima(grid.points()[..., 0] ** 2, grid)
    assert len(found) == 1
    assert found.curvature[0] == pytest.approx([0.0, 2.0])
