"""Loops over tiles: n numbers in a line for each unit, one for each row of data."""

from pdeopt.kernels._jit import fast_kernel
from pdeopt.kernels._memory import Memory, behind, read, write
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


# Two lines of results at a time, four of what they are made of: what is loaded serves more than one product.


@fast_kernel
def add_product(weights: Memory, shape: tuple[int, int], x: Memory, z: Memory, n: int) -> None:
    """Add ``W x`` to the tile z, W of a shape, row by row."""
    n_out, n_in = shape
    for i in range(0, n_out - 1, 2):
        add_two_lines(behind(weights, i * n_in), n_in, 1, n_in, x, behind(z, i * n), n)
    if n_out & 1:
        add_one_line(behind(weights, (n_out - 1) * n_in), 1, n_in, x, behind(z, (n_out - 1) * n), n)


@fast_kernel
def add_transposed(weights: Memory, shape: tuple[int, int], d: Memory, z: Memory, n: int) -> None:
    """Add ``W^T d`` to the tile z, W of a shape, row by row."""
    n_out, n_in = shape
    for j in range(0, n_in - 1, 2):
        add_two_lines(behind(weights, j), 1, n_in, n_out, d, behind(z, j * n), n)
    if n_in & 1:
        add_one_line(behind(weights, n_in - 1), n_in, n_out, d, behind(z, (n_in - 1) * n), n)


@fast_kernel
def add_two_lines(w: Memory, down: int, across: int, n_in: int, x: Memory, z: Memory, n: int) -> None:
    """Add two lines of weights, `down` apart, their numbers `across` apart, times the n_in lines of x to z."""
    for j in range(0, n_in - 3, 4):
        at, start = j * across, j * n
        u0, u1, v0, v1 = read(w, at), read(w, at + across), read(w, at + down), read(w, at + across + down)
        u2, u3 = read(w, at + 2 * across), read(w, at + 3 * across)
        v2, v3 = read(w, at + 2 * across + down), read(w, at + 3 * across + down)
        for s in range(n):
            x0, x1 = read(x, start + s), read(x, start + n + s)
            x2, x3 = read(x, start + 2 * n + s), read(x, start + 3 * n + s)
            write(z, s, read(z, s) + u0 * x0 + u1 * x1 + u2 * x2 + u3 * x3)
            write(z, n + s, read(z, n + s) + v0 * x0 + v1 * x1 + v2 * x2 + v3 * x3)
    for j in range(n_in & ~3, n_in):
        u, v = read(w, j * across), read(w, j * across + down)
        for s in range(n):
            write(z, s, read(z, s) + u * read(x, j * n + s))
            write(z, n + s, read(z, n + s) + v * read(x, j * n + s))


@fast_kernel
def add_one_line(w: Memory, across: int, n_in: int, x: Memory, z: Memory, n: int) -> None:
    """Add a line of weights, `across` apart, times the n_in lines of x to z."""
    for j in range(n_in):
        u = read(w, j * across)
        for s in range(n):
            write(z, s, read(z, s) + u * read(x, j * n + s))


@fast_kernel
def add_outer(d: Memory, shape: tuple[int, int], x: Memory, out: Memory, n: int) -> None:
    """Add the sum over rows of data of ``d_i x_j`` to the matrix `out` of a shape."""
    n_out, n_in = shape
    for i in range(0, n_out - 1, 2):
        for j in range(0, n_in - 3, 4):
            add_eight_sums(behind(d, i * n), behind(x, j * n), behind(out, i * n_in + j), n_in, n)
        for j in range(n_in & ~3, n_in):
            add_sum(behind(d, i * n), behind(x, j * n), behind(out, i * n_in + j), n)
            add_sum(behind(d, (i + 1) * n), behind(x, j * n), behind(out, (i + 1) * n_in + j), n)
    for j in range(n_in if n_out & 1 else 0):
        add_sum(behind(d, (n_out - 1) * n), behind(x, j * n), behind(out, (n_out - 1) * n_in + j), n)


@fast_kernel
def add_eight_sums(d: Memory, x: Memory, out: Memory, n_in: int, n: int) -> None:
    """Add the products of two lines with four to two rows of `out`, n_in apart."""
    s0 = s1 = s2 = s3 = t0 = t1 = t2 = t3 = 0.0
    for s in range(n):
        u, v = read(d, s), read(d, n + s)
        x0, x1, x2, x3 = read(x, s), read(x, n + s), read(x, 2 * n + s), read(x, 3 * n + s)
        s0 += u * x0
        s1 += u * x1
        s2 += u * x2
        s3 += u * x3
        t0 += v * x0
        t1 += v * x1
        t2 += v * x2
        t3 += v * x3
    write(out, 0, read(out, 0) + s0)
    write(out, 1, read(out, 1) + s1)
    write(out, 2, read(out, 2) + s2)
    write(out, 3, read(out, 3) + s3)
    write(out, n_in, read(out, n_in) + t0)
    write(out, n_in + 1, read(out, n_in + 1) + t1)
    write(out, n_in + 2, read(out, n_in + 2) + t2)
    write(out, n_in + 3, read(out, n_in + 3) + t3)


@fast_kernel
def add_sum(d: Memory, x: Memory, out: Memory, n: int) -> None:
    """Add the product of two lines to a number."""
    t = 0.0
    for s in range(n):
        t += read(d, s) * read(x, s)
    write(out, 0, read(out, 0) + t)


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
