"""Paths side by side: a state is read from rows and written to rows, one column a path."""

import numba
import numpy as np
import pytest

from pdeopt.kernels.lanes import PHASES, load, load_draws, n_numbers, store
from pdeopt.kernels.random import CHUNK

LAYOUTS = {
    "float": 0.0,
    "one": (0.0,),
    "plane": (0.0, 0.0),
    "position, momentum and a number": ((0.0, 0.0), (0.0, 0.0), 0.0),
    "deep": (((0.0,), 0.0), (0.0, (0.0, 0.0))),
}


def nested(layout, numbers):
    """Fill a layout with numbers, in order: the twin of loading."""
    return tuple(nested(part, numbers) for part in layout) if isinstance(layout, tuple) else float(next(numbers))


@pytest.fixture(params=LAYOUTS.values(), ids=LAYOUTS)
def layout(request):
    return request.param


def reader(read, layout):
    @numba.njit(cache=True)
    def read_one(memory, start):
        return read(memory, start, layout)

    return read_one


def test_numbers_are_counted_at_every_depth():
    assert [n_numbers(layout) for layout in LAYOUTS.values()] == [1, 1, 2, 5, 5]


@pytest.mark.parametrize("lane", [0, 7, CHUNK - 1])
def test_a_state_is_a_column(layout, lane):
    rows = np.random.default_rng(1).normal(size=(n_numbers(layout), CHUNK))
    assert reader(load, layout)(rows.reshape(-1), lane) == nested(layout, iter(rows[:, lane]))


def test_draws_lie_the_phases_of_a_draw_apart(layout):
    rows = np.random.default_rng(2).normal(size=(n_numbers(layout), PHASES, CHUNK))
    for phase in range(PHASES):
        found = reader(load_draws, layout)(rows.reshape(-1), phase * CHUNK + 5)
        assert found == nested(layout, iter(rows[:, phase, 5]))


def test_what_is_stored_is_one_column_and_nothing_else(layout):
    @numba.njit(cache=True)
    def write_one(memory, start, value):
        store(memory, start, value)

    rng = np.random.default_rng(3)
    rows = rng.normal(size=(n_numbers(layout), CHUNK))
    expected, column = rows.copy(), rng.normal(size=n_numbers(layout))
    expected[:, 9] = column
    write_one(rows.reshape(-1), 9, nested(layout, iter(column)))
    assert np.array_equal(rows, expected)


def test_integers_are_stored_as_floats():
    @numba.njit(cache=True)
    def write_one(memory):
        store(memory, 3, (1, (2.5, True)))

    rows = np.zeros((3, CHUNK))
    write_one(rows.reshape(-1))
    assert rows[:, 3].tolist() == [1.0, 2.5, 1.0]
