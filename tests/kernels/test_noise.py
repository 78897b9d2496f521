"""The noise of a long step is what the noise of its short steps adds up to."""

import numpy as np
import pytest

from pdeopt.kernels import noise
from pdeopt.kernels._specialise import compiled, specialised
from pdeopt.kernels.lanes import PHASES
from pdeopt.kernels.random import CHUNK, normal, three_point, two_point, uniform

SEED, FIRST_PATH, INDEX, SUBSTEPS, FINE = 11, 5, 3, 3, 0.01
COARSE = SUBSTEPS * FINE
LANES = [0, 1, 511]
PAIRS = ("increment", "increment", "time-integral", "time-integral", "uniform", "three-point", "two-point", "coin")


def draw(key, first_path, index, out, fresh):
    """Stand for a function that fills noise."""


def fill(key, first_path, index, out, fresh):
    """Fill noise, kept on disk."""
    draw(key, first_path, index, out, fresh)


def kept(function):
    return specialised(fill, draw=function)


def filled(draw, kinds, key, fresh=True):
    """Return the draws of `PHASES` steps, shape (draw, phase, lane)."""
    out = np.full(noise.noise_size(kinds), np.nan)
    draw(key, FIRST_PATH, INDEX, out, fresh)
    return out[: len(kinds) * PHASES * CHUNK].reshape(len(kinds), PHASES, CHUNK)


@pytest.fixture(scope="module", params=["compiled", "interpreted"])
def coarse(request):
    """Return pairs of increment and time integral, and other draws, of long steps."""
    draw = noise.refined_draw_function(PAIRS, 1)
    return filled(kept(draw) if request.param == "compiled" else draw, PAIRS, (SEED, SUBSTEPS, 0.0))


def normals_of_fine_steps(step, lane, draw):
    return np.array([normal(SEED, FIRST_PATH + lane, n, draw) for n in range(step * SUBSTEPS, (step + 1) * SUBSTEPS)])


def test_a_long_increment_is_the_sum_of_the_short_ones(coarse):
    for j, phase, lane in np.ndindex(2, PHASES, len(LANES)):
        short = normals_of_fine_steps(INDEX * PHASES + phase, LANES[lane], j)
        assert np.sqrt(COARSE) * coarse[j, phase, LANES[lane]] == pytest.approx(np.sqrt(FINE) * short.sum(), abs=1e-15)


def test_a_long_time_integral_is_that_of_the_short_walk(coarse):
    # I = integral of W over the step: of the short steps their own, and the walk before each times its length.
    for j, phase, lane in np.ndindex(2, PHASES, len(LANES)):
        first, second = (normals_of_fine_steps(INDEX * PHASES + phase, LANES[lane], draw) for draw in (j, 2 + j))
        steps = np.sqrt(FINE) * first
        own = 0.5 * FINE**1.5 * (first + second / np.sqrt(3.0))
        integral = np.sum(own) + FINE * np.sum(np.cumsum(steps) - steps)
        xi1, xi2 = coarse[j, phase, LANES[lane]], coarse[2 + j, phase, LANES[lane]]
        assert 0.5 * COARSE**1.5 * (xi1 + xi2 / np.sqrt(3.0)) == pytest.approx(integral, abs=1e-17)


def test_draws_that_are_no_increments_are_those_of_the_long_step(coarse):
    for kind, make in (
        ("uniform", uniform),
        ("three-point", three_point),
        ("two-point", two_point),
        ("coin", two_point),
    ):
        j = PAIRS.index(kind)
        for phase, lane in np.ndindex(PHASES, len(LANES)):
            expected = make(SEED, FIRST_PATH + LANES[lane], INDEX * PHASES + phase, j)
            assert coarse[j, phase, LANES[lane]] == expected


@pytest.mark.parametrize(("dim", "splits"), [(1, 1), (2, 2), (1, 3)])
def test_long_friction_noise_is_the_decayed_sum_of_the_short_pieces(dim, splits):
    # A piece of length l adds sigma sqrt(1 - c^2) xi, and decays by c = exp(-gamma l) with every piece after it.
    kinds, decay = ("friction",) * (dim * splits), 0.8
    found = filled(kept(noise.refined_draw_function(kinds, splits)), kinds, (SEED, SUBSTEPS, decay))
    for part, k, phase in np.ndindex(splits, dim, PHASES):
        pieces = [((INDEX * PHASES + phase) * splits + part) * SUBSTEPS + i for i in range(SUBSTEPS)]
        normals = [normal(SEED, FIRST_PATH, q // splits, dim * (q % splits) + k) for q in pieces]
        total = np.sqrt(1.0 - decay**2) * sum(decay ** (SUBSTEPS - 1 - i) * xi for i, xi in enumerate(normals))
        long_size = np.sqrt(1.0 - decay ** (2 * SUBSTEPS))
        assert long_size * found[dim * part + k, phase, 0] == pytest.approx(total, abs=1e-15)


@pytest.mark.parametrize("dim", [1, 2])
def test_increments_of_half_steps_are_the_sums_of_the_halves_of_the_short_ones(dim):
    kinds = ("increment",) * (2 * dim)
    found = filled(kept(noise.refined_draw_function(kinds, 2)), kinds, (SEED, SUBSTEPS, 0.3))
    for part, k, phase in np.ndindex(2, dim, PHASES):
        halves = [2 * SUBSTEPS * (INDEX * PHASES + phase) + SUBSTEPS * part + i for i in range(SUBSTEPS)]
        total = sum(normal(SEED, FIRST_PATH, q // 2, dim * (q % 2) + k) for q in halves)
        assert np.sqrt(SUBSTEPS) * found[dim * part + k, phase, 0] == pytest.approx(total, abs=1e-14)


@pytest.mark.parametrize("kinds", [PAIRS, ("friction",), ("two-point",)])
def test_steps_of_the_noise_itself_take_the_bits_of_the_numbers(kinds):
    makers = {"uniform": uniform, "three-point": three_point, "two-point": two_point, "coin": two_point}
    found = filled(noise.draw_function(kinds), kinds, (SEED, 1, 0.0))
    for j, kind in enumerate(kinds):
        for phase, lane in np.ndindex(PHASES, len(LANES)):
            expected = makers.get(kind, normal)(SEED, FIRST_PATH + LANES[lane], INDEX * PHASES + phase, j)
            assert found[j, phase, LANES[lane]] == expected


@pytest.mark.parametrize("index", [0, 31, 32, 33])
def test_two_point_words_are_kept_until_they_are_used_up(index):
    kinds = ("two-point", "coin")
    draw, out = noise.draw_function(kinds), np.full(noise.noise_size(kinds), np.nan)
    for i in range(34):
        draw((SEED, 1, 0.0), FIRST_PATH, i, out, i == 0)
        if i == index:
            break
    for j, phase in np.ndindex(2, PHASES):
        assert out[(j * PHASES + phase) * CHUNK + 7] == two_point(SEED, FIRST_PATH + 7, PHASES * index + phase, j)


def test_one_path_draws_what_the_chunk_draws():
    kinds = ("increment", "uniform", "three-point", "two-point")
    chunk, one = filled(noise.draw_function(kinds), kinds, (SEED, 1, 0.0)), np.empty(4 * PHASES)
    noise.path_draw_function(kinds)((SEED, 1, 0.0), FIRST_PATH + 9, INDEX, one, True)
    assert np.array_equal(one.reshape(PHASES, 4).T, chunk[:, :, 9])


@pytest.mark.parametrize("splits", [1, 2])
def test_one_path_draws_what_the_chunk_draws_where_steps_are_several_of_the_noise(splits):
    kinds, key = ("friction", "friction", "increment", "uniform"), (SEED, 3, 0.8)
    chunk, one = filled(noise.refined_draw_function(kinds, splits), kinds, key), np.empty(4 * PHASES)
    noise.refined_path_draw_function(kinds, splits)(key, FIRST_PATH + 9, INDEX, one, True)
    assert np.array_equal(one.reshape(PHASES, 4).T, chunk[:, :, 9])


def test_keyed_draws_come_in_the_form_of_the_layout():
    kinds = ("increment", "time-integral", "coin")
    keyed = compiled(noise.keyed_draws(((0.0, 0.0), 0.0), kinds))(SEED, 4, 9)
    expected = (normal(SEED, 4, 9, 0), normal(SEED, 4, 9, 1)), two_point(SEED, 4, 9, 2)
    assert keyed == expected
