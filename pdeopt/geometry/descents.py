"""Bottoms of the wells of a relaxation, followed in time without relaxing the whole grid."""

from dataclasses import dataclass

import numpy as np

from pdeopt._cores import n_threads
from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.problem import Problem, make_problem
from pdeopt.hamilton_jacobi.solution import Stage, solve_stages
from pdeopt.landscapes import Landscape

__all__ = ["Relaxing", "bottom"]

STEPS = 1000
CONVERGED = 1e-6
HALVINGS = 8


@dataclass(frozen=True, eq=False)
class Relaxing:
    """A landscape at one temperature, to be relaxed to any time at few points."""

    problem: Problem

    @classmethod
    def of(cls, f: Landscape | ArrayLike, grid: Grid, beta: float) -> "Relaxing":
        """Return it for a landscape or samples on a grid with free ends."""
        return cls(make_problem(f, grid, beta, "free", None, n_threads(None)))

    def stages(self, times: FloatArray) -> list[Stage]:
        """Return what values at each time are computed from."""
        return solve_stages(self.problem, np.asarray(times, dtype=float))


def value_at(stage: Stage, point: FloatArray) -> float:
    """Return the solution at one point."""
    return float(stage.values([np.array([x]) for x in point]).ravel()[0])


def _derivatives(stage: Stage, point: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return gradient and Hessian at one point, from mean and covariance of the softmin weights."""
    means, products = stage.moments([np.array([x]) for x in point])
    dim, beta = point.size, stage.problem.beta
    variances = np.array([axis.variance for axis in stage.state.axes])
    spread = np.zeros((dim, dim))
    spread[np.tril_indices(dim)] = products.reshape(-1)
    spread = spread + np.tril(spread, -1).T
    gradient = (point - means.reshape(-1)) / (beta * variances)
    return gradient, (np.diag(1.0 / variances) - spread / np.outer(variances, variances)) / beta


def bottom(stage: Stage, start: FloatArray) -> tuple[FloatArray, float]:
    """Return where the descent from a start ends, inside the grid, and the value there.

    Newton's method with the moduli of the eigenvalues, no step longer than two spacings, halved until it goes down.
    """
    grid = stage.problem.grid
    spacing = np.array(grid.spacing)
    point, height = np.asarray(start, dtype=float), value_at(stage, start)
    for _ in range(STEPS):
        step = _step(*_derivatives(stage, point))
        if (np.abs(step) <= CONVERGED * spacing).all():
            break
        step = step * min(1.0, 2.0 / max(float(np.abs(step / spacing).max()), 1e-300))
        point, height, moved = _lowered(stage, point, height, step, grid)
        if not moved:
            break
    return point, height


def _step(gradient: FloatArray, hessian: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(hessian)
    sizes = np.maximum(np.abs(values), 1e-8 * float(np.abs(values).max()) + 1e-300)
    return np.asarray(-vectors @ ((vectors.T @ gradient) / sizes))


def _lowered(
    stage: Stage, point: FloatArray, height: float, step: FloatArray, grid: Grid
) -> tuple[FloatArray, float, bool]:
    lower, upper, periodic = np.array(grid.lower), np.array(grid.upper), np.array(grid.periodic)
    for _ in range(HALVINGS):
        trial = np.where(periodic, point + step, np.clip(point + step, lower, upper))
        value = value_at(stage, trial)
        if value < height:
            return trial, value, True
        step = 0.5 * step
    return point, height, False
