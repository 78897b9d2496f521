"""Small matrices as tuples against NumPy, compiled and in plain Python."""

import numpy as np
import pytest
from numba import njit

from pdeopt.kernels import matrices

RNG = np.random.default_rng(5)


def as_tuples(array):
    return tuple(map(as_tuples, array)) if np.ndim(array) else float(array)


@njit
def solve(matrix, y):
    return matrices.solved(matrix, y)


@njit
def transpose(rows):
    return matrices.columns(rows)


@njit
def contract(tensor, y):
    return matrices.contracted_each(tensor, y)


@njit
def map_vectors(matrix, vectors):
    return matrices.images(matrix, vectors)


@pytest.mark.parametrize("dim", [2, 3, 5, 8])
def test_elimination_solves_systems_of_positive_symmetric_part(dim):
    matrix, y = RNG.normal(size=(dim, dim)) + 5.0 * np.eye(dim), RNG.normal(size=dim)
    expected = np.linalg.solve(matrix, y)
    for solver in (solve, matrices.solved):
        np.testing.assert_allclose(solver(as_tuples(matrix), as_tuples(y)), expected, rtol=1e-13, atol=1e-15)


def test_one_dimension_is_a_division():
    assert solve(4.0, 2.0) == matrices.solved(4.0, 2.0) == 0.5
    assert solve(((4.0,),), (2.0,)) == matrices.solved(((4.0,),), (2.0,)) == (0.5,)


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (1, 4), (4, 1)])
def test_columns_are_the_transpose(shape):
    rows = RNG.normal(size=shape)
    assert transpose(as_tuples(rows)) == matrices.columns(as_tuples(rows)) == as_tuples(rows.T)


def test_columns_of_a_row_of_floats_are_its_entries():
    assert transpose((1.0, 2.0)) == matrices.columns((1.0, 2.0)) == (1.0, 2.0)


@pytest.mark.parametrize("shape", [(2, 3, 2), (1, 2, 2), (3, 1, 3)])
def test_contraction_sums_over_the_last_two_axes(shape):
    tensor, y = RNG.normal(size=shape), RNG.normal(size=shape[1:])
    expected = np.einsum("ijk,jk->i", tensor, y)
    for function in (contract, matrices.contracted_each):
        np.testing.assert_allclose(function(as_tuples(tensor), as_tuples(y)), expected, rtol=1e-13)


def test_contraction_of_equal_nesting_is_one_number():
    assert contract((1.0, 2.0), (3.0, 4.0)) == matrices.contracted_each((1.0, 2.0), (3.0, 4.0)) == 11.0


def test_images_are_products_with_every_vector():
    matrix, vectors = RNG.normal(size=(2, 3)), RNG.normal(size=(4, 3))
    for function in (map_vectors, matrices.images):
        np.testing.assert_allclose(function(as_tuples(matrix), as_tuples(vectors)), vectors @ matrix.T, rtol=1e-13)
