"""The Hessian of the loss times a vector, without the Hessian."""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.networks.layout import (
    ACTIVATION,
    LOGISTIC,
    LOSS,
    N_LAYERS,
    RELU,
    SIGMOID,
    SIZES,
    SOFTMAX,
    TANH,
    sum_of_sizes,
    widest,
)


@kernel
def curvature_work_size(layout: IntArray, n_rows: int) -> int:
    """Return how many doubles of scratch `hessian_vector_product` needs for a number of rows."""
    weights = 0
    for k in range(layout[N_LAYERS]):
        weights = max(weights, layout[SIZES + k] * layout[SIZES + k + 1])
    return n_rows * (4 * sum_of_sizes(layout) + 4 * widest(layout)) + weights


@kernel
def slope_and_bend(activation: int, z: float) -> tuple[float, float, float]:
    """Return an activation, its derivative and its second derivative; 0 and 0 at the kink of relu."""
    if activation == RELU:
        return max(z, 0.0), 1.0 if z > 0.0 else 0.0, 0.0
    if activation == TANH:
        a = np.tanh(z)
        return a, 1.0 - a * a, -2.0 * a * (1.0 - a * a)
    s = 1.0 / (1.0 + np.exp(-z)) if z > 0.0 else np.exp(z) / (1.0 + np.exp(z))
    if activation == SIGMOID:
        return s, s * (1.0 - s), s * (1.0 - s) * (1.0 - 2.0 * s)
    return max(z, 0.0) + np.log1p(np.exp(-abs(z))), s, s * (1.0 - s)


@kernel
def _loss_directions(loss: int, z: FloatArray, rz: FloatArray, y: FloatArray, d: FloatArray, rd: FloatArray) -> None:
    """Write the derivative of the mean loss by the outputs z to d, and its derivative along rz to rd."""
    n, m = z.shape
    for i in range(n):
        top = z[i].max()
        total = 0.0
        for j in range(m):
            total += np.exp(z[i, j] - top)
        mean = 0.0
        for j in range(m):
            mean += np.exp(z[i, j] - top) / total * rz[i, j]
        for j in range(m):
            if loss == SOFTMAX:
                p = np.exp(z[i, j] - top) / total
                slope, change = p - (1.0 if j == int(y[i, 0]) else 0.0), p * (rz[i, j] - mean)
            elif loss == LOGISTIC:
                _, p, _ = slope_and_bend(-1, z[i, j])
                slope, change = p - y[i, j], p * (1.0 - p) * rz[i, j]
            else:
                slope, change = z[i, j] - y[i, j], rz[i, j]
            d[i, j], rd[i, j] = slope / n, change / n


@kernel
def _through(activation: int, n: int, work: FloatArray, at: int, size: int) -> None:
    for i in range(at, at + n):
        work[i], slope, _ = slope_and_bend(activation, work[2 * size + i])
        work[size + i] = slope * work[3 * size + i]


@kernel
def _back_through(activation: int, n: int, work: FloatArray, at: int, size: int, wide: int) -> None:
    for i in range(n):
        _, slope, bend = slope_and_bend(activation, work[2 * size + at + i])
        d, rd = work[4 * size + i], work[4 * size + wide + i]
        work[4 * size + wide + i] = rd * slope + d * bend * work[3 * size + at + i]
        work[4 * size + i] = d * slope


@kernel
def hessian_vector_product(
    parameters: FloatArray,
    layout: IntArray,
    x: FloatArray,
    y: FloatArray,
    vector: FloatArray,
    work: FloatArray,
    out: FloatArray,
) -> None:
    """Write the Hessian of the mean loss over all rows times a vector to `out`.

    Parameters
    ----------
    parameters, vector, out : array, shape (n_parameters,)
    layout : int array
    x : array, shape (n, n_0)
    y : array, shape (n, n_L), or (n, 1) for softmax
    work : array, shape (curvature_work_size(layout, n),)
        Of any value. All arrays are contiguous.

    Notes
    -----
    The derivative of the gradient along the vector, carried beside values and slopes through the network: some four
    times the work of a gradient, by products of matrices. Where a relu is at its kink its derivative is taken as 0.

    References
    ----------
    B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Comput. 6, 1994.
    """
    n, size = x.shape[0], x.shape[0] * sum_of_sizes(layout)
    for i in range(n):
        for j in range(x.shape[1]):
            work[i * x.shape[1] + j] = x[i, j]
    work[size : size + x.size] = 0.0
    first, at = 0, 0
    for k in range(layout[N_LAYERS]):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        _forward_layer(parameters, vector, first, n, n_in, n_out, work, at, size)
        first, at = first + (n_in + 1) * n_out, at + n * n_in
        if k < layout[N_LAYERS] - 1:
            _through(layout[ACTIVATION], n * n_out, work, at, size)
    last = n * layout[SIZES + layout[N_LAYERS]]
    wide = n * widest(layout)
    d, rd = work[4 * size : 4 * size + last], work[4 * size + wide : 4 * size + wide + last]
    shape = (n, layout[SIZES + layout[N_LAYERS]])
    z, rz = work[2 * size + at : 2 * size + at + last], work[3 * size + at : 3 * size + at + last]
    _loss_directions(layout[LOSS], z.reshape(shape), rz.reshape(shape), y, d.reshape(shape), rd.reshape(shape))
    for k in range(layout[N_LAYERS] - 1, -1, -1):
        n_in, n_out = layout[SIZES + k], layout[SIZES + k + 1]
        first, at = first - (n_in + 1) * n_out, at - n * n_in
        _backward_layer(parameters, vector, first, n, n_in, n_out, work, at, size, wide, out)
        if k > 0:
            _back_through(layout[ACTIVATION], n * n_in, work, at, size, wide)


@kernel
def _matrix(values: FloatArray, first: int, n: int, m: int) -> FloatArray:
    return values[first : first + n * m].reshape((n, m))


@kernel
def _forward_layer(
    parameters: FloatArray,
    vector: FloatArray,
    first: int,
    n: int,
    n_in: int,
    n_out: int,
    work: FloatArray,
    at: int,
    size: int,
) -> None:
    # The scratch holds inputs a of all layers, their derivatives, then what comes before the activations, and theirs.
    a, ra = _matrix(work, at, n, n_in), _matrix(work, size + at, n, n_in)
    above = at + n * n_in
    z, rz = _matrix(work, 2 * size + above, n, n_out), _matrix(work, 3 * size + above, n, n_out)
    weights, turned = _matrix(parameters, first, n_out, n_in), _matrix(vector, first, n_out, n_in)
    biases = first + n_in * n_out
    np.dot(a, turned.T, z)
    np.dot(ra, weights.T, rz)
    for i in range(n):
        for j in range(n_out):
            rz[i, j] += z[i, j] + vector[biases + j]
    np.dot(a, weights.T, z)
    for i in range(n):
        for j in range(n_out):
            z[i, j] += parameters[biases + j]


@kernel
def _backward_layer(
    parameters: FloatArray,
    vector: FloatArray,
    first: int,
    n: int,
    n_in: int,
    n_out: int,
    work: FloatArray,
    at: int,
    size: int,
    wide: int,
    out: FloatArray,
) -> None:
    a, ra = _matrix(work, at, n, n_in), _matrix(work, size + at, n, n_in)
    d, rd = _matrix(work, 4 * size, n, n_out), _matrix(work, 4 * size + wide, n, n_out)
    below, r_below = _matrix(work, 4 * size + 2 * wide, n, n_in), _matrix(work, 4 * size + 3 * wide, n, n_in)
    weights, turned = _matrix(parameters, first, n_out, n_in), _matrix(vector, first, n_out, n_in)
    product, spare = _matrix(out, first, n_out, n_in), _matrix(work, 4 * size + 4 * wide, n_out, n_in)
    np.dot(rd.T, a, product)
    np.dot(d.T, ra, spare)
    for i in range(n_out):
        for j in range(n_in):
            product[i, j] += spare[i, j]
        total = 0.0
        for row in range(n):
            total += rd[row, i]
        out[first + n_in * n_out + i] = total
    np.dot(d, turned, below)
    np.dot(rd, weights, r_below)
    for i in range(n):
        for j in range(n_in):
            r_below[i, j] += below[i, j]
    np.dot(d, weights, below)
    for i in range(n * n_in):
        work[4 * size + i] = work[4 * size + 2 * wide + i]
        work[4 * size + wide + i] = work[4 * size + 3 * wide + i]
