"""Walls against exact solutions: given values that enter, and are lost where they would leave; lines that go on."""

import numpy as np
import pytest
from numba import njit

from pdeopt import Grid, HamiltonJacobi, Landscape, solve_hamilton_jacobi
from pdeopt.hamilton_jacobi import Dirichlet, Hamiltonian, eikonal
from pdeopt.hamilton_jacobi.standard_problems import standard_problem

LINE = Grid(-1.0, 1.0, 81)
PLANE = Grid((-1.0, -1.0), (1.0, 1.0), (25, 21))


@njit
def transport(t, x, u, p, speed):
    return speed * p


@njit
def transport_speeds(t, x, u, low, high, speed):
    return abs(speed)


@njit
def one(t, x):
    return 1.0


@njit
def rising(t, x, rate):
    return rate * t


@njit
def saddle(t, x):
    return x[0] * x[0] - x[1] * x[1]


MOVING = Hamiltonian(transport, convex=True, speeds=transport_speeds, args=(0.8,))


def solved(values, boundary, time, h="quadratic", grid=LINE, **more):
    problem = HamiltonJacobi(values, grid, h, boundary=boundary, **more)
    return solve_hamilton_jacobi(problem, time, method="godunov", stepper="euler", threads=1).values


def test_a_value_that_rises_at_the_wall_is_carried_inwards():
    x, entry = LINE.axes[0], Dirichlet(rising, args=(2.0,))
    found = solved(np.zeros(81), [(entry, "extrapolation")], 1.5, MOVING)
    exact = 2.0 * np.maximum(1.5 - (x + 1.0) / 0.8, 0.0)
    # The kink at its head is smeared over the square root of h times the way.
    assert np.abs(found - exact)[np.abs(x + 1.0 - 1.2) > 0.4].max() < 1e-3
    assert np.abs(found - exact).max() < np.sqrt(LINE.spacing[0] * 1.2)


def test_a_value_given_where_characteristics_leave_is_lost_but_for_the_wall_itself():
    x = LINE.axes[0]
    values = np.sin(x)
    free = solved(values, [(Dirichlet(np.sin(-1.0)), "extrapolation")], 0.5, MOVING)
    held = solved(values, [(Dirichlet(np.sin(-1.0)), Dirichlet(7.0))], 0.5, MOVING)
    np.testing.assert_allclose(held[:-1], free[:-1], rtol=0.0, atol=1e-3)
    assert held[-1] == 7.0


def test_the_eikonal_equation_rests_at_the_distance_to_the_walls():
    found = solved(np.zeros(81), Dirichlet(0.0), 3.0, eikonal(), source=one)
    np.testing.assert_allclose(found, 1.0 - np.abs(LINE.axes[0]), rtol=0.0, atol=1e-12)


def test_given_values_are_no_error_of_a_controlled_step():
    # Without speed the source alone acts, exactly in any step, and the walls do not follow it.
    problem = HamiltonJacobi(np.zeros(81), LINE, eikonal(0.0), source=one, boundary=Dirichlet(0.0))
    found = solve_hamilton_jacobi(problem, 3.0, method="godunov", stepper="heun", tolerance=1e-6, threads=1)
    np.testing.assert_allclose(found.values, [0.0, *[3.0] * 79, 0.0], rtol=1e-14)
    assert found.n_steps == 1


@pytest.mark.parametrize("speed", [0.5, -0.5])
def test_a_front_that_moves_in_is_the_opposite_of_one_that_moves_out(speed):
    # Without the source u is the least, for negative speeds the greatest, of the data within the way of the front.
    x, way = LINE.axes[0], 0.4
    found = solved(np.sign(speed) * np.abs(x), "extrapolation", way / abs(speed), eikonal(speed), source=one)
    exact = np.sign(speed) * np.maximum(np.abs(x) - way, 0.0) + way / abs(speed)
    # The corners are smeared over the square root of h times the way.
    np.testing.assert_allclose(found, exact, rtol=0.0, atol=np.sqrt(LINE.spacing[0] * way))


def test_in_the_plane_the_eikonal_equation_rests_at_the_distance_to_two_walls():
    boundary = [Dirichlet(0.0), "reflecting"]
    found = solved(np.zeros(PLANE.shape), boundary, 6.0, eikonal(), PLANE, source=one)
    np.testing.assert_allclose(found, 1.0 - np.abs(PLANE.points()[..., 0]), rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("given", ["function", "array", "landscape"])
def test_viscosity_brings_harmonic_values_of_the_walls_inside(given):
    # x^2 - y^2 is harmonic also for three points; without a Hamiltonian its values rest.
    exact = saddle(0.0, np.moveaxis(PLANE.points(), -1, 0))
    walls = {"function": saddle, "array": exact, "landscape": Landscape(lambda x: x[0] ** 2 - x[1] ** 2, dim=2)}
    h = Hamiltonian(nothing, convex=True)
    found = solved(np.zeros(PLANE.shape), Dirichlet(walls[given]), 6.0, h, PLANE, viscosity=1.0)
    np.testing.assert_allclose(found, exact, rtol=0.0, atol=1e-9)


@njit
def nothing(t, x, u, p):
    return 0.0


@pytest.mark.parametrize("name", ["b11", "b11-concave", "b12", "b12-concave"])
def test_straight_lines_go_on_beyond_walls(name):
    problem = standard_problem(name)
    found = solve_hamilton_jacobi(problem.on(201), 0.25, method="godunov", stepper="euler", threads=1).values
    wrong = np.abs(found - problem.solution(0.25, 201))
    x = np.abs(problem.grid(201).axes[0])
    # No wave reaches the walls by then, so that there they are exact; inside, kinks cost a spacing or so.
    np.testing.assert_allclose(wrong[x > 0.9], 0.0, rtol=0.0, atol=1e-6)
    assert wrong.max() < 0.02


def test_walls_differ_per_axis_and_per_end():
    # Each axis alone is a problem of a line, and their solutions add.
    values = np.cos(2.0 * LINE.axes[0])
    grid = Grid((-1.0, -1.0), (1.0, 1.0), (81, 81))
    boundary = [("reflecting", "extrapolation"), ("extrapolation", "reflecting")]
    lines = [solved(values, [pair], 0.2, viscosity=0.1) for pair in boundary]
    found = solved(np.add.outer(values, values), boundary, 0.2, grid=grid, viscosity=0.1)
    # Steps in the plane are half as long: by first order in time.
    np.testing.assert_allclose(found, np.add.outer(*lines), rtol=0.0, atol=5e-3)
