"""Outputs, losses and their derivatives by the parameters, against a NumPy twin that takes complex parameters."""

from itertools import pairwise

import numba
import numpy as np
import pytest
from scipy.special import log_expit, log_softmax

import pdeopt
from pdeopt.kernels.networks.curvature import curvature_work_size, hessian_vector_product
from pdeopt.networks import MLP

NETS = [
    (sizes, activation, loss)
    for sizes in ([3, 2], [2, 7, 2], [3, 9, 4, 2], [1, 70, 2])
    for activation in ("relu", "tanh", "sigmoid", "softplus")
    for loss in ("logistic", "softmax", "squared")
]
STEP = 1e-30
SIDES = {
    "relu": lambda z: np.where(z.real > 0, z, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "softplus": lambda z: np.log(1.0 + np.exp(z)),
}


def twin_outputs(sizes, activation, theta, x):
    start, a = 0, x
    for k, (n_in, n_out) in enumerate(pairwise(sizes)):
        weights = theta[start : start + n_in * n_out].reshape(n_out, n_in)
        start += n_in * n_out
        z = a @ weights.T + theta[start : start + n_out]
        start += n_out
        a = z if k == len(sizes) - 2 else SIDES[activation](z)
    return a


def twin_loss(net, theta, x, y):
    z = twin_outputs(net.sizes, net.activation, theta, x)
    if net.loss_name == "squared":
        return 0.5 * ((z - y) ** 2).sum() / len(x)
    if net.loss_name == "logistic":
        return (np.log(1.0 + np.exp(z)) - np.eye(z.shape[1])[y] * z).sum() / len(x)
    return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(x)), y]).sum() / len(x)


def twin_gradient(net, theta, x, y):
    """Gradient by the chain rule; it takes complex parameters too."""
    start, a, layers = 0, x, []
    for k, (n_in, n_out) in enumerate(pairwise(net.sizes)):
        weights = theta[start : start + n_in * n_out].reshape(n_out, n_in)
        z = a @ weights.T + theta[start + n_in * n_out : start + (n_in + 1) * n_out]
        layers.append((a, weights, z))
        start += (n_in + 1) * n_out
        a = z if k == len(net.sizes) - 2 else SIDES[net.activation](z)
    hit = np.eye(net.sizes[-1])[y] if net.loss_name != "squared" else y
    p = {"squared": z, "logistic": SIDES["sigmoid"](z), "softmax": np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)}
    d, parts = (p[net.loss_name] - hit) / len(x), []
    for k, (a, weights, _) in reversed(list(enumerate(layers))):
        parts.append(np.concatenate([(d.T @ a).ravel(), d.sum(axis=0)]))
        if k > 0:
            before = layers[k - 1][2]
            s = SIDES["sigmoid"](before)
            slope = {"relu": before.real > 0, "tanh": 1 - np.tanh(before) ** 2, "sigmoid": s * (1 - s), "softplus": s}
            d = (d @ weights) * slope[net.activation]
    return np.concatenate(parts[::-1])


def case(sizes, activation, loss, n=11, seed=3):
    net, rng = MLP(sizes, activation, loss), np.random.default_rng(seed)
    y = rng.standard_normal((n, sizes[-1])) if loss == "squared" else rng.integers(0, sizes[-1], n)
    return net, 0.7 * rng.standard_normal(net.n_parameters), rng.standard_normal((n, sizes[0])), y, rng


@pytest.mark.parametrize(("sizes", "activation", "loss"), NETS)
def test_the_gradient_is_the_complex_step_of_the_twin(sizes, activation, loss):
    net, theta, x, y, _ = case(sizes, activation, loss)
    steps = theta + 1j * STEP * np.eye(net.n_parameters)
    expected = np.array([twin_loss(net, one, x, y).imag / STEP for one in steps])
    np.testing.assert_allclose(net.gradient(theta, x, y), expected, rtol=1e-12, atol=1e-14)
    assert net.loss(theta, x, y) == pytest.approx(twin_loss(net, theta, x, y), rel=1e-13)
    np.testing.assert_allclose(net.forward(theta, x), twin_outputs(sizes, activation, theta, x), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("sizes", "activation", "loss"), NETS)
def test_the_hessian_times_a_vector_is_the_complex_step_of_the_twins_gradient(sizes, activation, loss):
    net, theta, x, y, rng = case(sizes, activation, loss)
    v = rng.standard_normal(net.n_parameters)
    expected = twin_gradient(net, theta + 1j * STEP * v, x, y).imag / STEP
    np.testing.assert_allclose(net.hessian_vector_product(theta, x, y, v), expected, rtol=1e-11, atol=1e-13)


def test_the_hessian_kernel_runs_inside_compiled_code():
    net, theta, x, y, _ = case([2, 5, 2], "tanh", "softmax")
    targets = y[:, None].astype(float)

    @numba.njit
    def column(j):
        vector, out = np.zeros(theta.size), np.empty(theta.size)
        vector[j] = 1.0
        hessian_vector_product(theta, layout, x, targets, vector, np.empty(curvature_work_size(layout, 11)), out)
        return out

    layout = net.layout
    hessian = np.array([column(j) for j in range(theta.size)])
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-15)


def test_logistic_regression_has_the_hessian_of_its_closed_form():
    net, theta, x, y, rng = case([3, 1], "relu", "logistic")
    y = rng.integers(0, 2, 11)
    design = np.column_stack([x, np.ones(11)])
    p = 1.0 / (1.0 + np.exp(-design @ theta))
    hessian = design.T @ (design * (p * (1.0 - p) / 11)[:, None])
    found = np.array([net.hessian_vector_product(theta, x, y, unit) for unit in np.eye(4)])
    np.testing.assert_allclose(found, hessian, atol=1e-16)
    np.testing.assert_allclose(net.gradient(theta, x, y), design.T @ (p - y) / 11, atol=1e-16)


@pytest.mark.parametrize("loss", ["logistic", "softmax"])
def test_logits_of_ten_thousand_lose_nothing(loss):
    net = MLP([2, 2], loss=loss)
    theta = np.array([1e4, 0.0, 0.0, 1e4, 0.0, 0.0])
    x, y = np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0, 0])
    z = net.forward(theta, x)
    logs = log_softmax(z, axis=1) if loss == "softmax" else log_expit(np.where(np.eye(2)[y] > 0, z, -z))
    expected = -(logs[[0, 1], y] if loss == "softmax" else logs.sum(axis=1)).mean()
    assert net.loss(theta, x, y) == pytest.approx(expected, rel=1e-15)
    assert np.isfinite(net.gradient(theta, x, y)).all()
    assert np.isfinite(net.hessian_vector_product(theta, x, y, np.ones(6))).all()


def test_predictions_probabilities_and_accuracy_agree():
    net, theta, x, y, _ = case([3, 9, 4], "tanh", "softmax", n=40)
    p = net.probabilities(theta, x)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-15)
    assert net.accuracy(theta, x, y) == np.mean(p.argmax(axis=1) == y) == np.mean(net.predict(theta, x) == y)


def test_the_loss_as_a_landscape_has_the_same_values_and_gradients():
    net, theta, x, y, _ = case([2, 7, 2], "tanh", "softmax")
    f = net.landscape(x, y)
    assert f(theta) == pytest.approx(net.loss(theta, x, y), rel=1e-15)
    system = pdeopt.langevin(f, beta=1e3, friction=1.0)
    start = np.concatenate([theta, np.zeros(theta.size)])
    run = pdeopt.simulate(system, start, step=0.1, n_steps=30, n_paths=1, method="baoab", seed=0)
    assert f(run.final[0, : theta.size]) < f(theta)


@pytest.mark.slow
def test_a_network_of_two_parameters_is_relaxed_on_a_grid():
    x, y = np.array([[-1.0], [0.5], [2.0]]), np.array([0, 1, 1])
    f = MLP([1, 1]).landscape(x, y)
    r = pdeopt.relax(f, pdeopt.Grid((-3.0, -3.0), (3.0, 3.0), (33, 33)), time=0.5, beta=5.0)
    expected = pdeopt.local_entropy(f, [[0.4, -0.3]], 0.5, 5.0).value[0]
    assert r.at(np.array([[0.4, -0.3]]))[0] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((3, 4))}, "x has shape"),
        ({"x": np.full((3, 2), np.nan)}, "must be finite"),
        ({"x": np.zeros((0, 2))}, "n > 0"),
        ({"y": [0, 1, 2]}, "must be a label 0, ..., 1"),
        ({"y": [0, 1]}, "y has shape"),
        ({"parameters": np.zeros(3)}, "parameters has shape"),
    ],
)
def test_wrong_input_is_named_with_what_works(change, message):
    net = MLP([2, 5, 1])
    given = {"parameters": np.zeros(net.n_parameters), "x": np.zeros((3, 2)), "y": [0, 1, 1]} | change
    with pytest.raises(ValueError, match=message):
        net.gradient(given["parameters"], given["x"], given["y"])
