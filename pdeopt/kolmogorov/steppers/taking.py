"""Single steps of a march, with the factors of lengths that come again."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kolmogorov.stencil import Split
from pdeopt.kolmogorov.steppers.scheme import Scheme, Stepper
from pdeopt.kolmogorov.steppers.unsplit import BackwardEuler

__all__ = ["Source", "Splits", "Taker"]

Splits: TypeAlias = Split | Callable[[float], Split]
Source: TypeAlias = ArrayLike | Callable[[float], ArrayLike] | None

KEPT = 8
"""Steppers, or splits at other times, that are kept."""

DAMPER = BackwardEuler()


@dataclass(frozen=True, eq=False)
class Taker:
    """A scheme with its generator and source.

    Parameters
    ----------
    splits : Split or callable
    scheme : Scheme
    source : array_like or callable, optional
    transpose : bool
    """

    splits: Splits
    scheme: Scheme
    source: Source
    transpose: bool
    _steppers: OrderedDict[tuple[float, bool], Stepper] = field(default_factory=OrderedDict)
    _splits: OrderedDict[float, Split] = field(default_factory=OrderedDict)

    @classmethod
    def checked(cls, splits: Splits, scheme: Scheme, source: Source, transpose: bool) -> "Taker":
        """Return it, or raise where a source cannot be taken."""
        if transpose and source is not None:
            raise ValueError(
                "source belongs to the equation of values: with transpose=True leave it out, and add to the masses."
            )
        if not (isinstance(splits, Split) or callable(splits)):
            raise TypeError(f"splits={splits!r} must be a Split, or a function of time that returns one.")
        return cls(splits, scheme, source, transpose)

    def split_at(self, time: float) -> Split:
        """Return the generator at a time."""
        if isinstance(self.splits, Split):
            return self.splits
        if time not in self._splits:
            self._splits[time] = self.splits(time)
            if len(self._splits) > KEPT:
                self._splits.popitem(last=False)
        return self._splits[time]

    def take(self, values: FloatArray, start: float, end: float, step: float, damped: bool = False) -> FloatArray:
        """Return the values after one step."""
        scheme = DAMPER if damped else self.scheme
        # The transpose of a step is that of the step which goes the other way.
        first, last = (end, start) if self.transpose else (start, end)
        marks = [last if stage == 1.0 else first + stage * (last - first) for stage in scheme.stages]
        stepper = self._stepper(scheme, marks, step, damped)
        if self.transpose:
            return stepper.transpose(values)
        return stepper.apply(values, self._rates(marks))

    def _stepper(self, scheme: Scheme, marks: list[float], step: float, damped: bool) -> Stepper:
        if not isinstance(self.splits, Split):
            return scheme.stepper([self.split_at(mark) for mark in marks], step)
        key = step, damped
        if key not in self._steppers:
            self._steppers[key] = scheme.stepper(self.splits, step)
            if len(self._steppers) > KEPT:
                self._steppers.popitem(last=False)
        self._steppers.move_to_end(key)
        return self._steppers[key]

    def _rates(self, marks: list[float]) -> list[ArrayLike] | None:
        if self.source is None:
            return None
        return [self.source(mark) if callable(self.source) else self.source for mark in marks]
