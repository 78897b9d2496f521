"""Linear systems, whose first and second moments solve linear equations."""

import math
from functools import partial
from typing import Any

import numpy as np
from scipy.linalg import expm, solve_continuous_lyapunov

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.landscapes import quadratic
from pdeopt.systems.dynamics import langevin
from pdeopt.systems.problems.problem import Moment, Problem, StationaryMoment, component, product
from pdeopt.systems.sde import SDE

__all__ = ["clark_cameron", "harmonic_langevin", "non_commutative", "roessler"]

ROOT = math.sqrt(2.0)


def second_moments(drift: ArrayLike, noises: ArrayLike, x0: ArrayLike, time: float) -> FloatArray:
    """Return E X X^T of dX = A X dt + sum_k B_k X dW_k, by the exponential of its linear equation."""
    a = np.asarray(drift, dtype=float)
    start = np.asarray(x0, dtype=float)
    one = np.eye(len(a))
    generator = np.kron(a, one) + np.kron(one, a) + sum(np.kron(b, b) for b in np.asarray(noises, dtype=float))
    moments: FloatArray = expm(time * generator) @ np.outer(start, start).ravel()
    return moments.reshape(a.shape)


def _moments(drift: ArrayLike, noises: ArrayLike, x0: ArrayLike) -> dict[str, Moment]:
    """Return the mean of the first component, its square, and the product of the first two."""

    def mean(t: float) -> float:
        return float((expm(t * np.asarray(drift)) @ np.asarray(x0))[0])

    def entry(i: int, j: int, t: float) -> float:
        return float(second_moments(drift, noises, x0, t)[i, j])

    return {
        "mean": Moment(component(0), mean),
        "second": Moment(component(0, 2), partial(entry, 0, 0)),
        "product": Moment(product(0, 1), partial(entry, 0, 1)),
    }


def _roessler_drift(t: float, x: Any) -> Any:
    shared = 0.05 * (x[0] + x[1] + x[2] + x[3] + x[4])
    own = -1.55
    return (shared + own * x[0], shared + own * x[1], shared + own * x[2], shared + own * x[3], shared + own * x[4])


def _roessler_diffusion(t: float, x: Any) -> Any:
    shared = 0.01 * (x[0] + x[1] + x[2] + x[3] + x[4])
    a, b, c = shared + 0.19 * x[0], shared + 0.19 * x[1], shared + 0.19 * x[2]
    d, e = shared + 0.19 * x[3], shared + 0.19 * x[4]
    return ((a, a, a, a), (b, b, b, b), (c, c, c, c), (d, d, d, d), (e, e, e, e))


def _roessler_jacobian(t: float, x: Any) -> Any:
    first = (0.2, 0.01, 0.01, 0.01, 0.01)
    second = (0.01, 0.2, 0.01, 0.01, 0.01)
    third = (0.01, 0.01, 0.2, 0.01, 0.01)
    fourth = (0.01, 0.01, 0.01, 0.2, 0.01)
    fifth = (0.01, 0.01, 0.01, 0.01, 0.2)
    return (
        (first, first, first, first),
        (second, second, second, second),
        (third, third, third, third),
        (fourth, fourth, fourth, fourth),
        (fifth, fifth, fifth, fifth),
    )


def roessler() -> Problem:
    """Five linear equations with four noises that commute, dX = A X dt + sum_k B X dW_k, k = 1 to 4.

    Returns
    -------
    Problem
        With A = -3/2 and B = 1/5 on the diagonal, 1/20 and 1/100 off it, and exact paths
        exp((A - 2 B^2) t + B (W1 + W2 + W3 + W4)) x0.
    """
    ones = np.ones((5, 5))
    a, b = 0.05 * ones - 1.55 * np.eye(5), 0.01 * ones + 0.19 * np.eye(5)
    x0 = np.ones(5)
    system = SDE(
        _roessler_drift,
        _roessler_diffusion,
        noise="commutative",
        dim=5,
        n_noise=4,
        diffusion_jacobian=_roessler_jacobian,
        name="roessler",
    )

    def solution(t: float, w: FloatArray) -> FloatArray:
        total = w.sum(axis=-1)[..., None, None]
        return np.asarray(expm((a - 2.0 * b @ b) * t + b * total) @ x0)

    return Problem(
        system,
        tuple(x0),
        1.0,
        solution=solution,
        moments=_moments(a, [b] * 4, x0),
        note="The noises commute, since their matrices are equal.",
        reference="A. Roessler, SIAM J. Numer. Anal. 48, 2010, pp. 922-952, equation (7.4)",
    )


def _clark_drift(t: float, x: Any) -> Any:
    return (0.0, 0.0)


def _clark_diffusion(t: float, x: Any) -> Any:
    return ((1.0, 0.0), (0.0, x[0]))


def _clark_jacobian(t: float, x: Any) -> Any:
    return (((0.0, 0.0), (0.0, 0.0)), ((0.0, 0.0), (1.0, 0.0)))


def clark_cameron() -> Problem:
    """Equation of Clark and Cameron, dX1 = dW1, dX2 = X1 dW2, from zero.

    Returns
    -------
    Problem
        With E X2^2 = t^2/2, E X1^2 X2^2 = 7 t^3/6 and E X2^4 = 7 t^4/4.
    """
    system = SDE(
        _clark_drift,
        _clark_diffusion,
        noise="general",
        dim=2,
        n_noise=2,
        diffusion_jacobian=_clark_jacobian,
        name="clark_cameron",
    )
    return Problem(
        system,
        (0.0, 0.0),
        1.0,
        moments={
            "first_square": Moment(component(0, 2), lambda t: t),
            "second_square": Moment(component(1, 2), lambda t: 0.5 * t * t),
            "squares": Moment(lambda x: (x[..., 0] * x[..., 1]) ** 2, lambda t: 7.0 * t**3 / 6.0),
            "second_fourth": Moment(component(1, 4), lambda t: 1.75 * t**4),
        },
        note="Euler's root mean square error is sqrt(T h / 2); of increments alone no scheme does better than half.",
        reference="J. M. C. Clark, R. J. Cameron, Lecture Notes in Control and Inf. Sci. 25, 1980, pp. 162-171",
    )


def _planar_drift(t: float, x: Any) -> Any:
    return (-273.0 / 512.0 * x[0], -x[0] / 160.0 + (-785.0 / 512.0 + ROOT / 8.0) * x[1])


def _planar_diffusion(t: float, x: Any) -> Any:
    return ((0.25 * x[0], 0.0625 * x[0]), (0.25 * (1.0 - 2.0 * ROOT) * x[1], 0.1 * x[0] + 0.0625 * x[1]))


def _planar_jacobian(t: float, x: Any) -> Any:
    return (((0.25, 0.0), (0.0625, 0.0)), ((0.0, 0.25 * (1.0 - 2.0 * ROOT)), (0.1, 0.0625)))


def non_commutative() -> Problem:
    """Two linear equations with two noises that do not commute, for weak schemes.

    Returns
    -------
    Problem
        With E X1^2 = exp(-t), and the other first and second moments.
    """
    a = [[-273.0 / 512.0, 0.0], [-1.0 / 160.0, -785.0 / 512.0 + ROOT / 8.0]]
    noises = [[[0.25, 0.0], [0.0, 0.25 * (1.0 - 2.0 * ROOT)]], [[0.0625, 0.0], [0.1, 0.0625]]]
    system = SDE(
        _planar_drift,
        _planar_diffusion,
        noise="general",
        dim=2,
        n_noise=2,
        diffusion_jacobian=_planar_jacobian,
        name="non_commutative",
    )
    return Problem(
        system,
        (1.0, 1.0),
        3.0,
        moments=_moments(a, noises, (1.0, 1.0)),
        note="Some collections differ in the equation of X2, by a sign and an index.",
        reference="K. Debrabant, A. Roessler, Appl. Numer. Math. 59, 2009, pp. 582-594",
    )


def harmonic_langevin(
    frequency: float = 1.0, beta: float = 1.0, friction: float = 1.0, x0: tuple[float, float] = (1.0, 0.0)
) -> Problem:
    """Langevin dynamics in the harmonic well w^2 q^2 / 2, with mass one.

    Parameters
    ----------
    frequency : float
        The w above, positive.
    beta, friction : float
        Inverse temperature and friction, positive.
    x0 : tuple of float
        Position and momentum at the start.

    Returns
    -------
    Problem
        With the second moments at every time and under the invariant law.
    """
    matrix = np.array([[0.0, 1.0], [-frequency * frequency, -friction]])
    noise = np.diag([0.0, 2.0 * friction / beta])
    limit = np.asarray(solve_continuous_lyapunov(matrix, -noise))
    away = np.outer(x0, x0) - limit

    def entry(i: int, j: int, t: float) -> float:
        flow = expm(t * matrix)
        return float((flow @ away @ flow.T + limit)[i, j])

    observables = {"qq": (0, 0), "qp": (0, 1), "pp": (1, 1)}
    return Problem(
        langevin(quadratic(frequency * frequency), beta, friction),
        x0,
        2.0,
        name="harmonic_langevin",
        moments={name: Moment(product(*at), partial(entry, *at)) for name, at in observables.items()},
        stationary={name: StationaryMoment(product(*at), float(limit[at])) for name, at in observables.items()},
        note="A splitting scheme is a linear map here: its stationary law is known exactly.",
        reference="B. Leimkuhler, C. Matthews, Molecular Dynamics, Springer, 2015, chapter 7",
    )
