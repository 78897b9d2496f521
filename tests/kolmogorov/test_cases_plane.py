"""Known numbers in two and three dimensions, by default settings: 1e-6 relative, mostly much less."""

import math

import numpy as np
import pytest

import pdeopt

BENT = pdeopt.Landscape(
    lambda x: (x[0] ** 2 - 1.0) ** 2 + 0.3 * x[0] + 2.0 * (x[1] - 0.5 * x[0] ** 2) ** 2, dim=2, name="bent"
)


def bent_generator():
    grid = pdeopt.Grid((-1.0, -1.5), (1.0, 2.0), (31, 57))
    return pdeopt.Generator(pdeopt.overdamped_langevin(BENT, 2.0), grid)


def test_the_committor_of_a_bent_channel():
    L = bent_generator()
    x = L.grid.points()[..., 0]
    found = L.committor(x < -1.0 + 1e-9, x > 1.0 - 1e-9)
    np.testing.assert_allclose(found.at([(0.0, 0.0), (0.2, 1.0)]), [0.3974057533183, 0.67601442688], rtol=1e-8)


def test_the_passage_time_through_a_bent_channel():
    L = bent_generator()
    found = L.mean_exit_time(L.grid.points()[..., 0] < 1.0 - 1e-9)
    np.testing.assert_allclose(found.at([(0.0, 0.0), (-0.3, 0.5)]), [7.0839660926, 9.7322204448], rtol=1e-8)


def test_the_exit_time_of_brownian_motion_from_a_square():
    system = pdeopt.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 1.0), dim=2)
    L = pdeopt.Generator(system, pdeopt.Grid((0.0, 0.0), (1.0, 1.0), 25), "absorbing")
    found = L.mean_exit_time(np.ones((25, 25), dtype=bool))
    np.testing.assert_allclose(found.at([(0.5, 0.5), (0.25, 0.4)]), [0.147342706563028, 0.110995858558141], rtol=1e-8)


def test_the_stationary_law_of_a_process_without_detailed_balance():
    system = pdeopt.SDE(
        lambda t, x: (-x[0] - 0.5 * x[1], 0.3 * x[0] - 0.8 * x[1]),
        lambda t, x: ((1.0, 0.0), (0.48, 0.36)),
        noise="general",
        dim=2,
        n_noise=2,
    )
    L = pdeopt.Generator(system, pdeopt.Grid((-5.0, -5.0), (5.0, 5.0), 41))
    masses = L.invariant_density().values * L.volumes
    x = L.grid.points()
    found = np.einsum("ij,ijk,ijl->kl", masses, x, x)
    np.testing.assert_allclose(found, [[36 / 95, 23 / 95], [23 / 95, 6 / 19]], rtol=1e-6)
    assert masses.sum() == pytest.approx(1.0, abs=1e-13)
    assert masses.min() >= 0.0


def test_three_dimensions_go_by_the_same_code():
    system = pdeopt.SDE(lambda t, x: (-x[0], -x[1], -x[2]), lambda t, x: (math.sqrt(2.0),) * 3, dim=3)
    L = pdeopt.Generator(system, pdeopt.Grid((-5.0,) * 3, (5.0,) * 3, 21))
    found = L.backward(lambda x: math.cos(0.5 * (x[0] + x[1] - x[2])), 0.5, levels=2)
    exact = math.exp(-0.125 * 3.0 * (1.0 - math.exp(-1.0))) * math.cos(0.5 * 1.5 * math.exp(-0.5))
    assert found.at((1.0, 0.5, 0.0)) == pytest.approx(exact, rel=2e-5)
    assert abs(found.at((1.0, 0.5, 0.0)) - exact) <= found.error[12, 11, 10]
