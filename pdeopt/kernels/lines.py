"""Transforms of many lines at once: rows of a contiguous array, each extended by an index map and transformed.

The index map carries the boundary: entry `k` of an extended line is entry `index[k]` of the row, or a wall where
`index[k] < 0`.
"""

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.averages import n_products
from pdeopt.kernels.blocks import PADDING, copy, gather_block, line_or_row, scatter_block
from pdeopt.kernels.cells import lowest_cells_line, transform_cells_line
from pdeopt.kernels.cole_hopf import padded_size, transform_line
from pdeopt.kernels.envelopes import hopf_lax_line, hopf_lax_nodes_line
from pdeopt.kernels.stencils import aliasing_indicators, bend_cells
from pdeopt.kernels.weighted import transform_weighted_line

TRAPEZOID, WEIGHTED, CELLS = 0, 1, 2
GROUP = 16
"""Lines in cache at once: two cache lines of every row across them."""


@kernel
def extend_line(row: FloatArray, index: IntArray, outside: float, out: FloatArray) -> None:
    """Write the extended row; places without a source get `outside`."""
    for k in range(index.size):
        out[k] = row[index[k]] if index[k] >= 0 else outside


@kernel
def _place_fields(
    carried: FloatArray,
    row: int,
    index: IntArray,
    nodes: FloatArray,
    n_means: int,
    with_position: bool,
    out: FloatArray,
) -> None:
    """Write the extended carried fields of one row, with the position inserted as the last of the means."""
    # The position is a mean like the others, but known: it and its (zero) covariances are not carried.
    place = 0
    known = n_means - 1 if with_position else n_means
    products = n_products(known)
    for k in range(carried.shape[0]):
        if with_position and k == known:
            copy(nodes, out[place])
            place += 1
        if with_position and k == known + products:
            out[place : place + n_means, : nodes.size] = 0.0
            place += n_means
        extend_line(carried[k, row], index, 0.0, out[place])
        place += 1
    if with_position and carried.shape[0] <= known:
        copy(nodes, out[place])
        place += 1
    if with_position and carried.shape[0] <= known + products:
        out[place : place + n_means, : nodes.size] = 0.0


@kernel
def softmin_lines(
    rule: int,
    energy: FloatArray,
    index: IntArray,
    nodes: FloatArray,
    offset: FloatArray,
    smooth: BoolArray,
    outputs: FloatArray,
    spacing_out: float,
    variance: float,
    matrix: FloatArray,
    bend_mode: int,
    curvature: tuple[float, float],
    total_variance: float,
    carried: FloatArray,
    n_means: int,
    with_position: bool,
    out: FloatArray,
    averages: FloatArray,
) -> None:
    """Transform every row of `energy`, shape (rows, n), to `out`, shape (rows, m), with averages of carried fields.

    Parameters
    ----------
    rule : int
        `TRAPEZOID`, `WEIGHTED` or `CELLS`: which line kernel.
    index, nodes, offset : arrays, shape (p,)
        The extension of a row: sources, positions, and what is added to its energies (minus the logarithm of
        quadrature weights).
    smooth : bool array, shape (p,)
        False at nodes where the function has a kink; used by `CELLS`.
    matrix : array, shape (TILE, TILE), used by `TRAPEZOID`
    bend_mode, curvature : how cells bend, see `bend_cells`; used by `CELLS`
    total_variance : float
        If positive, six rows of `aliasing_indicators` are averaged after the carried fields; for equal weights.
    carried : array, shape (k, rows, n)
        Fields to average: means, covariances, others; see `transform_line`.
    n_means : int
        Number of means among the averages, the position included if `with_position`.
    averages : array, shape (k', rows, m)
    """
    n = nodes.size
    # Padded with walls, so that the trapezoid kernel works on whole tiles.
    extended = np.full(padded_size(n), np.inf)
    fields = np.empty((averages.shape[0], n))
    bend, lift = np.empty(n - 1), np.empty(n)
    for row in range(energy.shape[0]):
        extend_line(energy[row], index, np.inf, extended)
        for k in range(n):
            extended[k] += offset[k]
        _place_fields(carried, row, index, nodes, n_means, with_position, fields)
        means = averages[:, row]
        if total_variance > 0.0:
            aliasing_indicators(extended[:n], nodes, total_variance, fields[fields.shape[0] - 6 :])
        if rule == TRAPEZOID:
            transform_line(extended, nodes, outputs, spacing_out, variance, matrix, fields, n_means, out[row], means)
        elif rule == WEIGHTED:
            transform_weighted_line(extended[:n], nodes, outputs, variance, fields, n_means, out[row], means)
        else:
            bend_cells(extended[:n], nodes, smooth, bend_mode, curvature[0], curvature[1], 1.0 / variance, bend, lift)
            # Where a bound may not bend it lifts the nodes instead.
            for k in range(n):
                extended[k] += lift[k]
            transform_cells_line(extended[:n], nodes, outputs, variance, bend, fields, n_means, out[row], means)


@kernel
def node_rate(nodes: FloatArray) -> float:
    """Return how many nodes there are per length if they are equally spaced, else 0."""
    n = nodes.size
    spacing = (nodes[n - 1] - nodes[0]) / max(n - 1, 1)
    for k in range(n):
        if not abs(nodes[k] - nodes[0] - k * spacing) <= 1e-9 * spacing:
            return 0.0
    return 1.0 / spacing if spacing > 0.0 else 0.0


@kernel
def gather_line(
    row: FloatArray, index: IntArray, nodes: FloatArray, rate: float, places: FloatArray, out: FloatArray
) -> None:
    """Write the entry of the extended row at the node nearest to every one of increasing places.

    The upper one of two nodes as near; `rate` is that of `node_rate`.
    """
    n, k = nodes.size, 0
    if rate > 0.0:
        for i in range(places.size):
            out[i] = row[index[min(max(int((places[i] - nodes[0]) * rate + 0.5), 0), n - 1)]]
        return
    for i in range(places.size):
        y = places[i]
        while k + 1 < n and nodes[k + 1] - y <= y - nodes[k]:
            k += 1
        out[i] = row[index[k]]


@kernel
def _gather_lines(
    carried: FloatArray,
    first: int,
    count: int,
    index: IntArray,
    nodes: FloatArray,
    rate: float,
    places: FloatArray,
    rows: FloatArray,
    values: FloatArray,
    out: FloatArray,
) -> None:
    """Write the entries of lines of `carried` at the nodes nearest to `places`."""
    copied = carried.shape[2] > 1
    if copied:
        gather_block(carried, first, count, rows)
    for r in range(count):
        source, target = line_or_row(carried, first + r, rows[r]), line_or_row(out, first + r, values[r])
        gather_line(source, index, nodes, rate, places[r, : out.shape[1]], target)
    if copied:
        scatter_block(values, first, count, out)


@kernel
def hopf_lax_lines(
    field: FloatArray,
    carried: FloatArray,
    lines: tuple[int, int],
    index: IntArray,
    nodes: FloatArray,
    outputs: FloatArray,
    time: float,
    nodes_only: bool,
    out: FloatArray,
    found: FloatArray,
) -> None:
    """Write the Hopf-Lax envelope of extended lines and, on request, what belongs to its smallest minimiser.

    Parameters
    ----------
    field : array, shape (outer, n, inner)
    carried : array, shape (k, outer, n, inner)
    lines : (first, end)
        Which of the `outer * inner` lines along the middle axis, see `pdeopt.kernels.blocks`.
    index, nodes : arrays, shape (p,)
        The extension of a line, without walls: sources and positions.
    outputs : array, shape (m,), increasing
    out : array, shape (outer, m, inner)
    found : array, shape (k + 1, outer, m, inner) or (0, outer, m, inner)
        The carried fields at the nearest node to the minimiser, and last its position.
    """
    n, m = nodes.size, outputs.size
    extended, starts, stack = np.empty(n), np.empty(n), np.empty(n, np.int64)
    pieces, kept = np.empty((n, 4)), np.empty((2, n + 1))
    per_block = min(GROUP, lines[1] - lines[0])
    rows = np.empty((per_block, field.shape[1] + PADDING))
    values, places = np.empty((per_block, m + PADDING)), np.empty((per_block, m + PADDING))
    # Contiguous lines are neither copied to rows nor back.
    copied = field.shape[2] > 1
    rate = node_rate(nodes)
    for first in range(lines[0], lines[1], per_block):
        count = min(per_block, lines[1] - first)
        if copied:
            gather_block(field, first, count, rows)
        for r in range(count):
            extend_line(line_or_row(field, first + r, rows[r]), index, np.inf, extended)
            result = line_or_row(out, first + r, values[r])
            if nodes_only:
                hopf_lax_nodes_line(extended, nodes, outputs, time, kept, starts, result, places[r])
            else:
                hopf_lax_line(extended, nodes, outputs, time, pieces, stack, starts, result, places[r])
        if copied:
            scatter_block(values, first, count, out)
        for k in range(found.shape[0] - 1):
            _gather_lines(carried[k], first, count, index, nodes, rate, places, rows, values, found[k])
        if found.shape[0] > 0:
            scatter_block(places, first, count, found[found.shape[0] - 1])


@kernel
def lowest_cells_lines(
    values: FloatArray,
    index: IntArray,
    nodes: FloatArray,
    smooth: BoolArray,
    outputs: FloatArray,
    time: float,
    bend_mode: int,
    curvature: tuple[float, float],
    out: FloatArray,
) -> None:
    """Write the Hopf-Lax formula over every extended row of `values`, its cells bent as `bend_cells` says."""
    n = nodes.size
    extended, bend, lift = np.empty(n), np.empty(n - 1), np.empty(n)
    for row in range(values.shape[0]):
        extend_line(values[row], index, np.inf, extended)
        bend_cells(extended, nodes, smooth, bend_mode, curvature[0], curvature[1], 1.0 / time, bend, lift)
        for k in range(n):
            extended[k] += lift[k]
        lowest_cells_line(extended, nodes, outputs, time, bend, out[row])
