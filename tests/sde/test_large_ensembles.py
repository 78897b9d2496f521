"""Ensembles too large to keep: memory that does not grow, single paths out of a billion."""

import pickle
import tracemalloc
from time import perf_counter

import numpy as np
import pytest

import pdeopt
from pdeopt import sde
from pdeopt.sde.checks import make_task
from pdeopt.sde.running import Workers, resume, run

WELL = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), 4.0)
FACTS = {
    "method": "euler-maruyama",
    "seed": 3,
    "save_every": None,
    "noise_step": None,
    "start": 0.0,
    "observables": None,
    "statistics": True,
    "keep_paths": None,
    "keep_final": False,
    "exit": None,
}


def peak(n_paths, **options):
    """Return the largest number of bytes that a run keeping no states holds at once, beside what was there."""
    given = {"step": 0.01, "n_steps": 1, "keep_final": False, "threads": 2} | options
    pdeopt.simulate(WELL, 1.0, n_paths=5000, **given)
    tracemalloc.start()
    pdeopt.simulate(WELL, 1.0, n_paths=n_paths, **given)
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size


def test_memory_does_not_grow_with_the_number_of_paths():
    small, large = (peak(n_paths, block_size=4096) for n_paths in (200_000, 1_000_000))
    # A byte for every further path would be 0.8 million.
    assert large - small < 200_000


def test_finished_blocks_that_wait_to_be_merged_hold_little_however_much_is_collected():
    quantiles = {"n_steps": 3, "save_every": 1, "keep_paths": False, "statistics": sde.Statistics(quantiles=True)}
    assert peak(1_500_000, **quantiles) < 40e6


def test_a_path_of_a_billion_is_that_of_an_own_loop_and_comes_at_once():
    task = make_task(WELL, 1.0, step=0.01, n_steps=300, n_paths=10**9, **FACTS)
    ensemble = run(task, Workers(interrupted=True))
    assert ensemble.path_steps == 0
    keyed_step = sde.step_functions(WELL).keyed_step
    path, x = 812_345_678, 1.0
    for n in range(300):
        x = keyed_step(3, path, n, n * 0.01, x, 0.01, WELL.args)
    ensemble.replay(path)
    began = perf_counter()
    values = ensemble.replay(path, save_every=300).values
    assert values[-1, 0] == x
    # Generous: a tenth of a second is asked for on a quiet machine.
    assert perf_counter() - began < 0.5


@pytest.mark.parametrize("path", [2**31 + 5, 2**32 + 5, 10**12])
def test_paths_beyond_thirty_two_bits_are_paths_of_their_own(path):
    task = make_task(WELL, 1.0, step=0.01, n_steps=5, n_paths=10**12 + 1, **FACTS)
    ensemble = run(task, Workers(interrupted=True))
    found = ensemble.replay(path).values[1:, 0]
    keyed_step, x = sde.step_functions(WELL).keyed_step, 1.0
    for n in range(5):
        x = keyed_step(3, path, n, n * 0.01, x, 0.01, WELL.args)
        assert found[n] == x
    assert not np.array_equal(found, ensemble.replay(5).values[1:, 0])


def test_functions_of_no_module_travel_with_what_is_done():
    system = pdeopt.SDE(lambda t, x: -x, lambda t, x: 0.5, noise="additive")
    whole = pdeopt.simulate(system, 1.0, step=0.1, n_steps=3, n_paths=5, observables=lambda t, x: x * x)
    begun = run(whole.task, Workers(interrupted=True))
    assert begun.interrupted
    there = pickle.loads(pickle.dumps(begun.progress))
    assert there.task.fingerprint == whole.task.fingerprint
    again = run(there.task, Workers(), there)
    assert np.array_equal(again.final, whole.final)
    assert np.array_equal(again.statistics.mean, whole.statistics.mean)
    assert np.array_equal(resume(whole).final, whole.final)
