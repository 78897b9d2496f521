"""Loss, accuracy and outputs of a network on all rows of a data set."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel
from pdeopt.kernels._memory import Memory, memory_of, read
from pdeopt.kernels.networks.gradients import forward_tile, parts, transpose_all
from pdeopt.kernels.networks.layout import LOSS, N_LAYERS, PANEL, ROWS, SIZES, padded, place, tiles_size
from pdeopt.kernels.networks.losses import row_is_right, row_loss
from pdeopt.kernels.networks.tiles import clear_odd, copy_row


@fast_kernel
def evaluate(
    parameters: FloatArray, layout: IntArray, x: FloatArray, y: FloatArray, work: FloatArray
) -> tuple[float, float]:
    """Return the mean loss over all rows of `x`, `y`, and the share of rows with the right answer.

    Arguments as in `gradient`; `work` has `work_size(layout, 1)` doubles, of any value.
    """
    loss, n = layout[LOSS], layout[SIZES + layout[N_LAYERS]]
    values, _, turned, _ = parts(layout, work)
    targets, theta = memory_of(y, 0), memory_of(parameters, 0)
    last = tiles_size(layout) - ROWS * padded(n)
    transpose_all(theta, layout, turned)
    total = 0.0
    right = 0
    for first in range(0, x.shape[0], ROWS):
        n_rows = min(ROWS, x.shape[0] - first)
        _answer(theta, layout, memory_of(x, first * x.shape[1]), n_rows, values, turned)
        for s in range(n_rows):
            total += row_loss(loss, n, values, last + s * PANEL, targets, first + s)
            right += row_is_right(loss, n, values, last + s * PANEL, targets, first + s)
    return total / x.shape[0], right / x.shape[0]


@fast_kernel
def forward(parameters: FloatArray, layout: IntArray, x: FloatArray, work: FloatArray, out: FloatArray) -> None:
    """Write the outputs of the last layer for all rows of `x` to `out`, shape (n_data, n_L).

    Arguments as in `gradient`; `work` has `work_size(layout, 1)` doubles, of any value.
    """
    n = layout[SIZES + layout[N_LAYERS]]
    values, _, turned, _ = parts(layout, work)
    theta, last = memory_of(parameters, 0), tiles_size(layout) - ROWS * padded(n)
    transpose_all(theta, layout, turned)
    for first in range(0, x.shape[0], ROWS):
        n_rows = min(ROWS, x.shape[0] - first)
        _answer(theta, layout, memory_of(x, first * x.shape[1]), n_rows, values, turned)
        for s in range(n_rows):
            for k in range(n):
                out[first + s, k] = read(values, last + s * PANEL + place(k))


@fast_kernel
def _answer(theta: Memory, layout: IntArray, x: Memory, n_rows: int, values: Memory, turned: Memory) -> None:
    n = layout[SIZES]
    for s in range(n_rows):
        copy_row(x, n, s, values, s * PANEL)
        clear_odd(n, values, s * PANEL)
    forward_tile(theta, layout, values, turned)
