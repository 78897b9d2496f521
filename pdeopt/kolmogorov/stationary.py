"""Equations without time: exit times and their moments, committors, the invariant density."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.evolution import described, space_order
from pdeopt.kolmogorov.masks import checked_mask
from pdeopt.kolmogorov.modes_on_grids import extrapolated_spectrum
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.propagation import is_autonomous
from pdeopt.kolmogorov.refinement import extrapolated, finer_mask, level_count, on_levels
from pdeopt.kolmogorov.solving import invariant_masses, modes_on, solved_inside
from pdeopt.kolmogorov.spectrum import Spectrum

__all__ = ["committor", "exit_time_moments", "invariant_density", "mean_exit_time", "spectrum_of"]

WATCHED = 1.0
"""Time over which coefficients are looked at for a dependence on it."""


def answered(
    problem: Problem,
    kind: str,
    solve: Callable[[int], FloatArray],
    levels: int | None,
    extrapolate: bool,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    extra: dict[str, Any] | None = None,
    stopped: BoolArray | None = None,
) -> Answer:
    """Solve on one grid or several, and return the extrapolated answer inside its bounds."""
    began = perf_counter()
    check_steady(problem)
    count = level_count(problem.grid, levels, extrapolate)
    solutions = on_levels(solve, count, problem.grid.dim)
    best = extrapolated(solutions, problem.grid.dim, space_order(problem))
    return Answer(
        np.clip(best.values, *bounds),
        best.error,
        problem.grid,
        kind,
        solutions[0],
        None,
        described(problem),
        len(solutions),
        best.order,
        perf_counter() - began,
        extra or {},
        stopped,
    )


def mean_exit_time(problem: Problem, inside: Any, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
    """Solve L tau = -1 inside, tau = 0 outside; see `Generator.mean_exit_time`."""
    moments = exit_moments(problem, inside, 1)
    return answered(
        problem,
        "mean exit time",
        lambda k: moments(k)[0],
        levels,
        extrapolate,
        (0.0, np.inf),
        None,
        ~np.asarray(inside),
    )


def exit_time_moments(
    problem: Problem, inside: Any, n: int, *, levels: int | None = None, extrapolate: bool = True
) -> Answer:
    """Solve L tau_k = -k tau_{k-1}, k = 1 ... n; see `Generator.exit_time_moments`."""
    if n < 1:
        raise ValueError(f"n={n} must be a whole number of at least 1, e.g. n=2 for the mean and the mean square.")
    moments = exit_moments(problem, inside, n)
    return answered(
        problem,
        f"moments 1 to {n} of the exit time",
        moments,
        levels,
        extrapolate,
        (0.0, np.inf),
        None,
        ~np.asarray(inside),
    )


def exit_moments(problem: Problem, inside: Any, n: int) -> Callable[[int], FloatArray]:
    """Return a function that solves for the moments on the grid refined by a factor, shape (n, *shape)."""
    outside = ~checked_mask(inside, "inside", problem.grid)
    check_leaves(problem, outside)

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        stopped = finer_mask(outside, problem.grid, factor) | fine.absorbing
        out, last = [], np.ones(fine.grid.shape)
        for k in range(1, n + 1):
            last = solved_inside(fine, ~stopped, k * last, np.zeros(fine.grid.shape))
            out.append(last)
        return np.array(out)

    return solve


def spectrum_of(problem: Problem, k: int, *, levels: int | None = None, extrapolate: bool = True) -> Spectrum:
    """Return the slowest modes; see `Generator.spectrum`."""
    if k != int(k) or not 1 <= k <= problem.grid.size:
        raise ValueError(
            f"k={k} eigenvalues of a generator on {problem.grid.size} nodes: use 1 to {problem.grid.size}."
        )
    check_steady(problem)
    count = level_count(problem.grid, levels, extrapolate)
    if count == 1:
        return modes_on(problem, k)
    # Modes may change places from grid to grid.
    spare = min(k + 2, problem.grid.size - int(problem.absorbing.sum()))
    return extrapolated_spectrum([modes_on(problem.finer(2**level), spare) for level in range(count)], k)


def check_steady(problem: Problem) -> None:
    """Raise if the coefficients depend on time."""
    if not is_autonomous(problem, 0.0, WATCHED):
        raise ValueError(
            f"the coefficients of {problem.system!r} depend on time, and questions without a time have no answer then. "
            "Use backward(terminal, time) or forward(density, time), or coefficients that do not."
        )


def check_endless(problem: Problem, what: str) -> None:
    """Raise if the process ends."""
    if np.any(problem.operator.stencil.killing) or problem.absorbing.any():
        raise ValueError(
            f"the process ends, by killing or at a wall, and has no {what}. Use killing=0.0 and "
            "boundary='reflecting', or `spectrum` for the quasi-stationary law."
        )


def check_leaves(problem: Problem, outside: BoolArray) -> None:
    """Raise if the process never ends."""
    if not (outside | problem.absorbing).any() and not np.any(problem.operator.stencil.killing):
        raise ValueError(
            "inside holds every node, no wall absorbs and nothing kills: the process never leaves, and its exit time "
            "is infinite. Use a smaller set, or boundary='absorbing'."
        )


def committor(problem: Problem, a: Any, b: Any, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
    """Solve L q = 0 with q = 0 on a and 1 on b; see `Generator.committor`."""
    sets = tuple(checked_mask(mask, name, problem.grid) for mask, name in ((a, "a"), (b, "b")))
    if (sets[0] & sets[1]).any():
        raise ValueError(
            f"a and b share {int((sets[0] & sets[1]).sum())} nodes: use sets that do not overlap, such as x < -1 and "
            "x > 1."
        )

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        start, end = (finer_mask(mask, problem.grid, factor) for mask in sets)
        free = ~(start | end | fine.absorbing)
        return solved_inside(fine, free, np.zeros(fine.grid.shape), end.astype(float))

    return answered(problem, "committor", solve, levels, extrapolate, (0.0, 1.0), None, sets[0] | sets[1])


def invariant_density(problem: Problem, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
    """Solve L^T p = 0; see `Generator.invariant_density`."""
    check_endless(problem, "invariant density")

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        return invariant_masses(fine) / fine.volumes

    found = answered(problem, "invariant density", solve, levels, extrapolate, (0.0, np.inf))
    # Extrapolation keeps the mass up to the error of the sum over nodes.
    return replace(found, values=found.values / np.sum(found.values * problem.volumes))
