"""Linear problems on the line: geometric Brownian motions."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from pdeopt.systems.problems.line import KP
from pdeopt.systems.problems.problem import Moment, Problem, component
from pdeopt.systems.sde import SDE

__all__ = ["gbm", "linear_two_noises", "mean_square_stability"]


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
        name="mean_square_stability",
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
