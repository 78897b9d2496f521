"""What a data set and its makers accept, with messages that say the fix."""

from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray

__all__ = [
    "as_kernels_take",
    "checked_class_count",
    "checked_labels",
    "checked_numbers",
    "checked_pair",
    "checked_points",
    "checked_seed",
]

INFER = -1
RENUMBER = "numpy.unique(labels, return_inverse=True)[1]"


def as_kernels_take(x: ArrayLike) -> FloatArray:
    """Return an array of doubles in one piece that can be written to: for others kernels would be compiled again."""
    return np.require(x, np.float64, ("C", "A", "W", "E"))


def checked_points(x: ArrayLike, name: str, example: str = "reshape(len(x), -1)") -> FloatArray:
    """Return finite points of shape (n, d), such as kernels take; the same array where it is so already."""
    try:
        points = as_kernels_take(x)
    except (TypeError, ValueError):
        raise TypeError(f"{name} of type {type(x).__name__} is no array of numbers; use shape (n, d).") from None
    if points.ndim != 2 or points.shape[1] == 0:
        raise ValueError(f"{name} has shape {np.shape(x)}, it must be (n, d). Use e.g. {name}.{example}.")
    if not np.isfinite(points).all():
        row, column = (int(place[0]) for place in np.nonzero(~np.isfinite(points)))
        raise ValueError(
            f"{name}[{row}, {column}]={points[row, column]} is not finite. Leave such rows out: keep "
            f"numpy.isfinite({name}).all(axis=1)."
        )
    return points


def checked_pair(x: FloatArray, y: Any, which: str) -> None:
    """Raise unless there is one label, or row of numbers, for each point."""
    if len(x) != len(y):
        raise ValueError(
            f"x_{which} has {len(x)} rows and y_{which} {len(y)}; they must be as many. Use y_{which} of length "
            f"{len(x)}."
        )


def checked_class_count(n_classes: Any, labels: Any) -> int:
    """Return the number of classes, 0 where numbers are to be predicted."""
    if isinstance(n_classes, bool) or not isinstance(n_classes, int | np.integer) or n_classes < INFER:
        raise ValueError(f"n_classes={n_classes!r} must be 0 (no classes) or at least 2. Use n_classes=2.")
    if n_classes == INFER:
        values = np.asarray(labels)
        whole = values.dtype.kind in "iub" and values.size > 0
        return max(int(values.max()) + 1, 2) if whole else 0
    if n_classes == 1:
        raise ValueError("n_classes=1 leaves nothing to tell apart. Use n_classes=2, or n_classes=0 for regression.")
    return int(n_classes)


def checked_labels(y: ArrayLike, name: str, n_classes: int) -> IntArray:
    """Return labels 0, ..., n_classes - 1, shape (n,)."""
    values = np.asarray(y)
    if values.ndim != 1:
        raise ValueError(f"{name} has shape {values.shape}, labels have shape (n,). Use e.g. {name}.argmax(axis=1).")
    if values.dtype.kind not in "iubf" or not (values == np.floor(values)).all():
        raise ValueError(f"{name} holds {values.dtype} that are no whole numbers. Number the classes: {RENUMBER}.")
    wrong = values[(values < 0) | (values >= n_classes)]
    if wrong.size:
        raise ValueError(
            f"{name} holds {wrong[0]}, labels of n_classes={n_classes} are 0 to {n_classes - 1}. Number the classes: "
            f"{RENUMBER}."
        )
    return values.astype(np.int64)


def checked_numbers(y: ArrayLike, name: str) -> FloatArray:
    """Return finite numbers to predict, shape (n,) or (n, k)."""
    try:
        values = as_kernels_take(y)
    except (TypeError, ValueError):
        raise TypeError(f"{name} holds {np.asarray(y).dtype}, not numbers. Number the classes: {RENUMBER}.") from None
    if values.ndim not in (1, 2) or values.shape[-1:] == (0,) < values.shape[:1]:
        raise ValueError(f"{name} has shape {values.shape}, it must be (n,) or (n, k). Use e.g. {name}.ravel().")
    if not np.isfinite(values).all():
        row = int(np.nonzero(~np.isfinite(values))[0][0])
        raise ValueError(f"{name}[{row}]={values[row]} is not finite. Leave such rows out of x and y.")
    return values


def checked_seed(seed: Any) -> int:
    """Return a whole number from zero on."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed={seed!r} must be a whole number of at least 0. Use seed=0.")
    return int(seed)
