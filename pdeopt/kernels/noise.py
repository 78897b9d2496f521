"""Filling the noise of a chunk of paths: `PHASES` steps of every draw of a scheme."""

from collections.abc import Callable

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.lanes import PHASES
from pdeopt.kernels.random import CHUNK, fill_normals, normal

NORMAL = ("increment", "time-integral", "friction")
Key = tuple[int, int, float]
"""Seed, fine steps in one step, and what of the noise of a fine step is left one fine step later."""


def draw_function(kinds: tuple[str, ...], *, refined: bool = False) -> Callable[..., None]:
    """Return `draw(key, first_path, index, lanes, noise)` for the kinds of draws of one step."""
    n_draws = len(kinds)

    def draw(key: Key, first_path: int, index: int, lanes: int, noise: FloatArray) -> None:
        for j in range(n_draws):
            at = j * PHASES * CHUNK
            fill_normals(key[0], first_path, 2 * index, j, noise, at)
            fill_normals(key[0], first_path, 2 * index + 1, j, noise, at + 2 * CHUNK)

    return draw


def path_draw_function(kinds: tuple[str, ...]) -> Callable[..., None]:
    """Return `draw(key, path, index, noise)` for one path, the draws of a step one after another."""
    n_draws = len(kinds)

    def draw(key: Key, path: int, index: int, noise: FloatArray) -> None:
        for phase in range(PHASES):
            for j in range(n_draws):
                noise[phase * n_draws + j] = normal(key[0], path, PHASES * index + phase, j)

    return draw
