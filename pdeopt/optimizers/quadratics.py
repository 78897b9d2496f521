"""The relaxed landscape near a Gaussian: gradient and Hessian by regression, and the entropic step they allow."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from pdeopt._types import FloatArray

__all__ = ["EntropicStep", "Quadratic", "entropic_step", "n_coefficients", "regressed"]

FULL_UP_TO = 24
"""Dimensions above which the Hessian is taken to be diagonal: a full one has d^2 / 2 coefficients."""

RIDGE = 1e-9
"""Relative size of what is added to the normal equations."""


@dataclass(frozen=True, eq=False)
class Quadratic:
    """A quadratic in whitened coordinates ``z = L^-1 (x - m)``, fitted to values in units of their spread.

    Parameters
    ----------
    value : float
        At ``z = 0``, in units of the loss.
    gradient : array, shape (d,)
        Estimate of the mean of grad f under the Gaussian, times ``L^T / spread``.
    hessian : array, shape (d, d)
    spread : float
        Standard deviation of the values under the Gaussian.
    explained : float
        Share of the variance that the quadratic explains, corrected for the number of its coefficients.
    significance : float
        The F statistic of the regression: near 1 if there is nothing but noise.
    """

    value: float
    gradient: FloatArray
    hessian: FloatArray
    spread: float
    explained: float
    significance: float

    @property
    def residual(self) -> float:
        """Standard deviation of what the quadratic leaves, in units of the loss."""
        return self.spread * float(np.sqrt(max(1.0 - self.explained, 0.0)))

    @property
    def is_convex(self) -> bool:
        """Whether no curvature is negative or near zero beside the largest."""
        curvatures = np.linalg.eigvalsh(self.hessian)
        return bool(curvatures[0] > 0.02 * curvatures[-1])

    def at(self, z: FloatArray) -> float:
        """Return the value in units of the loss."""
        return self.value + self.spread * float(self.gradient @ z + 0.5 * z @ self.hessian @ z)


@dataclass(frozen=True, eq=False)
class EntropicStep:
    """The Gaussian N(shift, factor factor^T) in coordinates where the last one was standard, and the beta it took."""

    shift: FloatArray
    factor: FloatArray
    log_scale: float
    beta: float


def n_coefficients(dim: int) -> int:
    """Return the number of coefficients of a quadratic."""
    return 1 + dim + (dim * (dim + 1) // 2 if dim <= FULL_UP_TO else dim)


def pairs(dim: int) -> tuple[Any, Any]:
    """Return the indices of the entries of a Hessian that are fitted."""
    first, second = np.triu_indices(dim) if dim <= FULL_UP_TO else (np.arange(dim), np.arange(dim))
    return first, second


def regressed(z: FloatArray, values: FloatArray, weights: FloatArray) -> Quadratic:
    """Fit a quadratic by weighted least squares.

    Parameters
    ----------
    z : array, shape (n, d)
        Whitened coordinates.
    values : array, shape (n,)
        Finite.
    weights : array, shape (n,)

    Returns
    -------
    Quadratic

    Notes
    -----
    Under a Gaussian the coefficients of the best quadratic are the means of the gradient and of the Hessian (Stein's
    identity), whatever the function: those of the landscape relaxed with that Gaussian.
    """
    dim = z.shape[1]
    first, second = pairs(dim)
    size = float(weights.sum() ** 2 / (weights**2).sum())
    mean = float(np.average(values, weights=weights))
    spread = float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))
    if spread == 0.0:
        return Quadratic(mean, np.zeros(dim), np.zeros((dim, dim)), 0.0, 0.0, 0.0)
    squares = z[:, first] * z[:, second] * np.where(first == second, 0.5, 1.0)
    columns = np.concatenate([np.ones((len(z), 1)), z, squares], axis=1)
    target = (values - mean) / spread
    coefficients = _least_squares(columns, target, weights)
    left = float(np.average((target - columns @ coefficients) ** 2, weights=weights))
    hessian = np.zeros((dim, dim))
    hessian[first, second] = hessian[second, first] = coefficients[1 + dim :]
    return Quadratic(
        mean + spread * float(coefficients[0]),
        coefficients[1 : 1 + dim],
        hessian,
        spread,
        *_explained(left, max(size, len(coefficients) + 1.5), len(coefficients)),
    )


def _least_squares(columns: FloatArray, target: FloatArray, weights: FloatArray) -> FloatArray:
    """Solve the normal equations with a small ridge."""
    weighted = columns * weights[:, None]
    normal = weighted.T @ columns
    normal[np.diag_indices_from(normal)] += RIDGE * np.trace(normal) / len(normal)
    return np.asarray(np.linalg.solve(normal, weighted.T @ target), dtype=float)


def _explained(left: float, size: float, n: int) -> tuple[float, float]:
    """Return the explained share, corrected, and the F statistic."""
    per_degree = max(left, 1e-300) * size / (size - n)
    return 1.0 - per_degree, max(1.0 - left, 0.0) / (n - 1) * size / per_degree


def entropic_step(gradient: FloatArray, hessian: FloatArray, nats: float) -> EntropicStep:
    """Minimise ``E_rho f + KL(rho | N(0, I)) / beta`` over Gaussians, at the beta where ``KL = nats``.

    Parameters
    ----------
    gradient : array, shape (d,)
    hessian : array, shape (d, d)
        Of the relaxed landscape in whitened coordinates.
    nats : float
        Positive: how much of the entropy one step may use.

    Returns
    -------
    EntropicStep

    Notes
    -----
    The minimiser has precision ``P = I + beta H`` and mean ``-beta P^-1 g``. Along directions of negative curvature
    the variance grows, at most twofold.

    Examples
    --------
    >>> step = entropic_step(np.array([1.0]), np.array([[1.0]]), nats=0.5)
    >>> bool(abs(step.shift[0] + step.beta / (1.0 + step.beta)) < 1e-12)
    True
    """
    curvatures, axes = np.linalg.eigh(hessian)
    slopes = axes.T @ gradient
    largest = min(0.5 / max(-curvatures[0], 1e-12), 1e12)

    def excess(log_beta: float) -> float:
        beta = np.exp(log_beta)
        precisions = 1.0 + beta * curvatures
        shift = beta * slopes / precisions
        return 0.5 * float((1.0 / precisions - 1.0 + np.log(precisions) + shift**2).sum()) - nats

    top = float(np.log(largest))
    bottom = top - 80.0
    beta = float(np.exp(brentq(excess, bottom, top, xtol=1e-9))) if excess(top) > 0.0 > excess(bottom) else largest
    precisions = 1.0 + beta * curvatures
    factor = axes / np.sqrt(precisions)
    return EntropicStep(-axes @ (beta * slopes / precisions), factor, -0.5 * float(np.log(precisions).mean()), beta)
