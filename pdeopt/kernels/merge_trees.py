"""Merge trees: how the components of `{f <= level}` on a grid are born, and join, as the level rises.

Nodes are ordered by value and then by index, so that no two are equal. A node drains to its lowest neighbour, and all
that drain to one minimum are its basin. Components join only at nodes with lower neighbours in several basins: these
few are sorted, the rest never is. Arrays are flat, in C order, of a grid of any dimension; a row is a line of nodes
along the last axis.
"""

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kernels._jit import kernel

WALL = -1
UNKNOWN = -2


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
        out[s] = node + distances[s] if inner else _beside(node, shape, wraps, steps[s])


@kernel
def _beside(node: int, shape: IntArray, wraps: BoolArray, step: IntArray) -> int:
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
        other = _beside(row, shape[:-1], wraps[:-1], steps[s])
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


@kernel
def is_lower(a: int, b: int, values: FloatArray) -> bool:
    """Tell whether node `a` comes before node `b`: by value, then by index."""
    return bool(values[a] < values[b] or (values[a] == values[b] and a < b))


@kernel
def _link_parts(node: int, values: FloatArray, around: IntArray, pairs: IntArray, parts: IntArray) -> int:
    """Give a number to each connected part of the lower nodes around a node, -1 to the others; return how many parts.

    It stops as soon as there is one.
    """
    lower = 0
    for s in range(around.size):
        parts[s] = -1
        if around[s] >= 0 and is_lower(around[s], node, values):
            parts[s] = s
            lower += 1
    for k in range(pairs.shape[0]):
        a, b = parts[pairs[k, 0]], parts[pairs[k, 1]]
        if a >= 0 and b >= 0 and a != b:
            low, high = min(a, b), max(a, b)
            for s in range(around.size):
                if parts[s] == high:
                    parts[s] = low
            lower -= 1
            if lower == 1:
                break
    return lower


@kernel
def _doors(
    values: FloatArray, labels: IntArray, around: IntArray, n_near: int, parts: IntArray, doors: IntArray
) -> int:
    """Write the basin of the lowest neighbour in each part, each basin once, -1 after them; return how many."""
    count = 0
    for s in range(n_near):
        if parts[s] < 0:
            continue
        lowest = s
        for other in range(n_near):
            if parts[other] == parts[s] and is_lower(around[other], around[lowest], values):
                lowest = other
        new = lowest == s
        for k in range(count):
            new = new and doors[k] != labels[around[s]]
        if new:
            doors[count] = labels[around[s]]
            count += 1
    for k in range(count, doors.size):
        doors[k] = -1
    return count


@kernel
def find_passes(
    marks: BoolArray,
    values: FloatArray,
    labels: IntArray,
    shape: IntArray,
    wraps: BoolArray,
    steps: IntArray,
    distances: IntArray,
    pairs: IntArray,
    n_near: int,
    work: IntArray,
    nodes: IntArray,
    out: IntArray,
) -> int:
    """Write marked nodes whose lower neighbours are not connected among themselves, and return how many there are.

    Parameters
    ----------
    marks, values, labels, shape, wraps
        As for `mark_passes`.
    steps : array of int, shape (n, d)
        To the ``3^d - 1`` nodes around a node, its neighbours first.
    distances : array of int, shape (n,)
        The same in the flat index.
    pairs : array of int, shape (m, 2)
        Rows of `steps` that are neighbours of each other.
    n_near : int
        How many of `steps` lead to neighbours.
    work : array of int, shape (2, n)
        Work space.
    nodes : array of int, shape (k,)
        Written; `k` at least the number of marks.
    out : array of int, shape (k, w)
        The basins that meet at each node, -1 after the last; `w` at least ``max(2 d, 2^d)``.
    """
    count = 0
    around, parts = work[0], work[1]
    for node in range(values.size):
        if not marks[node]:
            continue
        grid_neighbours(node, shape, wraps, steps, distances, around)
        if _link_parts(node, values, around, pairs, parts) < 2:
            continue
        if _doors(values, labels, around, n_near, parts, out[count]) > 1:
            nodes[count] = node
            count += 1
    return count


@kernel
def component(basin: int, joined: IntArray) -> int:
    """Return the lowest minimum of the component of a basin, and shorten the way to it."""
    while joined[basin] != basin:
        joined[basin] = joined[joined[basin]]
        basin = joined[basin]
    return basin


@kernel
def join_basins(
    nodes: IntArray,
    doors: IntArray,
    order: IntArray,
    joined: IntArray,
    saddles: IntArray,
    into: IntArray,
    out: IntArray,
) -> None:
    """Let components join at passes, the lowest first: the one with the lowest minimum goes on, the others die.

    Parameters
    ----------
    nodes : array of int, shape (m,)
        By `find_passes`.
    doors : array of int, shape (m, w)
        The basins that meet there, numbered by their minima, the lowest first; -1 after the last.
    order : array of int, shape (m,)
        Which pass comes when.
    joined : array of int, shape (k,)
        Comes in as ``arange(k)``; the basin that a basin's component is named after, by `component`.
    saddles : array of int, shape (k,)
        Written for basins that die: the node where.
    into : array of int, shape (k,)
        The basin whose component they join.
    out : array of int, shape (k,)
        The basin of that component which they spill into.
    """
    for m in range(order.size):
        row = doors[order[m]]
        door, eldest = row[0], component(row[0], joined)
        for k in range(1, row.size):
            if row[k] < 0:
                break
            root = component(row[k], joined)
            if root < eldest:
                eldest, door = root, row[k]
        for k in range(row.size):
            if row[k] < 0:
                break
            root = component(row[k], joined)
            if root != eldest:
                joined[root], saddles[root], into[root], out[root] = eldest, nodes[order[m]], eldest, door
