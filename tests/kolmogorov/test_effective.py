"""Effective drift and diffusivity by cell problems, and Poisson equations."""

import math

import numpy as np
import pytest

import pdeopt

PERIOD = 2.0 * math.pi
CIRCLE = pdeopt.Grid(0.0, PERIOD, 96, periodic=True)
TORUS = pdeopt.Grid((0.0, 0.0), (PERIOD, PERIOD), 24, periodic=True)


def diffusivity(f, grid=CIRCLE):
    return pdeopt.Generator(pdeopt.overdamped_langevin(f), grid).effective_dynamics().diffusivity


@pytest.mark.parametrize(
    ("height", "exact"),
    [(0.5, 0.884175737194364), (1.0, 0.623860360432069), (2.0, 0.192436878491673), (5.0, 0.00134768961135401)],
)
def test_diffusivity_in_a_cosine(height, exact):
    assert diffusivity(pdeopt.Landscape(lambda x: height * math.cos(x)))[0, 0] == pytest.approx(exact, rel=1e-11)


def test_diffusivity_in_two_harmonics():
    f = pdeopt.Landscape(lambda x: math.cos(x) + 0.5 * math.sin(2.0 * x))
    assert diffusivity(f)[0, 0] == pytest.approx(0.551745331010064, rel=1e-11)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (lambda x: math.cos(x[0]) + 0.5 * math.cos(x[1]), [[0.623860360432069, 0.0], [0.0, 0.884175737194364]]),
        (lambda x: math.cos(x[0]) * math.cos(x[1]), [[0.884175737194364, 0.0], [0.0, 0.884175737194364]]),
        (
            lambda x: math.cos(x[0]) + 0.5 * math.cos(x[1]) + 0.7 * math.cos(x[0] - x[1]),
            [[0.652362427421808, 0.0653043183558335], [0.0653043183558335, 0.903447390610492]],
        ),
    ],
)
def test_diffusivity_on_a_torus(value, exact):
    np.testing.assert_allclose(diffusivity(pdeopt.Landscape(value, dim=2), TORUS), exact, atol=1e-9)


@pytest.mark.parametrize(
    ("force", "noise", "exact"),
    [(0.5, 0.5, (0.175593406036971, 0.4235887974433)), (1.0, 0.1, (0.368953245762, 0.41112993532))],
)
def test_drift_and_diffusivity_of_a_tilted_washboard(force, noise, exact):
    system = pdeopt.SDE(lambda t, x: force + math.sin(x), lambda t, x: math.sqrt(2.0 * noise))
    grid = pdeopt.Grid(0.0, PERIOD, 256, periodic=True)
    found = pdeopt.Generator(system, grid).effective_dynamics()
    np.testing.assert_allclose((found.drift[0], found.diffusivity[0, 0]), exact, rtol=1e-10)


def test_shear_adds_to_the_diffusivity_along_it():
    system = pdeopt.SDE(lambda t, x: (math.sin(x[1]), 0.0), lambda t, x: (1.0, 1.0), dim=2)
    found = pdeopt.Generator(system, TORUS).effective_dynamics()
    np.testing.assert_allclose(found.diffusivity, [[0.5 + 1.0, 0.0], [0.0, 0.5]], atol=1e-7)
    assert (np.abs(found.diffusivity - [[1.5, 0.0], [0.0, 0.5]]) <= found.diffusivity_error + 1e-14).all()


def test_cellular_flow_mixes():
    system = pdeopt.SDE(
        lambda t, x: (-math.sin(x[0]) * math.cos(x[1]), math.cos(x[0]) * math.sin(x[1])),
        lambda t, x: (math.sqrt(2.0), math.sqrt(2.0)),
        dim=2,
    )
    found = pdeopt.Generator(system, TORUS).effective_dynamics()
    np.testing.assert_allclose(found.diffusivity, 1.11773041703569 * np.eye(2), atol=1e-9)


def test_a_poisson_equation_gives_the_variance_of_time_averages():
    # Ornstein-Uhlenbeck: L x = -x, so that the corrector of x is x itself, of x^2 it is (x^2 - 1) / 2.
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: -x, lambda t, x: math.sqrt(2.0)), pdeopt.Grid(-9.0, 9.0, 181))
    x = L.grid.axes[0]
    inner = np.abs(x) < 5.0
    np.testing.assert_allclose(L.poisson(lambda x: x).values[inner], x[inner], atol=1e-7)
    np.testing.assert_allclose(L.poisson(lambda x: x * x).values[inner], 0.5 * (x[inner] ** 2 - 1.0), atol=1e-6)


def test_what_does_not_go_round_has_no_effective_dynamics():
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: -x, lambda t, x: 1.0), pdeopt.Grid(-1.0, 1.0, 9))
    with pytest.raises(ValueError, match="periodic=True"):
        L.effective_dynamics()
