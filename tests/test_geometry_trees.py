"""Merge trees: against flooding node by node, ways found by Dijkstra's algorithm, laws, and numbers of gudhi."""

import numpy as np
import pytest
from reference_geometry import bottleneck_heights, persistence_pairs

from pdeopt import Grid
from pdeopt.geometry import MergeTree, merge_tree, minima

SHAPES = [(23,), (2,), (7, 6), (2, 9), (4, 3, 5)]


def box(shape, periodic=False):
    return Grid((0.0,) * len(shape), (1.0,) * len(shape), shape, periodic)


def field(shape, seed, *, plateaus=False):
    """Return random values with a few walls."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 7, shape).astype(float) if plateaus else rng.standard_normal(shape)
    values[rng.random(shape) < 0.1] = np.inf
    return values


def pairs_of(tree):
    return sorted(zip(tree.births.tolist(), tree.deaths.tolist(), strict=True))


@pytest.mark.parametrize("kind", ["all", "axes"])
@pytest.mark.parametrize("plateaus", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_pairs_are_those_of_flooding_node_by_node(shape, plateaus, kind):
    for seed in range(8):
        periodic = tuple(np.random.default_rng(seed).random(len(shape)) < 0.5)
        values = field(shape, seed, plateaus=plateaus)
        tree = merge_tree(values, box(shape, periodic), neighbours=kind)
        assert pairs_of(tree) == persistence_pairs(values, periodic, kind)


@pytest.mark.parametrize(
    ("kind", "n_minima", "total", "deepest"),
    [
        ("all", 471, 400.43793600348175, [3.404872556744635, 2.9403707507020536, 2.9196917204163406]),
        ("axes", 826, 809.3291749440543, [3.8956535936989165, 3.6537376226194254, 3.6471224900600574]),
    ],
)
def test_noise_has_the_pairs_that_gudhi_finds(kind, n_minima, total, deepest):
    values = np.random.default_rng(0).standard_normal((64, 64))
    depths = merge_tree(values, box((64, 64)), neighbours=kind).persistence
    assert len(depths) == n_minima
    assert np.sort(depths)[-4:-1][::-1] == pytest.approx(deepest, abs=1e-9)
    assert depths[np.isfinite(depths)].sum() == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize("kind", ["all", "axes"])
def test_barriers_are_the_heights_of_the_lowest_ways_between_minima(kind):
    values, periodic = field((9, 8), 3, plateaus=True), (True, False)
    tree = merge_tree(values, box((9, 8), periodic), neighbours=kind)
    heights = tree.barriers()
    for row, node in enumerate(map(tuple, tree.nodes.tolist())):
        known = bottleneck_heights(values, periodic, kind, node)
        assert heights[row].tolist() == [known.get(tuple(other), np.inf) for other in tree.nodes.tolist()]


def test_a_minimum_joins_one_that_is_lower_and_lives_longer_at_a_node_of_that_height():
    values = field((12, 13), 5)
    tree = merge_tree(values, box((12, 13)))
    joins = tree.parent >= 0
    assert (tree.births[tree.parent[joins]] < tree.births[joins]).all()
    assert (tree.deaths[tree.parent[joins]] > tree.deaths[joins]).all()
    assert values[tuple(tree.saddles[joins].T)].tolist() == tree.deaths[joins].tolist()
    assert np.isnan(tree.saddle_points[~joins]).all()


def test_each_basin_spills_into_one_that_it_touches_at_the_saddle():
    values = field((12, 13), 6)
    tree = merge_tree(values, box((12, 13)))
    for row in np.flatnonzero(tree.parent >= 0).tolist():
        i, j = tree.saddles[row]
        assert tree.spills[row] in tree.basins[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]


def test_basins_hold_their_minimum_and_nodes_above_it():
    values = field((15, 11), 7)
    tree = merge_tree(values, box((15, 11)))
    assert tree.basins[tuple(tree.nodes.T)].tolist() == list(range(len(tree)))
    assert (tree.basins == -1).tolist() == np.isinf(values).tolist()
    inside = tree.basins >= 0
    assert (values[inside] >= tree.births[tree.basins[inside]]).all()


def test_simplifying_leaves_the_deeper_minima_and_the_basins_that_minima_gives_them():
    values = field((20, 21), 8)
    tree = merge_tree(values, box((20, 21)))
    simple, found = tree.simplified(0.7), minima(values, tree.grid, shallowest=0.7)
    assert pairs_of(simple) == [pair for pair in pairs_of(tree) if pair[1] - pair[0] > 0.7]
    assert simple.basins.tolist() == found.basins.tolist()
    assert pairs_of(merge_tree(values, tree.grid, shallowest=0.7)) == pairs_of(simple)
    # Two minima that are left are as far apart as before.
    kept = np.flatnonzero(tree.persistence > 0.7)
    assert simple.barriers().tolist() == tree.barriers()[np.ix_(kept, kept)].tolist()


def test_a_slanting_valley_is_one_minimum_unless_only_axes_count():
    x, y = box((40, 40)).points()[..., 0], box((40, 40)).points()[..., 1]
    values = 100.0 * (x - y) ** 2 + 0.1 * (x + y)
    assert len(merge_tree(values, box((40, 40)))) == 1
    assert len(merge_tree(values, box((40, 40)), neighbours="axes")) > 10


def test_persistence_of_waves_is_twice_their_height():
    grid = Grid(0.0, 2.0 * np.pi, 120, periodic=True)
    tree = merge_tree(-3.0 * np.cos(5.0 * grid.axes[0]), grid)
    assert tree.persistence == pytest.approx([np.inf] + [6.0] * 4)


def test_heights_move_no_more_than_the_field():
    values, change = field((16, 16), 9), 0.05
    noise = np.random.default_rng(1).uniform(-change, change, values.shape)
    grid = box((16, 16))
    before, after = merge_tree(values, grid), merge_tree(values + noise, grid)
    # By the stability theorem what is deeper than twice the change survives.
    assert np.sum(after.persistence > 0) >= np.sum(before.persistence > 2 * change)
    deep = np.sort(before.persistence[np.isfinite(before.persistence)])[::-1]
    moved = np.sort(after.persistence[np.isfinite(after.persistence)])[::-1]
    n = min(deep.size, moved.size)
    assert np.abs(deep[:n] - moved[:n]).max() <= 2 * change


def test_a_tree_comes_back_from_a_file(tmp_path):
    tree = merge_tree(field((5, 6), 1), Grid.from_axes([0.0, 1.0, 3.0, 4.0, 9.0], range(6)))
    back = MergeTree.load(tree.save(tmp_path / "tree"))
    assert back.grid == tree.grid
    for name in ("births", "deaths", "nodes", "saddles", "parent", "spills", "basins"):
        assert getattr(back, name).tolist() == getattr(tree, name).tolist()


def test_a_file_of_something_else_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", births=[1.0])
    with pytest.raises(ValueError, match=r"no saved merge tree: it lacks deaths"):
        MergeTree.load(tmp_path / "other.npz")


def test_the_text_lists_the_deepest_first():
    tree = merge_tree([0.0, 5.0, 1.0, 2.0, 0.5, 9.0], Grid(0.0, 5.0, 6))
    rows = str(tree).splitlines()
    assert rows[1].split() == ["1", "(0)", "0", "inf", "inf"]
    assert rows[2].split() == ["2", "(4)", "0.5", "5", "4.5", "1", "(1)"]
    assert rows[3].split() == ["3", "(2)", "1", "2", "1", "2", "(3)"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"neighbours": "four"}, "neighbours='four' is unknown; use 'all' or 'axes'"),
        ({"shallowest": -1.0}, "shallowest=-1.0 must be a number of at least 0"),
    ],
)
def test_unknown_options_are_named_with_those_that_work(options, message):
    with pytest.raises(ValueError, match=message):
        merge_tree(np.zeros(3), Grid(0.0, 1.0, 3), **options)


def test_too_many_barriers_are_refused_with_a_depth_that_works():
    values = np.random.default_rng(0).standard_normal(20_000)
    tree = merge_tree(values, Grid(0.0, 1.0, 20_000))
    with pytest.raises(ValueError, match=r"simplified\(([0-9.e-]+)\)") as caught:
        tree.barriers()
    least = float(str(caught.value).split("simplified(")[1].split(")")[0])
    assert len(tree.simplified(least).barriers()) <= 4096
