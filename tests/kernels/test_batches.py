"""Minibatches by counter, against a slow twin and by the laws of permutations and subsets."""

import numpy as np
import pytest
import reference_batches as reference
from numba import njit
from scipy import stats

from pdeopt.kernels import batches

KEYS = [(0, 0, 0), (12345, 7, 99), (-3, 2**40 + 1, 2**32 - 1)]


@njit
def orders(seed, run, first, out):
    for e in range(len(out)):
        batches.epoch_order(seed, run, first + e, out[e])


@njit
def subsets(seed, run, first, n, out):
    for b in range(len(out)):
        batches.fresh_rows(seed, run, first + b, n, out[b])


@njit
def minibatches(seed, run, first, stop, size, mode, order, rows, counts):
    held = -1
    for b in range(first, stop):
        start, end, held = batches.next_rows(seed, run, b, size, mode, held, order)
        counts[b - first] = end - start
        rows[b - first, : end - start] = order[start:end]


@njit
def count_batches(n, size, mode):
    return batches.batches_per_epoch(n, size, mode)


def many_orders(n_epochs, n, seed=1, run=0, first=0):
    out = np.full((n_epochs, n), -1)
    orders(seed, run, first, out)
    return out


def many_subsets(n_batches, n, k, seed=1, run=0, first=0):
    out = np.full((n_batches, k), -1)
    subsets(seed, run, first, n, out)
    return out


def walk(stop, *, n, size, mode, first=0, seed=4, run=2):
    rows, counts = np.full((stop - first, size), -1), np.zeros(stop - first, dtype=np.int64)
    minibatches(seed, run, first, stop, size, mode, np.empty(n, dtype=np.int64), rows, counts)
    return [row[:count].tolist() for row, count in zip(rows, counts, strict=True)]


def joined(lists):
    return [row for rows in lists for row in rows]


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 500])
@pytest.mark.parametrize("key", KEYS)
def test_the_order_of_an_epoch_is_that_of_the_twin(key, n):
    seed, run, epoch = key
    assert many_orders(1, n, seed, run, epoch)[0].tolist() == reference.epoch_order(seed, run, epoch, n)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 5), (500, 10), (500, 223), (60000, 101)])
@pytest.mark.parametrize("key", KEYS)
def test_a_small_fresh_subset_is_that_of_the_twin(key, n, k):
    seed, run, batch = key
    assert many_subsets(1, n, k, seed, run, batch)[0].tolist() == reference.drawn_subset(seed, run, batch, n, k)


@pytest.mark.parametrize(("n", "k"), [(120, 120), (500, 224), (1001, 500)])
@pytest.mark.parametrize("key", KEYS)
def test_a_large_fresh_subset_is_that_of_the_twin(key, n, k):
    seed, run, batch = key
    assert many_subsets(1, n, k, seed, run, batch)[0].tolist() == reference.reservoir_subset(seed, run, batch, n, k)


def test_refused_words_are_replaced_as_in_the_twin():
    n, k = 3 * 2**29, 200  # every fourth word is refused
    assert many_subsets(1, n, k, 8)[0].tolist() == reference.drawn_subset(8, 0, 0, n, k)
    n, k = 2**18, 6000  # of that many words about eight are refused
    assert many_orders(1, n, 8)[0].tolist() == reference.epoch_order(8, 0, 0, n)
    assert many_subsets(1, n, k, 8)[0].tolist() == reference.reservoir_subset(8, 0, 0, n, k)


def test_integers_are_without_bias_where_a_quarter_of_the_words_is_refused():
    # Words times 3 2**29 over 2**32 are 0, 0, 0, 1, 1, 1, 2, 2 modulo 3 if none is refused.
    residues = many_subsets(3000, 3 * 2**29, 10) % 3
    assert stats.chisquare(np.bincount(residues.ravel())).pvalue > 1e-3


def test_every_epoch_is_a_permutation():
    np.testing.assert_array_equal(np.sort(many_orders(200, 501), axis=1), np.tile(np.arange(501), (200, 1)))


def test_all_permutations_are_equally_likely():
    codes = many_orders(24_000, 5) @ 5 ** np.arange(5)
    counts = np.unique(codes, return_counts=True)[1]
    assert len(counts) == 120
    assert stats.chisquare(counts).pvalue > 1e-3


def test_every_row_is_at_every_place_equally_often():
    found = many_orders(20_000, 40)
    counts = np.array([np.bincount(column, minlength=40) for column in found.T])
    # A doubly stochastic table has (n - 1)**2 degrees of freedom, and variance 1 / (n - 1) above the multinomial's.
    statistic = ((counts - 500.0) ** 2 / 500.0).sum() * 39 / 40
    assert 1e-3 < stats.chi2.sf(statistic, 39**2) < 1 - 1e-3


@pytest.mark.parametrize(("n", "k"), [(30, 7), (200, 150)])
def test_fresh_rows_are_different_and_every_row_is_as_likely(n, k):
    found = many_subsets(20_000, n, k)
    assert (np.diff(np.sort(found, axis=1), axis=1) > 0).all()
    assert found.min() >= 0
    counts = np.bincount(found.ravel(), minlength=n)
    expected = 20_000 * k / n
    statistic = ((counts - expected) ** 2 / (expected * (1 - k / n))).sum() * (n - 1) / n
    assert 1e-3 < stats.chi2.sf(statistic, n - 1) < 1 - 1e-3


def test_all_subsets_are_equally_likely():
    codes = (1 << many_subsets(20_000, 6, 3)).sum(axis=1)
    counts = np.unique(codes, return_counts=True)[1]
    assert len(counts) == 20
    assert stats.chisquare(counts).pvalue > 1e-3


def memberships(**key):
    return (many_subsets(40, 40, 20, **key)[:, :, None] == np.arange(40)).sum(axis=1)


@pytest.mark.parametrize("maker", [lambda **key: many_orders(40, 40, **key), memberships], ids=["orders", "subsets"])
def test_seeds_runs_and_numbers_of_minibatches_share_nothing(maker):
    first = maker(seed=3, run=5)
    for other in (maker(seed=4, run=5), maker(seed=3, run=6), maker(seed=3, run=5, first=40)):
        correlations = np.corrcoef(first, other)[:40, 40:]
        # Of random orders, and of random memberships, they have mean 0 and variance 1 / (length - 1).
        assert abs(correlations.mean()) < 4.0 / np.sqrt(correlations.size * 39)
        assert np.abs(correlations).max() < 5.5 / np.sqrt(39)


@pytest.mark.parametrize(("mode", "sizes"), [(batches.EPOCHS, [4, 4, 3]), (batches.WHOLE_EPOCHS, [4, 4])])
def test_an_epoch_ends_with_what_is_left_or_before_it(mode, sizes):
    found = walk(6 * len(sizes), n=11, size=4, mode=mode)
    assert [len(rows) for rows in found] == 6 * sizes
    for start in range(0, len(found), len(sizes)):
        together = joined(found[start : start + len(sizes)])
        assert len(set(together)) == len(together) == sum(sizes)
    assert count_batches(11, 4, mode) == len(sizes)
    assert count_batches(8, 4, mode) == 2


def test_minibatches_of_epochs_are_pieces_of_the_order():
    found = walk(6, n=11, size=4, mode=batches.EPOCHS)
    assert joined(found[:3]) == many_orders(1, 11, seed=4, run=2)[0].tolist()
    assert joined(found[3:]) == many_orders(1, 11, seed=4, run=2, first=1)[0].tolist()


def test_minibatches_drawn_by_themselves_are_fresh_subsets():
    found = walk(9, n=11, size=4, mode=batches.FRESH)
    assert found == many_subsets(9, 11, 4, seed=4, run=2).tolist()


@pytest.mark.parametrize("mode", [batches.EPOCHS, batches.WHOLE_EPOCHS, batches.FRESH])
@pytest.mark.parametrize("first", [1, 3, 10])
def test_a_run_taken_up_again_has_the_same_minibatches(mode, first):
    assert walk(20, n=11, size=4, mode=mode, first=first) == walk(20, n=11, size=4, mode=mode)[first:]


def test_a_minibatch_of_all_rows_is_an_epoch():
    for mode in (batches.EPOCHS, batches.WHOLE_EPOCHS, batches.FRESH):
        assert [sorted(rows) for rows in walk(3, n=11, size=11, mode=mode)] == 3 * [list(range(11))]
