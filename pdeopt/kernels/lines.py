"""Transforms of many lines at once: rows of a contiguous array, each extended by an index map and transformed.

The index map carries the boundary: entry `k` of an extended line is entry `index[k]` of the row, or a wall where
`index[k] < 0`.
"""

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.averages import n_products
from pdeopt.kernels.cells import lowest_cells_line, transform_cells_line
from pdeopt.kernels.cole_hopf import padded_size, transform_line
from pdeopt.kernels.envelopes import hopf_lax_line, hopf_lax_nodes_line
from pdeopt.kernels.stencils import aliasing_indicators, bend_cells
from pdeopt.kernels.weighted import transform_weighted_line

TRAPEZOID, WEIGHTED, CELLS = 0, 1, 2


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
            out[place, : nodes.size] = nodes
            place += 1
        if with_position and k == known + products:
            out[place : place + n_means, : nodes.size] = 0.0
            place += n_means
        extend_line(carried[k, row], index, 0.0, out[place])
        place += 1
    if with_position and carried.shape[0] <= known:
        out[place, : nodes.size] = nodes
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
        If positive, six rows of `aliasing_indicators` are averaged after the carried fields; used by `TRAPEZOID`.
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
        if rule == TRAPEZOID:
            if total_variance > 0.0:
                aliasing_indicators(extended[:n], nodes, total_variance, fields[fields.shape[0] - 6 :])
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
def hopf_lax_lines(
    values: FloatArray,
    index: IntArray,
    nodes: FloatArray,
    outputs: FloatArray,
    time: float,
    nodes_only: bool,
    out: FloatArray,
    argmin: FloatArray,
) -> None:
    """Write the Hopf-Lax envelope of every extended row of `values`, shape (rows, n), and its smallest minimiser."""
    n = nodes.size
    extended, starts, pieces = np.empty(n), np.empty(n), np.empty((n, 4))
    stack = np.empty(n, np.int64)
    for row in range(values.shape[0]):
        extend_line(values[row], index, np.inf, extended)
        if nodes_only:
            hopf_lax_nodes_line(extended, nodes, outputs, time, stack, starts, out[row], argmin[row])
        else:
            hopf_lax_line(extended, nodes, outputs, time, pieces, stack, starts, out[row], argmin[row])


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


@kernel
def gather_lines(source: FloatArray, nodes: FloatArray, period: float, places: FloatArray) -> None:
    """Replace every place by the entry of its row of `source`, shape (rows, n), at the nearest of the increasing nodes.

    `period` is positive for a periodic axis, whose places are wrapped.
    """
    n = nodes.size
    rate = (n - 1) / (nodes[n - 1] - nodes[0])
    for row in range(places.shape[0]):
        for i in range(places.shape[1]):
            place = places[row, i]
            if period > 0.0:
                place -= period * np.floor((place - nodes[0]) / period)
            j = min(max(int((place - nodes[0]) * rate), 0), n - 2)
            while j > 0 and nodes[j] > place:
                j -= 1
            while j < n - 2 and nodes[j + 1] <= place:
                j += 1
            places[row, i] = source[row, j] if place - nodes[j] < nodes[j + 1] - place else source[row, j + 1]
