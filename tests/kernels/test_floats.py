"""Numbers of any type as floats, in compiled code."""

import numba
import numpy as np
import pytest

from pdeopt.kernels._floats import as_floats


@numba.njit
def in_compiled_code(value):
    return as_floats(value)


@numba.njit
def sum_by_running_index(value):
    row = as_floats(value)
    total = 0.0
    for i in range(len(row)):
        total += row[i]
    return total


@pytest.mark.parametrize("value", [1, True, 0.5, (0, 1.5), ((1, 0.5), (True, 2.0)), ((0, 1), (2, 3))])
def test_integers_and_booleans_become_equal_floats(value):
    expected = np.asarray(value, dtype=float)
    for result in (as_floats(value), in_compiled_code(value)):
        assert np.shape(result) == expected.shape
        assert all(type(item) is float for item in np.asarray(result, dtype=object).ravel())
        np.testing.assert_array_equal(np.asarray(result), expected)


def test_mixed_tuples_can_be_indexed_by_a_running_index():
    assert sum_by_running_index((1, 0.25, True)) == 2.25


def test_other_values_pass_as_they_are():
    array = np.ones(2)
    assert in_compiled_code(array) is array or np.shares_memory(in_compiled_code(array), array)
    assert as_floats(None) is None
    assert in_compiled_code(None) is None
