"""The lowest of several parabolas, in any dimension: value, gradient and Hessian.

f = min_k (a_k + c_k abs(x - m_k)^2 / 2), levels a and curvatures c of shape (k,), centres m of shape (k, d).
Where two parabolas tie, derivatives are those of the first.
"""

import numpy as np
from numba.extending import register_jitable

from pdeopt._types import FloatArray, Point, Scalar
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels._points import (
    as_matrix,
    as_point,
    chosen,
    coordinates,
    with_entry,
    with_item,
    zero_matrix,
)


@register_jitable
def parabola(here: Point, level: float, curvature: float, center: FloatArray) -> Scalar:
    """Return a + c abs(x - m)^2 / 2."""
    total = level
    for i in range(len(center)):
        total = total + 0.5 * curvature * (here[i] - center[i]) ** 2
    return total


@strict_kernel
def piecewise_parabolas(x: Point, levels: FloatArray, curvatures: FloatArray, centers: FloatArray) -> Scalar:
    """Return the value of the lowest parabola."""
    here = coordinates(x)
    lowest = parabola(here, levels[0], curvatures[0], centers[0])
    for k in range(1, len(levels)):
        lowest = np.minimum(lowest, parabola(here, levels[k], curvatures[k], centers[k]))
    return lowest


@strict_kernel
def piecewise_parabolas_gradient(x: Point, levels: FloatArray, curvatures: FloatArray, centers: FloatArray) -> Point:
    """Return c_k (x - m_k) of the lowest parabola."""
    here = coordinates(x)
    out = here
    for i in range(len(here)):
        # Strictly lower replaces, so a tie keeps the first parabola.
        slope = curvatures[0] * (here[i] - centers[0, i])
        lowest = parabola(here, levels[0], curvatures[0], centers[0])
        for k in range(1, len(levels)):
            height = parabola(here, levels[k], curvatures[k], centers[k])
            slope = chosen(height < lowest, curvatures[k] * (here[i] - centers[k, i]), slope)
            lowest = np.minimum(lowest, height)
        out = with_item(out, i, slope)
    return as_point(x, out)


@strict_kernel
def piecewise_parabolas_hessian(x: Point, levels: FloatArray, curvatures: FloatArray, centers: FloatArray) -> Point:
    """Return c_k I of the lowest parabola."""
    here = coordinates(x)
    rows = zero_matrix(here)
    lowest = parabola(here, levels[0], curvatures[0], centers[0])
    # The zero gives the bend the shape of the axes.
    bend = curvatures[0] + 0.0 * lowest
    for k in range(1, len(levels)):
        height = parabola(here, levels[k], curvatures[k], centers[k])
        bend = chosen(height < lowest, curvatures[k], bend)
        lowest = np.minimum(lowest, height)
    for i in range(len(here)):
        rows = with_entry(rows, i, i, bend)
    return as_matrix(x, rows)
