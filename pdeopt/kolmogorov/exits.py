"""Where and when a process leaves a set, and what it is worth until then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from pdeopt._types import ArrayLike, BoolArray, FloatArray
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.data import Data, data_on
from pdeopt.kolmogorov.evolution import checked_times, described, space_order
from pdeopt.kolmogorov.interpolation import on_finer_grid
from pdeopt.kolmogorov.linear_systems import linear_system
from pdeopt.kolmogorov.masks import checked_mask
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.propagation import Steps, checked_steps, is_autonomous, propagated
from pdeopt.kolmogorov.refinement import extrapolated, finer_mask, level_count, on_levels
from pdeopt.kolmogorov.stationary import answered, check_leaves

__all__ = ["HittingLaw", "exit_probabilities", "exit_value", "hitting_law", "resolvent", "stopped"]


def stopped(problem: Problem, inside: Any) -> Problem:
    """Return the problem of the process that ends where it leaves a set."""
    outside = ~checked_mask(inside, "inside", problem.grid)
    return replace(problem, stopped=outside if problem.stopped is None else outside | problem.stopped)


def exit_value(
    problem: Problem,
    inside: Any,
    values: Any,
    source: Any,
    rate: float,
    kinks: Any,
    levels: int | None,
    extrapolate: bool,
) -> Answer:
    """Solve (rate - L) u = source inside, u = values outside; see `Leaving.exit_value`."""
    outside = outside_of(inside, problem)
    check_rate(problem, outside, rate)
    given = field_data(values, "values", problem, levels, extrapolate, None)
    earned = field_data(source, "source", problem, levels, extrapolate, kinks)

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        ends = finer_mask(outside, problem.grid, factor) | fine.absorbing
        right = np.where(ends, given.on(fine, factor), earned.on(fine, factor))
        return linear_system(fine, ends, rate).solve(right)

    return answered(problem, "exit value", solve, levels, extrapolate)


def outside_of(inside: Any, problem: Problem) -> BoolArray:
    """Return the nodes that are not inside; none of them where nothing was said."""
    if inside is None:
        return np.zeros(problem.grid.shape, dtype=bool)
    return ~checked_mask(inside, "inside", problem.grid)


def resolvent(problem: Problem, source: Any, rate: float, kinks: Any, levels: int | None, extrapolate: bool) -> Answer:
    """Solve (rate - L) u = source on the whole grid; see `Leaving.resolvent`."""
    return replace(exit_value(problem, None, 0.0, source, rate, kinks, levels, extrapolate), kind="resolvent")


def check_rate(problem: Problem, outside: BoolArray, rate: float) -> None:
    """Raise if a discount rate is negative, or none where nothing else ends the process."""
    if not 0.0 <= rate < np.inf:
        raise ValueError(f"rate={rate!r} must be a number of at least 0, per unit of time, e.g. rate=0.05.")
    if rate == 0.0:
        check_leaves(problem, outside)


def field_data(given: Any, name: str, problem: Problem, levels: int | None, extrapolate: bool, kinks: Any) -> Data:
    """Return a number, function of a point, Landscape or array as data on each grid."""
    if not callable(given) and np.ndim(given) == 0:
        number = float(given)
        if not np.isfinite(number):
            raise ValueError(f"{name}={given!r} must be finite, e.g. {name}=0.0.")
        return Data(name, 1, lambda grid: np.full(grid.shape, number))
    return data_on(given, name, problem, levels, extrapolate, kinks)


def exit_probabilities(
    problem: Problem, inside: Any, parts: Mapping[str, Any], levels: int | None, extrapolate: bool
) -> dict[str, Answer]:
    """Solve L u = 0 inside, u = 1 on one part of what is outside; see `Leaving.exit_probabilities`."""
    began = perf_counter()
    outside = ~checked_mask(inside, "inside", problem.grid)
    check_leaves(problem, outside)
    masks = checked_parts(parts, outside | problem.absorbing, problem)
    fields = np.array([mask.astype(float) for mask in masks.values()])

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        ends = finer_mask(outside, problem.grid, factor) | fine.absorbing
        # A place between nodes of two parts is half in each.
        given = fields if factor == 1 else on_finer_grid(fields, problem.grid, fine.grid, 1)
        system = linear_system(fine, ends)
        return np.array([system.solve(np.where(ends, field, 0.0)) for field in given])

    found = answered(problem, "exit probability", solve, levels, extrapolate, (0.0, 1.0))
    seconds = perf_counter() - began
    return {name: _one_of(found, k, f"probability of exit at {name}", seconds) for k, name in enumerate(masks)}


def _one_of(found: Answer, index: int, kind: str, seconds: float) -> Answer:
    pieces = {name: getattr(found, name)[index] for name in ("values", "error", "plain")}
    return replace(found, kind=kind, seconds=seconds, **pieces)


def checked_parts(parts: Mapping[str, Any], ends: BoolArray, problem: Problem) -> dict[str, BoolArray]:
    """Return the masks of the parts, which lie outside and do not overlap."""
    if not isinstance(parts, Mapping) or not parts:
        raise TypeError(f"parts={parts!r} must map names to sets of nodes, e.g. parts={{'right': x >= 1.0}}.")
    masks = {name: checked_mask(mask, f"parts[{name!r}]", problem.grid) for name, mask in parts.items()}
    for name, mask in masks.items():
        if (mask & ~ends).any():
            raise ValueError(
                f"parts[{name!r}] holds {int((mask & ~ends).sum())} nodes where the process goes on. Use a part of "
                f"what is outside: parts[{name!r}] & ~inside."
            )
    total = np.sum([mask.astype(int) for mask in masks.values()], axis=0)
    if total.max() > 1:
        raise ValueError(f"parts share {int((total > 1).sum())} nodes: use sets that do not overlap.")
    return masks


@dataclass(frozen=True, eq=False, repr=False)
class HittingLaw(Answer):
    """The law of the time at which a process leaves a set, from every node.

    `values`, of shape ``(len(times), *grid.shape)``, is the probability that it has not left by each time; `density`,
    of the same shape, minus its derivative in time. The other fields are those of `Answer`.
    """

    def quantile(self, probability: float, point: ArrayLike) -> float:
        """Return the time by which the process has left with a probability, from one point.

        Parameters
        ----------
        probability : float
            Between 0 and 1.
        point : float or sequence of float
            Start, inside the grid.

        Returns
        -------
        float
            Between the times of the law by cubics through survival and density: as good as the times are dense.

        Raises
        ------
        ValueError
            If no time is that late or that early.
        """
        times = np.append(0.0, self.time if self.time is not None else ())
        alive = np.append(1.0, np.ravel(self.at(point)))
        falling = -np.append(0.0, np.ravel(replace(self, values=self.density).at(point)))
        order = np.unique(times, return_index=True)[1]
        curve = CubicHermiteSpline(times[order], alive[order] - (1.0 - probability), falling[order])
        roots = [root for root in curve.roots(extrapolate=False) if root > 0.0] if 0.0 < probability < 1.0 else []
        if not roots:
            raise ValueError(
                f"probability={probability!r} is not reached: from {point!r} the process has left with probability "
                f"{1.0 - alive.min():.6g} by time {times.max():g}. Use a probability below that, or later times."
            )
        return float(roots[0])


def hitting_law(
    problem: Problem, inside: Any, times: ArrayLike, method: Any, levels: int | None, extrapolate: bool
) -> HittingLaw:
    """Solve S_t = L S inside, S = 1 at time 0, 0 outside; see `Leaving.hitting_law`."""
    began, when = perf_counter(), checked_times(times)
    ending = problem if inside is None else stopped(problem, inside)
    check_leaves(problem, ending.absorbing)
    autonomous = is_autonomous(problem, 0.0, float(when.max()))
    if not autonomous:
        raise ValueError("the coefficients depend on time, and so does the law. Use stopped(inside).backward(1, time).")
    steps = checked_steps(ending, method, None, None, None, True, True, float(when.max()))
    count = level_count(problem.grid, levels, extrapolate)
    solutions = on_levels(lambda factor: _surviving(ending.finer(factor), when, steps, factor), count, problem.grid.dim)
    best = extrapolated(solutions, problem.grid.dim, space_order(problem))
    words, seconds = f"{described(problem)}; {steps}", perf_counter() - began
    alive = np.clip(best.values[0], 0.0, 1.0)
    extra = {"density": np.maximum(best.values[1], 0.0), "density_error": best.error[1]}
    return HittingLaw(
        alive, best.error[0], problem.grid, "survival", solutions[0][0], when, words, count, best.order, seconds, extra
    )


def _surviving(problem: Problem, times: FloatArray, steps: Steps, factor: int) -> FloatArray:
    first = np.where(problem.absorbing, 0.0, 1.0)
    alive = propagated(problem, first, times, steps, factor=factor)
    matrix = problem.operator.matrix
    leaving = [-(matrix @ field.ravel()).reshape(field.shape) for field in alive]
    return np.array([alive, leaving])
