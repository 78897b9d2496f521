"""Problems on the line whose law is known although the path is not a function of Brownian motion at one time."""

import math

import numpy as np

from pdeopt.systems.problems.line import KP
from pdeopt.systems.problems.problem import Moment, Problem, StationaryMoment, component, gaussian_mean, of_first
from pdeopt.systems.sde import SDE

__all__ = ["atan_ou", "cir", "ornstein_uhlenbeck"]


def _reverting_drift(t: float, x: float, k: float, m: float, s: float) -> float:
    return k * (m - x)


def _constant_diffusion(t: float, x: float, k: float, m: float, s: float) -> float:
    return s


def ornstein_uhlenbeck(k: float = 1.0, m: float = 0.0, s: float = 1.0, x0: float = 1.0) -> Problem:
    """Ornstein-Uhlenbeck process, dX = k (m - X) dt + s dW.

    Parameters
    ----------
    k, m, s : float
        Rate (positive), mean and noise.
    x0 : float
        Start.

    Returns
    -------
    Problem
        With the Gaussian law at every time: mean, second moment and E cos X.
    """
    system = SDE(_reverting_drift, _constant_diffusion, "additive", args=(k, m, s), name="ornstein_uhlenbeck")
    limit = s * s / (2.0 * k)

    def mean(t: float) -> float:
        return m + (x0 - m) * math.exp(-k * t)

    def variance(t: float) -> float:
        return -limit * math.expm1(-2.0 * k * t)

    return Problem(
        system,
        (x0,),
        1.0,
        moments={
            "mean": Moment(component(0), mean),
            "second": Moment(component(0, 2), lambda t: mean(t) ** 2 + variance(t)),
            "cosine": Moment(of_first(np.cos), lambda t: math.cos(mean(t)) * math.exp(-0.5 * variance(t))),
        },
        stationary={
            "mean": StationaryMoment(component(0), m),
            "second": StationaryMoment(component(0, 2), m * m + limit),
        },
        reference=f"{KP}, section 4.4",
    )


def _root_diffusion(t: float, x: float, k: float, m: float, s: float) -> float:
    return s * math.sqrt(max(x, 0.0))


def _root_jacobian(t: float, x: float, k: float, m: float, s: float) -> float:
    return 0.5 * s / math.sqrt(x) if x > 0.0 else 0.0


def cir(k: float = 1.0, m: float = 1.0, s: float = 1.0, x0: float = 1.0) -> Problem:
    """Process of Cox, Ingersoll and Ross, dX = k (m - X) dt + s sqrt(X) dW.

    Parameters
    ----------
    k, m, s : float
        Rate, mean and noise, positive.
    x0 : float
        Start, positive.

    Returns
    -------
    Problem
        With mean, second moment and E exp(-X) of its non-central chi-square law.
    """
    system = SDE(_reverting_drift, _root_diffusion, args=(k, m, s), diffusion_jacobian=_root_jacobian, name="cir")

    def mean(t: float) -> float:
        return m + (x0 - m) * math.exp(-k * t)

    def variance(t: float) -> float:
        decay = math.exp(-k * t)
        return s * s / k * (1.0 - decay) * (x0 * decay + 0.5 * m * (1.0 - decay))

    def laplace(t: float) -> float:
        spread = 1.0 - 0.5 * s * s * math.expm1(-k * t) / k
        exponent: float = spread ** (-2.0 * k * m / (s * s))
        return exponent * math.exp(-x0 * math.exp(-k * t) / spread)

    return Problem(
        system,
        (x0,),
        1.0,
        moments={
            "mean": Moment(component(0), mean),
            "second": Moment(component(0, 2), lambda t: mean(t) ** 2 + variance(t)),
            "exponential": Moment(of_first(lambda x: np.exp(-x)), laplace),
        },
        stationary={
            "mean": StationaryMoment(component(0), m),
            "second": StationaryMoment(component(0, 2), m * m + 0.5 * m * s * s / k),
        },
        note="Zero is never reached where 2 k m >= s^2. Below zero the root is continued by zero.",
        reference="J. C. Cox, J. E. Ingersoll, S. A. Ross, Econometrica 53, 1985, pp. 385-407",
    )


def _atan_drift(t: float, x: float) -> float:
    return -math.sin(2.0 * x) - 0.25 * math.sin(4.0 * x)


def _atan_diffusion(t: float, x: float) -> float:
    return math.sqrt(2.0) * math.cos(x) ** 2


def _atan_jacobian(t: float, x: float) -> float:
    return -math.sqrt(2.0) * math.sin(2.0 * x)


def atan_ou(x0: float = 1.0) -> Problem:
    """Arctangent of an Ornstein-Uhlenbeck process, dX = (-sin 2X - sin(4X)/4) dt + sqrt(2) cos^2 X dW.

    Parameters
    ----------
    x0 : float
        Start, between -pi/2 and pi/2.

    Returns
    -------
    Problem
        With mean and second moment of X, whose tangent Y solves dY = -Y dt + sqrt(2) dW.
    """
    system = SDE(_atan_drift, _atan_diffusion, diffusion_jacobian=_atan_jacobian, name="atan_ou")
    start = math.tan(x0)

    def expected(t: float, power: int) -> float:
        deviation = math.sqrt(-math.expm1(-2.0 * t))
        return gaussian_mean(lambda y: math.atan(y) ** power, start * math.exp(-t), deviation)

    return Problem(
        system,
        (x0,),
        1.0,
        moments={
            "mean": Moment(component(0), lambda t: expected(t, 1)),
            "second": Moment(component(0, 2), lambda t: expected(t, 2)),
        },
        stationary={
            "mean": StationaryMoment(component(0), 0.0),
            "second": StationaryMoment(component(0, 2), expected(math.inf, 2)),
        },
        note="Stationary, so that long times are possible.",
        reference="P. E. Kloeden, E. Platen, H. Schurz, Numerical Solution of SDE Through Computer Experiments, 1994",
    )
