"""What happens between layers, on tiles of rows: data in, activations, their derivatives, biases."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels.lanes import load, store
from pdeopt.kernels.networks.activations import (
    relu,
    relu_slope,
    sigmoid,
    sigmoid_slope,
    softplus,
    softplus_slope,
    tanh,
    tanh_slope,
)
from pdeopt.kernels.networks.layout import PANEL, RELU, ROWS, SIGMOID, TANH, place
from pdeopt.kernels.networks.wide import store_rows


@inlined_kernel
def gather(x: FloatArray, rows: IntArray, first: int, values: FloatArray, a: int) -> None:
    """Copy rows `rows[first:first + ROWS]` of the data to the tile `a`; missing rows are zeros."""
    n = x.shape[1]
    for s in range(ROWS):
        if first + s < rows.size:
            copy_row(x, rows[first + s], values, a + s * PANEL)
        else:
            clear_row(n, values, a + s * PANEL)
        clear_odd(n, values, a + s * PANEL)


@inlined_kernel
def copy_row(x: FloatArray, row: int, values: FloatArray, a: int) -> None:
    """Copy one row of the data to one row of a tile."""
    n = x.shape[1]
    for i in range(n):
        store(values, a + place(i), load(x, row * n + i, 0.0))


@inlined_kernel
def clear_row(n: int, values: FloatArray, a: int) -> None:
    """Set one row of a tile to zero."""
    for i in range(n):
        store(values, a + place(i), 0.0)


@inlined_kernel
def clear_odd(n: int, values: FloatArray, a: int) -> None:
    """Set the partner of a last unit that is left alone to zero, in one row of a tile."""
    if n & 1:
        store(values, a + place(n), 0.0)


@inlined_kernel
def activate(activation: int, n: int, values: FloatArray, z: int) -> None:
    """Replace the tile `z` of `n` units by its activations."""
    for p in range(0, n, PANEL):
        if activation == RELU:
            _rectify(values, z + ROWS * p, min(PANEL, n - p))
        else:
            _bend(activation, values, z + ROWS * p, min(PANEL, n - p))
    for s in range(ROWS):
        clear_odd(n, values, z + s * PANEL)


@inlined_kernel
def _rectify(values: FloatArray, z: int, width: int) -> None:
    for j in range(width):
        z0, z1 = load(values, z + j, 0.0), load(values, z + PANEL + j, 0.0)
        z2, z3 = load(values, z + 2 * PANEL + j, 0.0), load(values, z + 3 * PANEL + j, 0.0)
        z4 = load(values, z + 4 * PANEL + j, 0.0)
        store_rows(values, z + j, relu(z0), relu(z1), relu(z2), relu(z3), relu(z4))


@fast_kernel
def _bend(activation: int, values: FloatArray, z: int, width: int) -> None:
    for s in range(ROWS):
        row = z + s * PANEL
        if activation == TANH:
            for j in range(width):
                store(values, row + j, tanh(load(values, row + j, 0.0)))
        elif activation == SIGMOID:
            for j in range(width):
                store(values, row + j, sigmoid(load(values, row + j, 0.0)))
        else:
            for j in range(width):
                store(values, row + j, softplus(load(values, row + j, 0.0)))


@inlined_kernel
def times_slope(activation: int, n: int, values: FloatArray, a: int, slopes: FloatArray, d: int) -> None:
    """Multiply the tile `d` by the derivatives of the activations whose values are the tile `a`."""
    for p in range(0, n, PANEL):
        if activation == RELU:
            _cut(values, a + ROWS * p, slopes, d + ROWS * p, min(PANEL, n - p))
        else:
            _times_smooth_slope(activation, values, a + ROWS * p, slopes, d + ROWS * p, min(PANEL, n - p))


@inlined_kernel
def _cut(values: FloatArray, a: int, slopes: FloatArray, d: int, width: int) -> None:
    for j in range(width):
        t0 = load(slopes, d + j, 0.0) * relu_slope(load(values, a + j, 0.0))
        t1 = load(slopes, d + PANEL + j, 0.0) * relu_slope(load(values, a + PANEL + j, 0.0))
        t2 = load(slopes, d + 2 * PANEL + j, 0.0) * relu_slope(load(values, a + 2 * PANEL + j, 0.0))
        t3 = load(slopes, d + 3 * PANEL + j, 0.0) * relu_slope(load(values, a + 3 * PANEL + j, 0.0))
        t4 = load(slopes, d + 4 * PANEL + j, 0.0) * relu_slope(load(values, a + 4 * PANEL + j, 0.0))
        store_rows(slopes, d + j, t0, t1, t2, t3, t4)


@fast_kernel
def _times_smooth_slope(activation: int, values: FloatArray, a: int, slopes: FloatArray, d: int, width: int) -> None:
    for s in range(ROWS):
        here, there = a + s * PANEL, d + s * PANEL
        if activation == TANH:
            for j in range(width):
                store(slopes, there + j, load(slopes, there + j, 0.0) * tanh_slope(load(values, here + j, 0.0)))
        elif activation == SIGMOID:
            for j in range(width):
                store(slopes, there + j, load(slopes, there + j, 0.0) * sigmoid_slope(load(values, here + j, 0.0)))
        else:
            for j in range(width):
                store(slopes, there + j, load(slopes, there + j, 0.0) * softplus_slope(load(values, here + j, 0.0)))


@inlined_kernel
def add_bias_gradient(n: int, slopes: FloatArray, d: int, out: FloatArray, biases: int) -> None:
    """Add the sum over rows of the tile `d` to the biases of `out`."""
    for p in range(0, n, PANEL):
        start = d + ROWS * p
        for j in range(min(PANEL, n - p)):
            total = load(out, biases + p + j, 0.0) + load(slopes, start + j, 0.0)
            total += load(slopes, start + PANEL + j, 0.0)
            total += load(slopes, start + 2 * PANEL + j, 0.0)
            total += load(slopes, start + 3 * PANEL + j, 0.0)
            store(out, biases + p + j, total + load(slopes, start + 4 * PANEL + j, 0.0))
