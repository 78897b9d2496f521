"""Affine functions, and soft minima of several of them, in any dimension: value, gradient and Hessian.

The soft minimum is f = -(1/beta) log sum_k exp(h_k + beta a_k . x), log weights h of shape (k,), slopes a of
shape (k, d).
"""

import numpy as np
from numba.extending import register_jitable

from pdeopt._types import FloatArray, Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import as_matrix, as_point, coordinates, with_entry, with_item, zero_matrix


@register_jitable
def line(here: Point, height: float, slope: FloatArray) -> Scalar:
    """Return h + a . x."""
    total = height
    for i in range(len(slope)):
        total = total + slope[i] * here[i]
    return total


@register_jitable
def log_sum_of_lines(here: Point, heights: FloatArray, slopes: FloatArray, beta: float) -> Scalar:
    """Logarithm of the sum of exp(h_k + beta a_k . x), the largest term taken out as the sum runs."""
    # One pass: when a larger term turns up, the sum so far is rescaled to it.
    largest = line(here, heights[0], beta * slopes[0])
    total = 1.0
    for k in range(1, len(heights)):
        term = line(here, heights[k], beta * slopes[k])
        high = np.maximum(largest, term)
        total = total * np.exp(largest - high) + np.exp(term - high)
        largest = high
    return largest + np.log(total)


@register_jitable
def mean_line_slope(here: Point, heights: FloatArray, slopes: FloatArray, beta: float, i: int) -> Scalar:
    """Average of the slopes along i over the weights of the terms."""
    whole = log_sum_of_lines(here, heights, slopes, beta)
    total = 0.0
    for k in range(len(heights)):
        total = total + slopes[k, i] * np.exp(line(here, heights[k], beta * slopes[k]) - whole)
    return total


@strict_kernel
def affine(x: Point, slope: FloatArray, level: float) -> Scalar:
    """Return level + p . x."""
    return line(coordinates(x), level, slope)


@strict_kernel
def affine_gradient(x: Point, slope: FloatArray, _level: float) -> Point:
    """Return p."""
    out = coordinates(x)
    for i in range(len(out)):
        out = with_item(out, i, slope[i])
    return as_point(x, out)


@strict_kernel
def affine_hessian(x: Point, _slope: FloatArray, _level: float) -> Point:
    """Return zero."""
    return as_matrix(x, zero_matrix(coordinates(x)))


@strict_kernel
def log_sum_exp(x: Point, heights: FloatArray, slopes: FloatArray, beta: float) -> Scalar:
    """Return -(1/beta) log sum exp(h_k + beta a_k . x)."""
    return log_sum_of_lines(coordinates(x), heights, slopes, beta) / -beta


@strict_kernel
def log_sum_exp_gradient(x: Point, heights: FloatArray, slopes: FloatArray, beta: float) -> Point:
    """Return minus the average slope."""
    here = coordinates(x)
    out = here
    for i in range(len(here)):
        out = with_item(out, i, -mean_line_slope(here, heights, slopes, beta, i))
    return as_point(x, out)


@strict_kernel
def log_sum_exp_hessian(x: Point, heights: FloatArray, slopes: FloatArray, beta: float) -> Point:
    """Return minus beta times the covariance of the slopes."""
    here = coordinates(x)
    rows = zero_matrix(here)
    whole = log_sum_of_lines(here, heights, slopes, beta)
    for i in range(len(here)):
        mean = mean_line_slope(here, heights, slopes, beta, i)
        for j in range(len(here)):
            other = mean_line_slope(here, heights, slopes, beta, j)
            total = 0.0
            for k in range(len(heights)):
                weight = np.exp(line(here, heights[k], beta * slopes[k]) - whole)
                total = total - beta * weight * (slopes[k, i] - mean) * (slopes[k, j] - other)
            rows = with_entry(rows, i, j, total)
    return as_matrix(x, rows)
