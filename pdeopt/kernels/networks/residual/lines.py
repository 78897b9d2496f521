"""Loops over tiles: a line of memory for each unit, a column for each row of data, of which there are n."""

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
from pdeopt.kernels.networks.layout import RELU, SIGMOID, SOFTPLUS, TANH

# Of the arguments a tile is two: memory, and where its first line begins. Tiles read and written differ in memory.


@inlined_kernel
def fill_lines(values: Memory, a: int, n_units: int, biases: Memory, b: int, n: int) -> None:
    """Set each line of a tile to a number of its own; to zero for ``b = -1``."""
    for i in range(n_units):
        bias = read(biases, b + i) if b >= 0 else 0.0
        for s in range(n):
            write(values, a + i * n + s, bias)


@fast_kernel
def add_product(
    theta: Memory,
    w: int,
    down: int,
    across: int,
    shape: tuple[int, int],
    x: Memory,
    a: int,
    z: Memory,
    c: int,
    n: int,
) -> None:
    """Add ``W x`` to the tile z: ``W_ij`` is `down` times i and `across` times j behind w; shape (units of z, of x)."""
    n_out, n_in = shape
    for i in range(n_out):
        row, line = w + i * down, c + i * n
        for j in range(0, n_in - 3, 4):
            u0, u1 = read(theta, row + j * across), read(theta, row + (j + 1) * across)
            u2, u3 = read(theta, row + (j + 2) * across), read(theta, row + (j + 3) * across)
            start = a + j * n
            for s in range(n):
                total = read(z, line + s) + u0 * read(x, start + s) + u1 * read(x, start + n + s)
                total += u2 * read(x, start + 2 * n + s) + u3 * read(x, start + 3 * n + s)
                write(z, line + s, total)
        for j in range(n_in & ~3, n_in):
            u = read(theta, row + j * across)
            for s in range(n):
                write(z, line + s, read(z, line + s) + u * read(x, a + j * n + s))


@fast_kernel
def add_outer(d: Memory, b: int, n_out: int, x: Memory, a: int, n_in: int, out: Memory, w: int, n: int) -> None:
    """Add the sum over columns of ``d_i x_j`` to the matrix `out` at w, row by row."""
    for i in range(n_out):
        line = b + i * n
        for j in range(0, n_in - 3, 4):
            start = a + j * n
            t0 = t1 = t2 = t3 = 0.0
            for s in range(n):
                u = read(d, line + s)
                t0 += u * read(x, start + s)
                t1 += u * read(x, start + n + s)
                t2 += u * read(x, start + 2 * n + s)
                t3 += u * read(x, start + 3 * n + s)
            at = w + i * n_in + j
            write(out, at, read(out, at) + t0)
            write(out, at + 1, read(out, at + 1) + t1)
            write(out, at + 2, read(out, at + 2) + t2)
            write(out, at + 3, read(out, at + 3) + t3)
        for j in range(n_in & ~3, n_in):
            t = 0.0
            for s in range(n):
                t += read(d, line + s) * read(x, a + j * n + s)
            write(out, w + i * n_in + j, read(out, w + i * n_in + j) + t)


@inlined_kernel
def add_line_sums(d: Memory, b: int, n_out: int, out: Memory, w: int, n: int) -> None:
    """Add the sum of each line of d to the vector `out` at w."""
    for i in range(n_out):
        t = 0.0
        for s in range(n):
            t += read(d, b + i * n + s)
        write(out, w + i, read(out, w + i) + t)


@inlined_kernel
def times(x: Memory, a: int, y: Memory, b: int, z: Memory, c: int, n: int) -> None:
    """Set n numbers of z to the products of those of x and y."""
    for s in range(n):
        write(z, c + s, read(x, a + s) * read(y, b + s))


@inlined_kernel
def add_times(x: Memory, a: int, y: Memory, b: int, z: Memory, c: int, n: int) -> None:
    """Add the products of n numbers of x and y to those of z."""
    for s in range(n):
        write(z, c + s, read(z, c + s) + read(x, a + s) * read(y, b + s))


@inlined_kernel
def scale(u: float, x: Memory, a: int, z: Memory, c: int, n: int) -> None:
    """Set n numbers of z to u times those of x."""
    for s in range(n):
        write(z, c + s, u * read(x, a + s))


@inlined_kernel
def add_scaled(u: float, x: Memory, a: int, z: Memory, c: int, n: int) -> None:
    """Add u times n numbers of x to those of z."""
    for s in range(n):
        write(z, c + s, read(z, c + s) + u * read(x, a + s))


@fast_kernel
def bend(activation: int, z: Memory, c: int, n: int) -> None:
    """Replace n numbers by their activations."""
    if activation == RELU:
        for s in range(n):
            write(z, c + s, relu(read(z, c + s)))
    elif activation == TANH:
        for s in range(n):
            write(z, c + s, tanh(read(z, c + s)))
    elif activation == SIGMOID:
        for s in range(n):
            write(z, c + s, sigmoid(read(z, c + s)))
    elif activation == SOFTPLUS:
        for s in range(n):
            write(z, c + s, softplus(read(z, c + s)))


@fast_kernel
def times_slope(activation: int, x: Memory, a: int, z: Memory, c: int, n: int) -> None:
    """Multiply n numbers of z by the derivatives of the activations whose values are those of x."""
    if activation == RELU:
        for s in range(n):
            write(z, c + s, read(z, c + s) * relu_slope(read(x, a + s)))
    elif activation == TANH:
        for s in range(n):
            write(z, c + s, read(z, c + s) * tanh_slope(read(x, a + s)))
    elif activation == SIGMOID:
        for s in range(n):
            write(z, c + s, read(z, c + s) * sigmoid_slope(read(x, a + s)))
    elif activation == SOFTPLUS:
        for s in range(n):
            write(z, c + s, read(z, c + s) * softplus_slope(read(x, a + s)))
