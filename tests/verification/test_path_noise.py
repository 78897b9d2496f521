"""Draws of one Brownian path: what they are integrals of, and what is the same for all step sizes."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from pdeopt.sde import get
from pdeopt.sde.scheme import Stepper
from pdeopt.systems import SDE
from pdeopt.systems.problems import harmonic_langevin
from pdeopt.verification.paths.coupled import Ladder, LevelRun
from pdeopt.verification.paths.path_noise import PathNoise, shared_noise

NOISES = [PathNoise(2), PathNoise(1, 1, 2), PathNoise(2, 2, 2, 0.7), PathNoise(1, 3, 2, 5.0), PathNoise(1, 2, 1, 2.0)]


@pytest.mark.parametrize("noise", NOISES)
def test_two_steps_together_have_independent_standard_normals(noise):
    merged = noise.merged(0.1).toarray()
    np.testing.assert_allclose(merged @ merged.T, np.eye(len(noise.kinds)), atol=2e-14)


def covariance(first, second, length):
    return quad(lambda u: first(u) * second(u), 0.0, length, epsabs=1e-14)[0]


def test_draws_of_a_step_have_the_covariances_of_their_integrals():
    friction, step = 0.7, 0.3
    noise = PathNoise(1, 2, 2, friction)

    def decaying(u):
        return math.exp(-friction * u)

    one, momentum = (noise.viewed((kind,), step).toarray()[0] for kind in ("increment", "friction"))
    sizes = [math.sqrt(covariance(f, f, step)) for f in (lambda u: 1.0, decaying)]
    assert one @ momentum == pytest.approx(covariance(lambda u: 1.0, decaying, step) / math.prod(sizes), abs=1e-13)
    pair = noise.viewed(("friction", "time-integral"), step).toarray()
    np.testing.assert_allclose(pair @ pair.T, np.eye(2), atol=1e-13)
    # A position gains (1 - exp(-g u)) / g of the noise u before the end: nothing else of it than the pair tells.
    gain = covariance(lambda u: (1.0 - decaying(u)) / friction, decaying, step) / sizes[1]
    rest = math.sqrt(covariance(lambda u: ((1.0 - decaying(u)) / friction) ** 2, lambda u: 1.0, step) - gain**2)
    position = gain * pair[0] + rest * pair[1]
    # Momentum and position together are the increment: dp = -g dq + dW.
    np.testing.assert_allclose(
        friction * position + sizes[1] * momentum,
        math.sqrt(step) * noise.viewed(("increment",), step).toarray()[0],
        atol=1e-13,
    )


def walking(t, x, h, xi, args):
    return x + math.sqrt(h) * xi


def integrating(t, x, h, xi, args):
    first = math.sqrt(h) * xi[0]
    return x[0] + first, x[1] + h * x[0] + 0.5 * h * (first + math.sqrt(h) * xi[1] / math.sqrt(3.0))


def standing(t, x):
    return 0.0


def one(t, x):
    return 1.0


WALK = SDE(standing, one, "additive")


def ends(system, stepper, n_levels=5, n_paths=40, n_steps=3):
    ladder, noise = Ladder(0.25, n_levels, n_steps), shared_noise(system, [stepper])
    x0 = np.zeros(2 if isinstance(stepper.point, tuple) else 1)
    planar = SDE(lambda t, x: (0.0, 0.0), lambda t, x: (0.0, 0.0), "additive", dim=2)
    holder = system if system.dim == x0.size else planar
    return LevelRun(holder, stepper, x0, ladder, tuple(range(n_levels)), noise).ends(3, 5, n_paths)


def test_increments_of_all_steps_add_up_to_one_motion():
    points, motions = ends(WALK, Stepper(walking, 0.0, 0.0, 0.0, ("increment",)))
    np.testing.assert_allclose(points[..., 0], np.broadcast_to(motions.T, (5, 40)), atol=3e-15)
    assert 0.4 < motions.std() < 1.4


def test_time_integrals_of_all_steps_add_up_to_one_integral():
    points, _ = ends(WALK, Stepper(integrating, (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), ("increment", "time-integral")))
    np.testing.assert_allclose(points, np.broadcast_to(points[-1], points.shape), atol=3e-15)
    assert points[-1, :, 1].std() > 0.1


def test_the_first_paths_of_many_are_those_of_few_and_a_path_is_what_its_number_says():
    stepper = Stepper(walking, 0.0, 0.0, 0.0, ("increment",))
    many, few = ends(WALK, stepper, n_paths=700)[0], ends(WALK, stepper, n_paths=40)[0]
    assert np.array_equal(many[:, :40], few)


def test_schemes_with_more_pieces_or_integrals_see_the_path_of_those_with_less():
    system = harmonic_langevin(1.3, 1.1, 0.7).system
    steppers = [get(name).stepper(system) for name in ("obabo", "ubu", "gjf")]
    noise = shared_noise(system, steppers)
    assert (noise.n_pieces, noise.n_integrals, noise.friction) == (2, 2, 0.7)
    whole, halves = (noise.viewed(kinds, 0.2).toarray() for kinds in (("friction",), ("friction",) * 2))
    c = math.exp(-0.07)
    np.testing.assert_allclose(whole[0], (c * halves[0] + halves[1]) / math.sqrt(1.0 + c * c), atol=1e-14)


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        (("two-point",), "approximate no path"),
        (("increment", "time-integral", "time-integral"), "Use as many"),
        (("sideways",), "are not known"),
    ],
)
def test_draws_that_say_nothing_of_a_path_are_refused(draws, words):
    with pytest.raises(ValueError, match=words):
        shared_noise(WALK, [Stepper(walking, 0.0, 0.0, 0.0, draws)])


def test_draws_must_be_as_many_as_the_motions():
    plane = SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 1.0), "additive", dim=2)
    with pytest.raises(ValueError, match=r"holds 3 of the kind 'increment', for 2 Brownian motions\. Use 2"):
        shared_noise(plane, [Stepper(walking, 0.0, 0.0, 0.0, ("increment",) * 3)])
