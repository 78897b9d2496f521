"""Laws of random factors: three moments, and points and weights that average polynomials over them exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss

from pdeopt._types import FloatArray

__all__ = ["Factor", "bernoulli", "gaussian", "uniform"]

N_POINTS = 5
"""Points of Gauss rules: exact for polynomials of degree 9."""


@dataclass(frozen=True, eq=False)
class Factor:
    """The law of a random number.

    Parameters
    ----------
    mean, variance, third : float
        The first three cumulants.
    values, weights : array, shape (n,)
        Its values and their probabilities, or a Gauss rule of five points where it is continuous.
    is_exact : bool
        Whether it has no values but these.
    """

    mean: float
    variance: float
    third: float
    values: FloatArray
    weights: FloatArray
    is_exact: bool


def bernoulli(probability: float, size: float) -> Factor:
    """Return the law of `size` with a probability, and 0 else."""
    p = probability
    cumulants = (p * size, p * (1.0 - p) * size**2, p * (1.0 - p) * (1.0 - 2.0 * p) * size**3)
    return Factor(*cumulants, np.array([0.0, size]), np.array([1.0 - p, p]), is_exact=True)


def gaussian(mean: float, variance: float) -> Factor:
    """Return the law of a normal number."""
    points, weights = hermegauss(N_POINTS)
    return Factor(mean, variance, 0.0, mean + variance**0.5 * points, weights / weights.sum(), is_exact=False)


def uniform() -> Factor:
    """Return the law of a number between 0 and 1, none more likely than others."""
    points, weights = leggauss(N_POINTS)
    return Factor(0.5, 1.0 / 12.0, 0.0, 0.5 + 0.5 * points, 0.5 * weights, is_exact=False)
