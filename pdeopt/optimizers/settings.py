"""Checks of the settings of training methods, with messages that say the fix."""

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["check_choice", "check_fraction", "check_positive"]


def check_positive(record: Any, *names: str, zero: bool = False) -> None:
    """Raise unless settings are positive numbers, infinity included, or schedules; `zero` allows 0."""
    for name in names:
        value = getattr(record, name)
        fits = is_number(value) and (value > 0.0 or (zero and value == 0.0))
        if not (callable(value) or fits):
            limit = "0 or more" if zero else "positive"
            raise ValueError(f"{name}={value!r} must be {limit}, or a schedule, e.g. {name}=0.1.")


def check_fraction(record: Any, *names: str) -> None:
    """Raise unless settings are from 0 to below 1, or schedules."""
    for name in names:
        value = getattr(record, name)
        if not (callable(value) or (is_number(value) and 0.0 <= value < 1.0)):
            raise ValueError(f"{name}={value!r} must be from 0 to below 1, e.g. {name}=0.9.")


def check_choice(record: Any, name: str, choices: Sequence[str]) -> None:
    """Raise unless a setting is one of some words."""
    if getattr(record, name) not in choices:
        raise ValueError(f"{name}={getattr(record, name)!r} must be one of {', '.join(map(repr, choices))}.")


def is_number(value: Any) -> bool:
    """Tell whether a value is a real number, but not a truth value."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)
