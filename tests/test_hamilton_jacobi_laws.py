"""What every relaxation of arrays obeys, on white noise in one to three dimensions."""

import numpy as np
import pytest

from pdeopt import Grid, relax, smooth

SHAPES = [(2,), (3,), (5,), (8,), (301,), (2, 3), (7, 8), (40, 33), (2, 4, 3), (9, 8, 7)]
BETAS = [0.3, 20.0, 1e5, np.inf]
TOLERANCE = 1e-10
TIME = 0.07


def box(shape, periodic=False):
    return Grid((-1.0,) * len(shape), (1.0,) * len(shape), shape, periodic=periodic)


def noise(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def relaxed(values, beta, time=TIME, periodic=False, boundary="reflecting"):
    return relax(values, box(values.shape, periodic), time, beta, boundary=boundary, threads=1).values


everywhere = pytest.mark.parametrize("shape", SHAPES, ids=str)
every_beta = pytest.mark.parametrize("beta", BETAS)


@everywhere
@every_beta
@pytest.mark.parametrize("boundary", ["free", "reflecting"])
def test_larger_data_relax_to_larger_values(shape, beta, boundary):
    low = noise(shape)
    high = low + np.abs(noise(shape, 1)) * (noise(shape, 2) > 0.0)
    difference = relaxed(high, beta, boundary=boundary) - relaxed(low, beta, boundary=boundary)
    assert difference.min() >= -TOLERANCE


@everywhere
@every_beta
def test_distance_of_two_solutions_never_exceeds_that_of_the_data(shape, beta):
    f, g = noise(shape), noise(shape, 1)
    assert np.abs(relaxed(f, beta) - relaxed(g, beta)).max() <= np.abs(f - g).max() + TOLERANCE


@everywhere
@every_beta
def test_a_constant_added_to_the_data_is_added_to_the_solution(shape, beta):
    f = noise(shape)
    np.testing.assert_allclose(relaxed(f + 3.7, beta), relaxed(f, beta) + 3.7, rtol=0, atol=TOLERANCE)


@everywhere
@every_beta
def test_data_moved_by_a_node_relax_to_the_moved_solution(shape, beta):
    f = noise(shape)
    moved = relaxed(np.roll(f, 1, axis=0), beta, periodic=True)
    np.testing.assert_allclose(moved, np.roll(relaxed(f, beta, periodic=True), 1, axis=0), rtol=0, atol=TOLERANCE)


@everywhere
@every_beta
def test_slopes_never_grow(shape, beta):
    f = noise(shape)
    solution = relaxed(f, beta, periodic=True)
    for k in range(f.ndim):
        steepest = np.abs(np.roll(f, -1, axis=k) - f).max()
        assert np.abs(np.roll(solution, -1, axis=k) - solution).max() <= steepest + TOLERANCE


@everywhere
@every_beta
def test_a_louder_landscape_relaxes_like_a_slower_and_colder_one(shape, beta):
    f, factor = noise(shape), 2.5
    loud = relaxed(factor * f, beta / factor)
    np.testing.assert_allclose(loud, factor * relaxed(f, beta, factor * TIME), rtol=0, atol=TOLERANCE)


@everywhere
@every_beta
def test_second_differences_stay_below_the_inverse_time(shape, beta):
    grid = box(shape, periodic=True)
    solution = relaxed(noise(shape), beta, periodic=True)
    for k in range(len(shape)):
        second = np.roll(solution, 1, axis=k) - 2.0 * solution + np.roll(solution, -1, axis=k)
        assert second.max() <= grid.spacing[k] ** 2 / TIME + TOLERANCE


@everywhere
@every_beta
def test_solution_stays_above_the_smallest_value(shape, beta):
    f = noise(shape)
    assert relaxed(f, beta).min() >= f.min() - TOLERANCE


@everywhere
def test_inviscid_solution_stays_below_the_data(shape):
    f = noise(shape)
    assert (relaxed(f, np.inf) <= f + TOLERANCE).all()


@pytest.mark.parametrize("shape", [(301,), (40, 33), (9, 8, 7)], ids=str)
@pytest.mark.parametrize("beta", [0.1, 0.3, 1.0])
def test_relaxation_stays_below_the_heat_flow_of_equal_variance(shape, beta):
    f, grid = noise(shape), box(shape, periodic=True)
    time = beta * (2.0 * max(grid.spacing)) ** 2
    heat = smooth(f, grid, time / beta).values
    assert (relax(f, grid, time, beta).values <= heat + TOLERANCE).all()


@pytest.mark.parametrize("shape", [(7, 8), (40, 33), (9, 8, 7)], ids=str)
@every_beta
def test_sums_over_axes_relax_to_sums_of_one_dimensional_solutions(shape, beta):
    parts = [noise(n, k) for k, n in enumerate(shape)]
    total = np.add.reduce(np.meshgrid(*parts, indexing="ij"))
    expected = np.add.reduce(np.meshgrid(*[relaxed(part, beta) for part in parts], indexing="ij"))
    np.testing.assert_allclose(relaxed(total, beta), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("shape", [(64,), (301,), (40, 33), (16, 12, 14)], ids=str)
@pytest.mark.parametrize("beta", [0.3, 20.0])
def test_two_resolved_steps_are_one(shape, beta):
    f, grid = noise(shape), box(shape, periodic=True)
    time = beta * (1.7 * max(grid.spacing)) ** 2
    once = relaxed(f, beta, 2.0 * time, periodic=True)
    np.testing.assert_allclose(relaxed(relaxed(f, beta, time, True), beta, time, True), once, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("beta", [1e4, 1e7, np.inf])
def test_two_unresolved_steps_of_smooth_data_are_one_to_second_order(beta):
    gaps = []
    for n in (64, 128, 256):
        f = -np.cos(np.pi * box((n,), periodic=True).axes[0])
        twice = relaxed(relaxed(f, beta, 1e-3, True), beta, 1e-3, True)
        gaps.append(np.abs(twice - relaxed(f, beta, 2e-3, True)).max() * n * n)
    assert max(gaps) <= 10.0


@pytest.mark.parametrize("shape", [(9,), (64,), (7, 8)], ids=str)
@every_beta
def test_reflecting_is_the_periodic_relaxation_of_the_mirrored_data(shape, beta):
    f = noise(shape)
    mirrored, grid_shape = f, []
    for k, n in enumerate(shape):
        inner = np.flip(np.take(mirrored, range(1, n - 1), axis=k), axis=k)
        mirrored = np.concatenate([mirrored, inner], axis=k)
        grid_shape.append(2 * n - 2)
    grid = Grid((-1.0,) * f.ndim, (3.0,) * f.ndim, grid_shape, periodic=True)
    expected = relax(mirrored, grid, TIME, beta).values[tuple(slice(n) for n in shape)]
    np.testing.assert_allclose(relaxed(f, beta), expected, rtol=0, atol=TOLERANCE)
