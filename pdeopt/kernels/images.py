"""Where one step takes points, for every value of its draws: a template, see `pdeopt.kernels._specialise`.

`prepare`, `step` and the layouts `STATE` and `XI` stand for those of a scheme.
"""

from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._unowned import unowned
from pdeopt.kernels.lanes import PHASES, load, load_draws, store
from pdeopt.kernels.random import CHUNK

STATE = XI = 0.0


def prepare(_h: float, args: Arguments) -> Any:
    """Stand for the function that computes once what a scheme needs of the step size and the parameters."""
    return args


def step(_t: float, state: Any, _h: float, _xi: Any, _constants: Any) -> Any:
    """Stand for one step of a scheme."""
    return state


def images(
    states: FloatArray,
    draws: FloatArray,
    h: float,
    args: Arguments,
    memory: FloatArray,
    noise: FloatArray,
    out: FloatArray,
) -> None:
    """Write the state after a step from every state with every row of draws.

    `states` has shape (n, n_state), `draws` (m, n_draws), `out` (n, m, n_state). The caller owns `memory` of
    `n_state * CHUNK` numbers and `noise` of `max(n_draws, 1) * PHASES * CHUNK`.
    """
    constants = prepare(h, unowned(args))
    n_state = states.shape[1]
    for k in range(draws.shape[0]):
        for j in range(draws.shape[1]):
            noise[j * PHASES * CHUNK] = draws[k, j]
        for i in range(states.shape[0]):
            for j in range(n_state):
                memory[j * CHUNK] = states[i, j]
            store(memory, 0, step(0.0, load(memory, 0, STATE), h, load_draws(noise, 0, XI), constants))
            for j in range(n_state):
                out[i, k, j] = memory[j * CHUNK]


def paired_images(
    states: FloatArray,
    draws: FloatArray,
    h: float,
    args: Arguments,
    memory: FloatArray,
    noise: FloatArray,
    out: FloatArray,
) -> None:
    """Write the state after a step from every state with its own draws.

    `states` and `out` have shape (n, n_state), `draws` (n, n_draws); the rest is as for `images`.
    """
    constants = prepare(h, unowned(args))
    for i in range(states.shape[0]):
        for j in range(draws.shape[1]):
            noise[j * PHASES * CHUNK] = draws[i, j]
        for j in range(states.shape[1]):
            memory[j * CHUNK] = states[i, j]
        store(memory, 0, step(0.0, load(memory, 0, STATE), h, load_draws(noise, 0, XI), constants))
        for j in range(states.shape[1]):
            out[i, j] = memory[j * CHUNK]
