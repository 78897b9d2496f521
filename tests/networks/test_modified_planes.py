"""Modified equations of networks in the plane, with noise of rank one and two, on a box that nothing leaves."""

from math import cos, pi, sin

import numpy as np
import pytest

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.networks import Dropout, ResidualLayer, ShakeShake, StochasticDepth, mask_average, modified_equation

BOX = pdeopt.Grid((-1.0, -1.0), (1.0, 1.0), 65)
POINT = np.array([0.3, -0.4])
NOISES = {
    "dropout": (Dropout(0.5), {8: 0.444115180474, 64: 0.434541281542}),
    "depth": (StochasticDepth(0.5), {8: 0.488228047791, 64: 0.487507128607}),
    "shake": (ShakeShake(), {8: 0.723221621478, 64: 0.725099413955}),
}
ERRORS = {
    "dropout": (1.5e-3, -1.5e-4, -1.0e-5),
    "depth": (1.1e-4, -2.4e-6, -8.3e-7),
    "shake": (-2.6e-4, -4.7e-4, -1.9e-6),
}


def f(t, x):
    a, b = x
    return 0.25 * sin(pi * a) * (1.0 + 0.5 * cos(pi * b)), 0.3 * sin(pi * b) * (1.0 - 0.4 * a)


def g(t, x):
    a, b = x
    return -0.2 * sin(pi * a) * (1.0 - 0.3 * b), 0.25 * sin(pi * b)


def logistic(x):
    return np.log1p(np.exp(-3.0 * (x[0] + x[1] / 2.0)))


def layer(name, n_blocks):
    return ResidualLayer(f, NOISES[name][0], 1.0 / n_blocks, dim=2, second=g if name == "shake" else None)


def picture(system, n_nodes=65):
    grid = pdeopt.Grid((-1.0, -1.0), (1.0, 1.0), n_nodes)
    return float(pdeopt.Generator(system, grid, rates="central", cross="central").backward(logistic, 1.0).at(POINT))


@pytest.mark.slow
@pytest.mark.parametrize("name", list(NOISES))
def test_errors_of_the_pictures_at_64_blocks_are_the_known_ones(name):
    equations, exact = modified_equation(layer(name, 64)), NOISES[name][1][64]
    for system, error in zip((equations.ode, equations.first, equations.second), ERRORS[name], strict=True):
        # Known to two digits.
        assert exact - picture(system) == pytest.approx(error, rel=0.06)


@pytest.mark.parametrize("name", list(NOISES))
def test_the_second_equation_has_the_known_average_at_64_blocks(name):
    error = NOISES[name][1][64] - picture(modified_equation(layer(name, 64)).second, 33)
    assert error == pytest.approx(ERRORS[name][2], abs=6e-7)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(NOISES))
def test_the_second_equation_is_of_second_order(name):
    blocks, errors = (4, 8, 16, 32, 64), []
    for n in blocks:
        exact = mask_average(layer(name, n), logistic, BOX.refined(3), n_blocks=n)
        errors.append(abs(picture(modified_equation(layer(name, n)).second) - float(exact.at(POINT))))
    found = observed_order(1.0 / np.array(blocks), errors)
    assert found.bar <= 0.1
    assert found.admits(2)


@pytest.mark.parametrize("name", ["depth", "shake"])
def test_noise_of_rank_one_has_a_monotone_generator(name):
    system = modified_equation(layer(name, 8)).second
    grid = pdeopt.Grid((-1.0, -1.0), (1.0, 1.0), 41)
    L = pdeopt.Generator(system, grid, cross="semi-lagrangian")
    assert L.report().is_monotone
    step = np.where(grid.axes[0][:, None] + 0.0 * grid.axes[1] > 0.1, 1.0, 0.0)
    values = L.backward(step, 1.0, method="uniformisation", extrapolate=False).values
    assert values.min() >= -1e-14
    assert values.max() <= 1.0 + 1e-14
    density = L.forward(POINT, 1.0, method="uniformisation", levels=1)
    assert density.values.min() >= 0.0
    assert density.mass == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", ["depth", "shake"])
def test_noise_of_rank_one_is_perfectly_correlated(name):
    a = modified_equation(layer(name, 8)).covariance(POINT)
    assert abs(a[0, 1]) == pytest.approx((a[0, 0] * a[1, 1]) ** 0.5, rel=1e-13)
    assert modified_equation(layer(name, 8)).second.n_brownian == 1
