"""Ensembles of paths: templates of the loops around a scheme, time outside and paths inside.

`pdeopt.kernels._specialise` copies them with the functions of a system and a scheme in place of the stand-ins `begin`,
`step`, `draw`, `observe` and the layouts `POINT`, `STATE`, `XI`.
"""

from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._unowned import unowned
from pdeopt.kernels.lanes import PHASES, load, load_draws, store
from pdeopt.kernels.noise import Key
from pdeopt.kernels.random import CHUNK

POINT = STATE = XI = 0.0


def begin(_t: float, x: Any, _args: Arguments) -> Any:
    """Stand for the function that makes a scheme's state of a point."""
    return x


def prepare(_h: float, args: Arguments) -> Any:
    """Stand for the function that computes once what a scheme needs of the step size and the parameters."""
    return args


def step(_t: float, state: Any, _h: float, _xi: Any, _constants: Any) -> Any:
    """Stand for one step of a scheme."""
    return state


def draw(
    _seed: int, _substeps: int, _decay: float, _path: int, _index: int, _noise: Any, _size: int, _fresh: bool
) -> None:
    """Stand for the function that fills the noise of `PHASES` steps."""


def observe(_t: float, _x: Any, _args: Arguments) -> Any:
    """Stand for a user's observables."""
    return 0.0


def begin_paths(memory: FloatArray, _noise: FloatArray, lanes: int, t: float, args: Arguments) -> None:
    """Turn points into states, in place."""
    uncounted = unowned(args)
    for i in range(lanes):
        store(memory, i, begin(t, load(memory, i, POINT), uncounted))


def advance_paths(
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
    """Advance `lanes` paths from step `first_step` by `n_steps` steps; step `n` begins at time `start + n h`.

    `memory` has one row of `CHUNK` columns for every number of a state, `noise` one for every draw and phase.
    """
    constants = prepare(h, unowned(args))
    for n in range(first_step, first_step + n_steps):
        phase = n % PHASES
        fresh = n == first_step and key[1] > 0
        if phase == 0 or fresh:
            draw(key[0], abs(key[1]), key[2], first_path, n // PHASES, noise.ctypes, noise.size, fresh)
        t = start + n * h
        at = phase * CHUNK
        for i in range(lanes):
            state = load(memory, i, STATE)
            store(memory, i, step(t, state, h, load_draws(noise, at + i, XI), constants))


def observe_paths(points: FloatArray, lanes: int, t: float, args: Arguments, out: FloatArray) -> None:
    """Write the observables of `lanes` points, in rows of `CHUNK` columns like the points."""
    uncounted = unowned(args)
    for i in range(lanes):
        store(out, i, observe(t, load(points, i, POINT), uncounted))
