"""Orders of modified equations against averages over all masks, by generators on boxes that nothing leaves."""

from math import pi, sin

import numpy as np
import pytest
from numpy.polynomial import chebyshev
from scipy.fft import dct

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.networks import (
    Dropout,
    GaussianDropout,
    ResidualLayer,
    StochasticDepth,
    modified_equation,
)
from pdeopt.networks.factors import Factor

POINTS = np.array([0.1, -0.35])
BLOCKS = (16, 32, 64, 128, 256)
DECAYING = (8, 12, 16, 24, 32, 48, 64)
NODES = 320


def sine(t, x):
    return 1.5 * sin(pi * x) / pi


def logistic(x):
    return np.log1p(np.exp(-4.0 * x))


def of_values(values):
    """Matrix from values at Chebyshev points to those of their polynomial at others."""
    transform = dct(np.eye(NODES), type=2, axis=0) / NODES
    transform[0] /= 2.0
    return chebyshev.chebvander(values, NODES - 1) @ transform


def exact_average(factor: Factor, n_blocks, keeps=None):
    """E of the loss over all masks of a network of the sine, u_k(x) = E u_{k+1}(x + h xi f(x)); laws by block."""
    x = np.cos(pi * (np.arange(NODES) + 0.5) / NODES)
    f, u = 1.5 * np.sin(pi * x) / pi, logistic(x)
    if keeps is None:
        one = sum(w * of_values(x + v * f / n_blocks) for v, w in zip(factor.values, factor.weights, strict=True))
        u = np.linalg.matrix_power(one, n_blocks) @ u
    else:
        moved = of_values(x + f / n_blocks)
        for p in reversed(keeps):
            u = p * (moved @ u) + (1.0 - p) * u
    return of_values(POINTS) @ u


def picture(system):
    grid = pdeopt.Grid(-1.0, 1.0, 513)
    return pdeopt.Generator(system, grid, rates="central").backward(logistic, 1.0).at(POINTS)


def orders(noise, name, blocks=BLOCKS):
    exact = [exact_average(noise.factor, n) for n in blocks]
    found = [picture(getattr(modified_equation(ResidualLayer(sine, noise, 1.0 / n)), name)) for n in blocks]
    errors = np.abs(np.array(found) - exact)
    return [observed_order(1.0 / np.array(blocks), errors[:, k]) for k in range(POINTS.size)]


def assert_order(found, wanted):
    assert found.bar <= 0.1
    assert found.admits(wanted)


def test_the_twin_agrees_with_the_known_averages():
    assert exact_average(Dropout(0.5).factor, 8) == pytest.approx([0.2372956451657, 3.1200263572822], abs=1e-10)
    assert exact_average(Dropout(0.8).factor, 128) == pytest.approx([0.1906538917999, 3.1549896253323], abs=1e-10)
    depth = exact_average(StochasticDepth(0.5).factor, 128)
    assert depth == pytest.approx([0.3645457044523, 2.4198864634441], abs=1e-10)


@pytest.mark.parametrize("noise", [Dropout(0.5), Dropout(0.8), StochasticDepth(0.5)], ids=repr)
@pytest.mark.parametrize(("name", "order"), [("ode", 1), ("first", 1), ("second", 2)])
def test_ode_and_first_equation_are_of_first_order_and_the_second_of_second(noise, name, order):
    for found in orders(noise, name):
        assert_order(found, order)


def test_errors_of_the_pictures_at_256_blocks_are_the_known_ones():
    equations = modified_equation(ResidualLayer(sine, Dropout(0.5), 1.0 / 256))
    exact = exact_average(Dropout(0.5).factor, 256)
    systems = (equations.ode, equations.first, equations.second)
    errors = [float((exact - picture(system))[0]) for system in systems]
    assert errors == pytest.approx([1.94e-3, 6.6e-4, -1.4e-5], rel=0.02)


@pytest.mark.slow
def test_linear_decay_is_of_second_order():
    errors = []
    for n in DECAYING:
        noise = StochasticDepth(0.4, decay="linear")
        keeps = [1.0 - (k + 1) / n * 0.6 for k in range(n)]
        system = modified_equation(ResidualLayer(sine, noise, 1.0 / n)).second
        L = pdeopt.Generator(system, pdeopt.Grid(-1.0, 1.0, 257), rates="central")
        found = L.backward(logistic, 1.0, n_steps=128).at(POINTS)
        errors.append(np.abs(found - exact_average(noise.factor, n, keeps)))
    for k in range(POINTS.size):
        assert_order(observed_order(1.0 / np.array(DECAYING), np.array(errors)[:, k]), 2)


@pytest.mark.parametrize(("keep", "order"), [(0.8, 2), (0.5, 3)])
def test_bernoulli_and_gaussian_dropout_differ_by_their_third_cumulant(keep, order):
    laws = Dropout(keep).factor, GaussianDropout(keep).factor
    blocks = (64, 96, 128, 192, 256, 384, 512)
    gaps = [abs(exact_average(laws[0], n) - exact_average(laws[1], n)) for n in blocks]
    for k in range(POINTS.size):
        assert_order(observed_order(1.0 / np.array(blocks), np.array(gaps)[:, k]), order)


def test_steps_of_euler_and_maruyama_as_long_as_layers_are_gaussian_dropout():
    system = modified_equation(ResidualLayer(sine, Dropout(0.5), 0.125)).first
    run = pdeopt.simulate(system, 0.1, step=0.125, n_steps=8, n_paths=100_000, seed=3)
    values = logistic(run.final[:, 0])
    standard_error = values.std(ddof=1) / values.size**0.5
    exact = exact_average(GaussianDropout(0.5).factor, 8)[0]
    assert abs(values.mean() - exact) <= 3.0 * standard_error
