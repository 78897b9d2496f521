"""Layers with more outputs than inputs, on tiles of rows: weights are transposed once, loops run over outputs."""

from pdeopt.kernels._jit import inlined_kernel
from pdeopt.kernels._memory import Memory, read, write
from pdeopt.kernels.networks.layout import PANEL, ROWS, padded, place

# Transposed weights: inputs in pairs, outputs in panels, so that what is used together has a constant distance and
# the compiler sees that it does not overlap.


@inlined_kernel
def transpose(parameters: Memory, weights: int, n_in: int, n_out: int, turned: Memory, w: int) -> None:
    """Copy weights `(n_out, n_in)` to pairs of inputs by panels of outputs; a missing input gets zeros."""
    for p in range(0, n_out, PANEL):
        width = min(PANEL, n_out - p)
        for i in range(n_in):
            start, row = pair(w, i, p, n_out), weights + p * n_in + i
            for j in range(width):
                write(turned, start + j, read(parameters, row + j * n_in))
        for j in range(width * (n_in & 1)):
            write(turned, pair(w, n_in, p, n_out) + j, 0.0)


@inlined_kernel
def transpose_back(sums: Memory, g: int, n_in: int, n_out: int, out: Memory, weights: int) -> None:
    """Copy pairs of inputs by panels of outputs to `(n_out, n_in)`."""
    for p in range(0, n_out, PANEL):
        for i in range(n_in):
            start, row = pair(g, i, p, n_out), weights + p * n_in + i
            for j in range(min(PANEL, n_out - p)):
                write(out, row + j * n_in, read(sums, start + j))


@inlined_kernel
def pair(w: int, i: int, p: int, n_out: int) -> int:
    """Return where the weights of input `i` for the panel from output `p` on begin."""
    return w + (i >> 1) * 2 * padded(n_out) + 2 * p + (i & 1) * PANEL


@inlined_kernel
def wide_forward(
    parameters: Memory,
    biases: int,
    n_in: int,
    n_out: int,
    values: Memory,
    a: int,
    turned: Memory,
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
def _first_pair(parameters: Memory, b: int, values: Memory, x: int, turned: Memory, w: int, z: int, width: int) -> None:
    x00, x01 = read(values, x), read(values, x + 1)
    x10, x11 = read(values, x + PANEL), read(values, x + PANEL + 1)
    x20, x21 = read(values, x + 2 * PANEL), read(values, x + 2 * PANEL + 1)
    x30, x31 = read(values, x + 3 * PANEL), read(values, x + 3 * PANEL + 1)
    x40, x41 = read(values, x + 4 * PANEL), read(values, x + 4 * PANEL + 1)
    for j in range(width):
        u, v, c = read(turned, w + j), read(turned, w + PANEL + j), read(parameters, b + j)
        write(values, z + j, c + x00 * u + x01 * v)
        write(values, z + PANEL + j, c + x10 * u + x11 * v)
        write(values, z + 2 * PANEL + j, c + x20 * u + x21 * v)
        write(values, z + 3 * PANEL + j, c + x30 * u + x31 * v)
        write(values, z + 4 * PANEL + j, c + x40 * u + x41 * v)


@inlined_kernel
def _add_pair(values: Memory, x: int, turned: Memory, w: int, z: int, width: int) -> None:
    x00, x01 = read(values, x), read(values, x + 1)
    x10, x11 = read(values, x + PANEL), read(values, x + PANEL + 1)
    x20, x21 = read(values, x + 2 * PANEL), read(values, x + 2 * PANEL + 1)
    x30, x31 = read(values, x + 3 * PANEL), read(values, x + 3 * PANEL + 1)
    x40, x41 = read(values, x + 4 * PANEL), read(values, x + 4 * PANEL + 1)
    for j in range(width):
        u, v = read(turned, w + j), read(turned, w + PANEL + j)
        write(values, z + j, read(values, z + j) + x00 * u + x01 * v)
        write(values, z + PANEL + j, read(values, z + PANEL + j) + x10 * u + x11 * v)
        write(values, z + 2 * PANEL + j, read(values, z + 2 * PANEL + j) + x20 * u + x21 * v)
        write(values, z + 3 * PANEL + j, read(values, z + 3 * PANEL + j) + x30 * u + x31 * v)
        write(values, z + 4 * PANEL + j, read(values, z + 4 * PANEL + j) + x40 * u + x41 * v)


@inlined_kernel
def wide_gradient(n_in: int, n_out: int, values: Memory, a: int, slopes: Memory, d: int, sums: Memory, g: int) -> None:
    """Add `sum over rows of d a^T`, tiles `d` of outputs and `a` of inputs, to the transposed gradient at `g`."""
    for p in range(0, n_out, PANEL):
        for i in range(0, n_in, 2):
            _add_outer(values, a + place(i), slopes, d + ROWS * p, sums, pair(g, i, p, n_out), min(PANEL, n_out - p))


@inlined_kernel
def _add_outer(values: Memory, x: int, slopes: Memory, d: int, sums: Memory, g: int, width: int) -> None:
    x00, x01 = read(values, x), read(values, x + 1)
    x10, x11 = read(values, x + PANEL), read(values, x + PANEL + 1)
    x20, x21 = read(values, x + 2 * PANEL), read(values, x + 2 * PANEL + 1)
    x30, x31 = read(values, x + 3 * PANEL), read(values, x + 3 * PANEL + 1)
    x40, x41 = read(values, x + 4 * PANEL), read(values, x + 4 * PANEL + 1)
    for j in range(width):
        d0, d1 = read(slopes, d + j), read(slopes, d + PANEL + j)
        d2, d3 = read(slopes, d + 2 * PANEL + j), read(slopes, d + 3 * PANEL + j)
        d4 = read(slopes, d + 4 * PANEL + j)
        u, v = read(sums, g + j), read(sums, g + PANEL + j)
        write(sums, g + j, u + d0 * x00 + d1 * x10 + d2 * x20 + d3 * x30 + d4 * x40)
        write(sums, g + PANEL + j, v + d0 * x01 + d1 * x11 + d2 * x21 + d3 * x31 + d4 * x41)


@inlined_kernel
def wide_backward(n_in: int, n_out: int, turned: Memory, w: int, slopes: Memory, d: int, back: int) -> None:
    """Write `back = W^T d` of a tile `d` of outputs to the tile `back` of inputs."""
    for i in range(n_in):
        t0 = t1 = t2 = t3 = t4 = 0.0
        for p in range(0, n_out, PANEL):
            row, start = pair(w, i, p, n_out), d + ROWS * p
            for j in range(min(PANEL, n_out - p)):
                u = read(turned, row + j)
                t0 += u * read(slopes, start + j)
                t1 += u * read(slopes, start + PANEL + j)
                t2 += u * read(slopes, start + 2 * PANEL + j)
                t3 += u * read(slopes, start + 3 * PANEL + j)
                t4 += u * read(slopes, start + 4 * PANEL + j)
        write_rows(slopes, back + place(i), t0, t1, t2, t3, t4)


@inlined_kernel
def write_rows(tiles: Memory, at: int, t0: float, t1: float, t2: float, t3: float, t4: float) -> None:
    """Write the values of one unit for all rows of a tile."""
    write(tiles, at, t0)
    write(tiles, at + PANEL, t1)
    write(tiles, at + 2 * PANEL, t2)
    write(tiles, at + 3 * PANEL, t3)
    write(tiles, at + 4 * PANEL, t4)
