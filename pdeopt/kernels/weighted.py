"""The log-domain Gaussian transform of one line for any quadrature rule, one exponential for every pair of nodes."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import fast_kernel
from pdeopt.kernels.averages import finish_averages, weigh_fields
from pdeopt.kernels.cole_hopf import SLACK
from pdeopt.kernels.gaussian import exponential
from pdeopt.kernels.tiles import TILE, gap, search_tiles, summarise_tiles


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
    """Write the log-domain Gaussian transform for any quadrature rule, and averages under its softmin weights.

    Computes `out(x) = -log( (2 pi s)**-0.5 sum_j exp(-energy_j - (x - y_j)**2 / (2 s)) )`, one exponential a pair.

    Parameters
    ----------
    energy : array, shape (n,)
        `beta f(y_j) - log w_j`, `w_j` the quadrature weights; without padding.
    nodes, outputs : arrays, shapes (n,) and (m,)
        The nodes `y_j` increase, at any spacing; outputs in any order.
    variance : float
        `s = time / beta`.
    fields, n_means : as in `transform_line`
    out : array, shape (m,)
        `+inf` where no energy is finite.
    averages : array, shape (k, m)
        NaN there.
    """
    n_tiles = (nodes.size + TILE - 1) // TILE
    lowest, left, right = np.empty(n_tiles), np.empty(n_tiles), np.empty(n_tiles)
    where = np.empty(n_tiles, np.int64)
    summarise_tiles(energy, nodes, lowest, where, left, right)
    half_precision, floor = 0.5 / variance, lowest.min()
    mean_reference = np.zeros(max(n_means, 1))
    total = np.empty((1 + fields.shape[0], 1))
    weights = np.empty((1 + fields.shape[0], TILE))
    for i in range(outputs.size):
        x = outputs[i]
        begin, stop, cutoff, best = search_tiles(
            x, x, half_precision, SLACK + np.log(nodes.size), floor, energy, nodes, lowest, where, left, right
        )
        if best < 0:
            out[i] = np.inf
            averages[:, i] = np.nan
            continue
        for a in range(n_means):
            mean_reference[a] = fields[a, best]
        # The exact minimum over all nodes of the range, so that the largest weight is one.
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
                weights[0, j] = exponential(reference - energy[first + j] - distance * distance * half_precision)
            if fields.shape[0] > 0:
                weigh_fields(weights[0], fields, n_means, first, mean_reference, weights)
            for row in range(weights.shape[0]):
                for j in range(TILE):
                    total[row, 0] += weights[row, j]
        out[i] = reference - np.log(total[0, 0]) + 0.5 * np.log(2.0 * np.pi * variance)
        finish_averages(total, 0, n_means, mean_reference, averages, i)
