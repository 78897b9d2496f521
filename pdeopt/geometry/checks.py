"""Fields as they come in, and the words for who touches whom."""

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid

__all__ = ["NEIGHBOURS", "check_choice", "check_field", "check_not_negative"]

NEIGHBOURS = ("all", "axes")


def check_field(values: ArrayLike, grid: Grid) -> FloatArray:
    """Return a field as an array; raise where its shape is not the grid's, or a value is NaN or -inf."""
    field = np.asarray(values, dtype=float)
    if field.shape != grid.shape:
        raise ValueError(f"values has shape {field.shape}, the grid {grid.shape}. Use one value per node of the grid.")
    bad = np.isnan(field) | (field == -np.inf)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"values is {field[where]} at index {where}; use numbers, or np.inf for a wall.")
    return field


def check_choice(name: str, word: str, choices: tuple[str, ...]) -> None:
    """Raise unless a word is one of the choices."""
    if word not in choices:
        raise ValueError(f"{name}={word!r} is unknown; use {' or '.join(repr(choice) for choice in choices)}.")


def check_not_negative(name: str, number: float) -> None:
    """Raise unless a number is at least zero."""
    if not number >= 0:
        raise ValueError(f"{name}={number} must be a number of at least 0, e.g. {name}=0.0.")
