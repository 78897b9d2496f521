"""Weighted means with control variates, and errors from independent batches."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import stdtrit

from pdeopt._types import FloatArray

__all__ = ["Mean", "Regression", "mean_of", "quantile"]

FOLDS = 4
WIDENING = 1.1
"""Batch means are not quite normal, and fitted coefficients not quite independent: bars are a tenth wider for that."""


def quantile(batches: int) -> float:
    """Return the half width of a 95 % interval in standard errors."""
    return WIDENING * float(stdtrit(batches - 1, 0.975))


@dataclass(frozen=True, eq=False)
class Mean:
    """A mean, shape (q,), with the half width of its 95 % interval."""

    value: FloatArray
    half_width: FloatArray


@dataclass(frozen=True, eq=False)
class Regression:
    """Draws with relative weights, and regressors whose mean is zero."""

    weights: FloatArray
    regressors: FloatArray
    batches: int

    def residual(self, y: FloatArray) -> FloatArray:
        """Take from columns of y what the regressors explain of them.

        The coefficients of each quarter come from the other three: fitted to the same draws they would hide error.
        """
        size = np.sqrt(np.einsum("ni,ni->i", self.regressors, self.regressors))
        X = self.regressors[:, size > 0] / size[size > 0]
        if not X.shape[1]:
            return y
        edges = np.round(np.linspace(0, self.batches, FOLDS + 1)).astype(int) * (len(y) // self.batches)
        parts = [slice(*pair) for pair in pairwise(edges)]
        sums = [_sums(X[part], y[part]) for part in parts]
        total = [sum(column) for column in zip(*sums, strict=True)]
        left = y.copy()
        for part, own in zip(parts, sums, strict=True):
            left[part] -= X[part] @ _coefficients(*(all_ - mine for all_, mine in zip(total, own, strict=True)))
        return left

    def interval(self, y: FloatArray) -> Mean:
        """Return the mean of columns, with an error from the spread of batch means."""
        by_batch = y.reshape(self.batches, -1, y.shape[1]).mean(axis=1)
        error = by_batch.std(axis=0, ddof=1) / np.sqrt(self.batches)
        return Mean(by_batch.mean(axis=0), quantile(self.batches) * error)


def _sums(X: FloatArray, y: FloatArray) -> tuple[Any, ...]:
    return float(len(X)), X.sum(axis=0), y.sum(axis=0), X.T @ X, X.T @ y


def _coefficients(n: float, x: FloatArray, y: FloatArray, xx: FloatArray, xy: FloatArray) -> FloatArray:
    gram = xx - np.outer(x, x) / n
    return np.asarray(np.linalg.lstsq(gram, xy - np.outer(x, y) / n, rcond=1e-11)[0], dtype=float)


def mean_of(draws: Regression, h: FloatArray) -> Mean:
    """Return the weighted mean of functions h, shape (n, q), with the regressors as control variates."""
    raw = draws.weights @ h / draws.weights.sum()
    mass = draws.interval(draws.residual(draws.weights[:, None])).value
    found = draws.interval(draws.residual(draws.weights[:, None] * (h - raw)))
    return Mean(raw + found.value / mass, found.half_width / mass)
