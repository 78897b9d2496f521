"""Losses of logits by code, stable however large the logits are.

Logistic: sum over outputs of `softplus(z) - y z`, y = 0 or 1. Softmax: `log sum exp(z) - z_y`, y the index of the
class. Squared: half the sum over outputs of `(z - y)**2`.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import inlined_kernel, kernel
from pdeopt.kernels.gaussian import exponential
from pdeopt.kernels.lanes import load, store
from pdeopt.kernels.networks.activations import sigmoid, softplus
from pdeopt.kernels.networks.layout import LOGISTIC, PANEL, ROWS, SOFTMAX, place
from pdeopt.kernels.networks.tiles import clear_row
from pdeopt.kernels.networks.wide import store_rows


@kernel
def row_loss(loss: int, n: int, work: FloatArray, z: int, y: FloatArray, row: int) -> float:
    """Return the loss of one row whose `n` logits lie in a tile from `z` on, for the targets `y[row]`."""
    total = 0.0
    if loss == SOFTMAX:
        top = largest(n, work, z)
        for k in range(n):
            total += exponential(load(work, z + place(k), 0.0) - top)
        chosen: float = load(work, z + place(int(y[row, 0])), 0.0)
        return float(np.log(total)) + (top - chosen)
    for k in range(n):
        value = load(work, z + place(k), 0.0)
        if loss == LOGISTIC:
            total += softplus(value) - y[row, k] * value
        else:
            total += 0.5 * (value - y[row, k]) ** 2
    return total


@kernel
def row_is_right(loss: int, n: int, work: FloatArray, z: int, y: FloatArray, row: int) -> bool:
    """Return whether the answer to one row is right: its class, or every output within 1/2 of its target."""
    if loss == SOFTMAX:
        chosen: float = load(work, z + place(int(y[row, 0])), 0.0)
        return chosen >= largest(n, work, z)
    for k in range(n):
        value = load(work, z + place(k), 0.0)
        if loss == LOGISTIC:
            if (value > 0.0) != (y[row, k] > 0.5):
                return False
        elif not abs(value - y[row, k]) < 0.5:
            return False
    return True


@kernel
def largest(n: int, work: FloatArray, z: int) -> float:
    """Return the largest of the `n` logits of one row in a tile."""
    top: float = load(work, z, 0.0)
    for k in range(1, n):
        top = max(top, load(work, z + place(k), 0.0))
    return top


@inlined_kernel
def slopes(loss: int, n: int, y: FloatArray, rows: IntArray, first: int, work: FloatArray, z: int, d: int) -> None:
    """Write the derivatives of the mean loss over `rows` by the `n` logits of rows `first` on: tile `z` to tile `d`.

    Rows of the tile that are missing in `rows` get zeros.
    """
    weight = 1.0 / rows.size
    if loss == LOGISTIC:
        _answer(n, work, z, d)
    for s in range(min(ROWS, rows.size - first)):
        row, there = rows[first + s], d + s * PANEL
        if loss == SOFTMAX:
            softmax_slopes(n, work, z + s * PANEL, y, row, weight, there)
        else:
            answers = there if loss == LOGISTIC else z + s * PANEL
            for k in range(n):
                miss = load(work, answers + place(k), 0.0) - load(y, row * n + k, 0.0)
                store(work, there + place(k), weight * miss)
    for s in range(rows.size - first, ROWS):
        clear_row(n, work, d + s * PANEL)


@inlined_kernel
def _answer(n: int, work: FloatArray, z: int, d: int) -> None:
    # All rows at once: a chain of dependent products is slow, five of them side by side take the same time.
    for k in range(n):
        at = z + place(k)
        t0 = sigmoid(load(work, at, 0.0))
        t1 = sigmoid(load(work, at + PANEL, 0.0))
        t2 = sigmoid(load(work, at + 2 * PANEL, 0.0))
        t3 = sigmoid(load(work, at + 3 * PANEL, 0.0))
        t4 = sigmoid(load(work, at + 4 * PANEL, 0.0))
        store_rows(work, d + place(k), t0, t1, t2, t3, t4)


@kernel
def softmax_slopes(n: int, work: FloatArray, z: int, y: FloatArray, row: int, weight: float, d: int) -> None:
    """Write `weight (softmax(z) - e_y)` for one row."""
    top = largest(n, work, z)
    total = 0.0
    for k in range(n):
        e = exponential(load(work, z + place(k), 0.0) - top)
        store(work, d + place(k), e)
        total += e
    for k in range(n):
        store(work, d + place(k), load(work, d + place(k), 0.0) * (weight / total))
    at = d + place(int(y[row, 0]))
    store(work, at, load(work, at, 0.0) - weight)
