"""Log-domain Gaussian transforms of many smooth lines by one banded matrix.

Where the energies of a line vary slowly against the kernel, its weights `exp(floor - energy)` need no tilt: a tile of
outputs is one product of a window of weights, some standard deviations beyond the outputs, by a matrix of Gaussians
which all lines share. Whether the window was wide enough is checked for every tile; those for which it was not are
left to `pdeopt.kernels.cole_hopf.transform_line`.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, kernel
from pdeopt.kernels.cole_hopf import SLACK, padded_size, transform_line
from pdeopt.kernels.gaussian import exponential, logarithm
from pdeopt.kernels.lines import extend_line
from pdeopt.kernels.tiles import TILE

GROUP = 8
"""Lines that share a part of the matrix while it is in the cache."""
SEGMENT = 16
DEEPEST = 640.0
"""Largest exponent a sum may have: what underflows is negligible against it."""


@fast_kernel
def window_sums(weights: FloatArray, start: int, windows: FloatArray, which: int, out: FloatArray) -> None:
    """Write `weights[:, start:] @ windows[which]` to `out`, shapes (GROUP, n), (n_window, TILE) and (GROUP, TILE)."""
    n_window = windows.shape[1]
    for g in range(GROUP):
        for i in range(TILE):
            out[g, i] = 0.0
    # Four lines by two rows: as many products as registers allow for every number that is loaded.
    for first in range(0, n_window, TILE):
        for g in range(0, GROUP, 4):
            for j in range(first, min(first + TILE, n_window), 2):
                k = start + j
                a, b, c, d = weights[g, k], weights[g + 1, k], weights[g + 2, k], weights[g + 3, k]
                k += 1
                e, f, p, q = weights[g, k], weights[g + 1, k], weights[g + 2, k], weights[g + 3, k]
                for i in range(TILE):
                    x, y = windows[which, j, i], windows[which, j + 1, i]
                    out[g, i] += a * x + e * y
                    out[g + 1, i] += b * x + f * y
                    out[g + 2, i] += c * x + p * y
                    out[g + 3, i] += d * x + q * y


@kernel
def lowest_of_segments(energy: FloatArray, line: int, out: FloatArray) -> None:
    """Write the smallest of every `SEGMENT` energies of a line to `out[line]`, whole segments."""
    for s in range(out.shape[1]):
        a, b, c, d = np.inf, np.inf, np.inf, np.inf
        for j in range(SEGMENT * s, SEGMENT * (s + 1), 4):
            a, b = min(a, energy[line, j]), min(b, energy[line, j + 1])
            c, d = min(c, energy[line, j + 2]), min(d, energy[line, j + 3])
        out[line, s] = min(min(a, b), min(c, d))


@kernel
def window_suffices(
    low: float,
    high: float,
    before: int,
    after: int,
    need_left: float,
    need_right: float,
    half: float,
    nodes: FloatArray,
    lowest: FloatArray,
    line: int,
    floor: float,
) -> bool:
    """Whether no node up to `before` or from `after` on has `energy - floor + gap**2 half` below what is needed.

    `low` and `high` are the outermost outputs, from which gaps are taken; `lowest[line]` bounds the energies of
    segments.
    """
    j = max(after, 0)
    while j < nodes.size:
        near = (nodes[j] - high) ** 2 * half
        if near >= need_right:
            break
        if lowest[line, j // SEGMENT] - floor + near < need_right:
            return False
        j = (j // SEGMENT + 1) * SEGMENT
    j = min(before, nodes.size - 1)
    while j >= 0:
        near = (low - nodes[j]) ** 2 * half
        if near >= need_left:
            break
        if lowest[line, j // SEGMENT] - floor + near < need_left:
            return False
        j = j // SEGMENT * SEGMENT - 1
    return True


def window_reach(n: int, variance: float) -> float:
    """Return how far a check of a window of one of `n` nodes looks: nodes beyond are too far for any sum it passes."""
    return float(np.sqrt(2.0 * variance * (DEEPEST + SLACK + np.log(n))))


@kernel
def window_bonus(reach: float, spacing_out: float, variance: float) -> tuple[float, float, float]:
    """Return by how much `gap**2 / (2 variance)` grows at least to outputs 8, 16 and 24 places farther away."""
    step = 8.0 * spacing_out
    rate = 0.5 * step / variance
    return rate * (2.0 * reach + step), 2.0 * rate * (2.0 * reach + 2.0 * step), 3.0 * rate * (2.0 * reach + 3.0 * step)


@kernel
def _finish_tile(
    total: FloatArray,
    g: int,
    floor: float,
    slack: float,
    certain: float,
    bonus: tuple[float, float, float],
    half: float,
    start: int,
    n_window: int,
    nodes: FloatArray,
    lowest: FloatArray,
    outputs: FloatArray,
    first: int,
    out: FloatArray,
) -> bool:
    """Write the outputs of one tile from the sums over its window; return whether the window was wide enough."""
    end = min(first + TILE, outputs.size)
    for i in range(TILE):
        out[g, first + i] = -logarithm(total[g, i])
    for i in range(end, first + TILE):
        out[g, i] = out[g, end - 1]
    a, b, c, d = -np.inf, -np.inf, -np.inf, -np.inf
    for i in range(first, first + 8):
        a, b = max(a, out[g, i]), max(b, out[g, i + 8])
        c, d = max(c, out[g, i + 16]), max(d, out[g, i + 24])
    for i in range(first, first + TILE):
        out[g, i] += floor
    deepest = max(max(a, b), max(c, d))
    if not (deepest < DEEPEST and floor < np.inf):
        return False
    if deepest + slack <= certain:
        return True
    # The outputs farther from an end than the last ones gain by it; in a tile cut short none is counted as farther.
    left = right = deepest
    if end == first + TILE:
        left = max(max(a, b - bonus[0]), max(c - bonus[1], d - bonus[2]))
        right = max(max(d, c - bonus[0]), max(b - bonus[1], a - bonus[2]))
    return window_suffices(
        outputs[first],
        outputs[end - 1],
        start - n_window - 1,
        start,
        left + slack,
        right + slack,
        half,
        nodes,
        lowest,
        g,
        floor,
    )


@kernel
def _read_lines(field: FloatArray, a: int, first: int, beta: float, out: FloatArray, floor: FloatArray) -> None:
    """Write lines of a field of shape (1, a, b, n) from `first` on, up to `GROUP`, times `beta`; and their minima."""
    count = min(GROUP, field.shape[2] - first)
    # Lines inside: where they lie side by side every stretch of memory is read once.
    for k in range(field.shape[3]):
        for g in range(count):
            out[g, k] = beta * field[0, a, first + g, k]
    for g in range(count):
        floor[g] = out[g].min()


@kernel
def _write_lines(lines: FloatArray, shift: float, beta: float, out: FloatArray, a: int, first: int) -> None:
    """Write `(lines - shift) / beta` to the lines of a field, shape (1, a, b, m), from `first` on."""
    count = min(GROUP, out.shape[2] - first)
    for i in range(out.shape[3]):
        for g in range(count):
            out[0, a, first + g, i] = (lines[g, i] - shift) / beta


@kernel
def transform_banded(
    field: FloatArray,
    beta: float,
    index: IntArray,
    nodes: FloatArray,
    outputs: FloatArray,
    spacing_out: float,
    variance: float,
    matrix: FloatArray,
    reach: float,
    inner: tuple[int, int],
    starts: IntArray,
    phases: IntArray,
    windows: FloatArray,
    out: FloatArray,
) -> None:
    """Transform every extended line of `beta * field` as `transform_line` does; write the result over `beta`.

    Parameters
    ----------
    field : array, shape (k, a, b, n), any strides
        Lines along the last axis; only the first of the `k` copies is read.
    index, nodes : arrays, shape (p,)
        The extension of a line: sources (-1 for a wall) and positions.
    matrix : array, shape (TILE, TILE)
        That of `transform_line`.
    reach : float
        Distance from the outputs of a tile to what lies beyond its window, at least.
    inner : (first, end)
        The nodes among which windows end and `window_suffices` looks: those within `window_reach` of an output.
    starts, phases : arrays, shape (m / TILE,) rounded up
        Where the window of a tile of outputs ends among these nodes, and which of `windows` it uses.
    windows : array, shape (k, n_window, TILE)
        Gaussians of window and outputs; `n_window` is even.
    out : array, shape (k, a, b, m)
    """
    m, n_window, near = outputs.size, windows.shape[1], nodes[inner[0] : inner[1]]
    n, low = near.size, max(starts.min() - n_window, 0)
    high = max(min(starts.max(), n), low)
    line, extended = np.empty((GROUP, field.shape[3])), np.full((GROUP, padded_size(n)), np.inf)
    weights, result = np.zeros((GROUP, n + 2 * n_window)), np.empty((GROUP, padded_size(m)))
    lowest, floor = np.empty((GROUP, padded_size(n) // SEGMENT)), np.empty(GROUP)
    total, bonus = np.empty((GROUP, TILE)), window_bonus(reach, spacing_out, variance)
    log_norm = np.log((nodes[nodes.size - 1] - nodes[0]) / (nodes.size - 1) / np.sqrt(2.0 * np.pi * variance))
    half, certain, slack = 0.5 / variance, 0.5 * reach * reach / variance, SLACK + np.log(nodes.size)
    whole, fields, averages = np.full(padded_size(nodes.size), np.inf), np.empty((0, nodes.size)), np.empty((0, m))
    for a in range(field.shape[1]):
        for b in range(0, field.shape[2], GROUP):
            count = min(GROUP, field.shape[2] - b)
            _read_lines(field, a, b, beta, line, floor)
            for g in range(count):
                extend_line(line[g], index[inner[0] : inner[1]], np.inf, extended[g])
                lowest_of_segments(extended, g, lowest)
                for j in range(low, high):
                    weights[g, n_window + j] = exponential(floor[g] - extended[g, j])
            for tile in range(starts.size):
                start, first = starts[tile], tile * TILE
                window_sums(weights, start, windows, phases[tile], total)
                for g in range(count):
                    if not _finish_tile(
                        total,
                        g,
                        floor[g],
                        slack,
                        certain,
                        bonus,
                        half,
                        start,
                        n_window,
                        near,
                        lowest,
                        outputs,
                        first,
                        result,
                    ):
                        extend_line(line[g], index, np.inf, whole)
                        some, values = outputs[first : first + TILE], result[g, first : min(first + TILE, m)]
                        transform_line(whole, nodes, some, spacing_out, variance, matrix, fields, 0, values, averages)
                        values += log_norm
            _write_lines(result, log_norm, beta, out, a, b)
