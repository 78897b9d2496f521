"""Local interpolation on an axis: the nodes around a place, Lagrange's weights of them, and the slopes of these."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import inlined_kernel


@inlined_kernel
def lagrange_weights(s: float, order: int, work: FloatArray, row: int) -> None:
    """Write the weights of the nodes 0, ..., order - 1 at s to `work[row]`.

    ``c_a(s) = prod_{b != a} (s - b) / (a - b)``, by products from either side.
    """
    value, scale = 1.0, 1.0
    for a in range(order):
        work[row, a] = value
        value *= s - a
        scale *= max(a, 1)
    value, scale = 1.0, 1.0 / scale
    for a in range(order - 1, -1, -1):
        work[row, a] *= scale * value
        value *= s - a
        scale *= -a / (order - a)


@inlined_kernel
def lagrange_slopes(s: float, order: int, work: FloatArray, row: int) -> None:
    """Write the weights of the nodes 0, ..., order - 1 at s to `work[row]`, their derivatives to `work[row + 1]`."""
    value, slope, scale = 1.0, 0.0, 1.0
    for a in range(order):
        work[row, a], work[row + 1, a] = value, slope
        slope = slope * (s - a) + value
        value = value * (s - a)
        scale *= max(a, 1)
    value, slope, scale = 1.0, 0.0, 1.0 / scale
    for a in range(order - 1, -1, -1):
        before = work[row, a]
        work[row, a] = scale * before * value
        work[row + 1, a] = scale * (work[row + 1, a] * value + before * slope)
        slope = slope * (s - a) + value
        value = value * (s - a)
        scale *= -a / (order - a)


@inlined_kernel
def first_node(s: float, n: int, order: int) -> int:
    """Return the first of `order` nodes around s, of nodes 0, ..., n - 1."""
    return min(max(int(s) - order // 2 + 1, 0), n - order)


@inlined_kernel
def locate(y: float, lower: float, spacing: float, n: int, order: int, work: FloatArray, row: int) -> int:
    """Write the weights of an axis of `n` nodes from `lower` on at y to `work[row]`, and return the first node."""
    s = min(max((y - lower) / spacing, 0.0), n - 1.0)
    first = first_node(s, n, order)
    lagrange_weights(s - first, order, work, row)
    return int(first)


@inlined_kernel
def locate_slopes(y: float, lower: float, spacing: float, n: int, order: int, work: FloatArray, row: int) -> int:
    """Write weights and their derivatives by y to `work[row]` and the next row, and return the first node."""
    wanted = (y - lower) / spacing
    s = min(max(wanted, 0.0), n - 1.0)
    first = first_node(s, n, order)
    lagrange_slopes(s - first, order, work, row)
    scale = 1.0 / spacing if s == wanted else 0.0
    for a in range(order):
        work[row + 1, a] *= scale
    return int(first)
