"""What the methods of deep relaxation share: a time that shortens, and loops around a point that stands still.

The iterate of a loop is the register ``point``, where gradients are taken; ``center`` is the point that it belongs to.
"""

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import GRADIENT, Instruction, add, combine, noise
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Number, Setting, is_number, values_at

__all__ = ["Relaxed", "average_weights", "check_relaxed", "copied", "descent", "loop_step", "noise_size"]


class Relaxed(Rule):
    """A rule with a `time` of relaxation that `scoping` shortens from step to step."""

    name: ClassVar[str] = ""
    time: Setting
    scoping: float

    def time_at(self, steps: IntArray) -> Number:
        """Return t at steps: the setting divided by ``(1 + scoping)^n``."""
        time = values_at(self, "time", steps, positive=True)
        return time / (1.0 + self.scoping) ** np.asarray(steps, dtype=np.float64) if self.scoping else time

    @abstractmethod
    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""


def check_relaxed(record: Relaxed) -> None:
    """Raise unless time and scoping make sense."""
    if callable(record.time):
        values_at(record, "time", np.zeros(1, dtype=np.int64), positive=True)
    elif not is_number(record.time) or not 0.0 < record.time < np.inf:
        raise ValueError(f"time={record.time!r} must be positive, or a schedule, e.g. time=1.0.")
    if not is_number(record.scoping) or not -1.0 < record.scoping < np.inf:
        raise ValueError(f"scoping={record.scoping!r} must be a number above -1, e.g. scoping=1e-3.")


def copied(target: str, source: str) -> Instruction:
    """Set target to source."""
    return combine(target, 0.0, source, 1.0)


def noise_size(beta: Number, step_size: Number) -> Number:
    """Return the size of Langevin noise of a step, ``sqrt(2 h / beta)``."""
    size: Number = np.sqrt(2.0 * step_size / np.asarray(beta))
    return size


def loop_step(step_size: Number, stiffness: Number, size: Number) -> list[Instruction]:
    """Return ``y <- y - h (g + (y - x) k) + size R``, with y the point, x the center, and k the stiffness 1 / t."""
    pull = step_size * stiffness
    moved = combine("point", 1.0 - pull, "gradient", -step_size, "center", pull)
    return [GRADIENT, moved, *([] if is_zero(size) else [noise("point", 1.0, size)])]


def is_zero(number: Number) -> bool:
    """Tell whether a number is 0 at all steps: arrays have more to say than one block of steps shows."""
    return bool(np.ndim(number) == 0 and number == 0.0)


def descent(
    point: str, start: str, slope: str, velocity: str, step_size: Number, momentum: Number
) -> list[Instruction]:
    """Return ``v <- mu v + s``, ``point <- start - h (s + mu v)``, Nesterov's step, with s the slope."""
    if is_zero(momentum):
        return [combine(point, 0.0, start, 1.0, slope, -step_size)]
    return [
        combine(velocity, momentum, slope, 1.0),
        combine(point, 0.0, start, 1.0, slope, -step_size),
        add(point, velocity, -step_size * momentum),
    ]


def average_weights(average: Number | None, n_inner: int, *, of_old: bool = True) -> list[Number]:
    """Return the weight of the old mean at each step of a loop; None makes it the mean of all iterates."""
    if average is None:
        return [1.0 - 1.0 / k for k in range(1, n_inner + 1)]
    return [average if of_old else 1.0 - average] * n_inner
