"""Kernels of Markov chains against NumPy, from compiled code."""

import numba
import numpy as np
import pytest

from pdeopt.kernels.entropy_chains import (
    half_squares,
    kick,
    kick_and_move,
    langevin_log_ratio,
    langevin_proposal,
    refresh,
    systematic,
)

RNG = np.random.default_rng(0)
V, SLOPE, P, NOISE, AHEAD, SLOPE_AHEAD = RNG.standard_normal((6, 5, 3))


def called(kernel, *arguments):
    @numba.njit
    def run(arguments):
        kernel(*arguments)

    run(arguments)


def test_the_proposal_is_an_euler_step():
    out = np.empty_like(V)
    called(langevin_proposal, V, SLOPE, NOISE, 0.3, out)
    assert np.allclose(out, V - 0.3 * SLOPE + np.sqrt(0.6) * NOISE, rtol=1e-14)


def test_the_ratio_is_that_of_two_gaussians():
    out = np.empty(5)
    called(langevin_log_ratio, V, SLOPE, AHEAD, SLOPE_AHEAD, 0.3, out)
    there = -((AHEAD - V + 0.3 * SLOPE) ** 2).sum(axis=1) / 1.2
    back = -((V - AHEAD + 0.3 * SLOPE_AHEAD) ** 2).sum(axis=1) / 1.2
    assert np.allclose(out, back - there, rtol=1e-13)


def test_momenta_are_kicked_moved_and_refreshed():
    v, p, kicked, fresh, square = np.empty_like(V), np.empty_like(V), np.empty_like(V), np.empty_like(V), np.empty(5)
    called(kick_and_move, V, P, SLOPE, 0.2, v, p)
    called(kick, p, SLOPE_AHEAD, 0.2, kicked)
    called(refresh, P, NOISE, 0.6, fresh)
    called(half_squares, P, square)
    assert np.allclose(p, P - 0.1 * SLOPE, rtol=1e-14)
    assert np.allclose(v, V + 0.2 * p, rtol=1e-14)
    assert np.allclose(kicked, p - 0.1 * SLOPE_AHEAD, rtol=1e-14)
    assert np.allclose(fresh, 0.6 * P + 0.8 * NOISE, rtol=1e-14)
    assert np.allclose(square, 0.5 * (P**2).sum(axis=1), rtol=1e-14)


@pytest.mark.parametrize("n", [1, 7, 64])
def test_systematic_resampling_takes_each_column_within_one_of_its_due(n):
    weights = RNG.dirichlet(np.ones(9), 4)
    out = np.empty((4, n), dtype=np.int64)
    called(systematic, weights, RNG.random(4), out)
    for row, taken in zip(weights, out, strict=True):
        assert (np.abs(np.bincount(taken, minlength=9) - n * row) < 1.0 + 1e-12).all()
