"""Layers with more outputs than inputs, on tiles of rows: weights are transposed once, loops run over outputs."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import inlined_kernel
from pdeopt.kernels.lanes import load, store
from pdeopt.kernels.networks.layout import PANEL, ROWS, padded, place

# Transposed weights: inputs in pairs, outputs in panels, so that what is used together has a constant distance and
# the compiler sees that it does not overlap.


@inlined_kernel
def transpose(parameters: FloatArray, weights: int, n_in: int, n_out: int, work: FloatArray, w: int) -> None:
    """Copy weights `(n_out, n_in)` to pairs of inputs by panels of outputs; a missing input gets zeros."""
    for p in range(0, n_out, PANEL):
        width = min(PANEL, n_out - p)
        for i in range(n_in):
            start, row = pair(w, i, p, n_out), weights + p * n_in + i
            for j in range(width):
                store(work, start + j, load(parameters, row + j * n_in, 0.0))
        for j in range(width * (n_in & 1)):
            store(work, pair(w, n_in, p, n_out) + j, 0.0)


@inlined_kernel
def transpose_back(work: FloatArray, w: int, n_in: int, n_out: int, out: FloatArray, weights: int) -> None:
    """Copy pairs of inputs by panels of outputs to `(n_out, n_in)`."""
    for p in range(0, n_out, PANEL):
        for i in range(n_in):
            start, row = pair(w, i, p, n_out), weights + p * n_in + i
            for j in range(min(PANEL, n_out - p)):
                store(out, row + j * n_in, load(work, start + j, 0.0))


@inlined_kernel
def pair(w: int, i: int, p: int, n_out: int) -> int:
    """Return where the weights of input `i` for the panel from output `p` on begin."""
    return w + (i >> 1) * 2 * padded(n_out) + 2 * p + (i & 1) * PANEL


@inlined_kernel
def wide_forward(
    parameters: FloatArray, biases: int, n_in: int, n_out: int, work: FloatArray, a: int, w: int, z: int
) -> None:
    """Write `z = b + W a` of a tile of rows `a` to the tile `z`, with the transposed weights at `w`."""
    for p in range(0, n_out, PANEL):
        width = min(PANEL, n_out - p)
        _first_pair(parameters, biases + p, work, a, pair(w, 0, p, n_out), z + ROWS * p, width)
        for i in range(2, n_in, 2):
            _add_pair(work, a + place(i), pair(w, i, p, n_out), z + ROWS * p, width)


@inlined_kernel
def _first_pair(parameters: FloatArray, b: int, work: FloatArray, x: int, w: int, z: int, width: int) -> None:
    x00, x01 = load(work, x, 0.0), load(work, x + 1, 0.0)
    x10, x11 = load(work, x + PANEL, 0.0), load(work, x + PANEL + 1, 0.0)
    x20, x21 = load(work, x + 2 * PANEL, 0.0), load(work, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(work, x + 3 * PANEL, 0.0), load(work, x + 3 * PANEL + 1, 0.0)
    x40, x41 = load(work, x + 4 * PANEL, 0.0), load(work, x + 4 * PANEL + 1, 0.0)
    for j in range(width):
        u, v, c = load(work, w + j, 0.0), load(work, w + PANEL + j, 0.0), load(parameters, b + j, 0.0)
        store(work, z + j, c + x00 * u + x01 * v)
        store(work, z + PANEL + j, c + x10 * u + x11 * v)
        store(work, z + 2 * PANEL + j, c + x20 * u + x21 * v)
        store(work, z + 3 * PANEL + j, c + x30 * u + x31 * v)
        store(work, z + 4 * PANEL + j, c + x40 * u + x41 * v)


@inlined_kernel
def _add_pair(work: FloatArray, x: int, w: int, z: int, width: int) -> None:
    x00, x01 = load(work, x, 0.0), load(work, x + 1, 0.0)
    x10, x11 = load(work, x + PANEL, 0.0), load(work, x + PANEL + 1, 0.0)
    x20, x21 = load(work, x + 2 * PANEL, 0.0), load(work, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(work, x + 3 * PANEL, 0.0), load(work, x + 3 * PANEL + 1, 0.0)
    x40, x41 = load(work, x + 4 * PANEL, 0.0), load(work, x + 4 * PANEL + 1, 0.0)
    for j in range(width):
        u, v = load(work, w + j, 0.0), load(work, w + PANEL + j, 0.0)
        store(work, z + j, load(work, z + j, 0.0) + x00 * u + x01 * v)
        store(work, z + PANEL + j, load(work, z + PANEL + j, 0.0) + x10 * u + x11 * v)
        store(work, z + 2 * PANEL + j, load(work, z + 2 * PANEL + j, 0.0) + x20 * u + x21 * v)
        store(work, z + 3 * PANEL + j, load(work, z + 3 * PANEL + j, 0.0) + x30 * u + x31 * v)
        store(work, z + 4 * PANEL + j, load(work, z + 4 * PANEL + j, 0.0) + x40 * u + x41 * v)


@inlined_kernel
def wide_gradient(n_in: int, n_out: int, work: FloatArray, a: int, d: int, g: int) -> None:
    """Add `sum over rows of d a^T`, tiles `d` of outputs and `a` of inputs, to the transposed gradient at `g`."""
    for p in range(0, n_out, PANEL):
        for i in range(0, n_in, 2):
            _add_outer(work, a + place(i), d + ROWS * p, pair(g, i, p, n_out), min(PANEL, n_out - p))


@inlined_kernel
def _add_outer(work: FloatArray, x: int, d: int, g: int, width: int) -> None:
    x00, x01 = load(work, x, 0.0), load(work, x + 1, 0.0)
    x10, x11 = load(work, x + PANEL, 0.0), load(work, x + PANEL + 1, 0.0)
    x20, x21 = load(work, x + 2 * PANEL, 0.0), load(work, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(work, x + 3 * PANEL, 0.0), load(work, x + 3 * PANEL + 1, 0.0)
    x40, x41 = load(work, x + 4 * PANEL, 0.0), load(work, x + 4 * PANEL + 1, 0.0)
    for j in range(width):
        d0, d1 = load(work, d + j, 0.0), load(work, d + PANEL + j, 0.0)
        d2, d3 = load(work, d + 2 * PANEL + j, 0.0), load(work, d + 3 * PANEL + j, 0.0)
        d4 = load(work, d + 4 * PANEL + j, 0.0)
        u, v = load(work, g + j, 0.0), load(work, g + PANEL + j, 0.0)
        store(work, g + j, u + d0 * x00 + d1 * x10 + d2 * x20 + d3 * x30 + d4 * x40)
        store(work, g + PANEL + j, v + d0 * x01 + d1 * x11 + d2 * x21 + d3 * x31 + d4 * x41)


@inlined_kernel
def wide_backward(n_in: int, n_out: int, work: FloatArray, d: int, w: int, back: int) -> None:
    """Write `back = W^T d` of a tile `d` of outputs to the tile `back` of inputs."""
    for i in range(n_in):
        t0 = t1 = t2 = t3 = t4 = 0.0
        for p in range(0, n_out, PANEL):
            row, start = pair(w, i, p, n_out), d + ROWS * p
            for j in range(min(PANEL, n_out - p)):
                u = load(work, row + j, 0.0)
                t0 += u * load(work, start + j, 0.0)
                t1 += u * load(work, start + PANEL + j, 0.0)
                t2 += u * load(work, start + 2 * PANEL + j, 0.0)
                t3 += u * load(work, start + 3 * PANEL + j, 0.0)
                t4 += u * load(work, start + 4 * PANEL + j, 0.0)
        store_rows(work, back + place(i), t0, t1, t2, t3, t4)


@inlined_kernel
def store_rows(work: FloatArray, at: int, t0: float, t1: float, t2: float, t3: float, t4: float) -> None:
    """Write the values of one unit for all rows of a tile."""
    store(work, at, t0)
    store(work, at + PANEL, t1)
    store(work, at + 2 * PANEL, t2)
    store(work, at + 3 * PANEL, t3)
    store(work, at + 4 * PANEL, t4)
