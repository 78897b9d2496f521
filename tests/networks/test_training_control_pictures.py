"""Equations in the place of a random network: how far they are from it, and what their gradient is made of."""

import numpy as np
import pytest
from scipy.interpolate import make_interp_spline

from pdeopt import Generator, Grid
from pdeopt.convergence import observed_order
from pdeopt.networks import Dropout, ResNet, TrainingControl, modified_equation

NUMBERS = np.array([8, 16, 32, 64])


@pytest.fixture(scope="module")
def losses():
    """Return the loss of one function of time for each picture, in 8 to 64 blocks."""
    found = {}
    for n in NUMBERS:
        net = ResNet([1, 1, 1], n_blocks=int(n), hidden=3, noise=Dropout(0.5), shared=True)
        for name in ("masks 1", "ode 1", "first 1", "second 1", "second 2"):
            picture, substeps = name.split()
            facts = {"picture": picture, "substeps": int(substeps), "grid": Grid(-6.0, 6.0, 301), "order": 8}
            control = TrainingControl(net, [[0.3], [-0.4], [0.8]], [1, 0, 1], **facts)
            found.setdefault(name, []).append(control.evaluate(net.initial(2, scheme=0.7)).loss)
    return {name: np.array(values) for name, values in found.items()}


@pytest.mark.parametrize(("name", "order"), [("ode 1", 1), ("first 1", 1), ("second 1", 2), ("second 2", 2)])
def test_only_the_second_picture_is_of_second_order(losses, name, order):
    found = observed_order(1.0 / NUMBERS, np.abs(losses[name] - losses["masks 1"]))
    assert found.bar <= 0.1
    assert found.admits(order)


def test_the_scheme_of_a_picture_is_of_third_order(losses):
    found = observed_order(1.0 / NUMBERS, np.abs(losses["second 1"] - losses["second 2"]))
    assert found.bar <= 0.1
    assert found.admits(3)


def test_the_gradient_density_is_the_integral_of_the_two_equations():
    # dJ/dw(t) = int [(d_w b) . grad u + 1/2 (d_w a) : hess u] rho dx, with u and rho of finite volumes.
    net = ResNet([1, 1, 1], n_blocks=16, branch="layer", noise=Dropout(0.5), shared=True)
    theta, h = np.array([1.3, 0.4, 1.7, -0.3]), 1.0 / 16.0
    control = TrainingControl(net, [[0.2]], [1], picture="second", grid=Grid(-3.0, 3.0, 301), substeps=16)
    generator = Generator(modified_equation(net.layer(theta, 0)).second, Grid(-3.0, 3.0, 801))
    x, times = np.linspace(-3.0, 3.0, 801), np.array([8, 9, 10, 18, 19, 20]) / 32.0
    u = generator.backward(lambda z: np.log1p(np.exp(0.3 - 1.7 * z)), np.sort(1.0 - times)).values[::-1]
    rho = generator.forward([0.2], times).values
    f = np.tanh(theta[0] * x + theta[1])
    slope = 1.0 - f**2
    found = np.empty((6, 2))
    for i, (field, density) in enumerate(zip(u, rho, strict=True)):
        spline = make_interp_spline(x, field, k=5)
        for j, (inner, own) in enumerate(((x, 1.0), (np.ones_like(x), 0.0))):
            by_f = slope * inner
            by_late = own * slope * f + theta[0] * (-2.0 * f * by_f * f + slope * by_f)
            by_drift, by_spread = by_f - 0.5 * h * by_late, 2.0 * h * f * by_f
            change = by_drift * spline.derivative()(x) + 0.5 * by_spread * spline.derivative(2)(x)
            found[i, j] = np.sum(change * density) * (x[1] - x[0])
    # Simpson's rule over the time of blocks 4 and 9.
    means = np.array([1.0, 4.0, 1.0]) @ found.reshape(2, 3, 2) / 6.0
    assert np.abs(control.evaluate(theta).gradient_density[[4, 9]] - means).max() < 5e-5
