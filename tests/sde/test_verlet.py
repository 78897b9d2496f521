"""GJF, BBK, the exponential Euler scheme and Metropolised OBABO: equivalences, laws and costs."""

import numba
import numpy as np
import pytest
from langevin_cases import Recording, run, slope

import pdeopt
from pdeopt import sde
from pdeopt.kernels._specialise import compiled
from pdeopt.sde.langevin import Parts

BETA, FRICTION, H, N = 1.1, 0.8, 0.37, 60
TAU, HALF = 1 / BETA, FRICTION * H / 2
ARGS, START = (BETA, FRICTION, 1.0), (0.3, -0.6)
NORMALS = np.random.default_rng(7).standard_normal(N)
EXACT = {"rtol": 0, "atol": 1e-14}


def test_gjf_positions_are_baoab_positions_of_another_friction():
    friction = -np.log((1 - HALF) / (1 + HALF)) / H
    assert friction == pytest.approx(0.8059190541897189, rel=1e-15)
    q, p = run(sde.GJF(), *START, ARGS, H, NORMALS.tolist())
    # The first move must agree: momenta differ by the factor of GJF's move.
    first = (p[0] - H / 2 * slope(q[0])) / (1 + HALF) * 2 / (1 + np.exp(-friction * H)) + H / 2 * slope(q[0])
    x, _ = run(sde.Splitting("BAOAB"), q[0], first, (BETA, friction, 1.0), H, NORMALS.tolist())
    np.testing.assert_allclose(x, q, rtol=0, atol=1e-13)


def test_gjf_positions_obey_the_recursion_with_averaged_noise():
    q, _ = run(sde.GJF(), *START, ARGS, H, NORMALS.tolist())
    c, b = (1 - HALF) / (1 + HALF), 1 / (1 + HALF)
    noise = b * H / 2 * np.sqrt(2 * FRICTION * TAU * H) * (NORMALS[1:] + NORMALS[:-1])
    expected = (1 + c) * q[1:-1] - c * q[:-2] - b * H**2 * slope(q[1:-1]) + noise
    np.testing.assert_allclose(q[2:], expected, **EXACT)


def test_classic_bbk_positions_are_those_of_gjf_with_unaveraged_noise():
    q, _ = run(sde.BBK(shared=True), *START, ARGS, H, NORMALS.tolist())
    c, b = (1 - HALF) / (1 + HALF), 1 / (1 + HALF)
    noise = b * H * np.sqrt(2 * FRICTION * TAU * H) * NORMALS[:-1]
    expected = (1 + c) * q[1:-1] - c * q[:-2] - b * H**2 * slope(q[1:-1]) + noise
    np.testing.assert_allclose(q[2:], expected, **EXACT)


def test_classic_bbk_momenta_are_central_differences():
    q, p = run(sde.BBK(shared=True), *START, ARGS, H, NORMALS.tolist())
    np.testing.assert_allclose(p[1:-1], (q[2:] - q[:-2]) / (2 * H), **EXACT)


def test_exponential_euler_is_exact_under_a_constant_force():
    mass = 1.7
    q, p = run(sde.ExponentialEuler(), *START, (np.inf, FRICTION, mass), H, [(0.0, 0.0)] * 5, lambda _: 0.9)
    t, final = H * np.arange(6), -0.9 / FRICTION
    decay = np.exp(-FRICTION * t)
    np.testing.assert_allclose(p, final + (START[1] - final) * decay, **EXACT)
    moved = (final * t + (START[1] - final) * (1 - decay) / FRICTION) / mass
    np.testing.assert_allclose(q, START[0] + moved, **EXACT)


@pytest.mark.parametrize("scheme", [sde.GJF(), sde.BBK(), sde.BBK(shared=True), sde.ExponentialEuler()])
def test_one_gradient_is_evaluated_a_step(scheme):
    gradient = Recording()
    xi = 0.1 if scheme.name in ("gjf", "bbk-shared") else (0.1, 0.2)
    run(scheme, *START, ARGS, H, [xi] * 10, gradient)
    assert len(gradient.positions) == 10 * scheme.evaluations[0] + 1


def test_a_rejected_proposal_turns_the_momentum_back():
    stepper = sde.MetropolisedOBABO().bind(Parts(slope, lambda q: 0.0 if q == START[0] else np.inf, 1))
    state = stepper.begin(0.0, START, ARGS)
    (q, p), _ = stepper.step(0.0, state, H, (0.0, 0.0, 1e-300), stepper.prepare(H, ARGS))
    assert q == START[0]
    assert p == pytest.approx(-START[1] * np.exp(-FRICTION * H), rel=1e-15)


def test_an_accepted_proposal_is_a_step_of_obabo():
    draws = np.random.default_rng(1).standard_normal((30, 2))
    q, p = run(sde.MetropolisedOBABO(), *START, ARGS, 0.1, [(*pair, 1e-300) for pair in draws.tolist()])
    x, y = run(sde.Splitting("OBABO"), *START, ARGS, 0.1, [tuple(pair) for pair in draws.tolist()])
    np.testing.assert_allclose([q, p], [x, y], **EXACT)


def test_proposals_are_accepted_by_the_exponential_of_their_rise_of_energy():
    energy = lambda q, p: q**4 + p**2 / 2  # noqa: E731
    stepper = sde.MetropolisedOBABO().bind(Parts(lambda q: 4 * q**3, lambda q: q**4, 1))
    args = (2.0, 0.0, 1.0)
    state = stepper.begin(0.0, (0.9, 1.1), args)
    (q, p), _ = stepper.step(0.0, state, 0.5, (0.0, 0.0, 1e-300), stepper.prepare(0.5, args))
    limit = np.exp(-2.0 * (energy(q, p) - energy(0.9, 1.1)))
    assert 0.0 < limit < 1.0
    for u, stays in ((limit * (1 - 1e-9), False), (limit * (1 + 1e-9), True)):
        (moved, _), _ = stepper.step(0.0, state, 0.5, (0.0, 0.0, u), stepper.prepare(0.5, args))
        assert (moved == 0.9) is stays


@numba.njit
def quartic_value(q):
    return 0.25 * q**4


@numba.njit
def quartic_gradient(q):
    return q**3


def sampler(scheme, step_size):
    """Return a function of (seed, n_steps) that averages q^2 along one path: a user's own compiled loop."""
    system = pdeopt.langevin(pdeopt.Landscape(quartic_value, quartic_gradient), beta=1.0, friction=1.0)
    stepper = scheme.stepper(system)
    step, begin, prepare = compiled(stepper.step), compiled(stepper.begin), compiled(stepper.prepare)
    args, n = system.args, len(stepper.draws)

    @numba.njit
    def average(seed, n_steps):
        np.random.seed(seed)  # noqa: NPY002
        state, k, total = begin(0.0, (0.5, 0.0), args), prepare(step_size, args), 0.0
        for _ in range(n_steps):
            r, s = np.random.normal(), np.random.normal()  # noqa: NPY002
            xi = (r, s, np.random.random()) if n == 3 else (r, s)  # noqa: NPY002
            state = step(0.0, state, step_size, xi, k)
            total += state[0][0] ** 2
        return total / n_steps

    return average


def test_metropolised_obabo_samples_the_exact_law_of_a_quartic_well():
    # <q^2> = 2 Gamma(3/4) / Gamma(1/4) for the density exp(-q^4 / 4).
    exact = 0.675978240067285
    average = sampler(sde.MetropolisedOBABO(), 0.9)
    means = np.array([average(seed, 40_000) for seed in range(30)])
    error = means.std(ddof=1) / np.sqrt(len(means))
    assert error < 2e-3
    assert means.mean() == pytest.approx(exact, abs=4 * error)
