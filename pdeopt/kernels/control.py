"""Feedback tables: a vector field on a grid at many times, between the nodes by cubics through four of them."""

from typing import Any

import numpy as np
from numba.extending import register_jitable

from pdeopt._types import FloatArray, Point
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import as_point, coordinates, from_row, with_item
from pdeopt.kernels.landscapes.samples import confined

__all__ = ["cubic_feedback", "cubic_feedbacks"]


@register_jitable
def _first_of_four(nodes: FloatArray, position: float) -> int:
    """Return the first of the four nodes around a position; at an end the last four."""
    cell: Any = np.searchsorted(nodes, position, side="right") - 1
    first: int = min(max(cell - 1, 0), nodes.size - 4)
    return first


@register_jitable
def _lagrange_weights(nodes: FloatArray, first: int, position: float) -> tuple[float, float, float, float]:
    """Return the weights of four nodes in the cubic through them."""
    a, b, c, d = nodes[first], nodes[first + 1], nodes[first + 2], nodes[first + 3]
    p, q, r, s = position - a, position - b, position - c, position - d
    return (
        q * r * s / ((a - b) * (a - c) * (a - d)),
        p * r * s / ((b - a) * (b - c) * (b - d)),
        p * q * s / ((c - a) * (c - b) * (c - d)),
        p * q * r / ((d - a) * (d - b) * (d - c)),
    )


@strict_kernel
def cubic_feedback(
    t: float,
    x: Point,
    times: FloatArray,
    table: FloatArray,
    nodes: FloatArray,
    counts: tuple[int, ...],
    lower: tuple[float, ...],
    upper: tuple[float, ...],
    periods: tuple[float, ...],
) -> Point:
    """Interpolate a vector field at time `t` and point `x`: sum of w_k(t) w_i(x_1) w_j(x_2) ... table[k, i j ...].

    `times` has at least 4 entries; `table` has shape (n_times, n_nodes, d), the last axis of the grid fastest; `nodes`
    holds the axes one after the other, `counts` nodes each, at least 4. Outside `lower`, `upper` and the times the
    field goes on as a constant; where `periods` is positive the axis repeats, and carries nodes beyond both its ends.
    Error of fourth order in the spacings of time and space.
    """
    # `counts` lends its type: a tuple of integers as long as the point.
    here, firsts = coordinates(x), counts
    w0, w1, w2, w3 = here, here, here, here
    begin = 0
    for i in range(len(counts)):
        axis = nodes[begin : begin + counts[i]]
        position = confined(here[i], lower[i], upper[i], periods[i])
        first = _first_of_four(axis, position)
        four = _lagrange_weights(axis, first, position)
        w0, w1 = with_item(w0, i, four[0]), with_item(w1, i, four[1])
        w2, w3 = with_item(w2, i, four[2]), with_item(w3, i, four[3])
        firsts = with_item(firsts, i, first)
        begin += counts[i]
    instant = min(max(t, times[0]), times[-1])
    now = _first_of_four(times, instant)
    in_time = _lagrange_weights(times, now, instant)
    out = here
    for j in range(len(counts)):
        out = with_item(out, j, 0.0)
    # Two bits of `corner` for each axis say which of its four nodes it takes.
    for corner in range(4 ** len(counts)):
        weight, index = 1.0, 0
        for i in range(len(counts)):
            which = (corner >> (2 * i)) & 3
            weight *= w0[i] if which == 0 else w1[i] if which == 1 else w2[i] if which == 2 else w3[i]
            index = index * counts[i] + firsts[i] + which
        for k in range(4):
            share = weight * in_time[k]
            for j in range(len(counts)):
                out = with_item(out, j, out[j] + share * table[now + k, index, j])
    return as_point(x, out)


@strict_kernel
def cubic_feedbacks(
    t: float,
    points: FloatArray,
    times: FloatArray,
    table: FloatArray,
    nodes: FloatArray,
    counts: tuple[int, ...],
    lower: tuple[float, ...],
    upper: tuple[float, ...],
    periods: tuple[float, ...],
    out: FloatArray,
) -> None:
    """Fill `out`, of shape (n, d), with `cubic_feedback` at points of that shape."""
    for row in range(len(points)):
        found = cubic_feedback(t, from_row(points[row], lower), times, table, nodes, counts, lower, upper, periods)
        for i in range(len(lower)):
            out[row, i] = found[i]
