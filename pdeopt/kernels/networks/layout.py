"""What a network is to a kernel: an array of integers, and where its numbers lie.

A layout is ``[n_layers, activation, loss, n_0, ..., n_L]``. The parameters are, layer by layer, the weights
``(n_out, n_in)`` row by row and then the biases. The last layer is linear: losses work on its outputs, the logits.
"""

from pdeopt._types import IntArray
from pdeopt.kernels._jit import kernel

RELU, TANH, SIGMOID, SOFTPLUS = range(4)
LOGISTIC, SOFTMAX, SQUARED = range(3)
N_LAYERS, ACTIVATION, LOSS, SIZES = range(4)
"""Places in a layout."""

ROWS = 5
"""Rows of data that go through the layers together."""
PANEL = 64
"""Units of a layer whose values for one row lie side by side: a power of two."""
PANEL_BITS = 6

BLAS_UNITS = 32
"""Inputs and outputs that a layer has at least where products of matrices pay."""
BLAS_PRODUCTS = 60_000
"""Multiplications of such a layer in a minibatch from which on they pay; by `python -m benchmarks networks`."""
BLAS_WEIGHTS = 4_000
"""The same for fewer than `ROWS` rows, of which loops do the work of `ROWS`."""


@kernel
def n_parameters(layout: IntArray) -> int:
    """Return the number of weights and biases."""
    total = 0
    for k in range(layout[N_LAYERS]):
        total += (layout[SIZES + k] + 1) * layout[SIZES + k + 1]
    return total


@kernel
def even(n: int) -> int:
    """Return `n` or the number after it, whichever is even."""
    return n + (n & 1)


@kernel
def padded(n: int) -> int:
    """Return `n` rounded up to whole panels."""
    return (n + PANEL - 1) >> PANEL_BITS << PANEL_BITS


@kernel
def place(unit: int) -> int:
    """Return where the first row of a unit lies in a tile: rows are PANEL apart, a panel after the other."""
    return unit + (unit >> PANEL_BITS) * (PANEL * (ROWS - 1))


@kernel
def is_wide(n_in: int, n_out: int) -> bool:
    """Return whether the loops of a layer run over its outputs."""
    return n_out > n_in


@kernel
def wide_size(n_in: int, n_out: int) -> int:
    """Return the room of the transposed weights of a wide layer: inputs in pairs, outputs in panels."""
    return even(n_in) * padded(n_out) if is_wide(n_in, n_out) else 0


@kernel
def tiles_size(layout: IntArray) -> int:
    """Return the room of one tile for every layer, the inputs among them."""
    total = 0
    for k in range(layout[N_LAYERS] + 1):
        total += ROWS * padded(layout[SIZES + k])
    return total


@kernel
def all_wide_size(layout: IntArray) -> int:
    """Return the room of the transposed weights of all wide layers."""
    total = 0
    for k in range(layout[N_LAYERS]):
        total += wide_size(layout[SIZES + k], layout[SIZES + k + 1])
    return total


@kernel
def widest(layout: IntArray) -> int:
    """Return the largest number of units of a layer."""
    largest = 0
    for k in range(layout[N_LAYERS] + 1):
        largest = max(largest, layout[SIZES + k])
    return largest


@kernel
def sum_of_sizes(layout: IntArray) -> int:
    """Return the number of units, inputs and outputs among them."""
    total = 0
    for k in range(layout[N_LAYERS] + 1):
        total += layout[SIZES + k]
    return total


@kernel
def work_size(layout: IntArray, n_rows: int) -> int:
    """Return how many doubles of scratch any kernel of this package needs for a minibatch of `n_rows`."""
    loops = 2 * tiles_size(layout) + 2 * all_wide_size(layout)
    products = n_rows * (sum_of_sizes(layout) + 2 * widest(layout) + 1)
    return max(loops, products)


@kernel
def prefers_blas(layout: IntArray, n_rows: int) -> bool:
    """Return whether `gradient_blas` is the faster way for minibatches of `n_rows`, by measurement."""
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        enough = n_in * n_out * n_rows >= BLAS_PRODUCTS if n_rows >= ROWS else n_in * n_out >= BLAS_WEIGHTS
        if enough and min(n_in, n_out) >= BLAS_UNITS:
            return True
    return False
