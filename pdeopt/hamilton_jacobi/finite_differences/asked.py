"""Checks of what `solve_hamilton_jacobi` is asked for."""

from collections.abc import Sequence
from math import floor, inf
from os import PathLike
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.hamilton_jacobi.problem import check_times

__all__ = ["check_numbers", "check_problem", "check_rest", "frame_times"]

EXAMPLES = {
    "step": 0.001,
    "tolerance": 1e-6,
    "steady": 1e-6,
    "max_seconds": 60.0,
    "every": 0.1,
    "checkpoint_every": 60.0,
}
ROUNDING = 1e-9


def check_problem(problem: HamiltonJacobi) -> None:
    """Raise TypeError unless it is a problem."""
    if not isinstance(problem, HamiltonJacobi):
        raise TypeError(
            f"problem={problem!r} is not a HamiltonJacobi; use pdeopt.HamiltonJacobi(f, grid), or for |p|^2 / 2 alone "
            "pdeopt.relax(f, grid, time)."
        )


def frame_times(time: float | Sequence[float] | FloatArray, every: float | None) -> tuple[FloatArray, bool]:
    """Return increasing output times, and whether a single one was asked for.

    Raises
    ------
    ValueError
        If times do not increase, or `every` goes with several.
    """
    times, single = check_times(time)
    if every is not None:
        check_numbers(every=every)
        if not single:
            raise ValueError(
                f"every={every!r} goes with a single time, here are {times.size}. Use time={times.max():g}."
            )
        n = floor(times[0] / every * (1.0 - ROUNDING))
        return np.append(every * np.arange(1, n + 1), times[0]), False
    if np.any(np.diff(times) <= 0.0):
        k = int(np.argmax(np.diff(times) <= 0.0))
        raise ValueError(
            f"time={times[k + 1]:g} follows {times[k]:g}; times must increase: use time={np.unique(times)[:4].tolist()}"
            f"{'' if np.unique(times).size <= 4 else ' and so on'}."
        )
    return times, single


def check_numbers(**given: float | None) -> None:
    """Raise unless each number is positive and finite, or None."""
    for name, value in given.items():
        if value is not None:
            _check_number(name, value)


def _check_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name}={value!r} is not a number; use {name}={EXAMPLES[name]:g}.")
    if not 0.0 < value < inf:
        raise ValueError(f"{name}={value!r} must be positive and finite; use {name}={EXAMPLES[name]:g}.")


def check_rest(safety: float, checkpoint_every: float, threads: int | None, on_frame: Any, store: Any) -> None:
    """Raise unless the arguments that are no numbers of the equation fit."""
    if store is not None and not isinstance(store, str | PathLike):
        raise TypeError(f"store={store!r} is no path; use the name of a folder, such as store='frames'.")
    if not (isinstance(safety, int | float | np.floating) and 0.0 < safety <= 1.0):
        raise ValueError(f"safety={safety!r} must be above 0 and at most 1; use safety=0.9.")
    _check_number("checkpoint_every", checkpoint_every)
    if threads is not None and (not isinstance(threads, int | np.integer) or threads < 1):
        raise ValueError(f"threads={threads!r} must be a whole number of at least 1; use threads=None for all cores.")
    if on_frame is not None and not callable(on_frame):
        raise TypeError(f"on_frame={on_frame!r} cannot be called; use a function of time and values, such as print.")
