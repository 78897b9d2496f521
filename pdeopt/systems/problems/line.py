"""Problems on the line whose path is a function of time and Brownian motion."""

import math
from collections.abc import Callable

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.systems.problems.problem import Moment, Problem, component, gaussian_mean, of_first
from pdeopt.systems.sde import SDE

__all__ = ["additive", "sinh", "tanh", "wave"]

KP = "P. E. Kloeden, E. Platen, Numerical Solution of Stochastic Differential Equations, Springer, 1992"
RACKAUCKAS = "C. Rackauckas, Q. Nie, Discrete Contin. Dyn. Syst. B 22, 2017"


def _wave_drift(t: float, x: float, a: float) -> float:
    return -a * a * math.sin(x) * math.cos(x) ** 3


def _wave_diffusion(t: float, x: float, a: float) -> float:
    return a * math.cos(x) ** 2


def _wave_jacobian(t: float, x: float, a: float) -> float:
    return -2.0 * a * math.cos(x) * math.sin(x)


def wave(a: float = 1.0, x0: float = 0.5) -> Problem:
    """Arctangent of Brownian motion, dX = -a^2 sin X cos^3 X dt + a cos^2 X dW.

    Parameters
    ----------
    a : float
        Size of the noise; 1/10 in some collections.
    x0 : float
        Start, between -pi/2 and pi/2.

    Returns
    -------
    Problem
        With exact paths atan(a W + tan x0).
    """
    system = SDE(_wave_drift, _wave_diffusion, args=(a,), diffusion_jacobian=_wave_jacobian, name="wave")
    start = math.tan(x0)
    return Problem(
        system,
        (x0,),
        1.0,
        solution=lambda t, w: np.arctan(a * w + start),
        moments=_moments_of_one(lambda t, w: math.atan(a * w + start)),
        note="The drift of the Stratonovich form is zero.",
        reference=f"{KP}, section 4.4; {RACKAUCKAS}",
    )


def _moments_of_one(path: Callable[[float, float], float]) -> dict[str, Moment]:
    """Return mean and second moment of a function of time and one Brownian motion."""
    return {
        "mean": Moment(component(0), lambda t: gaussian_mean(lambda w: path(t, w), 0.0, math.sqrt(t))),
        "second": Moment(component(0, 2), lambda t: gaussian_mean(lambda w: path(t, w) ** 2, 0.0, math.sqrt(t))),
    }


def _tanh_drift(t: float, x: float, a: float, b: float) -> float:
    return -(a + b * b * x) * (1.0 - x * x)


def _tanh_diffusion(t: float, x: float, a: float, b: float) -> float:
    return b * (1.0 - x * x)


def _tanh_jacobian(t: float, x: float, a: float, b: float) -> float:
    return -2.0 * b * x


def tanh(a: float = 0.0, b: float = 0.5, x0: float = 0.5) -> Problem:
    """Hyperbolic tangent of Brownian motion, dX = -(a + b^2 X)(1 - X^2) dt + b (1 - X^2) dW.

    Parameters
    ----------
    a, b : float
        Drift and noise of the inner motion.
    x0 : float
        Start, between -1 and 1.

    Returns
    -------
    Problem
        With exact paths tanh(-a t + b W + artanh x0).
    """
    system = SDE(_tanh_drift, _tanh_diffusion, args=(a, b), diffusion_jacobian=_tanh_jacobian, name="tanh")
    start = math.atanh(x0)
    return Problem(
        system,
        (x0,),
        1.0,
        solution=lambda t, w: np.tanh(start - a * t + b * w),
        moments=_moments_of_one(lambda t, w: math.tanh(start - a * t + b * w)),
        note="The drift is not globally Lipschitz.",
        reference=f"{KP}, (4.4.46)",
    )


def _sinh_drift(t: float, x: float) -> float:
    return 0.5 * x + math.sqrt(1.0 + x * x)


def _sinh_diffusion(t: float, x: float) -> float:
    return math.sqrt(1.0 + x * x)


def _sinh_jacobian(t: float, x: float) -> float:
    return x / math.sqrt(1.0 + x * x)


def sinh() -> Problem:
    """Hyperbolic sine of Brownian motion with drift, dX = (X/2 + sqrt(1 + X^2)) dt + sqrt(1 + X^2) dW.

    Returns
    -------
    Problem
        With exact paths sinh(t + W), and E p(arsinh X) for p(z) = z^3 - 6 z^2 + 8 z.
    """
    system = SDE(_sinh_drift, _sinh_diffusion, diffusion_jacobian=_sinh_jacobian, name="sinh")
    return Problem(
        system,
        (0.0,),
        2.0,
        solution=lambda t, w: np.sinh(t + w),
        moments={
            "mean": Moment(component(0), lambda t: math.sinh(t) * math.exp(0.5 * t)),
            "cubic": Moment(of_first(_cubic), lambda t: t**3 - 3.0 * t**2 + 2.0 * t),
        },
        note="The observable 'cubic' has the expectation zero at times 1 and 2.",
        reference="A. Roessler, SIAM J. Numer. Anal. 47, 2009, pp. 1713-1738",
    )


def _cubic(x: FloatArray) -> FloatArray:
    z = np.arcsinh(x)
    return np.asarray(((z - 6.0) * z + 8.0) * z)


def _additive_drift(t: float, x: float, a: float, b: float) -> float:
    return b / math.sqrt(1.0 + t) - x / (2.0 * (1.0 + t))


def _additive_diffusion(t: float, x: float, a: float, b: float) -> float:
    return a * b / math.sqrt(1.0 + t)


def additive(a: float = 0.1, b: float = 0.05, x0: float = 1.0) -> Problem:
    """Additive noise and coefficients in time, dX = (b/sqrt(1+t) - X/(2(1+t))) dt + a b/sqrt(1+t) dW.

    Parameters
    ----------
    a, b : float
        Relative size of the noise, and size of the drift.
    x0 : float
        Start.

    Returns
    -------
    Problem
        With exact paths (x0 + b (t + a W)) / sqrt(1 + t).
    """
    system = SDE(_additive_drift, _additive_diffusion, "additive", args=(a, b), name="additive")
    return Problem(
        system,
        (x0,),
        1.0,
        solution=lambda t, w: (x0 + b * (t + a * w)) / math.sqrt(1.0 + t),
        moments={
            "mean": Moment(component(0), lambda t: (x0 + b * t) / math.sqrt(1.0 + t)),
            "second": Moment(component(0, 2), lambda t: ((x0 + b * t) ** 2 + a * a * b * b * t) / (1.0 + t)),
        },
        note="Not sharp: schemes of strong order 1.5 show 2.",
        reference=RACKAUCKAS,
    )
