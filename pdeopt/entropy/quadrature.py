"""Quadrature of the Gaussian integral in up to three dimensions, and its limit of zero temperature."""

import numpy as np
from tqdm import tqdm

from pdeopt._types import FloatArray
from pdeopt.entropy.basins import Basins, find_basins
from pdeopt.entropy.boxes import BoxMoments, integrate
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.lines import Line
from pdeopt.entropy.panels import EPSILON
from pdeopt.entropy.problem import Problem
from pdeopt.entropy.separable import rows_on_lines
from pdeopt.landscapes import Landscape

__all__ = ["estimate", "obstacle"]

TOLERANCE = 1e-12

Row = tuple[float, FloatArray, FloatArray, float, FloatArray, float, int]
"""Value, gradient, Hessian, their errors, evaluations."""


def obstacle(problem: Problem) -> str:
    """Say why quadrature cannot serve, or nothing."""
    if problem.landscape.dim > 3:
        return f"quadrature serves up to 3 dimensions, not {problem.landscape.dim}."
    return ""


def estimate(problem: Problem) -> Estimate:
    """Integrate at each point until the integrals settle; at zero temperature look for the global minimum."""
    if problem.landscape.dim == 1:
        return _on_line(problem)
    bar = tqdm(problem.points, unit="point", delay=2.0, leave=False, desc="local entropy", disable=None)
    rows = [_at_point(problem, x) for x in bar]
    value, gradient, hessian, error, gradient_error, hessian_error, count = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return Estimate(
        value,
        gradient,
        Curvature.of_dense(hessian),
        error,
        gradient_error,
        hessian_error,
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


def _at_point(problem: Problem, x: FloatArray) -> Row:
    f, time, beta = problem.landscape, problem.time, problem.beta
    with np.errstate(over="ignore"):
        basins = find_basins(f, x, time, beta)
        if np.isinf(beta):
            return _at_minimum(f, x, time, basins)
        wanted = TOLERANCE if problem.tolerance is None else min(1e-3, max(TOLERANCE, beta * problem.tolerance))
        moments = integrate(f, x, time, beta, basins, wanted)
    return _from_moments(problem, x, moments, basins.evaluations)


def _from_moments(problem: Problem, x: FloatArray, moments: BoxMoments, searched: int) -> Row:
    """Combine integrals along the axes of the boxes, then turn back."""
    dim, time, beta = len(x), problem.time, problem.beta
    mass, doubt = moments.total[0], moments.error[0] / moments.total[0]
    average, error = moments.total / mass, moments.error / mass
    mean, mean_error = average[1 : 1 + dim], error[1 : 1 + dim] + np.abs(average[1 : 1 + dim]) * doubt
    square, square_error = np.zeros((dim, dim)), np.zeros((dim, dim))
    index = np.tril_indices(dim)
    square[index], square_error[index] = average[1 + dim :], error[1 + dim :] + np.abs(average[1 + dim :]) * doubt
    square, square_error = (part + part.T - np.diag(np.diagonal(part)) for part in (square, square_error))
    spread = square - np.outer(mean, mean)
    spread_error = square_error + np.outer(np.abs(mean), mean_error) + np.outer(mean_error, np.abs(mean))
    turn = moments.axes
    constant = 0.5 * dim * np.log(2 * np.pi * time / beta)
    value = moments.peak - (np.log(mass) - constant) / beta
    gradient = (x - moments.origin - turn @ mean) / time
    gradient_error = (np.abs(turn) @ mean_error + 4 * EPSILON * (np.abs(x) + np.abs(moments.origin))) / time
    hessian = (np.eye(dim) - beta / time * (turn @ spread @ turn.T)) / time
    hessian_error = (beta / time * (np.abs(turn) @ spread_error @ np.abs(turn).T).max() + 4 * EPSILON) / time
    rounding = 8 * EPSILON * (abs(value) + abs(moments.peak) + abs(constant) / beta)
    count = searched + moments.evaluations
    return value, gradient, hessian, doubt / beta + rounding, gradient_error, float(hessian_error), count


def _at_minimum(f: Landscape, x: FloatArray, time: float, basins: Basins) -> Row:
    """Return the Hopf-Lax value with derivatives at the proximal point: H (I + t H)^-1, and 1 / t across kinks."""
    y, value = basins.place[0], float(basins.cost[0])
    gradient = (x - y) / time
    slope = f.gradient_at(y) - gradient
    bend = f.hessian_at(y)
    sharp = np.abs(slope) > 1e-6 * (1.0 + np.abs(gradient))
    # A kink is an infinite bend along its axis.
    free = np.flatnonzero(~sharp)
    inner = np.linalg.inv(np.eye(len(free)) + time * bend[np.ix_(free, free)])
    left = np.zeros((len(x), len(x)))
    left[np.ix_(free, free)] = inner
    hessian = (np.eye(len(x)) - left) / time
    tie = basins.place[np.abs(basins.cost - value) <= 1e-13 * max(1.0, abs(value))]
    apart = np.abs(tie - y).max(axis=0) / time
    stiff = float(np.abs(left).max(initial=1.0))
    moved = stiff * (np.abs(slope) * ~sharp).max() + 1e-9 * sharp.any() / time
    return (
        value,
        gradient,
        hessian,
        8 * EPSILON * (abs(value) + abs(float(f(y))) + 1e-3) + 1e-12 * sharp.any(),
        moved + 8 * EPSILON * (np.abs(x) + np.abs(y)) * stiff / time + apart,
        1e-9 * stiff**2 * (1.0 + 1.0 / time) + (np.inf if apart.max() > 1e-6 / time else 0.0),
        basins.evaluations,
    )
