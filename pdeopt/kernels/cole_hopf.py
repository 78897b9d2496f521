"""Log-domain Gaussian transforms of one line: the Cole-Hopf formula by a positive, block-shifted convolution.

With energies `e = beta f` the transform is `-log sum_j w_j exp(-e_j - (x - y_j)**2 / (2 s))`, `s = time / beta`. Within a pair of
tiles, of outputs around `X` and inputs around `Y`, the Gaussian factors into a tilt and a small fixed matrix,

    exp(-(x - y)**2 / 2s) = exp(-(D**2 / 2 + D xi) / s) exp(D eta / s) exp(-(xi - eta)**2 / 2s),   D = X - Y, x = X + xi, y = Y + eta,

so that every pair costs `TILE` exponentials for its inputs, `TILE` for its outputs and one product by that matrix. Shifts and tilts
are taken out before any exponential: nothing under- or overflows for any energy or distance, as long as
`(TILE (spacing of inputs + spacing of outputs))**2 / (8 s) < 600`.
"""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import fast_kernel, kernel
from pdeopt.kernels.gaussian import exponential
from pdeopt.kernels.tiles import TILE, gap, search_tiles, summarise_tiles

SLACK = 48.0
"""Contributions below `exp(-SLACK)` of the total are skipped."""


@kernel
def tile_offsets(spacing: float) -> FloatArray:
    """Return the positions of the nodes of a tile about its centre."""
    return (np.arange(TILE) - 0.5 * (TILE - 1)) * spacing


@kernel
def tile_matrix(spacing_in: float, spacing_out: float, variance: float) -> FloatArray:
    """Return `exp(-(xi_i - eta_j)**2 / (2 variance))`, shape `(TILE, TILE)`, inputs first."""
    eta = tile_offsets(spacing_in)
    xi = tile_offsets(spacing_out)
    matrix = np.empty((TILE, TILE))
    for j in range(TILE):
        for i in range(TILE):
            matrix[j, i] = np.exp(-0.5 * (xi[i] - eta[j]) ** 2 / variance)
    return matrix


@fast_kernel
def apply_tile_matrix(x: FloatArray, matrix: FloatArray, out: FloatArray) -> None:
    """Write `x @ matrix` to `out`, all of size `TILE`; eight rows at a time, so that `out` stays in registers."""
    for i in range(TILE):
        out[i] = 0.0
    for j in range(0, TILE, 8):
        a, b, c, d = x[j], x[j + 1], x[j + 2], x[j + 3]
        e, f, g, h = x[j + 4], x[j + 5], x[j + 6], x[j + 7]
        for i in range(TILE):
            out[i] += (
                a * matrix[j, i]
                + b * matrix[j + 1, i]
                + c * matrix[j + 2, i]
                + d * matrix[j + 3, i]
                + e * matrix[j + 4, i]
                + f * matrix[j + 5, i]
                + g * matrix[j + 6, i]
                + h * matrix[j + 7, i]
            )


@fast_kernel
def _lowest_tilted(energy: FloatArray, first: int, tilt: float, eta: FloatArray) -> float:
    lowest = np.inf
    for j in range(TILE):
        lowest = min(lowest, energy[first + j] - tilt * eta[j])
    return lowest


@fast_kernel
def _weigh(
    energy: FloatArray, first: int, tilt: float, lowest: float, eta: FloatArray, out: FloatArray
) -> None:
    for j in range(TILE):
        out[j] = exponential(lowest - (energy[first + j] - tilt * eta[j]))


@fast_kernel
def _add_scaled(
    sums: FloatArray, reference: FloatArray, base: float, tilt: float, xi: FloatArray, total: FloatArray
) -> None:
    for i in range(TILE):
        total[i] += sums[i] * exponential(reference[i] - (base + tilt * xi[i]))


@kernel
def n_products(n_means: int) -> int:
    """Return the number of distinct products of `n_means` quantities."""
    return n_means * (n_means + 1) // 2


@fast_kernel
def _weigh_fields(
    weights: FloatArray,
    fields: FloatArray,
    n_means: int,
    first: int,
    reference: FloatArray,
    out: FloatArray,
) -> None:
    """Write `weights * field` for every field: means and covariances about `reference`, the rest as they are."""
    count = min(TILE, fields.shape[1] - first)
    out[1:, count:] = 0.0
    row = n_means
    for a in range(n_means):
        for j in range(count):
            out[1 + a, j] = weights[j] * (fields[a, first + j] - reference[a])
        for b in range(a + 1):
            for j in range(count):
                product = (fields[a, first + j] - reference[a]) * (fields[b, first + j] - reference[b])
                out[1 + row, j] = weights[j] * (fields[row, first + j] + product)
            row += 1
    for k in range(row, fields.shape[0]):
        for j in range(count):
            out[1 + k, j] = weights[j] * fields[k, first + j]


@kernel
def finish_averages(
    total: FloatArray, i: int, n_means: int, reference: FloatArray, averages: FloatArray, k: int
) -> None:
    """Turn the sums `total[:, i]` into means, central covariances and averages, written to `averages[:, k]`."""
    row = n_means
    for a in range(n_means):
        for b in range(a + 1):
            product = (total[1 + a, i] / total[0, i]) * (total[1 + b, i] / total[0, i])
            averages[row, k] = total[1 + row, i] / total[0, i] - product
            row += 1
        averages[a, k] = reference[a] + total[1 + a, i] / total[0, i]
    for m in range(row, averages.shape[0]):
        averages[m, k] = total[1 + m, i] / total[0, i]


@fast_kernel
def transform_line(
    energy: FloatArray,
    nodes: FloatArray,
    outputs: FloatArray,
    spacing_out: float,
    variance: float,
    matrix: FloatArray,
    fields: FloatArray,
    n_means: int,
    out: FloatArray,
    averages: FloatArray,
) -> None:
    """Write the log-domain Gaussian transform of equally spaced energies, and averages under its softmin weights.

    Computes `out(x) = -log( h / sqrt(2 pi s) sum_j exp(-energy_j - (x - y_j)**2 / (2 s)) )`: the trapezoid rule for the
    Cole-Hopf formula times `beta`, spectrally accurate where `s` is at least `(1.35 h)**2` (spec of Trefethen and Weideman,
    SIAM Review 56, 2014, for the rule).

    Parameters
    ----------
    energy : array, shape (n,), padded with `+inf` to a multiple of `TILE`
    nodes, outputs : arrays, shapes (n,) and (m,)
        Equally spaced, increasing; `spacing_out` is the distance of the outputs.
    variance : float
        `s = time / beta`.
    matrix : array, shape (TILE, TILE)
        `tile_matrix` of the two spacings and `variance`.
    fields : array, shape (k, n)
        Quantities to average: first `n_means` means, then the lower triangle of their conditional covariances row by row (they
        come out as total covariances), then any others.
    out : array, shape (m,)
    averages : array, shape (k, m)
    """
    n, m = nodes.size, outputs.size
    n_tiles = (n + TILE - 1) // TILE
    lowest, left, right = np.empty(n_tiles), np.empty(n_tiles), np.empty(n_tiles)
    where, active = np.empty(n_tiles, np.int64), np.empty(n_tiles, np.int64)
    summarise_tiles(energy, nodes, lowest, where, left, right)
    spacing_in = (nodes[n - 1] - nodes[0]) / (n - 1)
    eta, xi = tile_offsets(spacing_in), tile_offsets(spacing_out)
    log_norm = np.log(spacing_in / np.sqrt(2.0 * np.pi * variance))
    half_precision = 0.5 / variance
    bottoms = np.empty(n_tiles)
    reference, mean_reference = np.empty(TILE), np.zeros(max(n_means, 1))
    total = np.empty((1 + fields.shape[0], TILE))
    weights, sums = np.empty((1 + fields.shape[0], TILE)), np.empty(TILE)
    for first in range(0, m, TILE):
        end = min(first + TILE, m)
        begin, stop, cutoff, best = search_tiles(
            outputs[first],
            outputs[end - 1],
            half_precision,
            SLACK + np.log(n),
            energy,
            nodes,
            lowest,
            where,
            left,
            right,
        )
        if best < 0:
            out[first:end] = np.inf
            averages[:, first:end] = np.nan
            continue
        for a in range(n_means):
            mean_reference[a] = fields[a, best]
        centre = outputs[first] - xi[0]
        n_active = 0
        reference[:] = np.inf
        for tile in range(begin, stop):
            distance = gap(outputs[first], outputs[end - 1], left[tile], right[tile])
            if lowest[tile] + distance * distance * half_precision > cutoff:
                continue
            offset = centre - (left[tile] - eta[0])
            tilt = offset / variance
            bottom = _lowest_tilted(energy, tile * TILE, tilt, eta)
            active[n_active], bottoms[n_active] = tile, bottom
            n_active += 1
            for i in range(TILE):
                reference[i] = min(reference[i], bottom + offset * offset * half_precision + tilt * xi[i])
        total[:] = 0.0
        for k in range(n_active):
            offset = centre - (left[active[k]] - eta[0])
            tilt = offset / variance
            base = bottoms[k] + offset * offset * half_precision
            _weigh(energy, active[k] * TILE, tilt, bottoms[k], eta, weights[0])
            if fields.shape[0] > 0:
                _weigh_fields(weights[0], fields, n_means, active[k] * TILE, mean_reference, weights)
            for row in range(weights.shape[0]):
                apply_tile_matrix(weights[row], matrix, sums)
                _add_scaled(sums, reference, base, tilt, xi, total[row])
        for i in range(end - first):
            out[first + i] = reference[i] - np.log(total[0, i]) - log_norm
            finish_averages(total, i, n_means, mean_reference, averages, first + i)


@fast_kernel
def _lowest_total(
    energy: FloatArray, nodes: FloatArray, x: float, half_precision: float, begin: int, stop: int
) -> float:
    lowest = np.inf
    for j in range(begin * TILE, min(stop * TILE, nodes.size)):
        distance = x - nodes[j]
        lowest = min(lowest, energy[j] + distance * distance * half_precision)
    return lowest


@fast_kernel
def transform_weighted_line(
    energy: FloatArray,
    nodes: FloatArray,
    outputs: FloatArray,
    variance: float,
    fields: FloatArray,
    n_means: int,
    out: FloatArray,
    averages: FloatArray,
) -> None:
    """Write the same transform for any quadrature rule: `energy` holds `beta f(y_j) - log w_j` at increasing nodes `y_j`.

    `out(x) = -log( (2 pi s)**-0.5 sum_j exp(-energy_j - (x - y_j)**2 / (2 s)) )`, one exponential a pair; other arguments as in
    `transform_line` (`energy` without padding).
    """
    n_tiles = (nodes.size + TILE - 1) // TILE
    lowest, left, right = np.empty(n_tiles), np.empty(n_tiles), np.empty(n_tiles)
    where = np.empty(n_tiles, np.int64)
    summarise_tiles(energy, nodes, lowest, where, left, right)
    half_precision = 0.5 / variance
    mean_reference = np.zeros(max(n_means, 1))
    total = np.empty((1 + fields.shape[0], 1))
    weights = np.empty((1 + fields.shape[0], TILE))
    for i in range(outputs.size):
        x = outputs[i]
        begin, stop, cutoff, best = search_tiles(
            x, x, half_precision, SLACK + np.log(nodes.size), energy, nodes, lowest, where, left, right
        )
        if best < 0:
            out[i] = np.inf
            averages[:, i] = np.nan
            continue
        for a in range(n_means):
            mean_reference[a] = fields[a, best]
        reference = _lowest_total(energy, nodes, x, half_precision, begin, stop)
        total[:] = 0.0
        for tile in range(begin, stop):
            if lowest[tile] + gap(x, x, left[tile], right[tile]) ** 2 * half_precision > cutoff:
                continue
            first = tile * TILE
            count = min(TILE, nodes.size - first)
            weights[0, count:] = 0.0
            for j in range(count):
                distance = x - nodes[first + j]
                weights[0, j] = exponential(
                    reference - energy[first + j] - distance * distance * half_precision
                )
            if fields.shape[0] > 0:
                _weigh_fields(weights[0], fields, n_means, first, mean_reference, weights)
            for row in range(weights.shape[0]):
                for j in range(TILE):
                    total[row, 0] += weights[row, j]
        out[i] = reference - np.log(total[0, 0]) + 0.5 * np.log(2.0 * np.pi * variance)
        finish_averages(total, 0, n_means, mean_reference, averages, i)


@kernel
def padded_size(n: int) -> int:
    """Return `n` rounded up to a multiple of `TILE`."""
    return (n + TILE - 1) // TILE * TILE
