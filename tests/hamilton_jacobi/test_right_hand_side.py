"""One stage and its bound against a slow NumPy twin: in one to three dimensions, stretched, with every term."""

import numpy as np
import pytest
import reference_hamilton_jacobi as slow
from numba import njit

from pdeopt import Grid, HamiltonJacobi
from pdeopt.hamilton_jacobi import Dirichlet, Godunov, Hamiltonian, LaxFriedrichs, quadratic
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.operator import Operator

TIME, WEIGHTS = 0.7, (0.25, 0.75, 0.1)
RNG = np.random.default_rng(5)


@njit
def everything(t, x, u, p, drift, pull):
    """Depend on time, place, value, slope and parameters."""
    return (1.0 + t) * p * p / 2.0 + drift[0] * np.sin(x) * p + pull * u


@njit
def everything_upwind(t, x, u, minus, plus, drift, pull):
    bottom = -drift[0] * np.sin(x) / (1.0 + t)
    one, other = max(minus, bottom), min(plus, bottom)
    return max(everything(t, x, u, one, drift, pull), everything(t, x, u, other, drift, pull))


@njit
def forcing(t, x, height):
    return height * np.cos(x + t)


@njit
def forcing_in_space(t, x, height):
    return height * (x[0] + 2.0 * x[1] * x[2] + t)


def stage(problem, scheme, threads=1):
    """Return one stage from random values of the problem's grid, and these values."""
    mesh = Mesh(problem.grid, problem.walls, scheme.ghosts)
    operator = Operator(problem, scheme, mesh, threads=threads)
    values, other, out = mesh.field(problem.initial_values), mesh.field(np.sin(problem.initial_values)), mesh.empty()
    operator.limits(values, TIME)
    operator.stage(values, other, out, TIME, WEIGHTS)
    return mesh.inside(out), operator.limits(values, TIME)


def twin(problem, walls, flux, viscosity, source):
    u, (a, b, c) = problem.initial_values, WEIGHTS
    rate = slow.right_hand_side(u, problem.grid.axes, walls, flux, viscosity, source)
    return a * np.sin(u) + b * u + c * rate


def upwind(minus, plus):
    return (np.maximum(np.maximum(minus, 0.0), -np.minimum(plus, 0.0)) ** 2).sum(axis=0) / 2.0


@pytest.mark.parametrize("n", [23, 1100])
def test_a_stage_with_time_place_value_and_parameters_on_a_stretched_line_is_that_of_the_twin(n):
    grid = Grid.from_axes(np.cumsum(RNG.uniform(0.01, 0.03, n)))
    x, args = grid.axes[0], (np.array([0.8]), 1.3)
    h = Hamiltonian(everything, convex=True, upwind=everything_upwind, depends_on_value=True, args=args)
    values, nu = RNG.normal(size=n) * 0.05, 0.1 + x**2
    walls = ("reflecting", "extrapolation")
    problem = HamiltonJacobi(values, grid, h, nu, forcing, [walls], source_args=(0.6,))

    def flux(minus, plus):
        bottom = -0.8 * np.sin(x) / (1.0 + TIME)
        ends = np.maximum(minus[0], bottom), np.minimum(plus[0], bottom)
        both = [(1.0 + TIME) * p**2 / 2.0 + 0.8 * np.sin(x) * p + 1.3 * values for p in ends]
        return np.maximum(*both)

    found, limits = stage(problem, Godunov())
    expected = twin(problem, [walls], flux, nu, 0.6 * np.cos(x + TIME))
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-11 * np.abs(expected).max())
    minus, plus, before, after = slow.slopes(values, 0, x, walls)
    speed = np.max([np.abs((1.0 + TIME) * p + 0.8 * np.sin(x)) for p in (minus, plus)], axis=0)
    transport = speed / np.minimum(before, after) + 1.3
    assert limits.transport == pytest.approx(transport.max(), rel=1e-6)
    assert limits.rate == pytest.approx((transport + 2.0 * nu / (before * after)).max(), rel=1e-6)


@pytest.mark.parametrize("viscosity", ["none", "constant", "field"])
def test_a_stage_in_the_plane_is_that_of_the_twin_with_every_kind_of_viscosity(viscosity):
    grid = Grid.from_axes(
        np.linspace(0.0, 1.0, 11) ** 2, np.linspace(-1.0, 1.0, 14, endpoint=False), periodic=(False, True)
    )
    values = RNG.normal(size=grid.shape)
    nu = {"none": 0.0, "constant": 0.3, "field": RNG.uniform(0.0, 1.0, grid.shape)}[viscosity]
    walls = [("extrapolation", "reflecting"), ("periodic", "periodic")]
    problem = HamiltonJacobi(values, grid, viscosity=nu, boundary=walls)
    found, limits = stage(problem, Godunov(), threads=3)
    expected = twin(problem, walls, upwind, nu, 0.0)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())
    parts = [slow.slopes(values, axis, nodes, walls[axis]) for axis, nodes in enumerate(grid.axes)]
    transport = sum(np.maximum(abs(m), abs(p)) / np.minimum(b, a) for m, p, b, a in parts)
    spread = sum(2.0 * nu / (b * a) for _, _, b, a in parts)
    assert limits.transport == pytest.approx(transport.max(), rel=1e-12)
    assert limits.rate == pytest.approx((transport + spread).max(), rel=1e-12)
    for k, (minus, plus, *_) in enumerate(parts):
        ends = min(minus.min(), plus.min()), max(minus.max(), plus.max())
        np.testing.assert_allclose(limits.slopes[k], ends, rtol=1e-12)


def test_a_stage_in_space_with_a_source_is_that_of_the_twin():
    axes = np.linspace(0.0, 1.0, 5, endpoint=False), np.linspace(-1.0, 1.0, 6) ** 3, np.linspace(1.4, 1.7, 7) ** 2
    grid = Grid.from_axes(*axes, periodic=(True, False, False))
    values, x = RNG.normal(size=grid.shape), grid.points()
    walls = [("periodic", "periodic"), ("reflecting", "reflecting"), ("extrapolation", "extrapolation")]
    boundary = ["reflecting", "reflecting", "extrapolation"]
    problem = HamiltonJacobi(values, grid, quadratic(), 0.2, forcing_in_space, boundary, source_args=(0.4,))
    found, limits = stage(problem, Godunov())
    source = 0.4 * (x[..., 0] + 2.0 * x[..., 1] * x[..., 2] + TIME)
    expected = twin(problem, walls, upwind, 0.2, source)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())
    parts = [slow.slopes(values, axis, nodes, walls[axis]) for axis, nodes in enumerate(grid.axes)]
    transport = sum(np.maximum(abs(m), abs(p)) / np.minimum(b, a) for m, p, b, a in parts)
    rate = transport + sum(0.4 / (b * a) for _, _, b, a in parts)
    assert limits.rate == pytest.approx(rate.max(), rel=1e-12)


def test_a_stage_by_lax_friedrichs_is_that_of_the_twin_with_given_and_with_the_largest_speeds():
    grid = Grid((0.0, 0.0), (1.0, 1.0), (9, 8), periodic=True)
    values, walls = RNG.normal(size=grid.shape), [("periodic", "periodic")] * 2
    problem = HamiltonJacobi(values, grid, viscosity=RNG.uniform(0.0, 1.0, grid.shape))
    parts = [slow.slopes(values, axis, nodes, walls[axis]) for axis, nodes in enumerate(grid.axes)]
    largest = [max(np.abs(m).max(), np.abs(p).max()) for m, p, *_ in parts]
    for speed, numbers in (((30.0, 40.0), (30.0, 40.0)), ("global", largest)):

        def flux(minus, plus, numbers=numbers):
            return slow.lax_friedrichs(lambda p, q: (p**2 + q**2) / 2.0, minus, plus, numbers)

        found, limits = stage(problem, LaxFriedrichs(speed))
        expected = twin(problem, walls, flux, problem.viscosity_values, 0.0)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())
        transport = sum(n / h for n, h in zip(numbers, grid.spacing, strict=True))
        assert limits.transport == pytest.approx(transport, rel=1e-12)
        spread = problem.viscosity_values.max() * sum(2.0 / h**2 for h in grid.spacing)
        assert limits.rate == pytest.approx(transport + spread, rel=1e-12)


def test_values_at_walls_are_set_before_a_stage_and_slopes_go_on_beyond():
    grid = Grid(0.0, 1.0, 6)
    values = RNG.normal(size=6)
    problem = HamiltonJacobi(values, grid, viscosity=0.1, boundary=[(Dirichlet(2.0), "reflecting")])
    found, _ = stage(problem, Godunov())
    set_values = np.array([2.0, *values[1:]])
    walls = [("extrapolation", "reflecting")]
    rate = slow.right_hand_side(set_values, grid.axes, walls, upwind, 0.1)
    a, b, c = WEIGHTS
    expected = a * np.sin(values) + b * set_values + c * rate
    np.testing.assert_allclose(found[1:], expected[1:], rtol=1e-13)
