"""Straight jumps on a grid that need not end at nodes: where they meet the walls, and the nodes around their ends."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import strict_kernel

__all__ = ["ABSORBING", "FOLDING", "OPEN", "spread_point", "straight_jumps", "way_to_wall"]

OPEN, FOLDING, ABSORBING = 0, 1, 2
"""What an end of an axis does: lets jumps wrap, turns them back, takes them."""

TINY = 1e-12


@strict_kernel
def way_to_wall(node: IntArray, jump: FloatArray, shape: IntArray, walls: IntArray) -> tuple[float, int]:
    """Return the part of a jump after which it meets the first wall, 1 if it meets none, and the kind of the wall.

    Parameters: node (d,); jump (d,) in steps of the grid; shape (d,); walls (d, 2) of kinds of the lower and the upper
    end of each axis.
    """
    part, kind = 1.0, OPEN
    for axis in range(len(node)):
        side = 1 if jump[axis] > 0.0 else 0
        if abs(jump[axis]) < TINY or walls[axis, side] == OPEN:
            continue
        room = shape[axis] - 1 - node[axis] if side == 1 else node[axis]
        found = room / abs(jump[axis])
        if found < part - TINY:
            part, kind = found, walls[axis, side]
    return part, kind


@strict_kernel
def _folded(ahead: float, behind: float) -> float:
    """Return where on its line a jump of length 1 ends that a wall turns back after `ahead`, at most `behind` back."""
    return max(2.0 * ahead - 1.0, -behind)


@strict_kernel
def spread_point(point: FloatArray, rate: float, offsets: IntArray, rates: FloatArray) -> None:
    """Share a rate among the corners of the cell of a point by multilinear interpolation.

    Parameters: point (d,) in steps of the grid from the node; out: offsets (2^d, d) and rates (2^d,).
    """
    d = len(point)
    for corner in range(2**d):
        share = rate
        for axis in range(d):
            base = int(point[axis] + TINY) if point[axis] >= -TINY else -int(1.0 - point[axis] - TINY)
            rest = max(point[axis] - base, 0.0)
            upper = (corner >> axis) & 1
            offsets[corner, axis] = base + upper
            share *= rest if upper == 1 else 1.0 - rest
        kept = share > TINY * rate
        rates[corner] = share if kept else 0.0
        for axis in range(d):
            offsets[corner, axis] *= 1 if kept else 0


@strict_kernel
def straight_jumps(
    jumps: FloatArray,
    rate: float,
    shape: IntArray,
    walls: IntArray,
    node: IntArray,
    point: FloatArray,
    offsets: IntArray,
    rates: FloatArray,
) -> None:
    """Write the rates of jumps u(x + j) - 2 u(x) + u(x - j) from every node, with multilinear interpolation of u.

    An absorbing wall ends a jump: with the parts s and t of both ways the rates are 2 / (s (s + t)) and 2 / (t (s + t))
    of the given one. Other walls turn a jump back on its line, which keeps the derivative along j zero there.

    Parameters: jumps (n, m, d) in steps of the grid, of m directions at n nodes in C order; rate of a whole jump;
    shape (d,); walls (d, 2) as in `way_to_wall`; scratch: node (d,), point (d,); out: offsets (n, m, 2, 2^d, d) and
    rates (n, m, 2, 2^d). Nodes on absorbing walls may get any rates.
    """
    n, m, d = jumps.shape
    for i in range(n):
        rest = i
        for axis in range(d - 1, -1, -1):
            node[axis] = rest % shape[axis]
            rest //= shape[axis]
        for j in range(m):
            ahead, first = way_to_wall(node, jumps[i, j], shape, walls)
            for axis in range(d):
                point[axis] = -jumps[i, j, axis]
            behind, last = way_to_wall(node, point, shape, walls)
            s = max(ahead, TINY) if first == ABSORBING else 1.0
            t = max(behind, TINY) if last == ABSORBING else 1.0
            up = ahead if first != FOLDING else _folded(ahead, behind)
            down = behind if last != FOLDING else _folded(behind, ahead)
            for axis in range(d):
                point[axis] = up * jumps[i, j, axis]
            spread_point(point, 2.0 * rate / (s * (s + t)), offsets[i, j, 0], rates[i, j, 0])
            for axis in range(d):
                point[axis] = -down * jumps[i, j, axis]
            spread_point(point, 2.0 * rate / (t * (s + t)), offsets[i, j, 1], rates[i, j, 1])
