"""Grids: their nodes, their copies, and what they refuse."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdeopt import Grid

STRETCHED = [0.0, 0.1, 0.4, 1.0]


def test_nodes_include_both_ends():
    np.testing.assert_array_equal(Grid(-3.0, 3.0, 7).axes[0], [-3, -2, -1, 0, 1, 2, 3])


def test_a_periodic_axis_leaves_out_its_upper_end():
    np.testing.assert_array_equal(Grid(0.0, 1.0, 4, periodic=True).axes[0], [0, 0.25, 0.5, 0.75])


def test_single_numbers_serve_every_axis():
    assert Grid(-1, 1, (3, 5)) == Grid((-1, -1), (1, 1), (3, 5), (False, False))


def test_spacing_counts_cells_as_the_boundary_does():
    assert Grid((0.0, 0.0), (1.0, 2.0), (5, 4), periodic=(False, True)).spacing == (0.25, 0.5)


def test_spacing_of_a_stretched_axis_is_its_largest():
    assert Grid.from_axes(STRETCHED).spacing == (0.6,)


def test_points_run_along_the_first_axis_first():
    grid = Grid((0, 10), (1, 12), (2, 3))
    assert grid.points().shape == (2, 3, 2)
    np.testing.assert_array_equal(grid.points()[1, 2], [1, 12])


def test_given_nodes_are_kept_to_the_last_bit():
    nodes = np.linspace(0.1, 0.7, 100) + 1e-17
    np.testing.assert_array_equal(Grid.from_axes(nodes).axes[0], nodes)


def test_evenly_spaced_nodes_are_found_to_be_uniform():
    assert Grid.from_axes(np.arange(1000) * 0.1, STRETCHED).uniform == (True, False)


def test_the_period_of_given_nodes_follows_from_their_spacing():
    assert Grid.from_axes([0.0, 0.25, 0.5, 0.75], periodic=True) == Grid(0.0, 1.0, 4, periodic=True)


def test_axes_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        Grid(0.0, 1.0, 3).axes[0][0] = 7.0


def test_writing_to_the_callers_nodes_does_not_reach_the_grid():
    nodes = np.array(STRETCHED)
    grid = Grid.from_axes(nodes)
    nodes[0] = -5.0
    assert grid.axes[0][0] == 0.0


@pytest.mark.parametrize(
    "grid",
    [
        Grid(-3.0, 3.0, 7),
        Grid((0, 0), (1, 2), (5, 4), periodic=(False, True)),
        Grid.from_axes(STRETCHED),
        Grid.from_axes([0.0, 0.5], STRETCHED, periodic=(True, False)),
    ],
)
def test_a_grid_survives_pickling_with_read_only_axes(grid):
    copy = pickle.loads(pickle.dumps(grid))
    assert copy == grid
    assert hash(copy) == hash(grid)
    assert not any(axis.flags.writeable for axis in copy.axes)


def test_grids_differ_by_any_of_their_facts():
    grids = {
        Grid(0, 1, 4),
        Grid(0, 2, 4),
        Grid(0, 1, 5),
        Grid(0, 1, 4, periodic=True),
        Grid.from_axes(STRETCHED),
        Grid(0, 1, (4, 4)),
    }
    assert len(grids) == 6


def test_the_text_of_a_uniform_grid_makes_it_again():
    grid = Grid((0, -1), (1, 2), (5, 4), periodic=(False, True))
    assert eval(repr(grid), {"Grid": Grid}) == grid


def test_the_text_of_a_stretched_grid_names_its_ends():
    assert repr(Grid.from_axes(STRETCHED)) == "Grid.from_axes(<4 nodes in [0, 1]>, periodic=(False,))"


def test_size_is_the_number_of_nodes_in_any_dimension():
    grid = Grid(0, 1, (2, 3, 4, 5))
    assert (grid.dim, grid.size) == (4, 120)


@given(n=st.integers(2, 30), factor=st.integers(1, 5), periodic=st.booleans())
def test_refining_keeps_the_old_nodes(n, factor, periodic):
    grid = Grid(-1.0, 2.0, n, periodic)
    finer = grid.refined(factor)
    np.testing.assert_allclose(finer.axes[0][::factor], grid.axes[0], rtol=0, atol=1e-15)
    assert finer.spacing[0] == pytest.approx(grid.spacing[0] / factor)


def test_refining_a_stretched_axis_halves_every_cell():
    finer = Grid.from_axes(STRETCHED).refined(2)
    np.testing.assert_allclose(finer.axes[0], [0.0, 0.05, 0.1, 0.25, 0.4, 0.7, 1.0])


REFUSED = [
    (lambda: Grid(0.0, 1.0, 1), "shape=1 on axis 0 is below the limit of 2 nodes. Use shape=2"),
    (lambda: Grid(0.0, 1.0, 2.5), "shape has the entry 2.5: a number of nodes is a whole number, e.g. 2"),
    (lambda: Grid(1.0, 0.0, 3), "lower=1.0 is not below upper=0.0 on axis 0. Use lower=0.0 and upper=1.0"),
    (lambda: Grid(1.0, 1.0, 3), "Use lower=1.0 and upper=2.0"),
    (lambda: Grid(0.0, np.inf, 3), "lower=0.0 to upper=inf. Both ends must be finite, e.g. -1.0 and 1.0"),
    (lambda: Grid((0, 0), (1, 1, 1), 3), r"lower=\(0, 0\) has 2 entries for a grid of 3 axes. Give 3"),
    (lambda: Grid.from_axes(), "axes is empty"),
    (lambda: Grid.from_axes([0.0]), r"axis 0 has shape \(1,\): an axis is a sequence of at least 2 nodes"),
    (lambda: Grid.from_axes([[0.0, 1.0]]), r"axis 0 has shape \(1, 2\)"),
    (lambda: Grid.from_axes(STRETCHED, [0.0, 2.0, 1.0]), "axis 1 goes from 2.0 to 1.0 at position 1"),
    (lambda: Grid.from_axes([0.0, 0.0, 1.0]), "Nodes must increase strictly: numpy.unique"),
    (lambda: Grid.from_axes([0.0, np.nan]), "axis 0 has the node nan at position 1"),
    (lambda: Grid.from_axes(STRETCHED, periodic=True), "A periodic axis must be uniform: use Grid"),
    (lambda: Grid(0, 1, 3).refined(1.5), "factor=1.5 must be a whole number of at least 1, e.g. factor=2"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED)
def test_a_refusal_names_the_argument_its_value_and_the_limit(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_the_advised_values_work():
    assert Grid(0.0, 1.0, 2).size == 2
    assert Grid(lower=0.0, upper=1.0, shape=3).size == 3
    assert Grid.from_axes(STRETCHED, np.unique([0.0, 2.0, 1.0])).shape == (4, 3)
    assert Grid(lower=0.0, upper=1.2, shape=4, periodic=True).spacing == (pytest.approx(0.3),)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("a", 1.0, 5), "lower has the entry 'a'"),
        ((0.0, None, 5), "upper has the entry None"),
        ((0.0, 1.0, None), "shape has the entry None"),
        ((0.0, 1.0, 5, "False"), "periodic has the entry 'False'"),
    ],
)
def test_an_argument_that_is_no_number_is_named(arguments, words):
    with pytest.raises(TypeError, match=words):
        Grid(*arguments)


@pytest.mark.parametrize("shape", [np.nan, np.inf])
def test_a_number_of_nodes_that_is_not_finite_is_refused(shape):
    with pytest.raises(ValueError, match=f"shape has the entry {shape}"):
        Grid(0.0, 1.0, shape)


@pytest.mark.parametrize("upper", [1.0 + 1e-15, 1e308])
def test_an_axis_without_room_for_its_nodes_is_refused(upper):
    with pytest.raises(ValueError, match="no room for shape=50"):
        Grid(1.0 if upper < 2.0 else -1e308, upper, 50)
