"""Loss and accuracy by products of matrices, of networks that are large enough for BLAS."""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, kernel
from pdeopt.kernels.networks.activations import softplus
from pdeopt.kernels.networks.layout import LOGISTIC, LOSS, N_LAYERS, SIZES, SOFTMAX, sum_of_sizes
from pdeopt.kernels.networks.products import forward_rows


@fast_kernel
def evaluate_blas(
    parameters: FloatArray, layout: IntArray, x: FloatArray, y: FloatArray, work: FloatArray
) -> tuple[float, float]:
    """Return the mean loss over all rows of `x`, `y`, and the share of rows with the right answer.

    Arguments as in `evaluate`, but `work` has `work_size(layout, n)` doubles for n rows, which go through a layer at
    once.
    """
    n, n_in, n_out = x.shape[0], layout[SIZES], layout[SIZES + layout[N_LAYERS]]
    for s in range(n):
        for i in range(n_in):
            work[s * n_in + i] = x[s, i]
    forward_rows(parameters, layout, n, work)
    size = n * sum_of_sizes(layout)
    logits = work[size - n * n_out : size].reshape(n, n_out)
    total, right = 0.0, 0
    for s in range(n):
        loss, is_right = answer_score(layout[LOSS], logits[s], y[s])
        total += loss
        right += is_right
    return total / n, right / n


@kernel
def answer_score(loss: int, z: FloatArray, target: FloatArray) -> tuple[float, bool]:
    """Return the loss of the logits of one row, and whether its answer is right, see `losses`."""
    total, right = 0.0, True
    if loss == SOFTMAX:
        top, chosen = np.max(z), z[int(target[0])]
        for k in range(z.size):
            total += np.exp(z[k] - top)
        return np.log(total) + (top - chosen), chosen >= top
    for k in range(z.size):
        if loss == LOGISTIC:
            total += softplus(z[k]) - target[k] * z[k]
            right = right and (z[k] > 0.0) == (target[k] > 0.5)
        else:
            total += 0.5 * (z[k] - target[k]) ** 2
            right = right and abs(z[k] - target[k]) < 0.5
    return total, right
