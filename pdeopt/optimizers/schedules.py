"""Numbers that change from step to step: any numeric setting of a method may be one, or a function like them.

A schedule is called with the numbers of steps, integers from 0 on, and returns one number for each. It knows nothing of
the run, so a run that is resumed sees the numbers it would have seen.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.optimizers.settings import Setting, check_count, is_number

__all__ = ["Annealing", "Constant", "Cosine", "Exponential", "InverseTime", "PiecewiseConstant", "Schedule", "Warmup"]


class Schedule(ABC):
    """A function of the numbers of steps."""

    @abstractmethod
    def __call__(self, steps: IntArray) -> FloatArray:
        """Return the values at steps, one for each."""


@dataclass(frozen=True)
class Constant(Schedule):
    """The same number at every step.

    Parameters
    ----------
    value : float
    """

    value: float

    def __post_init__(self) -> None:
        check_numbers(self, "value")

    def __call__(self, steps: IntArray) -> FloatArray:
        """Return the values at steps, one for each."""
        return np.full(np.shape(steps), float(self.value))

    def __str__(self) -> str:
        return f"{self.value:g}"


@dataclass(frozen=True)
class PiecewiseConstant(Schedule):
    """Numbers that change at some steps.

    Parameters
    ----------
    values : sequence of float
        One more than there are changes.
    changes : sequence of int
        The steps from which the next value holds, in order.

    Examples
    --------
    >>> PiecewiseConstant([0.1, 0.02], [3])(np.arange(5))
    array([0.1 , 0.1 , 0.1 , 0.02, 0.02])
    """

    values: Sequence[float]
    changes: Sequence[int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        object.__setattr__(self, "changes", tuple(self.changes))
        if len(self.values) != len(self.changes) + 1 or any(np.diff([0, *self.changes]) <= 0):
            raise ValueError(
                f"changes={self.changes!r} must be steps above 0 in order, one fewer than values={self.values!r}. "
                "Use e.g. values=[0.1, 0.02], changes=[1000]."
            )

    def __call__(self, steps: IntArray) -> FloatArray:
        """Return the values at steps, one for each."""
        return np.asarray(self.values, dtype=np.float64)[np.searchsorted(self.changes, steps, side="right")]

    def __str__(self) -> str:
        later = (f", {value:g} from {step}" for value, step in zip(self.values[1:], self.changes, strict=True))
        return f"{self.values[0]:g}{''.join(later)}"


@dataclass(frozen=True)
class Exponential(Schedule):
    """``start factor^(n / every)``.

    Parameters
    ----------
    start : float
    factor : float
        Positive; what `every` steps multiply by.
    every : float
    """

    start: float
    factor: float
    every: float = 1.0

    def __post_init__(self) -> None:
        check_numbers(self, "start")
        check_numbers(self, "factor", "every", positive=True)

    def __call__(self, steps: IntArray) -> FloatArray:
        """Return the values at steps, one for each."""
        return np.asarray(self.start * self.factor ** (np.asarray(steps) / self.every), dtype=np.float64)

    def __str__(self) -> str:
        return f"{self.start:g} times {self.factor:g} every {self.every:g} steps"


@dataclass(frozen=True)
class InverseTime(Schedule):
    """``start / (1 + n / scale)^power``.

    Parameters
    ----------
    start : float
    scale : float
        Steps after which the fall begins.
    power : float
        Step sizes of stochastic gradients settle for powers above 1/2 and up to 1.
    """

    start: float
    scale: float
    power: float = 1.0

    def __post_init__(self) -> None:
        check_numbers(self, "start", "power")
        check_numbers(self, "scale", positive=True)

    def __call__(self, steps: IntArray) -> FloatArray:
        """Return the values at steps, one for each."""
        return np.asarray(self.start / (1.0 + np.asarray(steps) / self.scale) ** self.power, dtype=np.float64)

    def __str__(self) -> str:
        return f"{self.start:g} / (1 + n / {self.scale:g})^{self.power:g}"


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a wave of a cosine from one number to another, which then stays.

    Parameters
    ----------
    start : float
    n_steps : int
    end : float
    """

    start: float
    n_steps: int
    end: float = 0.0

    def __post_init__(self) -> None:
        check_numbers(self, "start", "end")
        check_count(self, "n_steps")

    def __call__(self, steps: IntArray) -> FloatArray:
        """Return the values at steps, one for each."""
        done = np.minimum(np.asarray(steps) / self.n_steps, 1.0)
        return np.asarray(self.end + (self.start - self.end) * np.cos(0.5 * np.pi * done) ** 2, dtype=np.float64)

    def __str__(self) -> str:
        return f"{self.start:g} -> {self.end:g} by a cosine in {self.n_steps} steps"


@dataclass(frozen=True)
class Warmup(Schedule):
    """A setting that begins with a straight rise.

    Parameters
    ----------
    after : float or schedule
        What it becomes; a schedule counts all steps, those of the rise too.
    n_steps : int
        Step n has (n + 1) / n_steps of it while that is below 1.
    """

    after: Setting
    n_steps: int

    def __post_init__(self) -> None:
        if not callable(self.after):
            check_numbers(self, "after")
        check_count(self, "n_steps")

    def __call__(self, steps: IntArray) -> FloatArray:
        """Return the values at steps, one for each."""
        after = self.after(steps) if callable(self.after) else self.after
        return np.asarray(after * np.minimum((np.asarray(steps) + 1.0) / self.n_steps, 1.0), dtype=np.float64)

    def __str__(self) -> str:
        return f"{self.after if callable(self.after) else format(self.after, 'g')} after {self.n_steps} rising steps"


@dataclass(frozen=True)
class Annealing(Schedule):
    """A temperature that falls from one value to another, and stays there.

    Parameters
    ----------
    start, end : float
        Temperatures; 0 is a legal end of a linear fall only.
    n_steps : int
    form : str
        ``"geometric"`` or ``"linear"``.

    Examples
    --------
    >>> Annealing(1e-3, 1e-5, 200)(np.array([0, 100, 200, 300])).round(9).tolist()
    [0.001, 0.0001, 1e-05, 1e-05]
    """

    start: float
    end: float
    n_steps: int
    form: str = "geometric"

    def __post_init__(self) -> None:
        if self.form not in ("geometric", "linear"):
            raise ValueError(f"form={self.form!r} must be 'geometric' or 'linear'.")
        check_numbers(self, "start", "end", positive=self.form == "geometric")
        check_count(self, "n_steps")

    def __call__(self, steps: IntArray) -> FloatArray:
        """Return the values at steps, one for each."""
        done = np.minimum(np.asarray(steps) / self.n_steps, 1.0)
        linear = self.start + (self.end - self.start) * done
        geometric = self.start ** (1.0 - done) * self.end**done
        return np.asarray(linear if self.form == "linear" else geometric, dtype=np.float64)

    def __str__(self) -> str:
        return f"{self.start:g} -> {self.end:g}, a {self.form} fall in {self.n_steps} steps"


def check_numbers(record: object, *names: str, positive: bool = False) -> None:
    """Raise unless fields are finite numbers, and positive where that is asked for."""
    for name in names:
        value = getattr(record, name)
        if not is_number(value) or not np.isfinite(value) or (positive and value <= 0.0):
            kind = "positive" if positive else "finite"
            raise ValueError(f"{name}={value!r} must be a {kind} number, e.g. {name}=1.")
