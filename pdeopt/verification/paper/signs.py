"""Errata of signs and couplings in the two-scale systems."""

import math

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy import local_entropy
from pdeopt.homogenization import averaged_drift
from pdeopt.landscapes import Landscape, chaudhari_figure_1, double_well, quadratic
from pdeopt.systems import elastic, entropy_sgd, entropy_sgd_2
from pdeopt.verification.paper import oracles
from pdeopt.verification.paper.comparison import Comparison
from pdeopt.verification.paper.erratum import Evidence
from pdeopt.verification.paper.laws import fast_law, inner_law

__all__ = ["drift_of_the_limit", "gradient_sign", "replicas", "sign_in_the_exponent"]

X, TIME = 0.3, 0.5


def sign_in_the_exponent(_seed: int) -> Evidence:
    """E2: the mean of z under either drift, for a quadratic, against that of its Gibbs law."""
    stiffness, time, beta, x = 2.0, 0.25, 1.0, 1.0
    printed = inner_law(x, time, math.sqrt(2.0 / beta), (stiffness, 0.0), -1.0).average
    corrected = fast_law(entropy_sgd_2(quadratic(stiffness), time, beta), x).average

    def log_weight(z: float) -> float:
        return -beta * (0.5 * stiffness * (x - z) ** 2 + 0.5 * z * z / time)

    (oracle,) = oracles.moments_of_weight(log_weight, (lambda z: z,), 8.0)
    return (
        Comparison(
            "mean of z, f = y^2, x=1, time=0.25, beta=1",
            printed[0],
            corrected[0],
            oracle,
            printed[1] + corrected[1],
            "quadrature of exp(-beta f(x - z) - beta z^2/(2 time))",
        ),
    )


def gradient_sign(_seed: int) -> Evidence:
    """E3: both displays of the gradient, against differences of u."""
    return (
        _both_signs("(12)", double_well(), oracles.double_well, 0.3, 0.5),
        _both_signs("display before (Entropy-SGD)", chaudhari_figure_1(), oracles.figure_1, 0.0, 0.2),
    )


def _both_signs(place: str, f: Landscape, plain: oracles.Function, x: float, time: float) -> Comparison:
    e = local_entropy(f, x, time=time, beta=1.0)
    oracle, bar = oracles.derivative(lambda y: oracles.entropy_by_quadrature(plain, y, time, 1.0), x)
    printed, corrected = float((e.mean[0] - x) / time), float(e.gradient[0])
    quantity = f"{place}: u_x, {f.name.replace('_', ' ')}, x={x:g}, time={time:g}, beta=1"
    return Comparison(quantity, printed, corrected, oracle, bar + float(e.gradient_error[0]), "differences of u")


def drift_of_the_limit(_seed: int) -> Evidence:
    """E7: the averaged drift -(x - <y>)/time of the slow variable, from the law of the fast one."""
    beta = 2.0
    mean, bar = inner_law(X, TIME, math.sqrt(2.0 / beta)).average
    gradient = float(local_entropy(double_well(), X, time=TIME, beta=beta).gradient[0])
    drift = float(averaged_drift(entropy_sgd(double_well(), TIME, beta), X).value[0])
    quantity = "averaged drift of X, double well, x=0.3, time=0.5, beta=2"
    return (Comparison(quantity, gradient, drift, -mean / TIME, bar / TIME, "stationary law of the fast variable"),)


def replicas(_seed: int) -> Evidence:
    """E8: the slow rate of x, and how the mean of the workers follows x, for a quadratic and two workers."""
    stiffness, time, beta, epsilon = 2.0, 0.5, 1.0, 1e-6
    printed = _printed_matrix(stiffness, time, epsilon)
    corrected = _corrected_matrix(stiffness, time, epsilon)

    def entropy(x: float) -> float:
        return oracles.entropy_by_quadrature(lambda y: 0.5 * stiffness * y * y, x, time, beta)

    curvature, bar = oracles.second_derivative(entropy, 0.0)
    follows, bar_of_mean = oracles.derivative(lambda x: _gibbs_mean(stiffness, time, beta, x), 0.3)
    return (
        Comparison(
            "rate of x in the limit, f = y^2, time=0.5, two workers",
            _slowest(printed),
            _slowest(corrected),
            -curvature,
            bar + epsilon,
            "second differences of u: dX = -grad f_gamma",
        ),
        Comparison(
            "change of the workers' mean with x",
            _following(printed),
            _following(corrected),
            follows,
            bar_of_mean + 1e-10,
            "differences of the Gibbs mean",
        ),
    )


def _printed_matrix(stiffness: float, time: float, epsilon: float, workers: int = 2) -> FloatArray:
    """Return the drift of (x, y_1, ..., y_n): (x - mean y)/time; -(q y_i + (y_i - mean y)/time)/eps."""
    matrix = np.zeros((workers + 1, workers + 1))
    matrix[0, 0], matrix[0, 1:] = 1.0 / time, -1.0 / (time * workers)
    matrix[1:, 1:] = 1.0 / (time * workers * epsilon)
    matrix[1:, 1:] -= np.eye(workers) * (stiffness + 1.0 / time) / epsilon
    return matrix


def _corrected_matrix(stiffness: float, time: float, epsilon: float, workers: int = 2) -> FloatArray:
    """Return the drift of Elastic-SGD of this package, read off its rates at unit vectors."""
    system = elastic(quadratic(stiffness), time, epsilon=epsilon, n_replicas=workers)
    slow, fast = system.rates_at(np.eye(workers + 1))
    return np.concatenate([slow, fast / epsilon], axis=1).T


def _slowest(matrix: FloatArray) -> float:
    rates = np.linalg.eigvals(matrix)
    return float(rates[np.argmin(np.abs(rates))].real)


def _following(matrix: FloatArray) -> float:
    """Return the mean of the workers at rest for x = 1."""
    return float(np.linalg.solve(matrix[1:, 1:], -matrix[1:, 0]).mean())


def _gibbs_mean(stiffness: float, time: float, beta: float, x: float) -> float:
    def log_weight(y: float) -> float:
        return -beta * (0.5 * stiffness * y * y + 0.5 * (x - y) ** 2 / time)

    (mean,) = oracles.moments_of_weight(log_weight, (lambda y: y,), 8.0)
    return mean
