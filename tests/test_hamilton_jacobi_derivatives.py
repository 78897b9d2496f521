"""Gradients, Hessians and proximal maps against closed forms, identities and curvature bounds."""

import numpy as np
import pytest
import truth
from reference import mixture, relaxed_absolute_value

from pdeopt import Grid, Landscape, landscapes, relax

BETAS = [1.0, 30.0, 1e4, np.inf]
STEP = 1e-4


def well(y):
    return 0.25 * (y * y - 1.0) ** 2


def test_gradient_of_a_quadratic_is_its_closed_form():
    matrix = np.array([[3.0, 1.0], [1.0, 2.0]])
    r = relax(landscapes.quadratic(matrix), Grid((-1.0, -1.0), (1.0, 1.0), (31, 33)), 0.4, 5.0)
    expected = r.grid.points() @ np.linalg.solve(np.eye(2) + 0.4 * matrix, matrix)
    np.testing.assert_allclose(r.gradient, expected, atol=1e-11)


def test_hessian_of_a_quadratic_is_its_closed_form():
    matrix = np.array([[3.0, 1.0], [1.0, 2.0]])
    r = relax(landscapes.quadratic(matrix), Grid((-1.0, -1.0), (1.0, 1.0), (31, 33)), 0.4, 5.0)
    expected = np.linalg.solve(np.eye(2) + 0.4 * matrix, matrix)
    np.testing.assert_allclose(r.hessian, np.broadcast_to(expected, r.hessian.shape), atol=1e-9)


def test_gradient_and_hessian_of_a_mixture_in_three_dimensions_are_those_of_its_closed_form():
    weights, centres, variances = [0.4, 0.6], [[-0.5, 0.2, 0.1], [0.4, -0.3, 0.2]], [0.3, 0.2]
    f = landscapes.gaussian_mixture(weights, centres, variances, beta=3.0)
    r = relax(f, Grid((-1.0,) * 3, (1.0,) * 3, (17, 16, 15)), 0.6, 3.0)
    exact = f.relaxed(0.6, 3.0)
    np.testing.assert_allclose(r.gradient, exact.gradient_at(r.grid.points()), atol=1e-10)
    np.testing.assert_allclose(r.hessian, exact.hessian_at(r.grid.points()), atol=1e-8)


@pytest.mark.parametrize("beta", [1.0, 30.0, 1e3])
def test_gradient_is_the_difference_of_the_exact_solution(beta):
    r = relax(landscapes.double_well(), Grid(-1.5, 1.5, 31), 0.3, beta)
    ends = [truth.relaxed(well, r.grid.axes[0] + side * STEP, 0.3, beta) for side in (-1.0, 1.0)]
    np.testing.assert_allclose(r.gradient[:, 0], (ends[1] - ends[0]) / (2.0 * STEP), atol=1e-6)


@pytest.mark.parametrize("beta", [1.0, 30.0, 1e3])
def test_gradient_is_the_mean_gradient_of_the_data_under_the_softmin_weights(beta):
    grid = Grid(-1.5, 1.5, 31)
    r = relax(landscapes.double_well(), grid, 0.3, beta)
    y = np.linspace(-6.0, 6.0, 40001)
    exponent = -beta * (well(y) + (grid.axes[0][:, None] - y) ** 2 / 0.6)
    weights = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    expected = (weights @ (y**3 - y)) / weights.sum(axis=1)
    np.testing.assert_allclose(r.gradient[:, 0], expected, atol=1e-10)


@pytest.mark.parametrize("beta", BETAS)
def test_prox_is_the_point_less_time_times_the_gradient(beta):
    r = relax(landscapes.himmelblau(), Grid((-4.0, -4.0), (4.0, 4.0), (21, 21)), 0.01, beta)
    np.testing.assert_allclose(r.prox, r.grid.points() - 0.01 * r.gradient, atol=1e-13)


@pytest.mark.parametrize("beta", BETAS)
def test_hessian_is_symmetric(beta):
    r = relax(landscapes.himmelblau(), Grid((-4.0, -4.0), (4.0, 4.0), (21, 21)), 0.01, beta)
    np.testing.assert_allclose(r.hessian, np.swapaxes(r.hessian, -1, -2), rtol=0, atol=1e-12)


def test_inviscid_prox_is_the_smallest_minimiser():
    r = relax(landscapes.double_well(), Grid(-2.0, 2.0, 81), 2.0, np.inf)
    y = np.linspace(-3.0, 3.0, 600001)
    for x, prox in zip(r.grid.axes[0][::8], r.prox[::8, 0], strict=True):
        total = well(y) + (x - y) ** 2 / 4.0
        lowest = y[np.flatnonzero(total <= total.min() + 1e-13)[0]]
        assert prox == pytest.approx(lowest, abs=2e-5)


def test_inviscid_gradient_of_the_absolute_value_is_that_of_huber():
    r = relax(landscapes.absolute_value(), Grid(-1.0, 1.0, 81), 0.3, np.inf)
    expected = np.clip(r.grid.axes[0] / 0.3, -1.0, 1.0)
    np.testing.assert_allclose(r.gradient[:, 0], expected, atol=1e-12)


def test_inviscid_hessian_of_a_parabola_is_its_curvature_relaxed():
    r = relax(landscapes.quadratic(3.0), Grid(-1.0, 1.0, 41), 0.4, np.inf)
    np.testing.assert_allclose(r.hessian[:, 0, 0], 3.0 / 2.2, rtol=1e-9)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("time", [0.01, 0.1])
def test_curvature_stays_between_the_relaxed_bounds_of_the_data(time, beta):
    r = relax(landscapes.cosine(), Grid(-1.0, 1.0, 400, periodic=True), time, beta)
    steepest = np.pi**2
    assert r.hessian.max() <= steepest / (1.0 + steepest * time) * (1.0 + 1e-3)
    assert time * steepest >= 1.0 or r.hessian.min() >= -steepest / (1.0 - steepest * time) * (1.0 + 1e-3)


@pytest.mark.parametrize("beta", [1.0, 30.0, 1e4])
def test_viscous_solution_lies_between_the_laplace_bounds_above_the_inviscid_one(beta):
    time, steepest, grid = 0.05, np.pi**2, Grid(-1.0, 1.0, 2000, periodic=True)
    gap = relax(landscapes.cosine(), grid, time, beta).values - relax(landscapes.cosine(), grid, time, np.inf).values
    low, high = (np.log(1.0 + sign * time * steepest) / (2.0 * beta) for sign in (-1.0, 1.0))
    allowed = steepest * grid.spacing[0] ** 2
    assert gap.min() >= low - allowed
    assert gap.max() <= high + allowed


def test_largest_curvature_and_laplacian_stay_below_their_bounds_in_two_dimensions():
    f = landscapes.quadratic(np.diag([8.0, 1.0]))
    r = relax(f, Grid((-1.0, -1.0), (1.0, 1.0), (21, 21)), 0.5, 3.0)
    laplacian = np.trace(r.hessian, axis1=-2, axis2=-1)
    assert r.hessian[..., 0, 0].max() <= 1.0 / (1.0 / 8.0 + 0.5) + 1e-9
    assert laplacian.max() <= 1.0 / (1.0 / 9.0 + 0.25) + 1e-9


def test_gradient_of_a_kink_between_nodes_is_that_of_the_closed_form():
    f = Landscape(lambda x: np.abs(x - 0.0137), kinks=(0.0137,), vectorised=True)
    r = relax(f, Grid(-1.0, 1.0, 41), 0.2, 8.0)
    x = r.grid.axes[0] - 0.0137
    ends = [relaxed_absolute_value(x + side * STEP, 0.2, 8.0) for side in (-1.0, 1.0)]
    np.testing.assert_allclose(r.gradient[:, 0], (ends[1] - ends[0]) / (2.0 * STEP), atol=1e-7)


@pytest.mark.parametrize("beta", [1e6, 1e9])
def test_unresolved_gradient_is_close_to_the_inviscid_one(beta):
    grid = Grid(-1.5, 1.5, 301)
    cold = relax(landscapes.double_well(), grid, 0.3, np.inf).gradient
    np.testing.assert_allclose(relax(landscapes.double_well(), grid, 0.3, beta).gradient, cold, atol=0.01)


def test_mixture_twin_agrees_with_the_catalogue():
    weights, centres, variances = np.array([0.4, 0.6]), np.array([[-0.5, 0.2], [0.4, -0.3]]), np.array([0.3, 0.2])
    f = landscapes.gaussian_mixture(weights, centres, variances, beta=3.0)
    curvatures = 1.0 / (3.0 * variances)
    volumes = weights / (2.0 * np.pi * variances)
    r = relax(f, Grid((-1.0, -1.0), (1.0, 1.0), (31, 31)), 0.3, 3.0)
    np.testing.assert_allclose(r.values, mixture(r.grid.points(), volumes, centres, curvatures, 3.0, 0.3), atol=1e-12)
