"""Lines copied to and from rows against slices of the array."""

import numpy as np
import pytest
from numba import njit

from pdeopt.kernels import blocks


@njit
def gathered(field, first, count):
    rows = np.full((count + 1, field.shape[1] + 2), np.nan)
    blocks.gather_block(field, first, count, rows)
    return rows


@njit
def scattered(rows, first, count, field):
    out = field.copy()
    blocks.scatter_block(rows, first, count, out)
    return out


def lines(field):
    return np.moveaxis(field, 1, 2).reshape(-1, field.shape[1])


SHAPES = [(7, 19, 1), (1, 19, 37), (4, 8, 5), (3, 1, 2)]


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_are_the_lines_in_order(shape):
    field = np.random.default_rng(0).standard_normal(shape)
    first, count = 2, shape[0] * shape[2] - 3
    rows = gathered(field, first, count)
    np.testing.assert_array_equal(rows[:count, : shape[1]], lines(field)[first : first + count])
    assert np.isnan(rows[count:]).all()
    assert np.isnan(rows[:, shape[1] :]).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_scattered_rows_replace_their_lines_and_no_others(shape):
    rng = np.random.default_rng(1)
    field, first, count = rng.standard_normal(shape), 2, shape[0] * shape[2] - 3
    rows = rng.standard_normal((count, shape[1] + 3))
    expected = lines(field).copy()
    expected[first : first + count] = rows[:, : shape[1]]
    np.testing.assert_array_equal(lines(scattered(rows, first, count, field)), expected)
