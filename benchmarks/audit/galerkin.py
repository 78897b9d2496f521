"""Stationary averages of BAOAB by Hermite polynomials, by code that shares nothing with `pdeopt.verification`.

One step takes a function f of (q, p) to its expectation after the step. In products of Hermite polynomials, orthonormal
under a Gaussian weight, this is a matrix; all expectations are Gauss-Hermite sums. Its left eigenvector of eigenvalue 1
is the stationary law of the scheme. The potential is q^2/2 + sin q, mass and temperature are 1.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

CENTRE, WIDTH = -0.5, 1.0
"""Of the weight of positions; that of momenta is standard."""


def hermite(x: np.ndarray, degree: int) -> np.ndarray:
    """Return the polynomials of degree 0 to `degree`, orthonormal under a standard normal law, in the last axis."""
    values = [np.ones_like(x), x]
    for k in range(1, degree):
        values.append((x * values[k] - np.sqrt(k) * values[k - 1]) / np.sqrt(k + 1.0))
    return np.stack(values, axis=-1)


def baoab(q: np.ndarray, p: np.ndarray, r: float, h: float, friction: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the point after one step with the normal number r."""
    c = np.exp(-friction * h)
    p = p - 0.5 * h * (q + np.cos(q))
    q = q + 0.5 * h * p
    p = c * p + np.sqrt(1.0 - c * c) * r
    q = q + 0.5 * h * p
    return q, p - 0.5 * h * (q + np.cos(q))


def rule(n: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    return nodes, weights / weights.sum()


@dataclass(frozen=True)
class Products:
    """Products of polynomials in position and momentum up to a total degree, and the nodes of their rule."""

    degree: int = 32

    @cached_property
    def degrees(self) -> tuple[np.ndarray, np.ndarray]:
        """Degrees in position and in momentum; the first product is constant."""
        line = np.arange(self.degree + 1)
        return np.nonzero(np.add.outer(line, line) <= self.degree)

    def values(self, q: np.ndarray, p: np.ndarray) -> np.ndarray:
        """Return all products at points, in the last axis."""
        first, second = self.degrees
        return hermite((q - CENTRE) / WIDTH, self.degree)[:, first] * hermite(p, self.degree)[:, second]

    @cached_property
    def nodes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Positions, momenta and weights."""
        nodes, weights = rule(self.degree + 18)
        z, p = (grid.ravel() for grid in np.meshgrid(nodes, nodes, indexing="ij"))
        return CENTRE + WIDTH * z, p, np.outer(weights, weights).ravel()

    @cached_property
    def tests(self) -> np.ndarray:
        """What makes coefficients of values at the nodes."""
        q, p, weights = self.nodes
        return (self.values(q, p) * weights[:, None]).T

    def operator(self, h: float, friction: float) -> np.ndarray:
        """Return the matrix that takes coefficients of f to those of its expectation after one step."""
        q, p, _ = self.nodes
        images = sum(weight * self.values(*baoab(q, p, r, h, friction)) for r, weight in zip(*rule(24), strict=True))
        return self.tests @ images

    @cached_property
    def square(self) -> np.ndarray:
        """Coefficients of q^2."""
        return self.tests @ self.nodes[0] ** 2


def stationary_square(h: float, friction: float, degree: int = 32) -> float:
    """Return the stationary average of q^2 under BAOAB."""
    products = Products(degree)
    matrix = products.operator(h, friction)
    constant = np.eye(len(matrix))[:1]
    # The law of the constant function is 1; that of all others follows.
    equations = np.vstack([matrix.T - np.eye(len(matrix)), constant])
    law = np.linalg.lstsq(equations, np.eye(len(equations))[-1], rcond=None)[0]
    return float(law @ products.square)


def square_at_one(h: float, friction: float, degree: int = 32) -> float:
    """Return the average of q^2 at time 1 from the Gaussian law of the weight."""
    products = Products(degree)
    matrix, found = products.operator(h, friction), products.square
    for _ in range(round(1.0 / h)):
        found = matrix @ found
    return float(found[0])


def exact_square() -> float:
    """Return the average of q^2 under exp(-q^2 / 2 - sin q), by Gauss and Hermite."""
    nodes, weights = rule(60)
    density = weights * np.exp(-np.sin(nodes))
    return float(density @ nodes**2 / density.sum())
