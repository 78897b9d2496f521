"""Laws of the keyed random numbers: moments, tails, distribution and independence, each within its standard error."""

from fractions import Fraction

import numba
import numpy as np
import pytest
from numba import njit
from scipy import stats

from pdeopt.kernels import random
from pdeopt.kernels.random import CHUNK
from pdeopt.kernels.random.discrete import _three_point

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="bits of doubles exist in compiled code only")

FILLS = {"normal": (random.fill_normals, 2), "normal_fast": (random.fill_normals_fast, 4)}
SEED = 20240607
# Of a seeded test that is right, 6e-5 of all draws of the seed would exceed four standard errors.
N_ERRORS = 4.0


@njit
def count_beyond(values, levels, counts):
    for x in values:
        for k in range(levels.size):
            if x > levels[k]:
                counts[k, 0] += 1
            elif x < -levels[k]:
                counts[k, 1] += 1
            else:
                break


def sample(kind="normal", seed=SEED, first_path=0, first_step=0, draw=0, n_steps=64, n_chunks=16):
    """Return normals, steps by paths."""
    kernel, n_rows = FILLS[kind]
    out = np.empty((n_steps // n_rows, n_chunks, n_rows, CHUNK))
    for k, c in np.ndindex(out.shape[:2]):
        kernel(seed, first_path + c * CHUNK, first_step // n_rows + k, draw, out[k, c].reshape(-1), 0)
    return out.swapaxes(1, 2).reshape(n_steps, n_chunks * CHUNK)


def deviation(x, y):
    """Return the correlation of two samples of unit variance in standard errors."""
    return np.mean(x * y) * np.sqrt(x.size)


@pytest.mark.parametrize("power", range(1, 9))
@pytest.mark.parametrize("kind", FILLS)
def test_moments_are_those_of_the_normal_law(kind, power):
    z = sample(kind, n_steps=128, n_chunks=32).ravel()
    exact = stats.norm.moment(power)
    error = np.sqrt((stats.norm.moment(2 * power) - exact**2) / z.size)
    assert abs(np.mean(z**power) - exact) < N_ERRORS * error


@pytest.mark.parametrize("kind", FILLS)
def test_each_row_of_a_block_has_the_normal_distribution(kind):
    for row in sample(kind, n_steps=4, n_chunks=256):
        assert stats.kstest(row, "norm").pvalue > 1e-3


@pytest.mark.parametrize("kind", FILLS)
def test_tails_hold_as_many_as_the_normal_law_says(kind):
    levels, n = np.array([1.0, 2.0, 3.0, 4.0, 4.5, 5.0]), 8 * 512 * 16 * CHUNK
    counts = np.zeros((levels.size, 2))
    for k in range(8):
        count_beyond(sample(kind, n_steps=512, first_step=512 * k).ravel(), levels, counts)
    expected = n * stats.norm.sf(levels)[:, None]
    assert (np.abs(counts - expected) < N_ERRORS * np.sqrt(expected)).all()


def test_uniforms_are_uniform():
    out = np.empty(2 * CHUNK)
    values = []
    for k in range(256):
        random.fill_uniforms(SEED, 0, k, 0, out, 0)
        values.append(out.copy())
    assert stats.kstest(np.concatenate(values), "uniform").pvalue > 1e-3


@pytest.mark.parametrize("kind", FILLS)
@pytest.mark.parametrize("lag", range(1, 9))
def test_steps_of_one_path_are_uncorrelated(kind, lag):
    z = sample(kind, n_steps=256)
    assert abs(deviation(z[lag:], z[:-lag])) < N_ERRORS
    assert abs(deviation(z[lag:] ** 2 - 1.0, z[:-lag] ** 2 - 1.0)) < 2.0 * N_ERRORS


@pytest.mark.parametrize("kind", FILLS)
@pytest.mark.parametrize("lag", [1, 2, 3, 4, CHUNK // 2, CHUNK])
def test_neighbouring_paths_are_uncorrelated(kind, lag):
    z = sample(kind, n_steps=256)
    assert abs(deviation(z[:, lag:], z[:, :-lag])) < N_ERRORS
    assert abs(deviation(z[:, lag:] ** 2 - 1.0, z[:, :-lag] ** 2 - 1.0)) < 2.0 * N_ERRORS


@pytest.mark.parametrize(
    "change",
    [{"draw": 1}, {"draw": 2**15}, {"first_path": 2**32}, {"first_path": 2**63 - 2**20}, {"first_step": 2**36}],
)
def test_a_change_of_draw_or_of_a_high_word_gives_other_numbers(change):
    x, y = sample(), sample(**change)
    assert abs(deviation(x, y)) < N_ERRORS
    assert abs(deviation(x**2 - 1.0, y**2 - 1.0)) < 2.0 * N_ERRORS


@pytest.mark.parametrize("bit", range(64))
def test_seeds_that_differ_in_one_bit_give_unrelated_numbers(bit):
    other = int(np.array([SEED ^ (1 << bit)], dtype=np.uint64).view(np.int64)[0])
    assert abs(deviation(sample(n_steps=4), sample(seed=other, n_steps=4))) < N_ERRORS


def test_kinds_with_different_draws_are_uncorrelated():
    fast = sample("normal_fast", draw=1)
    assert abs(deviation(sample(draw=0), fast)) < N_ERRORS


def test_two_point_signs_are_balanced_and_uncorrelated():
    words, out = np.empty(2 * CHUNK, dtype=np.int64), np.empty((128, CHUNK))
    row = np.empty(CHUNK)
    for bit in range(128):
        random.fill_words(SEED, 0, 3, 0, words, 0)
        random.spread_two_point(words, 0, bit, row, 0)
        out[bit] = row
    assert abs(out.sum()) < N_ERRORS * np.sqrt(out.size)
    for lag in (1, 2, 32, 64):
        assert abs(deviation(out[lag:], out[:-lag])) < N_ERRORS
    assert (out**2 == 1.0).all()


@njit
def three_point_of_words(words, out):
    for i in range(words.size):
        out[i] = _three_point(words[i])


def test_three_point_moments_to_order_five_are_those_of_the_normal_law():
    sixth = round(Fraction(2**32, 6))
    edges = np.array([0, sixth - 1, sixth, 2**32 - sixth - 1, 2**32 - sixth, 2**32 - 1])
    values = np.empty(6)
    three_point_of_words(edges, values)
    np.testing.assert_array_equal(values, np.sqrt(3.0) * np.array([1, 1, 0, 0, -1, -1]))
    # Symmetric, so the odd moments vanish; the even ones are 2 p 3**k with p the share of words at either end.
    p = Fraction(sixth, 2**32)
    assert abs(6 * p - 1) < Fraction(5, 10**10)
    assert abs(18 * p - 3) < Fraction(15, 10**10)


@pytest.mark.parametrize("value", [-np.sqrt(3.0), 0.0, np.sqrt(3.0)])
def test_three_point_values_come_as_often_as_they_should(value):
    out = np.empty((128, 4 * CHUNK))
    for k in range(128):
        random.fill_three_point(SEED, 0, k, 0, out[k], 0)
    p = 2.0 / 3.0 if value == 0.0 else 1.0 / 6.0
    assert abs(np.mean(out == value) - p) < N_ERRORS * np.sqrt(p * (1.0 - p) / out.size)
