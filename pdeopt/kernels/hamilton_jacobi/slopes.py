"""One-sided differences of a stretch of nodes of a row, along it and across it."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel


@kernel
def differences_across(
    values: FloatArray,
    start: int,
    count: int,
    stride: int,
    before: float,
    after: float,
    minus: FloatArray,
    plus: FloatArray,
) -> None:
    """Write `D- u` and `D+ u` of nodes `start, ..., start + count - 1` whose neighbours lie `stride` apart.

    `before` and `after` are the reciprocal gaps to these neighbours.
    """
    for j in range(count):
        here = values[start + j]
        minus[j] = (here - values[start + j - stride]) * before
        plus[j] = (values[start + j + stride] - here) * after


@kernel
def differences_along(
    values: FloatArray, start: int, count: int, gaps: FloatArray, first: int, minus: FloatArray, plus: FloatArray
) -> None:
    """Write `D- u` and `D+ u` along the row; `gaps[first + j]` is the reciprocal gap before node `start + j`."""
    for j in range(count):
        here = values[start + j]
        minus[j] = (here - values[start + j - 1]) * gaps[first + j]
        plus[j] = (values[start + j + 1] - here) * gaps[first + j + 1]


@kernel
def curvature_across(
    values: FloatArray, start: int, count: int, stride: int, before: float, after: float, out: FloatArray
) -> None:
    """Add the three-point second derivative across the row to `out`; arguments as for `differences_across`.

    On unequal gaps it is `2 / (h- + h+) (D+ - D-)`: locally of first order, and monotone.
    """
    both = 2.0 * before * after / (before + after)
    for j in range(count):
        here = values[start + j]
        rise, fall = (values[start + j + stride] - here) * after, (here - values[start + j - stride]) * before
        out[j] += both * (rise - fall)


@kernel
def curvature_along(values: FloatArray, start: int, count: int, gaps: FloatArray, first: int, out: FloatArray) -> None:
    """Add the three-point second derivative along the row to `out`; arguments as for `differences_along`."""
    for j in range(count):
        before, after, here = gaps[first + j], gaps[first + j + 1], values[start + j]
        rise, fall = (values[start + j + 1] - here) * after, (here - values[start + j - 1]) * before
        out[j] += 2.0 * before * after / (before + after) * (rise - fall)
