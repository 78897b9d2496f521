"""Keyed random numbers against published vectors and their NumPy twins, one by one and by the chunk."""

import numba
import numpy as np
import pytest
import reference_random as reference
from numba import njit

from pdeopt.kernels import random
from pdeopt.kernels.random import CHUNK

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="bits of doubles exist in compiled code only")

# Counter, key and words of Philox4x32-10 in the `kat_vectors` of Random123.
KNOWN_ANSWERS = [
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]
# Seed, first path, block index and draw: small ones, and some across each word of the counter and the key.
KEYS = [
    (0, 0, 0, 0),
    (12345, 3 * CHUNK, 17, 2),
    (2**62 + 2**31, 2**32 - 100, 2**32 - 1, 65535),
    (-7, 2**33 + 5, 2**40 + 3, 1),
    (-(2**63), -10, 2**48 - 1, 9),
]
SCALARS = {
    "normal": random.normal,
    "normal_fast": random.normal_fast,
    "uniform": random.uniform,
    "three_point": random.three_point,
}
FILLS = {
    "normal": random.fill_normals,
    "normal_fast": random.fill_normals_fast,
    "uniform": random.fill_uniforms,
    "three_point": random.fill_three_point,
}
TWINS = {
    "normal": reference.normals,
    "normal_fast": reference.fast_normals,
    "uniform": reference.uniforms,
    "three_point": reference.three_points,
}
N_ROWS = {"normal": 2, "normal_fast": 4, "uniform": 2, "three_point": 4}


@njit
def philox(c0, c1, c2, c3, k0, k1):
    return random.philox(c0, c1, c2, c3, k0, k1)


@njit
def one_by_one(kernel, seed, first_path, first_step, draw, out):
    for k in range(out.shape[0]):
        for i in range(out.shape[1]):
            out[k, i] = kernel(seed, first_path + i, first_step + k, draw)


@njit
def by_the_chunk(kernel, seed, first_path, index, draw, out, start):
    kernel(seed, first_path, index, draw, out, start)


@njit
def signs_by_the_chunk(seed, first_path, index, draw, words, out):
    random.fill_words(seed, first_path, index, draw, words, 3)
    for bit in range(128):
        random.spread_two_point(words, 3, bit, out, bit * CHUNK)


@njit
def draws_by_the_row(seed, path, index, first_draw, n, out):
    random.fill_draws(seed, path, index, first_draw, out[:n], out[n:])


def chunk(kind, key):
    out = np.full(N_ROWS[kind] * CHUNK + 10, np.nan)
    by_the_chunk(FILLS[kind], *key, out, 5)
    assert np.isnan(out[:5]).all()
    assert np.isnan(out[-5:]).all()
    return out[5:-5].reshape(-1, CHUNK)


def singles(kind, key):
    seed, first_path, index, draw = key
    out = np.empty((N_ROWS[kind], CHUNK))
    one_by_one(SCALARS[kind], seed, first_path, N_ROWS[kind] * index, draw, out)
    return out


def twin(kind, key):
    seed, first_path, index, draw = key
    return TWINS[kind](seed, first_path + np.arange(CHUNK), index, draw)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_ANSWERS)
def test_philox_gives_the_published_words(counter, key, words):
    assert list(philox(*counter, *key)) == words


@pytest.mark.parametrize("key", KEYS)
def test_a_block_is_philox_of_the_packed_counter(key):
    seed, path, index, draw = key
    assert list(random.block(seed, path, index, draw)) == list(reference.blocks(seed, path, index, draw))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", SCALARS)
def test_a_chunk_holds_the_bits_of_its_numbers(kind, key):
    np.testing.assert_array_equal(chunk(kind, key), singles(kind, key))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", ["uniform", "three_point"])
def test_uniforms_and_three_point_variables_are_those_of_numpy(kind, key):
    np.testing.assert_array_equal(chunk(kind, key), twin(kind, key))


@pytest.mark.parametrize("key", KEYS)
def test_normals_are_those_of_numpy_to_a_few_units_in_the_last_place(key):
    np.testing.assert_allclose(chunk("normal", key), twin("normal", key), rtol=1.2e-15)


@pytest.mark.parametrize("key", KEYS)
def test_fast_normals_are_those_of_numpy_to_two_parts_in_a_billion(key):
    np.testing.assert_allclose(chunk("normal_fast", key), twin("normal_fast", key), rtol=2e-9)


@pytest.mark.parametrize("key", KEYS)
def test_two_point_variables_are_the_bits_of_a_block(key):
    seed, first_path, index, draw = key
    words, out = np.zeros(2 * CHUNK + 6, dtype=np.int64), np.empty(128 * CHUNK)
    signs_by_the_chunk(*key, words, out)
    expected = reference.two_points(seed, first_path + np.arange(CHUNK), index, draw)
    np.testing.assert_array_equal(out.reshape(128, CHUNK), expected)
    singles_ = np.empty((128, 4))
    one_by_one(random.two_point, seed, first_path, 128 * index, draw, singles_)
    np.testing.assert_array_equal(singles_, expected[:, :4])


def test_draws_of_one_path_are_its_normals():
    out = np.empty(2 * 37)
    draws_by_the_row(5, 2**35, 8, 100, 37, out)
    expected = [[random.normal(5, 2**35, step, 100 + i) for i in range(37)] for step in (16, 17)]
    np.testing.assert_array_equal(out.reshape(2, 37), expected)


def test_an_unsigned_seed_means_the_same_bits():
    assert random.normal(np.uint64(2**64 - 7), 3, 4, 5) == random.normal(-7, 3, 4, 5)


def test_extreme_words_give_the_stated_largest_normals():
    largest = np.sqrt(2.0 * 53.0 * np.log(2.0))
    even, odd = random.normal_pair(0, 0, 0, 0x80000)
    assert even == pytest.approx(largest, rel=1e-15)
    assert abs(odd) < 1e-14
    even, odd = random.normal_pair(0, 0, 0xFFFFFFFF, 0xFFFFFFFF)
    assert odd == pytest.approx(largest, rel=1e-15)
    assert -1e-14 < even < 0.0


def test_the_uniform_nearest_to_one_gives_the_smallest_radius():
    even, _ = random.normal_pair(0xFFFFFFFF, 0xFFFFFFFF, 0, 0x80000)
    assert even == pytest.approx(np.sqrt(-2.0 * np.log1p(-(2.0**-53))), rel=1e-15)
