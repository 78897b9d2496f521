"""Outputs of a residual network on rows of a data set, and the gradient of their mean loss."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, kernel, merged_kernel
from pdeopt.kernels._memory import memory_of
from pdeopt.kernels.networks.evaluation_blas import answer_score
from pdeopt.kernels.networks.matrices import rows_loss_slopes
from pdeopt.kernels.networks.residual.layout import LOSS, MEMBERS, N_OUT, chunk_size
from pdeopt.kernels.networks.residual.members import Key, backward_member, forward_member, gather
from pdeopt.kernels.networks.residual.places import ends_of


@fast_kernel
def propagate(
    parameters: FloatArray,
    layout: IntArray,
    x: FloatArray,
    y: FloatArray,
    rows: IntArray,
    work: FloatArray,
    outputs: FloatArray,
    out: FloatArray,
    seed: int,
    run: int,
    number: int,
) -> None:
    """Write the outputs for `rows` of the data `x`, with the noise of a minibatch, and the gradient of their mean loss.

    Parameters
    ----------
    parameters : array, shape (n_parameters,)
    layout : int array
        See `pdeopt.kernels.networks.residual.layout`.
    x : array, shape (n_data, n_in)
    y : array, shape (n_data, n_out), or (n_data, 1) for softmax
        Not read without a gradient.
    rows : int array, shape (n_rows,)
        At least one.
    work : array, shape (work_size(layout, n_rows),)
        Of any value.
    outputs : array, shape (n_rows, n_out), or (0, n_out)
        Not written if empty.
    out : array, shape (n_parameters,), or (0,)
        The gradient, left out if empty.
    seed, run, number : int
        Factors are those of the minibatch of this number, all means for `MEAN_NETWORK`.
    """
    size = chunk_size(layout, rows.size)
    out[:] = 0.0
    for chunk in range((rows.size + size - 1) // size):
        first = chunk * size
        some = rows[first : first + size]
        forward_rows(parameters, layout, x, some, chunk, (seed, run, number), work)
        _, answers, slopes = ends_of(layout, some.size)
        found = work[answers:slopes].reshape(some.size, layout[N_OUT])
        if outputs.shape[0] > 0:
            for s in range(some.size):
                for k in range(layout[N_OUT]):
                    outputs[first + s, k] = found[s, k]
        if out.size > 0:
            room = work[slopes : slopes + found.size].reshape(found.shape)
            rows_loss_slopes(layout[LOSS], found, y, some, 1.0 / rows.size, room)
            for member in range(layout[MEMBERS]):
                backward_member(parameters, layout, member, work, out, some.size)


@merged_kernel
def forward_rows(
    parameters: FloatArray, layout: IntArray, x: FloatArray, rows: IntArray, chunk: int, key: Key, work: FloatArray
) -> None:
    """Write the answers for `rows` of `x`, a chunk of a minibatch, to their place in the work."""
    inputs, answers, slopes = ends_of(layout, rows.size)
    gather(x, rows, memory_of(work, inputs))
    work[answers:slopes] = 0.0
    for member in range(layout[MEMBERS]):
        forward_member(parameters, layout, member, chunk, key, work, rows.size)


@kernel
def mean_score(loss: int, outputs: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return the mean loss of the outputs for all rows of `y`, and the share of right answers."""
    total, right = 0.0, 0
    for s in range(y.shape[0]):
        value, is_right = answer_score(loss, outputs[s], y[s])
        total += value
        right += is_right
    return total / y.shape[0], right / y.shape[0]
