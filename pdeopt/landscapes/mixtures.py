"""Gaussian mixtures, which stay so as they relax."""

from functools import partial

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.kernels.landscapes import mixtures
from pdeopt.landscapes.entries import entry, require_positive, with_minima
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.soft_minima import SoftMinimum
from pdeopt.landscapes.validation import parallel_arrays, square_matrix

__all__ = ["gaussian_mixture"]

MOST_SEARCHED = 512
"""Coordinates of all centres together up to which minima are looked for, by steps with full Hessians."""


def gaussian_mixture(
    weights: ArrayLike = (0.7, 0.3),
    means: ArrayLike = (-1.0, 1.5),
    covariances: ArrayLike = (0.25, 0.0025),
    beta: float = 1.0,
) -> Landscape:
    """Gaussian mixture -(1/beta) log sum_k w_k N(x; m_k, S_k), a multi-well landscape of any dimension.

    Parameters
    ----------
    weights : array_like, shape (k,)
        Positive; they need not sum to one.
    means : array_like, shape (k, d) or (k,)
        Centres; without a last axis, of one dimension.
    covariances : array_like, shape (k,), (k, d) or (k, d, d)
        Per centre, a variance, a diagonal, or a positive definite matrix.
    beta : float
        Inverse temperature of the definition, positive and finite.

    Returns
    -------
    Landscape
        At its own `beta` it relaxes in closed form: S_k becomes S_k + (time / beta) I. The minima stated are
        those reached by descent from the centres.

    Raises
    ------
    ValueError
        If a weight or a covariance is not positive, or shapes do not match.

    Examples
    --------
    >>> f = gaussian_mixture([0.5, 0.5], [[-1.0, 0.0], [1.0, 0.0]], [0.1, 0.1])
    >>> f.dim, len(f.minima)
    (2, 2)
    """
    require_positive(beta=beta)
    w, c, m = parallel_arrays({"weights": weights, "covariances": covariances, "means": means})
    if not (w > 0).all():
        raise ValueError(f"weights={weights!r} has the entry {w.min()}, which is not positive. Leave that centre out.")
    shaped = _covariances(c, m.shape[1])
    if not (smallest := (shaped if shaped.ndim == 2 else np.linalg.eigvalsh(shaped)).min()) > 0:
        raise ValueError(
            f"covariances has the eigenvalue {smallest:.3g}, which is not positive. Use e.g. 0.1 for each centre."
        )
    return mixture(np.log(w), m, shaped, float(beta), "gaussian_mixture")


def _covariances(given: FloatArray, dim: int) -> FloatArray:
    """Return diagonals of shape (k, d), or matrices where there are any."""
    if given.ndim < 3:
        columns = given if given.ndim == 2 else given[:, None]
        if columns.shape[1] not in (1, dim):
            raise ValueError(f"covariances has shape {given.shape}, which does not fit dim={dim}. Use one per centre.")
        return np.array(np.broadcast_to(columns, (len(given), dim)))
    return np.stack([square_matrix(covariance, dim, "covariances") for covariance in given])


def mixture(log_weights: FloatArray, means: FloatArray, covariances: FloatArray, beta: float, name: str) -> Landscape:
    """Make a mixture of covariances of shape (k, d), diagonals, or (k, d, d)."""
    if covariances.ndim == 2 and means.shape[1] > LARGEST_TUPLE:
        return _diagonal_mixture(log_weights, means, covariances, beta, name)
    if covariances.ndim == 2:
        covariances = covariances[:, :, None] * np.eye(means.shape[1])
    precisions = np.asarray(np.linalg.inv(covariances), dtype=np.float64)
    heights = log_weights - 0.5 * np.linalg.slogdet(2 * np.pi * covariances)[1]
    spread = 3 * np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    f = entry(
        mixtures,
        "gaussian_mixture",
        name=name,
        dim=means.shape[1],
        args=(heights, means, precisions, beta),
        curvature=_mixture_curvature(means, precisions, beta),
        domain=((means - spread).min(axis=0), (means + spread).max(axis=0)),
        relaxation=partial(_relaxed_mixture, log_weights, means, covariances, beta, name),
    )
    return with_minima(f, means)


def _diagonal_mixture(
    log_weights: FloatArray, means: FloatArray, variances: FloatArray, beta: float, name: str
) -> Landscape:
    """Make a mixture of many coordinates, which no matrix enters."""
    precisions = 1.0 / variances
    heights = log_weights - 0.5 * np.log(2 * np.pi * variances).sum(axis=1)
    spread = 3 * np.sqrt(variances)
    f = entry(
        mixtures,
        "diagonal_mixture",
        name=name,
        dim=means.shape[1],
        args=(heights, means, precisions, beta),
        curvature=_diagonal_curvature(means, precisions, beta),
        domain=((means - spread).min(axis=0), (means + spread).max(axis=0)),
        structure=SoftMinimum(beta, heights, None, means, precisions),
        relaxation=partial(_relaxed_mixture, log_weights, means, variances, beta, name),
    )
    return with_minima(f, means) if means.size <= MOST_SEARCHED else f


def _diagonal_curvature(means: FloatArray, precisions: FloatArray, beta: float) -> tuple[float, float]:
    highest = float(precisions.max()) / beta
    if np.ptp(precisions, axis=0).any():
        return -np.inf, highest
    gaps = max(float(np.linalg.norm((means - mean) * precisions[0], axis=1).max()) for mean in means)
    return float(precisions.min() - 0.25 * gaps**2) / beta, highest


def _mixture_curvature(means: FloatArray, precisions: FloatArray, beta: float) -> tuple[float, float]:
    """Bound the mean precision less the covariance of the slopes, itself bounded for equal precisions."""
    bends = np.linalg.eigvalsh(precisions)
    if not np.array_equal(precisions, np.broadcast_to(precisions[0], precisions.shape)):
        return -np.inf, float(bends.max()) / beta
    # A covariance of bounded vectors is at most a quarter of their squared diameter (Popoviciu).
    gaps = np.linalg.norm((means[:, None] - means) @ precisions[0], axis=-1)
    return float(bends.min() - 0.25 * gaps.max() ** 2) / beta, float(bends.max()) / beta


def _relaxed_mixture(
    log_weights: FloatArray,
    means: FloatArray,
    covariances: FloatArray,
    own: float,
    name: str,
    time: float,
    beta: float,
) -> Landscape:
    refuse_other_beta(beta, own)
    added = time / beta * (np.ones(means.shape[1]) if covariances.ndim == 2 else np.eye(means.shape[1]))
    return mixture(log_weights, means, covariances + added, beta, name)


def refuse_other_beta(beta: float, own: float) -> None:
    """Refuse a temperature at which there is no closed form."""
    if beta != own:
        raise ValueError(
            f"beta={beta}: this landscape is defined at beta={own}, and relaxes in closed form only there. "
            f"Use beta={own}."
        )
