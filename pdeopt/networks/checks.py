"""What users hand to networks, checked once, with a value that works in every message."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from pdeopt._types import FloatArray


def checked_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    """Return numbers of units as a tuple of positive whole numbers, two or more."""
    try:
        found = tuple(operator.index(size) for size in sizes)
    except TypeError:
        raise TypeError(f"sizes={sizes!r} must be whole numbers, e.g. sizes=[2, 20, 1].") from None
    if len(found) < 2 or min(found) < 1:
        raise ValueError(f"sizes={sizes!r} must be at least two positive numbers, e.g. sizes=[2, 20, 1].")
    return found


def checked_name(name: str, argument: str, known: tuple[str, ...]) -> str:
    """Return a name that is one of the known ones."""
    if name not in known:
        raise ValueError(f"{argument}={name!r} is unknown. Use one of {', '.join(map(repr, known))}.")
    return name


def checked_vector(vector: FloatArray, argument: str, n: int) -> FloatArray:
    """Return a contiguous vector of n doubles: the same array where it is one already."""
    found = np.asarray(vector, dtype=np.float64)
    if found.shape != (n,):
        raise ValueError(f"{argument} has shape {found.shape}, but the network has shape ({n},) of parameters.")
    return np.ascontiguousarray(found)


def checked_deviation(scheme: Any) -> float:
    """Return a standard deviation, from 0 on."""
    if isinstance(scheme, str) or not np.isfinite(scheme) or scheme < 0.0:
        raise ValueError(f'scheme={scheme!r} must be "uniform" or a standard deviation, e.g. scheme=0.5.')
    return float(scheme)
