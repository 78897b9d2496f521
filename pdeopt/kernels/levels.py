"""One Brownian path on a ladder of step sizes, each half the next: templates of loops that step all of them at once.

The noise of the finest step is drawn once; that of a step twice as long is a linear map of the noise of its halves.
`pdeopt.kernels._specialise` puts the functions of a scheme in place of the stand-ins.
"""

from typing import Any

from pdeopt._types import Arguments, FloatArray, IntArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._unowned import unowned
from pdeopt.kernels.lanes import PHASES, load, load_draws, store
from pdeopt.kernels.random import CHUNK

Maps = tuple[IntArray, IntArray, FloatArray]
"""Rows of linear maps of one pattern: where the entries of each row begin, their columns, and values by level."""

POINT = STATE = XI = 0.0
N_STATE = N_DRAWS = N_BASE = 1


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
    """Stand for the function that fills the noise of `PHASES` of the finest steps."""


@strict_kernel
def combine(maps: Maps, level: int, source: FloatArray, out: FloatArray, stride: int, lanes: int) -> None:
    """Write rows of `lanes` numbers, `stride` apart, as sums of rows of `source`, in a fixed order.

    `source` holds rows of `lanes` numbers one after another.
    """
    starts, columns, values = maps
    for row in range(starts.size - 1):
        target = out[row * stride : row * stride + lanes]
        target[:] = 0.0
        for entry in range(starts[row], starts[row + 1]):
            value, first = values[level, entry], columns[entry] * lanes
            for i in range(lanes):
                target[i] += value * source[first + i]


def advance_levels(
    memory: FloatArray,
    noise: FloatArray,
    base: FloatArray,
    walk: FloatArray,
    first_path: int,
    grid: tuple[int, int, float, float],
    places: IntArray,
    maps: tuple[Maps, Maps, Maps],
    args: Arguments,
) -> None:
    """Take a chunk of paths to the end on all levels, and add up its Brownian motions.

    `memory` has a block of states for every stepped level, with the points in place; `places[k]` is the block of the
    level of steps `2**k` times the finest, or -1. `base` holds the noise of two steps of every level, `noise` that of
    `PHASES` of the finest and after it the draws of a step, `walk` a row for every motion. `grid` is seed, number of
    finest steps, start and finest step; `maps` are to merge, to view as draws, and to walk.
    """
    seed, n_steps, start, finest = grid
    merging, viewing, walking = maps
    parameters, top, pair = unowned(args), places.size - 1, 2 * N_BASE * CHUNK
    drawn = noise[noise.size - max(N_DRAWS, 1) * PHASES * CHUNK :]
    for place in places:
        first = place * N_STATE * CHUNK
        for i in range(CHUNK if place >= 0 else 0):
            store(memory, first + i, begin(start, load(memory, first + i, POINT), parameters))
    for n in range(n_steps):
        if n % PHASES == 0:
            draw(seed, 1, 0.0, first_path, n // PHASES, noise.ctypes, noise.size, n == 0)
        for j in range(N_BASE):
            row, there = (j * PHASES + n % PHASES) * CHUNK, ((n & 1) * N_BASE + j) * CHUNK
            for i in range(CHUNK):
                base[there + i] = noise[row + i]
        level, m = 0, n
        while True:
            half = base[level * pair + (m & 1) * (pair // 2) : level * pair + (m & 1) * (pair // 2) + pair // 2]
            if places[level] >= 0:
                combine(viewing, level, half, drawn, PHASES * CHUNK, CHUNK)
                h, first = finest * 2.0**level, places[level] * N_STATE * CHUNK
                constants, t = prepare(h, parameters), start + m * h
                for i in range(CHUNK):
                    state = load(memory, first + i, STATE)
                    store(memory, first + i, step(t, state, h, load_draws(drawn, i, XI), constants))
            if level == top:
                combine(walking, level, half, drawn, CHUNK, CHUNK)
                for i in range(walk.size):
                    walk[i] += drawn[i]
            if level == top or m & 1 == 0:
                break
            above = base[(level + 1) * pair + (m >> 1 & 1) * (pair // 2) : (level + 2) * pair]
            combine(merging, level, base[level * pair : (level + 1) * pair], above, CHUNK, CHUNK)
            level, m = level + 1, m >> 1


def begin_in_place(_t: float, _state: FloatArray, _args: Arguments, _work: FloatArray) -> None:
    """Stand for the function that fills what a scheme's state holds beside the point."""


def step_in_place(
    _t: float, _state: FloatArray, _h: float, _xi: FloatArray, _constants: Any, _work: FloatArray
) -> None:
    """Stand for one step of a scheme, in place."""


def advance_array_levels(
    memory: FloatArray,
    noise: FloatArray,
    base: FloatArray,
    walk: FloatArray,
    first_path: int,
    grid: tuple[int, int, float, float],
    places: IntArray,
    maps: tuple[Maps, Maps, Maps],
    args: Arguments,
) -> None:
    """Take one path of many coordinates to the end on all levels; `noise` ends in the draws of a step and scratch."""
    seed, n_steps, start, finest = grid
    merging, viewing, walking = maps
    parameters, top, pair = unowned(args), places.size - 1, 2 * N_BASE
    drawn, work = noise[PHASES * N_BASE : PHASES * N_BASE + N_DRAWS], noise[PHASES * N_BASE + N_DRAWS :]
    for place in places:
        if place >= 0:
            begin_in_place(start, memory[place * N_STATE : (place + 1) * N_STATE], parameters, work)
    for n in range(n_steps):
        phase = n % PHASES
        if phase == 0:
            draw(seed, 1, 0.0, first_path, n // PHASES, noise.ctypes, noise.size, n == 0)
        for j in range(N_BASE):
            base[(n & 1) * N_BASE + j] = noise[phase * N_BASE + j]
        level, m = 0, n
        while True:
            half = base[level * pair + (m & 1) * N_BASE : level * pair + ((m & 1) + 1) * N_BASE]
            if places[level] >= 0:
                combine(viewing, level, half, drawn, 1, 1)
                h, first = finest * 2.0**level, places[level] * N_STATE
                state = memory[first : first + N_STATE]
                step_in_place(start + m * h, state, h, drawn, prepare(h, parameters), work)
            if level == top:
                combine(walking, level, half, work, 1, 1)
                for i in range(walk.size):
                    walk[i] += work[i]
            if level == top or m & 1 == 0:
                break
            above = base[(level + 1) * pair + (m >> 1 & 1) * N_BASE : (level + 2) * pair]
            combine(merging, level, base[level * pair : (level + 1) * pair], above, 1, 1)
            level, m = level + 1, m >> 1
