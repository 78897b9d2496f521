"""Backward and forward equations in time, on one grid and extrapolated."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from scipy.sparse.linalg import expm_multiply

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.kernels.kolmogorov import samples
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.assembly import Problem
from pdeopt.kolmogorov.coefficients import sampled
from pdeopt.kolmogorov.refinement import default_levels, extrapolated, on_levels

__all__ = ["backward"]


def backward(
    problem: Problem, terminal: Any, time: float | ArrayLike, *, extrapolate: bool = True, levels: int | None = None
) -> Answer:
    """Solve u_t + L u - c u = 0 from its values at the end; see `Generator.backward`."""
    began, times = perf_counter(), checked_times(time)
    data, factors = terminal_data(terminal, problem, levels, extrapolate)

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        values = np.where(fine.absorbing, 0.0, data(fine.grid, factor))
        return evolved(fine, values, times)

    solutions = on_levels(solve, factors, problem.grid.dim)
    best = extrapolated(solutions, problem.grid.dim)
    lead = slice(None) if np.ndim(time) else 0
    return Answer(
        best.values[lead],
        best.error[lead],
        problem.grid,
        "expectation",
        solutions[0][lead],
        times if np.ndim(time) else float(times[0]),
        f"{described(problem)}; time by Krylov",
        len(solutions),
        best.order,
        perf_counter() - began,
    )


def described(problem: Problem) -> str:
    """Return the schemes in space in words."""
    operator = problem.operator
    names = ", ".join(dict.fromkeys(operator.rates))
    cross = "" if operator.cross == "none" else f", mixed derivatives {operator.cross}"
    return f"{names} rates{cross}"


def evolved(problem: Problem, values: FloatArray, times: FloatArray, transpose: bool = False) -> FloatArray:
    """Return exp(t L) u, or exp(t L^T) p, at each time, shape (len(times), *grid.shape)."""
    matrix = problem.operator.matrix
    matrix = matrix.T.tocsr() if transpose else matrix
    out = [expm_multiply(t * matrix, values.ravel()).reshape(values.shape) for t in times]
    return np.array(out)


def checked_times(time: float | ArrayLike) -> FloatArray:
    """Return times as an array, or say what is wrong with them."""
    times = np.atleast_1d(np.asarray(time, dtype=float))
    if times.ndim != 1 or not times.size or not np.isfinite(times).all() or times.min() < 0.0:
        raise ValueError(f"time={time!r} must be a number of at least 0, or a sequence of them, e.g. time=1.0.")
    return times


Data = Callable[[Grid, int], FloatArray]


def terminal_data(terminal: Any, problem: Problem, levels: int | None, extrapolate: bool) -> tuple[Data, int]:
    """Return a function that gives the data on each grid, and on how many grids to solve."""
    count = 1 if not extrapolate else default_levels(problem.grid) if levels is None else levels
    if callable(terminal):
        return lambda grid, _: on_grid(terminal, "terminal", grid), count
    values = np.asarray(terminal, dtype=float)
    return lambda _grid, _: values, 1


def on_grid(function: Callable[..., Any], name: str, grid: Grid) -> FloatArray:
    """Return a function of a point at the nodes of a grid."""
    points = grid.points()
    return sampled(name, lambda _, x: function(x), (), points, 0.0, (), samples.write_number)
