"""Basins of a field on a grid: where each node drains to, and where basins meet.

Nodes are ordered by value and then by index, so that no two are equal. A node drains to its lowest neighbour, and all
that drain to one minimum are its basin. Arrays are flat, in C order, of a grid of any dimension; a row is a line of
nodes along the last axis.
"""

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kernels._jit import kernel

WALL = -1
UNKNOWN = -2


@kernel
def is_lower(a: int, b: int, values: FloatArray) -> bool:
    """Tell whether node `a` comes before node `b`: by value, then by index."""
    return bool(values[a] < values[b] or (values[a] == values[b] and a < b))


@kernel
def grid_neighbours(
    node: int, shape: IntArray, wraps: BoolArray, steps: IntArray, distances: IntArray, out: IntArray
) -> None:
    """Write the indices of the nodes that lie `steps` (n, d) away from a node, -1 for those outside the grid.

    `distances` (n,) are the differences of indices where no side is near.
    """
    rest, inner = node, True
    for axis in range(shape.size - 1, -1, -1):
        i = rest % shape[axis]
        inner = inner and 0 < i < shape[axis] - 1
        rest //= shape[axis]
    for s in range(distances.size):
        out[s] = node + distances[s] if inner else node_beside(node, shape, wraps, steps[s])


@kernel
def node_beside(node: int, shape: IntArray, wraps: BoolArray, step: IntArray) -> int:
    """Return the index of the node one step away, -1 outside the grid."""
    other, rest, stride = 0, node, 1
    for axis in range(shape.size - 1, -1, -1):
        n = shape[axis]
        i = rest % n + step[axis]
        rest //= n
        if i < 0 or i >= n:
            if not wraps[axis]:
                return -1
            i = i + n if i < 0 else i - n
        other += i * stride
        stride *= n
    return other


@kernel
def _rows_around(row: int, shape: IntArray, wraps: BoolArray, steps: IntArray, out: IntArray) -> int:
    """Write the rows within `steps` of a row, ascending."""
    count = 0
    for s in range(steps.shape[0]):
        other = node_beside(row, shape[:-1], wraps[:-1], steps[s])
        if other < 0:
            continue
        j = count
        count += 1
        out[j] = other
        while j > 0 and out[j - 1] > out[j]:
            out[j - 1], out[j] = out[j], out[j - 1]
            j -= 1
    return count


@kernel
def _take_lower(line: FloatArray, first: int, lowest: FloatArray, out: IntArray) -> None:
    """Replace `lowest` and its indices `out` by the values of a line whose first index is `first`, where lower."""
    for k in range(line.size):
        value = line[k]
        lower = value < lowest[k]
        lowest[k] = value if lower else lowest[k]
        out[k] = first + k if lower else out[k]


@kernel
def _take_across_the_seam(line: FloatArray, first: int, lowest: FloatArray, out: IntArray) -> None:
    """Do the same for the two ends of a line, which touch; here indices may come in any order."""
    last = line.size - 1
    for k, other in ((0, last), (last, 0)):
        value, index = line[other], first + other
        if value < lowest[k] or (value == lowest[k] and index < out[k]):
            lowest[k], out[k] = value, index


@kernel
def lowest_neighbours(
    values: FloatArray,
    shape: IntArray,
    wraps: BoolArray,
    row_steps: IntArray,
    rows: IntArray,
    lowest: FloatArray,
    diagonal: bool,
    out: IntArray,
) -> None:
    """Write for each node the index of the lowest one among itself and its neighbours.

    Parameters
    ----------
    values : array, shape (N,)
        ``+inf`` is a wall; no NaN.
    shape : array of int, shape (d,)
    wraps : array of bool, shape (d,)
        Whether an axis closes on itself.
    row_steps : array of int, shape (n, d - 1)
        From a row to those that hold neighbours of its nodes, zero among them.
    rows : array of int, shape (n,)
        Work space.
    lowest : array, shape (shape[-1],)
        Work space.
    diagonal : bool
        Whether nodes of other rows touch diagonally too.
    out : array of int, shape (N,)
    """
    n = shape[-1]
    for row in range(values.size // n):
        base = row * n
        target = out[base : base + n]
        lowest[:] = np.inf
        for k in range(n):
            target[k] = base + k
        # Indices ascend, so that of equal values the first is kept.
        for r in range(_rows_around(row, shape, wraps, row_steps, rows)):
            first = rows[r] * n
            line = values[first : first + n]
            beside = diagonal or rows[r] == row
            if beside:
                _take_lower(line[: n - 1], first, lowest[1:], target[1:])
            _take_lower(line, first, lowest, target)
            if beside:
                _take_lower(line[1:], first + 1, lowest[: n - 1], target[: n - 1])
            if beside and wraps[-1]:
                _take_across_the_seam(line, first, lowest, target)


@kernel
def drain(targets: IntArray, out: IntArray) -> None:
    """Fill in the basins of all nodes whose entry of `out` is UNKNOWN: that of the node they drain to."""
    for start in range(targets.size):
        node = start
        while out[node] == UNKNOWN:
            node = targets[node]
        basin = out[node]
        node = start
        while out[node] == UNKNOWN:
            out[node] = basin
            node = targets[node]


@kernel
def _mark(
    heights: FloatArray, labels: IntArray, line: FloatArray, basins: IntArray, earlier: bool, out: BoolArray
) -> None:
    """Mark nodes with a lower neighbour, each in `line`, of another basin; of equal ones the `earlier` is lower."""
    if earlier:
        for k in range(line.size):
            out[k] |= (line[k] <= heights[k]) & (basins[k] != labels[k])
    else:
        for k in range(line.size):
            out[k] |= (line[k] < heights[k]) & (basins[k] != labels[k])


@kernel
def mark_passes(
    values: FloatArray,
    labels: IntArray,
    shape: IntArray,
    wraps: BoolArray,
    row_steps: IntArray,
    rows: IntArray,
    diagonal: bool,
    out: BoolArray,
) -> None:
    """Mark the nodes with lower neighbours in another basin: the only ones where components can join.

    `labels` (N,) as left by `drain`, WALL on walls; the other arguments as for `lowest_neighbours`.
    """
    n = shape[-1]
    for row in range(values.size // n):
        base = row * n
        f, own, marks = values[base : base + n], labels[base : base + n], out[base : base + n]
        marks[:] = False
        for r in range(_rows_around(row, shape, wraps, row_steps, rows)):
            first = rows[r] * n
            line, basins = values[first : first + n], labels[first : first + n]
            above = rows[r] < row
            if above or rows[r] > row:
                _mark(f, own, line, basins, above, marks)
            if diagonal or rows[r] == row:
                _mark(f[1:], own[1:], line[: n - 1], basins[: n - 1], rows[r] <= row, marks[1:])
                _mark(f[: n - 1], own[: n - 1], line[1:], basins[1:], above, marks[: n - 1])
                if wraps[-1]:
                    _mark(f[:1], own[:1], line[n - 1 :], basins[n - 1 :], above, marks[:1])
                    _mark(f[n - 1 :], own[n - 1 :], line[:1], basins[:1], rows[r] <= row, marks[n - 1 :])
        for k in range(n):
            marks[k] &= own[k] != WALL
