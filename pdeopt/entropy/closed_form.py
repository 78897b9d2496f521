"""Landscapes that relax to landscapes of the same kind."""

import numpy as np

from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.problem import Problem

__all__ = ["estimate", "obstacle"]


def obstacle(problem: Problem) -> str:
    """Say why there is no closed form, or nothing."""
    try:
        problem.landscape.relaxed(problem.time, problem.beta)
    except ValueError as error:
        return str(error)
    return ""


def estimate(problem: Problem) -> Estimate:
    """Evaluate the relaxed landscape."""
    relaxed = problem.landscape.relaxed(problem.time, problem.beta)
    points = problem.points
    return Estimate.exact(
        np.atleast_1d(relaxed(points)),
        relaxed.gradient_at(points),
        Curvature(*relaxed.hessian_parts_at(points)),
        "closed form",
        len(points),
    )
