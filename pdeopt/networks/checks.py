"""What users hand to networks, checked once, with a value that works in every message."""

import operator
from collections.abc import Sequence
from numbers import Real
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


def checked_count(value: Any, name: str, least: int = 1, *, even: bool = False, example: int = 500) -> int:
    """Return a whole number that is large enough, and even if it must be."""
    word, whole = "an even" if even else "a whole", isinstance(value, int | np.integer)
    if isinstance(value, bool) or not whole or value < least or (even and value % 2):
        fits = max(2 * (int(value) // 2), 2) if even and whole and value > 1 else max(example, least)
        raise ValueError(f"{name}={value!r} must be {word} number of at least {least}. Use {name}={fits}.")
    return int(value)


def checked_number(value: Any, name: str, example: float, *, zero: bool = False) -> float:
    """Return a finite number above zero, or from zero on."""
    real = isinstance(value, Real) and not isinstance(value, bool)
    if not (real and np.isfinite(value) and (value > 0.0 or (zero and value == 0.0))):
        limit = "at least 0" if zero else "above 0"
        raise ValueError(f"{name}={value!r} must be a finite number {limit}. Use {name}={example:g}.")
    return float(value)


def checked_tensor(value: Any, name: str, shape: tuple[int | None, ...]) -> FloatArray:
    """Return a finite array of a shape, None in it being any length above 0: the same array where it is one already."""
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name}={value!r} must be an array of shape {_needed(name, shape)}") from None
    fits = [m == n or (n is None and m > 0) for n, m in zip(shape, found.shape, strict=False)]
    if found.ndim != len(shape) or not all(fits):
        raise ValueError(f"{name} has shape {found.shape}, it must be {_needed(name, shape)}")
    if not np.isfinite(found).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(found))[0])
        raise ValueError(f"{name}{list(place)}={found[place]} must be finite, of shape {_needed(name, shape)}")
    return found


def _needed(name: str, shape: tuple[int | None, ...]) -> str:
    wanted = ", ".join("n" if length is None else str(length) for length in shape) + ("," if len(shape) == 1 else "")
    return f"({wanted}). Use e.g. {name}=numpy.zeros({tuple(length or 8 for length in shape)})."


def checked_vector(vector: FloatArray, argument: str, n: int, *, finite: bool = True) -> FloatArray:
    """Return a contiguous vector of n doubles: the same array where it is one already."""
    found = np.asarray(vector, dtype=np.float64)
    if found.shape != (n,):
        raise ValueError(f"{argument} has shape {found.shape}, but the network has shape ({n},) of parameters.")
    if finite and not np.isfinite(found).all():
        place = int(np.flatnonzero(~np.isfinite(found))[0])
        raise ValueError(f"{argument}[{place}]={found[place]} must be finite. Use e.g. {argument}=net.initial(seed=0).")
    return np.ascontiguousarray(found)


def checked_deviation(scheme: Any) -> float:
    """Return a standard deviation, from 0 on."""
    if isinstance(scheme, str) or not np.isfinite(scheme) or scheme < 0.0:
        raise ValueError(f'scheme={scheme!r} must be "uniform" or a standard deviation, e.g. scheme=0.5.')
    return float(scheme)


def checked_points(x: Any, n_in: int) -> FloatArray:
    """Return points as a contiguous array, shape (n, n_in), n > 0, without NaN and infinity."""
    points = np.ascontiguousarray(x, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != n_in or len(points) == 0:
        raise ValueError(f"x has shape {points.shape}, but the network takes (n, {n_in}), n > 0. Use x[:, :{n_in}].")
    if not np.isfinite(points).all():
        row = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise ValueError(f"x[{row}]={points[row]} must be finite. Use x[numpy.isfinite(x).all(axis=1)].")
    return points


def checked_targets(y: Any, loss: str, n: int, n_out: int) -> FloatArray:
    """Return what kernels compare outputs with, shape (n, k)."""
    values = np.asarray(y, dtype=np.float64)
    wide = values[:, None] if values.ndim == 1 else values
    columns = 1 if loss == "softmax" or (loss == "logistic" and values.ndim == 1) else n_out
    if wide.shape != (n, columns):
        raise ValueError(f"y has shape {values.shape}, but {n} points and {loss} loss need ({n}, {columns}).")
    if not np.isfinite(wide).all():
        raise ValueError(f"y[{int(np.flatnonzero(~np.isfinite(wide).all(axis=1))[0])}] must be finite.")
    if loss == "squared":
        return np.ascontiguousarray(wide)
    n_classes = n_out if loss == "softmax" or (values.ndim == 1 and n_out > 1) else 2
    check_labels(wide, n_classes)
    return (
        np.eye(n_out)[wide[:, 0].astype(int)] if loss == "logistic" and columns < n_out else np.ascontiguousarray(wide)
    )


def check_labels(labels: FloatArray, n_classes: int) -> None:
    """Raise unless labels are whole numbers from 0 to below the number of classes."""
    wrong = (labels != np.floor(labels)) | (labels < 0) | (labels >= n_classes)
    if wrong.any():
        row = int(np.flatnonzero(wrong.any(axis=1))[0])
        raise ValueError(f"y[{row}]={labels[row].tolist()} must be a label 0, ..., {n_classes - 1}.")
