"""From a bound scheme to compiled loops over paths, found again on disk by later processes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels import array_ensembles, ensembles, looks
from pdeopt.kernels._external import external_draw
from pdeopt.kernels._specialise import fingerprint, specialised
from pdeopt.kernels.lanes import PHASES, n_numbers
from pdeopt.kernels.noise import (
    draw_function,
    noise_size,
    path_draw_function,
    refined_draw_function,
    refined_path_draw_function,
)
from pdeopt.kernels.random import CHUNK
from pdeopt.sde.scheme import Stepper

__all__ = ["Loops", "drawing", "loops_of"]


@dataclass(frozen=True, eq=False)
class Loops:
    """The compiled loops of one stepper, and how much memory they use.

    Parameters
    ----------
    begin, advance, observe : callable
        See `pdeopt.kernels.ensembles`.
    n_state, n_point, n_draws, n_observables : int
        Numbers per path.
    noise_size : int
        Numbers in the noise of a chunk, scratch included.
    in_place : bool
        Whether states lie one after another, and not side by side.
    """

    begin: Callable[..., None]
    advance: Callable[..., None]
    observe: Callable[..., None] | None
    n_state: int
    n_point: int
    n_draws: int
    n_observables: int
    noise_size: int
    in_place: bool = False

    def columns(self, memory: FloatArray) -> FloatArray:
        """Return a view of the states of a chunk, shape (n_state, CHUNK)."""
        return memory.reshape(CHUNK, -1).T if self.in_place else memory.reshape(-1, CHUNK)

    @cached_property
    def advance_looking(self) -> Callable[..., bool]:
        """Steps and looks in turns, see `pdeopt.kernels.looks`."""
        row, column = (1, self.n_state) if self.in_place else (CHUNK, 1)
        functions = {"advance": self.advance, "observe": self.observe or looks.observe_nothing}
        return specialised(looks.advance_looking, **functions, N_POINT=self.n_point, ROW=row, COLUMN=column)

    def compile_for(self, args: Arguments, given: Arguments, *, looking: bool = False) -> None:
        """Compile before threads start, which would wait for one another; `given` is what `advance` takes."""
        memory, noise = np.zeros(self.n_state * CHUNK), np.zeros(self.noise_size)
        self.begin(memory, noise, 0, 0.0, args)
        self.advance(memory, noise, 0, (0, 1, 0.0), 0, 0, 0, 0.0, 1.0, given)
        if self.observe is not None:
            self.observe(memory, 0, 0.0, args, np.empty(self.n_observables * CHUNK))
        if looking:
            out = np.empty((0, self.n_point + self.n_observables, CHUNK))
            self.advance_looking(memory, noise, 0, (0, 1, 0.0), 0, 0, 1, 0.0, 1.0, given, args, out)


_known: dict[str, Loops] = {}


def loops_of(
    stepper: Stepper, observe: Callable[..., Any] | None = None, n_observables: int = 0, *, refined: bool = False
) -> Loops:
    """Return the loops, compiled at most once in a process."""
    parts = (stepper.begin, stepper.prepare, stepper.step, stepper.draws, observe, refined)
    key, stable = fingerprint(*parts)
    if key not in _known or not stable:
        _known[key] = _made(stepper, observe, n_observables, refined=refined)
    return _known[key]


def _made(stepper: Stepper, observe: Callable[..., Any] | None, n_observables: int, *, refined: bool) -> Loops:
    if stepper.in_place:
        return _arrays(stepper, observe, n_observables, path_drawing(stepper, refined=refined))
    return _lanes(stepper, observe, n_observables, drawing(stepper, refined=refined))


def drawing(stepper: Stepper, *, refined: bool) -> Callable[..., None]:
    """Return what loops call to fill the noise of a chunk."""
    kinds = stepper.draws
    return external_draw(refined_draw_function(kinds, stepper.splits) if refined else draw_function(kinds))


def path_drawing(stepper: Stepper, *, refined: bool) -> Callable[..., None]:
    """Return the same for one path of many coordinates."""
    kinds = stepper.draws
    return external_draw(refined_path_draw_function(kinds, stepper.splits) if refined else path_draw_function(kinds))


def _lanes(
    stepper: Stepper, observe: Callable[..., Any] | None, n_observables: int, draw: Callable[..., None]
) -> Loops:
    """Compile the loops of paths side by side."""
    begin = specialised(ensembles.begin_paths, POINT=stepper.point, begin=stepper.begin)
    advance = specialised(
        ensembles.advance_paths,
        STATE=stepper.state,
        XI=stepper.xi,
        prepare=stepper.prepare,
        step=stepper.step,
        draw=draw,
    )
    look = None if observe is None else specialised(ensembles.observe_paths, POINT=stepper.point, observe=observe)
    sizes = (n_numbers(stepper.state), n_numbers(stepper.point), len(stepper.draws), n_observables)
    return Loops(begin, advance, look, *sizes, noise_size=noise_size(stepper.draws))


def _arrays(
    stepper: Stepper, observe: Callable[..., Any] | None, n_observables: int, draw: Callable[..., None]
) -> Loops:
    """Compile the loops of one path after another."""
    n_state, n_point, n_draws = stepper.state, stepper.point, len(stepper.draws)
    numbers = {"N_STATE": n_state, "N_DRAWS": n_draws}
    begin = specialised(array_ensembles.begin_arrays, **numbers, begin=stepper.begin)
    advance = specialised(
        array_ensembles.advance_arrays,
        **numbers,
        prepare=stepper.prepare,
        step=stepper.step,
        draw=draw,
    )
    look = None
    if observe is not None:
        look = specialised(array_ensembles.observe_arrays, N_STATE=n_state, N_POINT=n_point, observe=observe)
    size = n_draws * PHASES + stepper.n_work
    return Loops(begin, advance, look, n_state, n_point, n_draws, n_observables, noise_size=size, in_place=True)
