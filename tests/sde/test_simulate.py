"""Ensembles: right laws, and the same bits however the work is shared out, stopped and gone on with."""

import _thread
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import pdeopt
from pdeopt import sde
from pdeopt.sde.running import resume

RATE, NOISE = 1.3, 0.7


def pull(t, x, rate, noise):
    return -rate * x


def spread(t, x, rate, noise):
    return noise


def turn(t, x):
    return (-x[1], x[0], -x[2])


def small(t, x):
    return (0.1, 0.2, 0.3)


def chain(t, x, out):
    for i in range(x.size):
        out[i] = -x[i]


def chain_noise(t, x, out):
    for i in range(x.size):
        out[i] = 0.5


REVERTING = pdeopt.SDE(pull, spread, noise="additive", args=(RATE, NOISE), name="reverting")
TURNING = pdeopt.SDE(turn, small, noise="additive", dim=3)
CHAIN = pdeopt.SDE(chain, chain_noise, noise="additive", dim=12)
SIZES = {"step": 0.05, "n_steps": 40, "n_paths": 10000, "save_every": 10}


def squares(t, x, rate, noise):
    return x * x, t


@pytest.fixture(scope="module")
def run():
    return pdeopt.simulate(REVERTING, 1.0, observables=squares, **SIZES)


def same(first, second):
    statistics = np.array_equal(first.statistics.covariance, second.statistics.covariance)
    return np.array_equal(first.paths, second.paths) and np.array_equal(first.final, second.final) and statistics


def test_mean_and_variance_of_an_ornstein_uhlenbeck_process_follow_the_recursion_of_the_scheme(run):
    factor, n = 1.0 - RATE * 0.05, np.arange(0, 41, 10)
    mean = factor**n
    variance = NOISE**2 * 0.05 * (1.0 - factor ** (2 * n)) / (1.0 - factor**2)
    error = run.statistics.mean[:, 0] - mean
    assert (np.abs(error) < 4.5 * np.sqrt(variance / 10000) + 1e-15).all()
    assert np.abs(run.statistics.variance[1:, 0] / variance[1:] - 1.0).max() < 4.5 * np.sqrt(2.0 / 10000)


def test_paths_times_final_states_and_observables_agree(run):
    assert run.paths.shape == (5, 10000, 1)
    assert np.array_equal(run.times, 0.05 * np.arange(0, 41, 10))
    assert np.array_equal(run.paths[-1], run.final)
    assert np.array_equal(run.observables[..., 0], run.paths[..., 0] ** 2)
    assert np.allclose(run.observables[..., 1], run.times[:, None])
    assert np.allclose(run.statistics.mean[:, 1], np.mean(run.paths[..., 0] ** 2, axis=1))


@pytest.mark.parametrize("options", [{"threads": 1}, {"threads": 2}, {"threads": 2, "block_size": 1}, {"threads": 3}])
def test_no_bit_depends_on_threads_or_blocks(run, options):
    assert same(run, pdeopt.simulate(REVERTING, 1.0, observables=squares, **SIZES, **options))


def test_no_bit_depends_on_an_executor_of_processes(run):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert same(run, pdeopt.simulate(REVERTING, 1.0, observables=squares, executor=executor, **SIZES))


def test_paths_do_not_depend_on_how_many_there_are(run):
    few = pdeopt.simulate(REVERTING, 1.0, **{**SIZES, "n_paths": 7})
    assert np.array_equal(few.paths, run.paths[:, :7])


@pytest.mark.parametrize("path", [0, 511, 512, 9999])
def test_replay_gives_a_path_of_the_ensemble_to_the_bit(run, path):
    again = run.replay(path, save_every=10)
    assert np.array_equal(again.values, run.paths[:, path])
    assert np.array_equal(again.observables, run.observables[:, path])


@pytest.mark.parametrize(("system", "start"), [(TURNING, (1.0, 0.0, 0.5)), (CHAIN, np.ones(12))])
def test_systems_of_several_coordinates_replay_to_the_bit(system, start):
    run = pdeopt.simulate(system, start, step=0.1, n_steps=20, n_paths=600, save_every=20)
    assert np.array_equal(run.replay(599, save_every=20).values, run.paths[:, 599])


def test_many_coordinates_follow_the_law_of_one():
    run = pdeopt.simulate(CHAIN, np.zeros(12), step=0.1, n_steps=60, n_paths=4000)
    factor = 0.9
    variance = 0.25 * 0.1 * (1.0 - factor**120) / (1.0 - factor**2)
    assert np.abs(run.statistics.variance[0] / variance - 1.0).max() < 4.5 * np.sqrt(2.0 / 4000)
    correlations = np.corrcoef(run.final.T) - np.eye(12)
    assert np.abs(correlations).max() < 4.5 / np.sqrt(4000)


def interrupted(seconds, *arguments, **options):
    timer = threading.Timer(seconds, _thread.interrupt_main)
    timer.start()
    try:
        return pdeopt.simulate(*arguments, **options)
    finally:
        timer.cancel()


LONG = {"step": 0.01, "n_steps": 20000, "n_paths": 9000, "save_every": 5000}


def test_an_interrupted_run_is_usable_and_goes_on_to_the_same_bits(tmp_path):
    whole = pdeopt.simulate(REVERTING, 0.0, **LONG)
    part = interrupted(0.15, REVERTING, 0.0, **LONG)
    assert part.interrupted
    assert part.path_steps < whole.path_steps
    assert np.isfinite(part.paths[0, part.completed > 0]).all()
    assert same(resume(part), whole)
    file = str(tmp_path / "part.checkpoint")
    interrupted(0.15, REVERTING, 0.0, checkpoint=file, checkpoint_every=0.05, **LONG)
    assert same(pdeopt.simulate(REVERTING, 0.0, checkpoint=file, **LONG), whole)


def test_a_checkpoint_of_another_run_is_refused_with_advice(tmp_path):
    file = tmp_path / "run.checkpoint"
    file.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"is not a checkpoint of simulate. Use another file name"):
        pdeopt.simulate(REVERTING, 0.0, step=0.1, n_steps=3, checkpoint=str(file))


@pytest.mark.parametrize("substeps", [2, 3, 8])
def test_two_step_sizes_share_a_brownian_path(substeps):
    def still(t, x):
        return 0.0

    def one(t, x):
        return 1.0

    walk = pdeopt.SDE(still, one, noise="additive")
    fine = pdeopt.simulate(walk, 0.0, step=0.01, n_steps=48, n_paths=600)
    coarse = pdeopt.simulate(walk, 0.0, step=0.01 * substeps, noise_step=0.01, n_steps=48 // substeps, n_paths=600)
    assert np.abs(fine.final - coarse.final).max() < 3e-15


def columns(t, x):
    return ((1.0, 0.0), (0.0, x[0]))


def test_levy_areas_are_drawn_in_ensembles_and_not_merged_over_noise_steps():
    system = pdeopt.SDE(lambda t, x: (0.0, 0.0), columns, noise="general", dim=2, n_noise=2)
    settings = {"n_steps": 8, "n_paths": 20000, "method": sde.Milstein(levy_terms=1)}
    statistics = pdeopt.simulate(system, (0.0, 0.0), step=0.125, **settings).statistics
    # Of the exact integral of W1 dW2; Euler-Maruyama has 7/16.
    assert abs(statistics.variance[0, 1] - 0.5) < 3.5 * statistics.variance_error[0, 1] < 0.04
    with pytest.raises(ValueError, match=r"noise_step needs .* draws increment, normal"):
        pdeopt.simulate(system, (0.0, 0.0), step=0.125, noise_step=0.0625, **settings)


def test_a_path_that_leaves_the_finite_numbers_is_named_and_nothing_is_lost():
    def cubic(t, x):
        return x - x * x * x

    def one(t, x):
        return 1.0

    with pytest.raises(sde.BlowUpError, match=r"path \d+ left the finite numbers in step \d+") as caught:
        pdeopt.simulate(pdeopt.SDE(cubic, one), 2.0, step=0.5, n_steps=100000, n_paths=1000)
    error = caught.value
    path = error.partial.replay(error.path, save_every=error.step).values if error.step else error.state[None]
    assert np.isfinite(error.state).all()
    assert np.array_equal(path[1] if len(path) > 1 else path[0], error.state)
    with np.errstate(over="ignore"):
        assert not np.isfinite(error.state + 0.5 * (error.state - error.state**3)).all() or abs(error.state[0]) > 1e90


def test_without_final_states_only_sums_are_kept():
    run = pdeopt.simulate(REVERTING, 0.0, step=0.1, n_steps=10, n_paths=20000, keep_final=False)
    kept = pdeopt.simulate(REVERTING, 0.0, step=0.1, n_steps=10, n_paths=20000)
    assert run.final.size == 0
    assert np.array_equal(run.statistics.mean, kept.statistics.mean)
    assert np.array_equal(run.replay(12345, save_every=10).values[-1], kept.final[12345])


def test_every_path_may_have_its_own_start():
    starts = np.linspace(-1.0, 1.0, 5000)[:, None]
    run = pdeopt.simulate(REVERTING, starts, step=0.1, n_steps=1, n_paths=5000, save_every=1)
    assert np.array_equal(run.paths[0], starts)


def test_a_seed_is_drawn_and_told_where_none_is_given():
    first, second = (pdeopt.simulate(REVERTING, 0.0, step=0.1, n_steps=2, seed=None) for _ in range(2))
    assert first.seed != second.seed
    again = pdeopt.simulate(REVERTING, 0.0, step=0.1, n_steps=2, seed=first.seed)
    assert np.array_equal(first.final, again.final)


def test_an_unstable_step_is_warned_of_with_one_that_works():
    well = pdeopt.langevin(pdeopt.landscapes.quadratic(), beta=1.0)
    with pytest.warns(sde.UnstableStepWarning, match=r"stability limit"):
        pdeopt.simulate(well, (0.0, 0.0), step=2.5, n_steps=2, method="baoab")


def test_a_trajectory_says_what_it_holds():
    run = pdeopt.simulate(pdeopt.SDE(lambda t, x: -x, lambda t, x: 1.0), 1.0, step=0.1, n_steps=20, n_paths=5)
    assert repr(run.replay(3)) == "<Trajectory of path 3: 21 states of dim 1, t=0 to 2>"
