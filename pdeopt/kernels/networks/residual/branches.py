"""One branch of a block on a tile of rows, forward and back."""

from pdeopt._types import IntArray
from pdeopt.kernels._jit import merged_kernel
from pdeopt.kernels._memory import Memory, behind
from pdeopt.kernels.networks.residual.layout import (
    ACTIVATION,
    BRANCH,
    CONNECTIONS,
    HIDDEN,
    HIDDEN_UNITS,
    INPUTS,
    KIND,
    LINEAR,
    TWO_LAYERS,
    WIDTH,
    entry,
)
from pdeopt.kernels.networks.residual.lines import (
    add_connected,
    add_line_sums,
    add_outer,
    add_product,
    add_times,
    add_transposed,
    back_connected,
    bend,
    clear,
    copy,
    fill_lines,
    times,
    times_slope,
)
from pdeopt.kernels.networks.residual.places import Scratch, factors_of, hidden_of, state_of


@merged_kernel
def branch_input(layout: IntArray, k: int, values: Memory, spare: Memory, n: int) -> Memory:
    """Return the inputs of the branches of a block: the state, or in `spare` the state with its factors."""
    x = state_of(layout, k, values, n)
    if entry(layout, k, KIND) == INPUTS:
        times(x, factors_of(layout, k, values, n), spare, layout[WIDTH] * n)
        x = spare
    return x


@merged_kernel
def hidden_output(layout: IntArray, k: int, which: int, values: Memory, spare: Memory, n: int) -> Memory:
    """Return the hidden units of a branch, in `spare` if they have factors."""
    y = hidden_of(layout, k, which, values, n)
    if entry(layout, k, KIND) == HIDDEN_UNITS:
        times(y, factors_of(layout, k, values, n), spare, layout[HIDDEN] * n)
        y = spare
    return y


@merged_kernel
def forward_branch(
    theta: Memory, layout: IntArray, k: int, which: int, values: Memory, scratch: Scratch, n: int
) -> None:
    """Write one branch of block k, with parameters theta, to the first tile of scratch."""
    d, m, kind = layout[WIDTH], layout[HIDDEN], layout[BRANCH]
    f = scratch[0]
    x = branch_input(layout, k, values, scratch[3], n)
    if kind == LINEAR:
        clear(f, d * n)
        add_product(theta, (d, d), x, f, n)
    else:
        units = hidden_of(layout, k, which, values, n)
        fill_lines(behind(theta, m * d), m, units, n)
        add_product(theta, (m, d), x, units, n)
        bend(layout[ACTIVATION], units, m * n)
        y = hidden_output(layout, k, which, values, scratch[4], n)
        if kind == TWO_LAYERS:
            outer = behind(theta, (d + 1) * m)
            fill_lines(behind(outer, d * m), d, f, n)
            if entry(layout, k, KIND) == CONNECTIONS:
                add_connected(outer, (d, m), factors_of(layout, k, values, n), y, f, n)
            else:
                add_product(outer, (d, m), y, f, n)
        else:
            copy(y, f, d * n)


@merged_kernel
def backward_branch(
    theta: Memory, layout: IntArray, k: int, which: int, values: Memory, scratch: Scratch, out: Memory, n: int
) -> None:
    """Add to the gradient `out` and to the second tile of scratch, the derivative by the state of the block.

    The first tile holds the derivative by the branch.
    """
    d, m, kind = layout[WIDTH], layout[HIDDEN], layout[BRANCH]
    slopes, units = scratch[5], m
    if kind == TWO_LAYERS:
        outer, there = behind(theta, (d + 1) * m), behind(out, (d + 1) * m)
        backward_outer(outer, layout, k, which, values, scratch, there, n)
    else:
        copy(scratch[0], slopes, d * n)
    if kind == LINEAR:
        units = d
    else:
        times_slope(layout[ACTIVATION], hidden_of(layout, k, which, values, n), slopes, m * n)
        add_line_sums(slopes, m, behind(out, m * d), n)
    add_outer(slopes, (units, d), branch_input(layout, k, values, scratch[3], n), out, n)
    if entry(layout, k, KIND) == INPUTS:
        clear(scratch[3], d * n)
        add_transposed(theta, (units, d), slopes, scratch[3], n)
        add_times(1.0, scratch[3], factors_of(layout, k, values, n), scratch[1], d * n)
    else:
        add_transposed(theta, (units, d), slopes, scratch[1], n)


@merged_kernel
def backward_outer(
    theta: Memory, layout: IntArray, k: int, which: int, values: Memory, scratch: Scratch, out: Memory, n: int
) -> None:
    """Carry the first tile of scratch back through the outer layer, to the derivative by the hidden units."""
    d, m, kind = layout[WIDTH], layout[HIDDEN], entry(layout, k, KIND)
    y = hidden_output(layout, k, which, values, scratch[4], n)
    factors = factors_of(layout, k, values, n)
    add_line_sums(scratch[0], d, behind(out, d * m), n)
    clear(scratch[5], m * n)
    if kind == CONNECTIONS:
        back_connected(theta, (d, m), factors, scratch[0], y, scratch[5], out, n)
    else:
        add_outer(scratch[0], (d, m), y, out, n)
        add_transposed(theta, (d, m), scratch[0], scratch[5], n)
    if kind == HIDDEN_UNITS:
        times(scratch[5], factors, scratch[5], m * n)
