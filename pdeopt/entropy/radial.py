"""Functions of a distance: one integral over the distance, with a Bessel function for the directions."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.lines import Ray
from pdeopt.entropy.problem import Problem
from pdeopt.entropy.separable import rows_on_lines
from pdeopt.landscapes.structure import Radial

__all__ = ["estimate", "obstacle"]


def obstacle(problem: Problem) -> str:
    """Say why this route cannot serve, or nothing."""
    if isinstance(problem.landscape.structure, Radial):
        return ""
    return "the landscape is not known to depend on a distance alone."


def estimate(problem: Problem) -> Estimate:
    """Relax along the ray through each point: the Hessian is a multiple of the identity and a rank of one."""
    structure = problem.landscape.structure
    assert isinstance(structure, Radial)
    points, dim = problem.points, problem.landscape.dim
    away = points - structure.center
    r = np.linalg.norm(away, axis=1)
    n = len(r)
    ray = Ray(structure.profile, r, np.full(n, problem.time), np.full(n, problem.beta), dim)
    (value, slope, bend, value_error, slope_error, bend_error), count = rows_on_lines(ray)
    unit = away / np.where(r > 0, r, 1.0)[:, None]
    around, around_error = _around(r, slope, bend, slope_error, bend_error, problem.time)
    curvature = Curvature(
        np.broadcast_to(around[:, None], points.shape).copy(), unit[:, None], (bend - around)[:, None, None]
    )
    # A sum of `dim` terms of the size of one is rounded in the exponent.
    rounding = 2e-16 * dim / problem.beta
    return Estimate(
        value,
        slope[:, None] * unit,
        curvature,
        value_error + rounding,
        slope_error[:, None] * np.abs(unit) + (slope_error * (r == 0))[:, None],
        np.maximum(bend_error, around_error),
        "radial",
        "estimate",
        count,
        np.full(n, np.inf),
    )


def _around(
    r: FloatArray, slope: FloatArray, bend: FloatArray, slope_error: FloatArray, bend_error: FloatArray, time: float
) -> tuple[FloatArray, FloatArray]:
    """Curvature across the ray, slope / r, which at the centre is the curvature along it."""
    positive = np.where(r > 0, r, 1.0)
    ratio, doubt = slope / positive, slope_error / positive
    # A slope of zero temperature at the centre is a corner, where no Hessian is.
    corner = np.abs(slope) > 1e-9 / time + slope_error
    near = (r == 0) | (doubt > 1e-7 * (np.abs(bend) + 1.0 / time))
    error = np.where(near, np.where(corner & (r == 0), np.inf, bend_error + np.where(r > 0, doubt, 0.0)), doubt)
    return np.where(near, bend, ratio), error
