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
    value = np.atleast_1d(relaxed(points))
    low, high = relaxed.curvature or (-np.inf, np.inf)
    # Weights of several terms are exponentials; a quadratic of one curvature has none.
    several = np.isfinite(problem.beta) and problem.time > 0 and low < high
    return Estimate.exact(
        value,
        relaxed.gradient_at(points),
        Curvature(*relaxed.hessian_parts_at(points)),
        "closed form",
        len(points),
        *((problem.beta * value, problem.units) if several else ()),
    )
