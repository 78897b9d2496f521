"""The gradient of the mean loss, by loops: for networks that are too small for products of matrices."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
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
from pdeopt.kernels.networks.losses import slopes
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
    d = tiles_size(layout)
    w = 2 * d
    g = w + all_wide_size(layout)
    transpose_all(parameters, layout, work, w)
    for k in range(g, g + all_wide_size(layout)):
        work[k] = 0.0
    for k in range(n_parameters(layout)):
        out[k] = 0.0
    for first in range(0, rows.size, ROWS):
        gather(x, rows, first, work, 0)
        forward_tile(parameters, layout, work, w)
        last = d - ROWS * padded(layout[SIZES + n])
        slopes(layout[LOSS], layout[SIZES + n], y, rows, first, work, last, d + last)
        backward_tile(parameters, layout, work, d, w, g, out)
    transpose_all_back(layout, work, g, out)


@inlined_kernel
def transpose_all(parameters: FloatArray, layout: IntArray, work: FloatArray, w: int) -> None:
    """Transpose the weights of the wide layers to `work` from `w` on."""
    weights = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        if is_wide(n_in, n_out):
            transpose(parameters, weights, n_in, n_out, work, w)
            w += wide_size(n_in, n_out)
        weights += (n_in + 1) * n_out


@inlined_kernel
def transpose_all_back(layout: IntArray, work: FloatArray, g: int, out: FloatArray) -> None:
    """Write the gradients of the wide layers, transposed in `work` from `g` on, to `out`."""
    weights = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        if is_wide(n_in, n_out):
            transpose_back(work, g, n_in, n_out, out, weights)
            g += wide_size(n_in, n_out)
        weights += (n_in + 1) * n_out


@inlined_kernel
def forward_tile(parameters: FloatArray, layout: IntArray, work: FloatArray, w: int) -> None:
    """Carry four rows from the tile at 0 through all layers, a tile for each, the logits in the last."""
    weights = a = 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        z = a + ROWS * padded(n_in)
        if is_wide(n_in, n_out):
            wide_forward(parameters, weights + n_in * n_out, n_in, n_out, work, a, w, z)
        else:
            narrow_forward(parameters, weights, n_in, n_out, work, a, z)
        if k < layout[N_LAYERS] - 1:
            activate(layout[ACTIVATION], n_out, work, z)
        a = z
        w += wide_size(n_in, n_out)
        weights += (n_in + 1) * n_out


@inlined_kernel
def backward_tile(
    parameters: FloatArray, layout: IntArray, work: FloatArray, d: int, w: int, g: int, out: FloatArray
) -> None:
    """Carry the derivatives by the logits back through all layers, adding to the gradient."""
    weights = n_parameters(layout)
    w += all_wide_size(layout)
    g += all_wide_size(layout)
    a = d - ROWS * padded(layout[SIZES + layout[N_LAYERS]])
    e = a + d
    for k in range(layout[N_LAYERS] - 1, -1, -1):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        weights -= (n_in + 1) * n_out
        w -= wide_size(n_in, n_out)
        g -= wide_size(n_in, n_out)
        a -= ROWS * padded(n_in)
        add_bias_gradient(n_out, work, e, out, weights + n_in * n_out)
        if is_wide(n_in, n_out):
            wide_gradient(n_in, n_out, work, a, e, g)
            if k > 0:
                wide_backward(n_in, n_out, work, e, w, a + d)
        else:
            narrow_gradient(n_in, n_out, work, a, e, out, weights)
            if k > 0:
                narrow_backward(parameters, weights, n_in, n_out, work, e, a + d)
        e = a + d
        if k > 0:
            times_slope(layout[ACTIVATION], n_in, work, a, e)
