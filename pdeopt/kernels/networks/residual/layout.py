"""What a residual network is to a kernel: an array of integers, numbers among them as their bits.

A layout begins with the constants below and goes on with a table that has a line for each block. Parameters and work of
a member of an ensemble lie side by side; places in the table are counted from where the member's begin.
"""

from pdeopt._types import IntArray
from pdeopt.kernels._jit import kernel

(
    MEMBERS,
    BLOCKS,
    N_IN,
    WIDTH,
    HIDDEN,
    N_OUT,
    ACTIVATION,
    LOSS,
    BRANCH,
    HAS_LIFT,
    HAS_READOUT,
    STEP,
    MEMBER_SIZE,
    READOUT,
    UNITS,
    MOST_FACTORS,
    TOGETHER,
    TABLE,
) = range(18)
"""Places in a layout. HIDDEN: units of a branch that are kept for the way back; MEMBER_SIZE: parameters of a member;
READOUT: where those of the readout begin; UNITS: lines of work of a member; TOGETHER: all rows go through at once."""

COLUMNS = 9
KIND, LAW, FIRST, SECOND, MEAN, N_FACTORS, FLAG, WEIGHTS, PLACE = range(COLUMNS)
"""Of the table: noise, law of its factors with two numbers and the mean, factors of a row, where parameters begin, and
where the lines of work do: those of the state, of the hidden units of each branch, of the factors."""

TWO_LAYERS, ONE_LAYER, LINEAR = range(3)
"""Branches ``W2 s(W1 x + b1) + b2``, ``s(W x + b)`` and ``W x``."""

NONE, DEPTH, COMPONENTS, HIDDEN_UNITS, INPUTS, CONNECTIONS, SHAKE, ADDED, TIMES_STATE, BATCH = range(10)
"""Kinds of noise, by what the factors act on."""

IDENTITY = -1
"""Beside the activations of `pdeopt.kernels.networks.layout`."""

CHUNK = 256
"""Rows that go through the layers together."""

MEAN_NETWORK = -1
"""The number of a minibatch for which every factor is its mean."""


@kernel
def entry(layout: IntArray, block: int, column: int) -> int:
    """Return a number of the line of a block."""
    return int(layout[TABLE + block * COLUMNS + column])


@kernel
def chunk_size(layout: IntArray, n_rows: int) -> int:
    """Return how many of `n_rows` rows go through the layers together."""
    return n_rows if layout[TOGETHER] else min(n_rows, CHUNK)


@kernel
def scratch_lines(layout: IntArray) -> int:
    """Return the lines of work beside those of the members."""
    widest = max(layout[WIDTH], layout[HIDDEN])
    return int(layout[N_IN] + 3 * layout[N_OUT] + 4 * layout[WIDTH] + 2 * widest)


@kernel
def work_size(layout: IntArray, n_rows: int) -> int:
    """Return how many doubles of scratch kernels of this package need for a minibatch of `n_rows`."""
    lines = layout[MEMBERS] * layout[UNITS] + scratch_lines(layout)
    return int(chunk_size(layout, n_rows) * lines) + 8
