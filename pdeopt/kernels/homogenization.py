"""Sums over nodes under Gibbs weights, and splines of averaged coefficients: what averaged equations evaluate."""

import numpy as np

from pdeopt._types import FloatArray, Point
from pdeopt.kernels._jit import kernel
from pdeopt.kernels._points import as_point, coordinates, with_item

__all__ = ["softmin", "softmin_gradient", "spline_at"]


@kernel
def softmin(x: Point, points: FloatArray, exponents: FloatArray, time: float, beta: float) -> float:
    """Return ``-1/beta log sum_j exp(-exponents[j] - beta |x - points[j]|^2 / (2 time))``.

    x is a number or a tuple of d, `points` of shape (m, d), `exponents` of shape (m,): beta f at the points, less the
    logarithm of the weight of each. The caller owns the spacing: the sum over a uniform grid is the local entropy to
    rounding where the spacing is below 0.7 of the width of the narrowest peak of the weights.
    """
    place = coordinates(x)
    rate = 0.5 * beta / time
    least, total = np.inf, 0.0
    for j in range(len(exponents)):
        exponent = exponents[j]
        for i in range(len(place)):
            exponent += rate * (place[i] - points[j, i]) ** 2
        if exponent < least:
            total = total * np.exp(exponent - least) + 1.0
            least = exponent
        else:
            total += np.exp(least - exponent)
    return float((least - np.log(total)) / beta)


@kernel
def softmin_gradient(x: Point, points: FloatArray, exponents: FloatArray, time: float, beta: float) -> Point:
    """Return the gradient of `softmin`, (x - mean)/time, in the form of x; the arguments are those of `softmin`."""
    place = coordinates(x)
    rate = 0.5 * beta / time
    least, total, sums = np.inf, 0.0, place
    for j in range(len(exponents)):
        exponent = exponents[j]
        for i in range(len(place)):
            exponent += rate * (place[i] - points[j, i]) ** 2
        kept, weight = 1.0, np.exp(least - exponent)
        if exponent < least:
            kept, weight = np.exp(exponent - least), 1.0
            least = exponent
        total = kept * total + weight
        for i in range(len(place)):
            before = 0.0 if j == 0 else sums[i]
            sums = with_item(sums, i, kept * before + weight * (place[i] - points[j, i]))
    for i in range(len(place)):
        sums = with_item(sums, i, sums[i] / (total * time))
    return as_point(x, sums)


@kernel
def spline_at(x: float, lower: float, spacing: float, coefficients: FloatArray) -> float:
    """Return a cubic spline at x, continued by its tangents beyond its ends.

    `coefficients` of shape (4, n) are those of the n pieces in powers 3 to 0 of the distance from the left end of each,
    as in `scipy.interpolate.CubicSpline.c`; the pieces have length `spacing` and begin at `lower`.
    """
    n = coefficients.shape[1]
    place = (x - lower) / spacing
    piece = min(max(int(np.floor(place)), 0), n - 1)
    inside = min(max(place, 0.0), float(n))
    s = (inside - piece) * spacing
    a, b, c, d = coefficients[0, piece], coefficients[1, piece], coefficients[2, piece], coefficients[3, piece]
    slope = (3.0 * a * s + 2.0 * b) * s + c
    return float(((a * s + b) * s + c) * s + d + slope * (place - inside) * spacing)
