"""The gradient of the mean loss, by loops: for networks that are too small for products of matrices."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels._parts import part
from pdeopt.kernels.lanes import store
from pdeopt.kernels.networks.layout import (
    ACTIVATION,
    LOSS,
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
from pdeopt.kernels.networks.tiles import activate, add_bias_gradient, gather, times_slope
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
    doubles, of any value. Four rows go through the layers together.
    """
    n = layout[N_LAYERS]
    last = tiles_size(layout) - ROWS * padded(layout[SIZES + n])
    values, slopes, turned, sums = parts(layout, work)
    transpose_all(parameters, layout, turned)
    for k in range(all_wide_size(layout)):
        store(sums, k, 0.0)
    for k in range(n_parameters(layout)):
        out[k] = 0.0
    for first in range(0, rows.size, ROWS):
        gather(x, rows, first, values, 0)
        forward_tile(parameters, layout, values, turned)
        loss_slopes(layout[LOSS], layout[SIZES + n], y, rows, first, values, last, slopes, last)
        backward_tile(parameters, layout, values, slopes, turned, sums, out)
    transpose_all_back(layout, sums, out)


@inlined_kernel
def parts(layout: IntArray, work: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Cut the scratch: values of units, derivatives by them, transposed weights and transposed sums of gradients."""
    tiles, wide = tiles_size(layout), all_wide_size(layout)
    return part(work, 0), part(work, tiles), part(work, 2 * tiles), part(work, 2 * tiles + wide)


@inlined_kernel
def transpose_all(parameters: FloatArray, layout: IntArray, turned: FloatArray) -> None:
    """Transpose the weights of the wide layers."""
    weights = w = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        if is_wide(n_in, n_out):
            transpose(parameters, weights, n_in, n_out, turned, w)
            w += wide_size(n_in, n_out)
        weights += (n_in + 1) * n_out


@inlined_kernel
def transpose_all_back(layout: IntArray, sums: FloatArray, out: FloatArray) -> None:
    """Write the transposed gradients of the wide layers to `out`."""
    weights = g = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        if is_wide(n_in, n_out):
            transpose_back(sums, g, n_in, n_out, out, weights)
            g += wide_size(n_in, n_out)
        weights += (n_in + 1) * n_out


@inlined_kernel
def forward_tile(parameters: FloatArray, layout: IntArray, values: FloatArray, turned: FloatArray) -> None:
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
    parameters: FloatArray,
    layout: IntArray,
    values: FloatArray,
    slopes: FloatArray,
    turned: FloatArray,
    sums: FloatArray,
    out: FloatArray,
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
