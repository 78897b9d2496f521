"""Filling the noise of a chunk of paths: `PHASES` steps of every draw of a scheme."""

from collections.abc import Callable

from pdeopt._types import FloatArray
from pdeopt.kernels.lanes import PHASES
from pdeopt.kernels.random import CHUNK, fill_normals


def draw_function(kinds: tuple[str, ...]) -> Callable[..., None]:
    """Return `draw(seed, first_path, index, lanes, noise)` for the kinds of draws of one step."""
    n_draws = len(kinds)

    def draw(seed: int, first_path: int, index: int, lanes: int, noise: FloatArray) -> None:
        for j in range(n_draws):
            at = j * PHASES * CHUNK
            fill_normals(seed, first_path, 2 * index, j, noise, at)
            fill_normals(seed, first_path, 2 * index + 1, j, noise, at + 2 * CHUNK)

    return draw
