"""Slow NumPy twin of residual networks with given factors; it also takes complex parameters."""

import numpy as np

from pdeopt.networks import noise as records

STEP = 1e-30
ACTIVATIONS = {
    "relu": lambda z: np.where(z.real > 0.0, z, 0.0 * z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "softplus": lambda z: np.log1p(np.exp(z)),
    "identity": lambda z: z,
}


def branch(net, t, ending, x, noise, xi):
    """Return a branch for points (n, d) with the factors xi (count, n) of a block."""
    where = getattr(noise, "where", "")
    if where == "input":
        x = x * xi.T
    if net.branch == "linear":
        return x @ t[f"inner{ending}.weight"].T
    a = ACTIVATIONS[net.activation](x @ t[f"inner{ending}.weight"].T + t[f"inner{ending}.bias"])
    if net.branch == "layer":
        return a
    outer = t[f"outer{ending}.weight"]
    if where == "hidden":
        a = a * xi.T
    if isinstance(noise, records.DropConnect):
        masks = xi.T.reshape(len(x), *outer.shape)
        return np.einsum("nij,ij,nj->ni", masks, outer, a) + t[f"outer{ending}.bias"]
    return a @ outer.T + t[f"outer{ending}.bias"]


def after_block(net, t, x, noise, xi):
    """Return the state after a block. Factors are as kernels draw them: those that are added hold their size."""
    h = net.step
    f = branch(net, t, "", x, noise, xi)
    if isinstance(noise, records.ShakeShake):
        g = branch(net, t, "2", x, noise, xi)
        return x + h * (xi[0][:, None] * f + (1.0 - xi[0][:, None]) * g)
    if isinstance(noise, records.StochasticDepth | records.GaussianDropout) or getattr(noise, "where", "") == "branch":
        return x + h * xi.T * f
    y = x + h * f
    if isinstance(noise, records.AdditiveNoise):
        return y + xi.T
    if isinstance(noise, records.MultiplicativeNoise):
        return y + xi.T * x
    if isinstance(noise, records.BatchNoise):
        variance = ((y - y.mean()) ** 2).sum() / (y.size - 1)
        return y + np.sqrt(variance) * xi.T
    return y


def outputs(net, parameters, x, factors):
    """Return the outputs; factors holds an array (count, n) for each block of each member."""
    total = 0.0
    for member, prefix in enumerate(net.prefixes):
        tensors = {
            name.removeprefix(prefix): parameters[net.slices[name]].reshape(shape)
            for name, shape in net.shapes.items()
            if name.startswith(prefix)
        }
        state = x @ tensors["lift.weight"].T + tensors["lift.bias"] if net.lift else x
        for k in range(net.n_blocks):
            start = f"block{1 if net.shared else k + 1}."
            own = {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
            state = after_block(net, own, state, net.noises[k], factors[member * net.n_blocks + k])
        total = total + (state @ tensors["readout.weight"].T + tensors["readout.bias"] if net.readout else state)
    return total / net.members


def mean_loss(net, parameters, x, y, factors):
    """Return the mean loss, by the formula as it is written in books."""
    z = outputs(net, parameters, x, factors)
    if net.loss_name == "logistic":
        return np.mean(np.sum(np.log1p(np.exp(z)) - y[:, None] * z, axis=1))
    if net.loss_name == "softmax":
        return np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(len(z)), y])
    return np.mean(np.sum(0.5 * (z - y) ** 2, axis=1))


def gradient(net, parameters, x, y, factors):
    """Return the gradient of the mean loss by complex steps, exact to rounding."""
    steps = 1j * STEP * np.eye(parameters.size)
    return np.array([mean_loss(net, parameters + step, x, y, factors).imag / STEP for step in steps])
