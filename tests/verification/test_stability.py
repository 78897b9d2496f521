"""Stability limits found from steps, against closed forms of test equations."""

import numpy as np
import pytest
from scipy.optimize import brentq

from pdeopt import sde
from pdeopt.verification.stability import langevin_limits, mean_limit, mean_square_limit


def growth_of_heun(h):
    """Return the mean square after one step of Heun on dX = -3/2 X dt + X o dW, by the moments of a normal."""
    # One step multiplies by 1 + z + z^2 / 2 with z normal of mean -3 h / 2 and variance h.
    m, v = -1.5 * h, h
    second, third = m**2 + v, m**3 + 3 * m * v
    fourth = m**4 + 6 * m**2 * v + 3 * v**2
    return 1 + 2 * m + 2 * second + third + fourth / 4


CLOSED_FORMS = {
    "euler-maruyama": 1.0,  # (1 - h)^2 + h = 1
    "weak-euler-two-point": 1.0,
    "milstein": 2.0 / 3.0,  # (1 - h)^2 + h + h^2 / 2 = 1
    "heun": brentq(lambda h: growth_of_heun(h) - 1.0, 0.1, 2.0),
    "drift-implicit-euler": np.inf,  # (1 + h) / (1 + h)^2 < 1
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_mean_square_limits_are_those_of_the_closed_forms(name):
    assert mean_square_limit(sde.get(name)) == pytest.approx(CLOSED_FORMS[name], rel=1e-9)


@pytest.mark.parametrize(
    ("name", "limit"),
    [("euler-maruyama", 2.0), ("heun", 2.0), ("leimkuhler-matthews", 2.0), ("implicit-midpoint", np.inf)],
)
def test_limits_of_the_mean_are_those_of_the_stability_functions(name, limit):
    assert mean_limit(sde.get(name)) == pytest.approx(limit, rel=1e-9)


@pytest.mark.parametrize("name", ["mala", "tamed-euler"])
def test_schemes_without_a_linear_step_have_no_limit(name):
    assert mean_limit(sde.get(name)) is None


def test_limits_of_langevin_schemes_are_those_of_their_polynomials():
    np.testing.assert_allclose(langevin_limits(sde.get("baoab")), 2.0, rtol=1e-9)
    np.testing.assert_allclose(langevin_limits(sde.get("bao")), [1.911044883, 1.556232192, 1.414214072], rtol=1e-8)
