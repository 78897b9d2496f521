"""Log-domain Gaussian transforms of one line, exact on every cell: for kernels that the nodes do not resolve.

On the cell `[y_j, y_{j+1}]` the energy is the chord through its ends minus a bend,

    e(y) = chord(y) - bend_j (y - y_j)(y_{j+1} - y) / 2,

so that `e(y) + (x - y)**2 / (2 s)` is a quadratic whose Gaussian integral is a difference of normal distribution
functions. With no bend the function is piecewise linear; with bends that bound its second derivative the transform is
a bound, and with estimates of it a third-order model. As `beta` grows it tends to the exact Hopf-Lax envelope of the
same function.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.averages import finish_averages
from pdeopt.kernels.cole_hopf import SLACK
from pdeopt.kernels.gaussian import cell_mass, cell_moments, exponential
from pdeopt.kernels.tiles import TILE, gap, search_tiles

MARGIN = 24.0
"""Allowance, in energy, for the width of the region that a lower bound at one node stands for."""


@kernel
def summarise_cells(
    energy: FloatArray,
    nodes: FloatArray,
    bend: FloatArray,
    lowest: FloatArray,
    where: IntArray,
    left: FloatArray,
    right: FloatArray,
) -> None:
    """Write a lower bound of the energy, the node of the smallest one and the extent of every tile of cells."""
    n_cells = nodes.size - 1
    for tile in range(lowest.size):
        first = tile * TILE
        end = min(first + TILE, n_cells)
        # A bend pulls a cell below its chord by at most `bend width**2 / 8`: a lower bound must allow for it.
        best, sag = first, 0.0
        for j in range(first, end):
            if energy[j + 1] < energy[best]:
                best = j + 1
            width = nodes[j + 1] - nodes[j]
            sag = max(sag, 0.125 * bend[j] * width * width)
        lowest[tile] = energy[best] - sag
        where[tile] = best
        left[tile] = nodes[first]
        right[tile] = nodes[end]


@kernel
def cell_range(
    energy: FloatArray, nodes: FloatArray, bend: FloatArray, j: int, x: float, precision: float
) -> tuple[float, float, float, float]:
    """Return `(bottom, left, width, scale)` of the quadratic exponent on cell `j`.

    The exponent is `bottom + (z**2 - nearest**2) / 2` in the standard variable `z` on `[left, left + width]`, where
    `nearest` is its point nearest to 0, so that `bottom` is the smallest exponent; `scale = dy/dz`.
    """
    # Both ends in the variable in which the exponent is z**2 / 2 and a constant.
    length = nodes[j + 1] - nodes[j]
    scale = 1.0 / np.sqrt(precision + bend[j])
    chord = (energy[j + 1] - energy[j]) / length
    left = (chord - 0.5 * bend[j] * length + (nodes[j] - x) * precision) * scale
    right = (chord + 0.5 * bend[j] * length + (nodes[j + 1] - x) * precision) * scale
    k, end = (j, left) if abs(left) < abs(right) else (j + 1, right)  # the nearer end loses no digits
    y = nodes[k] - end * scale if left < 0.0 < right else nodes[k]
    sag = 0.5 * bend[j] * (y - nodes[j]) * (nodes[j + 1] - y)
    bottom = energy[k] + chord * (y - nodes[k]) - sag + 0.5 * (y - x) ** 2 * precision
    width = length / scale
    return bottom, left if k == j else right - width, width, scale


@kernel
def _lowest_cell(
    energy: FloatArray, nodes: FloatArray, bend: FloatArray, x: float, precision: float, begin: int, stop: int
) -> float:
    lowest = np.inf
    for j in range(begin, stop):
        if energy[j] < np.inf and energy[j + 1] < np.inf:
            lowest = min(lowest, cell_range(energy, nodes, bend, j, x, precision)[0])
    return lowest


@kernel
def _add_cell_fields(
    left: float,
    width: float,
    scale: float,
    factor: float,
    origin: float,
    j: int,
    fields: FloatArray,
    n_means: int,
    reference: FloatArray,
    total: FloatArray,
) -> None:
    """Add mass, means and covariances of one cell; the first mean is the position, the others are node fields."""
    # `cell_moments` counts from the point of the cell nearest to the mode; this is its distance from the left node.
    from_left = width if left + width <= 0.0 else max(-left, 0.0)
    mass, first, second = cell_moments(left, width)
    mass, first, second = factor * mass * scale, factor * first * scale, factor * second * scale
    position = origin + from_left * scale - reference[n_means - 1] if n_means > 0 else 0.0
    total[0, 0] += mass
    row = n_means
    for a in range(n_means):
        here = position if a == n_means - 1 else 0.5 * (fields[a, j] + fields[a, j + 1]) - reference[a]
        total[1 + a, 0] += mass * here
        for b in range(a + 1):
            other = position if b == n_means - 1 else 0.5 * (fields[b, j] + fields[b, j + 1]) - reference[b]
            inner = 0.5 * (fields[row, j] + fields[row, j + 1])
            total[1 + row, 0] += mass * (inner + here * other)
            if a == n_means - 1 and b == a:
                total[1 + row, 0] += scale * (2.0 * position * first + scale * second)
            elif a == n_means - 1:
                total[1 + row, 0] += scale * first * other
            row += 1
        if a == n_means - 1:
            total[1 + a, 0] += scale * first
    # Other fields are linear on the cell, and so averaged exactly by mass and first moment.
    along = mass * from_left + first
    for k in range(row, fields.shape[0]):
        rise = (fields[k, j + 1] - fields[k, j]) / width
        total[1 + k, 0] += mass * fields[k, j] + rise * along


@kernel
def transform_cells_line(
    energy: FloatArray,
    nodes: FloatArray,
    outputs: FloatArray,
    variance: float,
    bend: FloatArray,
    fields: FloatArray,
    n_means: int,
    out: FloatArray,
    averages: FloatArray,
) -> None:
    """Write `-log( (2 pi s)**-0.5 integral exp(-e(y) - (x - y)**2 / (2 s)) dy )` for energies given cell by cell.

    Second order in the spacing uniformly in `s` with no bend (and exact for piecewise-linear energies).

    Parameters
    ----------
    energy, nodes : arrays, shape (n,)
        Node values (`+inf` makes a wall of both cells beside the node) and increasing positions, at any spacing.
    outputs : array, shape (m,)
    variance : float
        `s = time / beta`.
    bend : array, shape (n - 1,)
        Second derivative of the energy on each cell; `bend + 1 / s` must be positive.
    fields : array, shape (k, n)
        As in `transform_line`, but the last of the means is the position itself.
    out : array, shape (m,)
    averages : array, shape (k, m)
    """
    n_cells = nodes.size - 1
    n_tiles = (n_cells + TILE - 1) // TILE
    lowest, left, right = np.empty(n_tiles), np.empty(n_tiles), np.empty(n_tiles)
    where = np.empty(n_tiles, np.int64)
    summarise_cells(energy, nodes, bend, lowest, where, left, right)
    precision, floor = 1.0 / variance, lowest.min()
    slack = SLACK + MARGIN + np.log(n_cells)
    log_norm = -0.5 * np.log(variance)
    mean_reference = np.zeros(max(n_means, 1))
    total = np.empty((1 + fields.shape[0], 1))
    for i in range(outputs.size):
        x = outputs[i]
        begin, stop, cutoff, best = search_tiles(
            x, x, 0.5 * precision, slack, floor, energy, nodes, lowest, where, left, right
        )
        if best < 0:
            out[i] = np.inf
            averages[:, i] = np.nan
            continue
        for a in range(n_means):
            mean_reference[a] = fields[a, best]
        # The smallest exponent first, so that the largest factor is one.
        reference = np.inf
        for tile in range(begin, stop):
            if lowest[tile] + gap(x, x, left[tile], right[tile]) ** 2 * 0.5 * precision <= cutoff:
                end = min((tile + 1) * TILE, n_cells)
                reference = min(reference, _lowest_cell(energy, nodes, bend, x, precision, tile * TILE, end))
        total[:] = 0.0
        for tile in range(begin, stop):
            if lowest[tile] + gap(x, x, left[tile], right[tile]) ** 2 * 0.5 * precision > cutoff:
                continue
            for j in range(tile * TILE, min((tile + 1) * TILE, n_cells)):
                if not (energy[j] < np.inf and energy[j + 1] < np.inf):
                    continue
                bottom, low, width, scale = cell_range(energy, nodes, bend, j, x, precision)
                # A tile that counts has cells that do not.
                if bottom > reference + slack:
                    continue
                factor = exponential(reference - bottom)
                if fields.shape[0] == 0:
                    total[0, 0] += factor * cell_mass(low, width) * scale
                else:
                    _add_cell_fields(low, width, scale, factor, nodes[j], j, fields, n_means, mean_reference, total)
        out[i] = reference - np.log(total[0, 0]) - log_norm
        finish_averages(total, 0, n_means, mean_reference, averages, i)


@kernel
def lowest_cells_line(
    energy: FloatArray, nodes: FloatArray, outputs: FloatArray, time: float, bend: FloatArray, out: FloatArray
) -> None:
    """Write `min_y e(y) + (x - y)**2 / (2 t)` for energies given cell by cell: the limit of `transform_cells_line`.

    By search, tile by tile, for bends that the linear-time envelope does not know; arguments as there.
    """
    n_cells = nodes.size - 1
    n_tiles = (n_cells + TILE - 1) // TILE
    lowest, left, right = np.empty(n_tiles), np.empty(n_tiles), np.empty(n_tiles)
    where = np.empty(n_tiles, np.int64)
    summarise_cells(energy, nodes, bend, lowest, where, left, right)
    precision, floor = 1.0 / time, lowest.min()
    for i in range(outputs.size):
        x = outputs[i]
        begin, stop, cutoff, _ = search_tiles(
            x, x, 0.5 * precision, 0.0, floor, energy, nodes, lowest, where, left, right
        )
        out[i] = np.inf
        for tile in range(begin, stop):
            if lowest[tile] + gap(x, x, left[tile], right[tile]) ** 2 * 0.5 * precision <= cutoff:
                end = min((tile + 1) * TILE, n_cells)
                out[i] = min(out[i], _lowest_cell(energy, nodes, bend, x, precision, tile * TILE, end))
