"""Jumps by any whole steps at the walls of a grid: how often those that stay are taken, and where others end."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kolmogorov.boundaries import Walls
from pdeopt.kolmogorov.stencil import Offset

__all__ = ["OPEN", "destinations", "edge_factors", "exit_fractions", "landings", "owned_shares", "united"]

OPEN = ("periodic", "absorbing", "degenerate", "linear")
"""Walls whose nodes own a whole cell, or none."""


def destinations(values: FloatArray, offset: Offset) -> FloatArray:
    """Return the values at node plus offset, wrapped, of an array of the grid's shape."""
    return np.roll(values, [-step for step in offset], axis=range(len(offset)))


def united(offsets: IntArray, values: FloatArray, shape: tuple[int, ...]) -> tuple[tuple[Offset, ...], FloatArray]:
    """Return the different offsets of all nodes but zero, and the sums of their values at each node.

    Parameters
    ----------
    offsets : array, shape (n, m, d)
        For each of n nodes.
    values : array, shape (n, m)
    shape : tuple of int
        Of the grid, of n nodes.

    Returns
    -------
    offsets : tuple of tuple of int
    values : array, shape ``(len(offsets), *shape)``
    """
    n, m, d = offsets.shape
    reach = int(np.abs(offsets).max(initial=0))
    powers = (2 * reach + 1) ** np.arange(d - 1, -1, -1)
    keys, places = np.unique(((offsets + reach) @ powers).ravel(), return_inverse=True)
    cells = places.reshape(-1) * n + np.repeat(np.arange(n), m)
    sums = np.bincount(cells, values.ravel(), keys.size * n).reshape(keys.size, n)
    vectors = (keys[:, None] // powers) % (2 * reach + 1) - reach
    moves = vectors.any(axis=1)
    return tuple(tuple(int(k) for k in vector) for vector in vectors[moves]), sums[moves].reshape(-1, *shape)


def edge_factors(shape: tuple[int, ...], offset: Offset, walls: Walls) -> FloatArray:
    """Return what the rate of a jump is multiplied by at every node, 0 where it leaves the grid.

    Parameters
    ----------
    shape : tuple of int
    offset : tuple of int
    walls : tuple of pairs

    Returns
    -------
    array, shape ``(*shape,)``

    Raises
    ------
    ValueError
        If an axis has too few nodes for jumps that long.

    Notes
    -----
    Jumps back and forth over one edge belong to a sum over edges, -1/2 sum_e q_e weight (delta_e u)^2. The weights q of
    the edges along an axis, at their middles, are those of a quadrature of the whole axis: 1 for edges between
    neighbours and 1/2 for those along a wall. The middles of longer edges stay away from the walls: the first ones
    get weights that integrate linear functions all the same. The rate is q over the share of a cell that the node owns.
    """
    factors = np.ones(shape)
    for axis, (n, step) in enumerate(zip(shape, offset, strict=True)):
        line = _line_factors(n, step, walls[axis], axis)
        factors *= line.reshape([-1 if k == axis else 1 for k in range(len(shape))])
    return factors


def _line_factors(n: int, step: int, walls: tuple[object, object], axis: int) -> FloatArray:
    factors = np.zeros(n)
    if walls[0] == "periodic" or step == 0:
        return factors + 1.0
    size = abs(step)
    correction, ends = edge_correction(size), [wall not in OPEN for wall in walls]
    fewest = size + correction.size * max(sum(ends), 1)
    if n < fewest:
        raise ValueError(
            f"axis {axis} has {n} nodes, too few for jumps of {size} steps, which the diffusion asks for there. Use at "
            f"least {fewest} nodes."
        )
    edges = np.ones(n - size)
    edges[: correction.size] += correction * ends[0]
    edges[edges.size - correction.size :] += correction[::-1] * ends[1]
    # The edge of a jump up starts at the node, that of a jump down ends there.
    factors[: n - size] = edges
    return (factors if step > 0 else np.roll(factors, size)) / _owned(n, walls)


def _owned(n: int, walls: tuple[object, object]) -> FloatArray:
    share = np.ones(n)
    for index, wall in zip((0, -1), walls, strict=True):
        share[index] = 1.0 if wall in OPEN else 0.5
    return share


def owned_shares(shape: tuple[int, ...], offset: Offset, walls: Walls) -> FloatArray:
    """Return the shares of a cell that nodes own along the axes on which an offset moves, shape ``shape``."""
    shares = np.ones(shape)
    for axis, (n, step) in enumerate(zip(shape, offset, strict=True)):
        if step:
            shares *= _owned(n, walls[axis]).reshape([-1 if k == axis else 1 for k in range(len(shape))])
    return shares


def edge_correction(size: int) -> FloatArray:
    """Return what the weights of edges of so many steps exceed 1 by, next to a wall, nearest first.

    Linear in the number of the edge, over so many edges that no weight is negative; with it the edges integrate 1 and
    x from the wall on.
    """
    if size == 1:
        return np.zeros(0)
    n, gap = size if size <= 5 else 2 * size, 0.5 * (size - 1)
    slope = -6.0 * gap * (gap + n) / (n * (n * n - 1.0))
    return np.asarray(gap / n + slope * (np.arange(n) - 0.5 * (n - 1)))


def exit_fractions(shape: tuple[int, ...], offset: Offset, walls: Walls) -> tuple[FloatArray, BoolArray]:
    """Return the part of a jump after which it crosses an absorbing wall, 1 where it does not, and where it does."""
    taken, other = np.full(shape, np.inf), np.full(shape, np.inf)
    for axis, (n, step) in enumerate(zip(shape, offset, strict=True)):
        wall = walls[axis][step > 0]
        if step and wall != "periodic":
            room = np.arange(n) if step < 0 else np.arange(n)[::-1]
            part = (room / abs(step)).reshape([-1 if k == axis else 1 for k in range(len(shape))])
            kept = taken if wall == "absorbing" else other
            np.minimum(kept, part, out=kept)
    # Nodes on an absorbing wall are left alone: nobody leaves them.
    leaves = (taken < 1.0) & (taken <= other) & (taken > 0.0)
    return np.where(leaves, taken, 1.0), leaves


def landings(offset: Offset, fraction: FloatArray, leaves: BoolArray) -> Iterator[tuple[Offset, FloatArray]]:
    """Return offsets of the nodes around the points where jumps cross a wall, and their weights of interpolation.

    Each weight has the shape of the grid and is zero where `leaves` is false; together they are 1 where it is true.

    Yields
    ------
    offset : tuple of int
    weights : array
    """
    shift = fraction[leaves][:, None] * np.array(offset, dtype=float)
    base = np.floor(shift + 1e-9)
    rest = np.maximum(shift - base, 0.0)
    rest[rest < 1e-8] = 0.0
    for corner in product((0, 1), repeat=len(offset)):
        weights = np.prod(np.where(np.array(corner) == 1, rest, 1.0 - rest), axis=1)
        targets = (base + np.array(corner)).astype(int)
        for target in np.unique(targets[weights > 0.0], axis=0):
            chosen = (targets == target).all(axis=1)
            spread = np.zeros(leaves.shape)
            spread[leaves] = np.where(chosen, weights, 0.0)
            yield tuple(int(step) for step in target), spread
