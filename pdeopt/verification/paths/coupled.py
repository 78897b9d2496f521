"""Ends of the same paths at several step sizes, by compiled loops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numba.core.errors import NumbaError
from scipy.sparse import csr_array

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import levels
from pdeopt.kernels._external import external_draw
from pdeopt.kernels._specialise import fingerprint, specialised
from pdeopt.kernels.lanes import PHASES, n_numbers
from pdeopt.kernels.noise import draw_function, noise_size, path_draw_function
from pdeopt.kernels.random import CHUNK
from pdeopt.sde.scheme import Stepper
from pdeopt.systems import SDE
from pdeopt.verification.paths.path_noise import PathNoise

__all__ = ["Ladder", "LevelRun"]


@dataclass(frozen=True)
class Ladder:
    """Step sizes, each half of the one before.

    Parameters
    ----------
    coarsest : float
    n_levels : int
    n_steps : int
        Number of the coarsest steps.
    """

    coarsest: float
    n_levels: int
    n_steps: int

    @property
    def steps(self) -> FloatArray:
        """All step sizes, the largest first."""
        return np.asarray(self.coarsest * 0.5 ** np.arange(self.n_levels), dtype=np.float64)

    @property
    def finest(self) -> float:
        """The smallest step size."""
        return float(self.steps[-1])

    @property
    def time(self) -> float:
        """When paths end."""
        return self.coarsest * self.n_steps

    @property
    def finer(self) -> "Ladder":
        """The same with one level more."""
        return Ladder(self.coarsest, self.n_levels + 1, self.n_steps)


_known: dict[str, Callable[..., None]] = {}


@dataclass(frozen=True, eq=False)
class LevelRun:
    """One scheme on some levels of a ladder.

    Parameters
    ----------
    system : SDE
    stepper : Stepper
    x0 : array, shape (d,)
    ladder : Ladder
    stepped : tuple of int
        The levels on which the scheme steps, 0 for the coarsest.
    noise : PathNoise
        Of the finest step.
    first_other : int
        Of the noise's other draws, the first that belongs to this scheme.
    """

    system: SDE
    stepper: Stepper
    x0: FloatArray
    ladder: Ladder
    stepped: tuple[int, ...]
    noise: PathNoise
    first_other: int = 0

    @cached_property
    def places(self) -> IntArray:
        """Where the states of every level are kept, the finest level first; -1 for levels without steps."""
        found = np.full(self.ladder.n_levels, -1)
        for place, level in enumerate(self.stepped):
            found[self.ladder.n_levels - 1 - level] = place
        return found

    @cached_property
    def maps(self) -> tuple[levels.Maps, levels.Maps, levels.Maps]:
        """What merges the noise of two steps, what makes draws of it and what walks, by level, the finest first."""
        steps, draws, first = self.ladder.steps[::-1], self.stepper.draws, self.first_other
        rows: list[Callable[[float], csr_array]] = [
            self.noise.merged,
            lambda h: self.noise.viewed(draws, h, first),
            self.noise.walked,
        ]
        merging, viewing, walking = (_pattern([matrix(float(h)) for h in steps]) for matrix in rows)
        return merging, viewing, walking

    @cached_property
    def loop(self) -> Callable[..., None]:
        """The compiled loop, made at most once in a process."""
        stepper = self.stepper
        key, stable = fingerprint(stepper.begin, stepper.prepare, stepper.step, stepper.draws, self.noise.kinds)
        if key not in _known or not stable:
            _known[key] = self._made()
        return _known[key]

    def _made(self) -> Callable[..., None]:
        kinds, stepper = self.noise.kinds, self.stepper
        numbers = {"N_DRAWS": len(stepper.draws), "N_BASE": len(kinds)}
        if stepper.in_place:
            draw = external_draw(path_draw_function(kinds))
            functions = {"prepare": stepper.prepare, "begin_in_place": stepper.begin, "step_in_place": stepper.step}
            return specialised(levels.advance_array_levels, **functions, draw=draw, N_STATE=stepper.state, **numbers)
        layouts = {"POINT": stepper.point, "STATE": stepper.state, "XI": stepper.xi}
        functions = {"begin": stepper.begin, "prepare": stepper.prepare, "step": stepper.step}
        draw, n_state = external_draw(draw_function(kinds)), n_numbers(stepper.state)
        return specialised(levels.advance_levels, **layouts, **functions, draw=draw, N_STATE=n_state, **numbers)

    def ends(self, seed: int, first_path: int, n_paths: int) -> tuple[FloatArray, FloatArray]:
        """Return where paths end, and their Brownian motions.

        Parameters
        ----------
        seed, first_path, n_paths : int

        Returns
        -------
        points : array, shape (n_stepped, n_paths, d)
        motions : array, shape (n_paths, m)
        """
        points = np.empty((len(self.stepped), n_paths, self.system.dim))
        motions = np.empty((n_paths, self.noise.n_motions))
        advance = self._path if self.stepper.in_place else self._chunk
        size = 1 if self.stepper.in_place else CHUNK
        for first in range(0, n_paths, size):
            part = slice(first, min(first + size, n_paths))
            count = part.stop - part.start
            points[:, part], motions[part] = (all_[..., :count, :] for all_ in advance(seed, first_path + first))
        return points, motions

    def _grid(self, seed: int) -> tuple[int, int, float, float]:
        ladder = self.ladder
        return seed, ladder.n_steps << (ladder.n_levels - 1), 0.0, ladder.finest

    def _chunk(self, seed: int, first_path: int) -> tuple[FloatArray, FloatArray]:
        n, d, n_state = len(self.stepped), self.system.dim, n_numbers(self.stepper.state)
        m, n_base, n_draws = self.noise.n_motions, len(self.noise.kinds), len(self.stepper.draws)
        memory = np.zeros((n, n_state, CHUNK))
        memory[:, :d] = self.x0[:, None]
        noise = np.zeros(noise_size(self.noise.kinds) + max(n_draws, m, 1) * PHASES * CHUNK)
        base, walk = np.zeros(2 * n_base * self.places.size * CHUNK), np.zeros(m * CHUNK)
        common = (first_path, self._grid(seed), self.places, self.maps, self.system.args)
        self.loop(memory.reshape(-1), noise, base, walk, *common)
        return np.swapaxes(memory[:, :d], 1, 2), walk.reshape(m, CHUNK).T

    def _path(self, seed: int, first_path: int) -> tuple[FloatArray, FloatArray]:
        n, d, m = len(self.stepped), self.system.dim, self.noise.n_motions
        n_base, n_draws = len(self.noise.kinds), len(self.stepper.draws)
        memory = np.zeros((n, self.stepper.state))
        memory[:, :d] = self.x0
        noise = np.zeros(PHASES * n_base + n_draws + max(self.stepper.n_work, m))
        base, walk = np.zeros(2 * n_base * self.places.size), np.zeros(m)
        common = (first_path, self._grid(seed), self.places, self.maps, self.system.args)
        self.loop(memory.reshape(-1), noise, base, walk, *common)
        return memory[:, None, :d], walk[None]

    def compile(self) -> None:
        """Compile before threads start.

        Raises
        ------
        TypeError
            If the step does not compile.
        """
        empty = Ladder(self.ladder.coarsest, self.ladder.n_levels, 0)
        try:
            LevelRun(self.system, self.stepper, self.x0, empty, self.stepped, self.noise, self.first_other).ends(
                0, 0, 1
            )
        except NumbaError as error:
            raise TypeError(
                f"step={self.stepper.step!r} does not compile, and sampled paths are computed by compiled loops. Use "
                "numbers, tuples, functions of the math module, and numba.njit on your own functions that it calls. "
                f"Numba says: {' '.join(str(error).split())[:300]}"
            ) from error


def _pattern(matrices: Sequence[csr_array]) -> levels.Maps:
    """Return maps of all levels in the pattern of the entries that are not zero on some level."""
    used = csr_array(np.sum([abs(matrix) for matrix in matrices]))
    used.sort_indices()
    rows, columns = np.repeat(np.arange(used.shape[0]), np.diff(used.indptr)), used.indices.astype(np.int64)
    values: Any = np.array([np.asarray(matrix[rows, columns]).ravel() for matrix in matrices])
    return used.indptr.astype(np.int64), columns, values
