"""The gradient of the mean loss by products of matrices: for networks that are large enough for BLAS."""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel
from pdeopt.kernels.networks.layout import ACTIVATION, LOSS, N_LAYERS, SIZES, n_parameters, sum_of_sizes, widest
from pdeopt.kernels.networks.matrices import activate_rows, rows_loss_slopes, times_slope_rows


@fast_kernel
def gradient_blas(
    parameters: FloatArray,
    layout: IntArray,
    x: FloatArray,
    y: FloatArray,
    rows: IntArray,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Write the gradient of the mean loss over `rows` of the data `x`, `y` to `out`: `gradient` by `np.dot`.

    Arguments as in `gradient`. All rows go through a layer at once; the minibatch is gathered first.
    """
    n, n_layers = rows.size, layout[N_LAYERS]
    for s in range(n):
        for i in range(layout[SIZES]):
            work[s * layout[SIZES] + i] = x[rows[s], i]
    forward_rows(parameters, layout, n, work)
    size, room = n * sum_of_sizes(layout), n * widest(layout)
    spare = (work[size : size + room], work[size + room : size + 2 * room])
    n_out = layout[SIZES + n_layers]
    logits = work[size - n * n_out : size].reshape(n, n_out)
    rows_loss_slopes(layout[LOSS], logits, y, rows, 1.0 / n, spare[n_layers & 1][: n * n_out].reshape(n, n_out))
    backward_rows(parameters, layout, n, work, spare, out)


@fast_kernel
def forward_rows(parameters: FloatArray, layout: IntArray, n: int, work: FloatArray) -> None:
    """Carry `n` rows of data, at the begin of `work`, through all layers, whose values follow one another."""
    weights = a = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        z = a + n * n_in
        matrix = parameters[weights : weights + n_in * n_out].reshape(n_out, n_in)
        values = work[z : z + n * n_out].reshape(n, n_out)
        np.dot(work[a:z].reshape(n, n_in), matrix.T, values)
        biases = parameters[weights + n_in * n_out : weights + (n_in + 1) * n_out]
        activate_rows(layout[ACTIVATION] if k < layout[N_LAYERS] - 1 else -1, biases, values)
        weights += (n_in + 1) * n_out
        a = z


@fast_kernel
def backward_rows(
    parameters: FloatArray,
    layout: IntArray,
    n: int,
    work: FloatArray,
    spare: tuple[FloatArray, FloatArray],
    out: FloatArray,
) -> None:
    """Carry the derivatives by the logits, in `spare`, back through all layers, and write the gradient."""
    weights, z = n_parameters(layout), n * sum_of_sizes(layout)
    z -= n * layout[SIZES + layout[N_LAYERS]]
    for k in range(layout[N_LAYERS] - 1, -1, -1):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        weights -= (n_in + 1) * n_out
        a = z - n * n_in
        slopes, values = spare[(k + 1) & 1][: n * n_out].reshape(n, n_out), work[a:z].reshape(n, n_in)
        np.dot(slopes.T, values, out[weights : weights + n_in * n_out].reshape(n_out, n_in))
        sum_rows(slopes, out[weights + n_in * n_out : weights + (n_in + 1) * n_out])
        if k > 0:
            before = spare[k & 1][: n * n_in].reshape(n, n_in)
            np.dot(slopes, parameters[weights : weights + n_in * n_out].reshape(n_out, n_in), before)
            times_slope_rows(layout[ACTIVATION], values, before)
        z = a


@fast_kernel
def sum_rows(matrix: FloatArray, out: FloatArray) -> None:
    """Write the sum of the rows to `out`."""
    out[:] = 0.0
    for s in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            out[j] += matrix[s, j]
