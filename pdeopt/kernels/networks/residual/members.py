"""One member of a residual network on a tile of rows: lift, blocks, readout, forward and back."""

from typing import TypeAlias

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, merged_kernel
from pdeopt.kernels._memory import Memory, behind, memory_of, read, stretch, write
from pdeopt.kernels.networks.residual.blocks import backward_block, forward_block
from pdeopt.kernels.networks.residual.factors import draw_factors
from pdeopt.kernels.networks.residual.layout import (
    BLOCKS,
    HAS_LIFT,
    HAS_READOUT,
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
from pdeopt.kernels.networks.residual.lines import (
    add_line_sums,
    add_outer,
    add_product,
    add_transposed,
    clear,
    copy,
    fill_lines,
)
from pdeopt.kernels.networks.residual.places import Scratch, ends_of, factor_place, scratch_of, state_of

Key: TypeAlias = tuple[int, int, int]
"""Seed, run and number of the minibatch."""


@fast_kernel
def gather(x: FloatArray, rows: IntArray, inputs: Memory) -> None:
    """Copy rows of the data to a tile, a line for each of its columns."""
    n = rows.size
    for i in range(x.shape[1]):
        for s in range(n):
            write(inputs, i * n + s, x[rows[s], i])


@merged_kernel
def forward_member(
    parameters: FloatArray, layout: IntArray, member: int, chunk: int, key: Key, work: FloatArray, n: int
) -> None:
    """Carry the rows in the inputs of the work through one member, and add its share to the answers."""
    theta, start = memory_of(parameters, member * layout[MEMBER_SIZE]), member * layout[UNITS] * n
    inputs, answers, _ = ends_of(layout, n)
    values, scratch = memory_of(work, start), scratch_of(layout, work, n)
    enter(theta, layout, memory_of(work, inputs), values, n)
    for k in range(layout[BLOCKS]):
        if entry(layout, k, KIND) != NONE:
            at, size = start + factor_place(layout, k, n), entry(layout, k, N_FACTORS) * n + 7
            layer = member * layout[BLOCKS] + k
            draw_factors(layout, layer, chunk, n, key[0], key[1], key[2], stretch(work, at, size))
        forward_block(theta, layout, k, values, scratch, n)
    leave(theta, layout, state_of(layout, layout[BLOCKS], values, n), scratch[6], memory_of(work, answers), n)


@merged_kernel
def enter(theta: Memory, layout: IntArray, inputs: Memory, values: Memory, n: int) -> None:
    """Write the state before the first block: the inputs, or their lift."""
    d, n_in = layout[WIDTH], layout[N_IN]
    if layout[HAS_LIFT]:
        fill_lines(behind(theta, d * n_in), d, values, n)
        add_product(theta, (d, n_in), inputs, values, n)
    else:
        copy(inputs, values, d * n)


@merged_kernel
def leave(theta: Memory, layout: IntArray, state: Memory, spare: Memory, answers: Memory, n: int) -> None:
    """Add a member's share of the outputs to the answers, which have a line for each row of data."""
    d, n_out, outputs = layout[WIDTH], layout[N_OUT], state
    if layout[HAS_READOUT]:
        weights = behind(theta, layout[READOUT])
        fill_lines(behind(weights, n_out * d), n_out, spare, n)
        add_product(weights, (n_out, d), state, spare, n)
        outputs = spare
    turn(1.0 / layout[MEMBERS], outputs, n_out, n, answers)


@fast_kernel
def turn(u: float, x: Memory, n_lines: int, n: int, z: Memory) -> None:
    """Add u times the transpose of a tile x to z."""
    for s in range(n):
        for i in range(n_lines):
            write(z, s * n_lines + i, read(z, s * n_lines + i) + u * read(x, i * n + s))


@merged_kernel
def backward_member(
    parameters: FloatArray, layout: IntArray, member: int, work: FloatArray, out: FloatArray, n: int
) -> None:
    """Carry the slopes in the work back through one member, adding to its part of the gradient."""
    theta, found = memory_of(parameters, member * layout[MEMBER_SIZE]), memory_of(out, member * layout[MEMBER_SIZE])
    values, scratch = memory_of(work, member * layout[UNITS] * n), scratch_of(layout, work, n)
    inputs, _, slopes = ends_of(layout, n)
    back_from_leaving(theta, layout, values, memory_of(work, slopes), scratch, found, n)
    for k in range(layout[BLOCKS] - 1, -1, -1):
        backward_block(theta, layout, k, values, scratch, found, n)
    if layout[HAS_LIFT]:
        d, n_in = layout[WIDTH], layout[N_IN]
        add_outer(scratch[2], (d, n_in), memory_of(work, inputs), found, n)
        add_line_sums(scratch[2], d, behind(found, d * n_in), n)


@merged_kernel
def back_from_leaving(
    theta: Memory, layout: IntArray, values: Memory, slopes: Memory, scratch: Scratch, out: Memory, n: int
) -> None:
    """Write the derivative by the last state to the third tile, from slopes with a line for each row of data."""
    d, n_out, tile = layout[WIDTH], layout[N_OUT], scratch[6]
    clear(tile, n_out * n)
    turn(1.0 / layout[MEMBERS], slopes, n, n_out, tile)
    if layout[HAS_READOUT]:
        weights, there = behind(theta, layout[READOUT]), behind(out, layout[READOUT])
        add_outer(tile, (n_out, d), state_of(layout, layout[BLOCKS], values, n), there, n)
        add_line_sums(tile, n_out, behind(there, n_out * d), n)
        clear(scratch[2], d * n)
        add_transposed(weights, (n_out, d), tile, scratch[2], n)
    else:
        copy(tile, scratch[2], d * n)
