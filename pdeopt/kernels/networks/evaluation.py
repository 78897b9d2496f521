"""Loss, accuracy and outputs of a network on all rows of a data set."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel
from pdeopt.kernels.lanes import load
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
    n = layout[SIZES + layout[N_LAYERS]]
    values, _, turned, _ = parts(layout, work)
    z = tiles_size(layout) - ROWS * padded(n)
    transpose_all(parameters, layout, turned)
    total = 0.0
    right = 0
    for first in range(0, x.shape[0], ROWS):
        for s in range(min(ROWS, x.shape[0] - first)):
            copy_row(x, first + s, values, s * PANEL)
            clear_odd(x.shape[1], values, s * PANEL)
        forward_tile(parameters, layout, values, turned)
        for s in range(min(ROWS, x.shape[0] - first)):
            total += row_loss(layout[LOSS], n, values, z + s * PANEL, y, first + s)
            right += row_is_right(layout[LOSS], n, values, z + s * PANEL, y, first + s)
    return total / x.shape[0], right / x.shape[0]


@fast_kernel
def forward(parameters: FloatArray, layout: IntArray, x: FloatArray, work: FloatArray, out: FloatArray) -> None:
    """Write the outputs of the last layer for all rows of `x` to `out`, shape (n_data, n_L).

    Arguments as in `gradient`; `work` has `work_size(layout, 1)` doubles, of any value.
    """
    n = layout[SIZES + layout[N_LAYERS]]
    values, _, turned, _ = parts(layout, work)
    z = tiles_size(layout) - ROWS * padded(n)
    transpose_all(parameters, layout, turned)
    for first in range(0, x.shape[0], ROWS):
        for s in range(min(ROWS, x.shape[0] - first)):
            copy_row(x, first + s, values, s * PANEL)
            clear_odd(x.shape[1], values, s * PANEL)
        forward_tile(parameters, layout, values, turned)
        for s in range(min(ROWS, x.shape[0] - first)):
            for k in range(n):
                out[first + s, k] = load(values, z + s * PANEL + place(k), 0.0)
