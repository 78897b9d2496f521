"""Ghost layers of a field: nodes beyond the walls, filled so that every node has its neighbours.

A field of shape (n_1, ..., n_d) with g ghost nodes on every side is kept flat, in C order of its nodes and ghosts.
There are no mixed derivatives, so edges and corners of the ghost layers are never read.
"""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel

PERIODIC, REFLECTING, EXTRAPOLATED = 0, 1, 2


@kernel
def line_start(line: int, axis: int, shape: tuple[int, ...], strides: tuple[int, ...], ghosts: int) -> int:
    """Return the flat index of the first node of a line along an axis, of all lines in C order of the other axes."""
    start, rest = 0, line
    for k in range(len(shape) - 1, -1, -1):
        if k == axis:
            start += ghosts * strides[k]
        else:
            start += (rest % shape[k] + ghosts) * strides[k]
            rest //= shape[k]
    return start


@kernel
def fill_ghosts(
    values: FloatArray,
    axis: int,
    sides: tuple[int, int],
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    ghosts: int,
) -> None:
    """Fill the ghost nodes of both ends of an axis.

    Parameters
    ----------
    values : array, flat with ghost layers
    sides : (int, int)
        What the lower and the upper end are: PERIODIC, REFLECTING (even about the node on the wall) or EXTRAPOLATED
        (a straight line through the last two nodes).
    shape, strides : tuple of int
        Nodes without ghosts, and flat distance of neighbours, of every axis.
    """
    n, step, lines = shape[axis], strides[axis], 1
    for k in range(len(shape)):
        if k != axis:
            lines *= shape[k]
    for line in range(lines):
        low = line_start(line, axis, shape, strides, ghosts)
        high = low + (n - 1) * step
        for g in range(1, ghosts + 1):
            # An axis shorter than the ghost layers is run through more than once.
            if sides[0] == PERIODIC:
                values[low - g * step] = values[low + (-g) % n * step]
                values[high + g * step] = values[low + (n - 1 + g) % n * step]
                continue
            bounce = g % (2 * n - 2)
            bounce = min(bounce, 2 * n - 2 - bounce) * step
            if sides[0] == REFLECTING:
                values[low - g * step] = values[low + bounce]
            else:
                values[low - g * step] = values[low] - g * (values[low + step] - values[low])
            if sides[1] == REFLECTING:
                values[high + g * step] = values[high - bounce]
            else:
                values[high + g * step] = values[high] + g * (values[high] - values[high - step])
