"""Scaled Bessel functions of any order, in logarithms: the kernel of the radial route.

With nu = n / 2 - 1 and z >= 0: small orders by SciPy, orders above 30 by Debye's uniform expansion (DLMF 10.41.3),
ratios of neighbouring orders below z = nu by their continued fraction (DLMF 10.33.1).
"""

import numpy as np
from scipy.special import gammaln, ive

from pdeopt._types import FloatArray

__all__ = ["cosine_moments", "log_density"]

DEBYE_FROM = 30.0
FRACTION_DEPTH = 32


def _debye_polynomials(count: int) -> list[np.polynomial.Polynomial]:
    """Polynomials U_k(p) of DLMF 10.41.10, by their recurrence."""
    p = np.polynomial.Polynomial([0.0, 1.0])
    found = [np.polynomial.Polynomial([1.0])]
    for _ in range(count):
        last = found[-1]
        slope = 0.5 * p**2 * (1 - p**2) * last.deriv()
        found.append(slope + 0.125 * ((1 - 5 * p**2) * last).integ())
    return found


DEBYE = _debye_polynomials(9)
DEBYE_SLOPES = [
    # V_k = U_k - p (1 - p^2) (U_{k-1} / 2 + p U'_{k-1}), DLMF 10.41.11.
    u if k == 0 else u - p * (1 - p**2) * (0.5 * DEBYE[k - 1] + p * DEBYE[k - 1].deriv())
    for p in [np.polynomial.Polynomial([0.0, 1.0])]
    for k, u in enumerate(DEBYE)
]


def _series(polynomials: list[np.polynomial.Polynomial], p: FloatArray, order: float) -> FloatArray:
    total = np.zeros_like(p)
    for k in range(len(polynomials) - 1, -1, -1):
        total = total / order + polynomials[k](p)
    return total


def log_bessel(z: FloatArray, order: float) -> FloatArray:
    """Logarithm of exp(-z) I_nu(z) (z / 2)^(-nu) Gamma(nu + 1), which is zero at z = 0."""
    if order >= DEBYE_FROM:
        root = np.hypot(1.0, z / order)
        main = order * (np.log(2.0 / (1.0 + root)) + (root - z / order - 1.0))
        stirling = gammaln(order + 1) - order * np.log(order) + order - 0.5 * np.log(2 * np.pi * order)
        result: FloatArray = main - 0.5 * np.log(root) + np.log(_series(DEBYE, 1.0 / root, order)) + stirling
        return result
    # Near zero the power underflows, and three terms of the series are exact.
    q = 0.25 * z * z / (order + 1.0)
    near = z < 1e-3
    series = np.log1p(q * (1.0 + 0.5 * q * (order + 1.0) / (order + 2.0))) - z
    safe = np.where(near, 1.0, z)
    whole = np.log(ive(order, safe)) - order * np.log(0.5 * safe) + gammaln(order + 1)
    return np.where(near, series, whole)


def log_density(y: FloatArray, r: FloatArray, variance: FloatArray, dim: int) -> FloatArray:
    """Logarithm of the density at y of ``|r e + sqrt(variance) Z|``, Z standard normal in `dim` dimensions."""
    half = 0.5 * dim
    with np.errstate(divide="ignore"):
        shells = (dim - 1) * np.log(y) - half * np.log(2 * variance) - gammaln(half) + np.log(2.0)
    result: FloatArray = shells - 0.5 * (y - r) ** 2 / variance + log_bessel(y * r / variance, half - 1.0)
    return result


def ratio(z: FloatArray, order: float) -> FloatArray:
    """I_(nu + 1)(z) / I_nu(z)."""
    low = np.minimum(z, max(order, 2.0))
    found = low / (order + FRACTION_DEPTH + 1.0 + np.hypot(order + FRACTION_DEPTH + 1.0, low))
    for k in range(FRACTION_DEPTH, 0, -1):
        found = low / (2.0 * (order + k) + low * found)
    high = np.maximum(z, max(order, 2.0))
    if order >= DEBYE_FROM:
        root = np.hypot(1.0, high / order)
        slope = root * _series(DEBYE_SLOPES, 1.0 / root, order) / _series(DEBYE, 1.0 / root, order)
        return np.where(z <= max(order, 2.0), found, (slope - 1.0) * order / high)
    return np.where(z <= max(order, 2.0), found, ive(order + 1.0, high) / ive(order, high))


def cosine_moments(z: FloatArray, dim: int) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of the first coordinate of a unit vector with density proportional to exp(z y_1)."""
    mean = ratio(z, 0.5 * dim - 1.0)
    small = z < 1e-8
    safe = np.where(small, 1.0, z)
    spread = np.where(small, 1.0 / dim, 1.0 - (dim - 1.0) * mean / safe - mean * mean)
    # Far out the two terms cancel, and the expansion has no error that counts.
    far = z > 1e5 * dim
    return mean, np.where(far, 0.5 * (dim - 1.0) / safe**2, np.maximum(spread, 0.0))
