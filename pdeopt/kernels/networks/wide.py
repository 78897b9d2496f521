"""Layers with more outputs than inputs, on tiles of rows: weights are transposed once, loops run over outputs."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import inlined_kernel
from pdeopt.kernels.lanes import load, store
from pdeopt.kernels.networks.layout import PANEL, ROWS, padded, place

# Transposed weights: inputs in pairs, outputs in panels, so that what is used together has a constant distance and
# the compiler sees that it does not overlap.


@inlined_kernel
def transpose(parameters: FloatArray, weights: int, n_in: int, n_out: int, turned: FloatArray, w: int) -> None:
    """Copy weights `(n_out, n_in)` to pairs of inputs by panels of outputs; a missing input gets zeros."""
    for p in range(0, n_out, PANEL):
        width = min(PANEL, n_out - p)
        for i in range(n_in):
            start, row = pair(w, i, p, n_out), weights + p * n_in + i
            for j in range(width):
                store(turned, start + j, load(parameters, row + j * n_in, 0.0))
        for j in range(width * (n_in & 1)):
            store(turned, pair(w, n_in, p, n_out) + j, 0.0)


@inlined_kernel
def transpose_back(sums: FloatArray, g: int, n_in: int, n_out: int, out: FloatArray, weights: int) -> None:
    """Copy pairs of inputs by panels of outputs to `(n_out, n_in)`."""
    for p in range(0, n_out, PANEL):
        for i in range(n_in):
            start, row = pair(g, i, p, n_out), weights + p * n_in + i
            for j in range(min(PANEL, n_out - p)):
                store(out, row + j * n_in, load(sums, start + j, 0.0))


@inlined_kernel
def pair(w: int, i: int, p: int, n_out: int) -> int:
    """Return where the weights of input `i` for the panel from output `p` on begin."""
    return w + (i >> 1) * 2 * padded(n_out) + 2 * p + (i & 1) * PANEL


@inlined_kernel
def wide_forward(
    parameters: FloatArray,
    biases: int,
    n_in: int,
    n_out: int,
    values: FloatArray,
    a: int,
    turned: FloatArray,
    w: int,
    z: int,
) -> None:
    """Write `z = b + W a` of a tile of rows `a` to the tile `z`, with the transposed weights at `w`."""
    for p in range(0, n_out, PANEL):
        width = min(PANEL, n_out - p)
        _first_pair(parameters, biases + p, values, a, turned, pair(w, 0, p, n_out), z + ROWS * p, width)
        for i in range(2, n_in, 2):
            _add_pair(values, a + place(i), turned, pair(w, i, p, n_out), z + ROWS * p, width)


@inlined_kernel
def _first_pair(
    parameters: FloatArray, b: int, values: FloatArray, x: int, turned: FloatArray, w: int, z: int, width: int
) -> None:
    x00, x01 = load(values, x, 0.0), load(values, x + 1, 0.0)
    x10, x11 = load(values, x + PANEL, 0.0), load(values, x + PANEL + 1, 0.0)
    x20, x21 = load(values, x + 2 * PANEL, 0.0), load(values, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(values, x + 3 * PANEL, 0.0), load(values, x + 3 * PANEL + 1, 0.0)
    x40, x41 = load(values, x + 4 * PANEL, 0.0), load(values, x + 4 * PANEL + 1, 0.0)
    for j in range(width):
        u, v, c = load(turned, w + j, 0.0), load(turned, w + PANEL + j, 0.0), load(parameters, b + j, 0.0)
        store(values, z + j, c + x00 * u + x01 * v)
        store(values, z + PANEL + j, c + x10 * u + x11 * v)
        store(values, z + 2 * PANEL + j, c + x20 * u + x21 * v)
        store(values, z + 3 * PANEL + j, c + x30 * u + x31 * v)
        store(values, z + 4 * PANEL + j, c + x40 * u + x41 * v)


@inlined_kernel
def _add_pair(values: FloatArray, x: int, turned: FloatArray, w: int, z: int, width: int) -> None:
    x00, x01 = load(values, x, 0.0), load(values, x + 1, 0.0)
    x10, x11 = load(values, x + PANEL, 0.0), load(values, x + PANEL + 1, 0.0)
    x20, x21 = load(values, x + 2 * PANEL, 0.0), load(values, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(values, x + 3 * PANEL, 0.0), load(values, x + 3 * PANEL + 1, 0.0)
    x40, x41 = load(values, x + 4 * PANEL, 0.0), load(values, x + 4 * PANEL + 1, 0.0)
    for j in range(width):
        u, v = load(turned, w + j, 0.0), load(turned, w + PANEL + j, 0.0)
        store(values, z + j, load(values, z + j, 0.0) + x00 * u + x01 * v)
        store(values, z + PANEL + j, load(values, z + PANEL + j, 0.0) + x10 * u + x11 * v)
        store(values, z + 2 * PANEL + j, load(values, z + 2 * PANEL + j, 0.0) + x20 * u + x21 * v)
        store(values, z + 3 * PANEL + j, load(values, z + 3 * PANEL + j, 0.0) + x30 * u + x31 * v)
        store(values, z + 4 * PANEL + j, load(values, z + 4 * PANEL + j, 0.0) + x40 * u + x41 * v)


@inlined_kernel
def wide_gradient(
    n_in: int, n_out: int, values: FloatArray, a: int, slopes: FloatArray, d: int, sums: FloatArray, g: int
) -> None:
    """Add `sum over rows of d a^T`, tiles `d` of outputs and `a` of inputs, to the transposed gradient at `g`."""
    for p in range(0, n_out, PANEL):
        for i in range(0, n_in, 2):
            _add_outer(values, a + place(i), slopes, d + ROWS * p, sums, pair(g, i, p, n_out), min(PANEL, n_out - p))


@inlined_kernel
def _add_outer(values: FloatArray, x: int, slopes: FloatArray, d: int, sums: FloatArray, g: int, width: int) -> None:
    x00, x01 = load(values, x, 0.0), load(values, x + 1, 0.0)
    x10, x11 = load(values, x + PANEL, 0.0), load(values, x + PANEL + 1, 0.0)
    x20, x21 = load(values, x + 2 * PANEL, 0.0), load(values, x + 2 * PANEL + 1, 0.0)
    x30, x31 = load(values, x + 3 * PANEL, 0.0), load(values, x + 3 * PANEL + 1, 0.0)
    x40, x41 = load(values, x + 4 * PANEL, 0.0), load(values, x + 4 * PANEL + 1, 0.0)
    for j in range(width):
        d0, d1 = load(slopes, d + j, 0.0), load(slopes, d + PANEL + j, 0.0)
        d2, d3 = load(slopes, d + 2 * PANEL + j, 0.0), load(slopes, d + 3 * PANEL + j, 0.0)
        d4 = load(slopes, d + 4 * PANEL + j, 0.0)
        u, v = load(sums, g + j, 0.0), load(sums, g + PANEL + j, 0.0)
        store(sums, g + j, u + d0 * x00 + d1 * x10 + d2 * x20 + d3 * x30 + d4 * x40)
        store(sums, g + PANEL + j, v + d0 * x01 + d1 * x11 + d2 * x21 + d3 * x31 + d4 * x41)


@inlined_kernel
def wide_backward(n_in: int, n_out: int, turned: FloatArray, w: int, slopes: FloatArray, d: int, back: int) -> None:
    """Write `back = W^T d` of a tile `d` of outputs to the tile `back` of inputs."""
    for i in range(n_in):
        t0 = t1 = t2 = t3 = t4 = 0.0
        for p in range(0, n_out, PANEL):
            row, start = pair(w, i, p, n_out), d + ROWS * p
            for j in range(min(PANEL, n_out - p)):
                u = load(turned, row + j, 0.0)
                t0 += u * load(slopes, start + j, 0.0)
                t1 += u * load(slopes, start + PANEL + j, 0.0)
                t2 += u * load(slopes, start + 2 * PANEL + j, 0.0)
                t3 += u * load(slopes, start + 3 * PANEL + j, 0.0)
                t4 += u * load(slopes, start + 4 * PANEL + j, 0.0)
        store_rows(slopes, back + place(i), t0, t1, t2, t3, t4)


@inlined_kernel
def store_rows(tiles: FloatArray, at: int, t0: float, t1: float, t2: float, t3: float, t4: float) -> None:
    """Write the values of one unit for all rows of a tile."""
    store(tiles, at, t0)
    store(tiles, at + PANEL, t1)
    store(tiles, at + 2 * PANEL, t2)
    store(tiles, at + 3 * PANEL, t3)
    store(tiles, at + 4 * PANEL, t4)
