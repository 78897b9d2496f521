"""Ensembles of paths with many coordinates: templates of the loops around a scheme that works in place on arrays.

One path after another, each with its state and its noise in the fastest cache; see `pdeopt.kernels.ensembles`.
"""

from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._unowned import unowned
from pdeopt.kernels.ensembles import observe, prepare
from pdeopt.kernels.lanes import PHASES
from pdeopt.kernels.noise import Key
from pdeopt.kernels.random import CHUNK

N_STATE = N_POINT = N_DRAWS = 1


def begin(_t: float, _state: FloatArray, _args: Arguments, _work: FloatArray) -> None:
    """Stand for the function that fills what a scheme's state holds beside the point."""


def step(_t: float, _state: FloatArray, _h: float, _xi: FloatArray, _constants: Any, _work: FloatArray) -> None:
    """Stand for one step of a scheme, in place."""


def draw(
    _seed: int, _substeps: int, _decay: float, _path: int, _index: int, _noise: Any, _size: int, _fresh: bool
) -> None:
    """Stand for the function that fills the noise of `PHASES` steps of one path."""


def begin_arrays(memory: FloatArray, noise: FloatArray, lanes: int, t: float, args: Arguments) -> None:
    """Complete states of which the points are given; `memory` holds one state after another."""
    for i in range(lanes):
        begin(t, memory[i * N_STATE : (i + 1) * N_STATE], args, noise[PHASES * N_DRAWS :])


def advance_arrays(
    memory: FloatArray,
    noise: FloatArray,
    lanes: int,
    key: Key,
    first_path: int,
    first_step: int,
    n_steps: int,
    start: float,
    h: float,
    args: Arguments,
) -> None:
    """Advance `lanes` paths from step `first_step` by `n_steps` steps; after the draws `noise` holds scratch."""
    constants = prepare(h, unowned(args))
    memory, noise = unowned(memory), unowned(noise)
    work = noise[PHASES * N_DRAWS :]
    for i in range(lanes):
        state = memory[i * N_STATE : (i + 1) * N_STATE]
        for n in range(first_step, first_step + n_steps):
            phase = n % PHASES
            if phase == 0 or n == first_step:
                draw(
                    key[0], abs(key[1]), key[2], first_path + i, n // PHASES, noise.ctypes, noise.size, n == first_step
                )
            xi = noise[phase * N_DRAWS : (phase + 1) * N_DRAWS]
            step(start + n * h, state, h, xi, constants, work)


def observe_arrays(memory: FloatArray, lanes: int, t: float, args: Arguments, out: FloatArray) -> None:
    """Write the observables of `lanes` points, in rows of `CHUNK` columns."""
    for i in range(lanes):
        values = observe(t, memory[i * N_STATE : i * N_STATE + N_POINT], args)
        for k in range(len(values)):
            out[k * CHUNK + i] = values[k]
