"""Steps and looks at the states in turns: a template around the loops of `ensembles`, for looks that lie close.

Between looks nothing returns to Python, where threads would wait for one another.
"""

from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.noise import Key
from pdeopt.kernels.random import CHUNK

N_POINT = 1
ROW, COLUMN = CHUNK, 1
"""How far apart in memory the numbers of a point and the points lie."""


def advance(
    _memory: FloatArray,
    _noise: FloatArray,
    _lanes: int,
    _key: Key,
    _first_path: int,
    _first_step: int,
    _n_steps: int,
    _start: float,
    _h: float,
    _given: Any,
) -> None:
    """Stand for the loop of a scheme over a chunk."""


@strict_kernel
def observe_nothing(_memory: FloatArray, _lanes: int, _t: float, _args: Arguments, _out: FloatArray) -> None:
    """Stand for the observables of a chunk."""


observe = observe_nothing


def advance_looking(
    memory: FloatArray,
    noise: FloatArray,
    lanes: int,
    key: Key,
    first_path: int,
    first_step: int,
    every: int,
    start: float,
    h: float,
    given: Any,
    args: Arguments,
    out: FloatArray,
) -> bool:
    """Look after every `every` steps, as often as `out` has room, and tell whether all points are finite.

    `out` has shape (n_looks, n_values, lanes): the coordinates of points, then the observables.
    """
    n_looks, n_values = out.shape[0], out.shape[1]
    values = np.empty((n_values - N_POINT) * CHUNK)
    fine, drawn = True, key
    for look in range(n_looks):
        begin = first_step + look * every
        advance(memory, noise, lanes, drawn, first_path, begin, every, start, h, given)
        drawn = (key[0], -key[1], key[2])
        observe(memory, lanes, start + (begin + every) * h, args, values)
        for k in range(N_POINT):
            for i in range(lanes):
                x = memory[k * ROW + i * COLUMN]
                fine &= np.isfinite(x)
                out[look, k, i] = x
        for k in range(N_POINT, n_values):
            for i in range(lanes):
                out[look, k, i] = values[(k - N_POINT) * CHUNK + i]
    return fine
