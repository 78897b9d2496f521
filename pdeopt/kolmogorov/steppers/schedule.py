"""Which steps a march takes: sizes, order in time and smoothing at its ends."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from pdeopt._types import ArrayLike, FloatArray

__all__ = ["Piece", "checked_damping", "checked_times", "pieces"]

ROUNDING = 1e-9


@dataclass(frozen=True)
class Piece:
    """Equal steps from one time to another.

    Parameters
    ----------
    start, end : float
    n_steps : int
    damped : bool
        Whether they are steps of backward Euler.
    """

    start: float
    end: float
    n_steps: int
    damped: bool = False

    @property
    def step(self) -> float:
        """Length of a step."""
        return abs(self.end - self.start) / self.n_steps

    def ends(self, k: int) -> tuple[float, float]:
        """Return the times at which step k begins and ends."""
        marks = [self.start + (self.end - self.start) * i / self.n_steps for i in (k, k + 1)]
        return marks[0], self.end if k + 1 == self.n_steps else marks[1]


def checked_times(times: ArrayLike) -> FloatArray:
    """Return times as an array, or raise where they are not finite or turn round."""
    given = np.asarray(times, dtype=np.float64)
    changes = np.diff(given)
    if given.ndim != 1 or given.size < 2 or not np.isfinite(given).all() or not (changes.all() and _one_way(changes)):
        raise ValueError(
            f"times={given.tolist()} must be two or more finite numbers that all rise or all fall, the first being "
            "that of values, such as [1.0, 0.5, 0.0]."
        )
    return given


def _one_way(changes: FloatArray) -> bool:
    return bool((changes > 0.0).all() or (changes < 0.0).all())


def checked_damping(damping: int | tuple[int, int]) -> tuple[int, int]:
    """Return the numbers of half-steps at the beginning and at the end."""
    pair = (damping, 0) if isinstance(damping, int) else tuple(damping)
    if len(pair) != 2 or any(count < 0 or count % 2 for count in pair):
        raise ValueError(
            f"damping={damping} must be an even number of half-steps, 0 or more, or two of them for the beginning and "
            "the end of the march, such as damping=4 or damping=(0, 4)."
        )
    return pair


def pieces(times: FloatArray, n_steps: int, damping: tuple[int, int]) -> list[list[Piece]]:
    """Return the steps between each two times; `n_steps` of them in all, each time reached by a whole number."""
    if n_steps < 1:
        raise ValueError(f"n_steps={n_steps} must be at least 1, such as 100.")
    lengths = np.abs(np.diff(times))
    counts = [max(1, ceil(n_steps * length / lengths.sum() - ROUNDING)) for length in lengths]
    last = len(counts) - 1
    result = []
    for k, count in enumerate(counts):
        first = damping[0] // 2 if k == 0 else 0
        final = damping[1] // 2 if k == last else 0
        result.append(_damped(times[k], times[k + 1], max(count, first + final), first, final))
    return result


def _damped(start: float, end: float, count: int, first: int, final: int) -> list[Piece]:
    marks = [start + (end - start) * (k / count) for k in (first, count - final)]
    marks = [start if first == 0 else marks[0], end if final == 0 else marks[1]]
    if first == count:
        marks[0] = end
    parts = [
        Piece(start, marks[0], 2 * first, damped=True),
        Piece(marks[0], marks[1], count - first - final),
        Piece(marks[1], end, 2 * final, damped=True),
    ]
    return [part for part in parts if part.n_steps]
