"""What happens between layers, on tiles of four rows: data in, activations, their derivatives, biases."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel
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


@fast_kernel
def gather(x: FloatArray, rows: IntArray, first: int, work: FloatArray, a: int) -> None:
    """Copy rows `rows[first:first + 4]` of the data to the tile `a`; missing rows are zeros."""
    n = x.shape[1]
    for s in range(ROWS):
        row = rows[first + s] if first + s < rows.size else -1
        for i in range(n + n % 2):
            value = load(x, row * n + i, 0.0) if row >= 0 and i < n else 0.0
            store(work, a + place(i) + s * PANEL, value)


@fast_kernel
def gather_next(x: FloatArray, first: int, work: FloatArray, a: int) -> None:
    """Copy rows `first` to `first + 3` of the data to the tile `a`; missing rows are zeros."""
    n = x.shape[1]
    for s in range(ROWS):
        for i in range(n + n % 2):
            value = load(x, (first + s) * n + i, 0.0) if first + s < x.shape[0] and i < n else 0.0
            store(work, a + place(i) + s * PANEL, value)


@fast_kernel
def activate(activation: int, n: int, work: FloatArray, z: int) -> None:
    """Replace the tile `z` of `n` units by its activations; a unit that makes an odd number even gets zeros."""
    for p in range(0, n, PANEL):
        for s in range(ROWS):
            start, width = z + ROWS * p + s * PANEL, min(PANEL, n - p)
            if activation == RELU:
                for j in range(width):
                    store(work, start + j, relu(load(work, start + j, 0.0)))
            elif activation == TANH:
                for j in range(width):
                    store(work, start + j, tanh(load(work, start + j, 0.0)))
            elif activation == SIGMOID:
                for j in range(width):
                    store(work, start + j, sigmoid(load(work, start + j, 0.0)))
            else:
                for j in range(width):
                    store(work, start + j, softplus(load(work, start + j, 0.0)))
    if n % 2 == 1:
        for s in range(ROWS):
            store(work, z + place(n) + s * PANEL, 0.0)


@fast_kernel
def times_slope(activation: int, n: int, work: FloatArray, a: int, d: int) -> None:
    """Multiply the tile `d` by the derivatives of the activations whose values are the tile `a`."""
    for p in range(0, n, PANEL):
        for s in range(ROWS):
            here, there, width = a + ROWS * p + s * PANEL, d + ROWS * p + s * PANEL, min(PANEL, n - p)
            if activation == RELU:
                for j in range(width):
                    store(work, there + j, load(work, there + j, 0.0) * relu_slope(load(work, here + j, 0.0)))
            elif activation == TANH:
                for j in range(width):
                    store(work, there + j, load(work, there + j, 0.0) * tanh_slope(load(work, here + j, 0.0)))
            elif activation == SIGMOID:
                for j in range(width):
                    store(work, there + j, load(work, there + j, 0.0) * sigmoid_slope(load(work, here + j, 0.0)))
            else:
                for j in range(width):
                    store(work, there + j, load(work, there + j, 0.0) * softplus_slope(load(work, here + j, 0.0)))


@fast_kernel
def add_bias_gradient(n: int, work: FloatArray, d: int, out: FloatArray, biases: int) -> None:
    """Add the sum over rows of the tile `d` to the biases of `out`."""
    for p in range(0, n, PANEL):
        start = d + ROWS * p
        for j in range(min(PANEL, n - p)):
            first = load(work, start + j, 0.0) + load(work, start + PANEL + j, 0.0)
            last = load(work, start + 2 * PANEL + j, 0.0) + load(work, start + 3 * PANEL + j, 0.0)
            store(out, biases + p + j, load(out, biases + p + j, 0.0) + (first + last))
