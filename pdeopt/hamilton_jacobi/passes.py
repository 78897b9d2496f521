"""One pass along one axis of an array, in blocks of lines over threads."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.axes import CELLS, TRAPEZOID, WEIGHTED, Axis, Extension
from pdeopt.hamilton_jacobi.windows import make_windows, uniform_step
from pdeopt.kernels import lines
from pdeopt.kernels.cole_hopf import tile_matrix
from pdeopt.kernels.stencils import NO_BEND
from pdeopt.kernels.tiles import TILE

__all__ = ["Softmin", "hopf_lax_along", "lowest_along", "softmin_along"]

BLOCK = 1 << 16
PIECES = 8
"""Into how many pieces the outputs of a single line are cut."""
INDICATORS = 6
RULES = {TRAPEZOID: lines.TRAPEZOID, WEIGHTED: lines.WEIGHTED, CELLS: lines.CELLS}
Rows = Callable[[int, int, int, int], None]


@dataclass(frozen=True, eq=False)
class Softmin:
    """What a pass computes: outputs, variance of the step, inverse temperature, averages, bends.

    Parameters
    ----------
    outputs : array, shape (m,)
    variance, beta : float
    n_means : int
        Number of means among the averages.
    with_position : bool
        Whether the position along the axis is the last of them.
    total_variance : float
        If positive, append the averages of the aliasing indicators.
    bend_mode : int
        How cells bend, see `pdeopt.kernels.stencils.bend_cells`.
    """

    outputs: FloatArray
    variance: float
    beta: float
    n_means: int = 0
    with_position: bool = False
    total_variance: float = 0.0
    bend_mode: int = NO_BEND


def _run(work: Rows, n_rows: int, row_size: int, n_outputs: int, threads: int, *, whole_rows: bool = False) -> None:
    """Call `work(first_row, end_row, first_output, end_output)` over blocks, one after another or in threads.

    The blocks do not depend on the number of threads, and so neither do the bits of the result.
    """
    per_block = max(BLOCK // max(row_size, n_outputs, 1), 1)
    # A single line has only its outputs to share out.
    span = n_outputs
    if n_rows == 1 and not whole_rows:
        span = max(-(-n_outputs // PIECES) // TILE * TILE + TILE, BLOCK // 64)
    jobs = [
        (row, min(row + per_block, n_rows), start, min(start + span, n_outputs))
        for row in range(0, n_rows, per_block)
        for start in range(0, n_outputs, span)
    ]
    if threads == 1 or len(jobs) == 1:
        for job in jobs:
            work(*job)
        return
    with ThreadPoolExecutor(threads) as pool:
        # Drained, so that an exception in a thread is raised here.
        for _ in pool.map(lambda job: work(*job), jobs):
            pass


def _as_rows(field: FloatArray, axis: int) -> FloatArray:
    """Return a view of `field` with `axis` last and a leading axis to cut into blocks."""
    moved = np.moveaxis(field, axis, -1)
    return moved[None] if field.ndim == 1 else moved


def _kernel_rule(axis: Axis, extension: Extension, task: Softmin) -> tuple[int, float, FloatArray, FloatArray]:
    """Return the kernel's rule, output spacing, tile matrix and energy offsets."""
    rule, step = RULES[axis.rule], uniform_step(task.outputs)
    offset = np.zeros(extension.nodes.size)
    if axis.log_weights is not None:
        offset = -axis.log_weights[extension.index]
    elif axis.rule == TRAPEZOID:
        # The tile matrix must not underflow, and needs equal steps: else one exponential for every pair.
        width = TILE * (axis.spacing + (step or 0.0))
        if step is not None and width * width < 8.0 * 500.0 * task.variance:
            return rule, step, tile_matrix(axis.spacing, step, task.variance), offset
        rule, offset = lines.WEIGHTED, offset - np.log(axis.spacing)
    return rule, 0.0, np.empty((0, 0)), offset


def softmin_along(
    field: FloatArray, k: int, axis: Axis, task: Softmin, carried: FloatArray | None = None, threads: int = 1
) -> tuple[FloatArray, FloatArray]:
    """Transform `field` along axis `k` and average what it carries.

    Parameters
    ----------
    field : array
        Values in units of loss; axis `k` has the nodes of `axis`.
    carried : array, shape (n_carried, ...), optional
        Means, covariances and other fields, see `pdeopt.kernels.cole_hopf.transform_line`.

    Returns
    -------
    values : array
        `field` relaxed by `task.variance`, at `task.outputs` along axis `k`.
    averages : array, shape (n, ...)
    """
    carried = np.empty((0, *field.shape)) if carried is None else carried
    reach = axis.reach(task.variance)
    outputs = np.array(task.outputs)  # writable, like all others: read-only arrays would compile the kernels again
    extension = axis.extension(outputs[0] - reach, outputs[-1] + reach)
    rule, step, matrix, offset = _kernel_rule(axis, extension, task)
    smooth = np.ones(extension.nodes.size, bool) if axis.smooth is None else axis.smooth[extension.index]
    added = 1 + task.n_means if task.with_position else 0
    n_averages = carried.shape[0] + added + (INDICATORS if task.total_variance > 0.0 else 0)
    plain = rule == lines.TRAPEZOID and n_averages == 0
    shape = (*field.shape[:k], task.outputs.size, *field.shape[k + 1 :])
    out, averages = np.empty(shape), np.zeros((n_averages, *shape))
    curvature = (task.beta * axis.curvature[0], task.beta * axis.curvature[1])
    source, target = _as_rows(field, k), _as_rows(out, k)
    carried_rows, average_rows = ([_as_rows(one, k) for one in many] for many in (carried, averages))
    windows = make_windows(extension, outputs, step, task.variance, matrix, source, task.beta) if plain else None

    def work(row: int, end: int, start: int, stop: int) -> None:
        if windows is not None:
            windows.transform(source[row:end], task.beta, start, stop, target[row:end, ..., start:stop])
            return
        # Rows are copied block by block: kernels read contiguous lines, and memory stays bounded.
        block = source[row:end].reshape(-1, source.shape[-1])
        inner = np.array([one[row:end].reshape(block.shape) for one in carried_rows]).reshape(-1, *block.shape)
        result = np.empty((block.shape[0], stop - start))
        means = np.zeros((n_averages, *result.shape))
        lines.softmin_lines(
            rule,
            task.beta * block,
            extension.index,
            extension.nodes,
            offset,
            smooth,
            outputs[start:stop],
            step,
            task.variance,
            matrix,
            task.bend_mode,
            curvature,
            task.total_variance,
            inner,
            task.n_means,
            task.with_position,
            result,
            means,
        )
        target[row:end, ..., start:stop] = (result / task.beta).reshape(*target[row:end].shape[:-1], -1)
        for one, mean in zip(average_rows, means, strict=True):
            one[row:end, ..., start:stop] = mean.reshape(*one[row:end].shape[:-1], -1)

    _run(work, source.shape[0], source[0].size, task.outputs.size, threads)
    return out, averages


def _envelope_extension(axis: Axis, outputs: FloatArray) -> Extension:
    """Return the nodes that can win: half a period beyond the outputs, and no mirror images, which are never closer."""
    if axis.edge != "periodic":
        return Extension(np.arange(axis.nodes.size), axis.nodes)
    return axis.extension(outputs[0] - 0.5 * axis.period, outputs[-1] + 0.5 * axis.period)


def _as_lines(field: FloatArray, k: int, n_leading: int = 0) -> FloatArray:
    """Return `field` with axis `k` in the middle of three, after the leading ones."""
    shape = field.shape[n_leading:]
    sides = (math.prod(shape[:k]), shape[k], math.prod(shape[k + 1 :]))
    # Writable, like all others: read-only arrays would compile the kernels again.
    return np.require(field, float, ["C", "W"]).reshape(*field.shape[:n_leading], *sides)


def hopf_lax_along(
    field: FloatArray,
    k: int,
    axis: Axis,
    outputs: FloatArray,
    time: float,
    *,
    nodes_only: bool = False,
    carried: FloatArray | None = None,
    threads: int = 1,
) -> tuple[FloatArray, FloatArray]:
    """Return the Hopf-Lax envelope of `field` along axis `k` and, on request, what belongs to its minimisers.

    Parameters
    ----------
    field : array
        Values in units of loss; axis `k` has the nodes of `axis`.
    outputs : array, shape (m,), increasing
    time : float
        Positive.
    nodes_only : bool
        Minimise over the nodes alone, not over the interpolant between them.
    carried : array, shape (n_carried, ...), optional
        Fields such as the minimisers along earlier axes; without it no minimisers are returned.

    Returns
    -------
    values : array
    found : array, shape (n_carried + 1, ...) or (0, ...)
        The carried fields at the node nearest to the minimiser, then its position along axis `k`; on a periodic axis
        that may lie in a copy of the domain.
    """
    outputs = np.array(outputs)
    extension = _envelope_extension(axis, outputs)
    shape = (*field.shape[:k], outputs.size, *field.shape[k + 1 :])
    n_found = 0 if carried is None else carried.shape[0] + 1
    fields = np.empty((0, *field.shape)) if carried is None else carried
    out, found = np.empty(shape), np.empty((n_found, *shape))
    source, target = _as_lines(field, k), _as_lines(out, k)
    inner, results = _as_lines(fields, k, 1), _as_lines(found, k, 1)
    index, nodes = extension.index, np.array(extension.nodes)

    def work(line: int, end: int, _start: int, _stop: int) -> None:
        lines.hopf_lax_lines(source, inner, (line, end), index, nodes, outputs, time, nodes_only, target, results)

    # Whole lines: the stack of an envelope is built once for all outputs of a line.
    _run(work, source.shape[0] * source.shape[2], source.shape[1], outputs.size, threads, whole_rows=True)
    return out, found


def lowest_along(
    field: FloatArray, k: int, axis: Axis, outputs: FloatArray, time: float, bend_mode: int, threads: int = 1
) -> FloatArray:
    """Return the Hopf-Lax formula along axis `k` over cells bent to bound the function from one side, `bend_mode`."""
    outputs = np.array(outputs)
    extension = _envelope_extension(axis, outputs)
    smooth = np.ones(extension.nodes.size, bool) if axis.smooth is None else axis.smooth[extension.index]
    shape = (*field.shape[:k], outputs.size, *field.shape[k + 1 :])
    out = np.empty(shape)
    source, target = _as_rows(field, k), _as_rows(out, k)

    def work(row: int, end: int, start: int, stop: int) -> None:
        block = np.array(source[row:end].reshape(-1, source.shape[-1]), order="C")
        result = np.empty((block.shape[0], stop - start))
        lines.lowest_cells_lines(
            block,
            extension.index,
            extension.nodes,
            smooth,
            outputs[start:stop],
            time,
            bend_mode,
            axis.curvature,
            result,
        )
        target[row:end, ..., start:stop] = result.reshape(*target[row:end].shape[:-1], -1)

    _run(work, source.shape[0], source[0].size, outputs.size, threads)
    return out
