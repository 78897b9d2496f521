"""The gradient of the mean loss, by loops: for networks that are too small for products of matrices."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels._memory import Memory, memory_of
from pdeopt.kernels.networks.layout import (
    ACTIVATION,
    N_LAYERS,
    ROWS,
    SIZES,
    all_wide_size,
    is_wide,
    n_parameters,
    padded,
    tiles_size,
    wide_size,
)
from pdeopt.kernels.networks.losses import loss_slopes
from pdeopt.kernels.networks.narrow import narrow_backward, narrow_forward, narrow_gradient
from pdeopt.kernels.networks.tiles import activate, add_bias_gradient, clear, gather, times_slope
from pdeopt.kernels.networks.wide import transpose, transpose_back, wide_backward, wide_forward, wide_gradient


@fast_kernel
def gradient(
    parameters: FloatArray,
    layout: IntArray,
    x: FloatArray,
    y: FloatArray,
    rows: IntArray,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Write the gradient of the mean loss over `rows` of the data `x`, `y` to `out`.

    `parameters` and `out` (n,), `layout` as in `pdeopt.kernels.networks.layout`, `x` (n_data, n_0), `y`
    (n_data, n_L), or (n_data, 1) for softmax, `rows` (n_rows,), at least one; all contiguous. `work` has `work_size`
    doubles, of any value. `ROWS` rows go through the layers together.
    """
    wide = all_wide_size(layout)
    values, slopes, turned, sums = parts(layout, work)
    theta, found = memory_of(parameters, 0), memory_of(out, 0)
    clear(sums, wide)
    clear(found, n_parameters(layout))
    transpose_all(theta, layout, turned)
    last = tiles_size(layout) - ROWS * padded(layout[SIZES + layout[N_LAYERS]])
    for first in range(0, rows.size, ROWS):
        n, chosen = min(ROWS, rows.size - first), memory_of(rows, first)
        gather(memory_of(x, 0), layout[SIZES], chosen, n, values)
        forward_tile(theta, layout, values, turned)
        loss_slopes(layout, memory_of(y, 0), chosen, n, 1.0 / rows.size, values, slopes, last)
        backward_tile(theta, layout, values, slopes, turned, sums, found)
    transpose_all_back(layout, sums, found)


@inlined_kernel
def parts(layout: IntArray, work: FloatArray) -> tuple[Memory, Memory, Memory, Memory]:
    """Cut the scratch: values of units, derivatives by them, transposed weights and transposed sums of gradients."""
    tiles, wide = tiles_size(layout), all_wide_size(layout)
    starts = (0, tiles, 2 * tiles, 2 * tiles + wide)
    return memory_of(work, 0), memory_of(work, starts[1]), memory_of(work, starts[2]), memory_of(work, starts[3])


@inlined_kernel
def transpose_all(parameters: Memory, layout: IntArray, turned: Memory) -> None:
    """Transpose the weights of the wide layers."""
    weights = w = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        if is_wide(n_in, n_out):
            transpose(parameters, weights, n_in, n_out, turned, w)
            w += wide_size(n_in, n_out)
        weights += (n_in + 1) * n_out


@inlined_kernel
def transpose_all_back(layout: IntArray, sums: Memory, out: Memory) -> None:
    """Write the transposed gradients of the wide layers to `out`."""
    weights = g = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        if is_wide(n_in, n_out):
            transpose_back(sums, g, n_in, n_out, out, weights)
            g += wide_size(n_in, n_out)
        weights += (n_in + 1) * n_out


@inlined_kernel
def forward_tile(parameters: Memory, layout: IntArray, values: Memory, turned: Memory) -> None:
    """Carry the rows from the tile at 0 through all layers, a tile for each, the logits in the last."""
    weights = a = w = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        z = a + ROWS * padded(n_in)
        if is_wide(n_in, n_out):
            wide_forward(parameters, weights + n_in * n_out, n_in, n_out, values, a, turned, w, z)
        else:
            narrow_forward(parameters, weights, n_in, n_out, values, a, z)
        if k < layout[N_LAYERS] - 1:
            activate(layout[ACTIVATION], n_out, values, z)
        a = z
        w += wide_size(n_in, n_out)
        weights += (n_in + 1) * n_out


@inlined_kernel
def backward_tile(
    parameters: Memory,
    layout: IntArray,
    values: Memory,
    slopes: Memory,
    turned: Memory,
    sums: Memory,
    out: Memory,
) -> None:
    """Carry the derivatives by the logits back through all layers, adding to the gradient."""
    weights, w = n_parameters(layout), all_wide_size(layout)
    d = tiles_size(layout) - ROWS * padded(layout[SIZES + layout[N_LAYERS]])
    for k in range(layout[N_LAYERS] - 1, -1, -1):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        weights -= (n_in + 1) * n_out
        w -= wide_size(n_in, n_out)
        a = d - ROWS * padded(n_in)
        add_bias_gradient(n_out, slopes, d, out, weights + n_in * n_out)
        if is_wide(n_in, n_out):
            wide_gradient(n_in, n_out, values, a, slopes, d, sums, w)
            if k > 0:
                wide_backward(n_in, n_out, turned, w, slopes, d, a)
        else:
            narrow_gradient(n_in, n_out, values, a, slopes, d, out, weights)
            if k > 0:
                narrow_backward(parameters, weights, n_in, n_out, slopes, d, a)
        if k > 0:
            times_slope(layout[ACTIVATION], n_in, values, a, slopes, a)
        d = a
