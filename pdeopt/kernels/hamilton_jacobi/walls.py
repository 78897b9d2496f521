"""Template: a function of time and place at some points."""

from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._points import from_row

PATTERN: Any = 0.0


def function(t: float, x: Any, *args: Any) -> float:
    """Stand for the function."""
    return 0.0


def evaluate_points(t: float, points: FloatArray, args: Arguments, out: FloatArray) -> None:
    """Write the values at points of shape (n, d) to `out`."""
    for i in range(points.shape[0]):
        out[i] = function(t, from_row(points[i], PATTERN), *args)
