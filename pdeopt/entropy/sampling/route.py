"""Local entropy by sampling: the thin path from a problem to an estimate."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.problem import Problem
from pdeopt.entropy.sampling.draws import importance
from pdeopt.entropy.sampling.moments import Moments, moments
from pdeopt.entropy.sampling.plans import planned
from pdeopt.entropy.sampling.scaled import Scaled

__all__ = ["estimate", "obstacle"]

DEFAULT_DRAWS = 2**16


@dataclass(frozen=True, eq=False)
class AtPoint:
    """What was found at one point."""

    value: float
    gradient: FloatArray
    hessian: FloatArray
    errors: tuple[float, FloatArray, float]
    effective: float
    evaluations: int


def obstacle(problem: Problem) -> str:
    """Say why sampling cannot serve, or nothing."""
    return "sampling needs a finite beta." if np.isinf(problem.beta) else ""


def estimate(problem: Problem) -> Estimate:
    """Sample at each point, each with its own stream of random numbers."""
    seeds = problem.rng.integers(2**63, size=len(problem.points))
    found = [_at_point(problem, x, int(seed)) for x, seed in zip(problem.points, seeds, strict=True)]
    return Estimate(
        np.array([one.value for one in found]),
        np.array([one.gradient for one in found]),
        Curvature.of_dense(np.array([one.hessian for one in found])),
        np.array([one.errors[0] for one in found]),
        np.array([one.errors[1] for one in found]),
        np.array([one.errors[2] for one in found]),
        "sampling",
        "95 %",
        sum(one.evaluations for one in found),
        np.array([one.effective for one in found]),
    )


def _at_point(problem: Problem, x: FloatArray, seed: int) -> AtPoint:
    rng = np.random.default_rng(seed)
    target = Scaled(problem.landscape, x, problem.time, problem.beta)
    plan = planned(target, rng)
    draws = importance(target, plan.mixture, rng, problem.n_samples or DEFAULT_DRAWS)
    stein = target.has_gradient and bool(np.isfinite(draws.log_weight).all())
    return _in_units(target, moments(draws, stein=stein), draws.kish)


def _in_units(target: Scaled, found: Moments, effective: float) -> AtPoint:
    d, t, beta, unit = target.dim, target.time, target.beta, target.unit
    rows, columns = np.triu_indices(d)
    hessian = np.zeros((d, d))
    hessian[rows, columns] = hessian[columns, rows] = ((rows == columns) - found.covariance.value) / t
    rounding = 16 * np.finfo(float).eps
    size = abs(float(found.log_mass.value[0])) + d
    reach = np.abs(found.mean.value).max()
    return AtPoint(
        (0.5 * d * np.log(2.0 * np.pi) - float(found.log_mass.value[0])) / beta,
        -unit * found.mean.value / t,
        hessian,
        (
            (float(found.log_mass.half_width[0]) + rounding * size) / beta,
            unit * (found.mean.half_width + rounding * (1.0 + reach)) / t,
            float(found.covariance.half_width.max() + rounding * (1.0 + reach**2)) / t,
        ),
        effective,
        target.evaluations,
    )
