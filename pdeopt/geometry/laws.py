"""Bounds of the theory on the curvature of a relaxation, as functions of that of the landscape."""

import numpy as np

from pdeopt._types import ArrayLike, FloatArray

__all__ = ["hessian_bounds", "relaxed_constant", "relaxed_laplacian", "sandwich"]


def relaxed_constant(constant: ArrayLike, time: ArrayLike) -> FloatArray:
    """Return the bound ``C / (1 + C t)`` of second derivatives that start below C.

    Parameters
    ----------
    constant : array_like
        Supremum C of the second derivative along an axis, or of the largest eigenvalue, in loss per length^2; ``inf``
        gives ``1 / t``, the bound of any relaxation at all.
    time : array_like
        PDE time, not negative.

    Returns
    -------
    ndarray
        The bound at any temperature; ``inf`` where there is none, that is at time 0 for ``C = inf``, and from the time
        ``1 / |C|`` on for negative C, when the solution is ``-inf``.

    Notes
    -----
    Lemma 18 of arXiv:1704.04932, and for the largest eigenvalue its sharper form. The same formula with minus the
    bound from below, ``-l / (1 - l t)``, bounds the least eigenvalue from below while ``l t < 1``.

    Examples
    --------
    >>> float(relaxed_constant(1e8, 0.01))
    99.9999000001
    """
    c, t = np.broadcast_arrays(np.asarray(constant, dtype=float), np.asarray(time, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = np.where(np.isinf(c), 1.0 / t, c / (1.0 + np.where(np.isinf(c), 0.0, c) * t))
    known = np.isinf(c) | (1.0 + np.where(np.isinf(c), 0.0, c) * t > 0)
    return np.where(known & (c > -np.inf), bound, np.inf)


def relaxed_laplacian(constant: ArrayLike, time: ArrayLike, dim: int) -> FloatArray:
    """Return the bound ``C / (1 + C t / n)`` of a Laplacian that starts below C, in n dimensions.

    Parameters
    ----------
    constant, time : array_like
        As for `relaxed_constant`.
    dim : int
        Number of coordinates.
    """
    return relaxed_constant(constant, np.asarray(time, dtype=float) / dim)


def hessian_bounds(below: FloatArray, above: FloatArray, time: float) -> tuple[FloatArray | None, FloatArray | None]:
    """Return the matrices between which all Hessians of a relaxation lie.

    Parameters
    ----------
    below, above : array, shape (d, d)
        Constant symmetric matrices between which all Hessians of the landscape lie.
    time : float
        PDE time, not negative.

    Returns
    -------
    lower, upper : array, shape (d, d), or None
        ``A (I + t A)^-1`` for both, at any temperature; None where ``I + t A`` is not positive definite.

    Notes
    -----
    From above by Cramer and Rao's inequality on ``hess u = (I - (beta / t) Cov(y)) / t``, from below by Brascamp and
    Lieb's.
    """
    lower, upper = (_relaxed_matrix(np.asarray(matrix, dtype=float), time) for matrix in (below, above))
    return lower, upper


def _relaxed_matrix(matrix: FloatArray, time: float) -> FloatArray | None:
    if not np.isfinite(matrix).all():
        return None
    spread = np.eye(len(matrix)) + time * matrix
    if not np.linalg.eigvalsh(spread).min() > 0:
        return None
    found = np.linalg.solve(spread, matrix)
    return 0.5 * (found + found.T)


def sandwich(low: float, high: float, time: float, beta: float, dim: int) -> tuple[float, float]:
    """Return bounds of ``u_beta - u_inf`` where all curvatures of the landscape lie between `low` and `high`.

    Parameters
    ----------
    low, high : float
        Bounds of the eigenvalues of the Hessian; infinite where there is none.
    time, beta : float
        PDE time and inverse temperature, both positive.
    dim : int
        Number n of coordinates.

    Returns
    -------
    lower, upper : float
        ``(n / 2 beta) log(1 + t a)`` for both; minus infinity if ``1 + t low`` is not positive. Equal for isotropic
        quadratics.
    """
    half = 0.5 * dim / beta
    lower = half * float(np.log1p(time * low)) if 1.0 + time * low > 0 else -np.inf
    return lower, half * float(np.log1p(time * high)) if 1.0 + time * high > 0 else np.inf
