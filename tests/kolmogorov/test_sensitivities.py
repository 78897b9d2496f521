"""Derivatives with respect to parameters and data, against closed forms and differences of whole solutions."""

import numpy as np
import pytest
from option_cases import FIRST, SPOT, call, in_log_price

import pdeopt

GRID = pdeopt.Grid(-6.0, 6.0, 121)


def relaxing(k=1.0, s=1.0):
    return pdeopt.Generator(pdeopt.SDE(lambda t, x, k, s: -k * x, lambda t, x, k, s: s, args=(k, s)), GRID)


def slope(function, at, step):
    """Return a derivative by differences of fourth order."""
    ahead, behind = (function(at + step) - function(at - step), function(at + 2.0 * step) - function(at - 2.0 * step))
    return (8.0 * ahead - behind) / (12.0 * step)


def test_mean_of_a_relaxing_process():
    found = relaxing().expectation_sensitivity(lambda x: x, 0.5, 1.03)
    assert found.value == pytest.approx(1.03 * np.exp(-0.5), abs=1e-9)
    assert found.derivatives == pytest.approx([-0.5 * 1.03 * np.exp(-0.5), 0.0], abs=1e-9)
    assert (found.error < 1e-6).all()


def test_mean_square_of_a_relaxing_process_and_where_it_ends():
    found = relaxing().expectation_sensitivity(lambda x: x * x, 0.5, GRID.axes[0][70])
    assert found.derivatives == pytest.approx([-0.5, 1.0 - np.exp(-1.0)], abs=1e-9)
    # What the terminal values at nodes weigh is the law of the process at the end.
    assert found.data.sum() == pytest.approx(1.0, abs=1e-12)
    other = relaxing().backward(np.cos, 0.5, extrapolate=False)
    assert np.sum(found.data * np.cos(GRID.axes[0])) == pytest.approx(other.plain[70], abs=1e-12)


def test_vega_and_rho_of_a_call():
    spot = np.log(SPOT)
    L = in_log_price(FIRST, pdeopt.Grid(spot - 1.8, spot + 1.9, 241))
    found = L.expectation_sensitivity(call(FIRST.strike, np.exp), 1.0, spot, kinks=[np.log(FIRST.strike)])
    assert found.value == pytest.approx(FIRST.call, abs=1e-7)
    # rho is expiry strike digital, and the derivative in the dividend minus expiry spot delta.
    exact = [FIRST.strike * FIRST.digital, -SPOT * FIRST.delta, 37.9011575100174]
    assert found.derivatives == pytest.approx(exact, abs=1e-6)
    some = L.expectation_sensitivity(
        call(FIRST.strike, np.exp), 1.0, spot, kinks=[np.log(FIRST.strike)], parameters=2, levels=2
    )
    assert some.parameters == (2,)
    assert some.derivatives == pytest.approx([37.9011575100174], abs=1e-2)


def test_mean_exit_time_and_where_it_is_spent():
    inside, start = np.abs(GRID.axes[0]) < 1.99, 0.3
    found = relaxing().exit_sensitivity(inside, start)

    def tau(k, s):
        return float(relaxing(k, s).mean_exit_time(inside).at(start))

    assert found.value == pytest.approx(tau(1.0, 1.0), rel=1e-9)
    exact = [slope(lambda k: tau(k, 1.0), 1.0, 0.003), slope(lambda s: tau(1.0, s), 1.0, 0.003)]
    assert found.derivatives == pytest.approx(exact, rel=1e-6)
    # A source adds the time spent at a node times its value there.
    extra = np.where(inside, np.exp(-(GRID.axes[0] ** 2)), 0.0)
    plain = relaxing().exit_value(inside, source=extra, levels=1)
    weights = relaxing().exit_sensitivity(inside, 0.3, levels=1).data
    assert np.sum(weights * extra) == pytest.approx(plain.values[np.argmin(np.abs(GRID.axes[0] - 0.3))], rel=1e-12)


def tilted(beta, height, tilt):
    landscape = pdeopt.Landscape(
        lambda x, c, b: c * (x * x - 1.0) ** 2 + b * x,
        lambda x, c, b: 4.0 * c * x * (x * x - 1.0) + b,
        args=(height, tilt),
    )
    return pdeopt.Generator(pdeopt.overdamped_langevin(landscape, beta), pdeopt.Grid(-3.0, 3.0, 121))


def test_rate_of_a_tilted_well():
    place = np.array([3.0, 1.0, 0.3])
    x = tilted(*place).grid.axes[0]
    a, b = x < -0.99, x > 0.99
    found = tilted(*place).rate_sensitivity(a, b)
    for k, unit in enumerate(np.eye(3)):
        exact = slope(lambda e, unit=unit: tilted(*(place + e * unit)).transition_paths(a, b).rate, 0.0, 0.01)
        assert found.derivatives[k] == pytest.approx(exact, rel=1e-6)


def test_rate_on_a_driven_ring():
    def ring(force, diffusion):
        system = pdeopt.SDE(
            lambda t, x, f, d: f + np.sin(x), lambda t, x, f, d: (2.0 * d) ** 0.5, args=(force, diffusion)
        )
        return pdeopt.Generator(system, pdeopt.Grid(0.0, 2.0 * np.pi, 64, periodic=True))

    x = ring(0.5, 0.5).grid.axes[0]
    a, b = np.abs(x - 1.0) < 0.1, np.abs(x - 4.0) < 0.1
    found = ring(0.5, 0.5).rate_sensitivity(a, b)
    for k, unit in enumerate(np.eye(2)):
        exact = slope(lambda e, unit=unit: ring(*(0.5 + e * unit)).transition_paths(a, b).rate, 0.0, 0.01)
        assert found.derivatives[k] == pytest.approx(exact, rel=1e-6)


def test_what_cannot_be_varied_is_named():
    L = relaxing()
    with pytest.raises(ValueError, match=r"parameters=5 names 5, but the places of numbers .* are \[0, 1\]"):
        L.expectation_sensitivity(lambda x: x, 1.0, 0.0, parameters=5)
    with pytest.raises(ValueError, match="holds no number to vary"):
        pdeopt.Generator(pdeopt.SDE(lambda t, x: -x, lambda t, x: 1.0), GRID).exit_sensitivity(
            np.abs(GRID.axes[0]) < 2.0, 0.0
        )
    with pytest.raises(ValueError, match=r"start=7\.0 must be a point of 1 coordinates inside the grid"):
        L.expectation_sensitivity(lambda x: x, 1.0, 7.0)
    with pytest.raises(ValueError, match=r"time=0\.0 must be a number above 0"):
        L.expectation_sensitivity(lambda x: x, 0.0, 0.0)
