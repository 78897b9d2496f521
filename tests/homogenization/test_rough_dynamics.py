"""Rough potentials, their limits, passage times, and media in motion."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.homogenization import (
    at_scale,
    cellular_flow,
    effective_transport,
    first_passage_time,
    homogenized,
    locally_homogenized,
    rough_potential,
    shear_flow,
    tilted_washboard,
)

PERIOD = 2.0 * math.pi
BOWL = pdeopt.landscapes.quadratic(1.0)
RIPPLES = pdeopt.Landscape(lambda x: math.cos(2.0 * math.pi * x))
SCALES = (0.5, 0.25, 0.125, 0.0625, 0.03125)
TIMES = (3.39024376790790, 3.36439934682028, 3.35778721849310, 3.35612440953759, 3.35570809061330)
LIMIT = 3.35556926269283
WELL = pdeopt.Landscape(lambda x: (x * x - 1.0) ** 2)
SLANTED = pdeopt.Landscape(lambda x: 0.5 * x[0] ** 2 + (1.0 + 0.5 * math.sin(x[0])) * math.cos(PERIOD * x[1]), dim=2)


@pytest.mark.parametrize(("scale", "exact"), list(zip(SCALES, TIMES, strict=True)))
def test_passage_times_in_a_rough_bowl_have_the_published_digits(scale, exact):
    found = first_passage_time(rough_potential(BOWL, RIPPLES, scale), 0.0, 1.0, scale=scale)
    assert found.value == pytest.approx(exact, rel=4e-15)
    assert found.error < 1e-13


def test_the_limit_has_the_published_digits_and_is_approached_at_second_order():
    limit = homogenized(BOWL, RIPPLES, 1.0).first_passage_time(0.0, 1.0).value
    assert limit == pytest.approx(LIMIT, rel=2e-15)
    order = observed_order(SCALES, [time - limit for time in TIMES], rounding=1e-14)
    assert order.admits(2.0)
    assert order.bar <= 0.1


@pytest.mark.parametrize(
    ("f", "ends", "beta", "exact"),
    [
        (WELL, (-1.0, 0.0), 8.0, 1749.19088458468),
        (WELL, (-1.0, 1.0), 40.0, 2.63975217059276e17),
        (WELL, (1.0, -1.0), 1.0, 3.56943415912701),
        (BOWL, (-1.0, 1.0), 1.0, 2.99531466233113),
        (BOWL, (0.0, 2.0), 1.0, 10.4284093979959),
    ],
)
def test_passage_times_have_the_published_digits(f, ends, beta, exact):
    assert first_passage_time(f, *ends, beta=beta).value == pytest.approx(exact, rel=2e-14)


def test_a_wall_and_a_mobility_act_as_the_double_integral_says():
    m = pdeopt.Landscape(lambda x: 1.0 + 0.5 * math.sin(x))

    def outer(y):
        inner = quad(lambda z: math.exp(-2.0 * WELL(z)), -1.5, y, epsabs=1e-13)[0]
        return 2.0 * math.exp(2.0 * WELL(y)) / m(y) * inner

    exact = quad(outer, -0.5, 0.7, epsabs=1e-12)[0]
    assert first_passage_time(WELL, -0.5, 0.7, beta=2.0, mobility=m, wall=-1.5).value == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 1.0}, "two different finite numbers"),
        ({"wall": 0.5}, "does not lie beyond start"),
        ({"landscape": pdeopt.landscapes.affine([1.0])}, "wall=start"),
        ({"landscape": WELL, "start": -1.0, "beta": 5000.0}, "too long for a number"),
    ],
)
def test_passages_that_have_no_time_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        first_passage_time(**({"landscape": BOWL, "start": 0.0, "end": 1.0} | change))


def test_the_generator_of_the_limit_has_its_passage_time():
    L = pdeopt.Generator(homogenized(BOWL, RIPPLES, 1.0).system, pdeopt.Grid(-8.0, 1.0, 181))
    found = L.mean_exit_time(L.grid.axes[0] < 1.0 - 1e-9)
    assert abs(found.at(0.0) - LIMIT) < 1e-7


def test_the_limit_in_the_plane_keeps_the_gibbs_law():
    v = pdeopt.Landscape(lambda x: math.cos(x[0]) + 0.5 * math.cos(x[1]) + 0.7 * math.cos(x[0] - x[1]), dim=2)
    slow = homogenized(pdeopt.landscapes.double_well(2), v, PERIOD, beta=2.0)
    assert slow.mobility[0, 1] > 0.05
    L = pdeopt.Generator(slow.system, pdeopt.Grid((-2.5, -2.5), (2.5, 2.5), (21, 21)))
    weights = np.exp(-2.0 * slow.landscape.on(L.grid))
    weights /= np.sum(weights * L.volumes)
    found = L.invariant_density()
    assert (np.abs(found.values - weights) <= 3.0 * found.error + 1e-5).all()


def test_derivatives_of_rough_landscapes_are_those_of_their_values():
    plane = pdeopt.Landscape(lambda x: math.cos(x[0]) * math.sin(2.0 * x[1]), dim=2)
    for f in (rough_potential(pdeopt.landscapes.double_well(2), plane, 0.1), at_scale(SLANTED, 0.1)):
        assert f.check(np.random.default_rng(0).normal(size=(20, f.dim))).ok
    assert at_scale(SLANTED, 0.1)(0.3) == pytest.approx(SLANTED([0.3, 3.0]), rel=1e-13)


def test_cells_at_coarse_nodes_give_the_limit_of_a_locally_periodic_potential():
    slow = locally_homogenized(SLANTED, pdeopt.Grid(-8.0, 1.5, 73), period=1.0)
    limit = slow.first_passage_time(0.0, 1.0).value
    misses = [
        first_passage_time(at_scale(SLANTED, scale), 0.0, 1.0, scale=scale).value - limit
        for scale in (0.25, 0.125, 0.0625, 0.03125, 0.015625)
    ]
    order = observed_order((0.25, 0.125, 0.0625, 0.03125, 0.015625), misses, rounding=1e-9)
    assert order.admits(2.0)
    assert order.bar <= 0.1
    L = slow.generator(grid=pdeopt.Grid(-8.0, 1.0, 181))
    found = L.mean_exit_time(L.grid.axes[0] < 1.0 - 1e-9)
    assert abs(found.at(0.0) - limit) < 1e-7


def test_a_cell_that_does_not_depend_on_the_place_is_the_same_everywhere():
    f = pdeopt.Landscape(lambda x: 0.5 * x[0] ** 2 + math.cos(PERIOD * x[1]), dim=2)
    slow = locally_homogenized(f, pdeopt.Grid(-8.0, 1.0, 37), period=1.0)
    np.testing.assert_allclose(slow.mobility, 0.623860360432069, rtol=1e-14)
    assert slow.first_passage_time(0.0, 1.0).value == pytest.approx(LIMIT, rel=1e-12)


@pytest.mark.slow
def test_cells_in_the_plane_keep_the_law_of_the_free_energy():
    f = pdeopt.Landscape(
        lambda x: (
            0.5 * (x[0] ** 2 + x[1] ** 2) + (1.0 + 0.5 * math.sin(x[0])) * math.cos(x[2]) + 0.7 * math.cos(x[2] - x[3])
        ),
        dim=4,
    )
    slow = locally_homogenized(f, pdeopt.Grid((-2.0, -2.0), (2.0, 2.0), (13, 13)), period=PERIOD, tolerance=1e-8)
    L = slow.generator()
    weights = np.exp(-slow.free_energy)
    weights /= np.sum(weights * L.volumes)
    found = L.invariant_density()
    assert np.abs(found.values / weights - 1.0).max() < 1e-3


@pytest.mark.parametrize(
    ("force", "noise", "velocity", "diffusivity"),
    [(0.5, 0.5, 0.175593406036971, 0.4235887974433), (1.0, 0.1, 0.368953245762, 0.41112993532)],
)
def test_a_tilted_washboard_has_the_published_digits(force, noise, velocity, diffusivity):
    v = pdeopt.Landscape(lambda x: math.cos(x))
    found = tilted_washboard(v, force, period=PERIOD, beta=1.0 / noise)
    assert found.velocity == pytest.approx(velocity, abs=3e-13)
    assert found.diffusivity == pytest.approx(diffusivity, abs=3e-13)
    back = tilted_washboard(v, -force, period=PERIOD, beta=1.0 / noise)
    assert (back.velocity, back.diffusivity) == pytest.approx((-found.velocity, found.diffusivity), rel=1e-12)


def test_a_lopsided_washboard_moves_as_the_generator_says():
    v = pdeopt.Landscape(lambda x: math.cos(x) + 0.5 * math.sin(2.0 * x))
    system = pdeopt.SDE(
        lambda t, x: -0.4 + math.sin(x) - math.cos(2.0 * x), lambda t, x: math.sqrt(2.0 / 3.0), noise="additive"
    )
    found, other = tilted_washboard(v, -0.4, period=PERIOD, beta=3.0), effective_transport(system, PERIOD)
    assert found.velocity == pytest.approx(other.drift[0], rel=1e-8)
    assert found.diffusivity == pytest.approx(other.diffusivity[0, 0], rel=1e-8)


def test_a_washboard_at_rest_and_at_full_speed():
    v = pdeopt.Landscape(lambda x: math.cos(x))
    rest, fast = (tilted_washboard(v, force, period=PERIOD) for force in (0.0, 80.0))
    assert (rest.velocity, rest.diffusivity) == pytest.approx((0.0, 0.623860360432069), rel=1e-14)
    assert (fast.velocity, fast.diffusivity) == pytest.approx((80.0, 1.0), rel=1e-3)


def test_flows_stir_as_published():
    shear = effective_transport(shear_flow(2.0, diffusivity=0.8), PERIOD, n=24)
    np.testing.assert_allclose(shear.diffusivity, [[0.8 + 4.0 / 1.6, 0.0], [0.0, 0.8]], atol=1e-6)
    cells = effective_transport(cellular_flow(), PERIOD, n=24)
    np.testing.assert_allclose(cells.diffusivity, 1.11773041703569 * np.eye(2), atol=1e-8)


def test_a_washboard_too_steep_is_refused():
    with pytest.raises(ValueError, match="Use beta <="):
        tilted_washboard(RIPPLES, 1.0, period=1.0, beta=1e4)
