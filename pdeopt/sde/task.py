"""What one ensemble is: everything a worker needs to compute any of its paths."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._specialise import fingerprint
from pdeopt.kernels.random import CHUNK
from pdeopt.sde.compilation import Loops, loops_of
from pdeopt.sde.exit_loops import exit_loops_of
from pdeopt.sde.exits import Boundary, Exit
from pdeopt.sde.observables import observing
from pdeopt.sde.scheme import Scheme, Stepper
from pdeopt.sde.statistics import Statistics
from pdeopt.systems import SDE
from pdeopt.systems.compilation import portable

__all__ = ["GROUP", "Task"]

GROUP = 8 * CHUNK
"""Paths in a group: what is summed before sums are merged, in order, so that bits do not depend on who did what."""


@dataclass(frozen=True, eq=False)
class Task:
    """An ensemble to be computed; it pickles.

    Parameters
    ----------
    system, scheme
    x0 : array, shape (1, d) or (n_paths, d)
    start, step : float
        Time of step 0, and length of a step.
    n_steps, n_paths, seed, substeps : int
        `substeps` steps of the noise make one step.
    saved : int array
        The steps at which states are looked at, increasing.
    observables : callable, optional
        A function of ``(t, x, *args)`` that returns `n_observables` floats.
    keep_paths, keep_final : bool
        Whether to keep all saved states, and the last ones.
    statistics : Statistics, optional
    x0_first : int
        The path of the first row of `x0`, if there are several.
    exit : Exit, optional
        Where paths stop.
    """

    system: SDE
    scheme: Scheme
    x0: FloatArray
    start: float
    step: float
    n_steps: int
    n_paths: int
    seed: int
    saved: IntArray
    substeps: int = 1
    observables: Callable[..., Any] | None = None
    n_observables: int = 0
    keep_paths: bool = False
    keep_final: bool = True
    statistics: Statistics | None = None
    x0_first: int = 0
    exit: Exit | None = None

    @cached_property
    def stepper(self) -> Stepper:
        """The scheme bound to the system."""
        return self.scheme.stepper(self.system)

    @cached_property
    def loops(self) -> Loops:
        """The compiled loops."""
        refined = self.substeps > 1
        observe = observing(self.observables, in_place=self.stepper.in_place)
        if self.boundary is not None:
            return exit_loops_of(self.stepper, observe, self.n_observables, self.boundary, refined=refined)
        return loops_of(self.stepper, observe, self.n_observables, refined=refined)

    @cached_property
    def boundary(self) -> Boundary | None:
        """What loops know of the exit."""
        return None if self.exit is None else Boundary.of(self.exit, self.system)

    @property
    def given(self) -> tuple[Any, ...]:
        """What loops advance with: the parameters, with an exit also its region."""
        return self.system.args if self.boundary is None else (self.system.args, self.boundary.region)

    @property
    def n_groups(self) -> int:
        """Number of groups of paths."""
        return -(-self.n_paths // GROUP)

    @property
    def kept_rows(self) -> slice:
        """Which rows of states a group keeps: all, those that say when and where paths left, or none."""
        return slice(None) if self.keep_final else slice(-2, None) if self.exit is not None else slice(0)

    @property
    def group_bytes(self) -> int:
        """Bytes that a finished group holds until it is merged."""
        sums = self.statistics.n_bytes(self.saved.size, self.n_values) if self.statistics is not None else 0
        kept = self.saved.size * self.n_values if self.keep_paths else 0
        return sums + 8 * GROUP * (1 + kept + len(range(self.loops.n_state)[self.kept_rows]))

    @property
    def n_values(self) -> int:
        """Number of values looked at: coordinates, then observables."""
        return self.system.dim + self.n_observables

    def points(self, first: int, end: int) -> FloatArray:
        """Return the initial points of paths, shape (d, end - first)."""
        own = len(self.x0) > 1
        rows = self.x0[first - self.x0_first : end - self.x0_first] if own else self.x0
        return np.array(np.broadcast_to(rows, (end - first, self.x0.shape[1])).T, order="C")

    @property
    def fingerprint(self) -> str:
        """Hash of all that the result depends on."""
        numbers = (self.start, self.step, self.n_steps, self.n_paths, self.seed, self.substeps, self.saved, self.x0)
        parts = (self.stepper.begin, self.stepper.prepare, self.stepper.step, self.stepper.draws, self.observables)
        kept = (self.keep_paths, self.keep_final, repr(self.statistics))
        edge = () if self.boundary is None else (self.boundary.crossing, self.boundary.landed, self.boundary.region)
        return fingerprint(*parts, *numbers, *kept, *self.system.args, *edge)[0]

    @property
    def key(self) -> tuple[int, int, float]:
        """What draws depend on beside path, step and draw."""
        friction = getattr(self.system, "friction", 0.0)
        return (self.seed, self.substeps, float(np.exp(-friction * self.step / (self.substeps * self.stepper.splits))))

    def piece(self, begin: int, end: int) -> "Task":
        """Return what a worker needs for groups `begin` to `end`."""
        if len(self.x0) <= GROUP:
            return self
        return replace(self, x0=self.x0[begin * GROUP : end * GROUP], x0_first=begin * GROUP)

    def __getstate__(self) -> dict[str, Any]:
        # Bound and compiled functions are made again where they are needed.
        made = ("stepper", "loops", "boundary")
        return {name: portable(value) for name, value in self.__dict__.items() if name not in made}
