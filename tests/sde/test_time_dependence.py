"""Coefficients see the time at which a step begins, counted from `start`."""

import numpy as np
import pytest

import pdeopt
from pdeopt.sde import Exit

START, H, N = 0.75, 0.125, 9
TIMES = START + H * np.arange(N)


def square(t, x):
    return t * t


def still(t, x):
    return 0.0


def squares(t, x):
    return t * t, 2.0 * t


def none(t, x):
    return 0.0, 0.0


def fill_square(t, x, out):
    out[:] = t * t


def fill_none(t, x, out):
    out[:] = 0.0


def clock(t, x):
    return t


@pytest.mark.parametrize("threads", [1, 2])
def test_a_drift_of_time_alone_is_summed_from_the_start(threads):
    system = pdeopt.SDE(square, still, noise="additive")
    options = {"step": H, "n_steps": N, "n_paths": 3, "start": START, "save_every": 1, "threads": threads}
    run = pdeopt.simulate(system, 1.0, observables=clock, **options)
    np.testing.assert_allclose(run.paths[1:, 2, 0], 1.0 + H * np.cumsum(TIMES**2), rtol=1e-15)
    np.testing.assert_allclose(run.observables[:, 0, 0], START + H * np.arange(N + 1), rtol=1e-15)
    assert np.array_equal(run.times, START + H * np.arange(N + 1))
    again = run.replay(1)
    assert np.array_equal(again.values[:, 0], run.paths[:, 1, 0])
    assert np.array_equal(again.times, run.times)


def test_every_coordinate_of_a_small_and_of_a_large_system_sees_the_time():
    options = {"step": H, "n_steps": N, "n_paths": 2, "start": START}
    small = pdeopt.simulate(pdeopt.SDE(squares, none, noise="additive", dim=2), (0.0, 0.0), **options)
    np.testing.assert_allclose(small.final[1], [H * np.sum(TIMES**2), 2.0 * H * np.sum(TIMES)], rtol=1e-15)
    large = pdeopt.SDE(fill_square, fill_none, noise="additive", dim=9)
    run = pdeopt.simulate(large, np.zeros(9), save_every=N, observables=clock_of_many, **options)
    np.testing.assert_allclose(run.final, H * np.sum(TIMES**2), rtol=1e-15)
    np.testing.assert_allclose(run.observables[:, 1, 0], [START, START + N * H], rtol=1e-15)


def clock_of_many(t, x):
    return t


def test_the_noise_is_that_of_the_time():
    # dX = t dW: the variance is the sum of h t^2.
    system = pdeopt.SDE(still, clock, noise="additive")
    x = pdeopt.simulate(system, 0.0, step=H, n_steps=N, n_paths=20_000, start=START).final
    assert abs(x.var() / (H * np.sum(TIMES**2)) - 1.0) < 4.5 * np.sqrt(2.0 / 20_000)


def one(t, x):
    return 1.0


def fill_one(t, x, out):
    out[:] = 1.0


@pytest.mark.parametrize(
    ("system", "x0"),
    [
        (pdeopt.SDE(one, still, noise="additive"), np.zeros(1)),
        (pdeopt.SDE(fill_one, fill_none, noise="additive", dim=9), np.zeros(9)),
    ],
    ids=["on a line", "many coordinates"],
)
def test_times_of_exit_count_from_the_start(system, x0):
    # Without noise x = t - start leaves (-1, 0.6) after a time of 0.6.
    region = Exit(np.full(x0.size, -1.0), np.full(x0.size, 0.6))
    run = pdeopt.simulate(system, x0, step=H, n_steps=N, n_paths=3, start=START, exit=region)
    np.testing.assert_allclose(run.exits.times, START + 0.6, rtol=1e-14)


def test_a_path_that_has_left_stays_where_it_left_while_others_go_on():
    system = pdeopt.SDE(one, still, noise="additive")
    options = {"step": H, "n_steps": N, "start": START, "save_every": 3, "exit": Exit(-1.0, 0.6)}
    run = pdeopt.simulate(system, [0.0, -0.9, 0.3], n_paths=3, **options)
    moved = np.array([0.0, -0.9, 0.3]) + H * np.arange(0, N + 1, 3)[:, None]
    np.testing.assert_allclose(run.paths[..., 0], np.minimum(moved, 0.6), rtol=1e-14)
