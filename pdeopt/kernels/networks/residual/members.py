"""One member of a residual network on a tile of rows: lift, blocks, readout, forward and back."""

from typing import TypeAlias

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels._memory import Memory, memory_of, read, stretch, write
from pdeopt.kernels.networks.residual.blocks import backward_block, forward_block
from pdeopt.kernels.networks.residual.branches import Scratch, factor_place
from pdeopt.kernels.networks.residual.factors import draw_factors
from pdeopt.kernels.networks.residual.layout import (
    BLOCKS,
    HAS_LIFT,
    HAS_READOUT,
    HIDDEN,
    KIND,
    MEMBER_SIZE,
    MEMBERS,
    N_FACTORS,
    N_IN,
    N_OUT,
    NONE,
    READOUT,
    UNITS,
    WIDTH,
    entry,
)
from pdeopt.kernels.networks.residual.lines import add_line_sums, add_outer, add_product, fill_lines

Key: TypeAlias = tuple[int, int, int]
"""Seed, run and number of the minibatch."""


@inlined_kernel
def scratch_of(layout: IntArray, work: FloatArray, n: int) -> Scratch:
    """Cut the scratch behind the work of the members, for n rows."""
    d, widest = layout[WIDTH] * n, max(layout[WIDTH], layout[HIDDEN]) * n
    at = layout[MEMBERS] * layout[UNITS] * n
    tiles = (memory_of(work, at), memory_of(work, at + d), memory_of(work, at + 2 * d))
    return (*tiles, memory_of(work, at + 4 * d), memory_of(work, at + 4 * d + widest))


@inlined_kernel
def ends_of(layout: IntArray, n: int) -> tuple[int, int, int]:
    """Return where inputs, answers and their slopes begin in the work for n rows."""
    lines = layout[MEMBERS] * layout[UNITS] + 4 * layout[WIDTH] + 2 * max(layout[WIDTH], layout[HIDDEN])
    return lines * n, (lines + layout[N_IN]) * n, (lines + layout[N_IN] + layout[N_OUT]) * n


@inlined_kernel
def gather(x: FloatArray, rows: IntArray, inputs: Memory, n: int) -> None:
    """Copy rows of the data to a tile, a line for each of its columns."""
    for i in range(x.shape[1]):
        for s in range(n):
            write(inputs, i * n + s, x[rows[s], i])


@fast_kernel
def forward_member(
    parameters: FloatArray, layout: IntArray, member: int, chunk: int, key: Key, work: FloatArray, n: int
) -> None:
    """Carry the rows in the inputs of the work through one member, and add its share to the answers."""
    theta, inputs = memory_of(parameters, member * layout[MEMBER_SIZE]), memory_of(work, ends_of(layout, n)[0])
    start = member * layout[UNITS] * n
    values, scratch = memory_of(work, start), scratch_of(layout, work, n)
    enter(theta, layout, inputs, values, n)
    for k in range(layout[BLOCKS]):
        if entry(layout, k, KIND) != NONE:
            at, size = start + factor_place(layout, k, n), entry(layout, k, N_FACTORS) * n + 7
            layer = member * layout[BLOCKS] + k
            draw_factors(layout, layer, chunk, n, key[0], key[1], key[2], stretch(work, at, size))
        forward_block(theta, layout, k, values, scratch, n)
    leave(theta, layout, values, memory_of(work, ends_of(layout, n)[1]), n)


@inlined_kernel
def enter(theta: Memory, layout: IntArray, inputs: Memory, values: Memory, n: int) -> None:
    """Write the state before the first block: the inputs, or their lift."""
    d, n_in = layout[WIDTH], layout[N_IN]
    if layout[HAS_LIFT]:
        fill_lines(values, 0, d, theta, d * n_in, n)
        add_product(theta, 0, n_in, 1, (d, n_in), inputs, 0, values, 0, n)
    else:
        for i in range(d * n):
            write(values, i, read(inputs, i))


@inlined_kernel
def leave(theta: Memory, layout: IntArray, values: Memory, answers: Memory, n: int) -> None:
    """Add a member's share of the outputs to the answers, which have a line for each row."""
    d, n_out, share = layout[WIDTH], layout[N_OUT], 1.0 / layout[MEMBERS]
    w, last = layout[READOUT], (layout[UNITS] - d) * n
    for i in range(n_out):
        for s in range(n):
            total = read(theta, w + n_out * d + i) if layout[HAS_READOUT] else read(values, last + i * n + s)
            for j in range(d if layout[HAS_READOUT] else 0):
                total += read(theta, w + i * d + j) * read(values, last + j * n + s)
            write(answers, s * n_out + i, read(answers, s * n_out + i) + share * total)


@fast_kernel
def backward_member(
    parameters: FloatArray, layout: IntArray, member: int, work: FloatArray, out: FloatArray, n: int
) -> None:
    """Carry the slopes in the work back through one member, adding to its part of the gradient."""
    theta, found = memory_of(parameters, member * layout[MEMBER_SIZE]), memory_of(out, member * layout[MEMBER_SIZE])
    values, scratch = memory_of(work, member * layout[UNITS] * n), scratch_of(layout, work, n)
    inputs, _, slopes = ends_of(layout, n)
    d = memory_of(work, (layout[MEMBERS] * layout[UNITS] + 3 * layout[WIDTH]) * n)
    back_from_leaving(theta, layout, values, memory_of(work, slopes), d, found, n)
    for k in range(layout[BLOCKS] - 1, -1, -1):
        backward_block(theta, layout, k, values, d, scratch, found, n)
    if layout[HAS_LIFT]:
        width, n_in = layout[WIDTH], layout[N_IN]
        add_outer(d, 0, width, memory_of(work, inputs), 0, n_in, found, 0, n)
        add_line_sums(d, 0, width, found, width * n_in, n)


@inlined_kernel
def back_from_leaving(
    theta: Memory, layout: IntArray, values: Memory, slopes: Memory, d: Memory, out: Memory, n: int
) -> None:
    """Write the derivative by the last state to d, from the slopes, which have a line for each row."""
    width, n_out, share = layout[WIDTH], layout[N_OUT], 1.0 / layout[MEMBERS]
    w, last = layout[READOUT], (layout[UNITS] - width) * n
    for j in range(width):
        for s in range(n):
            write(d, j * n + s, 0.0 if layout[HAS_READOUT] else share * read(slopes, s * n_out + j))
    for i in range(n_out if layout[HAS_READOUT] else 0):
        bias = 0.0
        for s in range(n):
            bias += share * read(slopes, s * n_out + i)
        at = w + n_out * width + i
        write(out, at, read(out, at) + bias)
        for j in range(width):
            u, t = share * read(theta, w + i * width + j), 0.0
            for s in range(n):
                t += read(slopes, s * n_out + i) * read(values, last + j * n + s)
                write(d, j * n + s, read(d, j * n + s) + u * read(slopes, s * n_out + i))
            write(out, w + i * width + j, read(out, w + i * width + j) + share * t)
