"""Exact flows of the parts of Langevin dynamics, and their constants for any friction."""

import mpmath as mp
import numba
import numpy as np
import pytest

from pdeopt.kernels.sde import adaptive, langevin, verlet

FRICTIONS = [0.0, 1e-300, 1e-12, 1e-5, 0.3, 0.999, 1.001, 2.5, 40.0, 1e4]
T, BETA, MASS = 0.9, 1.3, 1.7


def exact_flight(friction):
    """Return factor, move, and the covariances of U in forty digits."""
    with mp.workdps(1300):
        g, t, beta, m = (mp.mpf(x) for x in (friction, T, BETA, MASS))
        c = mp.exp(-g * t)
        if friction == 0.0:
            return [float(x) for x in (1, t / m, 0, 0, 0)]
        position = (2 * g * t - 3 + 4 * c - c**2) / (g**2 * beta * m)
        values = (c, (1 - c) / (g * m), m / beta * (1 - c**2), (1 - c) ** 2 / (g * beta), position)
        return [float(x) for x in values]


@pytest.mark.parametrize("friction", FRICTIONS)
def test_covariances_of_a_free_flight_are_exact_for_any_friction(friction):
    c, s, a, shared, own = langevin.free_constants(T, friction, BETA, MASS)
    found = (c, a, s * s, s * shared, shared * shared + own * own)
    np.testing.assert_allclose(found, exact_flight(friction), rtol=4e-15)


@pytest.mark.parametrize("friction", [1e-8, 0.01, 0.6, 5.0])
def test_what_the_momentum_leaves_of_the_position_noise_is_exact(friction):
    own = langevin.free_constants(T, friction, BETA, MASS)[4]
    with mp.workdps(200):
        g, t = mp.mpf(friction), mp.mpf(T)
        c = mp.exp(-g * t)
        rest = (2 * g * t - 3 + 4 * c - c**2 - (1 - c) ** 3 / (1 + c)) / (g**2 * mp.mpf(BETA) * mp.mpf(MASS))
        expected = float(mp.sqrt(rest))
    assert own == pytest.approx(expected, rel=5e-15)


@pytest.mark.parametrize("friction", FRICTIONS)
def test_friction_and_force_constants_are_exact_for_any_friction(friction):
    c, s, b = langevin.forced_constants(T, friction, MASS / BETA)
    factor, move, variance, _, _ = exact_flight(friction)
    np.testing.assert_allclose((c, s * s, -b), (factor, variance, move * MASS), rtol=3e-15)
    assert langevin.friction_constants(T, friction, MASS / BETA) == (c, s)


@pytest.mark.parametrize("z", [0.0, 1e-300, 1e-7, 0.5, 0.99, 1.01, 30.0])
def test_the_remainder_of_the_mean_is_exact(z):
    with mp.workdps(700):
        expected = float((mp.exp(-mp.mpf(z)) - 1 + mp.mpf(z)) / mp.mpf(z) ** 2) if z else 0.5
    assert verlet.mean_remainder(z) == pytest.approx(expected, rel=2e-15)


def test_without_temperature_there_is_no_noise():
    assert langevin.free_constants(T, 0.7, np.inf, MASS)[1::2] == (0.0, 0.0)
    assert langevin.free_constants(T, 0.7, np.inf, MASS)[4] == 0.0


def test_two_free_flights_make_one_of_double_length():
    c, s, a, shared, own = langevin.free_constants(T, 0.7, BETA, MASS)
    flow, noise = np.array([[1, a], [0, c]]), np.array([[shared, own], [s, 0]])
    c2, s2, a2, shared2, own2 = langevin.free_constants(2 * T, 0.7, BETA, MASS)
    double = np.array([[shared2, own2], [s2, 0]])
    np.testing.assert_allclose(flow @ flow, [[1, a2], [0, c2]], rtol=1e-14)
    np.testing.assert_allclose(flow @ noise @ noise.T @ flow.T + noise @ noise.T, double @ double.T, rtol=1e-13)


def test_the_elementary_maps_work_in_a_users_own_loop():
    @numba.njit
    def baoab(q, p, h, normals):
        c, s = langevin.friction_constants(h, 1.0, 1.0)
        for r in normals:
            p = langevin.kick(p, q**3, -h / 2)
            q = langevin.move(q, p, h / 2)
            p = langevin.relax(p, r, c, s)
            q = langevin.move(q, p, h / 2)
            p = langevin.kick(p, q**3, -h / 2)
        return q, p

    normals = np.random.default_rng(4).standard_normal(20)
    step, prepare = langevin.splitting("BAOAB", lambda q: q**3), langevin.word_constants("BAOAB")
    state, k = ((0.4, 0.1), 0.4**3), prepare(0.1, (1.0, 1.0, 1.0))
    for r in normals:
        state = step(0.0, state, 0.1, r, k)
    np.testing.assert_allclose(baoab(0.4, 0.1, 0.1, normals), state[0], rtol=1e-13)


@numba.njit
def fly_pair(q, p, r, w, u):
    return langevin.fly(q, p, r, w, u)


@numba.njit
def force_pair(p, r, g, v):
    return langevin.force(p, r, g, v)


def test_joint_maps_act_by_components_on_pairs():
    u, v = langevin.free_constants(T, 0.7, BETA, MASS), langevin.forced_constants(T, 0.7, MASS / BETA)
    rng = np.random.default_rng(8)
    q, p, r, w = (tuple(row) for row in rng.standard_normal((4, 2)).tolist())
    c, s, a, shared, own = u
    together = fly_pair(q, p, r, w, u)
    np.testing.assert_allclose(
        together[0], np.add(q, np.dot(a, p)) + shared * np.array(r) + own * np.array(w), rtol=1e-14
    )
    np.testing.assert_allclose(together[1], c * np.array(p) + s * np.array(r), rtol=1e-14)
    np.testing.assert_allclose(force_pair(p, r, q, v), v[0] * np.array(p) + v[1] * np.array(r) + v[2] * np.array(q))


@pytest.mark.parametrize("z", [-700.0, -2.0, -1e-12, 0.0, 1e-300, 1e-9, 0.4, 50.0])
def test_adaptive_friction_has_exact_constants_of_either_sign(z):
    c, s = adaptive.friction_constants(0.5, z, 0.8)
    with mp.workdps(700):
        x = mp.mpf(z)
        variance = (1 - mp.exp(-x)) / (2 * x) if z else mp.mpf(0.5)
        expected = float(mp.exp(-x / 2)), float(mp.mpf(0.8) * mp.sqrt(variance))
    # A small factor has the absolute accuracy of the difference from 1 that it comes from.
    np.testing.assert_allclose((c, s), expected, rtol=2e-15, atol=2.3e-16)
