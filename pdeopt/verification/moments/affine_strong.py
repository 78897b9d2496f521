"""Errors along one Brownian path, exact: schemes on affine equations with multiplicative noise.

The difference D of numerical and true solution is propagated together with the true one, never the two apart: no
digits cancel. Where the matrices of the equation do not commute, the flow over a step is no function of the increments.
Its mean given these has Hermite coefficients that Girsanov's theorem knows,

    E[flow exp(theta W - theta^2 h / 2)] = exp(h (A + sum_k theta_k B_k)),

and what the increments leave open adds a second moment of its own.
"""

from itertools import product
from math import factorial, prod
from typing import Any

import numpy as np
from scipy.linalg import expm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.sde.scheme import COIN, INCREMENT, NORMAL, TIME_INTEGRAL, Stepper
from pdeopt.systems import SDE
from pdeopt.verification.evidence import Evidence, steps_to_one
from pdeopt.verification.methods import Method
from pdeopt.verification.moments.affine import (
    Affine,
    affine_of,
    expected_squares,
    first_states,
    increments_of,
    is_affine,
    nodes_of,
    one_step_matrices,
    rule_of,
    steps_taken,
)
from pdeopt.verification.moments.extended import extended_step

__all__ = ["is_coupled", "path_errors", "strong_evidence"]

TIER = "exact errors along a path of an affine equation"
DEGREES = 8
"""Hermite coefficients in every increment, more than steps have; what is beyond them counts as left open."""

CIRCLE = 16
"""Points of a circle; coefficients that far apart cannot be told apart."""

MOST_MOTIONS = 2
"""Of an equation whose matrices do not commute."""


def is_coupled(stepper: Stepper, equation: Affine) -> bool:
    """Tell whether the draws of a step and the path have a known joint law, as far as errors need it."""
    kinds = set(stepper.draws)
    if list(stepper.draws).count(INCREMENT) != len(equation.noises):
        return False
    if equation.commutes:
        return kinds <= {INCREMENT, TIME_INTEGRAL, NORMAL, COIN}
    return kinds <= {INCREMENT, COIN} and len(equation.noises) <= MOST_MOTIONS


def hermite_coefficients(equation: Affine, h: float) -> FloatArray:
    """Return E[flow He_k(w)] / k! for all k below `DEGREES` in each increment w: shape (DEGREES, ..., d + 1, d + 1).

    They are the Taylor coefficients of the exponential above, by the fast Fourier transform of its values on circles.
    """
    m = len(equation.noises)
    circle = np.exp(2j * np.pi * np.arange(CIRCLE) / CIRCLE)
    angles = np.stack(np.meshgrid(*[circle] * m, indexing="ij"), axis=-1)
    values = expm(h * equation.drift + np.sqrt(h) * np.tensordot(angles, equation.noises, 1))
    found = np.fft.fftn(values, axes=tuple(range(m))).real / CIRCLE**m
    return np.asarray(found[(slice(DEGREES),) * m])


def mean_flow(coefficients: FloatArray, increments: FloatArray) -> FloatArray:
    """Return the flow averaged over all paths with given increments, up to degree 7: shape (n, d + 1, d + 1)."""
    m = increments.shape[1]
    polynomials = np.polynomial.hermite_e.hermevander(increments, DEGREES - 1)
    total = coefficients.reshape(DEGREES**m, *coefficients.shape[m:])
    products = np.ones((len(increments), 1))
    for k in range(m):
        products = (products[:, :, None] * polynomials[:, k, None, :]).reshape(len(increments), -1)
    return np.asarray(np.tensordot(products, total, 1))


def second_moment_left_open(equation: Affine, coefficients: FloatArray, h: float) -> FloatArray:
    """Return the expected Kronecker square of what the increments of a step leave open of the flow."""
    m, size = len(equation.noises), len(equation.drift)
    norms = [float(prod(map(factorial, k))) for k in product(range(DEGREES), repeat=m)]
    known = expected_squares(coefficients.reshape(-1, size, size), np.array(norms))
    return np.asarray(expm(h * equation.squares) - known)


def pair_squares(
    stepper: Stepper, fitting: SDE, equation: Affine, h: float, digits: int | None = None
) -> tuple[Any, int]:
    """Return the expected Kronecker square of one step of (difference of states, 1, true point), and its width."""
    if digits is not None:
        n_normals = sum(kind != COIN for kind in stepper.draws)
        steps, begin, flows, weights = extended_step(stepper, fitting, nodes_of(n_normals), h, digits)
        return expected_squares(_pairs(steps, begin, flows), weights), steps.shape[1] + flows.shape[1] - 1
    values, weights = rule_of(stepper.draws)
    increments = increments_of(stepper.draws, values)
    steps, begin = one_step_matrices(stepper, fitting, values, h), first_states(stepper, fitting)
    if equation.commutes:
        pairs = _pairs(steps, begin, equation.flow(increments, h))
        return expected_squares(pairs, weights), pairs.shape[1]
    coefficients = hermite_coefficients(equation, h)
    pairs = _pairs(steps, begin, mean_flow(coefficients, increments))
    width, n = pairs.shape[1], steps.shape[1] - 1
    into, of = np.vstack([-begin[1:], np.eye(width - n)]), np.eye(width)[n:]
    left_open = np.kron(into, into) @ second_moment_left_open(equation, coefficients, h) @ np.kron(of, of)
    return expected_squares(pairs, weights) + left_open, width


def _pairs(steps: Any, begin: Any, flows: Any) -> Any:
    """Return the matrices of a step of (difference of states, 1, true point)."""
    n, width = steps.shape[1] - 1, steps.shape[1] + flows.shape[1] - 1
    pairs = np.zeros((len(steps), width, width), dtype=steps.dtype)
    pairs[:, :n, :n] = steps[:, 1:, 1:]
    pairs[:, :n, n:] = (steps @ begin - begin @ flows)[:, 1:]
    pairs[:, n:, n:] = flows
    return pairs


def path_errors(
    method: Method,
    system: SDE,
    h: float,
    n_steps: int,
    *,
    draws: tuple[str, ...] = ("increment",),
    start: ArrayLike | None = None,
    digits: int | None = None,
) -> FloatArray:
    """Return root mean squares of numerical minus true solution after a number of steps along one Brownian path.

    Parameters
    ----------
    method : str, Scheme or callable
    system : SDE
        Affine in x, see `is_affine`.
    h : float
    n_steps : int
    draws : tuple of str
        Of your own step.
    start : array_like, shape (d,), optional
        By default a random one, standard normal.
    digits : int, optional
        Decimal digits of the arithmetic, by mpmath; by default double precision. Where all matrices commute.

    Returns
    -------
    array, shape (d,)
        For each component.

    Examples
    --------
    >>> from pdeopt.systems.problems import clark_cameron
    >>> path_errors("euler-maruyama", clark_cameron().system, h=0.02, n_steps=50, start=[0, 0]).round(9).tolist()
    [0.0, 0.1]
    """
    stepper, fitting = steps_taken(method, system, draws)
    equation, d = affine_of(system), system.dim
    if digits is not None and not equation.commutes:
        raise ValueError(f"digits={digits} needs matrices that commute; those of {system!r} do not. Use digits=None.")
    squares, width = pair_squares(stepper, fitting, equation, h, digits)
    point = np.concatenate([[1.0], np.zeros(d) if start is None else np.asarray(start, dtype=np.float64)])
    begun = np.zeros((width, width))
    begun[-d - 1 :, -d - 1 :] = np.eye(d + 1) if start is None else np.outer(point, point)
    last = (np.linalg.matrix_power(squares, n_steps) @ begun.reshape(-1)).reshape(width, width)
    return np.sqrt(np.maximum(np.diag(last)[:d].astype(np.float64), 0.0))


def check_coupled(method: Method, system: SDE, draws: tuple[str, ...]) -> None:
    """Raise if an equation is not affine, or the joint law of draws and path is not known."""
    if not is_affine(system):
        raise ValueError(f"{system!r} is not affine in x, or depends on t. Use a problem such as problems.gbm().")
    stepper, equation = steps_taken(method, system, draws)[0], affine_of(system)
    if not is_coupled(stepper, equation):
        raise ValueError(
            f"draws={stepper.draws} have no known joint law with {system!r}. Use an increment for each Brownian motion "
            "and no other draws, as method='euler-maruyama' does."
        )


def strong_evidence(method: Method, system: SDE, draws: tuple[str, ...]) -> Evidence:
    """Return the root mean square errors of each component at time 1, from a standard normal start."""
    check_coupled(method, system, draws)

    def error(h: float) -> FloatArray:
        return path_errors(method, system, h, steps_to_one(h), draws=draws)

    # What increments leave open is a difference of moments, known to rounding of the square of the error.
    left_open = 0.0 if affine_of(system).commutes else 3e-16
    words = f"{system.name or system!r}, root mean squares at time 1 from a standard normal start"
    return Evidence(error, lambda h: 1e-15 + (1e-15 + left_open / h**0.5) / h, TIER, words)
