"""Quadrature of the Gaussian integral in up to three dimensions, by the trapezoid rule on ever finer grids."""

from itertools import product

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.lines import Line
from pdeopt.entropy.problem import Problem
from pdeopt.entropy.separable import rows_on_lines

__all__ = ["estimate", "obstacle"]

MOST_NODES = 2**22


def obstacle(problem: Problem) -> str:
    """Say why quadrature cannot serve, or nothing."""
    if problem.landscape.dim > 3:
        return f"quadrature serves up to 3 dimensions, not {problem.landscape.dim}."
    if np.isinf(problem.beta) and problem.landscape.dim > 1:
        return "quadrature needs a finite beta."
    return ""


def estimate(problem: Problem) -> Estimate:
    """Integrate at each point until the value settles."""
    if problem.landscape.dim == 1:
        return _on_line(problem)
    rows = [_at_point(problem, x) for x in problem.points]
    value, gradient, hessian, error, count = (np.array(column) for column in zip(*rows, strict=True))
    return Estimate(
        value,
        gradient,
        Curvature.of_dense(hessian),
        error,
        np.repeat(error[:, None], problem.landscape.dim, axis=1),
        error,
        "quadrature",
        "estimate",
        int(count.sum()),
        np.full(len(value), np.inf),
    )


def _on_line(problem: Problem) -> Estimate:
    n = len(problem.points)
    line = Line(problem.landscape, problem.points[:, 0], np.full(n, problem.time), np.full(n, problem.beta))
    (value, slope, bend, value_error, slope_error, bend_error), count = rows_on_lines(line)
    return Estimate(
        value,
        slope[:, None],
        Curvature.of_diagonal(bend[:, None]),
        value_error,
        slope_error[:, None],
        bend_error,
        "quadrature",
        "estimate",
        count,
        np.full(n, np.inf),
    )


def _at_point(problem: Problem, x: FloatArray) -> tuple[float, FloatArray, FloatArray, float, int]:
    """Double the nodes until two values agree to rounding."""
    reach, n, total = _reach(problem, x), 32, 0
    before, found = np.nan, _moments(problem, x, reach, n)
    while not abs(found[0] - before) <= 1e-13 * max(1.0, abs(found[0])) and (2 * n + 1) ** len(x) <= MOST_NODES:
        before, n = found[0], 2 * n
        found = _moments(problem, x, reach, n)
        total += (n + 1) ** len(x)
    return *found, abs(found[0] - before) + 1e-15, total


def _reach(problem: Problem, x: FloatArray) -> float:
    """Return a distance beyond which the integrand is negligible, from values on a coarse grid."""
    dim, sigma = len(x), np.sqrt(problem.variance)
    steps = np.linspace(-40.0, 40.0, 81)
    offsets = sigma * np.array(list(product(steps if dim == 1 else steps[::8], repeat=dim)))
    exponent = problem.beta * problem.landscape(x + offsets) + 0.5 * (offsets**2).sum(axis=1) / problem.variance
    kept = exponent <= exponent.min() + 60.0
    return float(np.abs(offsets[kept]).max() + sigma * (2.0 if dim == 1 else 9.0))


def _moments(problem: Problem, x: FloatArray, reach: float, n: int) -> tuple[float, FloatArray, FloatArray]:
    """Return value, gradient and Hessian by the trapezoid rule with n cells per axis."""
    dim, variance = len(x), problem.variance
    line = np.linspace(-reach, reach, n + 1)
    offsets = np.stack(np.meshgrid(*[line] * dim, indexing="ij"), axis=-1).reshape(-1, dim)
    exponent = -problem.beta * problem.landscape(x + offsets) - 0.5 * (offsets**2).sum(axis=1) / variance
    peak = exponent.max()
    weights = np.exp(exponent - peak)
    mass = weights.sum()
    measure = dim * (np.log(line[1] - line[0]) - 0.5 * np.log(2 * np.pi * variance))
    weights /= mass
    mean = weights @ offsets
    centred = offsets - mean
    covariance = (centred * weights[:, None]).T @ centred
    hessian = (np.eye(dim) - covariance / variance) / problem.time
    return -float(peak + np.log(mass) + measure) / problem.beta, -mean / problem.time, hessian
