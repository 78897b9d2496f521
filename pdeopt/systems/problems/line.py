"""Problems on the line whose path is a function of time and Brownian motion."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.systems.problems.problem import Moment, Problem, component, gaussian_mean, of_first
from pdeopt.systems.sde import SDE

__all__ = ["additive", "gbm", "linear_two_noises", "mean_square_stability", "sinh", "tanh", "wave"]

KP = "P. E. Kloeden, E. Platen, Numerical Solution of Stochastic Differential Equations, Springer, 1992"
RACKAUCKAS = "C. Rackauckas, Q. Nie, Discrete Contin. Dyn. Syst. B 22, 2017"


def _linear_drift(t: float, x: float, a: float, b: float) -> float:
    return a * x


def _linear_diffusion(t: float, x: float, a: float, b: float) -> float:
    return b * x


def _linear_jacobian(t: float, x: float, a: float, b: float) -> float:
    return b


def gbm(a: float = 1.01, b: float = 0.87, x0: float = 0.5) -> Problem:
    """Geometric Brownian motion, dX = a X dt + b X dW.

    Parameters
    ----------
    a, b : float
        Growth and volatility.
    x0 : float
        Start.

    Returns
    -------
    Problem
        With exact paths x0 exp((a - b^2/2) t + b W), mean and second moment.
    """
    system = SDE(_linear_drift, _linear_diffusion, args=(a, b), diffusion_jacobian=_linear_jacobian, name="gbm")
    return Problem(
        system,
        (x0,),
        1.0,
        solution=lambda t, w: x0 * np.exp((a - 0.5 * b * b) * t + b * w),
        moments=linear_moments(a, b * b, x0),
        note="All errors of Euler's and Milstein's scheme are known in closed form.",
        reference=f"{KP}, section 4.4",
    )


def linear_moments(a: float, squares: float, x0: float) -> dict[str, Moment]:
    """Return mean and second moment of dX = a X dt + sum b_j X dW_j, with `squares` the sum of b_j^2."""
    return {
        "mean": Moment(component(0), lambda t: x0 * math.exp(a * t)),
        "second": Moment(component(0, 2), lambda t: x0 * x0 * math.exp((2.0 * a + squares) * t)),
    }


def mean_square_stability(decay: float = -3.0, noise: float = 3.0**0.5) -> Problem:
    """Test equation of mean-square stability, dX = l X dt + m X dW.

    Parameters
    ----------
    decay, noise : float
        The l and m above; the equation is stable in mean square where 2 l + m^2 < 0.

    Returns
    -------
    Problem
        With mean and second moment.
    """
    problem = gbm(decay, noise, 1.0)
    return replace(
        problem,
        system=replace(problem.system, name="mean_square_stability"),
        note="Euler's scheme of step h is stable where (1 + l h)^2 + m^2 h < 1.",
        reference="D. J. Higham, SIAM Review 43, 2001, pp. 525-546",
    )


def _two_drift(t: float, x: float, a: float, b: float, c: float) -> float:
    return a * x


def _two_diffusion(t: float, x: float, a: float, b: float, c: float) -> Any:
    return (b * x, c * x)


def _two_jacobian(t: float, x: float, a: float, b: float, c: float) -> Any:
    return (b, c)


def linear_two_noises(a: float = 1.5, b: float = 0.1, c: float = 0.3, x0: float = 1.0) -> Problem:
    """Linear equation with two noises, dX = a X dt + b X dW1 + c X dW2.

    Parameters
    ----------
    a, b, c : float
        Growth and the two volatilities.
    x0 : float
        Start.

    Returns
    -------
    Problem
        With exact paths x0 exp((a - (b^2 + c^2)/2) t + b W1 + c W2).
    """
    system = SDE(
        _two_drift,
        _two_diffusion,
        noise="commutative",
        n_noise=2,
        args=(a, b, c),
        diffusion_jacobian=_two_jacobian,
        name="linear_two_noises",
    )
    slope = a - 0.5 * (b * b + c * c)
    return Problem(
        system,
        (x0,),
        1.0,
        solution=lambda t, w: x0 * np.exp(slope * t + w @ np.array([[b], [c]])),
        moments=linear_moments(a, b * b + c * c, x0),
        note="The noises commute.",
        reference=f"{KP}, (4.4.59)",
    )


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
