"""What answers on several grids say together."""

import numpy as np
import pytest

from pdeopt import Grid
from pdeopt.kolmogorov.refinement import extrapolated, finer_grid, finer_mask

X = np.linspace(0.0, 1.0, 17)
SPACINGS = (0.2, 0.1, 0.05)


def solutions(*powers):
    return [np.cos(X) + sum((1.0 + k + X) * h**power for k, power in enumerate(powers)) for h in SPACINGS]


def test_even_powers_are_removed_exactly():
    best = extrapolated(solutions(2, 4), dim=1)
    np.testing.assert_allclose(best.values, np.cos(X), atol=1e-14)
    assert best.order == pytest.approx(2.0, abs=0.1)


def test_all_powers_are_removed_from_schemes_of_first_order():
    best = extrapolated(solutions(1, 2), dim=1, order=1)
    np.testing.assert_allclose(best.values, np.cos(X), atol=1e-14)


def test_the_error_covers_what_is_left():
    best = extrapolated(solutions(2, 4, 6), dim=1)
    assert (np.abs(best.values - np.cos(X)) <= best.error).all()
    assert best.error.max() < 1e-3


def test_an_order_lower_than_expected_is_used_as_it_shows():
    best = extrapolated(solutions(1), dim=1)
    np.testing.assert_allclose(best.values, np.cos(X), atol=1e-12)


def test_differences_that_do_not_fall_are_not_extrapolated():
    given = [np.cos(X), np.cos(X) + 0.1, np.cos(X) - 0.1]
    best = extrapolated(given, dim=1)
    np.testing.assert_array_equal(best.values, given[-1])
    assert (best.error >= 0.4).all()


def test_stretched_axes_keep_their_nodes_and_stay_smooth():
    nodes = np.sinh(np.linspace(-2.0, 2.0, 33))
    finer = finer_grid(Grid.from_axes(nodes), 2).axes[0]
    np.testing.assert_array_equal(finer[::2], nodes)
    np.testing.assert_allclose(finer, np.sinh(np.linspace(-2.0, 2.0, 65)), atol=2e-6)


@pytest.mark.parametrize(
    ("wraps", "expected"),
    [(False, [1, 1, 1, 0, 0, 0, 1]), (True, [1, 1, 1, 0, 0, 0, 1, 1])],
)
def test_nodes_between_nodes_of_a_set_belong_to_it(wraps, expected):
    grid = Grid(0.0, 1.0, 4, periodic=wraps)
    found = finer_mask(np.array([True, True, False, True]), grid, 2)
    np.testing.assert_array_equal(found, np.array(expected, dtype=bool))
