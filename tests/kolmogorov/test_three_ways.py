"""The same expectation three ways: from a generator on a grid, from simulated paths, and in closed form."""

import numpy as np
import pytest
from scipy.integrate import cumulative_simpson, quad, simpson
from scipy.linalg import expm
from scipy.special import ndtr

import pdeopt
from pdeopt import sde

DEVIATIONS = 3.0
"""Standard errors within which seeded paths must lie; their bias is made far smaller than one."""


def agrees(sampled, exact):
    """Check a mean over paths: within three of its own standard errors, and these are small."""
    error = float(np.std(sampled) / np.sqrt(len(sampled)))
    assert abs(np.mean(sampled) - exact) <= DEVIATIONS * error
    assert error < 0.02 * max(1.0, abs(exact))


def reverting_drift(t, x, rate, level):
    return rate * (level - x)


def half(t, x, rate, level):
    return 0.5


REVERTING = pdeopt.SDE(reverting_drift, half, noise="additive", args=(2.0, 0.4))
GRID = pdeopt.Grid(-2.6, 3.0, 281)
START, MEAN, WIDTH = -0.3, 0.4 - 0.7 * np.exp(-2.0), np.sqrt(0.0625 * (1.0 - np.exp(-4.0)))


@pytest.fixture(scope="module")
def reverted():
    """Ends of paths of the Ornstein-Uhlenbeck process at time 1."""
    return pdeopt.simulate(
        REVERTING, START, step=0.01, n_steps=100, n_paths=20_000, method="sra1", statistics=False
    ).final[:, 0]


@pytest.mark.parametrize(("moment", "exact"), [(1, MEAN), (2, MEAN**2 + WIDTH**2), (3, 0.0846356358842043)])
def test_moments_of_an_ornstein_uhlenbeck_process(reverted, moment, exact):
    agrees(reverted**moment, exact)
    found = pdeopt.Generator(REVERTING, GRID).backward(lambda x: x**moment, 1.0)
    assert found.at(START) == pytest.approx(exact, rel=1e-8)


def test_a_soft_probability_of_an_ornstein_uhlenbeck_process(reverted):
    exact = ndtr((MEAN - 0.5) / np.hypot(WIDTH, 0.1))
    agrees(ndtr((reverted - 0.5) / 0.1), exact)
    found = pdeopt.Generator(REVERTING, GRID).backward(lambda x: ndtr((x - 0.5) / 0.1), 1.0)
    assert found.at(START) == pytest.approx(exact, rel=1e-8)


def test_the_density_of_an_ornstein_uhlenbeck_process_and_a_count_of_paths(reverted):
    x = GRID.axes[0]
    gauss = np.exp(-0.5 * ((x - MEAN) / WIDTH) ** 2) / (WIDTH * np.sqrt(2.0 * np.pi))
    found = pdeopt.Generator(REVERTING, GRID).forward([START], 1.0, extrapolate=True)
    np.testing.assert_allclose(found.values, gauss, atol=1e-4)
    agrees(1.0 * (reverted > 0.5), ndtr((MEAN - 0.5) / WIDTH))
    upper = x > 0.4999
    assert simpson(found.values[upper], x=x[upper]) == pytest.approx(0.215883456555182, abs=1e-5)


RATES = np.array([[1.0, 0.5], [-0.3, 0.8]])
COVARIANCE = np.array([[1.0, 0.48], [0.48, 0.36]])


def turning_drift(t, x):
    return (-x[0] - 0.5 * x[1], 0.3 * x[0] - 0.8 * x[1])


def correlated(t, x):
    return ((1.0, 0.0), (0.48, 0.36))


def law_of(rates, noise, start, time):
    """Return mean and covariance at a time, by the matrix exponential of Van Loan."""
    d = len(rates)
    block = expm(time * np.block([[-rates, noise], [np.zeros((d, d)), rates.T]]))
    return block[:d, :d] @ start, block[:d, d:] @ block[:d, :d].T


def test_a_correlated_process_in_two_dimensions_without_detailed_balance():
    start, time = np.array([1.0, -1.0]), 1.0
    system = pdeopt.SDE(turning_drift, correlated, noise="additive", dim=2, n_noise=2)
    mean, covariance = law_of(RATES, COVARIANCE, start, time)
    exact = np.cos(mean.sum()) * np.exp(-0.5 * covariance.sum())
    assert exact == pytest.approx(0.578995178244115, rel=1e-12)
    run = pdeopt.simulate(system, tuple(start), step=0.01, n_steps=100, n_paths=20_000, method="sra1", statistics=False)
    agrees(np.cos(run.final.sum(axis=1)), exact)
    grid = pdeopt.Grid((-6.0, -5.0), (6.0, 5.0), (61, 61))
    found = pdeopt.Generator(system, grid, "linear").backward(lambda x: np.cos(x[0] + x[1]), time)
    assert found.at(start) == pytest.approx(exact, rel=1e-6)


def test_the_second_moment_of_geometric_brownian_motion_on_a_logarithmic_axis():
    exact = np.exp(2.0 * 0.03 + 0.2**2)
    price = pdeopt.SDE(lambda t, x: 0.03 * x, lambda t, x: 0.2 * x, noise="diagonal")
    run = pdeopt.simulate(price, 1.0, step=0.01, n_steps=100, n_paths=20_000, method="milstein", statistics=False)
    agrees(run.final[:, 0] ** 2, exact)
    logarithm = pdeopt.SDE(lambda t, x: 0.03 - 0.5 * 0.2**2, lambda t, x: 0.2, noise="additive")
    found = pdeopt.Generator(logarithm, pdeopt.Grid(-2.4, 2.4, 241), "linear").backward(lambda x: np.exp(2.0 * x), 1.0)
    assert found.at(0.0) == pytest.approx(exact, rel=1e-8)


def test_exit_times_and_the_side_of_the_exit_of_a_double_well():
    beta, f = 3.0, pdeopt.landscapes.double_well()
    system, grid = pdeopt.overdamped_langevin(f, beta), pdeopt.Grid(-3.0, 3.0, 241)
    x = grid.axes[0]
    scale = quad(lambda y: np.exp(beta * f(y)), -1.5, 0.5)[0]
    right = quad(lambda y: np.exp(beta * f(y)), -1.5, -1.0)[0] / scale
    run = pdeopt.simulate(
        system, -1.0, step=2e-3, n_steps=20_000, n_paths=4_000, exit=sde.Exit(-1.5, 0.5), statistics=False
    )
    assert run.exits.n_exited == 4_000
    agrees(1.0 * (run.final[:, 0] > 0.0), right)
    L = pdeopt.Generator(system, grid)
    inside = (x > -1.4999) & (x < 0.4999)
    time = L.mean_exit_time(inside)
    assert abs(run.exits.mean_time - time.at(-1.0)) <= DEVIATIONS * run.exits.standard_error
    assert L.committor(x < -1.4999, x > 0.4999).at(-1.0) == pytest.approx(right, rel=1e-8)
    assert time.at(-1.0) == pytest.approx(mean_exit_time(f, beta, -1.5, 0.5, -1.0), rel=1e-8)


def mean_exit_time(f, beta, low, high, start):
    """Return the mean time to leave an interval, by quadrature of the scale and the speed."""
    nodes = np.linspace(low, high, 20_001)
    scale = cumulative_simpson(np.exp(beta * f(nodes)), x=nodes, initial=0.0)
    speed = beta * np.exp(-beta * f(nodes))
    at = np.interp(start, nodes, scale)
    green = np.minimum(scale, at) * (scale[-1] - np.maximum(scale, at)) / scale[-1]
    return simpson(green * speed, x=nodes)


def test_kinetic_langevin_dynamics_in_a_harmonic_well():
    system = pdeopt.langevin(pdeopt.landscapes.quadratic(), beta=1.0, friction=2.0)
    run = pdeopt.simulate(system, (1.0, 0.0), step=0.02, n_steps=100, n_paths=20_000, method="UBU", statistics=False)
    agrees(np.cos(run.final[:, 0]), 0.627671779041150)
    agrees(run.final[:, 0] * run.final[:, 1], 0.146525111109873 - 0.406005849709838 * 0.270670566473225)
    L = pdeopt.Generator(system, pdeopt.Grid((-6.0, -6.0), (6.0, 6.0), (33, 33)))
    found = L.backward(lambda x: np.cos(x[0]), 2.0, levels=2)
    assert abs(found.at((1.0, 0.0)) - 0.627671779041150) < 5e-4
