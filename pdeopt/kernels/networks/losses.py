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
def row_loss(loss: int, n: int, values: FloatArray, z: int, y: FloatArray, row: int) -> float:
    """Return the loss of one row whose `n` logits lie in a tile from `z` on, for the targets `y[row]`."""
    total = 0.0
    if loss == SOFTMAX:
        top = largest(n, values, z)
        for k in range(n):
            total += exponential(load(values, z + place(k), 0.0) - top)
        chosen: float = load(values, z + place(int(y[row, 0])), 0.0)
        return float(np.log(total)) + (top - chosen)
    for k in range(n):
        value = load(values, z + place(k), 0.0)
        if loss == LOGISTIC:
            total += softplus(value) - y[row, k] * value
        else:
            total += 0.5 * (value - y[row, k]) ** 2
    return total


@kernel
def row_is_right(loss: int, n: int, values: FloatArray, z: int, y: FloatArray, row: int) -> bool:
    """Return whether the answer to one row is right: its class, or every output within 1/2 of its target."""
    if loss == SOFTMAX:
        chosen: float = load(values, z + place(int(y[row, 0])), 0.0)
        return chosen >= largest(n, values, z)
    for k in range(n):
        value = load(values, z + place(k), 0.0)
        if loss == LOGISTIC:
            if (value > 0.0) != (y[row, k] > 0.5):
                return False
        elif not abs(value - y[row, k]) < 0.5:
            return False
    return True


@kernel
def largest(n: int, values: FloatArray, z: int) -> float:
    """Return the largest of the `n` logits of one row in a tile."""
    top: float = load(values, z, 0.0)
    for k in range(1, n):
        top = max(top, load(values, z + place(k), 0.0))
    return top


@inlined_kernel
def loss_slopes(
    loss: int,
    n: int,
    y: FloatArray,
    rows: IntArray,
    first: int,
    values: FloatArray,
    z: int,
    slopes: FloatArray,
    d: int,
) -> None:
    """Write the derivatives of the mean loss over `rows` by the `n` logits of rows `first` on: tile `z` to tile `d`.

    Rows of the tile that are missing in `rows` get zeros.
    """
    if loss == LOGISTIC:
        _answers(n, values, z, slopes, d)
    for s in range(min(ROWS, rows.size - first)):
        row, here, there = rows[first + s], z + s * PANEL, d + s * PANEL
        if loss == SOFTMAX:
            softmax_slopes(n, values, here, y, row, 1.0 / rows.size, slopes, there)
        elif loss == LOGISTIC:
            _misses(n, slopes, there, y, row, 1.0 / rows.size, slopes, there)
        else:
            _misses(n, values, here, y, row, 1.0 / rows.size, slopes, there)
    for s in range(rows.size - first, ROWS):
        clear_row(n, slopes, d + s * PANEL)


@inlined_kernel
def _answers(n: int, values: FloatArray, z: int, slopes: FloatArray, d: int) -> None:
    # All rows at once: one sigmoid is a chain of dependent products, and five side by side take the time of one.
    for k in range(n):
        at = z + place(k)
        t0 = sigmoid(load(values, at, 0.0))
        t1 = sigmoid(load(values, at + PANEL, 0.0))
        t2 = sigmoid(load(values, at + 2 * PANEL, 0.0))
        t3 = sigmoid(load(values, at + 3 * PANEL, 0.0))
        t4 = sigmoid(load(values, at + 4 * PANEL, 0.0))
        store_rows(slopes, d + place(k), t0, t1, t2, t3, t4)


@inlined_kernel
def _misses(
    n: int, answers: FloatArray, a: int, y: FloatArray, row: int, weight: float, slopes: FloatArray, d: int
) -> None:
    for k in range(n):
        miss = load(answers, a + place(k), 0.0) - load(y, row * n + k, 0.0)
        store(slopes, d + place(k), weight * miss)


@kernel
def softmax_slopes(
    n: int, values: FloatArray, z: int, y: FloatArray, row: int, weight: float, slopes: FloatArray, d: int
) -> None:
    """Write `weight (softmax(z) - e_y)` for one row."""
    top = largest(n, values, z)
    total = 0.0
    for k in range(n):
        e = exponential(load(values, z + place(k), 0.0) - top)
        store(slopes, d + place(k), e)
        total += e
    for k in range(n):
        store(slopes, d + place(k), load(slopes, d + place(k), 0.0) * (weight / total))
    at = d + place(int(y[row, 0]))
    store(slopes, at, load(slopes, at, 0.0) - weight)
