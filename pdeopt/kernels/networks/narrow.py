"""Layers with no more outputs than inputs, on tiles of rows: the loops run over inputs."""

from pdeopt.kernels._jit import inlined_kernel
from pdeopt.kernels._memory import Memory, read, write
from pdeopt.kernels.networks.layout import PANEL, ROWS, place
from pdeopt.kernels.networks.wide import write_rows


@inlined_kernel
def narrow_forward(parameters: Memory, weights: int, n_in: int, n_out: int, values: Memory, a: int, z: int) -> None:
    """Write `z = b + W a` of a tile of rows `a` to the tile `z`; the biases follow the weights."""
    for k in range(n_out):
        t0 = t1 = t2 = t3 = t4 = read(parameters, weights + n_in * n_out + k)
        for p in range(0, n_in, PANEL):
            row, start = weights + k * n_in + p, a + ROWS * p
            for i in range(min(PANEL, n_in - p)):
                u = read(parameters, row + i)
                t0 += u * read(values, start + i)
                t1 += u * read(values, start + PANEL + i)
                t2 += u * read(values, start + 2 * PANEL + i)
                t3 += u * read(values, start + 3 * PANEL + i)
                t4 += u * read(values, start + 4 * PANEL + i)
        write_rows(values, z + place(k), t0, t1, t2, t3, t4)


@inlined_kernel
def narrow_gradient(
    n_in: int, n_out: int, values: Memory, a: int, slopes: Memory, d: int, out: Memory, weights: int
) -> None:
    """Add `sum over rows of d a^T`, tiles `d` of outputs and `a` of inputs, to the weights of `out`."""
    for k in range(n_out):
        at = d + place(k)
        d0, d1 = read(slopes, at), read(slopes, at + PANEL)
        d2, d3 = read(slopes, at + 2 * PANEL), read(slopes, at + 3 * PANEL)
        d4 = read(slopes, at + 4 * PANEL)
        for p in range(0, n_in, PANEL):
            row, start = weights + k * n_in + p, a + ROWS * p
            for i in range(min(PANEL, n_in - p)):
                total = read(out, row + i) + d0 * read(values, start + i)
                total += d1 * read(values, start + PANEL + i)
                total += d2 * read(values, start + 2 * PANEL + i)
                total += d3 * read(values, start + 3 * PANEL + i)
                write(out, row + i, total + d4 * read(values, start + 4 * PANEL + i))


@inlined_kernel
def narrow_backward(parameters: Memory, weights: int, n_in: int, n_out: int, slopes: Memory, d: int, back: int) -> None:
    """Write `back = W^T d` of a tile `d` of outputs to the tile `back` of inputs."""
    for p in range(0, n_in, PANEL):
        row, start, width = weights + p, back + ROWS * p, min(PANEL, n_in - p)
        _set_back(parameters, row, slopes, d, start, width)
        for k in range(1, n_out):
            _add_back(parameters, row + k * n_in, slopes, d + place(k), start, width)


@inlined_kernel
def _set_back(parameters: Memory, row: int, slopes: Memory, d: int, back: int, width: int) -> None:
    d0, d1 = read(slopes, d), read(slopes, d + PANEL)
    d2, d3 = read(slopes, d + 2 * PANEL), read(slopes, d + 3 * PANEL)
    d4 = read(slopes, d + 4 * PANEL)
    for i in range(width):
        u = read(parameters, row + i)
        write(slopes, back + i, d0 * u)
        write(slopes, back + PANEL + i, d1 * u)
        write(slopes, back + 2 * PANEL + i, d2 * u)
        write(slopes, back + 3 * PANEL + i, d3 * u)
        write(slopes, back + 4 * PANEL + i, d4 * u)


@inlined_kernel
def _add_back(parameters: Memory, row: int, slopes: Memory, d: int, back: int, width: int) -> None:
    d0, d1 = read(slopes, d), read(slopes, d + PANEL)
    d2, d3 = read(slopes, d + 2 * PANEL), read(slopes, d + 3 * PANEL)
    d4 = read(slopes, d + 4 * PANEL)
    for i in range(width):
        u = read(parameters, row + i)
        write(slopes, back + i, read(slopes, back + i) + d0 * u)
        write(slopes, back + PANEL + i, read(slopes, back + PANEL + i) + d1 * u)
        write(slopes, back + 2 * PANEL + i, read(slopes, back + 2 * PANEL + i) + d2 * u)
        write(slopes, back + 3 * PANEL + i, read(slopes, back + 3 * PANEL + i) + d3 * u)
        write(slopes, back + 4 * PANEL + i, read(slopes, back + 4 * PANEL + i) + d4 * u)
