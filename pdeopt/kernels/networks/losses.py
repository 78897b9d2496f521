"""Losses of logits by code, stable however large the logits are.

Logistic: sum over outputs of `softplus(z) - y z`, y = 0 or 1. Softmax: `log sum exp(z) - z_y`, y the index of the
class. Squared: half the sum over outputs of `(z - y)**2`.
"""

import numpy as np

from pdeopt._types import IntArray
from pdeopt.kernels._jit import inlined_kernel, kernel
from pdeopt.kernels._memory import Memory, read, write
from pdeopt.kernels.networks.activations import exponential_or_nan, sigmoid, softplus
from pdeopt.kernels.networks.layout import LOGISTIC, LOSS, N_LAYERS, PANEL, ROWS, SIZES, SOFTMAX, place
from pdeopt.kernels.networks.tiles import clear_row
from pdeopt.kernels.networks.wide import write_rows


@kernel
def row_loss(loss: int, n: int, values: Memory, z: int, y: Memory, row: int) -> float:
    """Return the loss of one row whose `n` logits lie in a tile from `z` on, for the targets `y[row]`."""
    total = 0.0
    if loss == SOFTMAX:
        top = largest(n, values, z)
        for k in range(n):
            total += exponential_or_nan(read(values, z + place(k)) - top)
        chosen: float = read(values, z + place(int(read(y, row))))
        return float(np.log(total)) + (top - chosen)
    for k in range(n):
        value = read(values, z + place(k))
        if loss == LOGISTIC:
            total += softplus(value) - read(y, row * n + k) * value
        else:
            total += 0.5 * (value - read(y, row * n + k)) ** 2
    return total


@kernel
def row_is_right(loss: int, n: int, values: Memory, z: int, y: Memory, row: int) -> bool:
    """Return whether the answer to one row is right: its class, or every output within 1/2 of its target."""
    if loss == SOFTMAX:
        chosen: float = read(values, z + place(int(read(y, row))))
        return chosen >= largest(n, values, z)
    for k in range(n):
        value = read(values, z + place(k))
        if loss == LOGISTIC:
            if (value > 0.0) != (read(y, row * n + k) > 0.5):
                return False
        elif not abs(value - read(y, row * n + k)) < 0.5:
            return False
    return True


@kernel
def largest(n: int, values: Memory, z: int) -> float:
    """Return the largest of the `n` logits of one row in a tile."""
    top: float = read(values, z)
    for k in range(1, n):
        top = max(top, read(values, z + place(k)))
    return top


@inlined_kernel
def loss_slopes(
    layout: IntArray, y: Memory, rows: Memory, n_rows: int, weight: float, values: Memory, slopes: Memory, last: int
) -> None:
    """Write the derivatives of `weight * loss` of the given rows by their logits to the tile `slopes` from `last` on.

    The logits are the tile `values` from `last` on. Rows missing in the tile get zeros.
    """
    loss, n = layout[LOSS], layout[SIZES + layout[N_LAYERS]]
    if loss == LOGISTIC:
        _answers(n, values, slopes, last)
    for s in range(n_rows):
        row, at = read(rows, s), last + s * PANEL
        if loss == SOFTMAX:
            softmax_slopes(n, values, at, int(read(y, row)), weight, slopes)
        elif loss == LOGISTIC:
            _misses(n, slopes, y, row, weight, slopes, at)
        else:
            _misses(n, values, y, row, weight, slopes, at)
    for s in range(n_rows, ROWS):
        clear_row(n, slopes, last + s * PANEL)


@inlined_kernel
def _answers(n: int, values: Memory, slopes: Memory, last: int) -> None:
    # All rows at once: one sigmoid is a chain of dependent products, and five side by side take the time of one.
    for k in range(n):
        at = last + place(k)
        t0 = sigmoid(read(values, at))
        t1 = sigmoid(read(values, at + PANEL))
        t2 = sigmoid(read(values, at + 2 * PANEL))
        t3 = sigmoid(read(values, at + 3 * PANEL))
        t4 = sigmoid(read(values, at + 4 * PANEL))
        write_rows(slopes, at, t0, t1, t2, t3, t4)


@inlined_kernel
def _misses(n: int, answers: Memory, y: Memory, row: int, weight: float, slopes: Memory, at: int) -> None:
    for k in range(n):
        write(slopes, at + place(k), weight * (read(answers, at + place(k)) - read(y, row * n + k)))


@kernel
def softmax_slopes(n: int, values: Memory, at: int, label: int, weight: float, slopes: Memory) -> None:
    """Write `weight (softmax(z) - e_label)` for the row of both tiles that begins at `at`."""
    top = largest(n, values, at)
    total = 0.0
    for k in range(n):
        e = exponential_or_nan(read(values, at + place(k)) - top)
        write(slopes, at + place(k), e)
        total += e
    for k in range(n):
        write(slopes, at + place(k), read(slopes, at + place(k)) * (weight / total))
    chosen = at + place(label)
    write(slopes, chosen, read(slopes, chosen) - weight)
