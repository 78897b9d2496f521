"""Laws of controlled processes, and equilibria of many of them."""

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

import pdeopt
from pdeopt import Grid
from pdeopt.control import ControlProblem, controlled_law, mean_field_control, optimal_control

WELL = pdeopt.landscapes.double_well()
BOWL, STEEP = pdeopt.landscapes.quadratic(1.0), pdeopt.landscapes.quadratic(3.0)
WIDE = Grid(-4.0, 4.0, 161)


def riccati(tau):
    decay = np.exp(-2.0 * tau)
    return 6.0 * decay / (2.0 + 3.0 * (1.0 - decay))


@pytest.fixture(scope="module")
def relaxed():
    return optimal_control(ControlProblem(None, WELL, WIDE, time=0.5, beta=1.0), n_times=33)


def test_the_law_of_a_quadratic_problem_is_gaussian_with_riccati_s_moments():
    def slopes(t, y):
        return -(1.0 + riccati(0.8 - t)) * y[0], -2.0 * (1.0 + riccati(0.8 - t)) * y[1] + 0.5

    control = optimal_control(ControlProblem(BOWL, STEEP, Grid(-5.0, 5.0, 161), time=0.8, beta=2.0), n_times=17)
    law = controlled_law(control, 1.5)
    mean, variance = solve_ivp(slopes, (0.0, 0.8), [1.5, 0.0], rtol=1e-11, atol=1e-12).y[:, -1]
    assert abs(law.mean[-1, 0] - mean) < 1e-8
    assert abs(law.covariance[-1, 0, 0] - variance) < 1e-8
    x = control.grid.axes[0]
    density = np.exp(-0.5 * (x - mean) ** 2 / variance) / np.sqrt(2.0 * np.pi * variance)
    assert np.abs(law.values[-1] - density).max() < 1e-6
    assert (np.abs(law.values[-1] - density) <= 2.0 * law.error[-1] + 1e-12).all()


def test_the_law_at_the_end_is_the_local_gibbs_measure(relaxed):
    law = controlled_law(relaxed, 0.3)
    x = WIDE.axes[0]
    gibbs = np.exp(-WELL(x) - (x - 0.3) ** 2)
    gibbs /= gibbs.sum() * WIDE.spacing[0]
    assert np.abs(law.values[-1] - gibbs).max() < 1e-6
    slope, bend = 0.04721507787541257197, 0.2138047663929529882
    assert abs(law.mean[-1, 0] - (0.3 - 0.5 * slope)) < 1e-8
    assert abs(law.covariance[-1, 0, 0] - 0.5 * (1.0 - 0.5 * bend)) < 1e-8
    assert abs(law.cost - 0.1685643906374680292) < 1e-8


def test_without_a_landscape_the_feedback_is_a_martingale(relaxed):
    law = controlled_law(relaxed, 0.3)
    means = (law.values * law.volumes * relaxed.gradient[..., 0]).sum(axis=1)
    assert np.abs(means - 0.04721507787541257197).max() < 2e-6


def test_masses_are_kept_and_nowhere_negative(relaxed):
    law = controlled_law(relaxed, lambda x: np.exp(-4.0 * x * x) * (1.0 + np.tanh(x)))
    assert np.abs((law.plain * law.volumes).sum(axis=1) - 1.0).max() < 1e-13
    assert law.plain.min() >= 0.0
    assert np.abs(law.mass - 1.0).max() < 1e-8


def test_laws_add_up_over_their_starts(relaxed):
    density = np.zeros(WIDE.shape)
    density[[70, 90]] = 3.0, 1.0
    both = controlled_law(relaxed, density)
    parts = [controlled_law(relaxed, x) for x in (-0.5, 0.5)]
    mixed = 0.75 * parts[0].plain[1:] + 0.25 * parts[1].plain[1:]
    np.testing.assert_allclose(both.plain[1:], mixed, atol=1e-13)


def test_the_law_solves_the_forward_equation_of_its_feedback(relaxed):
    law = controlled_law(relaxed, lambda x: np.exp(-2.0 * x * x))
    h, k, dt = WIDE.spacing[0], 16, relaxed.times[1]
    rho, slope = law.values, relaxed.gradient[..., 0]
    change = (rho[k - 2] - 8.0 * rho[k - 1] + 8.0 * rho[k + 1] - rho[k + 2]) / (12.0 * dt)
    flux = np.gradient(slope[k] * rho[k], h, edge_order=2)
    spread = np.gradient(np.gradient(rho[k], h, edge_order=2), h, edge_order=2) / 2.0
    middle = slice(40, -40)
    assert np.abs(change - flux - spread)[middle].max() < 0.01 * np.abs(change)[middle].max()


def test_an_equilibrium_of_quadratic_costs_has_the_closed_form():
    share, start = 0.7, 1.5

    def pull(grid, density):
        x = grid.axes[0]
        return 1.5 * (x - share * (x * density).sum() / density.sum()) ** 2

    def survival(t):
        return np.exp(-quad(lambda s: 1.0 + riccati(0.8 - s), t, 0.8, epsabs=1e-13)[0])

    gain = 3.0 * quad(lambda t: survival(t) ** 2, 0.0, 0.8, epsabs=1e-12)[0]
    mean = survival(0.0) * start / (1.0 - share * gain)
    problem = ControlProblem(BOWL, 0.0, Grid(-5.0, 5.0, 101), time=0.8, beta=2.0)
    found = mean_field_control(problem, pull, start, n_times=9)
    assert abs(found.law.mean[-1, 0] - mean) < 1e-7
    assert all(changes[-1] <= 1e-10 < changes[0] for changes in found.residuals)
    assert "iterations, residuals" in str(found)
    assert abs(found.law.cost - found.control.at(start)) < 1e-9


def test_mixing_finds_the_equilibrium_of_damping_in_fewer_iterations():
    def pull(grid, density):
        x = grid.axes[0]
        return 1.5 * (x - 0.7 * (x * density).sum() / density.sum()) ** 2

    problem, start = ControlProblem(BOWL, 0.0, Grid(-4.0, 4.0, 31), time=0.8, beta=2.0), 1.6
    damped = mean_field_control(problem, pull, start, n_times=5, memory=0, levels=1, tolerance=1e-6)
    mixed = mean_field_control(problem, pull, start, n_times=5, levels=1, tolerance=1e-6)
    assert abs(damped.law.mean[-1, 0] - mixed.law.mean[-1, 0]) < 1e-5
    assert len(damped.residuals[0]) > 2 * len(mixed.residuals[0])


def test_who_is_repelled_by_the_crowd_spreads():
    def crowd(grid, density):
        return 2.0 * density

    problem = ControlProblem(None, lambda x: 0.5 * x * x, Grid(-3.0, 3.0, 41), time=1.0, beta=4.0)
    crowded = mean_field_control(problem, crowd, 0.0, levels=1, n_times=9)
    alone = controlled_law(optimal_control(problem, levels=1, n_times=9), 0.0)
    assert crowded.law.covariance[-1, 0, 0] > 1.2 * alone.covariance[-1, 0, 0]
    assert abs(crowded.law.mean[-1, 0]) < 1e-8
