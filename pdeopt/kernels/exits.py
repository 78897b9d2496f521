"""Exits: templates of the loops around a scheme that stop a path where it leaves a region.

Like `pdeopt.kernels.ensembles`, which see for the stand-ins. Two numbers follow those of a scheme's state, so that
they travel with it: the time of exit, infinite while inside, and the face, -1 while inside.
"""

from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._unowned import unowned
from pdeopt.kernels.ensembles import begin, draw, prepare, step
from pdeopt.kernels.lanes import PHASES, load, load_draws, store
from pdeopt.kernels.noise import Key
from pdeopt.kernels.random import CHUNK

POINT = STATE = XI = 0.0
N_STATE = N_NOISE = 1


def margin(_t: float, _x: Any, _y: Any, _h: float, _args: Arguments, _region: Any, _work: FloatArray) -> float:
    """Stand for the function that is positive where a step from x to y cannot have left."""
    return 0.0


def crossing(
    _t: float,
    _x: Any,
    _y: Any,
    _h: float,
    _args: Arguments,
    _region: Any,
    _seed: int,
    _path: int,
    _n: int,
    _work: FloatArray,
) -> tuple[float, int]:
    """Stand for the function that decides: the fraction of the step, and the face or -1."""
    return np.inf, -1


def landed(
    _t: float,
    _x: Any,
    y: Any,
    _h: float,
    _fraction: float,
    _face: int,
    _args: Arguments,
    _region: Any,
    _work: FloatArray,
) -> Any:
    """Stand for the function that returns the place of exit."""
    return y


def begin_exits(memory: FloatArray, _noise: FloatArray, lanes: int, t: float, args: Arguments) -> None:
    """Turn points into states, all inside, in place."""
    for i in range(lanes):
        store(memory, i, begin(t, load(memory, i, POINT), args))
        memory[N_STATE * CHUNK + i] = np.inf
        memory[(N_STATE + 1) * CHUNK + i] = -1.0


def advance_exits(
    memory: FloatArray,
    noise: FloatArray,
    lanes: int,
    key: Key,
    first_path: int,
    first_step: int,
    n_steps: int,
    start: float,
    h: float,
    given: tuple[Arguments, Any],
) -> None:
    """Advance `lanes` paths as `advance_paths` does, and stop those that leave; `given` is parameters and region.

    All paths take the step; the few that may have left are then looked at one by one, and those out before put back.
    After the draws `noise` holds the states before the step and the margins.
    """
    args, region = unowned(given)
    constants = prepare(h, args)
    before, margins, spare = noise[N_NOISE:], noise[N_NOISE + N_STATE * CHUNK :], noise[:0]
    times, faces = memory[N_STATE * CHUNK :], memory[(N_STATE + 1) * CHUNK :]
    inside = 0
    for i in range(lanes):
        inside += times[i] == np.inf
    for n in range(first_step, first_step + n_steps):
        if inside == 0:
            return
        phase = n % PHASES
        fresh = n == first_step and key[1] > 0
        if phase == 0 or fresh:
            draw(key[0], abs(key[1]), key[2], first_path, n // PHASES, noise.ctypes, noise.size, fresh)
        t = start + n * h
        at = phase * CHUNK
        near = 0
        for i in range(lanes):
            state = load(memory, i, STATE)
            x = load(memory, i, POINT)
            store(before, i, state)
            store(memory, i, step(t, state, h, load_draws(noise, at + i, XI), constants))
            room = margin(t, x, load(memory, i, POINT), h, args, region, spare)
            margins[i] = room
            near += room <= 0.0
        if near == 0 and inside == lanes:
            continue
        for i in range(lanes):
            if times[i] < np.inf:
                store(memory, i, load(before, i, STATE))
            elif margins[i] <= 0.0:
                x, y = load(before, i, POINT), load(memory, i, POINT)
                fraction, face = crossing(t, x, y, h, args, region, key[0], first_path + i, n, spare)
                if face >= 0:
                    store(memory, i, landed(t, x, y, h, fraction, face, args, region, spare))
                    times[i], faces[i] = start + (n + fraction) * h, face
                    inside -= 1
