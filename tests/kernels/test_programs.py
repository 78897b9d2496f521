"""Vector instructions and the normals of vectors, each kernel from compiled code and against NumPy."""

import numba
import numpy as np
import pytest

from pdeopt.kernels import programs
from pdeopt.kernels.random import VECTOR_CHUNK, block, fill_vector, n_vector_blocks, normal_pair


@numba.njit(cache=True)
def filled(seed, run, step, first, n, out):
    fill_vector(seed, run, step, first, n, out)
    return n_vector_blocks(n)


@numba.njit(cache=True)
def expected_pair(seed, run, step, b):
    w0, w1, w2, w3 = block(seed, run, (step << 16) | (b >> 16), b & 0xFFFF)
    return normal_pair(w0, w1, w2, w3)


@numba.njit(cache=True)
def by_name(which, t, x, y, w, c):
    if which == 0:
        programs.combine(t, x, y, c)
    elif which == 1:
        programs.add_noise(t, x, y, c[0], c[1], c[2])
    elif which == 2:
        programs.fly_on(t, x, y, w, c)
    elif which == 3:
        programs.scale_by_squares(t, x, y, c)
    elif which == 4:
        programs.scale_by_moments(t, x, y, w, c)
    return programs.sum_of_squares(t)


@numba.njit(cache=True)
def relaxing(t, z, sigma):
    return programs.relaxing_constants(t, z, sigma)


@numba.njit(cache=True)
def drawn(seed, run, step, first, n, row, out):
    used = programs.draw(seed, run, step, first, 2, n, out)
    programs.fill_row(seed, run, step, first, row)
    return used


@pytest.mark.parametrize("n", [1, 7, 8, 9, 21, 60, VECTOR_CHUNK])
@pytest.mark.parametrize("first", [0, 3, 65533, 2**31])
def test_a_vector_of_normals_is_made_of_its_blocks(n, first):
    out = np.empty(VECTOR_CHUNK)
    half = filled(7, 3, 11, first, n, out)
    pairs = np.array([expected_pair(7, 3, 11, first + b) for b in range(half)])
    assert n <= 2 * half < n + 8
    assert half % 4 == 0
    assert np.array_equal(out[:n], pairs.T.ravel()[:n])


def test_vectors_of_different_keys_have_nothing_in_common():
    out = [np.empty(64) for _ in range(5)]
    for vector, key in zip(out, [(1, 0, 0, 0), (2, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 32)], strict=True):
        filled(*key, 64, vector)
    assert np.unique(np.concatenate(out)).size == 5 * 64
    many = np.empty(VECTOR_CHUNK)
    sample = []
    for step in range(200):
        filled(1, 0, step, 0, VECTOR_CHUNK, many)
        sample.append(many.copy())
    values = np.concatenate(sample)
    error = 1.0 / np.sqrt(values.size)
    assert abs(values.mean()) < 4.0 * error
    assert abs(values.var() - 1.0) < 4.0 * np.sqrt(2.0) * error
    assert abs((values**4).mean() - 3.0) < 4.0 * np.sqrt(96.0) * error


def adam_step(q, m, v, g, c):
    m, v = c[0] * m + (1.0 - c[0]) * g, c[1] * v + (1.0 - c[1]) * g**2
    return q - c[2] * m / (c[3] * np.sqrt(v) + c[4]), m, v


def rms_step(q, v, g, c):
    v = c[0] * v + (1.0 - c[0]) * g**2
    return q - c[1] * g / (np.sqrt(v) + c[2]), v


FORMULAS = [
    lambda t, x, y, w, c: (c[0] * t + c[1] * x + c[2] * y,),
    lambda t, x, y, w, c: (c[0] * t + c[1] * x + c[2] * y,),
    lambda t, x, y, w, c: (t + c[0] * x + c[1] * y + c[2] * w, c[3] * x + c[4] * y),
    lambda t, x, y, w, c: rms_step(t, x, y, c),
    lambda t, x, y, w, c: adam_step(t, x, y, w, c),
]


@pytest.mark.parametrize("n", [1, 5, 60])
@pytest.mark.parametrize("which", range(5))
def test_vector_operations_are_those_of_numpy(which, n):
    rng = np.random.default_rng(n)
    numbers = [np.array([0.9, 0.3, 0.2, 0.7, 0.4, 0.0])]
    numbers += [np.where(np.arange(6) == zero, 0.0, numbers[0]) for zero in range(3)] + [
        np.array([1.0, 0.3, 0, 0, 0, 0])
    ]
    for c in numbers if which < 2 else numbers[:1]:
        vectors = [rng.standard_normal(n), *rng.random((3, n))]
        expected = FORMULAS[which](*[one.copy() for one in vectors], c)
        norm = by_name(which, *vectors, c)
        for found, exact in zip(vectors, expected, strict=False):
            assert found == pytest.approx(exact, abs=1e-14)
        assert norm == pytest.approx(np.sum(expected[0] ** 2), rel=1e-13)


@pytest.mark.parametrize("z", [-2.0, -1e-12, 0.0, 1e-12, 0.5, 40.0])
def test_friction_of_any_sign_has_its_noise(z):
    decay, size = relaxing(0.3, z, 0.7)
    assert decay == pytest.approx(np.exp(-0.3 * z), rel=1e-15)
    integral = -np.expm1(-0.6 * z) / (2.0 * z) if z else 0.3
    assert size == pytest.approx(0.7 * np.sqrt(integral), rel=1e-14)


def test_an_instruction_draws_what_can_be_read_afterwards():
    n = VECTOR_CHUNK + 70
    row, out, more = np.empty((2, n)), np.empty(2 * VECTOR_CHUNK), np.empty(2 * VECTOR_CHUNK)
    used = drawn(5, 1, 9, 40, VECTOR_CHUNK, row, out)
    assert used == 40 + VECTOR_CHUNK
    assert np.array_equal(row[:, :VECTOR_CHUNK], out.reshape(2, -1))
    drawn(5, 1, 9, int(used), 70, np.empty((2, 1)), more)
    assert np.array_equal(row[:, VECTOR_CHUNK:], more.reshape(2, -1)[:, :70])
