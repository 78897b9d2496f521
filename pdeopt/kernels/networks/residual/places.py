"""Where the numbers of a member of a residual network lie in its parameters and its work."""

from typing import TypeAlias

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import merged_kernel
from pdeopt.kernels._memory import Memory, behind, memory_of
from pdeopt.kernels.networks.residual.layout import (
    BLOCKS,
    BRANCH,
    HIDDEN,
    KIND,
    LINEAR,
    MEMBERS,
    N_IN,
    N_OUT,
    PLACE,
    SHAKE,
    TWO_LAYERS,
    UNITS,
    WIDTH,
    entry,
)

Scratch: TypeAlias = tuple[Memory, Memory, Memory, Memory, Memory, Memory, Memory]
"""Four tiles of as many lines as the state (derivatives by the branch, by the state before, by the state after, and
inputs with factors), two of the widest layer (hidden units with factors, derivatives by them), one of the outputs."""


@merged_kernel
def branch_size(layout: IntArray) -> int:
    """Return the number of parameters of one branch."""
    d, m = layout[WIDTH], layout[HIDDEN]
    if layout[BRANCH] == LINEAR:
        return int(d * d)
    return int((d + 1) * m + ((m + 1) * d if layout[BRANCH] == TWO_LAYERS else 0))


@merged_kernel
def n_branches(layout: IntArray, k: int) -> int:
    """Return how many branches a block has."""
    return 2 if entry(layout, k, KIND) == SHAKE else 1


@merged_kernel
def state_of(layout: IntArray, k: int, values: Memory, n: int) -> Memory:
    """Return the state before block k; after the last one for ``k = n_blocks``."""
    line = layout[UNITS] - layout[WIDTH] if k == layout[BLOCKS] else entry(layout, k, PLACE)
    return behind(values, line * n)


@merged_kernel
def hidden_of(layout: IntArray, k: int, which: int, values: Memory, n: int) -> Memory:
    """Return the hidden units of a branch of block k."""
    return behind(values, (entry(layout, k, PLACE) + layout[WIDTH] + which * layout[HIDDEN]) * n)


@merged_kernel
def factor_place(layout: IntArray, k: int, n: int) -> int:
    """Return where the factors of block k lie in the work of a member."""
    return int((entry(layout, k, PLACE) + layout[WIDTH] + n_branches(layout, k) * layout[HIDDEN]) * n)


@merged_kernel
def factors_of(layout: IntArray, k: int, values: Memory, n: int) -> Memory:
    """Return the factors of block k."""
    return behind(values, factor_place(layout, k, n))


@merged_kernel
def scratch_of(layout: IntArray, work: FloatArray, n: int) -> Scratch:
    """Cut the scratch behind the work of the members."""
    d, widest = layout[WIDTH] * n, max(layout[WIDTH], layout[HIDDEN]) * n
    f = memory_of(work, layout[MEMBERS] * layout[UNITS] * n)
    hidden = behind(f, 4 * d)
    tiles = (f, behind(f, d), behind(f, 2 * d), behind(f, 3 * d))
    return (*tiles, hidden, behind(hidden, widest), behind(hidden, 2 * widest))


@merged_kernel
def ends_of(layout: IntArray, n: int) -> tuple[int, int, int]:
    """Return where inputs, answers and their slopes begin in the work."""
    lines = layout[MEMBERS] * layout[UNITS] + 4 * layout[WIDTH] + 2 * max(layout[WIDTH], layout[HIDDEN])
    first = (lines + layout[N_OUT]) * n
    return first, first + layout[N_IN] * n, first + (layout[N_IN] + layout[N_OUT]) * n
