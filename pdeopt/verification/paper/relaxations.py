"""Errata of the equations of local entropy and of its closed forms for quadratics."""

import math
from collections.abc import Callable

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from pdeopt._types import FloatArray
from pdeopt.entropy import local_entropy
from pdeopt.landscapes import double_well, quadratic
from pdeopt.verification.paper import oracles
from pdeopt.verification.paper.comparison import Comparison
from pdeopt.verification.paper.erratum import Evidence

__all__ = ["heat_equation", "largest_curvature", "quadratic_law", "quadratic_relaxation"]

CURVATURE, TIME, BETA, X = 3.0, 0.4, 2.0, 1.7
PARABOLA = "f = 3 x^2/2, x=1.7, time=0.4, beta=2"


def heat_equation(_seed: int) -> Evidence:
    """E4: u from either heat equation for exp(-beta u), against Riccati's equation for u itself."""
    f = quadratic(CURVATURE)
    # The heat equation with twice the coefficient is the right one run for twice the time.
    printed, corrected = (float(local_entropy(f, X, time=c * TIME, beta=BETA).value) for c in (2.0, 1.0))
    return (
        Comparison(
            f"u, {PARABOLA}", printed, corrected, _riccati(), 1e-9, "u_t = -u_x^2/2 + u_xx/(2 beta), integrated"
        ),
    )


def _riccati() -> float:
    """Integrate u = a(t) x^2/2 + b(t) in the viscous Hamilton-Jacobi equation: a' = -a^2, b' = a/(2 beta)."""
    path = solve_ivp(
        lambda _, y: [-(y[0] ** 2), y[0] / (2.0 * BETA)],
        (0.0, TIME),
        [CURVATURE, 0.0],
        "DOP853",
        rtol=1e-12,
        atol=1e-13,
    )
    curvature, level = path.y[:, -1]
    return float(0.5 * curvature * X**2 + level)


def quadratic_law(_seed: int) -> Evidence:
    """E6: mean and variance of the Gibbs law of a quadratic in the plane, and the weight without beta."""
    stiffness, x, time, beta = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([0.7, -0.4]), 0.25, 5.0
    slope = stiffness @ x
    covariance = np.linalg.inv(stiffness + time * np.eye(2))
    e = local_entropy(quadratic(stiffness), x, time=time, beta=beta)
    mean, spread, bar = _plane_moments(stiffness, x, time, beta)
    where, source = "f = x.Qx/2 in the plane, time=0.25, beta=5", "sums of exp(-beta f(x - z) - beta |z|^2/(2 time))"
    return (
        Comparison(
            f"first component of the mean of z, {where}",
            float((x - covariance @ slope)[0]),
            float((x - e.mean)[0]),
            mean,
            bar,
            source,
        ),
        Comparison(
            f"trace of the covariance of z, {where}",
            float(np.trace(covariance)),
            float(np.trace(e.covariance)),
            spread,
            bar,
            source,
        ),
        _weight_without_beta(),
    )


def _plane_moments(stiffness: FloatArray, x: FloatArray, time: float, beta: float) -> tuple[float, float, float]:
    """Return mean of z_1, trace of the covariance and an error bar, by the trapezoidal rule at two spacings."""
    found = []
    for n in (201, 401):
        axis = np.linspace(-4.0, 4.0, n)
        z = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
        y = x - z
        energy = 0.5 * np.einsum("...i,ij,...j", y, stiffness, y) + 0.5 * (z**2).sum(axis=-1) / time
        weights = np.exp(-beta * (energy - energy.min()))
        weights /= weights.sum()
        mean = np.einsum("ab,abi->i", weights, z)
        spread = float((weights[..., None] * (z - mean) ** 2).sum())
        found.append((float(mean[0]), spread))
    (coarse, wide), (fine, narrow) = found
    return fine, narrow, abs(fine - coarse) + abs(narrow - wide) + 1e-12


def _weight_without_beta() -> Comparison:
    x, time, beta = 0.3, 0.5, 10.0

    def log_weight(z: float) -> float:
        return -oracles.double_well(x - z) - 0.5 * z * z / time

    (printed,) = oracles.moments_of_weight(log_weight, (lambda z: oracles.double_well_slope(x - z),), 8.0)
    corrected = float(local_entropy(double_well(), x, time=time, beta=beta).gradient[0])
    oracle, bar = oracles.derivative(lambda y: oracles.entropy_by_quadrature(oracles.double_well, y, time, beta), x)
    quantity = "mean of f'(x - z), double well, x=0.3, time=0.5, beta=10"
    return Comparison(quantity, printed, corrected, oracle, bar + 1e-9, "differences of the definition of u")


def quadratic_relaxation(_seed: int) -> Evidence:
    """E9: u, its second derivative and its initial value for a parabola."""
    oracle, bar = oracles.second_derivative(_entropy(TIME), X)
    exact = quadratic(CURVATURE).relaxed(TIME, BETA)
    at_start = quadratic(CURVATURE).relaxed(0.0, BETA)
    return (
        Comparison(f"u, {PARABOLA}", _as_printed(TIME), float(exact(X)), _entropy(TIME)(X), 1e-11, "quadrature"),
        Comparison(
            f"u_xx, {PARABOLA}",
            1.0 / (TIME + 1.0),
            float(exact.hessian_at(X)[0, 0]),
            oracle,
            bar,
            "second differences of the quadrature",
        ),
        Comparison(
            "u at time 0, f = 3 x^2/2, x=1.7, beta=2", _as_printed(0.0), float(at_start(X)), _parabola(X), 1e-12, "f(x)"
        ),
    )


def _parabola(x: float) -> float:
    return 0.5 * CURVATURE * x * x


def _as_printed(time: float) -> float:
    inverse = time + 1.0 / CURVATURE
    return 0.5 * X**2 / inverse + math.log(inverse) / (2.0 * BETA)


def _entropy(time: float) -> Callable[[float], float]:
    return lambda x: oracles.entropy_by_quadrature(_parabola, x, time, BETA)


def largest_curvature(_seed: int) -> Evidence:
    """E10: the curvature of a very sharp parabola after a short time, from its infimal convolution."""
    sharp, time = 1e8, 0.01
    corrected = float(quadratic(sharp).relaxed(time, np.inf).hessian_at(1.0)[0, 0])
    scale = 1.0 / (1.0 + sharp * time)
    least = minimize_scalar(
        lambda y: 0.5 * sharp * (scale * y) ** 2 + 0.5 * (1.0 - scale * y) ** 2 / time, bracket=(0.5, 1.3), tol=1e-10
    )
    quantity = "curvature at time 0.01 from c=1e8"
    return (Comparison(quantity, 10.0, corrected, 2.0 * float(least.fun), 1e-8, "minimisation over y"),)
