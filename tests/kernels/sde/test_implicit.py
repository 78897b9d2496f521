"""Implicit steps: they satisfy their equation, with either derivative."""

import numpy as np
import pytest

from pdeopt.kernels.sde import implicit
from pdeopt.kernels.sde.spread import by_component, by_matrix

H, T = 0.3, 0.2


def cubic(t, x):
    return x - 20.0 * x**3 + t


def cubic_slope(t, x):
    return 1.0 - 60.0 * x**2


def one(t, x):
    return 0.7 + t


def stiff(t, x):
    return -50.0 * (x[0] - x[1] ** 2), -x[1] - x[0] * x[1] + t


def stiff_jacobian(t, x):
    return (-50.0, 100.0 * x[1]), (-x[1], -1.0 - x[0])


def rows(t, x):
    return (0.3, x[0]), (0.1 + t, 0.2)


def corrections(drift, jacobian, dim):
    numerical = implicit.newton_on_a_line(drift) if dim == 1 else implicit.newton_of_vectors(drift, dim)
    return {"given": implicit.newton_with_jacobian(drift, jacobian, dim), "numerical": numerical}


@pytest.mark.parametrize("kind", ["given", "numerical"])
def test_the_step_on_a_line_solves_its_equation(kind):
    newton = corrections(cubic, cubic_slope, 1)[kind]
    y = implicit.drift_implicit_euler(one, by_component, newton, 8)(T, 0.5, H, 1.2, ())
    assert y == pytest.approx(0.5 + np.sqrt(H) * one(T, 0.5) * 1.2 + H * cubic(T + H, y), rel=1e-12)


@pytest.mark.parametrize("kind", ["given", "numerical"])
def test_the_step_in_the_plane_solves_its_equation(kind):
    newton, x, xi = corrections(stiff, stiff_jacobian, 2)[kind], (0.4, -0.3), (0.5, -1.0)
    y = implicit.drift_implicit_euler(rows, by_matrix, newton, 8)(T, x, H, xi, ())
    base = np.array(x) + np.sqrt(H) * np.array(rows(T, x)) @ xi
    np.testing.assert_allclose(y, base + H * np.array(stiff(T + H, y)), rtol=1e-12)


@pytest.mark.parametrize("kind", ["given", "numerical"])
def test_the_midpoint_step_solves_its_equation(kind):
    newton = corrections(cubic, cubic_slope, 1)[kind]
    y = implicit.implicit_midpoint(one, by_component, newton, 8)(T, 0.5, H, 1.2, ())
    middle = T + 0.5 * H
    expected = 0.5 + np.sqrt(H) * one(middle, 0.5) * 1.2 + H * cubic(middle, 0.5 * (0.5 + y))
    assert y == pytest.approx(expected, rel=1e-12)


def test_one_newton_step_solves_a_linear_drift():
    newton = implicit.newton_with_jacobian(lambda t, x: -40.0 * x, lambda t, x: -40.0, 1)
    y = implicit.drift_implicit_euler(one, by_component, newton, 1)(T, 0.5, H, 1.2, ())
    assert y == pytest.approx((0.5 + np.sqrt(H) * 0.9 * 1.2) / 13.0, rel=1e-14)


def test_newton_converges_quadratically():
    newton = implicit.newton_with_jacobian(cubic, cubic_slope, 1)
    steps = [implicit.drift_implicit_euler(one, by_component, newton, n)(T, 2.0, H, 0.2, ()) for n in (4, 5, 6, 20)]
    first, second, third = (abs(y - steps[-1]) for y in steps[:-1])
    assert 1e-14 < third < 10.0 * second**2 < 1e-4
    assert second < 10.0 * first**2
