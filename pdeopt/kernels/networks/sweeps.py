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
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels.networks.lagrange import locate, locate_slopes

VALUES = 0
"""Row of `work` with weights of the first axis; the next holds their slopes, and then come those of the second."""


USUAL = 6
"""The order for which loops over the nodes of a stencil are compiled apart, with their length known."""


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
    if order == USUAL:
        _average_1d(values, positions, weights, lower, spacing, USUAL, work, out)
    else:
        _average_1d(values, positions, weights, lower, spacing, order, work, out)


@inlined_kernel
def _average_1d(
    values: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
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
    if order == USUAL:
        _average_2d(values, positions, weights, lower, spacing, USUAL, work, out)
    else:
        _average_2d(values, positions, weights, lower, spacing, order, work, out)


@inlined_kernel
def _average_2d(
    values: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
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
    if order == USUAL:
        _spread_1d(masses, positions, weights, lower, spacing, USUAL, work, out)
    else:
        _spread_1d(masses, positions, weights, lower, spacing, order, work, out)


@inlined_kernel
def _spread_1d(
    masses: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
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
    if order == USUAL:
        _spread_2d(masses, positions, weights, lower, spacing, USUAL, work, out)
    else:
        _spread_2d(masses, positions, weights, lower, spacing, order, work, out)


@inlined_kernel
def _spread_2d(
    masses: FloatArray,
    positions: FloatArray,
    weights: FloatArray,
    lower: FloatArray,
    spacing: FloatArray,
    order: int,
    work: FloatArray,
    out: FloatArray,
) -> None:
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
    if order == USUAL:
        _pull_1d(values, masses, positions, weights, lower, spacing, USUAL, work, out)
    else:
        _pull_1d(values, masses, positions, weights, lower, spacing, order, work, out)


@inlined_kernel
def _pull_1d(
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
    n = values.shape[1]
    for q in range(len(weights)):
        for i in range(positions.shape[1]):
            first = locate_slopes(positions[q, i, 0], lower[0], spacing[0], n, order, work, VALUES)
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
    if order == USUAL:
        _pull_2d(values, masses, positions, weights, lower, spacing, USUAL, work, out)
    else:
        _pull_2d(values, masses, positions, weights, lower, spacing, order, work, out)


@inlined_kernel
def _pull_2d(
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
    _, n, m = values.shape
    for q in range(len(weights)):
        for i in range(positions.shape[1]):
            first = locate_slopes(positions[q, i, 0], lower[0], spacing[0], n, order, work, VALUES)
            second = locate_slopes(positions[q, i, 1], lower[1], spacing[1], m, order, work, VALUES + 2)
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
