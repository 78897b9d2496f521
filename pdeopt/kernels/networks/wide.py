"""Layers with more outputs than inputs, on tiles of rows: weights are transposed once, loops run over outputs."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import fast_kernel
from pdeopt.kernels.lanes import load, store
from pdeopt.kernels.networks.layout import PANEL, ROWS, padded, place


@fast_kernel
def transpose(parameters: FloatArray, weights: int, n_in: int, n_out: int, work: FloatArray, w: int) -> None:
    """Copy weights `(n_out, n_in)` to pairs of inputs by panels of outputs; a missing input gets zeros."""
    for i in range((n_in + 1) // 2 * 2):
        start = w + i // 2 * 2 * padded(n_out) + i % 2 * PANEL
        for j in range(n_out):
            value = load(parameters, weights + j * n_in + i, 0.0) if i < n_in else 0.0
            store(work, start + j + j // PANEL * PANEL, value)


@fast_kernel
def transpose_back(work: FloatArray, w: int, n_in: int, n_out: int, out: FloatArray, weights: int) -> None:
    """Copy pairs of inputs by panels of outputs to `(n_out, n_in)`."""
    for i in range(n_in):
        start = w + i // 2 * 2 * padded(n_out) + i % 2 * PANEL
        for j in range(n_out):
            store(out, weights + j * n_in + i, load(work, start + j + j // PANEL * PANEL, 0.0))


@fast_kernel
def wide_forward(
    parameters: FloatArray, biases: int, n_in: int, n_out: int, work: FloatArray, a: int, w: int, z: int
) -> None:
    """Write `z = b + W a` of four rows, tile `a` to tile `z`, with the transposed weights at `w`."""
    for p in range(0, n_out, PANEL):
        width = min(PANEL, n_out - p)
        _first_pair(parameters, biases + p, work, a, w + 2 * p, z + ROWS * p, width)
        for i in range(2, n_in, 2):
            _add_pair(work, a + place(i), w + i * padded(n_out) + 2 * p, z + ROWS * p, width)


@fast_kernel
def _first_pair(parameters: FloatArray, b: int, work: FloatArray, x: int, w: int, z: int, width: int) -> None:
    x00, x01 = load(work, x, 0.0), load(work, x + 1, 0.0)
    x10, x11 = load(work, x + PANEL, 0.0), load(work, x + PANEL + 1, 0.0)
    x20, x21 = load(work, x + 2 * PANEL, 0.0), load(work, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(work, x + 3 * PANEL, 0.0), load(work, x + 3 * PANEL + 1, 0.0)
    for j in range(width):
        u, v, c = load(work, w + j, 0.0), load(work, w + PANEL + j, 0.0), load(parameters, b + j, 0.0)
        store(work, z + j, c + x00 * u + x01 * v)
        store(work, z + PANEL + j, c + x10 * u + x11 * v)
        store(work, z + 2 * PANEL + j, c + x20 * u + x21 * v)
        store(work, z + 3 * PANEL + j, c + x30 * u + x31 * v)


@fast_kernel
def _add_pair(work: FloatArray, x: int, w: int, z: int, width: int) -> None:
    x00, x01 = load(work, x, 0.0), load(work, x + 1, 0.0)
    x10, x11 = load(work, x + PANEL, 0.0), load(work, x + PANEL + 1, 0.0)
    x20, x21 = load(work, x + 2 * PANEL, 0.0), load(work, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(work, x + 3 * PANEL, 0.0), load(work, x + 3 * PANEL + 1, 0.0)
    for j in range(width):
        u, v = load(work, w + j, 0.0), load(work, w + PANEL + j, 0.0)
        store(work, z + j, load(work, z + j, 0.0) + x00 * u + x01 * v)
        store(work, z + PANEL + j, load(work, z + PANEL + j, 0.0) + x10 * u + x11 * v)
        store(work, z + 2 * PANEL + j, load(work, z + 2 * PANEL + j, 0.0) + x20 * u + x21 * v)
        store(work, z + 3 * PANEL + j, load(work, z + 3 * PANEL + j, 0.0) + x30 * u + x31 * v)


@fast_kernel
def wide_gradient(n_in: int, n_out: int, work: FloatArray, a: int, d: int, g: int) -> None:
    """Add `sum over rows of d a^T`, tiles `d` of outputs and `a` of inputs, to the transposed gradient at `g`."""
    for p in range(0, n_out, PANEL):
        for i in range(0, n_in, 2):
            _add_outer(work, a + place(i), d + ROWS * p, g + i * padded(n_out) + 2 * p, min(PANEL, n_out - p))


@fast_kernel
def _add_outer(work: FloatArray, x: int, d: int, g: int, width: int) -> None:
    x00, x01 = load(work, x, 0.0), load(work, x + 1, 0.0)
    x10, x11 = load(work, x + PANEL, 0.0), load(work, x + PANEL + 1, 0.0)
    x20, x21 = load(work, x + 2 * PANEL, 0.0), load(work, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(work, x + 3 * PANEL, 0.0), load(work, x + 3 * PANEL + 1, 0.0)
    for j in range(width):
        d0, d1 = load(work, d + j, 0.0), load(work, d + PANEL + j, 0.0)
        d2, d3 = load(work, d + 2 * PANEL + j, 0.0), load(work, d + 3 * PANEL + j, 0.0)
        store(work, g + j, load(work, g + j, 0.0) + (d0 * x00 + d1 * x10) + (d2 * x20 + d3 * x30))
        store(work, g + PANEL + j, load(work, g + PANEL + j, 0.0) + (d0 * x01 + d1 * x11) + (d2 * x21 + d3 * x31))


@fast_kernel
def wide_backward(n_in: int, n_out: int, work: FloatArray, d: int, w: int, back: int) -> None:
    """Write `back = W^T d` of four rows, tile `d` of outputs to tile `back` of inputs."""
    for i in range(n_in):
        row = w + i // 2 * 2 * padded(n_out) + i % 2 * PANEL
        t0 = t1 = t2 = t3 = 0.0
        for p in range(0, n_out, PANEL):
            for j in range(min(PANEL, n_out - p)):
                u = load(work, row + 2 * p + j, 0.0)
                start = d + ROWS * p + j
                t0 += u * load(work, start, 0.0)
                t1 += u * load(work, start + PANEL, 0.0)
                t2 += u * load(work, start + 2 * PANEL, 0.0)
                t3 += u * load(work, start + 3 * PANEL, 0.0)
        at = back + place(i)
        store(work, at, t0)
        store(work, at + PANEL, t1)
        store(work, at + 2 * PANEL, t2)
        store(work, at + 3 * PANEL, t3)
