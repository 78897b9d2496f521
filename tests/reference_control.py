"""Slow twins of training as control: the mean loss of a random residual network, for complex parameters too."""

import numpy as np

ACTIVATIONS = {
    "tanh": (np.tanh, lambda z: 1.0 - np.tanh(z) ** 2),
    "sigmoid": (lambda z: 1.0 / (1.0 + np.exp(-z)), lambda z: np.exp(-z) / (1.0 + np.exp(-z)) ** 2),
    "softplus": (lambda z: np.log(1.0 + np.exp(z)), lambda z: 1.0 / (1.0 + np.exp(-z))),
    "relu": (lambda z: z * (z.real > 0.0), lambda z: 1.0 * (z.real > 0.0)),
    "identity": (lambda z: z, lambda z: np.ones_like(z)),
}


def lagrange(y, nodes):
    """Return the weights of neighbouring nodes at a number, the products themselves."""
    return np.array([np.prod([(y - b) / (a - b) for b in nodes if b != a]) for a in nodes])


def interpolated(field, axes, y, order):
    """Return a field on a grid at one point, by the `order` nodes around it along each axis; clamped."""
    for axis, value in zip(axes, y, strict=True):
        spacing = axis[1] - axis[0]
        inside = value if axis[0] < value.real < axis[-1] else np.clip(value.real, axis[0], axis[-1])
        cell = int((inside.real - axis[0]) / spacing)
        first = min(max(cell - order // 2 + 1, 0), len(axis) - order)
        field = np.tensordot(lagrange(inside, axis[first : first + order]), field[first : first + order], axes=(0, 0))
    return field


def branch(x, w, name, activation, suffix=""):
    """Return a dense branch of one point, from the tensors of a block."""
    s = ACTIVATIONS[activation][0](w[f"inner{suffix}.weight"] @ x + w.get(f"inner{suffix}.bias", 0.0))
    return s if name != "two-layer" else w[f"outer{suffix}.weight"] @ s + w[f"outer{suffix}.bias"]


def jacobian(x, w, name, activation, suffix=""):
    """Return the derivative of a dense branch at one point, a matrix."""
    z = w[f"inner{suffix}.weight"] @ x + w.get(f"inner{suffix}.bias", 0.0)
    inner = ACTIVATIONS[activation][1](z)[:, None] * w[f"inner{suffix}.weight"]
    return inner if name != "two-layer" else w[f"outer{suffix}.weight"] @ inner


def losses(z, y, name):
    """Return the loss of one point's logits."""
    if name == "logistic":
        return np.sum(np.log(1.0 + np.exp(z)) - y * z)
    return np.log(np.exp(z).sum()) - z[int(y)] if name == "softmax" else 0.5 * np.sum((z - y) ** 2)
