"""Known expectations of correlated motions, by jumps along offsets and extrapolation."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse.linalg import expm_multiply

from pdeopt.grid import Grid
from pdeopt.kolmogorov.jumps import selling_rates
from pdeopt.kolmogorov.stencil import Stencil

RATES = np.array([[1.0, 0.5], [-0.3, 0.8]])
COVARIANCE = np.array([[1.0, 0.48], [0.48, 0.36]])
MEAN = np.array([0.537299957752956, -0.299010425873147])
"""From (1, -1) at time 1; by the matrix exponential."""


def extrapolated(values, exponents):
    """Remove powers of the spacing from values on grids that are refined by two."""
    for power in exponents:
        values = [(2.0**power * fine - rough) / (2.0**power - 1.0) for rough, fine in pairwise(values)]
    return values[-1]


def ornstein_uhlenbeck(k, rates):
    grid = Grid((-4.0, -3.0), (4.0, 3.0), (8 * k + 1, 6 * k + 1))
    x, y = np.moveaxis(grid.points(), -1, 0)
    a = np.broadcast_to(COVARIANCE, (*grid.shape, 2, 2))
    found = Stencil(
        *selling_rates(-grid.points() @ RATES.T, a, grid.spacing, rates=rates), np.zeros(grid.shape), grid.periodic
    )
    sides = [np.where(abs(z) < 1e-9, 0.5, np.where(z > 0.0, 1.0, 0.0)) for z in (x, y)]
    terminal = [np.cos(x + y), np.exp(-0.5 * (x * x + y * y)), x, y, x * y, sides[0] * sides[1]]
    after = expm_multiply(found.matrix, np.stack(terminal, axis=-1).reshape(-1, 6)).reshape(*grid.shape, 6)
    return after[5 * k, 2 * k]


EXPECTED = [0.578995178244115, 0.663482694184001, *MEAN, 0.224469797689789 + MEAN[0] * MEAN[1], 0.265997843411786]


def test_expectations_of_a_correlated_process_that_is_not_reversible():
    """Cov(dB) = [[1, .48], [.48, .36]] dt; Gaussian closed forms."""
    found = extrapolated([ornstein_uhlenbeck(k, "central") for k in (4, 8, 16)], [2, 4])
    assert found[:5] == pytest.approx(np.array(EXPECTED[:5]), abs=1e-6)
    assert found[5] == pytest.approx(EXPECTED[5], abs=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("rates", ["central", "scharfetter-gummel"])
def test_expectations_of_a_correlated_process_to_a_millionth(rates):
    found = extrapolated([ornstein_uhlenbeck(k, rates) for k in (6, 12, 24)], [2, 4])
    assert found == pytest.approx(np.array(EXPECTED), abs=1e-6)


def survival(n, rho):
    """From (0.3, 0.5), to time 1, on [0, 5]^2 with spacing 1 / n; absorbed at both axes."""
    grid = Grid((0.0, 0.0), (5.0, 5.0), (5 * n + 1, 5 * n + 1))
    inside = (grid.points() > 0.0).all(axis=-1)
    a = np.broadcast_to([[1.0, rho], [rho, 1.0]], (*grid.shape, 2, 2))
    walls = (("absorbing", "reflecting"),) * 2
    rates = selling_rates(np.zeros((*grid.shape, 2)), a, grid.spacing, walls)
    found = Stencil(*rates, np.zeros(grid.shape), grid.periodic).frozen(~inside)
    return expm_multiply(found.matrix, np.where(inside, 1.0, 0.0).ravel()).reshape(grid.shape)[3 * n // 10, n // 2]


@pytest.mark.parametrize(("rho", "exact"), [(-0.7, 0.0245265473603416), (0.7, 0.176220138609973)])
def test_survival_of_a_correlated_brownian_motion_in_the_quadrant(rho, exact):
    """A wedge of the angle arccos(-rho), whose corner adds the power 2 pi / angle of the spacing (wedge series)."""
    corner = 2.0 * np.pi / np.arccos(-rho)
    found = extrapolated([survival(n, rho) for n in (10, 20)], [2])
    assert found == pytest.approx(exact, abs=2e-7 if corner > 4.0 else 2e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("rho", "exact"), [(-0.7, 0.0245265473603416), (0.7, 0.176220138609973)])
def test_survival_in_the_quadrant_to_a_millionth(rho, exact):
    values = [survival(n, rho) for n in (10, 20, 40)]
    corner = 2.0 * np.pi / np.arccos(-rho)
    assert extrapolated(values, [2, min(corner, 4.0)]) == pytest.approx(exact, abs=2e-7)


def test_the_chance_to_be_in_the_quadrant_without_walls():
    """P(both > 0) at time 1 for rho = -0.7 from (0.3, 0.5), a bivariate normal probability."""

    def chance(n):
        grid = Grid((-4.0, -4.0), (5.0, 5.0), (9 * n + 1, 9 * n + 1))
        a = np.broadcast_to([[1.0, -0.7], [-0.7, 1.0]], (*grid.shape, 2, 2))
        found = Stencil(
            *selling_rates(np.zeros((*grid.shape, 2)), a, grid.spacing), np.zeros(grid.shape), grid.periodic
        )
        sides = [np.heaviside(np.round(z, 9), 0.5) for z in np.moveaxis(grid.points(), -1, 0)]
        return expm_multiply(found.matrix, (sides[0] * sides[1]).ravel()).reshape(grid.shape)[
            43 * n // 10, 45 * n // 10
        ]

    assert extrapolated([chance(n) for n in (10, 20)], [2]) == pytest.approx(0.334678826477158, abs=2e-5)
