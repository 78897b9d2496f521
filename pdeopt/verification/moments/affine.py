"""Affine equations with multiplicative noise, `dX = (A X + a) dt + sum_k (B_k X + b_k) dW_k`, and steps on them.

A number 1 in front of the point makes all of it linear: `dY = A Y dt + sum_k B_k Y dW_k` for `Y = (1, X)`. A step is
then a random matrix, and first and second moments of points are powers of expected matrices and of their Kronecker
squares.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.linalg import expm

from pdeopt._types import FloatArray
from pdeopt.sde.linear import flat, nested
from pdeopt.sde.scheme import INCREMENT, THREE_POINT, TWO_POINT, Stepper
from pdeopt.systems import SDE
from pdeopt.verification.draws import RULES, Rule, draw_values, normal_rule
from pdeopt.verification.evidence import Evidence, steps_to_one
from pdeopt.verification.methods import (
    Method,
    after_one_step,
    called_one_by_one,
    fitting_system,
    is_affine_step,
    name_of,
    stepper_of,
)

__all__ = ["Affine", "affine_of", "is_affine", "one_step_matrices", "steps_taken", "weak_evidence"]

TIER = "exact moments of an affine equation"
FINITE = (TWO_POINT, THREE_POINT, "coin")
NODES_OF_NORMALS = (20, 20, 12, 10, 8)
"""By the number of normal draws a step; steps on affine equations are polynomials of low degree in them."""

SLACK = 1e-12

WORTH_COMPILING = 5000
"""Calls of a step."""


@dataclass(frozen=True, eq=False)
class Affine:
    """Coefficients of an affine equation in the sense of Ito, for points with a 1 in front.

    Parameters
    ----------
    drift : array, shape (d + 1, d + 1)
    noises : array, shape (m, d + 1, d + 1)
        One matrix for each Brownian motion.
    """

    drift: FloatArray
    noises: FloatArray

    @cached_property
    def commutes(self) -> bool:
        """Whether all matrices commute, so that the flow is an exponential of the Brownian motion at one time."""
        pairs = combinations([self.drift, *self.noises], 2)
        return all(np.allclose(a @ b, b @ a, rtol=SLACK, atol=SLACK) for a, b in pairs)

    @cached_property
    def squares(self) -> FloatArray:
        """The generator of second moments, of Kronecker products of points."""
        one = np.eye(len(self.drift))
        both = np.kron(self.drift, one) + np.kron(one, self.drift)
        return np.asarray(both + sum(np.kron(b, b) for b in self.noises))

    def flow(self, increments: FloatArray, h: float) -> FloatArray:
        """Return the exact flow over a step for standard normal increments (n, m), where all commutes."""
        total = expm(h * (self.drift - 0.5 * sum(b @ b for b in self.noises)))
        for b, draws in zip(self.noises, increments.T, strict=True):
            # Rules repeat few values many times.
            values, places = np.unique(draws, return_inverse=True)
            total = total @ expm(np.sqrt(h) * values[:, None, None] * b)[places]
        return np.asarray(total)


def affine_of(system: SDE) -> Affine:
    """Return the coefficients of an affine equation; see `is_affine`."""
    ito, d = system.as_ito(), system.dim
    parts = [_tangent(ito, x) for x in np.vstack([np.zeros(d), np.eye(d)])]
    constants, columns = parts[0], [part - parts[0] for part in parts[1:]]
    matrices = np.zeros((constants.shape[1], d + 1, d + 1))
    matrices[:, 1:, 0] = constants.T
    for i, column in enumerate(columns):
        matrices[:, 1:, i + 1] = column.T
    return Affine(matrices[0], matrices[1:])


def _tangent(system: SDE, x: FloatArray, t: float = 0.0) -> FloatArray:
    """Return drift and columns of the diffusion at a point, shape (d, 1 + m)."""
    point = nested((0.0,) * system.dim if system.dim > 1 else 0.0, x)
    drift = np.reshape(system.drift(t, point, *system.args), (-1, 1))
    sigma = np.array(system.diffusion(t, point, *system.args), dtype=np.float64)
    if system.diffusion_form == "vector":
        return np.hstack([drift, np.diag(sigma.reshape(-1))])
    return np.hstack([drift, sigma.reshape(system.dim, -1)])


def is_affine(system: SDE) -> bool:
    """Tell whether drift and diffusion are affine in x and free of time, at a few points; up to eight components."""
    if system.uses_arrays:
        return False
    ito, points = system.as_ito(), np.random.default_rng(0).normal(size=(4, system.dim))
    equation = affine_of(ito)
    matrices = np.concatenate([equation.drift[None], equation.noises])
    for x in points:
        expected = (matrices @ np.concatenate([[1.0], x]))[:, 1:].T
        if not all(np.allclose(_tangent(ito, x, t), expected, rtol=SLACK, atol=SLACK) for t in (0.0, 0.7)):
            return False
    return True


def nodes_of(n_normals: int) -> int:
    """Return how many nodes each of some normal draws has."""
    return NODES_OF_NORMALS[min(n_normals, len(NODES_OF_NORMALS) - 1)]


def rule_of(kinds: tuple[str, ...]) -> Rule:
    """Return values and probabilities of all draws of a step, for polynomials of low degree and exponentials."""
    rule = normal_rule(nodes_of(sum(kind not in FINITE for kind in kinds)))
    return draw_values(kinds, {kind: RULES[kind] if kind in FINITE else rule for kind in RULES})


def one_step_matrices(stepper: Stepper, system: SDE, draws: FloatArray, h: float) -> FloatArray:
    """Return the matrices of one step for rows of draws, of states with a 1 in front: shape (m, n + 1, n + 1)."""
    n = len(flat(stepper.state))
    units = np.vstack([np.zeros(n), np.eye(n)])
    apply = called_one_by_one if len(draws) * len(units) < WORTH_COMPILING else after_one_step
    after = apply(stepper, units, draws, h, system.args)
    matrices = np.zeros((len(draws), n + 1, n + 1))
    matrices[:, 0, 0] = 1.0
    matrices[:, 1:, 0] = after[0]
    matrices[:, 1:, 1:] = np.moveaxis(after[1:] - after[0], 0, 2)
    return matrices


def first_states(stepper: Stepper, system: SDE) -> FloatArray:
    """Return the matrix that makes a state of a point, both with a 1 in front."""
    d = system.dim
    points = [nested(stepper.point, x) for x in np.vstack([np.zeros(d), np.eye(d)])]
    states = np.array([flat(stepper.begin(0.0, point, system.args)) for point in points]).T
    matrix = np.zeros((states.shape[0] + 1, d + 1))
    matrix[0, 0], matrix[1:, 0], matrix[1:, 1:] = 1.0, states[:, 0], states[:, 1:] - states[:, :1]
    return matrix


def expected_squares(matrices: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the expected Kronecker square of random matrices (m, n, n)."""
    n = matrices.shape[-1]
    rows = matrices.reshape(len(matrices), -1)
    products = (rows.T @ (weights[:, None] * rows)).reshape(n, n, n, n)
    return np.asarray(products.transpose(0, 2, 1, 3).reshape(n * n, n * n))


def steps_taken(method: Method, system: SDE, draws: tuple[str, ...]) -> tuple[Stepper, SDE]:
    """Return a method bound to a system, and the system in the interpretation that it solves.

    Raises
    ------
    ValueError
        If a step is not affine in the state, so that matrices say nothing about it.
    """
    fitting = fitting_system(method, system)
    stepper = stepper_of(method, fitting, draws)
    if not is_affine_step(stepper, fitting.args):
        raise ValueError(
            f"method={name_of(method)!r} is not affine in the state on {system!r}. Use a problem on the circle, such "
            "as problems.torus(), or a method such as 'euler-maruyama'."
        )
    return stepper, fitting


def weak_evidence(method: Method, system: SDE, draws: tuple[str, ...]) -> Evidence:
    """Return the errors at time 1 of all first and second moments, from any starting point."""
    equation, d = affine_of(system), system.dim
    stepper, fitting = steps_taken(method, system, draws)
    exact, begin = expm(equation.squares), first_states(stepper, fitting)
    values, weights = rule_of(stepper.draws)
    size = len(begin)
    kept = (np.arange(d + 1)[:, None] * size + np.arange(d + 1)).ravel()

    def error(h: float) -> FloatArray:
        one = expected_squares(one_step_matrices(stepper, fitting, values, h), weights)
        found = np.linalg.matrix_power(one, steps_to_one(h)) @ np.kron(begin, begin)
        return np.asarray(found[kept] - exact).reshape(-1)

    scale = float(np.abs(exact).max())
    words = f"{system.name or system!r}, first and second moments at time 1, all starting points"
    return Evidence(error, lambda h: scale * (1e-14 + 1e-15 / h), TIER, words)


def increments_of(kinds: tuple[str, ...], values: FloatArray) -> FloatArray:
    """Return the columns of draws that are increments."""
    return values[:, [kind == INCREMENT for kind in kinds]]
