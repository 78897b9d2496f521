"""Lower envelopes of one line: the Hopf-Lax formula `u(x) = min_y f(y) + (x - y)**2 / (2 t)` in linear time.

Two versions. `hopf_lax_line` minimises over the continuous piecewise-linear interpolant of the node values: second
order, and never pinned to the nodes however small `t`. `hopf_lax_nodes_line` minimises over the nodes alone
(Felzenszwalb and Huttenlocher, Theory of Computing 8, 2012), the distance transform of sampled functions.

Segment `j` contributes `phi_j(x) = min over its own points`: a parabola, a straight line, a parabola. The derivative
of `phi_j` is `(x - y_j(x)) / t` with `y_j(x)` on the segment, so `phi_j - phi_k` is nondecreasing in `x` for `j < k`:
two pieces cross once and a stack of pieces gives the whole envelope.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel


@kernel
def segment_value(x: float, low: float, high: float, value: float, slope: float, time: float) -> tuple[float, float]:
    """Return `(phi(x), argmin)` for the segment from `(low, value)` with `slope` to `high`."""
    y = min(max(x - time * slope, low), high)
    return value + slope * (y - low) + (x - y) * (x - y) * (0.5 / time), y


@kernel
def _excess(x: float, j: int, k: int, pieces: FloatArray, time: float, half: float) -> tuple[float, float]:
    """Return `phi_j - phi_k` and the distance between the two minimisers, `t` times its derivative."""
    y = min(max(x - time * pieces[j, 3], pieces[j, 0]), pieces[j, 1])
    z = min(max(x - time * pieces[k, 3], pieces[k, 0]), pieces[k, 1])
    # Differences of values and of places, not of the two large totals, keep the digits of a small excess.
    chord = (pieces[j, 2] - pieces[k, 2]) + pieces[j, 3] * (y - pieces[j, 0]) - pieces[k, 3] * (z - pieces[k, 0])
    return chord + half * (z - y) * ((x - y) + (x - z)), z - y


@kernel
def crossing(j: int, k: int, pieces: FloatArray, time: float, half: float, low: float) -> float:
    """Return a point above `low` where pieces `j < k` are equal, `phi_j` being the lower one on its left.

    Closed form at a common corner; else Newton's method on a nondecreasing piecewise quadratic, kept inside its
    bracket.
    """
    if pieces[j, 1] == pieces[k, 0]:
        left_end: float = pieces[j, 1] + time * pieces[j, 3]
        right_start = pieces[k, 0] + time * pieces[k, 3]
        if left_end <= right_start:  # a convex corner: both equal its parabola in between
            return left_end
        middle: float = pieces[k, 0] + 0.5 * time * (pieces[j, 3] + pieces[k, 3])
        if pieces[j, 0] + time * pieces[j, 3] <= middle <= pieces[k, 1] + time * pieces[k, 3]:
            return middle
    # Start where the parabolas of the outer ends cross; exact if both pieces are single nodes.
    high = np.inf
    end = pieces[k, 2] + pieces[k, 3] * (pieces[k, 1] - pieces[k, 0])
    x: float = 0.5 * (pieces[j, 0] + pieces[k, 1]) + time * (end - pieces[j, 2]) / (pieces[k, 1] - pieces[j, 0])
    if pieces[j, 0] == pieces[j, 1] and pieces[k, 0] == pieces[k, 1]:
        return x
    x = max(x, low)
    # Newton's method ends after a few steps; the limit is for brackets halved down to rounding.
    for _ in range(80):
        excess, distance = _excess(x, j, k, pieces, time, half)
        if excess > 0.0:
            high = x
        else:
            low = x
        if distance <= 0.0:  # on one common parabola: equal here
            return x
        step = excess * time / distance
        following = x - step
        if abs(step) <= 1e-8 * distance:
            return following
        x = following if low < following < high else 0.5 * (low + high)
        if not low < x < high:
            return x
    return x


@kernel
def _add_piece(pieces: FloatArray, count: int, low: float, high: float, value: float, slope: float) -> int:
    pieces[count, 0], pieces[count, 1], pieces[count, 2], pieces[count, 3] = low, high, value, slope
    return count + 1


@kernel
def _slope(values: FloatArray, nodes: FloatArray, j: int) -> float:
    """Return the slope of segment `j`, infinite beside a wall and beyond the last node."""
    if j + 1 >= nodes.size or not values[j] < np.inf or not values[j + 1] < np.inf:
        return np.inf
    slope: float = (values[j + 1] - values[j]) / (nodes[j + 1] - nodes[j])
    return slope


@kernel
def is_skipped(slopes: tuple[float, float, float], widths: tuple[float, float, float], time: float) -> bool:
    """Tell whether the middle one of three segments wins nowhere: between concave corners, and crossed out of order.

    Corners at `y` of segments of equal widths are crossed at `y + t (s + s') / 2`; unequal ones move that by
    `|h - h'| max(1, t (s - s') / (2 (h + h')))` at most.
    """
    before, slope, after = slopes
    if not before >= slope >= after:
        return False
    width = widths[1]
    uneven = abs(width - widths[0]) + abs(width - widths[2])
    return 0.5 * time * (before - after) * (width - uneven) >= width * (width + uneven)


@kernel
def collect_pieces(
    values: FloatArray, nodes: FloatArray, time: float, low: float, high: float, pieces: FloatArray
) -> int:
    """Write `(low, high, value, slope)` of every piece that can hold the minimiser of an output in `[low, high]`.

    A segment can only where its straight part, `nodes[j] + t slope` to `nodes[j + 1] + t slope`, meets the outputs; a
    node that no kept segment ends in can only at a convex corner whose fan of slopes does.
    """
    count = 0
    n = nodes.size
    kept = False
    before, after = -np.inf, _slope(values, nodes, 0)
    last, width = 0.0, nodes[min(1, n - 1)] - nodes[0]
    for j in range(n):
        following = _slope(values, nodes, j + 1)
        beyond = nodes[j + 2] - nodes[j + 1] if j + 2 < n else 0.0
        # Pieces out of reach of the outputs are left out before the envelope is built.
        keeps = after < np.inf and nodes[j] + time * after <= high and nodes[j + 1] + time * after >= low
        if keeps:
            if not is_skipped((before, after, following), (last, width, beyond), time):
                count = _add_piece(pieces, count, nodes[j], nodes[j + 1], values[j], after)
        elif (
            values[j] < np.inf
            and not kept
            and before <= after
            and nodes[j] + time * before <= high
            and nodes[j] + time * after >= low
        ):
            count = _add_piece(pieces, count, nodes[j], nodes[j], values[j], 0.0)
        # After a wall a node fans out to all slopes.
        kept, before = keeps, after if after < np.inf else -np.inf
        last, width, after = width, beyond, following
    return count


@kernel
def _is_covered(j: int, k: int, pieces: FloatArray, time: float, half: float, start: float) -> bool:
    """Tell whether piece `k` is at or below piece `j` from `start` on."""
    left_end = pieces[j, 1] + time * pieces[j, 3]
    if pieces[j, 1] == pieces[k, 0] and left_end <= pieces[k, 0] + time * pieces[k, 3]:
        return bool(left_end <= start)
    return _excess(start, j, k, pieces, time, half)[0] >= 0.0


@kernel
def stack_pieces(pieces: FloatArray, count: int, time: float, stack: IntArray, starts: FloatArray) -> int:
    """Write the pieces of the envelope in order and where each begins; return how many there are."""
    # A new piece removes those that it covers where they begin; each goes in and out once at most: linear time.
    half = 0.5 / time
    size = 0
    for k in range(count):
        while size > 1 and _is_covered(stack[size - 1], k, pieces, time, half, starts[size - 1]):
            size -= 1
        starts[size] = -np.inf
        if size > 0:
            starts[size] = crossing(stack[size - 1], k, pieces, time, half, starts[size - 1])
        stack[size] = k
        size += 1
    return size


@kernel
def hopf_lax_line(
    values: FloatArray,
    nodes: FloatArray,
    outputs: FloatArray,
    time: float,
    pieces: FloatArray,
    stack: IntArray,
    starts: FloatArray,
    out: FloatArray,
    argmin: FloatArray,
) -> None:
    """Write the Hopf-Lax envelope of the piecewise-linear interpolant and the smallest point where it is attained.

    Parameters
    ----------
    values, nodes : arrays, shape (n,)
        Node values (`+inf` is a wall of both cells beside it) at increasing positions, `time > 0`.
    outputs : array, shape (m,), increasing
    pieces, stack, starts : scratch arrays, shapes (n, 4), (n,), (n,)
    out, argmin : arrays, shape (m,)
        `+inf` and the output itself where no value is finite.
    """
    # Outputs increase, and so do the winners: one walk along the stack serves all.
    count = collect_pieces(values, nodes, time, outputs[0], outputs[-1], pieces)
    size = stack_pieces(pieces, count, time, stack, starts)
    place = 0
    for i in range(outputs.size):
        x = outputs[i]
        while place + 1 < size and starts[place + 1] < x:
            place += 1
        if size == 0:
            out[i], argmin[i] = np.inf, x
            continue
        k = stack[place]
        out[i], argmin[i] = segment_value(x, pieces[k, 0], pieces[k, 1], pieces[k, 2], pieces[k, 3], time)


@kernel
def finite_nodes(values: FloatArray, nodes: FloatArray, kept: FloatArray) -> int:
    """Write position and value of every node that is no wall, in order; return how many there are."""
    count = 0
    for k in range(nodes.size):
        kept[0, count], kept[1, count] = nodes[k], values[k]
        count += 1 if values[k] < np.inf else 0
    return count


@kernel
def drop_covered_nodes(kept: FloatArray, count: int, half: float) -> int:
    """Drop every node that never lies below both of its neighbours; return how many are left.

    The parabola of `k` wins nowhere if that of `k - 1` is left for that of `k + 1` before `k` could take over. All such
    nodes go at once: the smallest minimiser of an output never is among them.
    """
    if count < 3:
        return count
    y, value, z, other = kept[0, 0], kept[1, 0], kept[0, 1], kept[1, 1]
    left = 1
    for k in range(2, count):
        following, last = kept[0, k], kept[1, k]
        # Written always and counted if needed: no branch to mispredict.
        kept[0, left], kept[1, left] = z, other
        before, after = z - y, following - z
        excess = half * (following - y) * before * after + (last - other) * before - (other - value) * after
        left += 1 if excess > 0.0 else 0
        y, value, z, other = z, other, following, last
    kept[0, left], kept[1, left] = z, other
    return left + 1


@kernel
def stack_nodes(kept: FloatArray, count: int, time: float, starts: FloatArray) -> int:
    """Keep the nodes of the envelope alone and write where each begins to win; return how many there are."""
    size = 0
    for k in range(count):
        y, value = kept[0, k], kept[1, k]
        start = -np.inf
        while size > 0:
            z, other = kept[0, size - 1], kept[1, size - 1]
            start = 0.5 * (z + y) + time * (value - other) / (y - z)
            if start > starts[size - 1]:
                break
            size -= 1
            start = -np.inf
        kept[0, size], kept[1, size], starts[size] = y, value, start
        size += 1
    return size


@kernel
def hopf_lax_nodes_line(
    values: FloatArray,
    nodes: FloatArray,
    outputs: FloatArray,
    time: float,
    kept: FloatArray,
    starts: FloatArray,
    out: FloatArray,
    argmin: FloatArray,
) -> None:
    """Write the lower envelope of the parabolas of the nodes alone and the position of the winning node.

    Error up to `min(L**2 t / 2, h**2 / (8 t))` where the minimiser falls between nodes: first order, and pinned for
    `t < h / L`. Arguments as in `hopf_lax_line`, with `kept` a scratch array of shape (2, n + 1).
    """
    half = 0.5 / time
    before, count = np.inf, finite_nodes(values, nodes, kept)
    # Rough data lose most nodes here, several times faster than on the stack; smooth data go on at once.
    while 4 * count < 3 * before:
        before, count = count, drop_covered_nodes(kept, count, half)
    size = stack_nodes(kept, count, time, starts)
    first = 0
    for k in range(size):
        y, value = kept[0, k], kept[1, k]
        end = starts[k + 1] if k + 1 < size else np.inf
        while first < outputs.size and outputs[first] <= end:
            x = outputs[first]
            out[first], argmin[first] = value + half * (x - y) * (x - y), y
            first += 1
    for i in range(first, outputs.size):
        out[i], argmin[i] = np.inf, outputs[i]
