"""Filters between a monotone step and an accurate one."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel


@kernel
def filter_step(monotone: FloatArray, threshold: float, is_continuous: bool, out: FloatArray) -> None:
    """Replace values of an accurate step in `out` by those of a monotone step where they differ too much.

    With `d = out - monotone` the result is `monotone + threshold phi(d / threshold)`. The filter `phi(y)` is `y` up to
    1 in size, and zero from there on, or, if it is continuous, `2 - y` (`-2 - y` below zero) up to 2 and then zero.
    """
    for i in range(out.size):
        gap = out[i] - monotone[i]
        size = abs(gap)
        if not size <= threshold:
            # Not by the larger of two, which may be one that is not a number.
            rest = 2.0 * threshold - size if is_continuous and size < 2.0 * threshold else 0.0
            out[i] = monotone[i] + (rest if gap > 0.0 else -rest)
