"""Selling's decomposition: exact, never negative, of the vectors that exact arithmetic finds."""

import numpy as np
import pytest
from numba import njit
from reference_kolmogorov import selling_by_fractions

from pdeopt.kernels.kolmogorov.selling import selling_2d, selling_3d, selling_grid


def random_matrices(n, d, condition, seed=0):
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(n, d, d)))[0]
    values = condition ** -rng.uniform(0.0, 1.0, size=(n, d))
    values[:, 0], values[:, -1] = 1.0, 1.0 / condition
    matrices = (axes * values[:, None, :]) @ np.swapaxes(axes, 1, 2)
    return 0.5 * (matrices + np.swapaxes(matrices, 1, 2))


def decomposed(matrices):
    n, d = matrices.shape[:2]
    m = d * (d + 1) // 2
    offsets, weights = np.zeros((n, m, d), dtype=np.int64), np.zeros((n, m))
    done = np.zeros(n, dtype=np.int64)
    selling_grid(matrices, 10_000, np.zeros((4, 3), dtype=np.int64), offsets, weights, done)
    assert done.all()
    return offsets, weights


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize(("condition", "relative"), [(10.0, 1e-15), (1e3, 4e-15), (1e6, 3e-14)])
def test_weights_are_never_negative_and_give_the_matrix_back(d, condition, relative):
    matrices = random_matrices(4000, d, condition)
    offsets, weights = decomposed(matrices)
    assert weights.min() >= 0.0
    back = np.einsum("nk,nki,nkj->nij", weights, offsets.astype(float), offsets.astype(float))
    assert np.abs(back - matrices).max() <= relative * np.trace(matrices, axis1=1, axis2=2).max()


@pytest.mark.parametrize("d", [2, 3])
def test_vectors_and_weights_are_those_of_exact_arithmetic(d):
    matrices = random_matrices(60, d, 400.0, seed=1)
    offsets, weights = decomposed(matrices)
    for matrix, vectors, sizes in zip(matrices, offsets, weights, strict=True):
        signs = [1 if next(a for a in vector if a) > 0 else -1 for vector in vectors]
        found = {tuple((s * v).tolist()): w for s, v, w in zip(signs, vectors, sizes, strict=True)}
        exact = selling_by_fractions(matrix)
        assert found.keys() == exact.keys()
        for vector, weight in exact.items():
            assert found[vector] == pytest.approx(float(weight), rel=1e-9, abs=1e-13)


def test_a_matrix_of_rank_one_along_the_lattice_is_one_square():
    found = decomposed(np.array([[[4.0, -6.0], [-6.0, 9.0]], [[0.0, 0.0], [0.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]]]))
    squares = [{tuple(abs(e)): w for e, w in zip(*one, strict=True) if w} for one in zip(*found, strict=True)]
    assert squares == [{(2, 3): 1.0}, {(0, 1): 2.0}, {}]


def test_a_rank_one_matrix_off_the_lattice_is_left_unfinished():
    golden = 0.5 * (1.0 + 5.0**0.5)
    offsets, weights = np.zeros((3, 2), dtype=np.int64), np.zeros(3)
    assert not selling_2d(np.array([[1.0, golden], [golden, golden**2]]), 5, offsets, weights)


def test_kernels_run_inside_of_compiled_loops():
    @njit
    def first_entry(matrix, cube):
        flat, solid = np.zeros((3, 2), dtype=np.int64), np.zeros((6, 3), dtype=np.int64)
        first, second = np.zeros(3), np.zeros(6)
        selling_2d(matrix, 50, flat, first)
        selling_3d(cube, 50, np.zeros((4, 3), dtype=np.int64), solid, second)
        return first[0] * flat[0, 0] ** 2 + first[1] * flat[1, 0] ** 2 + first[2] * flat[2, 0] ** 2, second.min()

    matrix, cube = random_matrices(1, 2, 30.0)[0], random_matrices(1, 3, 30.0)[0]
    first, lowest = first_entry(matrix, cube)
    assert first == pytest.approx(matrix[0, 0], rel=1e-13)
    assert lowest >= 0.0
