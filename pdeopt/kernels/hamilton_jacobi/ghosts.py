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
def _copied(values: FloatArray, to: int, source: int, count: int) -> None:
    one, other = values[to:], values[source:]
    for j in range(count):
        one[j] = other[j]


@kernel
def _continued(values: FloatArray, to: int, wall: int, inner: int, g: int, count: int) -> None:
    """Continue straight lines through the nodes at a wall and one further in."""
    one, last, before = values[to:], values[wall:], values[inner:]
    for j in range(count):
        one[j] = last[j] + g * (last[j] - before[j])


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
    n, step, last = shape[axis], strides[axis], len(shape) - 1
    # Nodes that lie side by side are filled together.
    count, lines = 1 if axis == last else shape[last], 1
    for k in range(last):
        if k != axis:
            lines *= shape[k]
    for line in range(lines):
        low = line_start(line * count, axis, shape, strides, ghosts)
        high = low + (n - 1) * step
        for g in range(1, ghosts + 1):
            # An axis shorter than the ghost layers is run through more than once.
            if sides[0] == PERIODIC:
                _copied(values, low - g * step, low + (-g) % n * step, count)
                _copied(values, high + g * step, low + (n - 1 + g) % n * step, count)
                continue
            bounce = g % (2 * n - 2)
            bounce = min(bounce, 2 * n - 2 - bounce) * step
            if sides[0] == REFLECTING:
                _copied(values, low - g * step, low + bounce, count)
            else:
                _continued(values, low - g * step, low, low + step, g, count)
            if sides[1] == REFLECTING:
                _copied(values, high + g * step, high - bounce, count)
            else:
                _continued(values, high + g * step, high, high - step, g, count)
