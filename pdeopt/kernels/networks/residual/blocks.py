"""One block ``x + h f(x)`` with its noise on a tile of rows, forward and back."""

import numpy as np

from pdeopt._types import IntArray
from pdeopt.kernels._bits import float_of
from pdeopt.kernels._jit import fast_kernel, inlined_kernel
from pdeopt.kernels._memory import Memory, read, write
from pdeopt.kernels.networks.residual.branches import (
    Scratch,
    backward_branch,
    branch_size,
    factor_place,
    forward_branch,
    state_place,
)
from pdeopt.kernels.networks.residual.layout import (
    ADDED,
    BATCH,
    BLOCKS,
    COMPONENTS,
    DEPTH,
    FLAG,
    KIND,
    SHAKE,
    STEP,
    TIMES_STATE,
    UNITS,
    WEIGHTS,
    WIDTH,
    entry,
)
from pdeopt.kernels.networks.residual.lines import add_scaled, add_times


@inlined_kernel
def next_place(layout: IntArray, k: int, n: int) -> int:
    """Return where the state after block k lies in the work of a member."""
    if k + 1 < layout[BLOCKS]:
        return state_place(layout, k + 1, n)
    return int((layout[UNITS] - layout[WIDTH]) * n)


@fast_kernel
def forward_block(theta: Memory, layout: IntArray, k: int, values: Memory, scratch: Scratch, n: int) -> None:
    """Write the state after block k of n rows; its factors are there already."""
    kind, w, size = entry(layout, k, KIND), entry(layout, k, WEIGHTS), layout[WIDTH] * n
    h, x, y = float_of(layout[STEP]), state_place(layout, k, n), next_place(layout, k, n)
    for i in range(size):
        write(values, y + i, read(values, x + i))
    forward_branch(theta, w, layout, k, 0, values, scratch, n)
    add_branch(layout, k, 0, h, values, factor_place(layout, k, n), scratch[0], y, n)
    if kind == SHAKE:
        forward_branch(theta, w + branch_size(layout), layout, k, 1, values, scratch, n)
        add_branch(layout, k, 1, h, values, factor_place(layout, k, n), scratch[0], y, n)
    factors = factor_place(layout, k, n)
    if kind == ADDED:
        add_scaled(1.0, values, factors, values, y, size)
    elif kind == TIMES_STATE:
        add_times(values, factors, values, x, values, y, size)
    elif kind == BATCH:
        add_spread(values, factors, y, size, factors + size)


@inlined_kernel
def add_branch(
    layout: IntArray, k: int, which: int, h: float, values: Memory, factors: int, f: Memory, y: int, n: int
) -> None:
    """Add h times a branch to the state at y, with those factors that act on the whole of it."""
    kind = entry(layout, k, KIND)
    for i in range(layout[WIDTH]):
        line = i * n
        if kind == DEPTH:
            for s in range(n):
                write(
                    values, y + line + s, read(values, y + line + s) + h * read(values, factors + s) * read(f, line + s)
                )
        elif kind == COMPONENTS:
            for s in range(n):
                share = h * read(values, factors + line + s)
                write(values, y + line + s, read(values, y + line + s) + share * read(f, line + s))
        elif kind == SHAKE:
            for s in range(n):
                eta = read(values, factors + s)
                share = h * (eta if which == 0 else 1.0 - eta)
                write(values, y + line + s, read(values, y + line + s) + share * read(f, line + s))
        else:
            add_scaled(h, f, line, values, y + line, n)


@inlined_kernel
def branch_slopes(
    layout: IntArray, k: int, which: int, h: float, values: Memory, factors: int, d: Memory, f: Memory, n: int
) -> None:
    """Write the derivative by a branch to f, where d is the one by the state after the block."""
    kind = entry(layout, k, KIND)
    back = factors + (n if kind == SHAKE and entry(layout, k, FLAG) == 1 else 0)
    for i in range(layout[WIDTH]):
        line = i * n
        if kind == DEPTH:
            for s in range(n):
                write(f, line + s, h * read(values, factors + s) * read(d, line + s))
        elif kind == COMPONENTS:
            for s in range(n):
                write(f, line + s, h * read(values, factors + line + s) * read(d, line + s))
        elif kind == SHAKE:
            for s in range(n):
                eta = read(values, back + s)
                write(f, line + s, h * (eta if which == 0 else 1.0 - eta) * read(d, line + s))
        else:
            for s in range(n):
                write(f, line + s, h * read(d, line + s))


@fast_kernel
def backward_block(
    theta: Memory, layout: IntArray, k: int, values: Memory, d: Memory, scratch: Scratch, out: Memory, n: int
) -> None:
    """Turn d, the derivative by the state after block k, into that by the state before it, adding to `out`."""
    kind, w, size = entry(layout, k, KIND), entry(layout, k, WEIGHTS), layout[WIDTH] * n
    h, factors, before = float_of(layout[STEP]), factor_place(layout, k, n), scratch[1]
    if kind == BATCH:
        back_through_spread(values, factors, next_place(layout, k, n), d, size, factors + size)
    for i in range(size):
        write(before, i, read(d, i))
    if kind == TIMES_STATE:
        add_times(d, 0, values, factors, before, 0, size)
    branch_slopes(layout, k, 0, h, values, factors, d, scratch[0], n)
    backward_branch(theta, w, layout, k, 0, values, scratch, out, n)
    if kind == SHAKE:
        branch_slopes(layout, k, 1, h, values, factors, d, scratch[0], n)
        backward_branch(theta, w + branch_size(layout), layout, k, 1, values, scratch, out, n)
    for i in range(size):
        write(d, i, read(before, i))


@fast_kernel
def add_spread(values: Memory, factors: int, y: int, size: int, kept: int) -> None:
    """Add factors times the standard deviation of all numbers of the tile at y to it; keep that and the mean."""
    total = square = 0.0
    for i in range(size):
        total += read(values, y + i)
    mean = total / size
    for i in range(size):
        square += (read(values, y + i) - mean) ** 2
    spread = np.sqrt(square / max(size - 1, 1))
    write(values, kept, spread)
    write(values, kept + 1, mean)
    add_scaled(spread, values, factors, values, y, size)


@fast_kernel
def back_through_spread(values: Memory, factors: int, y: int, d: Memory, size: int, kept: int) -> None:
    """Add the derivative through the standard deviation to d."""
    spread, mean, share = read(values, kept), read(values, kept + 1), 0.0
    if spread == 0.0:
        return
    for i in range(size):
        share += read(d, i) * read(values, factors + i)
    share /= spread * max(size - 1, 1)
    for i in range(size):
        own = read(values, y + i) - spread * read(values, factors + i)
        write(d, i, read(d, i) + share * (own - mean))
