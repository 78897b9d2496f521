"""Templates of loops that evaluate a coefficient of an equation at many points.

Like `pdeopt.kernels.ensembles`, which see for the stand-ins.
"""

from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._points import from_row

__all__ = ["sample", "write_number", "write_rows", "write_vector"]

POINT = 0.0


def coefficient(_t: float, _x: Any, *_args: Any) -> Any:
    """Stand for the function of ``(t, x, *args)`` that is evaluated."""
    return 0.0


def write(_out: FloatArray, _value: Any) -> None:
    """Stand for the function that writes a result into an array."""


def write_number(out: FloatArray, value: float) -> None:
    """Write a number, out of shape (1,)."""
    out[0] = value


def write_vector(out: FloatArray, value: Any) -> None:
    """Write a tuple, out of shape (len(value),)."""
    for i in range(len(out)):
        out[i] = value[i]


def write_rows(out: FloatArray, value: Any) -> None:
    """Write a tuple of rows, one after the other."""
    width = len(value[0])
    for i in range(len(value)):
        for j in range(width):
            out[i * width + j] = value[i][j]


def sample(t: float, points: FloatArray, args: Arguments, out: FloatArray) -> None:
    """Fill out[i] with the coefficient at points[i], of shape (n, d)."""
    for i in range(len(points)):
        write(out[i], coefficient(t, from_row(points[i], POINT), *args))
