"""Merge trees: how the components of `{f <= level}` on a grid are born, and join, as the level rises.

Nodes, their order and their basins are those of `pdeopt.kernels.basins`. Components join only at nodes with lower
neighbours in several basins that are not connected around the node: these few are sorted, the rest never is.
"""

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.basins import grid_neighbours, is_lower


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
