"""Viscosity by implicit steps and exact flows: tableaux, operators against dense matrices, orders, monotonicity."""

import numpy as np
import pytest
import reference_tableaux as tableaux
from scipy.linalg import expm

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.hamilton_jacobi import Dirichlet
from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK104
from pdeopt.hamilton_jacobi.finite_differences.imex import ARS111, ARS222, ARS443, Lie, Strang
from pdeopt.hamilton_jacobi.finite_differences.implicit import Diffusion
from pdeopt.hamilton_jacobi.finite_differences.march import March
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov
from pdeopt.hamilton_jacobi.finite_differences.weno import WENO5

SOLVES = {ARS111(): 1, ARS222(): 2, ARS443(): 4}
additive = pytest.mark.parametrize("stepper", SOLVES, ids=lambda stepper: stepper.name)
GRID = pdeopt.Grid(-1.0, 1.0, 128, periodic=True)
STRETCHED = pdeopt.Grid.from_axes(np.array([0.0, 0.1, 0.3, 0.35, 0.7, 1.0]))


@additive
def test_order_conditions_hold_with_all_couplings(stepper):
    push, pull, b_push, b_pull, _ = tableaux.additive(stepper, SOLVES[stepper])
    for weights in (b_push, b_pull):
        np.testing.assert_allclose(tableaux.conditions(weights, [push, pull], stepper.order), 0.0, atol=1e-14)


@additive
def test_stages_of_both_parts_are_at_the_same_times(stepper):
    push, pull, _, _, recorder = tableaux.additive(stepper, SOLVES[stepper])
    np.testing.assert_allclose(push.sum(axis=1), pull.sum(axis=1), atol=1e-14)
    np.testing.assert_allclose(recorder.times, push.sum(axis=1)[:-1], atol=1e-14)
    np.testing.assert_allclose(recorder.solve_times, push.sum(axis=1)[1:], atol=1e-14)


@additive
def test_implicit_part_is_stiffly_accurate_with_one_length_of_solves(stepper):
    push, pull, b_push, b_pull, _ = tableaux.additive(stepper, SOLVES[stepper])
    np.testing.assert_allclose(pull[-1], b_pull, atol=1e-15)
    np.testing.assert_allclose(push[-1], b_push, atol=1e-15)
    np.testing.assert_allclose(np.diag(pull)[1:], pull[1, 1], atol=1e-15)
    # L-stable: nothing is left of an infinitely fast mode.
    inner = pull[1:, 1:]
    assert 1.0 - b_pull[1:] @ np.linalg.solve(inner, np.ones(len(inner))) == pytest.approx(0.0, abs=1e-14)


# Operators against dense matrices


def box(shape, walls, nu, grid=None):
    d, wraps = len(shape), tuple(wall is None for wall in walls)
    grid = grid or pdeopt.Grid((0.0,) * d, (1.0, 1.5, 2.0)[:d], shape, wraps)
    boundary = ["reflecting" if wall is None else wall for wall in walls]
    return pdeopt.HamiltonJacobi(np.zeros(grid.shape), grid, viscosity=nu, boundary=boundary)


def dense(problem, wide=False):
    """Return the viscous term as a matrix, one unit vector at a time, by ghost nodes."""
    mesh, n = Mesh(problem.grid, problem.walls, 3), problem.grid.size
    matrix = np.empty((n, n))
    for j in range(n):
        padded = mesh.field(np.eye(n)[j].reshape(problem.grid.shape))
        zero = Mesh(problem.grid, tuple(tuple(free(w) for w in pair) for pair in problem.walls), 3)
        zero.fill(padded, 0.0)
        matrix[:, j] = laplacian(zero, padded, wide).ravel()
    matrix *= np.broadcast_to(problem.viscosity_values, problem.grid.shape).reshape(-1, 1)
    for wall in mesh.given:
        matrix[wall.nodes] = 0.0
    return matrix


def free(wall):
    return "extrapolation" if isinstance(wall, Dirichlet) else wall


def laplacian(mesh, padded, wide):
    values, total = padded.reshape(mesh.padded_shape), 0.0
    for axis in range(mesh.grid.dim):
        away = tuple(slice(None) if k == axis else slice(3, -3) for k in range(mesh.grid.dim))
        line, n = np.moveaxis(values[away], axis, 0), mesh.grid.shape[axis]
        near = [line[3 + k : 3 + k + n] for k in range(-3, 4)]
        if wide:
            h = mesh.grid.spacing[axis]
            bend = sum(w * v for w, v in zip((2, -27, 270, -490, 270, -27, 2), near, strict=True)) / (180.0 * h**2)
        else:
            gaps = 1.0 / mesh.layout.gaps[axis].reshape(-1, *(1,) * (mesh.grid.dim - 1))
            rise, fall = (near[4] - near[3]) / gaps[1:], (near[3] - near[2]) / gaps[:-1]
            bend = 2.0 * (rise - fall) / (gaps[1:] + gaps[:-1])
        total = total + np.moveaxis(bend, 0, axis)
    return total


R, E, D = "reflecting", "extrapolation", Dirichlet(0.7)
ROUGH = 0.1 + np.random.default_rng(1).random((6, 5))
V = Dirichlet(ROUGH)
CASES = {
    "periodic": box((7,), [None], 0.3),
    "periodic, even": box((8,), [None], 0.3),
    "reflecting": box((6,), [R], 0.3),
    "extrapolation": box((6,), [E], 0.3),
    "reflecting and extrapolation": box((6,), [(R, E)], 0.3),
    "extrapolation and reflecting": box((6,), [(E, R)], 0.3),
    "two nodes": box((2,), [E], 0.3),
    "given": box((6,), [D], 0.3),
    "given and reflecting": box((6,), [(D, R)], 0.3),
    "plane": box((6, 5), [None, R], 0.3),
    "plane, periodic": box((6, 5), [None, None], 0.3),
    "plane of walls": box((6, 5), [(E, R), E], 0.3),
    "plane, given": box((6, 5), [D, R], 0.3),
    "plane, given and varying": box((6, 5), [V, R], 0.3),
    "space": box((4, 3, 5), [None, R, E], 0.3),
    "variable": box((6, 5), [R, None], ROUGH),
    "variable, walls": box((6, 5), [E, (R, D)], ROUGH),
    "stretched": box((6,), [(R, E)], 0.3, STRETCHED),
}


@pytest.mark.parametrize("name", CASES)
def test_implicit_steps_and_flows_are_those_of_the_dense_matrix(name):
    problem = CASES[name]
    mesh = Mesh(problem.grid, problem.walls, 1)
    diffusion, matrix = Diffusion(problem, mesh), dense(problem)
    start = np.random.default_rng(2).random(problem.grid.shape)
    for wall in mesh.given:
        start.ravel()[wall.nodes] = wall.at(0.0)
    one, other = mesh.field(start), mesh.field(start)
    diffusion.solve(one, 0.02, 0.0)
    diffusion.flow(other, 0.02, 0.0)
    expected = np.linalg.solve(np.eye(start.size) - 0.02 * matrix, start.ravel())
    np.testing.assert_allclose(mesh.inside(one).ravel(), expected, rtol=0.0, atol=1e-13)
    np.testing.assert_allclose(mesh.inside(other).ravel(), expm(0.02 * matrix) @ start.ravel(), rtol=0.0, atol=1e-13)


@pytest.mark.parametrize("problem", [box((9,), [None], 0.3), box((7, 8), [R, None], 0.3)], ids=["line", "plane"])
def test_implicit_steps_of_sixth_order_are_those_of_the_dense_matrix(problem):
    mesh = Mesh(problem.grid, problem.walls, 3)
    start = np.random.default_rng(3).random(problem.grid.shape)
    one = mesh.field(start)
    Diffusion(problem, mesh, wide=True).solve(one, 0.02, 0.0)
    expected = np.linalg.solve(np.eye(start.size) - 0.02 * dense(problem, wide=True), start.ravel())
    np.testing.assert_allclose(mesh.inside(one).ravel(), expected, rtol=0.0, atol=1e-13)


def test_wall_values_of_the_end_of_a_step_are_taken():
    problem = box((6,), [(Dirichlet(lambda t, x: 3.0 * t), R)], 1.0)
    mesh = Mesh(problem.grid, problem.walls, 1)
    field = mesh.field(np.zeros(6))
    Diffusion(problem, mesh).solve(field, 1e6, 2.0)
    np.testing.assert_allclose(mesh.inside(field), 6.0, rtol=1e-4)


def test_factors_of_several_lengths_of_steps_are_told_apart_and_two_are_kept():
    problem = CASES["variable"]
    mesh, start = Mesh(problem.grid, problem.walls, 1), np.random.default_rng(2).random(problem.grid.shape)
    diffusion, matrix = Diffusion(problem, mesh), dense(problem)
    for weight in (0.02, 0.05, 0.02, 0.3):
        field = mesh.field(start)
        diffusion.solve(field, weight, 0.0)
        expected = np.linalg.solve(np.eye(start.size) - weight * matrix, start.ravel())
        np.testing.assert_allclose(mesh.inside(field).ravel(), expected, rtol=0.0, atol=1e-13)
        assert len(diffusion.factors) <= 2


class Still:
    """An equation of viscosity alone, between walls whose values change."""

    def __init__(self, n, nu, values, wall, args):
        walls = Dirichlet(wall, args=args)
        self.problem = pdeopt.HamiltonJacobi(values, pdeopt.Grid(0.0, 1.0, n), viscosity=nu, boundary=walls)
        self.mesh = Mesh(self.problem.grid, self.problem.walls, 1)
        self.diffusion = Diffusion(self.problem, self.mesh)

    def stage(self, values, other, out, t, weights):
        self.mesh.set_walls(values, t)
        out[:] = weights[0] * other + weights[1] * values

    def after(self, stepper, n_steps, time):
        fields = [self.mesh.field(self.problem.initial_values), *(self.mesh.empty() for _ in range(9))]
        fields = fields[: stepper.n_registers]
        for k in range(n_steps):
            stepper.step(self, fields, k * time / n_steps, time / n_steps)
        self.mesh.fill(fields[0], time)
        return self.mesh.inside(fields[0])


def tilting(t, x, a, b):
    return t * (a + b * x)


def growing(t, x, rate, k):
    return np.exp(rate * t) * np.cosh(k * x)


@pytest.mark.parametrize("stepper", [*SOLVES, Lie(), Strang()], ids=lambda stepper: stepper.name)
def test_where_viscosity_is_fast_a_step_ends_on_the_line_through_the_walls_at_its_end(stepper):
    still = Still(7, 1e9, np.zeros(7), tilting, (1.0, 2.0))
    exact = 0.5 * (1.0 + 2.0 * still.problem.grid.axes[0])
    np.testing.assert_allclose(still.after(stepper, 1, 0.5), exact, rtol=1e-6)


@pytest.mark.parametrize("stepper", [Lie(), Strang()], ids=lambda stepper: stepper.name)
def test_heat_between_walls_that_grow_is_of_the_order_of_the_splitting(stepper):
    # On nodes a hyperbolic cosine is an eigenvector too: its values at walls make it grow inside.
    n, nu, k = 17, 0.3, 2.0
    x, h = np.linspace(0.0, 1.0, n), 1.0 / (n - 1)
    rate = nu * (2.0 * np.cosh(k * h) - 2.0) / h**2
    still, counts = Still(n, nu, np.cosh(k * x), growing, (rate, k)), np.array([512, 724, 1024, 1448])
    errors = [np.abs(still.after(stepper, m, 0.5) - np.exp(0.5 * rate) * np.cosh(k * x)).max() for m in counts]
    found = observed_order(1.0 / counts, errors, rounding=1e-14)
    assert found.admits(stepper.order), str(found)
    assert found.bar < 0.1


# Orders in time


def wave_march(stepper, scheme=None, nu=0.05):
    return March(pdeopt.HamiltonJacobi(-np.cos(np.pi * GRID.axes[0]), GRID, viscosity=nu), scheme or SCHEME, stepper)


SCHEME = WENO5(diffusion="three-point")


def in_equal_steps(stepper, n, time=0.15):
    march = wave_march(stepper)
    for k in range(n):
        stepper.step(march.operator, march.fields, k * time / n, time / n)
    return march.values.copy()


@pytest.fixture(scope="module")
def semidiscrete():
    return in_equal_steps(SSPRK104(), 2000)


@pytest.mark.parametrize(
    ("stepper", "first", "last"),
    [
        (Lie(), 7.0e-3, 8.8e-4),
        (ARS111(), 6.8e-3, 8.3e-4),
        (Strang(), 4.0e-4, 6.3e-6),
        (ARS222(), 2.2e-4, 3.3e-6),
        (ARS443(), 6.2e-6, 1.4e-8),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_errors_in_time_have_the_order_and_the_size_of_an_independent_program(stepper, first, last, semidiscrete):
    counts = np.array([57, 80, 113, 160, 226, 320, 453])
    errors = [np.abs(in_equal_steps(stepper, n) - semidiscrete).max() for n in counts]
    found = observed_order(1.0 / counts, errors, rounding=1e-14)
    assert found.admits(stepper.order), str(found)
    assert found.bar < 0.1
    ends = [np.abs(in_equal_steps(stepper, n) - semidiscrete).max() for n in (40, 320)]
    np.testing.assert_allclose(ends, [first, last], rtol=0.02)


# Monotonicity without a parabolic limit


@pytest.mark.parametrize("stepper", [ARS111(), Lie(), Strang()], ids=lambda stepper: stepper.name)
def test_comparison_holds_up_to_the_bound_of_slopes_far_beyond_that_of_viscosity(stepper):
    rng, worst = np.random.default_rng(5), np.inf
    low, high = wave_march(stepper, Godunov(), 5.0), wave_march(stepper, Godunov(), 5.0)
    for _ in range(100):
        slopes = rng.standard_normal(GRID.shape) * rng.uniform(0.1, 10.0)
        start = (slopes - slopes.mean()).cumsum() * GRID.spacing[0]
        low.values[...] = start
        high.values[...] = start + 0.1 * rng.random(GRID.shape) * (rng.random(GRID.shape) < 0.1)
        bounds = [march.largest_step(march._limits()) for march in (low, high)]
        assert min(bounds) > 10.0 / low._limits().rate
        for march in (low, high):
            stepper.step(march.operator, march.fields, 0.0, min(bounds))
        worst = min(worst, float((high.values - low.values).min()))
    assert worst >= -1e-13


def test_steps_of_viscosity_alone_have_no_bound_and_are_a_hundred_explicit_ones_unless_given():
    problem, explicit = pdeopt.HamiltonJacobi(np.zeros(128), GRID, viscosity=5.0), GRID.spacing[0] ** 2 / 10.0
    assert list(March(problem, Godunov(), ARS111(), step=3.0).to(3.0)) == [1]
    usual = March(problem, Godunov(), ARS111(), safety=1.0)
    assert sum(usual.to(1.0)) == np.ceil(1.0 / (100.0 * explicit))
