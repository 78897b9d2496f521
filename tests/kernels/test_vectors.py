"""Arithmetic on points is that of NumPy arrays, compiled and interpreted, in every dimension up to eight."""

import numba
import numpy as np
import pytest

from pdeopt.kernels.vectors import apply, dot, flat, minus, over, plus, plus_times, times

DIMENSIONS = (0, 1, 2, 3, 8)
"""0 stands for a float."""
TWINS = {plus: np.add, minus: np.subtract, times: np.multiply, over: np.divide}


def drawn(rng, dim):
    return tuple(rng.normal(size=dim).tolist()) if dim else float(rng.normal())


def tuples(array):
    return tuple(tuples(row) for row in array) if array.ndim else float(array)


CACHED = numba.njit(cache=True)


def caller(function, n):
    """Return a compiled function that calls another: the way kernels use it."""
    if n == 1:
        return CACHED(lambda x: function(x))
    return CACHED(lambda x, y: function(x, y)) if n == 2 else CACHED(lambda x, y, z: function(x, y, z))


COMPILED = {function: caller(function, 2) for function in (*TWINS, dot, apply)}
COMPILED |= {plus_times: caller(plus_times, 3), flat: caller(flat, 1)}
WAYS = {"compiled": COMPILED.__getitem__, "interpreted": lambda function: function}


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request):
    return request.param


@pytest.mark.parametrize("function", TWINS)
def test_operations_by_component_are_those_of_numpy_to_the_bit(function, way):
    rng = np.random.default_rng(1)
    for dim in DIMENSIONS:
        for one, other in {(dim, dim), (dim, 0), (0, dim)}:
            x, y = drawn(rng, one), drawn(rng, other)
            result = way(function)(x, y)
            assert isinstance(result, tuple) == (dim > 0)
            assert np.array_equal(result, TWINS[function](x, y))


def test_a_sum_with_a_product_rounds_twice(way):
    rng = np.random.default_rng(2)
    for dim in DIMENSIONS:
        for shape in {(dim, dim, dim), (dim, 0, dim), (0, dim, 0), (0, 0, dim)}:
            x, a, y = (drawn(rng, each) for each in shape)
            assert np.array_equal(way(plus_times)(x, a, y), np.add(x, np.multiply(a, y)))


def test_integers_count_as_floats(way):
    assert way(plus)((1, 2), 3) == (4.0, 5.0)
    assert way(over)(1, 2) == 0.5


def test_the_inner_product_is_the_sum_of_products(way):
    rng = np.random.default_rng(3)
    for dim in DIMENSIONS:
        x, y = drawn(rng, dim), drawn(rng, dim)
        size = np.sum(np.abs(np.multiply(x, y)))
        assert way(dot)(x, y) == pytest.approx(float(np.sum(np.multiply(x, y))), abs=8e-16 * size)


@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 1), (1, 3), (8, 8)])
def test_a_tuple_of_rows_applies_like_a_matrix(shape, way):
    rng = np.random.default_rng(4)
    matrix, y = rng.normal(size=shape), rng.normal(size=shape[1])
    result = way(apply)(tuples(matrix), tuples(y))
    np.testing.assert_allclose(result, matrix @ y, rtol=0.0, atol=1e-15 * np.abs(matrix).sum())
    assert len(result) == shape[0]


def test_in_one_dimension_a_matrix_is_its_only_row(way):
    assert way(apply)(3.0, 0.5) == 1.5
    assert way(apply)((3.0, -2.0), (0.5, 0.25)) == 1.0


def test_a_float_becomes_a_tuple_of_one(way):
    assert way(flat)(2.0) == (2.0,)
    assert way(flat)((2.0, 3.0)) == (2.0, 3.0)


def test_points_of_different_dimension_do_not_mix():
    with pytest.raises(numba.TypingError):
        COMPILED[plus]((1.0, 2.0), (1.0, 2.0, 3.0))
    with pytest.raises(ValueError, match="zip"):
        plus((1.0, 2.0), (1.0, 2.0, 3.0))
