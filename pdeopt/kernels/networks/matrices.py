"""What happens between layers, on matrices with one row for each row of data."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, kernel
from pdeopt.kernels.networks.activations import (
    exponential_or_nan,
    relu,
    relu_slope,
    sigmoid,
    sigmoid_slope,
    softplus,
    softplus_slope,
    tanh,
    tanh_slope,
)
from pdeopt.kernels.networks.layout import LOGISTIC, RELU, SIGMOID, SOFTMAX, SOFTPLUS, TANH


@fast_kernel
def activate_rows(activation: int, biases: FloatArray, z: FloatArray) -> None:
    """Replace `z` by the activations of `z + biases`; by `z + biases` itself for an activation of -1."""
    for s in range(z.shape[0]):
        row = z[s]
        for j in range(row.size):
            row[j] += biases[j]
        if activation == RELU:
            for j in range(row.size):
                row[j] = relu(row[j])
        elif activation == TANH:
            for j in range(row.size):
                row[j] = tanh(row[j])
        elif activation == SIGMOID:
            for j in range(row.size):
                row[j] = sigmoid(row[j])
        elif activation == SOFTPLUS:
            for j in range(row.size):
                row[j] = softplus(row[j])


@fast_kernel
def times_slope_rows(activation: int, values: FloatArray, slopes: FloatArray) -> None:
    """Multiply `slopes` by the derivatives of the activations whose values are given."""
    for s in range(values.shape[0]):
        a, d = values[s], slopes[s]
        if activation == RELU:
            for j in range(d.size):
                d[j] *= relu_slope(a[j])
        elif activation == TANH:
            for j in range(d.size):
                d[j] *= tanh_slope(a[j])
        elif activation == SIGMOID:
            for j in range(d.size):
                d[j] *= sigmoid_slope(a[j])
        else:
            for j in range(d.size):
                d[j] *= softplus_slope(a[j])


@kernel
def rows_loss_slopes(
    loss: int, logits: FloatArray, y: FloatArray, rows: IntArray, weight: float, out: FloatArray
) -> None:
    """Write the derivatives of `weight * loss` of every row by its logits; row `s` has the targets `y[rows[s]]`."""
    for s in range(logits.shape[0]):
        z, d, target = logits[s], out[s], y[rows[s]]
        if loss == SOFTMAX:
            softmax(z, d)
            d[int(target[0])] -= 1.0
        elif loss == LOGISTIC:
            for k in range(z.size):
                d[k] = sigmoid(z[k]) - target[k]
        else:
            for k in range(z.size):
                d[k] = z[k] - target[k]
        for k in range(z.size):
            d[k] *= weight


@kernel
def softmax(z: FloatArray, out: FloatArray) -> None:
    """Write `exp(z) / sum exp(z)` to `out`, however large the logits are."""
    top = z[0]
    for k in range(1, z.size):
        top = max(top, z[k])
    total = 0.0
    for k in range(z.size):
        out[k] = exponential_or_nan(z[k] - top)
        total += out[k]
    for k in range(z.size):
        out[k] /= total
