"""Landscapes whose relaxation has a closed form of the same kind: quadratics and mixtures of Gaussians."""

from functools import partial

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels.landscapes import elementary, mixtures
from pdeopt.landscapes.entries import entry
from pdeopt.landscapes.landscape import Landscape


def quadratic(curvature: ArrayLike = 1.0, center: ArrayLike = 0.0, level: float = 0.0, dim: int | None = None) -> Landscape:
    """Return level + (x - m)^T Q (x - m) / 2.

    Parameters
    ----------
    curvature : float or array_like
        Q as a number, as its diagonal of shape (d,), or as a symmetric matrix of shape (d, d).
    center : float or array_like, shape (d,)
        The stationary point m.
    level : float
        The value there.
    dim : int, optional
        Number of coordinates; by default what the arrays say.

    Returns
    -------
    Landscape
        Relaxes in closed form at every temperature.

    Raises
    ------
    ValueError
        If the shapes do not match or Q is not symmetric.
    """
    size = dim or max(np.atleast_1d(np.asarray(entry)).shape[0] for entry in (curvature, center))
    matrix = _symmetric(curvature, size, "curvature")
    middle = np.array(np.broadcast_to(np.asarray(center, dtype=float), (size,)))
    return _quadratic(matrix, middle, float(level))


def _quadratic(matrix: FloatArray, center: FloatArray, level: float) -> Landscape:
    bounds = np.linalg.eigvalsh(matrix)
    return entry(
        elementary,
        "quadratic",
        dim=len(center),
        args=(matrix, center, level),
        curvature=(bounds[0], bounds[-1]),
        minima=[center] if bounds[0] >= 0 else (),
        domain=(center - 2.0, center + 2.0),
        relaxation=partial(_relaxed_quadratic, matrix, center, level),
    )


def _relaxed_quadratic(matrix: FloatArray, center: FloatArray, level: float, time: float, beta: float) -> Landscape:
    factor = np.eye(len(center)) + time * matrix
    bounds = np.linalg.eigvalsh(factor)
    if bounds[0] <= 0:
        limit = -1.0 / np.linalg.eigvalsh(matrix)[0]
        raise ValueError(f"time={time} is past the blow-up of this concave quadratic. Use time < {limit:.6g}.")
    relaxed = np.linalg.solve(factor, matrix)
    return _quadratic(0.5 * (relaxed + relaxed.T), center, level + float(np.log(bounds).sum()) / (2 * beta))


def gaussian_mixture(
    weights: ArrayLike = (0.7, 0.3),
    means: ArrayLike = ((-1.0,), (1.5,)),
    covariances: ArrayLike = (0.25, 0.0025),
    beta: float = 1.0,
) -> Landscape:
    """Return -(1/beta) log sum_i w_i N(x; m_i, S_i), a multi-well landscape of any dimension.

    Parameters
    ----------
    weights : array_like, shape (k,)
        Positive; they need not sum to one.
    means : array_like, shape (k, d) or (k,)
        Centres; without a last axis, of one dimension.
    covariances : array_like, shape (k,), (k, d) or (k, d, d)
        Variances as one number, a diagonal, or a positive definite matrix per centre.
    beta : float
        Inverse temperature of the definition, positive and finite.

    Returns
    -------
    Landscape
        At its own `beta` it relaxes in closed form: S_i becomes S_i + (time / beta) I. Minima are those reached from
        the centres.

    Raises
    ------
    ValueError
        If a weight or a covariance is not positive, or shapes do not match.

    References
    ----------
    The log-sum of Gaussians solves the viscous equation because it is a heat flow: Cole-Hopf.
    """
    centers = np.asarray(means, dtype=float)
    centers = centers[:, None] if centers.ndim == 1 else centers
    matrices = np.stack([_symmetric(c, centers.shape[1], "covariances") for c in np.asarray(covariances, dtype=float)])
    return _mixture(np.log(np.asarray(weights, dtype=float)), centers, matrices, float(beta))


def _mixture(log_weights: FloatArray, means: FloatArray, covariances: FloatArray, beta: float) -> Landscape:
    dim = means.shape[1]
    precisions = np.linalg.inv(covariances)
    heights = log_weights - 0.5 * np.linalg.slogdet(2 * np.pi * covariances)[1]
    spread = np.sqrt(np.linalg.eigvalsh(covariances)[:, -1]).max()
    return entry(
        mixtures,
        "gaussian_mixture",
        dim=dim,
        args=(heights, means, precisions, beta),
        domain=(means.min(axis=0) - 3 * spread, means.max(axis=0) + 3 * spread),
        relaxation=partial(_relaxed_mixture, log_weights, means, covariances, beta),
    )


def _relaxed_mixture(
    log_weights: FloatArray, means: FloatArray, covariances: FloatArray, own: float, time: float, beta: float
) -> Landscape:
    if beta != own:
        raise ValueError(f"beta={beta}: this mixture is defined at beta={own}, and only there does it stay one. Use beta={own}.")
    return _mixture(log_weights, means, covariances + time / beta * np.eye(means.shape[1]), beta)


def _symmetric(value: ArrayLike, dim: int, name: str) -> FloatArray:
    entries = np.asarray(value, dtype=float)
    matrix = entries * np.eye(dim) if entries.ndim < 2 else np.array(entries)
    if matrix.shape != (dim, dim):
        raise ValueError(f"{name} has shape {entries.shape}, which does not fit dim={dim}. Use shape {(dim, dim)} or a number.")
    if not np.array_equal(matrix, matrix.T):
        raise ValueError(f"{name}={value!r} is not symmetric. Use (Q + Q.T) / 2.")
    return matrix
