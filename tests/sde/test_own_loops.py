"""Steps called from a user's own compiled loop are those of `simulate`."""

import numba
import numpy as np
import pytest

import pdeopt
from pdeopt import sde

WELL = pdeopt.landscapes.double_well()


@pytest.mark.parametrize(
    ("system", "method", "start"),
    [
        (pdeopt.overdamped_langevin(WELL, 4.0), "euler-maruyama", 1.0),
        (pdeopt.overdamped_langevin(WELL, 4.0), "leimkuhler-matthews", 1.0),
        (pdeopt.langevin(WELL, 4.0), "baoab", (1.0, 0.0)),
        (pdeopt.langevin(WELL, 4.0), "obabo", (1.0, 0.0)),
        (pdeopt.langevin(pdeopt.landscapes.himmelblau(), 0.1), "baoab", (1.0, 0.0, 0.0, 0.0)),
    ],
)
def test_keyed_steps_in_an_own_loop_give_the_paths_of_simulate_to_the_bit(system, method, start):
    functions = sde.step_functions(system, method)
    begin, keyed_step = functions.begin, functions.keyed_step

    @numba.njit
    def own_loop(seed, path, x, h, n_steps, args):
        state = begin(0.0, x, args)
        for n in range(n_steps):
            state = keyed_step(seed, path, n, n * h, state, h, args)
        return state

    run = pdeopt.simulate(system, start, step=0.01, n_steps=50, n_paths=20, seed=3, method=method)
    state = own_loop(3, 17, start, 0.01, 50, system.args)
    assert np.array_equal(flattened(state)[: system.dim], run.final[17])


def flattened(state):
    return [number for part in state for number in flattened(part)] if isinstance(state, tuple) else [state]


def test_the_loop_of_simulate_can_be_called_from_an_own_kernel():
    system = pdeopt.overdamped_langevin(WELL, 4.0)
    functions = sde.step_functions(system)
    advance = functions.advance
    memory, noise = functions.buffers()

    @numba.njit
    def relax_twice(memory, noise, args):
        memory[:] = 1.0
        advance(memory, noise, 512, (0, 1, 0.0), 0, 0, 30, 0.0, 0.01, args)
        advance(memory, noise, 512, (0, 1, 0.0), 0, 30, 20, 0.0, 0.01, args)

    relax_twice(memory, noise, system.args)
    run = pdeopt.simulate(system, 1.0, step=0.01, n_steps=50, n_paths=512)
    assert np.array_equal(memory, run.final[:, 0])


def stay(t, x, out):
    out[:] = 0.0


def test_systems_of_many_components_are_refused_with_advice():
    many = pdeopt.SDE(stay, stay, noise="additive", dim=12)
    with pytest.raises(ValueError, match=r"dim=12; .* Use pdeopt.simulate"):
        sde.step_functions(many)
