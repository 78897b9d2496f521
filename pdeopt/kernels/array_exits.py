"""Exits of paths with many coordinates: templates of the loops around a scheme that works in place on arrays.

See `pdeopt.kernels.exits` and `pdeopt.kernels.array_ensembles`.
"""

from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._unowned import unowned
from pdeopt.kernels.array_ensembles import begin, draw, step
from pdeopt.kernels.ensembles import prepare
from pdeopt.kernels.exits import crossing, landed, margin
from pdeopt.kernels.lanes import PHASES
from pdeopt.kernels.noise import Key

N_STATE = N_POINT = N_DRAWS = N_NOISE = 1


def begin_array_exits(memory: FloatArray, noise: FloatArray, lanes: int, t: float, args: Arguments) -> None:
    """Complete states of which the points are given, all inside."""
    for i in range(lanes):
        whole = memory[i * (N_STATE + 2) : (i + 1) * (N_STATE + 2)]
        begin(t, whole[:N_STATE], args, noise[PHASES * N_DRAWS :])
        whole[N_STATE], whole[N_STATE + 1] = np.inf, -1.0


def advance_array_exits(
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
    """Advance `lanes` paths as `advance_arrays` does, each until it leaves; `given` is parameters and region."""
    args, region = unowned(given)
    constants = prepare(h, args)
    memory, noise = unowned(memory), unowned(noise)
    work, spare = noise[PHASES * N_DRAWS :], noise[N_NOISE + N_POINT :]
    before = noise[N_NOISE : N_NOISE + N_POINT]
    for i in range(lanes):
        whole = memory[i * (N_STATE + 2) : (i + 1) * (N_STATE + 2)]
        state, point = whole[:N_STATE], whole[:N_POINT]
        for n in range(first_step, first_step + n_steps):
            if whole[N_STATE] < np.inf:
                break
            phase = n % PHASES
            if phase == 0 or n == first_step:
                draw(
                    key[0], abs(key[1]), key[2], first_path + i, n // PHASES, noise.ctypes, noise.size, n == first_step
                )
            for k in range(N_POINT):
                before[k] = point[k]
            t = start + n * h
            step(t, state, h, noise[phase * N_DRAWS : (phase + 1) * N_DRAWS], constants, work)
            if not margin(t, before, point, h, args, region, spare) <= 0.0:
                continue
            fraction, face = crossing(t, before, point, h, args, region, key[0], first_path + i, n, spare)
            if face >= 0:
                landed(t, before, point, h, fraction, face, args, region, spare)
                whole[N_STATE], whole[N_STATE + 1] = start + (n + fraction) * h, face
