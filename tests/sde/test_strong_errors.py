"""Errors of Langevin schemes along one Brownian path, exact: numerical and true oscillator driven by the same noise."""

import numpy as np
import pytest
from scipy.linalg import block_diag, expm, solve_discrete_lyapunov

from pdeopt import sde
from pdeopt.sde.langevin import Parts, spring_energy, spring_force
from pdeopt.sde.linear import mean_matrix, noise_matrix

W, GAMMA, TAU = 1.3, 0.7, 0.9
SIGMA = np.sqrt(2 * GAMMA * TAU)
DRIFT = np.array([[0.0, 1.0], [-(W**2), -GAMMA]])
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)

TABLE = {
    "baoab": (6.2597821710e-2, 3.1152460341e-2, 1.5558031163e-2, 7.7767440440e-3),
    "aboba": (6.2597821710e-2, 3.1152460341e-2, 1.5558031163e-2, 7.7767440440e-3),
    "obabo": (6.3349939882e-2, 3.1245585887e-2, 1.5569644484e-2, 7.7781948570e-3),
    "oabao": (6.2812351903e-2, 3.1179509720e-2, 1.5561419593e-2, 7.7771678244e-3),
    "bao": (9.8512452073e-2, 4.9106049289e-2, 2.4558550134e-2, 1.2285545851e-2),
    "gjf": (5.5024458060e-2, 2.7417461613e-2, 1.3696974701e-2, 6.8470206284e-3),
    "ubu": (7.3546007796e-3, 1.8330052774e-3, 4.5790048414e-4, 1.1445322442e-4),
    "bub": (6.4639748186e-3, 1.6041695993e-3, 4.0031092095e-4, 1.0003212904e-4),
    "exponential-euler": (1.5204809172e-1, 6.8487800518e-2, 3.2621810721e-2, 1.5933246134e-2),
}


def ornstein_uhlenbeck(left):
    """Return, as functions of the time to the end of an interval, what momentum and position make of the noise."""
    return SIGMA * np.exp(-GAMMA * left), SIGMA * -np.expm1(-GAMMA * left) / GAMMA


def intervals(scheme):
    """Return the kind of draws of every subinterval of a step: W for increments, else the letter."""
    words = {"gjf": "W", "bbk": "WW", "exponential-euler": "U"}
    return [letter for letter in words.get(scheme, scheme.upper()) if letter in "OUVW"]


def draws_within(kind, left, areas):
    """Return the functions of time that the normals of a subinterval are integrals of: columns, orthonormal."""
    momentum, position = ornstein_uhlenbeck(left) if kind != "W" else (np.ones_like(left), left)
    momentum = momentum / np.sqrt(areas @ momentum**2)
    rest = position - (areas @ (momentum * position)) * momentum
    columns = [momentum, rest / np.sqrt(areas @ rest**2)]
    return np.array(columns[: 2 if kind == "U" else 1]).T


def draws_of_step(scheme, h):
    """Return nodes in a step, their weights, and at them the function of time of every draw."""
    kinds = intervals(scheme)
    t, areas = h / len(kinds) * (NODES + 1) / 2, h / len(kinds) / 2 * WEIGHTS
    blocks = [draws_within(kind, h / len(kinds) - t, areas) for kind in kinds]
    times = np.concatenate([t + k * h / len(kinds) for k in range(len(kinds))])
    return times, np.tile(areas, len(kinds)), block_diag(*blocks)


def errors(scheme, h):
    """Return the stationary root mean squares of the numerical minus the true position and momentum."""
    stepper, args = sde.get(scheme).bind(Parts(spring_force, spring_energy, 1)), (1 / TAU, GAMMA, 1.0, W**2)
    mean, noise = mean_matrix(stepper, h, args), noise_matrix(stepper, h, args)[:2]
    times, areas, draws = draws_of_step(scheme, h)
    numerical = draws @ noise.T
    true = np.array([expm(DRIFT * (h - s)) @ (0.0, SIGMA) for s in times])
    flow = expm(DRIFT * h)
    # Propagate (difference, true): the difference itself, so that no digits cancel.
    joint = np.block([[mean, mean - flow], [np.zeros((2, 2)), flow]])
    both = np.hstack([numerical - true, true])
    covariance = solve_discrete_lyapunov(joint, (both * areas[:, None]).T @ both)
    return np.sqrt(np.diag(covariance)[:2])


@pytest.mark.parametrize("scheme", TABLE)
def test_errors_along_a_shared_path_have_the_published_digits(scheme):
    found = [errors(scheme, h)[0] for h in (0.2, 0.1, 0.05, 0.025)]
    # What the Lyapunov equation leaves of a squared error: 1e-16 of the variance over 1e-8.
    np.testing.assert_allclose(found, TABLE[scheme], rtol=2e-9)


@pytest.mark.parametrize("scheme", [*TABLE, "ava", "vav", "bbk", "babo", "ub"])
def test_strong_orders_of_the_records_are_those_of_the_exact_errors(scheme):
    fine, finer = (np.linalg.norm(errors(scheme, h)) for h in (0.02, 0.01))
    # The next term of the error is of relative size h for words that are not symmetric.
    assert np.log2(fine / finer) == pytest.approx(sde.get(scheme).orders["additive"].strong, abs=0.03)
