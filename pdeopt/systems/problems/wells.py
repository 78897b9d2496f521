"""Problems of escape: invariant laws of quartic wells, passages between them, and exits from an interval."""

import math
from collections.abc import Callable

import numpy as np
from scipy.special import roots_legendre

from pdeopt._types import FloatArray
from pdeopt.landscapes import Landscape, double_well, tilted_double_well
from pdeopt.systems.dynamics import overdamped_langevin
from pdeopt.systems.problems.problem import Problem, StationaryMoment, component, of_first
from pdeopt.systems.sde import SDE

__all__ = ["exit_brownian", "exit_double_well", "exit_ornstein_uhlenbeck", "quartic_well", "steep_quartic_well"]

REACH = 6.0
"""Beyond this the density of a quartic well is below rounding, down to the lowest beta."""
LOWEST_BETA = 0.2
N_NODES = 150
"""Nodes of a quadrature: good for eleven digits up to beta = 20."""


def quartic_well(beta: float = 4.0) -> Problem:
    """Overdamped Langevin dynamics in V = x^4/4 - x^2/2, from the left minimum.

    Parameters
    ----------
    beta : float
        Inverse temperature, at least 0.2.

    Returns
    -------
    Problem
        With moments of the Gibbs law, and the mean time from -1 to 1.
    """
    return _well(double_well(), beta, "quartic_well")


def steep_quartic_well(beta: float = 4.0) -> Problem:
    """Overdamped Langevin dynamics in V = (x^2 - 1)^2, from the left minimum.

    Parameters
    ----------
    beta : float
        Inverse temperature, at least 0.2.

    Returns
    -------
    Problem
        With moments of the Gibbs law, and the mean time from -1 to 1.
    """
    return _well(tilted_double_well(1.0, 0.0), beta, "steep_quartic_well")


def _well(f: Landscape, beta: float, name: str) -> Problem:
    if not beta >= LOWEST_BETA:
        raise ValueError(f"beta={beta!r} must be at least {LOWEST_BETA}, e.g. beta=4.0.")

    def density(x: FloatArray) -> FloatArray:
        return np.exp(-beta * f(x))

    observables = {"second": component(0, 2), "fourth": component(0, 4), "distance": of_first(np.abs)}
    # Two halves, since the distance has a kink at zero.
    x, weights = (np.concatenate(parts) for parts in zip(_rule(-REACH, 0.0), _rule(0.0, REACH), strict=True))
    law = weights * density(x) / (weights @ density(x))
    return Problem(
        overdamped_langevin(f, beta),
        (-1.0,),
        10.0,
        name=name,
        stationary={
            key: StationaryMoment(observable, float(law @ observable(x[:, None])))
            for key, observable in observables.items()
        },
        domain=(-math.inf, 1.0),
        mean_exit_time=_passage_time(density, beta),
        note="At low temperature the mean passage time approaches that of Kramers.",
        reference="H. Risken, The Fokker-Planck Equation, Springer, 1989, chapter 5",
    )


def _rule(lower: float, upper: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of Gauss and Legendre on an interval."""
    x, weights = roots_legendre(N_NODES)
    half = 0.5 * (upper - lower)
    return lower + half * (1.0 + x), half * weights


def _passage_time(density: Callable[[FloatArray], FloatArray], beta: float) -> float:
    """Return the mean time from -1 to 1, beta int_-1^1 e^(beta V(y)) int_-inf^y e^(-beta V(z)) dz dy."""
    y, weights = _rule(-1.0, 1.0)
    below = np.empty(N_NODES)
    for i in range(N_NODES):
        z, inner = _rule(-REACH, y[i])
        below[i] = inner @ density(z)
    return float(beta * (weights @ (below / density(y))))


def _no_drift(t: float, x: float) -> float:
    return 0.0


def _attraction(t: float, x: float) -> float:
    return -x


def _two_wells(t: float, x: float) -> float:
    return 2.0 * (x - x * x * x)


def _unit_noise(t: float, x: float) -> float:
    return 1.0


def exit_brownian() -> Problem:
    """Exit of Brownian motion from (-1, 1), from the middle.

    Returns
    -------
    Problem
        With the mean exit time 1.
    """
    return _exit(_no_drift, 1.0, "exit_brownian")


def exit_ornstein_uhlenbeck() -> Problem:
    """Exit of dX = -X dt + dW from (-1, 1), from the middle.

    Returns
    -------
    Problem
        With its mean exit time.
    """
    return _exit(_attraction, 1.4452456133884, "exit_ornstein_uhlenbeck")


def exit_double_well() -> Problem:
    """Exit of dX = 2 (X - X^3) dt + dW from (-1, 1), from the middle.

    Returns
    -------
    Problem
        With its mean exit time.
    """
    return _exit(_two_wells, 0.6977156251094, "exit_double_well")


def _exit(drift: Callable[[float, float], float], mean_exit_time: float, name: str) -> Problem:
    return Problem(
        SDE(drift, _unit_noise, "additive", name=name),
        (0.0,),
        10.0,
        domain=(-1.0, 1.0),
        mean_exit_time=mean_exit_time,
        note="Euler's scheme errs by the root of the step; a shifted boundary or the Brownian bridge mends it.",
    )
