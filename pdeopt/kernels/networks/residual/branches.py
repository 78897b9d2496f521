"""One branch of a block on a tile of rows, forward and back."""

from typing import TypeAlias

from pdeopt._types import IntArray
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels._memory import Memory, read, write
from pdeopt.kernels.networks.residual.layout import (
    ACTIVATION,
    BRANCH,
    CONNECTIONS,
    HIDDEN,
    HIDDEN_UNITS,
    INPUTS,
    KIND,
    LINEAR,
    PLACE,
    SHAKE,
    TWO_LAYERS,
    WIDTH,
    entry,
)
from pdeopt.kernels.networks.residual.lines import (
    add_line_sums,
    add_outer,
    add_product,
    add_times,
    bend,
    fill_lines,
    times,
    times_slope,
)

Scratch: TypeAlias = tuple[Memory, Memory, Memory, Memory, Memory]
"""Three tiles of as many lines as the state, and two of the widest layer."""


@inlined_kernel
def branch_size(layout: IntArray) -> int:
    """Return the number of parameters of one branch."""
    d, m = layout[WIDTH], layout[HIDDEN]
    if layout[BRANCH] == LINEAR:
        return int(d * d)
    return int((d + 1) * m + ((m + 1) * d if layout[BRANCH] == TWO_LAYERS else 0))


@inlined_kernel
def n_branches(layout: IntArray, k: int) -> int:
    """Return how many branches a block has."""
    return 2 if entry(layout, k, KIND) == SHAKE else 1


@inlined_kernel
def state_place(layout: IntArray, k: int, n: int) -> int:
    """Return where the state before block k lies in the work of a member."""
    return int(entry(layout, k, PLACE) * n)


@inlined_kernel
def hidden_place(layout: IntArray, k: int, which: int, n: int) -> int:
    """Return where the hidden units of a branch lie in the work of a member."""
    return int((entry(layout, k, PLACE) + layout[WIDTH] + which * layout[HIDDEN]) * n)


@inlined_kernel
def factor_place(layout: IntArray, k: int, n: int) -> int:
    """Return where the factors of a block lie in the work of a member."""
    return hidden_place(layout, k, n_branches(layout, k), n)


@inlined_kernel
def branch_input(layout: IntArray, k: int, values: Memory, spare: Memory, n: int) -> tuple[Memory, int]:
    """Return where the inputs of the branches of a block are: the state, or in `spare` the state with its factors."""
    state = state_place(layout, k, n)
    if entry(layout, k, KIND) == INPUTS:
        times(values, state, values, factor_place(layout, k, n), spare, 0, layout[WIDTH] * n)
        return spare, 0
    return values, state


@inlined_kernel
def hidden_output(layout: IntArray, k: int, which: int, values: Memory, spare: Memory, n: int) -> tuple[Memory, int]:
    """Return where the hidden units of a branch are, in `spare` if they have factors."""
    units = hidden_place(layout, k, which, n)
    if entry(layout, k, KIND) == HIDDEN_UNITS:
        times(values, units, values, factor_place(layout, k, n), spare, 0, layout[HIDDEN] * n)
        return spare, 0
    return values, units


@fast_kernel
def forward_branch(
    theta: Memory, w: int, layout: IntArray, k: int, which: int, values: Memory, scratch: Scratch, n: int
) -> None:
    """Write one branch of block k at the state of the block to the first tile of scratch; parameters lie behind w."""
    d, m, kind = layout[WIDTH], layout[HIDDEN], layout[BRANCH]
    f, _, inputs, hidden, _ = scratch
    x, a = branch_input(layout, k, values, inputs, n)
    if kind == LINEAR:
        fill_lines(f, 0, d, theta, -1, n)
        add_product(theta, w, d, 1, (d, d), x, a, f, 0, n)
        return
    units = hidden_place(layout, k, which, n)
    fill_lines(values, units, m, theta, w + m * d, n)
    add_product(theta, w, d, 1, (m, d), x, a, values, units, n)
    bend(layout[ACTIVATION], values, units, m * n)
    y, b = hidden_output(layout, k, which, values, hidden, n)
    if kind == TWO_LAYERS:
        outer = w + (d + 1) * m
        fill_lines(f, 0, d, theta, outer + d * m, n)
        if entry(layout, k, KIND) == CONNECTIONS:
            add_connected_product(theta, outer, (d, m), values, factor_place(layout, k, n), y, b, f, n)
        else:
            add_product(theta, outer, m, 1, (d, m), y, b, f, 0, n)
    else:
        for i in range(d * n):
            write(f, i, read(y, b + i))


@fast_kernel
def backward_branch(
    theta: Memory, w: int, layout: IntArray, k: int, which: int, values: Memory, scratch: Scratch, out: Memory, n: int
) -> None:
    """Add to the gradient `out` and to the second tile of scratch, the derivative by the state of the block.

    The first tile holds the derivative by the branch.
    """
    d, m, kind = layout[WIDTH], layout[HIDDEN], layout[BRANCH]
    f, before, inputs, _, slopes = scratch
    if kind == TWO_LAYERS:
        backward_outer(theta, w + (d + 1) * m, layout, k, which, values, scratch, out, n)
    elif kind != LINEAR:
        for i in range(d * n):
            write(slopes, i, read(f, i))
    x, a = branch_input(layout, k, values, inputs, n)
    if kind == LINEAR:
        add_outer(f, 0, d, x, a, d, out, w, n)
        add_back(theta, w, layout, k, d, f, before, values, inputs, n)
        return
    times_slope(layout[ACTIVATION], values, hidden_place(layout, k, which, n), slopes, 0, m * n)
    add_line_sums(slopes, 0, m, out, w + m * d, n)
    add_outer(slopes, 0, m, x, a, d, out, w, n)
    add_back(theta, w, layout, k, m, slopes, before, values, inputs, n)


@inlined_kernel
def backward_outer(
    theta: Memory, w: int, layout: IntArray, k: int, which: int, values: Memory, scratch: Scratch, out: Memory, n: int
) -> None:
    """Carry the first tile of scratch back through the outer layer at w, to the derivative by the hidden units."""
    d, m, kind = layout[WIDTH], layout[HIDDEN], entry(layout, k, KIND)
    f, _, _, hidden, slopes = scratch
    y, b = hidden_output(layout, k, which, values, hidden, n)
    add_line_sums(f, 0, d, out, w + d * m, n)
    fill_lines(slopes, 0, m, theta, -1, n)
    if kind == CONNECTIONS:
        back_connected(theta, w, (d, m), values, factor_place(layout, k, n), f, y, b, slopes, out, n)
        return
    add_outer(f, 0, d, y, b, m, out, w, n)
    add_product(theta, w, 1, m, (m, d), f, 0, slopes, 0, n)
    if kind == HIDDEN_UNITS:
        times(slopes, 0, values, factor_place(layout, k, n), slopes, 0, m * n)


@inlined_kernel
def add_back(
    theta: Memory, w: int, layout: IntArray, k: int, m: int, d: Memory, before: Memory, values: Memory, spare: Memory,
    n: int,
) -> None:  # fmt: skip
    """Carry the derivative by m units back through the weights at w to the state, adding to `before`."""
    width = layout[WIDTH]
    if entry(layout, k, KIND) != INPUTS:
        add_product(theta, w, 1, width, (width, m), d, 0, before, 0, n)
        return
    fill_lines(spare, 0, width, theta, -1, n)
    add_product(theta, w, 1, width, (width, m), d, 0, spare, 0, n)
    add_times(spare, 0, values, factor_place(layout, k, n), before, 0, width * n)


@inlined_kernel
def add_connected_product(
    theta: Memory, w: int, shape: tuple[int, int], factors: Memory, f: int, x: Memory, a: int, z: Memory, n: int
) -> None:
    """Add ``(W * f) x`` to the tile z, each column with factors of its own."""
    n_out, n_in = shape
    for i in range(n_out):
        for j in range(n_in):
            u, at = read(theta, w + i * n_in + j), f + (i * n_in + j) * n
            for s in range(n):
                write(z, i * n + s, read(z, i * n + s) + u * read(factors, at + s) * read(x, a + j * n + s))


@inlined_kernel
def back_connected(
    theta: Memory, w: int, shape: tuple[int, int], factors: Memory, f: int, d: Memory, x: Memory, a: int,
    back: Memory, out: Memory, n: int,
) -> None:  # fmt: skip
    """Add the derivatives of ``(W * f) x`` by x to `back` and by W to `out`, where d is the one by the product."""
    n_out, n_in = shape
    for i in range(n_out):
        for j in range(n_in):
            at, line = f + (i * n_in + j) * n, a + j * n
            u, t = read(theta, w + i * n_in + j), 0.0
            for s in range(n):
                share = read(d, i * n + s) * read(factors, at + s)
                t += share * read(x, line + s)
                write(back, j * n + s, read(back, j * n + s) + u * share)
            write(out, w + i * n_in + j, read(out, w + i * n_in + j) + t)
