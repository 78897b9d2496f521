"""Slow NumPy twins of networks, which also take complex parameters: real and imaginary part of a tiny step."""

from itertools import pairwise

import numpy as np

ACTIVATIONS = (
    lambda z: np.where(z.real > 0.0, z, 0.0 * z),
    np.tanh,
    lambda z: 1.0 / (1.0 + np.exp(-z)),
    lambda z: np.log1p(np.exp(z)),
)
STEP = 1e-30


def layers(parameters, sizes):
    """Return (weights, biases) of every layer."""
    found, start = [], 0
    for n_in, n_out in pairwise(sizes):
        stop = start + n_in * n_out
        found.append((parameters[start:stop].reshape(n_out, n_in), parameters[stop : stop + n_out]))
        start = stop + n_out
    return found


def outputs(parameters, layout, x):
    """Return the outputs of the last layer."""
    activation, every = ACTIVATIONS[layout[1]], layers(parameters, layout[3:])
    for weights, biases in every[:-1]:
        x = activation(x @ weights.T + biases)
    return x @ every[-1][0].T + every[-1][1]


def mean_loss(parameters, layout, x, y):
    """Return the mean loss, by the formula as it is written in books."""
    z = outputs(parameters, layout, x)
    if layout[2] == 0:
        return np.mean(np.sum(np.log1p(np.exp(z)) - y * z, axis=1))
    if layout[2] == 1:
        return np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(len(z)), y[:, 0].astype(int)])
    return np.mean(np.sum(0.5 * (z - y) ** 2, axis=1))


def complex_step_gradient(parameters, layout, x, y):
    """Return the gradient of the mean loss, exact to rounding: no difference is taken."""
    steps = 1j * STEP * np.eye(parameters.size)
    return np.array([mean_loss(parameters + step, layout, x, y).imag / STEP for step in steps])


def random_case(layout, n_data, seed):
    """Return parameters, data and targets of a network."""
    rng = np.random.default_rng(seed)
    layout = np.asarray(layout)
    n_in, n_out = layout[3], layout[-1]
    n = sum((a + 1) * b for a, b in pairwise(layout[3:]))
    x = rng.standard_normal((n_data, n_in))
    if layout[2] == 0:
        y = rng.integers(0, 2, (n_data, n_out)).astype(float)
    elif layout[2] == 1:
        y = rng.integers(0, n_out, (n_data, 1)).astype(float)
    else:
        y = rng.standard_normal((n_data, n_out))
    return 0.5 * rng.standard_normal(n), x, y
