"""From a bound scheme to compiled loops over paths, found again on disk by later processes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels import ensembles
from pdeopt.kernels._specialise import fingerprint, specialised
from pdeopt.kernels.lanes import PHASES, n_numbers
from pdeopt.kernels.noise import draw_function
from pdeopt.kernels.random import CHUNK
from pdeopt.sde.scheme import Stepper

__all__ = ["Loops", "loops_of"]


@dataclass(frozen=True, eq=False)
class Loops:
    """The compiled loops of one stepper, and how much memory they use.

    Parameters
    ----------
    begin, advance, observe : callable
        See `pdeopt.kernels.ensembles`.
    n_state, n_point, n_draws, n_observables : int
        Numbers per path.
    """

    begin: Callable[..., None]
    advance: Callable[..., None]
    observe: Callable[..., None] | None
    n_state: int
    n_point: int
    n_draws: int
    n_observables: int

    @property
    def noise_size(self) -> int:
        """Numbers in the noise of a chunk."""
        return max(self.n_draws, 1) * PHASES * CHUNK

    def compile_for(self, args: Arguments) -> None:
        """Compile before threads start, which would wait for one another."""
        memory, noise = np.zeros(self.n_state * CHUNK), np.zeros(self.noise_size)
        self.begin(memory, 0, 0.0, args)
        self.advance(memory, noise, 0, (0, 1, 0.0), 0, 0, 0, 0.0, 1.0, args)
        if self.observe is not None:
            self.observe(memory, 0, 0.0, args, np.empty(self.n_observables * CHUNK))


_known: dict[str, Loops] = {}


def loops_of(stepper: Stepper, observe: Callable[..., Any] | None, n_observables: int) -> Loops:
    """Return the loops, compiled at most once in a process."""
    parts = (stepper.begin, stepper.prepare, stepper.step, stepper.draws, observe)
    key, stable = fingerprint(*parts)
    if key not in _known or not stable:
        _known[key] = _made(stepper, observe, n_observables)
    return _known[key]


@lru_cache(maxsize=64)
def _drawing(draws: tuple[str, ...]) -> Callable[..., None]:
    return draw_function(draws)


def _made(stepper: Stepper, observe: Callable[..., Any] | None, n_observables: int) -> Loops:
    layouts = {"POINT": stepper.point, "STATE": stepper.state}
    begin = specialised(ensembles.begin_paths, POINT=stepper.point, begin=stepper.begin)
    advance = specialised(
        ensembles.advance_paths,
        STATE=stepper.state,
        XI=stepper.xi,
        prepare=stepper.prepare,
        step=stepper.step,
        draw=_drawing(stepper.draws),
    )
    look = None if observe is None else specialised(ensembles.observe_paths, POINT=stepper.point, observe=observe)
    sizes = (n_numbers(layouts["STATE"]), n_numbers(layouts["POINT"]), len(stepper.draws), n_observables)
    return Loops(begin, advance, look, *sizes)
