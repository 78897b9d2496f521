"""Runs of several step sizes along one Brownian path: `noise_step`."""

from itertools import pairwise

import numpy as np
import pytest

import pdeopt
from pdeopt import sde

A, B = 0.5, 0.4
N_PATHS, FINE = 4000, 1.0 / 64


def grow(t, x, a, b):
    return a * x


def shake(t, x, a, b):
    return b * x


def slope(t, x, a, b):
    return b


def still(t, x):
    return 0.0


def one(t, x):
    return 1.0


@pytest.fixture(scope="module")
def exact():
    """Return geometric Brownian motion at time 1, of the path that all step sizes share."""
    walk = pdeopt.SDE(still, one, noise="additive")
    w = pdeopt.simulate(walk, 0.0, step=FINE, n_steps=64, n_paths=N_PATHS).final
    return np.exp(A - 0.5 * B * B + B * w)


def square_error(n_steps, extra):
    """Return E (X_N - X_T)^2 of geometric Brownian motion from 1; `extra` is 1 for Milstein, 0 for Euler-Maruyama."""
    h, rest = 1.0 / n_steps, extra * B**4 / (2.0 * n_steps**2)
    numerical = (1.0 + A * h) ** 2 + B * B * h + rest
    mixed = np.exp(A * h) * (1.0 + A * h + B * B * h + rest)
    return numerical**n_steps - 2.0 * mixed**n_steps + np.exp(2.0 * A + B * B)


@pytest.mark.parametrize("n_steps", [64, 32, 16, 8])
@pytest.mark.parametrize(("method", "extra"), [("euler-maruyama", 0.0), ("milstein", 1.0)])
def test_errors_along_the_shared_path_are_those_of_the_closed_form(method, extra, n_steps, exact):
    system = pdeopt.SDE(grow, shake, diffusion_jacobian=slope, args=(A, B))
    options = {"step": 1.0 / n_steps, "n_steps": n_steps, "n_paths": N_PATHS, "noise_step": FINE}
    squares = (pdeopt.simulate(system, 1.0, method=method, **options).final - exact) ** 2
    assert abs(squares.mean() - square_error(n_steps, extra)) < 4.5 * squares.std() / np.sqrt(N_PATHS)


def flat(x):
    return 0.0 * (x[0] + x[1])


def flat_gradient(x):
    return 0.0, 0.0


SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in ("vav", "ava", "metropolised-obabo")]
FREE = pdeopt.langevin(pdeopt.Landscape(flat, flat_gradient, dim=2), beta=0.7, friction=1.9, mass=1.3)


@pytest.mark.parametrize("method", ["baoab", "obabo", *SLOW])
def test_without_force_momenta_of_any_step_size_are_one_ornstein_uhlenbeck_process(method):
    options = {"n_paths": 20, "method": method, "noise_step": 0.05}
    fine = pdeopt.simulate(FREE, (0.0,) * 4, step=0.05, n_steps=24, **options)
    for factor in (2, 3, 8):
        coarse = pdeopt.simulate(FREE, (0.0,) * 4, step=0.05 * factor, n_steps=24 // factor, **options)
        np.testing.assert_allclose(coarse.final[:, 2:], fine.final[:, 2:], rtol=0.0, atol=2e-14)


def flat_array_gradient(x):
    return np.zeros(x.size)


FREE_TEN = pdeopt.langevin(pdeopt.Landscape(flat, flat_array_gradient, dim=10), beta=0.7, friction=1.9)


@pytest.mark.parametrize("method", ["obabo", *SLOW])
def test_the_same_holds_for_many_coordinates(method):
    options = {"n_paths": 3, "method": method, "noise_step": 0.05}
    fine = pdeopt.simulate(FREE_TEN, np.zeros(20), step=0.05, n_steps=8, **options).final
    coarse = pdeopt.simulate(FREE_TEN, np.zeros(20), step=0.2, n_steps=2, **options).final
    np.testing.assert_allclose(coarse[:, 10:], fine[:, 10:], rtol=0.0, atol=2e-14)
    assert np.abs(fine[:, 10:]).min() > 0.0


def no_drift(t, x, out):
    out[:] = 0.0


def identity(t, x, out):
    out[:] = 1.0


def test_many_coordinates_walk_on_the_path_that_few_walk_on():
    options = {"n_paths": 3, "noise_step": 0.01}
    many = pdeopt.SDE(no_drift, identity, "additive", dim=10)
    few = pdeopt.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 1.0), "additive", dim=2)
    ends = [
        pdeopt.simulate(system, np.zeros(system.dim), step=step, n_steps=n, **options).final[:, :2]
        for system, step, n in ((few, 0.01, 12), (many, 0.03, 4), (many, 0.06, 2))
    ]
    np.testing.assert_allclose(ends[1:], [ends[0]] * 2, rtol=0.0, atol=1e-15)


@pytest.mark.parametrize("method", ["euler-maruyama", "sra1", "sriw1", "heun", "derivative-free-milstein"])
def test_motions_of_several_coordinates_stay_apart(method):
    options = {"n_paths": 5, "noise_step": 0.01, "method": method}
    system = pdeopt.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 1.0), "additive", dim=2)
    system = system.as_stratonovich() if sde.get(method).interpretation == "stratonovich" else system
    fine = pdeopt.simulate(system, (0.0, 0.0), step=0.01, n_steps=12, **options).final
    coarse = pdeopt.simulate(system, (0.0, 0.0), step=0.04, n_steps=3, **options).final
    np.testing.assert_allclose(coarse, fine, rtol=0.0, atol=1e-15)
    assert np.abs(fine[:, 0] - fine[:, 1]).min() > 1e-3


WELL = pdeopt.langevin(pdeopt.landscapes.double_well(), beta=1.0, friction=1.5)


@pytest.mark.parametrize(("method", "order"), [("baoab", 1.0), ("obabo", 1.0), ("vav", 1.0), ("gjf", 1.0)])
def test_errors_of_langevin_schemes_fall_with_the_strong_order(method, order):
    ends = [
        pdeopt.simulate(
            WELL, (0.5, 0.0), step=step, n_steps=round(1.0 / step), n_paths=N_PATHS, method=method, noise_step=1.0 / 256
        ).final
        for step in (1 / 64, 1 / 128, 1 / 256)
    ]
    first, second = (np.sum((a - b) ** 2, axis=1) for a, b in pairwise(ends))
    ratio = first.mean() / second.mean()
    bar = np.std(first / first.mean() - second / second.mean()) / np.sqrt(N_PATHS) / np.log(4.0)
    assert 3.0 * bar < 0.1
    assert np.log2(ratio) / 2.0 == pytest.approx(order, abs=3.0 * bar + 0.03)
