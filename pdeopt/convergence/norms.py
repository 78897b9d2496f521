"""Norms of errors on a grid, relative to the volume of its domain."""

from collections.abc import Callable, Mapping

import numpy as np

from pdeopt._types import ArrayLike, FloatArray

__all__ = ["NORMS", "error_norms", "norm_named"]


def largest(error: FloatArray) -> float:
    """Return the largest absolute value."""
    return float(np.max(np.abs(error)))


def mean(error: FloatArray) -> float:
    """Return the mean absolute value."""
    return float(np.mean(np.abs(error)))


def root_mean_square(error: FloatArray) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(np.square(error))))


NORMS: Mapping[str, Callable[[FloatArray], float]] = {"max": largest, "l1": mean, "l2": root_mean_square}
"""By name; the last two are means over nodes, so that they do not depend on the size of the domain."""


def norm_named(name: str) -> Callable[[FloatArray], float]:
    """Return a norm.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in NORMS:
        raise ValueError(f"norm={name!r} is unknown; use {', '.join(map(repr, NORMS))}.")
    return NORMS[name]


def error_norms(computed: ArrayLike, exact: ArrayLike) -> dict[str, float]:
    """Return all norms of the difference of two arrays.

    Parameters
    ----------
    computed, exact : array_like of one shape

    Returns
    -------
    dict of str to float

    Raises
    ------
    ValueError
        If the shapes differ, or an entry is not finite.

    Examples
    --------
    >>> error_norms([1.0, 2.0], [1.0, 5.0])["l1"]
    1.5
    """
    one, other = np.asarray(computed, dtype=np.float64), np.asarray(exact, dtype=np.float64)
    if one.shape != other.shape:
        raise ValueError(f"computed has shape {one.shape}, exact {other.shape}; give both at the same nodes.")
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise ValueError("computed or exact has entries that are not finite; leave those nodes out.")
    return {name: size(one - other) for name, size in NORMS.items()}
