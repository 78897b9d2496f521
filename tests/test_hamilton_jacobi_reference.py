"""Relaxations against published numbers."""

import numpy as np
import published
import pytest

from pdeopt import Grid, landscapes, relax, smooth


def solved(row):
    return relax(row.landscape(), row.grid, row.time, row.beta)


def named(rows, count):
    return [
        pytest.param(row, id=row.name)
        for row in rows
        if len(row.expected) >= count and row.expected[count - 1] is not None
    ]


@pytest.mark.parametrize("row", named(published.VISCOUS, 1))
def test_value_is_the_published_one(row):
    assert solved(row).values[row.index()] == pytest.approx(row.expected[0], rel=row.tolerance[0])


@pytest.mark.parametrize("row", named(published.VISCOUS, 1))
def test_value_off_the_grid_is_the_published_one(row):
    grid = Grid(row.grid.lower, np.array(row.grid.upper) + 0.0173, row.grid.shape)
    found = relax(row.landscape(), grid, row.time, row.beta).at(np.array(row.point))
    assert found == pytest.approx(row.expected[0], rel=row.tolerance[0])


@pytest.mark.parametrize("row", named(published.VISCOUS, 2))
def test_gradient_is_the_published_one(row):
    tolerance = row.tolerance[1]
    np.testing.assert_allclose(solved(row).gradient[row.index()], row.expected[1], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("row", named(published.VISCOUS, 3))
def test_hessian_is_the_published_one(row):
    found = solved(row).hessian[row.index()].reshape(np.shape(row.expected[2]))
    np.testing.assert_allclose(found, row.expected[2], rtol=row.tolerance[2])


@pytest.mark.parametrize("row", named(published.VISCOUS, 1))
def test_error_bound_holds_at_the_published_value(row):
    r = solved(row)
    assert abs(r.values[row.index()] - row.expected[0]) <= r.error_bound[row.index()]


@pytest.mark.parametrize("row", named(published.INVISCID, 1))
def test_inviscid_value_is_within_its_error_bound(row):
    r = solved(row)
    assert abs(r.values[row.index()] - row.expected[0]) <= r.error_bound[row.index()]


@pytest.mark.parametrize("row", named(published.INVISCID, 1))
def test_inviscid_bound_is_at_most_a_thousand_times_the_error_of_second_order(row):
    assert solved(row).error_bound[row.index()] <= 1000.0 * row.grid.spacing[0] ** 2


@pytest.mark.parametrize("row", named(published.INVISCID, 2))
def test_inviscid_gradient_is_polished_to_ten_digits(row):
    assert solved(row).gradient[row.index()][0] == pytest.approx(row.expected[1], rel=1e-10)


@pytest.mark.parametrize("row", named(published.INVISCID, 2))
def test_inviscid_prox_is_polished_to_ten_digits(row):
    prox = row.point[0] - row.time * row.expected[1]
    assert solved(row).prox[row.index()][0] == pytest.approx(prox, abs=1e-10)


@pytest.mark.parametrize("row", named(published.HEAT, 1))
def test_heat_value_is_the_published_one(row):
    assert smooth(row.landscape(), row.grid, row.time).values[row.index()] == pytest.approx(row.expected[0], rel=1e-12)


@pytest.mark.parametrize("row", named(published.HEAT, 2))
def test_heat_gradient_is_the_published_one(row):
    found = smooth(row.landscape(), row.grid, row.time).gradient[row.index()][0]
    assert found == pytest.approx(row.expected[1], rel=1e-11)


def test_heat_laplacian_is_the_published_one():
    row = published.HEAT[0]
    found = smooth(row.landscape(), row.grid, row.time).hessian[row.index()][0, 0]
    assert found == pytest.approx(row.expected[2], rel=1e-9)


def cosine_relaxed(time, beta, periodic):
    grid = Grid(-1.0, 1.0, 2000, periodic=True) if periodic else Grid(-1.0, 1.0, 2001)
    return relax(landscapes.cosine(), grid, time, beta)


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize(("time", "beta", "expected"), [row for row in published.COSINE if np.isfinite(row[1])])
def test_cosine_has_the_published_values_at_every_temperature(time, beta, expected, periodic):
    found = cosine_relaxed(time, beta, periodic).at(published.COSINE_POINTS)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize(("time", "beta", "expected"), [row for row in published.COSINE if np.isinf(row[1])])
def test_inviscid_cosine_is_second_order_close_to_the_published_values(time, beta, expected, periodic):
    found = cosine_relaxed(time, beta, periodic).at(published.COSINE_POINTS)
    np.testing.assert_allclose(found, expected, atol=2.0 * 1e-6)


def test_laplace_approximation_differs_from_the_relaxation_at_second_order_in_the_temperature():
    grid, beta = Grid(-3.0, 3.0, 601), np.array([160.0, 320.0, 640.0])
    sharp = relax(landscapes.double_well(), grid, 0.5, np.inf)
    prox = sharp.prox[330, 0]
    laplace = 0.180444954338326138 + 0.5 / beta * np.log(1.0 + 0.5 * (3.0 * prox**2 - 1.0))
    errors = [relax(landscapes.double_well(), grid, 0.5, b).values[330] - a for a, b in zip(laplace, beta, strict=True)]
    assert np.diff(np.log2(np.abs(errors))) == pytest.approx([-2.0, -2.0], abs=0.2)
