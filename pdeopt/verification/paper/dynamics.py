"""Errata of the controlled dynamics, of their generator, and of contraction."""

import math
from functools import lru_cache

import numpy as np
from scipy.integrate import solve_ivp

from pdeopt._types import FloatArray
from pdeopt.control import ControlProblem, OptimalControl, controlled_law, optimal_control
from pdeopt.grid import Grid
from pdeopt.kolmogorov import Generator
from pdeopt.landscapes import double_well, quadratic
from pdeopt.systems import overdamped_langevin
from pdeopt.verification.paper import oracles
from pdeopt.verification.paper.comparison import AT_MOST, Comparison, Reason
from pdeopt.verification.paper.erratum import Evidence

__all__ = ["contraction", "forward_equation", "generator_and_sign"]

PULL, COST, BETA, HORIZON, START = 1.0, 3.0, 2.0, 0.8, 1.5
PROBLEM = "f = x^2/2, V = 3 x^2/2, beta=2, T=0.8, x0=1.5"


def forward_equation(seed: int) -> Evidence:
    """E11: mean and variance at the end by either forward equation, against paths of the controlled SDE."""
    control = _control()
    law = controlled_law(control, START)
    printed = _printed_moments()
    moments, bars = oracles.moments_on_paths(
        lambda t, x: -(PULL + _riccati(HORIZON - t)) * x, BETA**-0.5, START, HORIZON, seed=seed
    )
    mean, second = float(moments[0]), float(moments[1])
    spread = float(law.covariance[-1, 0, 0])
    bar = float(bars[1] + 2.0 * abs(mean) * bars[0])
    return (
        Comparison(
            f"mean at T, {PROBLEM}", printed[0], float(law.mean[-1, 0]), mean, float(bars[0]), "simulated paths"
        ),
        Comparison(f"variance at T, {PROBLEM}", printed[1], spread, second - mean**2, bar, "simulated paths"),
    )


@lru_cache(maxsize=1)
def _control() -> OptimalControl:
    problem = ControlProblem(quadratic(PULL), quadratic(COST), Grid(-6.0, 6.0, 121), time=HORIZON, beta=BETA)
    return optimal_control(problem)


def _riccati(left: float) -> float:
    """Return the curvature of the value function when so much time is left."""
    decay = math.exp(-2.0 * PULL * left)
    return 2.0 * PULL * COST * decay / (2.0 * PULL + COST * (1.0 - decay))


def _printed_moments() -> tuple[float, float]:
    """Return mean and variance at the end by rho_t = -div(grad u rho) + lap rho."""

    def slope(t: float, y: FloatArray) -> list[float]:
        curvature = _riccati(HORIZON - t)
        return [curvature * y[0], 2.0 * curvature * y[1] + 2.0]

    path = solve_ivp(slope, (0.0, HORIZON), [START, 0.0], "DOP853", rtol=1e-10, atol=1e-12)
    return float(path.y[0, -1]), float(path.y[1, -1])


def generator_and_sign(seed: int) -> Evidence:
    """E19: the mean square at the end by either generator, and the sign of u_t."""
    moments, bars = oracles.moments_on_paths(lambda _, x: -PULL * x, BETA**-0.5, START, HORIZON, seed=seed)
    # d/ds E x^2 = E L x^2 = -2 E x^2 + twice the coefficient of the second derivative.
    decay = math.exp(-2.0 * HORIZON)
    printed = START**2 * decay + 0.5 * (1.0 - decay)
    backward = Generator(_control().problem.dynamics, Grid(-6.0, 6.0, 241)).backward(lambda x: x * x, HORIZON)
    oracle, bar = oracles.derivative(lambda t: _value(START, HORIZON - t), 0.1, 0.02)
    lap, slope = oracles.second_derivative(lambda x: _value(x, HORIZON - 0.1), START)[0], _gradient(0.1)
    right_side = -PULL * START * slope + lap / (2.0 * BETA) - 0.5 * slope**2
    return (
        Comparison(
            f"E x(T)^2 of dx = -x ds + beta^(-1/2) dW, {PROBLEM}",
            printed,
            float(backward.at(START)),
            float(moments[1]),
            float(bars[1]),
            "simulated paths",
        ),
        Comparison(
            f"u_t at x=1.5, t=0.1, {PROBLEM}",
            right_side,
            -right_side,
            oracle,
            bar + 1e-6,
            "differences of -log E exp(-beta V)/beta",
        ),
    )


def _gradient(t: float) -> float:
    return float(np.squeeze(_control().feedback(t, START)))


def _value(x: float, left: float) -> float:
    """Return -(1/beta) log E exp(-beta V) over the exact Gaussian of the dynamics without control."""
    keep = math.exp(-PULL * left)
    variance = (1.0 - keep**2) / (2.0 * PULL * BETA)
    mean = oracles.average(lambda y: math.exp(-0.5 * BETA * COST * y * y), x * keep, variance)
    return -math.log(mean) / BETA


def contraction(_seed: int) -> Evidence:
    """E18: the rate that either condition promises for the double well, against the distance of two laws.

    With f'' >= -1 the printed condition f'' + lambda > 0 holds for lambda = 2, and the right one for lambda = -1.
    """
    curvatures = double_well().hessian_at(np.linspace(-3.0, 3.0, 601)[:, None])
    least = float(curvatures.min())
    promised = 2.0
    rate, bar = _measured_rate(HORIZON)
    quantity = "rate lambda of W2(t) <= exp(-lambda t) W2(0), double well, beta=4"
    return (
        Comparison(quantity, promised, least, rate, bar, "two laws evolved, quantile by quantile", AT_MOST),
        Reason(
            f"the least second derivative of the double well is {least:.3f}, so that f'' + {promised:g} > 0",
            least + promised > 0.0,
            "the printed condition holds, and what it promises fails",
        ),
    )


def _measured_rate(time: float) -> tuple[float, float]:
    """Return the rate at which two laws approach in W2, and what halving the number of nodes changes."""
    grid = Grid(-3.5, 3.5, 401)
    nodes, generator = grid.axes[0], Generator(overdamped_langevin(double_well(), 4.0), grid)
    starts = [np.exp(-10.0 * (nodes - centre) ** 2) for centre in (-1.0, 1.0)]
    ends = [np.asarray(generator.forward(start / start.sum(), time).values) for start in starts]
    fine, coarse = (
        math.log(_wasserstein(nodes[::n], starts, n) / _wasserstein(nodes[::n], ends, n)) / time for n in (1, 2)
    )
    return fine, abs(fine - coarse) + 1e-4


def _wasserstein(nodes: FloatArray, densities: list[FloatArray], stride: int) -> float:
    """Return the distance of two densities in W2: that of their quantile functions."""
    levels = (np.arange(20_000) + 0.5) / 20_000
    masses = [np.cumsum(p[::stride]) / p[::stride].sum() for p in densities]
    quantiles = [np.interp(levels, mass, nodes) for mass in masses]
    return float(np.sqrt(np.mean((quantiles[0] - quantiles[1]) ** 2)))
