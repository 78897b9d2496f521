"""Sweeps through the layers of a random network on a grid: averages backward, masses forward, slopes between.

A layer sends a node x_i to positions y_qi with probabilities w_q. With I u the local Lagrange interpolation of a field
u through the nodes around a point, as many along each axis as its `order`, half of them on either side where the grid
has so many,

    average:  out[k, i]       = sum_q w_q (I u_k)(y_qi)
    spread:   out[k, j]      += sum_qi w_q c_j(y_qi) masses[k, i],   c_j(y) the weight of node j in (I u)(y)
    pull:     out[q, i, axis] = w_q sum_k masses[k, i] d(I u_k)/dy_axis (y_qi)

so that `spread` is the transpose of `average`, and `pull` the derivative of ``sum_ki masses[k, i] average[k, i]`` by
the positions. Fields are continued as constants beyond the ends of an axis: positions are moved to the end, and slopes
along that axis are zero there. Shapes: fields ``(n_fields, *shape)``, positions ``(n_outcomes, n, d)``, finite, weights
``(n_outcomes,)``, `lower` and `spacing` ``(d,)``, work ``(4, order)``, and every axis has `order` nodes or more.
"""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import fast_kernel, kernel

VALUES = 0
"""Row of `work` with weights of the first axis; the next holds their slopes, and then come those of the second."""


@kernel
def lagrange_weights(s: float, order: int, work: FloatArray, row: int) -> None:
    """Write weights of the nodes 0, ..., order - 1 at s to `work[row]`, their derivatives by s to `work[row + 1]`.

    ``c_a(s) = prod_{b != a} (s - b) / (a - b)``, by products from either side.
    """
    value, slope = 1.0, 0.0
    scale = 1.0
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


@kernel
def locate(y: float, lower: float, spacing: float, n: int, order: int, work: FloatArray, row: int) -> int:
    """Write the weights of an axis at y to `work[row]`, their derivatives by y to the next, and return the first node.

    The axis has `n` nodes from `lower` on.
    """
    wanted = (y - lower) / spacing
    s = min(max(wanted, 0.0), n - 1.0)
    first = min(max(int(s) - order // 2 + 1, 0), n - order)
    lagrange_weights(s - first, order, work, row)
    scale = 1.0 / spacing if s == wanted else 0.0
    for a in range(order):
        work[row + 1, a] *= scale
    return first


@fast_kernel
def average_1d(
    values: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Write averages of fields over positions, shape (n_fields, n), in one dimension; see the module."""
    n = values.shape[1]
    out[:] = 0.0
    for i in range(positions.shape[1]):
        for q in range(len(weights)):
            first = locate(positions[q, i, 0], lower[0], spacing[0], n, order, work, VALUES)
            for k in range(len(values)):
                total = 0.0
                for a in range(order):
                    total += work[VALUES, a] * values[k, first + a]
                out[k, i] += weights[q] * total


@fast_kernel
def average_2d(
    values: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Write averages of fields over positions, shape (n_fields, n), in two dimensions; see the module."""
    _, n, m = values.shape
    out[:] = 0.0
    for i in range(positions.shape[1]):
        for q in range(len(weights)):
            first = locate(positions[q, i, 0], lower[0], spacing[0], n, order, work, VALUES)
            second = locate(positions[q, i, 1], lower[1], spacing[1], m, order, work, VALUES + 2)
            for k in range(len(values)):
                total = 0.0
                for a in range(order):
                    along = 0.0
                    for b in range(order):
                        along += work[VALUES + 2, b] * values[k, first + a, second + b]
                    total += work[VALUES, a] * along
                out[k, i] += weights[q] * total


@fast_kernel
def spread_1d(
    masses: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Add masses at positions to the nodes around them, ``out`` of shape (n_fields, n_nodes); see the module."""
    n = out.shape[1]
    for i in range(positions.shape[1]):
        for q in range(len(weights)):
            first = locate(positions[q, i, 0], lower[0], spacing[0], n, order, work, VALUES)
            for k in range(len(masses)):
                mass = weights[q] * masses[k, i]
                for a in range(order):
                    out[k, first + a] += mass * work[VALUES, a]


@fast_kernel
def spread_2d(
    masses: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Add masses at positions to the nodes around them, ``out`` of shape (n_fields, n, m); see the module."""
    _, n, m = out.shape
    for i in range(positions.shape[1]):
        for q in range(len(weights)):
            first = locate(positions[q, i, 0], lower[0], spacing[0], n, order, work, VALUES)
            second = locate(positions[q, i, 1], lower[1], spacing[1], m, order, work, VALUES + 2)
            for k in range(len(masses)):
                mass = weights[q] * masses[k, i]
                for a in range(order):
                    share = mass * work[VALUES, a]
                    for b in range(order):
                        out[k, first + a, second + b] += share * work[VALUES + 2, b]


@fast_kernel
def pull_1d(
    values: FloatArray,
    masses: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Write how the average over all masses changes with each position, shape (n_outcomes, n, 1); see the module."""
    n = values.shape[1]
    for q in range(len(weights)):
        for i in range(positions.shape[1]):
            first = locate(positions[q, i, 0], lower[0], spacing[0], n, order, work, VALUES)
            total = 0.0
            for k in range(len(values)):
                slope = 0.0
                for a in range(order):
                    slope += work[VALUES + 1, a] * values[k, first + a]
                total += masses[k, i] * slope
            out[q, i, 0] = weights[q] * total


@fast_kernel
def pull_2d(
    values: FloatArray,
    masses: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Write how the average over all masses changes with each position, shape (n_outcomes, n, 2); see the module."""
    _, n, m = values.shape
    for q in range(len(weights)):
        for i in range(positions.shape[1]):
            first = locate(positions[q, i, 0], lower[0], spacing[0], n, order, work, VALUES)
            second = locate(positions[q, i, 1], lower[1], spacing[1], m, order, work, VALUES + 2)
            down, across = 0.0, 0.0
            for k in range(len(values)):
                for a in range(order):
                    along, slope = 0.0, 0.0
                    for b in range(order):
                        value = masses[k, i] * values[k, first + a, second + b]
                        along += work[VALUES + 2, b] * value
                        slope += work[VALUES + 3, b] * value
                    down += work[VALUES + 1, a] * along
                    across += work[VALUES, a] * slope
            out[q, i, 0] = weights[q] * down
            out[q, i, 1] = weights[q] * across
