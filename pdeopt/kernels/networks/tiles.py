"""What happens between layers, on tiles of rows: data in, activations, their derivatives, biases."""

from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels._memory import Memory, read, write
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
from pdeopt.kernels.networks.wide import write_rows


@inlined_kernel
def clear(memory: Memory, n: int) -> None:
    """Set the first `n` numbers to zero."""
    for k in range(n):
        write(memory, k, 0.0)


@inlined_kernel
def gather(x: Memory, n: int, rows: Memory, n_rows: int, a: Memory) -> None:
    """Copy the given rows of the data `x` of `n` columns to the tile `a`; missing rows are zeros."""
    for s in range(ROWS):
        if s < n_rows:
            copy_row(x, n, read(rows, s), a, s * PANEL)
        else:
            clear_row(n, a, s * PANEL)
        clear_odd(n, a, s * PANEL)


@inlined_kernel
def copy_row(x: Memory, n: int, row: int, values: Memory, a: int) -> None:
    """Copy one row of the data to one row of a tile."""
    for i in range(n):
        write(values, a + place(i), read(x, row * n + i))


@inlined_kernel
def clear_row(n: int, values: Memory, a: int) -> None:
    """Set one row of a tile to zero."""
    for i in range(n):
        write(values, a + place(i), 0.0)


@inlined_kernel
def clear_odd(n: int, values: Memory, a: int) -> None:
    """Set the partner of a last unit that is left alone to zero, in one row of a tile."""
    if n & 1:
        write(values, a + place(n), 0.0)


@inlined_kernel
def activate(activation: int, n: int, values: Memory, z: int) -> None:
    """Replace the tile `z` of `n` units by its activations."""
    for p in range(0, n, PANEL):
        if activation == RELU:
            _rectify(values, z + ROWS * p, min(PANEL, n - p))
        else:
            _bend(activation, values, z + ROWS * p, min(PANEL, n - p))
    for s in range(ROWS):
        clear_odd(n, values, z + s * PANEL)


@inlined_kernel
def _rectify(values: Memory, z: int, width: int) -> None:
    for j in range(width):
        z0, z1 = read(values, z + j), read(values, z + PANEL + j)
        z2, z3 = read(values, z + 2 * PANEL + j), read(values, z + 3 * PANEL + j)
        z4 = read(values, z + 4 * PANEL + j)
        write_rows(values, z + j, relu(z0), relu(z1), relu(z2), relu(z3), relu(z4))


@fast_kernel
def _bend(activation: int, values: Memory, z: int, width: int) -> None:
    for s in range(ROWS):
        row = z + s * PANEL
        if activation == TANH:
            for j in range(width):
                write(values, row + j, tanh(read(values, row + j)))
        elif activation == SIGMOID:
            for j in range(width):
                write(values, row + j, sigmoid(read(values, row + j)))
        else:
            for j in range(width):
                write(values, row + j, softplus(read(values, row + j)))


@inlined_kernel
def times_slope(activation: int, n: int, values: Memory, a: int, slopes: Memory, d: int) -> None:
    """Multiply the tile `d` by the derivatives of the activations whose values are the tile `a`."""
    for p in range(0, n, PANEL):
        if activation == RELU:
            _cut(values, a + ROWS * p, slopes, d + ROWS * p, min(PANEL, n - p))
        else:
            _times_smooth_slope(activation, values, a + ROWS * p, slopes, d + ROWS * p, min(PANEL, n - p))


@inlined_kernel
def _cut(values: Memory, a: int, slopes: Memory, d: int, width: int) -> None:
    for j in range(width):
        t0 = read(slopes, d + j) * relu_slope(read(values, a + j))
        t1 = read(slopes, d + PANEL + j) * relu_slope(read(values, a + PANEL + j))
        t2 = read(slopes, d + 2 * PANEL + j) * relu_slope(read(values, a + 2 * PANEL + j))
        t3 = read(slopes, d + 3 * PANEL + j) * relu_slope(read(values, a + 3 * PANEL + j))
        t4 = read(slopes, d + 4 * PANEL + j) * relu_slope(read(values, a + 4 * PANEL + j))
        write_rows(slopes, d + j, t0, t1, t2, t3, t4)


@fast_kernel
def _times_smooth_slope(activation: int, values: Memory, a: int, slopes: Memory, d: int, width: int) -> None:
    for s in range(ROWS):
        here, there = a + s * PANEL, d + s * PANEL
        if activation == TANH:
            for j in range(width):
                write(slopes, there + j, read(slopes, there + j) * tanh_slope(read(values, here + j)))
        elif activation == SIGMOID:
            for j in range(width):
                write(slopes, there + j, read(slopes, there + j) * sigmoid_slope(read(values, here + j)))
        else:
            for j in range(width):
                write(slopes, there + j, read(slopes, there + j) * softplus_slope(read(values, here + j)))


@inlined_kernel
def add_bias_gradient(n: int, slopes: Memory, d: int, out: Memory, biases: int) -> None:
    """Add the sum over rows of the tile `d` to the biases of `out`."""
    for p in range(0, n, PANEL):
        start = d + ROWS * p
        for j in range(min(PANEL, n - p)):
            total = read(out, biases + p + j) + read(slopes, start + j)
            total += read(slopes, start + PANEL + j)
            total += read(slopes, start + 2 * PANEL + j)
            total += read(slopes, start + 3 * PANEL + j)
            write(out, biases + p + j, total + read(slopes, start + 4 * PANEL + j))
