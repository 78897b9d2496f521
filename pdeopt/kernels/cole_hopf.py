"""Log-domain Gaussian transforms of one line: the Cole-Hopf formula by a positive, block-shifted convolution.

With energies `e = beta f` the transform is `-log sum_j w_j exp(-e_j - (x - y_j)**2 / (2 s))`, `s = time / beta`.
Within a pair of tiles, of outputs around `X` and inputs around `Y`, the Gaussian factors into a tilt and a small
fixed matrix,

    exp(-(x - y)**2 / 2s) = exp(-(D**2 / 2 + D xi) / s) exp(D eta / s) exp(-(xi - eta)**2 / 2s),

with `D = X - Y`, `x = X + xi` and `y = Y + eta`, so that every pair costs `TILE` exponentials for its inputs, `TILE`
for its outputs and one product by that matrix. Shifts and tilts are taken out before any exponential: nothing under-
or overflows for any energy or distance, as long as `(TILE (spacing of inputs + spacing of outputs))**2 / (8 s) < 600`.
"""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import fast_kernel, kernel
from pdeopt.kernels.averages import finish_averages, weigh_fields
from pdeopt.kernels.gaussian import exponential
from pdeopt.kernels.tiles import TILE, gap, search_tiles, summarise_tiles

SLACK = 40.0
"""Contributions below `exp(-SLACK)` of the total are skipped."""


@kernel
def tile_offsets(spacing: float) -> FloatArray:
    """Return the positions of the nodes of a tile about its centre."""
    offsets = np.empty(TILE)
    for i in range(TILE):
        offsets[i] = (i - 0.5 * (TILE - 1)) * spacing
    return offsets


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
def _lower_reference(
    energy: FloatArray,
    first: int,
    offset: float,
    variance: float,
    eta: FloatArray,
    xi: FloatArray,
    reference: FloatArray,
) -> float:
    """Return the lowest tilted energy of a tile at distance `offset`, and lower the references of the outputs to it."""
    # With the tilt taken out first, the largest weight of the tile is one.
    tilt = offset / variance
    lowest = np.inf
    for j in range(TILE):
        lowest = min(lowest, energy[first + j] - tilt * eta[j])
    base = lowest + 0.5 * offset * tilt
    for i in range(TILE):
        reference[i] = min(reference[i], base + tilt * xi[i])
    return lowest


@fast_kernel
def _weigh(energy: FloatArray, first: int, tilt: float, lowest: float, eta: FloatArray, out: FloatArray) -> None:
    for j in range(TILE):
        out[j] = exponential(lowest - (energy[first + j] - tilt * eta[j]))


@fast_kernel
def _add_tile(
    weights: FloatArray,
    matrix: FloatArray,
    reference: FloatArray,
    lowest: float,
    offset: float,
    variance: float,
    xi: FloatArray,
    scale: FloatArray,
    sums: FloatArray,
    total: FloatArray,
) -> None:
    """Add what one tile gives to the sums of every output, for every row of weights; `scale` and `sums` are scratch."""
    # One scale an output serves all rows: mass and averages of a tile carry the same factor.
    tilt = offset / variance
    base = lowest + 0.5 * offset * tilt
    for i in range(TILE):
        scale[i] = exponential(reference[i] - (base + tilt * xi[i]))
    for row in range(weights.shape[0]):
        apply_tile_matrix(weights[row], matrix, sums)
        for i in range(TILE):
            total[row, i] += sums[i] * scale[i]


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
    Cole-Hopf formula times `beta`, spectrally accurate where `s` is at least `(1.35 h)**2`.

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
        Quantities to average: first `n_means` means, then the lower triangle of their conditional covariances row by
        row (they come out as total covariances), then any others.
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
    half, slack, floor = 0.5 / variance, SLACK + np.log(n), lowest.min()
    bottoms, reference, origin = np.empty(n_tiles), np.empty(TILE), np.zeros(max(n_means, 1))
    total, weights = np.empty((1 + fields.shape[0], TILE)), np.empty((1 + fields.shape[0], TILE))
    scale, sums = np.empty(TILE), np.empty(TILE)
    for first in range(0, m, TILE):
        # One search for a tile of outputs, which share all that matters to any of them.
        low, high = outputs[first], outputs[min(first + TILE, m) - 1]
        begin, stop, cutoff, best = search_tiles(
            low, high, half, slack, floor, energy, nodes, lowest, where, left, right
        )
        if best < 0:
            out[first : first + TILE] = np.inf
            averages[:, first : first + TILE] = np.nan
            continue
        # Means are summed about their values at the best node, one origin for all tiles.
        for k in range(n_means):
            origin[k] = fields[k, best]
        # Offsets run from centre to centre, also where the last tile is short.
        shift = low - xi[0] + eta[0]
        count = 0
        reference[:] = np.inf
        # First all references, then all sums: nothing summed has to be rescaled.
        for tile in range(begin, stop):
            if lowest[tile] + gap(low, high, left[tile], right[tile]) ** 2 * half <= cutoff:
                active[count] = tile
                bottoms[count] = _lower_reference(energy, tile * TILE, shift - left[tile], variance, eta, xi, reference)
                count += 1
        total[:] = 0.0
        for k in range(count):
            start, offset = active[k] * TILE, shift - left[active[k]]
            _weigh(energy, start, offset / variance, bottoms[k], eta, weights[0])
            if fields.shape[0] > 0:
                weigh_fields(weights[0], fields, n_means, start, origin, weights)
            _add_tile(weights, matrix, reference, bottoms[k], offset, variance, xi, scale, sums, total)
        for i in range(min(TILE, m - first)):
            out[first + i] = reference[i] - np.log(total[0, i]) - log_norm
            finish_averages(total, i, n_means, origin, averages, first + i)


@kernel
def padded_size(n: int) -> int:
    """Return `n` rounded up to a multiple of `TILE`."""
    return (n + TILE - 1) // TILE * TILE
