"""The fifth-order scheme: its second differences, orders against exact transforms, what it accepts."""

import numpy as np
import pytest
from numba import njit

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.hamilton_jacobi import WENO5, Filtered
from pdeopt.hamilton_jacobi.finite_differences.defaults import rates, usual_scheme, usual_stepper
from pdeopt.hamilton_jacobi.finite_differences.eigenmodes import wide_symbol
from pdeopt.hamilton_jacobi.finite_differences.methods import choose
from pdeopt.kernels.hamilton_jacobi import curvature

NU, TIME = 0.2, 0.05


@njit
def second(values, start, count, stride, inverse_spacing, out):
    curvature.sixth_order_curvature(values, start, count, stride, inverse_spacing, out)


@njit
def by_three_points(values, start, count, stride, inverse_spacing, out):
    curvature.three_point_curvature(values, start, count, stride, inverse_spacing, out)


@njit
def cosine(x):
    return -np.cos(np.pi * x)


WAVE = pdeopt.Landscape(cosine, dim=1)


@pytest.mark.parametrize("degree", range(8))
def test_second_difference_is_exact_up_to_the_seventh_degree(degree):
    x = np.linspace(-1.0, 2.0, 31)
    out = np.full(25, 3.0)
    second(x**degree, 3, 25, 1, 10.0, out)
    exact = degree * (degree - 1) * x[3:-3] ** max(degree - 2, 0)
    np.testing.assert_allclose(out - 3.0, exact, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("degree", range(4))
def test_second_difference_of_three_points_is_exact_up_to_the_third_degree_and_added(degree):
    x = np.linspace(-1.0, 2.0, 31)
    out = np.full(25, 3.0)
    by_three_points(x**degree, 3, 25, 1, 10.0, out)
    np.testing.assert_allclose(out - 3.0, degree * (degree - 1) * x[3:-3] ** max(degree - 2, 0), rtol=0.0, atol=1e-10)


def test_second_difference_across_rows_is_that_of_columns():
    box = np.random.default_rng(0).standard_normal((7, 5))
    out, expected = np.zeros(5), np.zeros(1)
    second(box.ravel(), 15, 5, 5, 2.0, out)
    for j in range(5):
        expected[0] = 0.0
        second(np.ascontiguousarray(box[:, j]), 3, 1, 1, 2.0, expected)
        assert out[j] == pytest.approx(expected[0], rel=1e-14)


def test_symbol_of_the_second_difference_is_what_it_makes_of_waves():
    n = 12
    for k in range(n):
        wave = np.cos(2.0 * np.pi * k * np.arange(-3, n + 3) / n)
        out = np.zeros(n)
        second(wave, 3, n, 1, 1.0, out)
        np.testing.assert_allclose(out, wide_symbol(2.0 * np.pi * k / n) * wave[3:-3], atol=1e-13)
    assert wide_symbol(np.pi) == pytest.approx(-4.0 * WENO5().stiffness, rel=1e-14)


def error(n, method, **settings):
    grid = pdeopt.Grid(-1.0, 1.0, n, periodic=True)
    problem = pdeopt.HamiltonJacobi(WAVE, grid, viscosity=NU)
    found = pdeopt.solve_hamilton_jacobi(problem, TIME, method=method, **settings).values
    exact = pdeopt.relax(WAVE, grid, TIME, beta=1.0 / (2.0 * NU), boundary="free")
    return np.abs(found - exact.values).max()


@pytest.mark.parametrize(
    ("method", "order"),
    # With small weights' numbers the order sets in late, at the waves' crests.
    [(WENO5(epsilon=1.0), 5.0), (WENO5(epsilon=1.0, diffusion="three-point"), 2.0)],
    ids=["sixth-order viscosity", "three points"],
)
def test_viscous_waves_converge_to_the_exact_transform_with_the_order_of_the_scheme(method, order):
    counts = np.array([32, 64, 128, 256])
    found = observed_order(2.0 / counts, [error(n, method, stepper="ssprk33") for n in counts], rounding=1e-13)
    assert found.admits(order), str(found)
    assert found.bar < 0.1


def test_implicit_viscosity_is_of_sixth_order_too():
    three, six = (
        error(64, WENO5(epsilon=1.0, diffusion=kind), stepper="ars443", step=5e-4) for kind in ("three-point", "sixth")
    )
    explicit = error(64, WENO5(epsilon=1.0), stepper="ssprk33")
    assert six < 1.1 * explicit
    assert three > 100.0 * explicit


def test_three_points_are_taken_beside_walls_that_are_not_even():
    even, open_wall = (("periodic", "periodic"), ("reflecting", "reflecting")), (("reflecting", "extrapolation"),)
    for method in (WENO5(), Filtered()):
        assert method.between(even).stiffness == 68.0 / 45.0
        assert method.between(open_wall).stiffness == 1.0


def test_stretched_axes_are_refused_and_the_advice_works():
    grid = pdeopt.Grid.from_axes(np.array([0.0, 0.1, 0.3, 0.6, 1.0]))
    problem = pdeopt.HamiltonJacobi(np.zeros(5), grid)
    with pytest.raises(ValueError, match=r"axis 0 of the grid is stretched. Use method='godunov'"):
        pdeopt.solve_hamilton_jacobi(problem, 0.1, method="weno5")
    assert np.all(pdeopt.solve_hamilton_jacobi(problem, 0.1, method="godunov").values == 0.0)


# What is taken where nothing is named


def waves(nu=0.0, hamiltonian="quadratic", dim=1, n=64, grid=None):
    grid = grid or pdeopt.Grid((-1.0,) * dim, (1.0,) * dim, (n,) * dim, periodic=True)
    values = -np.cos(np.pi * grid.points()).sum(axis=-1)
    return pdeopt.HamiltonJacobi(values, grid, hamiltonian, nu)


def bend(t, x, u, p):
    return np.cos(p)


STRETCHED = pdeopt.Grid.from_axes(np.linspace(0.0, 1.0, 33) ** 2)
VARIABLE = np.full((64, 64), 0.5)


@pytest.mark.parametrize(
    ("problem", "tolerance", "expected"),
    [
        (waves(), None, ("weno5", "ssprk33")),
        (waves(0.05), None, ("weno5", "ssprk33")),
        (waves(0.5), None, ("weno5", "ars443")),
        (waves(0.5, dim=2), None, ("weno5", "ars443")),
        (waves(VARIABLE, dim=2), None, ("weno5", "ssprk33")),
        (waves(0.5), 1e-3, ("weno5", "ssprk33")),
        (waves(hamiltonian=bend), None, ("filtered", "filtered")),
        (waves(hamiltonian=bend), 1e-3, ("godunov", "heun")),
        (waves(grid=STRETCHED), None, ("godunov", "euler")),
        (waves(10.0, grid=STRETCHED), None, ("godunov", "ars111")),
    ],
    ids=lambda value: repr(value) if isinstance(value, pdeopt.HamiltonJacobi) else None,
)
def test_defaults_suit_the_problem(problem, tolerance, expected):
    scheme, stepper = choose(problem, None, None, tolerance)
    assert (scheme.name, stepper.name) == expected
    assert usual_scheme(problem, tolerance) == scheme.name
    assert usual_stepper(problem, scheme, tolerance) == stepper.name


def test_rates_are_those_of_the_steepest_slope_and_of_viscosity():
    problem, h = waves(0.5), 1.0 / 32.0
    transport, diffusion = rates(problem)
    steepest = np.abs(np.diff(problem.initial_values)).max() / h
    assert (transport, diffusion) == (pytest.approx(steepest / h, rel=1e-9), pytest.approx(1.0 / h**2, rel=1e-12))
