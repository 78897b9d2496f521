"""Draws of schemes with Levy areas: few values that have the moments of dozens of normal numbers.

A step makes of all normal numbers beside the two increments one number, the area. Given the increments it is a
quadratic form of them, whose moments follow from its matrix. Gauss's rule of these moments is fed to the step by one of
the numbers that the area is linear in, the others 0.
"""

from collections.abc import Mapping
from functools import cache
from math import factorial

import numpy as np
from scipy.linalg import eigh_tridiagonal

from pdeopt._types import FloatArray
from pdeopt.kernels.sde.areas import area_layout, levy_area
from pdeopt.sde.linear import flat, nested
from pdeopt.sde.scheme import INCREMENT, NORMAL
from pdeopt.verification.draws import RULES, Rule, draw_values

__all__ = ["area_moments", "area_rule", "n_area_terms", "step_draws"]

N_AREAS = 4
"""Values of the area for each pair of increments."""

TAIL = 2
"""Place of the number of the pair among those of the area, after one for each motion; the area is linear in it."""


def n_area_terms(kinds: tuple[str, ...]) -> int:
    """Return how many terms the area of two motions has in a scheme of these draws; 0 without an area."""
    others = len(kinds) - 2
    fitting = kinds[:2] == (INCREMENT, INCREMENT) and kinds[2:] == (NORMAL,) * others
    return (others - 3) // 4 if fitting and others >= 7 and others % 4 == 3 else 0


@cache
def _form(n_terms: int) -> tuple[FloatArray, FloatArray]:
    """Return the area as a form of its numbers z: slopes (3, n) for 1 and the increments, and the matrix of squares."""
    area, layout = levy_area(n_terms), area_layout(2, n_terms)
    units = np.eye(len(flat(layout)))

    def value(xi: tuple[float, float], z: FloatArray) -> float:
        return area(0, 1, xi, nested(layout, z.tolist()))

    def slopes(xi: tuple[float, float]) -> FloatArray:
        return np.array([0.5 * (value(xi, unit) - value(xi, -unit)) for unit in units])

    at_zero = slopes((0.0, 0.0))
    single = np.array([value((0.0, 0.0), unit) for unit in units]) - at_zero
    pairs = [[value((0.0, 0.0), one + other) for other in units] for one in units]
    square = 0.5 * (np.array(pairs) - (at_zero + single)[:, None] - (at_zero + single))
    return np.stack([at_zero, slopes((1.0, 0.0)) - at_zero, slopes((0.0, 1.0)) - at_zero]), square


def area_moments(xi: FloatArray, n_terms: int, order: int) -> FloatArray:
    """Return the moments of the area from 0 to an order, given two increments."""
    slopes, square = _form(n_terms)
    b, powers = slopes[0] + xi @ slopes[1:], [np.eye(square.shape[0])]
    for _ in range(order):
        powers.append(2.0 * square @ powers[-1])
    cumulants = [float(np.trace(square))]
    for k in range(2, order + 1):
        linear = 0.5 * factorial(k) * (b @ powers[k - 2] @ b)
        cumulants.append(float(0.5 * factorial(k - 1) * np.trace(powers[k]) + linear))
    moments = [1.0]
    for k in range(1, order + 1):
        ways = [factorial(k - 1) // factorial(j - 1) // factorial(k - j) for j in range(1, k + 1)]
        moments.append(sum(w * c * moments[k - j] for j, (w, c) in enumerate(zip(ways, cumulants, strict=False), 1)))
    return np.array(moments)


def area_rule(xi: FloatArray, n_terms: int) -> Rule:
    """Return areas and probabilities with the same moments up to the seventh, given two increments."""
    moments = area_moments(xi, n_terms, 2 * N_AREAS)
    hankel = moments[np.add.outer(np.arange(N_AREAS + 1), np.arange(N_AREAS + 1))]
    # Golub and Welsch: the Jacobi matrix from the Cholesky factor of the matrix of moments.
    r = np.linalg.cholesky(hankel).T
    ratios = np.concatenate([[0.0], np.diag(r, 1) / np.diag(r)[:-1]])
    widths = np.diag(r)[1:N_AREAS] / np.diag(r)[: N_AREAS - 1]
    areas, vectors = eigh_tridiagonal(np.diff(ratios), widths)
    return np.asarray(areas, dtype=np.float64), np.asarray(vectors[0] ** 2, dtype=np.float64)


def step_draws(kinds: tuple[str, ...], rules: Mapping[str, Rule] = RULES) -> Rule:
    """Return all values of the draws of one step, as `draw_values` does; few for a scheme with the area of two motions.

    Areas are exact in their first seven moments, so that what is neglected is of the order of `h^8`.
    """
    n_terms = n_area_terms(kinds)
    if not n_terms:
        return draw_values(kinds, rules)
    pairs, shares = draw_values((INCREMENT, INCREMENT), rules)
    tail = _form(n_terms)[0][0, TAIL]
    rows, weights = [], []
    for xi, share in zip(pairs, shares, strict=True):
        areas, chances = area_rule(xi, n_terms)
        block = np.zeros((areas.size, len(kinds)))
        block[:, :2], block[:, 2 + TAIL] = xi, areas / tail
        rows.append(block)
        weights.append(share * chances)
    return np.concatenate(rows), np.concatenate(weights)
