"""Soft minima of quadratics, with any number of wells in any dimension: value, gradient and Hessian.

f = -(1/beta) log sum_i exp(h_i - (x - m_i)^T P_i (x - m_i) / 2), with log heights h of shape (k,), means m
(k, d) and precisions P (k, d, d). The largest term is taken out as the sum runs, so nothing overflows.
"""

import numpy as np
from numba.extending import register_jitable

from pdeopt._types import FloatArray, Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import as_matrix, as_point, coordinates, with_entry, with_item, zero_matrix


@register_jitable
def slope_of(here: Point, mean: FloatArray, precision: FloatArray, i: int) -> Scalar:
    """Entry i of P (x - m)."""
    total = 0.0
    for j in range(len(mean)):
        total = total + precision[i, j] * (here[j] - mean[j])
    return total


@register_jitable
def log_term(here: Point, height: float, mean: FloatArray, precision: FloatArray) -> Scalar:
    """Return h - (x - m)^T P (x - m) / 2."""
    total = height
    for i in range(len(mean)):
        total = total - 0.5 * (here[i] - mean[i]) * slope_of(here, mean, precision, i)
    return total


@register_jitable
def log_sum(here: Point, heights: FloatArray, means: FloatArray, precisions: FloatArray) -> Scalar:
    """Logarithm of the sum of all terms."""
    # One pass: when a larger term turns up, the sum so far is rescaled to it.
    largest = log_term(here, heights[0], means[0], precisions[0])
    total = 1.0
    for k in range(1, len(heights)):
        term = log_term(here, heights[k], means[k], precisions[k])
        high = np.maximum(largest, term)
        total = total * np.exp(largest - high) + np.exp(term - high)
        largest = high
    return largest + np.log(total)


@register_jitable
def mean_slope(here: Point, heights: FloatArray, means: FloatArray, precisions: FloatArray, i: int) -> Scalar:
    """Entry i of the average of P_k (x - m_k) over the weights of the terms."""
    whole = log_sum(here, heights, means, precisions)
    total = 0.0
    for k in range(len(heights)):
        weight = np.exp(log_term(here, heights[k], means[k], precisions[k]) - whole)
        total = total + weight * slope_of(here, means[k], precisions[k], i)
    return total


@register_jitable
def mean_bend(here: Point, heights: FloatArray, means: FloatArray, precisions: FloatArray, i: int, j: int) -> Scalar:
    """Entry (i, j) of the average of P_k less the covariance of the slopes."""
    whole = log_sum(here, heights, means, precisions)
    slope_i = mean_slope(here, heights, means, precisions, i)
    slope_j = mean_slope(here, heights, means, precisions, j)
    # Centred before multiplying: the difference of raw moments would cancel.
    total = 0.0
    for k in range(len(heights)):
        weight = np.exp(log_term(here, heights[k], means[k], precisions[k]) - whole)
        excess_i = slope_of(here, means[k], precisions[k], i) - slope_i
        excess_j = slope_of(here, means[k], precisions[k], j) - slope_j
        total = total + weight * (precisions[k, i, j] - excess_i * excess_j)
    return total


@strict_kernel
def gaussian_mixture(x: Point, heights: FloatArray, means: FloatArray, precisions: FloatArray, beta: float) -> Scalar:
    """Return -(1/beta) times the logarithm of the sum of Gaussian terms."""
    return log_sum(coordinates(x), heights, means, precisions) / -beta


@strict_kernel
def gaussian_mixture_gradient(
    x: Point, heights: FloatArray, means: FloatArray, precisions: FloatArray, beta: float
) -> Point:
    """Return (1/beta) times the average of P_k (x - m_k)."""
    here = coordinates(x)
    out = here
    for i in range(len(here)):
        out = with_item(out, i, mean_slope(here, heights, means, precisions, i) / beta)
    return as_point(x, out)


@strict_kernel
def gaussian_mixture_hessian(
    x: Point, heights: FloatArray, means: FloatArray, precisions: FloatArray, beta: float
) -> Point:
    """Return (1/beta) times the average of P_k less the covariance of the slopes."""
    here = coordinates(x)
    rows = zero_matrix(here)
    for i in range(len(here)):
        for j in range(len(here)):
            rows = with_entry(rows, i, j, mean_bend(here, heights, means, precisions, i, j) / beta)
    return as_matrix(x, rows)


@register_jitable
def diagonal_log_sum(x: FloatArray, heights: FloatArray, means: FloatArray, precisions: FloatArray) -> Scalar:
    """Logarithm of the sum of all terms, each of diagonal precision, (k, d) together."""
    largest, total = -np.inf, 0.0
    for k in range(len(heights)):
        term = diagonal_term(x, heights[k], means[k], precisions[k])
        high = max(largest, term)
        total = total * np.exp(largest - high) + np.exp(term - high)
        largest = high
    return largest + np.log(total)


@register_jitable
def diagonal_term(x: FloatArray, height: float, mean: FloatArray, precision: FloatArray) -> float:
    """Return h - sum_i p_i (x_i - m_i)^2 / 2."""
    total = height
    for i in range(len(mean)):
        total -= 0.5 * precision[i] * (x[i] - mean[i]) ** 2
    return total


@strict_kernel
def diagonal_mixture(
    x: FloatArray, heights: FloatArray, means: FloatArray, precisions: FloatArray, beta: float
) -> Scalar:
    """Return -(1/beta) times the logarithm of the sum of Gaussian terms."""
    return diagonal_log_sum(x, heights, means, precisions) / -beta


@strict_kernel
def diagonal_mixture_gradient(
    x: FloatArray, heights: FloatArray, means: FloatArray, precisions: FloatArray, beta: float
) -> FloatArray:
    """Return (1/beta) times the average of p_k (x - m_k), in a new array."""
    whole = diagonal_log_sum(x, heights, means, precisions)
    out = np.zeros(len(x))
    for k in range(len(heights)):
        weight = np.exp(diagonal_term(x, heights[k], means[k], precisions[k]) - whole) / beta
        for i in range(len(x)):
            out[i] += weight * precisions[k, i] * (x[i] - means[k, i])
    return out


@strict_kernel
def diagonal_mixture_hessian(
    x: FloatArray, heights: FloatArray, means: FloatArray, precisions: FloatArray, beta: float
) -> FloatArray:
    """Return (1/beta) times the average of p_k less the covariance of the slopes, in a new array."""
    whole = diagonal_log_sum(x, heights, means, precisions)
    mean = beta * diagonal_mixture_gradient(x, heights, means, precisions, beta)
    out = np.zeros((len(x), len(x)))
    for k in range(len(heights)):
        weight = np.exp(diagonal_term(x, heights[k], means[k], precisions[k]) - whole) / beta
        for i in range(len(x)):
            out[i, i] += weight * precisions[k, i]
            for j in range(len(x)):
                excess = precisions[k, i] * (x[i] - means[k, i]) - mean[i]
                out[i, j] -= weight * excess * (precisions[k, j] * (x[j] - means[k, j]) - mean[j])
    return out
