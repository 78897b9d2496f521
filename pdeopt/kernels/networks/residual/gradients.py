"""Outputs, loss and the gradient of the mean loss of a residual network on rows of a data set."""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels._memory import memory_of
from pdeopt.kernels.networks.evaluation_blas import answer_score
from pdeopt.kernels.networks.matrices import rows_loss_slopes
from pdeopt.kernels.networks.residual.layout import LOSS, MEMBERS, N_OUT, chunk_size
from pdeopt.kernels.networks.residual.members import Key, backward_member, ends_of, forward_member, gather


@inlined_kernel
def answer(
    parameters: FloatArray, layout: IntArray, x: FloatArray, rows: IntArray, chunk: int, key: Key, work: FloatArray
) -> FloatArray:
    """Return the outputs for `rows` of `x`, the chunk of the minibatch of this number, a view of the work."""
    n = rows.size
    inputs, answers, slopes = ends_of(layout, n)
    gather(x, rows, memory_of(work, inputs), n)
    work[answers:slopes] = 0.0
    for member in range(layout[MEMBERS]):
        forward_member(parameters, layout, member, chunk, key, work, n)
    return work[answers:slopes].reshape(n, layout[N_OUT])


@fast_kernel
def gradient(
    parameters: FloatArray,
    layout: IntArray,
    x: FloatArray,
    y: FloatArray,
    rows: IntArray,
    work: FloatArray,
    out: FloatArray,
    seed: int,
    run: int,
    number: int,
) -> None:
    """Write the gradient of the mean loss over `rows` of the data `x`, `y` to `out`, with the noise of a minibatch.

    `parameters` and `out` (n,), `layout` as in `pdeopt.kernels.networks.residual.layout`, `x` (n_data, n_in), `y`
    (n_data, n_out), or (n_data, 1) for softmax, `rows` (n_rows,), at least one; all contiguous. `work` has `work_size`
    doubles, of any value. Factors are those of `seed`, `run` and the number of the minibatch, all means for
    `MEAN_NETWORK`.
    """
    size = chunk_size(layout, rows.size)
    out[:] = 0.0
    for chunk in range((rows.size + size - 1) // size):
        some = rows[chunk * size : (chunk + 1) * size]
        outputs = answer(parameters, layout, x, some, chunk, (seed, run, number), work)
        slopes = ends_of(layout, some.size)[2]
        targets = work[slopes : slopes + outputs.size].reshape(outputs.shape)
        rows_loss_slopes(layout[LOSS], outputs, y, some, 1.0 / rows.size, targets)
        for member in range(layout[MEMBERS]):
            backward_member(parameters, layout, member, work, out, some.size)


@fast_kernel
def evaluate(
    parameters: FloatArray,
    layout: IntArray,
    x: FloatArray,
    y: FloatArray,
    work: FloatArray,
    seed: int,
    run: int,
    number: int,
) -> tuple[float, float]:
    """Return the mean loss over all rows of `x`, `y`, and the share of rows with the right answer.

    Arguments as in `gradient`; `work` has `work_size(layout, n_data)` doubles.
    """
    n = x.shape[0]
    size, rows = chunk_size(layout, n), np.arange(n)
    total, right = 0.0, 0
    for chunk in range((n + size - 1) // size):
        some = rows[chunk * size : (chunk + 1) * size]
        outputs = answer(parameters, layout, x, some, chunk, (seed, run, number), work)
        for s in range(some.size):
            loss, is_right = answer_score(layout[LOSS], outputs[s], y[some[s]])
            total += loss
            right += is_right
    return total / n, right / n


@fast_kernel
def forward(
    parameters: FloatArray,
    layout: IntArray,
    x: FloatArray,
    work: FloatArray,
    out: FloatArray,
    seed: int,
    run: int,
    number: int,
) -> None:
    """Write the outputs for all rows of `x` to `out`, shape (n_data, n_out); arguments as in `evaluate`."""
    size, rows = chunk_size(layout, x.shape[0]), np.arange(x.shape[0])
    for chunk in range((rows.size + size - 1) // size):
        some = rows[chunk * size : (chunk + 1) * size]
        out[chunk * size : chunk * size + some.size] = answer(
            parameters, layout, x, some, chunk, (seed, run, number), work
        )
