"""Every temperature and time, resolved or not, against quadrature and closed forms."""

import numpy as np
import pytest
import truth
from reference import relaxed_absolute_value, relaxed_parabolas, relaxed_quadratic

from pdeopt import Grid, Landscape, landscapes, relax

BETAS = [*np.geomspace(1e-2, 1e12, 15), np.inf]
TIMES = np.geomspace(1e-8, 1e3, 12)
SIZES = [64, 128, 256, 512, 1024]
UNRESOLVED = 0.75 * np.pi**2
"""State of the art for cells: curvature / 8 of -cos(pi x) is 1.23; with a safety factor of six."""


def cosine(y):
    return -np.cos(np.pi * y)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("beta", BETAS)
def test_no_temperature_and_no_time_gives_a_number_that_is_not_one(beta, n):
    r = relax(cosine(np.linspace(-1.0, 1.0, n, endpoint=False)), Grid(-1.0, 1.0, n, periodic=True), TIMES, beta)
    assert np.isfinite(r.values).all()


@pytest.mark.parametrize("beta", BETAS[::3])
def test_no_temperature_and_no_time_breaks_the_derivatives(beta):
    r = relax(landscapes.double_well(), Grid(-2.0, 2.0, 64), TIMES[::2], beta)
    assert np.isfinite(r.gradient).all()
    assert np.isfinite(r.hessian).all()


@pytest.mark.parametrize("n", SIZES[::2])
@pytest.mark.parametrize("beta", BETAS)
def test_values_stay_between_the_extremes_of_the_data(beta, n):
    r = relax(cosine(np.linspace(-1.0, 1.0, n, endpoint=False)), Grid(-1.0, 1.0, n, periodic=True), TIMES, beta)
    assert r.values.min() >= -1.0 - 1e-12
    assert r.values.max() <= 1.0 + 1e-12


@pytest.mark.parametrize("n", [64, 256, 1024])
@pytest.mark.parametrize("beta", [1.0, 1e3, 1e6, 1e9, np.inf])
@pytest.mark.parametrize("time", [1e-6, 0.05, 1.0])
def test_error_of_samples_is_second_order_with_one_constant_for_every_temperature(beta, n, time):
    grid = Grid(-1.0, 1.0, n, periodic=True)
    places = grid.axes[0][:: n // 16]
    r = relax(cosine(grid.axes[0]), grid, time, beta)
    error = np.abs(r.values[:: n // 16] - truth.relaxed(cosine, places, time, beta))
    assert error.max() <= UNRESOLVED * grid.spacing[0] ** 2


@pytest.mark.parametrize("n", [50, 100, 200])
@pytest.mark.parametrize("time", [1e-6, 1e-4, 1e-3])
def test_hopf_lax_is_second_order_below_the_time_that_pins_node_envelopes(n, time):
    grid = Grid(-1.0, 1.0, n, periodic=True)
    r = relax(cosine(grid.axes[0]), grid, time, np.inf)
    error = np.abs(r.values - truth.relaxed(cosine, grid.axes[0], time, np.inf))
    assert error.max() <= 0.13 * np.pi**2 * grid.spacing[0] ** 2


@pytest.mark.parametrize("substeps", [1, 2, 20])
def test_hopf_lax_stays_second_order_with_any_number_of_substeps(substeps):
    errors = []
    for n in (50, 100, 200):
        grid = Grid(-1.0, 1.0, n, periodic=True)
        values = cosine(grid.axes[0])
        for _ in range(substeps):
            values = relax(values, grid, 0.152 / substeps, np.inf).values
        errors.append(np.abs(values - truth.relaxed(cosine, grid.axes[0], 0.152, np.inf)).max())
    slope = np.polyfit(np.log([50, 100, 200]), np.log(errors), 1)[0]
    assert slope == pytest.approx(-2.0, abs=0.25)


@pytest.mark.parametrize("kink", ["on a node", "between nodes"])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_kinks_of_either_sign_select_the_viscosity_solution_on_and_off_nodes(sign, kink):
    centre = 0.0 if kink == "on a node" else 0.005
    f = Landscape(lambda x: sign * np.abs(x - centre), kinks=(centre,), vectorised=True)
    grid = Grid(-0.6, 0.6, 121)
    x = grid.axes[0] - centre
    exact = relaxed_absolute_value(x, 0.25, np.inf) if sign > 0 else -np.abs(x) - 0.125
    np.testing.assert_allclose(relax(f, grid, 0.25, np.inf).values, exact, atol=1e-13)


@pytest.mark.parametrize("time", [1e-3, 1e-2, 1.0, 1e3])
@pytest.mark.parametrize("beta", [1e-2, 1.0, 1e4])
def test_parabola_is_exact_where_its_gaussian_is_resolved(time, beta):
    grid = Grid(-1.0, 1.0, 101)
    r = relax(landscapes.quadratic(2.0), grid, time, beta)
    exact = relaxed_quadratic(grid.points(), 2.0, time, beta)
    assert (np.abs(r.values - exact) <= r.error_bound).all()


@pytest.mark.parametrize("time", [1e-3, 0.1, 1.0, 30.0])
def test_lowest_of_parabolas_relaxes_to_the_lowest_relaxed_parabola(time):
    heights, curvatures, centres = np.array([-1.0, -0.9]), np.array([400.0, 1.0]), np.array([-1.0, 1.0])
    grid = Grid(-2.0, 2.0, 801)
    r = relax(landscapes.wide_versus_sharp(), grid, time, np.inf)
    exact = relaxed_parabolas(grid.axes[0], heights, curvatures, centres, time)
    assert (np.abs(r.values - exact) <= r.error_bound + 1e-13).all()


@pytest.mark.parametrize(("beta", "critical"), [(10.0, 0.0162732501), (20.0, 0.155176210)])
def test_wide_well_takes_over_at_the_critical_time(beta, critical):
    def lower_side(time):
        r = relax(landscapes.wide_versus_sharp(), Grid(-2.0, 2.0, 801), time, beta)
        return r.at([1.0, -1.0]) @ [1.0, -1.0]

    assert lower_side(0.98 * critical) > 0.0 > lower_side(1.02 * critical)
