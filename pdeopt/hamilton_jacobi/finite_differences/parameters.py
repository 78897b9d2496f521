"""What the parameters of schemes and Hamiltonians accept, with messages that say the fix."""

from typing import Any

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["check_flag", "check_word", "checked_per_axis", "has_parts"]


def check_word(given: Any, name: str, known: tuple[str, ...]) -> None:
    """Raise ValueError unless it is one of a few words."""
    if not isinstance(given, str) or given not in known:
        raise ValueError(f"{name}={given!r} is unknown; use {' or '.join(map(repr, known))}.")


def check_flag(given: Any, name: str) -> None:
    """Raise TypeError unless it is True or False."""
    if not isinstance(given, bool | np.bool_):
        raise TypeError(f"{name}={given!r} is neither True nor False; use {name}=False.")


def has_parts(given: Any, parts: tuple[str, ...]) -> bool:
    """Return whether it is a record with these attributes."""
    return not isinstance(given, type) and all(hasattr(given, part) for part in parts)


def checked_per_axis(given: Any, name: str, limit: str, example: str, least: float = -np.inf) -> FloatArray:
    """Return finite numbers, one or one per axis, as a scalar or a vector.

    Raises
    ------
    ValueError
        If they are anything else, or below the least; the message says `limit` and `example`.
    """
    try:
        numbers = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.ndim > 1 or numbers.size == 0 or not np.isfinite(numbers).all() or (numbers < least).any():
        raise ValueError(f"{name}={given!r} must be {limit}, e.g. {example}.")
    return numbers
