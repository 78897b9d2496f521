"""One block ``x + h f(x)`` with its noise on a tile of rows, forward and back."""

import numpy as np

from pdeopt._types import IntArray
from pdeopt.kernels._bits import float_of
from pdeopt.kernels._jit import fast_kernel, merged_kernel
from pdeopt.kernels._memory import Memory, behind, read, write
from pdeopt.kernels.networks.residual.branches import backward_branch, forward_branch
from pdeopt.kernels.networks.residual.layout import (
    ADDED,
    BATCH,
    COMPONENTS,
    DEPTH,
    FLAG,
    KIND,
    SHAKE,
    STEP,
    TIMES_STATE,
    WEIGHTS,
    WIDTH,
    entry,
)
from pdeopt.kernels.networks.residual.lines import add_scaled, add_times, clear, copy
from pdeopt.kernels.networks.residual.places import Scratch, branch_size, factors_of, n_branches, state_of


@merged_kernel
def forward_block(theta: Memory, layout: IntArray, k: int, values: Memory, scratch: Scratch, n: int) -> None:
    """Write the state after block k of n rows; its factors are there already."""
    kind, weights, size = entry(layout, k, KIND), behind(theta, entry(layout, k, WEIGHTS)), layout[WIDTH] * n
    x, y, h = state_of(layout, k, values, n), state_of(layout, k + 1, values, n), float_of(layout[STEP])
    factors = factors_of(layout, k, values, n)
    copy(x, y, size)
    for which in range(n_branches(layout, k)):
        forward_branch(behind(weights, which * branch_size(layout)), layout, k, which, values, scratch, n)
        add_with_factors(kind, which, h, factors, scratch[0], y, layout[WIDTH], n)
    if kind == ADDED:
        add_scaled(1.0, factors, y, size)
    elif kind == TIMES_STATE:
        add_times(1.0, factors, x, y, size)
    elif kind == BATCH:
        add_spread(factors, y, behind(factors, size), size)


@fast_kernel
def add_with_factors(
    kind: int, which: int, h: float, factors: Memory, f: Memory, z: Memory, n_lines: int, n: int
) -> None:
    """Add h times a tile to z, with those factors that act on the whole of a branch."""
    for i in range(n_lines):
        line = i * n
        if kind == DEPTH:
            for s in range(n):
                write(z, line + s, read(z, line + s) + h * read(factors, s) * read(f, line + s))
        elif kind == COMPONENTS:
            for s in range(n):
                write(z, line + s, read(z, line + s) + h * read(factors, line + s) * read(f, line + s))
        elif kind == SHAKE:
            for s in range(n):
                share = read(factors, s) if which == 0 else 1.0 - read(factors, s)
                write(z, line + s, read(z, line + s) + h * share * read(f, line + s))
        else:
            for s in range(n):
                write(z, line + s, read(z, line + s) + h * read(f, line + s))


@merged_kernel
def backward_block(
    theta: Memory, layout: IntArray, k: int, values: Memory, scratch: Scratch, out: Memory, n: int
) -> None:
    """Turn the third tile of scratch, the derivative by the state after block k, into that by the state before it."""
    kind, at, size = entry(layout, k, KIND), entry(layout, k, WEIGHTS), layout[WIDTH] * n
    factors, before, d = factors_of(layout, k, values, n), scratch[1], scratch[2]
    h, own = float_of(layout[STEP]), n if kind == SHAKE and entry(layout, k, FLAG) == 1 else 0
    if kind == BATCH:
        back_through_spread(factors, state_of(layout, k + 1, values, n), d, behind(factors, size), size)
    copy(d, before, size)
    if kind == TIMES_STATE:
        add_times(1.0, d, factors, before, size)
    for which in range(n_branches(layout, k)):
        there = at + which * branch_size(layout)
        clear(scratch[0], size)
        add_with_factors(kind, which, h, behind(factors, own), d, scratch[0], layout[WIDTH], n)
        backward_branch(behind(theta, there), layout, k, which, values, scratch, behind(out, there), n)
    copy(before, d, size)


@fast_kernel
def add_spread(factors: Memory, y: Memory, kept: Memory, size: int) -> None:
    """Add factors times the standard deviation of all numbers of the tile y to it; keep that and the mean."""
    total = square = 0.0
    for i in range(size):
        total += read(y, i)
    mean = total / size
    for i in range(size):
        square += (read(y, i) - mean) ** 2
    spread = np.sqrt(square / max(size - 1, 1))
    write(kept, 0, spread)
    write(kept, 1, mean)
    add_scaled(spread, factors, y, size)


@fast_kernel
def back_through_spread(factors: Memory, y: Memory, d: Memory, kept: Memory, size: int) -> None:
    """Add the derivative through the standard deviation to d."""
    spread, mean, share = read(kept, 0), read(kept, 1), 0.0
    if spread == 0.0:
        return
    for i in range(size):
        share += read(d, i) * read(factors, i)
    share /= spread * max(size - 1, 1)
    for i in range(size):
        write(d, i, read(d, i) + share * (read(y, i) - spread * read(factors, i) - mean))
