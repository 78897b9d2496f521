"""Loops over tiles: n numbers in a line for each unit, one for each row of data."""

from pdeopt.kernels._jit import fast_kernel
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


@fast_kernel
def clear(z: Memory, n: int) -> None:
    """Set n numbers to zero."""
    for s in range(n):
        write(z, s, 0.0)


@fast_kernel
def copy(x: Memory, z: Memory, n: int) -> None:
    """Set n numbers of z to those of x."""
    for s in range(n):
        write(z, s, read(x, s))


@fast_kernel
def fill_lines(numbers: Memory, n_lines: int, z: Memory, n: int) -> None:
    """Set each line of z to a number of its own."""
    for i in range(n_lines):
        number = read(numbers, i)
        for s in range(n):
            write(z, i * n + s, number)


@fast_kernel
def add_product(weights: Memory, shape: tuple[int, int], x: Memory, z: Memory, n: int) -> None:
    """Add ``W x`` to the tile z, W of a shape, row by row."""
    n_out, n_in = shape
    for i in range(n_out):
        row, line = i * n_in, i * n
        for j in range(0, n_in - 3, 4):
            u0, u1, start = read(weights, row + j), read(weights, row + j + 1), j * n
            u2, u3 = read(weights, row + j + 2), read(weights, row + j + 3)
            for s in range(n):
                total = read(z, line + s) + u0 * read(x, start + s) + u1 * read(x, start + n + s)
                total += u2 * read(x, start + 2 * n + s) + u3 * read(x, start + 3 * n + s)
                write(z, line + s, total)
        for j in range(n_in & ~3, n_in):
            u = read(weights, row + j)
            for s in range(n):
                write(z, line + s, read(z, line + s) + u * read(x, j * n + s))


@fast_kernel
def add_transposed(weights: Memory, shape: tuple[int, int], d: Memory, z: Memory, n: int) -> None:
    """Add ``W^T d`` to the tile z, W of a shape, row by row."""
    n_out, n_in = shape
    for j in range(n_in):
        line = j * n
        for i in range(0, n_out - 3, 4):
            u0, u1, start = read(weights, i * n_in + j), read(weights, (i + 1) * n_in + j), i * n
            u2, u3 = read(weights, (i + 2) * n_in + j), read(weights, (i + 3) * n_in + j)
            for s in range(n):
                total = read(z, line + s) + u0 * read(d, start + s) + u1 * read(d, start + n + s)
                total += u2 * read(d, start + 2 * n + s) + u3 * read(d, start + 3 * n + s)
                write(z, line + s, total)
        for i in range(n_out & ~3, n_out):
            u = read(weights, i * n_in + j)
            for s in range(n):
                write(z, line + s, read(z, line + s) + u * read(d, i * n + s))


@fast_kernel
def add_outer(d: Memory, shape: tuple[int, int], x: Memory, out: Memory, n: int) -> None:
    """Add the sum over rows of data of ``d_i x_j`` to the matrix `out` of a shape."""
    n_out, n_in = shape
    for i in range(n_out):
        line, row = i * n, i * n_in
        for j in range(0, n_in - 3, 4):
            start = j * n
            t0 = t1 = t2 = t3 = 0.0
            for s in range(n):
                u = read(d, line + s)
                t0 += u * read(x, start + s)
                t1 += u * read(x, start + n + s)
                t2 += u * read(x, start + 2 * n + s)
                t3 += u * read(x, start + 3 * n + s)
            write(out, row + j, read(out, row + j) + t0)
            write(out, row + j + 1, read(out, row + j + 1) + t1)
            write(out, row + j + 2, read(out, row + j + 2) + t2)
            write(out, row + j + 3, read(out, row + j + 3) + t3)
        for j in range(n_in & ~3, n_in):
            t = 0.0
            for s in range(n):
                t += read(d, line + s) * read(x, j * n + s)
            write(out, row + j, read(out, row + j) + t)


@fast_kernel
def add_line_sums(d: Memory, n_lines: int, out: Memory, n: int) -> None:
    """Add the sum of each line of d to the vector `out`."""
    for i in range(n_lines):
        t = 0.0
        for s in range(n):
            t += read(d, i * n + s)
        write(out, i, read(out, i) + t)


@fast_kernel
def times(x: Memory, y: Memory, z: Memory, n: int) -> None:
    """Set n numbers of z to the products of those of x and y."""
    for s in range(n):
        write(z, s, read(x, s) * read(y, s))


@fast_kernel
def add_times(u: float, x: Memory, y: Memory, z: Memory, n: int) -> None:
    """Add u times the products of n numbers of x and y to those of z."""
    for s in range(n):
        write(z, s, read(z, s) + u * read(x, s) * read(y, s))


@fast_kernel
def add_scaled(u: float, x: Memory, z: Memory, n: int) -> None:
    """Add u times n numbers of x to those of z."""
    for s in range(n):
        write(z, s, read(z, s) + u * read(x, s))


@fast_kernel
def bend(activation: int, z: Memory, n: int) -> None:
    """Replace n numbers by their activations."""
    if activation == RELU:
        for s in range(n):
            write(z, s, relu(read(z, s)))
    elif activation == TANH:
        for s in range(n):
            write(z, s, tanh(read(z, s)))
    elif activation == SIGMOID:
        for s in range(n):
            write(z, s, sigmoid(read(z, s)))
    elif activation == SOFTPLUS:
        for s in range(n):
            write(z, s, softplus(read(z, s)))


@fast_kernel
def times_slope(activation: int, x: Memory, z: Memory, n: int) -> None:
    """Multiply n numbers of z by the derivatives of the activations whose values are those of x."""
    if activation == RELU:
        for s in range(n):
            write(z, s, read(z, s) * relu_slope(read(x, s)))
    elif activation == TANH:
        for s in range(n):
            write(z, s, read(z, s) * tanh_slope(read(x, s)))
    elif activation == SIGMOID:
        for s in range(n):
            write(z, s, read(z, s) * sigmoid_slope(read(x, s)))
    elif activation == SOFTPLUS:
        for s in range(n):
            write(z, s, read(z, s) * softplus_slope(read(x, s)))


@fast_kernel
def add_connected(weights: Memory, shape: tuple[int, int], factors: Memory, x: Memory, z: Memory, n: int) -> None:
    """Add ``(W * f) x`` to the tile z: each row of data has factors f of its own, a line for each weight."""
    n_out, n_in = shape
    for i in range(n_out):
        for j in range(n_in):
            u, at = read(weights, i * n_in + j), (i * n_in + j) * n
            for s in range(n):
                write(z, i * n + s, read(z, i * n + s) + u * read(factors, at + s) * read(x, j * n + s))


@fast_kernel
def back_connected(
    weights: Memory, shape: tuple[int, int], factors: Memory, d: Memory, x: Memory, back: Memory, out: Memory, n: int
) -> None:
    """Add the derivatives of ``(W * f) x`` by x to `back` and by W to `out`, where d is the one by the product."""
    n_out, n_in = shape
    for i in range(n_out):
        for j in range(n_in):
            at, u, t = (i * n_in + j) * n, read(weights, i * n_in + j), 0.0
            for s in range(n):
                share = read(d, i * n + s) * read(factors, at + s)
                t += share * read(x, j * n + s)
                write(back, j * n + s, read(back, j * n + s) + u * share)
            write(out, i * n_in + j, read(out, i * n_in + j) + t)
