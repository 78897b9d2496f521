"""Losses of logits by code, stable however large the logits are.

Logistic: sum over outputs of `softplus(z) - y z`, y = 0 or 1. Softmax: `log sum exp(z) - z_y`, y the index of the
class. Squared: half the sum over outputs of `(z - y)**2`.
"""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.gaussian import exponential
from pdeopt.kernels.lanes import load, store
from pdeopt.kernels.networks.activations import sigmoid, softplus
from pdeopt.kernels.networks.layout import LOGISTIC, PANEL, ROWS, SOFTMAX, place


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


@kernel
def loss_slopes(loss: int, n: int, work: FloatArray, z: int, y: FloatArray, row: int, weight: float, d: int) -> None:
    """Write the derivatives of `weight * loss` of one row by its `n` logits."""
    if loss == SOFTMAX:
        _softmax_slopes(n, work, z, weight, d)
        at = d + place(int(y[row, 0]))
        store(work, at, load(work, at, 0.0) - weight)
        return
    for k in range(n):
        value = load(work, z + place(k), 0.0)
        answer = sigmoid(value) if loss == LOGISTIC else value
        store(work, d + place(k), weight * (answer - y[row, k]))


@kernel
def _softmax_slopes(n: int, work: FloatArray, z: int, weight: float, d: int) -> None:
    top = largest(n, work, z)
    total = 0.0
    for k in range(n):
        e = exponential(load(work, z + place(k), 0.0) - top)
        store(work, d + place(k), e)
        total += e
    for k in range(n):
        store(work, d + place(k), load(work, d + place(k), 0.0) * (weight / total))


@kernel
def clear_rows(n: int, work: FloatArray, d: int, first: int) -> None:
    """Set the rows of a tile from `first` on to zero."""
    for s in range(first, ROWS):
        for k in range(n):
            store(work, d + place(k) + s * PANEL, 0.0)
