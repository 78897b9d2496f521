"""Means, covariance and mass of the local Gibbs law from weighted draws, with control variates and errors."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag
from scipy.special import logsumexp, softmax

from pdeopt._types import FloatArray
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.sampling.draws import Draws
from pdeopt.entropy.sampling.regression import Mean, Regression, mean_of, quantile
from pdeopt.entropy.sampling.spreads import Spread
from pdeopt.entropy.sampling.stein import stein_functions

__all__ = ["Moments", "moments", "pooled", "pooled_mass"]

LARGEST_QUADRATIC = 12
"""Dimension up to which control variates of second degree are fitted."""
LARGEST_DENSE = 200
"""Dimension up to which the covariance is dense."""


@dataclass(frozen=True, eq=False)
class Moments:
    """What draws tell of the law exp(-E).

    Parameters
    ----------
    log_mass : Mean, shape (1,)
        Logarithm of the mass, corrected for the bias of the logarithm.
    mean : Mean, shape (d,)
    covariance : Curvature
        Of one matrix.
    covariance_error : float
        Largest half width of its entries; beyond `LARGEST_DENSE` dimensions, of its diagonal.
    effective : float
        Independent draws that would give the plain mean as well.
    """

    log_mass: Mean
    mean: Mean
    covariance: Curvature
    covariance_error: float
    effective: float


def moments(draws: Draws, spread: Spread, *, stein: bool) -> Moments:
    """Return mass, mean and covariance.

    `stein` adds functions whose mean vanishes by integration by parts; `spread` is that of the leading peak.
    """
    dim, peak = draws.w.shape[1], draws.log_weight.max()
    weights = np.exp(draws.log_weight - peak)
    level = weights.mean()
    weights /= level
    degree = 0 if not stein or len(weights) < 50 * dim else 1 if dim > LARGEST_QUADRATIC else 2
    functions = stein_functions(draws.w, draws.slope, weights, degree)
    regression = Regression(weights, np.hstack([weights[:, None] * functions, draws.controls]), draws.batches)
    log_mass = _log_mass(regression, float(peak + np.log(level)))
    effective = _effective(draws, weights)
    if dim <= LARGEST_QUADRATIC:
        mean = mean_of(regression, draws.w)
        return Moments(log_mass, mean, *_fitted_covariance(regression, draws.w - mean.value), effective)
    linear = _linear(draws, weights, spread) if stein else None
    rest = draws.w - linear.covariance_times(draws.slope) if linear is not None else draws.w
    mean = mean_of(regression, rest)
    pair = rest - mean.value, draws.w - mean.value
    build = _dense_covariance if dim <= LARGEST_DENSE else _diagonal_covariance
    return Moments(log_mass, mean, *build(weights, draws.batches, pair, linear), effective)


def _log_mass(regression: Regression, level: float) -> Mean:
    found = regression.interval(regression.residual(regression.weights[:, None]))
    relative = found.half_width / found.value
    variance = (relative / quantile(regression.batches)) ** 2
    return Mean(level + np.log(found.value) + 0.5 * variance, relative)


def _effective(draws: Draws, weights: FloatArray) -> float:
    """Compare the spread of the law with that of plain means of batches, along the median coordinate."""
    raw = weights @ draws.w / len(weights)
    centred = draws.w - raw
    by_batch = (weights[:, None] * centred).reshape(draws.batches, -1, raw.size).mean(axis=1)
    error = by_batch.var(axis=0, ddof=1) / draws.batches
    ratio = weights @ centred**2 / len(weights) / np.where(error > 0, error, np.inf)
    return float(min(np.median(ratio), draws.kish))


def _fitted_covariance(regression: Regression, centred: FloatArray) -> tuple[Curvature, float]:
    dim = centred.shape[1]
    rows, columns = np.triu_indices(dim)
    entries = mean_of(regression, centred[:, rows] * centred[:, columns])
    matrix = np.zeros((dim, dim))
    matrix[rows, columns] = matrix[columns, rows] = entries.value
    return Curvature.of_dense(matrix[None]), float(entries.half_width.max())


def _linear(draws: Draws, weights: FloatArray, spread: Spread) -> Spread:
    """Return the A for which w - A grad E varies least: that of the peak, or the best diagonal one."""
    total = weights.sum()
    diagonal = Spread(np.sqrt(total / (weights @ draws.slope**2)), np.zeros((0, draws.w.shape[1])), np.zeros(0))

    def remaining(candidate: Spread) -> float:
        rest = draws.w - candidate.covariance_times(draws.slope)
        square = weights @ rest**2 / total - (weights @ rest / total) ** 2
        return float((square * (weights @ draws.slope**2)).sum())

    return min((spread, diagonal), key=remaining)


Pair = tuple[FloatArray, FloatArray]


def _dense_covariance(weights: FloatArray, batches: int, pair: Pair, linear: Spread | None) -> tuple[Curvature, float]:
    """Return A + E[(w - A grad E) w^T], symmetric, where E[grad E w^T] = I has been used."""
    dim = pair[0].shape[1]
    weighted, other = ((weights[:, None] * pair[0]).reshape(batches, -1, dim), pair[1].reshape(batches, -1, dim))
    products = np.matmul(np.swapaxes(weighted, 1, 2), other) / other.shape[1]
    products = 0.5 * (products + np.swapaxes(products, 1, 2))
    error = products.std(axis=0, ddof=1) / np.sqrt(batches)
    matrix = products.mean(axis=0) + (linear.covariance if linear is not None else 0.0)
    return Curvature.of_dense(matrix[None]), quantile(batches) * float(error.max())


def _diagonal_covariance(
    weights: FloatArray, batches: int, pair: Pair, linear: Spread | None
) -> tuple[Curvature, float]:
    """Return the same on the diagonal; beside it what A has there."""
    found = Regression(weights, np.zeros((len(weights), 0)), batches).interval(weights[:, None] * pair[0] * pair[1])
    error = float(found.half_width.max())
    if linear is None:
        return Curvature.of_diagonal(found.value[None]), error
    diagonal, factors, core = linear.covariance_parts
    return Curvature((diagonal + found.value)[None], factors[None], np.diag(core)[None]), error


def pooled_mass(parts: list[Moments]) -> Mean:
    """Return the logarithm of the mean of masses found independently."""
    logs = np.concatenate([part.log_mass.value for part in parts])
    bars = np.concatenate([part.log_mass.half_width for part in parts])
    found = float(logsumexp(logs)) - np.log(len(parts))
    return Mean(np.array([found]), np.array([np.linalg.norm(softmax(logs) * bars)]))


def pooled(parts: list[Moments]) -> Moments:
    """Join what independent rounds of draws tell, weighted by the mass that each found."""
    if len(parts) == 1:
        return parts[0]
    shares = softmax(np.concatenate([part.log_mass.value for part in parts]))
    mean = sum(a * part.mean.value for a, part in zip(shares, parts, strict=True))
    square = sum((a * part.mean.half_width) ** 2 for a, part in zip(shares, parts, strict=True))
    error = np.linalg.norm([a * part.covariance_error for a, part in zip(shares, parts, strict=True)])
    effective = sum(part.effective for part in parts)
    return Moments(
        pooled_mass(parts),
        Mean(np.asarray(mean), np.sqrt(square)),
        _mean_curvature(parts, shares),
        float(error),
        effective,
    )


def _mean_curvature(parts: list[Moments], shares: FloatArray) -> Curvature:
    inner = [part.covariance for part in parts]
    diagonal = sum(a * one.diagonal for a, one in zip(shares, inner, strict=True))
    if all(np.array_equal(one.factors, inner[0].factors) for one in inner):
        core = sum(a * one.core for a, one in zip(shares, inner, strict=True))
        return Curvature(np.asarray(diagonal), inner[0].factors, np.asarray(core))
    core = block_diag(*(a * one.core[0] for a, one in zip(shares, inner, strict=True)))[None]
    return Curvature(np.asarray(diagonal), np.concatenate([one.factors for one in inner], axis=1), core)
