"""Batches of paths: the same for any number of threads, and not lost by an interrupt."""

import numpy as np
import pytest

from pdeopt.verification.paths.sampling import BATCH, sample


def numbers(first, count):
    return np.arange(first, first + count)[:, None]


@pytest.mark.parametrize("threads", [1, 3])
def test_paths_come_in_order(threads):
    values, complete = sample(numbers, 5, 3 * BATCH + 7, threads=threads)
    assert complete
    assert np.array_equal(values[:, 0], np.arange(5, 5 + 3 * BATCH + 7))


def test_an_interrupt_keeps_the_batches_that_were_done():
    def interrupted(first, count):
        if first == 2 * BATCH:
            raise KeyboardInterrupt
        return numbers(first, count)

    values, complete = sample(interrupted, 0, 10 * BATCH, threads=1)
    assert not complete
    assert np.array_equal(values[:, 0], np.arange(2 * BATCH))


def test_an_interrupt_before_the_first_batch_is_one():
    def interrupted(first, count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample(interrupted, 0, 10, threads=1)
