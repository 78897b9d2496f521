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
def _fill(
    values: FloatArray,
    wall: int,
    inwards: int,
    side: int,
    g: int,
    n: int,
    block: tuple[int, int, int],
) -> None:
    """Fill the nodes at g steps beyond a wall of some lines, `(lines, distance of two, nodes side by side)`."""
    lines, apart, count = block
    to, source = wall - g * inwards, wall
    # An axis shorter than the ghost layers is run through more than once.
    if side == PERIODIC:
        source += (-g) % n * inwards
    elif side == REFLECTING:
        bounce = g % (2 * n - 2)
        source += min(bounce, 2 * n - 2 - bounce) * inwards
    for line in range(lines):
        at = line * apart
        if side == EXTRAPOLATED:
            _continued(values, to + at, wall + at, wall + inwards + at, g, count)
        else:
            _copied(values, to + at, source + at, count)


@kernel
def count_lines(axis: int, shape: tuple[int, ...]) -> int:
    """Return how many lines along an axis are filled apart: nodes that lie side by side are filled together."""
    lines = 1
    for k in range(len(shape) - 1):
        if k != axis:
            lines *= shape[k]
    return lines


@kernel
def fill_lines(
    values: FloatArray,
    axis: int,
    sides: tuple[int, int],
    lines: tuple[int, int],
    ends: tuple[bool, bool],
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    ghosts: int,
) -> None:
    """Fill the ghost nodes of some of the lines along an axis.

    Parameters
    ----------
    values : array, flat with ghost layers
    sides : (int, int)
        What the lower and the upper end are: PERIODIC, REFLECTING (even about the node on the wall) or EXTRAPOLATED
        (a straight line through the last two nodes).
    lines : (int, int)
        The first, and the one behind the last, of `count_lines`.
    ends : (bool, bool)
        Which ends are filled.
    shape, strides : tuple of int
        Nodes without ghosts, and flat distance of neighbours, of every axis.
    """
    n, step, last = shape[axis], strides[axis], len(shape) - 1
    count = 1 if axis == last else shape[last]
    # The axis along which the next line lies.
    beside = max(0, last - 1 if axis != last - 1 else last - 2)
    line = lines[0]
    while line < lines[1]:
        low = line_start(line * count, axis, shape, strides, ghosts)
        block = min(lines[1] - line, shape[beside] - line % shape[beside]), strides[beside], count
        for g in range(1, ghosts + 1):
            if ends[0]:
                _fill(values, low, step, sides[0], g, n, block)
            if ends[1]:
                _fill(values, low + (n - 1) * step, -step, sides[1], g, n, block)
        line += block[0]


@kernel
def fill_band(
    values: FloatArray,
    rows: tuple[int, int],
    sides: tuple[tuple[int, int], ...],
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    ghosts: int,
) -> None:
    """Fill the ghost nodes that slopes at a band of rows along the last axis are taken from.

    `rows` are the first and the one behind the last, of all in C order; the rest are as in `fill_lines`. Other bands
    may be filled at the same time: nodes that several of them need are written with the same numbers.
    """
    last = len(shape) - 1
    inner = 1
    for k in range(1, last):
        inner *= shape[k]
    layers = rows[0] // inner, (rows[1] - 1) // inner + 1
    for axis in range(last + 1):
        ends = True, True
        lines = layers
        if axis == last:
            lines = rows
        elif axis == 0:
            lines = 0, count_lines(axis, shape)
            ends = layers[0] < ghosts, layers[1] > shape[0] - ghosts
        fill_lines(values, axis, sides[axis], lines, ends, shape, strides, ghosts)
