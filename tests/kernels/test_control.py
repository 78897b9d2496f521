"""Feedback tables: cubics in time and space."""

import numba
import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator

from pdeopt import Grid
from pdeopt.control.feedback import feedback_at, feedback_table
from pdeopt.kernels.control import cubic_feedback

STRETCHED = np.sinh(np.linspace(-1.5, 1.5, 9))
TIMES = np.array([0.0, 0.1, 0.3, 0.4, 0.7, 1.0])


@numba.njit
def along_a_path(times, points, table, out):
    for k in range(len(times)):
        out[k] = cubic_feedback(times[k], points[k], *table)


def cubic(t, x):
    """A field that is cubic in time and in every coordinate, shape (..., d)."""
    x = np.asarray(x)
    product = np.prod(1.0 + 0.3 * x - x**2 + 0.5 * x**3, axis=-1)
    return (1.0 - t + 2.0 * t**3) * product[..., None] * np.arange(1, x.shape[-1] + 1)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_cubics_are_reproduced_on_stretched_axes_in_every_dimension(dim):
    grid = Grid.from_axes(*[STRETCHED + 0.1 * k for k in range(dim)])
    values = np.array([cubic(t, grid.points()) for t in TIMES])
    points = np.random.default_rng(0).uniform(grid.lower, grid.upper, (50, dim))
    found = feedback_at(feedback_table(TIMES, values, grid), 0.55, points)
    np.testing.assert_allclose(found, cubic(0.55, points), rtol=1e-12, atol=1e-12)


def test_compiled_code_takes_the_cubic_through_the_four_nearest_nodes():
    grid, rng = Grid(0.0, 1.0, 11), np.random.default_rng(1)
    values = rng.normal(size=(6, 11, 1))
    table = feedback_table(TIMES, values, grid)
    at, x, out = np.array([0.35, 0.02]), np.array([0.537, 0.98]), np.empty(2)
    along_a_path(at, x, tuple(table), out)
    for k, (times, nodes) in enumerate([(slice(1, 5), slice(4, 8)), (slice(0, 4), slice(7, 11))]):
        lines = BarycentricInterpolator(grid.axes[0][nodes], values[times, nodes, 0], axis=1)(x[k])
        assert abs(out[k] - BarycentricInterpolator(TIMES[times], lines)(at[k])) < 1e-13


def test_a_periodic_axis_has_no_seam():
    grid = Grid(0.0, 2.0 * np.pi, 64, periodic=True)
    values = np.repeat(np.sin(grid.points())[None], 4, axis=0)
    table = feedback_table(np.linspace(0.0, 1.0, 4), values, grid)
    x = np.linspace(-8.0, 15.0, 301)[:, None]
    assert np.abs(feedback_at(table, 0.5, x) - np.sin(x)).max() < 0.6 * (2.0 * np.pi / 64) ** 4 / 24.0


def test_beyond_the_ends_of_grid_and_times_the_field_is_constant():
    grid = Grid(-1.0, 1.0, 9)
    values = np.array([t + grid.points() for t in TIMES])
    table = feedback_table(TIMES, values, grid)
    assert feedback_at(table, 7.0, np.array([[3.0]])) == pytest.approx(2.0)
    assert feedback_at(table, -7.0, np.array([[-3.0]])) == pytest.approx(-1.0)
