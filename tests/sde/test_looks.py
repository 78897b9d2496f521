"""Looks at the states on the way: how many there are changes no bit."""

import numpy as np
import pytest

import pdeopt
from pdeopt import sde

N_STEPS = 84


def drift(t, x):
    return x - x * x * x + t


def unit(t, x):
    return 0.7


def chain(t, x, out):
    for i in range(x.size):
        out[i] = x[i - 1] - x[i]


def units(t, x, out):
    out[:] = 1.0


def moments(t, x):
    return t * x, x * x


def first(t, x):
    return t * x[0], x[3] * x[3]


LINE = pdeopt.SDE(drift, unit, noise="additive")
CHAIN = pdeopt.SDE(chain, units, noise="additive", dim=9)
RUNS = {
    "a line": (LINE, 0.5, {"observables": moments}),
    "two-point increments": (LINE, 0.5, {"observables": moments, "method": "weak-euler-two-point"}),
    "steps of several of the noise": (LINE, 0.5, {"noise_step": 0.005}),
    "exits": (LINE, 0.5, {"observables": moments, "exit": sde.Exit(-0.5, 1.2)}),
    "arrays": (CHAIN, np.ones(9), {"observables": first}),
    "exits of arrays": (CHAIN, np.ones(9), {"exit": sde.Exit(np.full(9, -2.0), np.full(9, 2.0))}),
}


@pytest.mark.parametrize("name", RUNS)
def test_close_looks_see_what_looks_far_apart_see(name):
    system, x0, options = RUNS[name]

    def run(every):
        sizes = {"step": 0.01, "n_steps": N_STEPS, "n_paths": 515, "save_every": every, "seed": 3}
        return pdeopt.simulate(system, x0, **sizes, **options)

    close, apart, none = run(1), run(7), run(None)
    assert np.array_equal(close.paths[::7], apart.paths)
    assert np.array_equal(close.final, none.final)
    assert np.array_equal(close.paths[-1], none.final)
    assert np.array_equal(close.statistics.mean[::7], apart.statistics.mean)
    if close.observables is not None:
        assert np.array_equal(close.observables[::7], apart.observables)
        assert np.array_equal(close.observables[:, :, 0], close.times[:, None] * close.paths[:, :, 0])


def blowing_up(t, x):
    return x * x


def test_a_path_that_leaves_the_finite_numbers_between_close_looks_is_named_and_earlier_looks_are_kept():
    system = pdeopt.SDE(blowing_up, lambda t, x: 0.0, noise="additive")
    x0 = np.zeros((600, 1))
    x0[555] = 1.0
    alone, x = 0, 1.0
    with np.errstate(over="ignore"):
        while np.isfinite(x + 0.5 * x * x):
            alone, x = alone + 1, x + 0.5 * x * x
    with pytest.raises(sde.BlowUpError) as caught:
        pdeopt.simulate(system, x0, step=0.5, n_steps=60, n_paths=600, save_every=2, threads=1)
    assert (caught.value.path, caught.value.step) == (555, alone)
    kept = caught.value.partial
    assert kept.paths[: alone // 2 + 1, 555, 0] == pytest.approx(orbit(alone // 2 + 1), rel=1e-12)


def orbit(n):
    x, found = 1.0, []
    for _ in range(n):
        found.append(x)
        for _ in range(2):
            x = x + 0.5 * x * x
    return found
