"""Expectations with killing and discount, in closed form."""

import numpy as np
import pytest

import pdeopt
from pdeopt.kolmogorov import indicator

brownian = pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0)


def killed_by_square(omega):
    return pdeopt.Generator(brownian, pdeopt.Grid(-6.0, 6.3, 201), killing=lambda t, x: 0.5 * (omega * x) ** 2)


def one(x):
    return 1.0


def test_quadratic_killing_from_the_centre():
    assert killed_by_square(1.0).backward(one, 1.0).at(0.0) == pytest.approx(0.805018182194592, rel=1e-9)


@pytest.mark.parametrize(
    ("terminal", "exact"),
    [
        (one, 0.519958047306472),
        (np.cos, 0.405329607494035),
        (indicator(0.0, np.inf), 0.324442418176081),
    ],
)
def test_quadratic_killing_off_the_centre(terminal, exact):
    found = killed_by_square(2.0).backward(terminal, 0.75)
    assert found.at(0.5) == pytest.approx(exact, rel=1e-8)
    assert found.error.max() < 1e-6


def test_killing_of_a_relaxing_process():
    system = pdeopt.SDE(lambda t, x: -x, lambda t, x: 2.0**0.5)
    L = pdeopt.Generator(system, pdeopt.Grid(-7.0, 7.0, 141), killing=lambda t, x: 0.5 * x * x)
    assert L.backward(one, 1.0).at(0.5) == pytest.approx(0.744194024135948, rel=1e-9)


def test_bond_of_a_relaxing_rate_that_may_be_negative():
    system = pdeopt.SDE(lambda t, r: 0.5 * (0.05 - r), lambda t, r: 0.02)
    L = pdeopt.Generator(system, pdeopt.Grid(-0.25, 0.35, 201), "linear", killing=lambda t, r: r)
    assert L.backward(one, 5.0).at(0.03) == pytest.approx(0.809429080834533, rel=1e-9)


def test_bond_of_a_rate_whose_noise_vanishes_at_zero():
    system = pdeopt.SDE(lambda t, r: 1.5 * (0.04 - r), lambda t, r: 0.3 * max(r, 0.0) ** 0.5)
    grid = pdeopt.Grid.from_axes(np.linspace(0.0, 0.8, 201) ** 2)
    L = pdeopt.Generator(system, grid, killing=lambda t, r: r)
    assert L.backward(one, 2.0).at(0.04) == pytest.approx(0.923888666895638, rel=1e-9)
