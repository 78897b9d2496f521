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
    # Views, as an index that is a sum might be negative, and the loop would not become vector instructions.
    here, back, ahead = values[start:], values[start - stride :], values[start + stride :]
    for j in range(count):
        minus[j] = (here[j] - back[j]) * before
        plus[j] = (ahead[j] - here[j]) * after


@kernel
def differences_along(
    values: FloatArray, start: int, count: int, gaps: FloatArray, first: int, minus: FloatArray, plus: FloatArray
) -> None:
    """Write `D- u` and `D+ u` along the row; `gaps[first + j]` is the reciprocal gap before node `start + j`."""
    line, gap = values[start - 1 :], gaps[first:]
    for j in range(count):
        minus[j] = (line[j + 1] - line[j]) * gap[j]
        plus[j] = (line[j + 2] - line[j + 1]) * gap[j + 1]


@kernel
def bend_across(
    minus: FloatArray, plus: FloatArray, count: int, before: float, after: float, out: FloatArray
) -> None:
    """Add the three-point second derivative across the row to `out`, from the slopes of `differences_across`.

    On unequal gaps it is `2 / (h- + h+) (D+ - D-)`: locally of first order, and monotone.
    """
    mean = 2.0 * before * after / (before + after)
    for j in range(count):
        out[j] += mean * (plus[j] - minus[j])


@kernel
def bend_along(
    minus: FloatArray, plus: FloatArray, count: int, means: FloatArray, first: int, out: FloatArray
) -> None:
    """Add the three-point second derivative along the row to `out`; `means` are `2 / (h- + h+)` at all nodes."""
    mean = means[first:]
    for j in range(count):
        out[j] += mean[j] * (plus[j] - minus[j])
