"""Tables of orders from one call: against exact values, or each solution against the next finer one."""

from types import SimpleNamespace

import numpy as np
import pytest

from pdeopt import Grid
from pdeopt.convergence import refinement_table


def trapezoid(n):
    x = np.linspace(0.0, 1.0, n + 1)
    y = np.exp(x)
    return (y.sum() - 0.5 * (y[0] + y[-1])) / n


def interpolated(n):
    """Return nodes and values of a smooth function that are off by h^2."""
    x = np.linspace(0.0, 1.0, n + 1)
    return x, np.sin(x) + np.cos(x) / n**2


def test_the_trapezoidal_rule_has_order_two_and_its_known_error():
    table = refinement_table(trapezoid, [8, 16, 32, 64], exact=lambda n: np.e - 1.0)
    np.testing.assert_allclose(table.errors["max"], (np.e - 1.0) / 12.0 / np.array([8, 16, 32, 64]) ** 2, rtol=1e-3)
    assert abs(table.orders["max"].order - 2.0) <= table.orders["max"].bar < 0.1


def test_exact_values_are_asked_for_at_the_nodes_that_come_with_the_solution():
    table = refinement_table(interpolated, [8, 16, 32, 64], exact=np.sin)
    np.testing.assert_allclose(table.errors["max"], 1.0 / np.array([8, 16, 32, 64]) ** 2, rtol=1e-12)


@pytest.mark.parametrize("dim", [1, 2])
def test_records_with_a_grid_are_compared_at_its_points(dim):
    def solve(n):
        grid = Grid((0.0,) * dim, (1.0,) * dim, (n + 1,) * dim)
        return SimpleNamespace(grid=grid, values=grid.points().sum(axis=-1) + 1.0 / n)

    def exact(points):
        return points if dim == 1 else points.sum(axis=-1)

    np.testing.assert_allclose(refinement_table(solve, [4, 8, 16], exact=exact).errors["l1"], [1 / 4, 1 / 8, 1 / 16])


@pytest.mark.parametrize("levels", [[8, 16, 32, 64], [8, 24, 48, 96, 192]])
def test_without_exact_values_the_errors_come_out_within_what_the_next_term_changes(levels):
    table = refinement_table(interpolated, levels)
    np.testing.assert_allclose(table.spacings, 1.0 / np.array(levels[:-1]), rtol=1e-15)
    np.testing.assert_allclose(table.errors["max"], 1.0 / np.array(levels[:-1]) ** 2, rtol=1e-6)


def test_differences_that_grow_are_left_as_they_are():
    table = refinement_table(lambda n: np.array([float(n)]), [8, 16, 32, 64])
    np.testing.assert_array_equal(table.errors["max"], [8.0, 16.0, 32.0])


def test_steps_that_fall_are_the_spacings_themselves():
    table = refinement_table(lambda step: 1.0 + 3.0 * step, [0.4, 0.2, 0.1], exact=lambda step: 1.0)
    assert np.asarray(table.spacings).tolist() == [0.4, 0.2, 0.1]
    np.testing.assert_allclose(table.errors["l2"], [1.2, 0.6, 0.3])


def test_spacings_may_be_given():
    table = refinement_table(lambda n: 1.0 / n, [10, 20], exact=lambda n: 0.0, spacing=lambda n: 2.0 / n)
    assert np.asarray(table.spacings).tolist() == [0.2, 0.1]


def test_levels_that_go_up_and_down_are_refused():
    with pytest.raises(ValueError, match=r"levels=\[8, 32, 16\].*must fall.*Sort them"):
        refinement_table(trapezoid, [8, 32, 16], exact=lambda n: np.e - 1.0)


def test_one_level_is_refused_with_levels_that_work():
    with pytest.raises(ValueError, match=r"levels=\[8\] are too few.*\[32, 64, 128\]"):
        refinement_table(trapezoid, [8])


def test_grids_that_are_not_nested_are_refused_without_exact_values():
    with pytest.raises(ValueError, match=r"not nested"):
        refinement_table(lambda n: np.zeros(n), [8, 11, 16])
