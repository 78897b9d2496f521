"""Settings of training methods: numbers or schedules, with checks whose messages say the fix."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from pdeopt._types import FloatArray, IntArray

__all__ = [
    "Number",
    "Setting",
    "check_choice",
    "check_count",
    "check_fraction",
    "check_positive",
    "is_number",
    "values_at",
]

Setting: TypeAlias = float | Callable[[IntArray], FloatArray]
"""A number, or a function of the numbers of the steps."""

Number: TypeAlias = float | FloatArray
"""A number, or one for each step of a block."""

FIRST = np.zeros(1, dtype=np.int64)


def values_at(record: Any, name: str, steps: IntArray, *, below: float = np.inf, positive: bool = False) -> Number:
    """Return the values of a setting at steps; a plain number stays one.

    Raises
    ------
    ValueError
        If a schedule does not give one number for each step, or one that is negative, `below` or above, or NaN; the
        message has the step.
    """
    setting = getattr(record, name)
    if not callable(setting):
        return float(setting)
    values: FloatArray = np.asarray(setting(steps), dtype=np.float64)
    if values.shape != steps.shape:
        raise ValueError(
            f"{name}={setting} returned shape {values.shape} for steps of shape {steps.shape}. Return one number for "
            f"each step, e.g. {name}=lambda steps: 0.1 / (1 + steps)."
        )
    low = np.nextafter(0.0, 1.0) if positive else 0.0
    wrong = np.flatnonzero(~((values >= low) & (values < below)) & ~((values == np.inf) & (below == np.inf)))
    if wrong.size:
        limit = "positive" if positive else "0 or more" if below == np.inf else f"from 0 to below {below:g}"
        value, step = values[wrong[0]], steps[wrong[0]]
        raise ValueError(f"{name} is {value:g} at step {step}, and must be {limit}: change {name}={setting}.")
    return values


def check_positive(record: Any, *names: str, zero: bool = False) -> None:
    """Raise unless settings are positive numbers, infinity included, or schedules; `zero` allows 0."""
    for name in names:
        value = getattr(record, name)
        if callable(value):
            values_at(record, name, FIRST)
        elif not (is_number(value) and (value > 0.0 or (zero and value == 0.0))):
            limit = "0 or more" if zero else "positive"
            raise ValueError(f"{name}={value!r} must be {limit}, or a schedule, e.g. {name}=0.1.")


def check_fraction(record: Any, *names: str) -> None:
    """Raise unless settings are from 0 to below 1, or schedules."""
    for name in names:
        value = getattr(record, name)
        if callable(value):
            values_at(record, name, FIRST, below=1.0)
        elif not (is_number(value) and 0.0 <= value < 1.0):
            raise ValueError(f"{name}={value!r} must be from 0 to below 1, or a schedule, e.g. {name}=0.9.")


def check_count(record: Any, *names: str) -> None:
    """Raise unless settings are whole numbers from 1 on."""
    for name in names:
        value = getattr(record, name)
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name}={value!r} must be a whole number from 1 on, e.g. {name}=5.")


def check_choice(record: Any, name: str, choices: Sequence[str]) -> None:
    """Raise unless a setting is one of some words."""
    if getattr(record, name) not in choices:
        raise ValueError(f"{name}={getattr(record, name)!r} must be one of {', '.join(map(repr, choices))}.")


def is_number(value: Any) -> bool:
    """Tell whether a value is a real number, but not a truth value."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)
