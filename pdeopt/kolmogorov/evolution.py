"""Backward and forward equations in time, on one grid and extrapolated."""

from time import perf_counter
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.coefficients import as_numbers, field_on
from pdeopt.kolmogorov.data import data_on, is_rough, kept_plain
from pdeopt.kolmogorov.kinks import checked_kinks, projected, walls_met
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.propagation import LOOKS, Source, Steps, checked_steps, few_places, is_autonomous, propagated
from pdeopt.kolmogorov.refinement import Extrapolation, extrapolated, on_levels

__all__ = ["backward", "forward"]


def backward(
    problem: Problem,
    terminal: Any,
    time: float | ArrayLike,
    *,
    kinks: Any,
    start: float,
    source: Any,
    exit_value: Any,
    method: Any,
    n_steps: int | None,
    tolerance: float | None,
    damping: int | None,
    levels: int | None,
    extrapolate: bool,
) -> Answer:
    """Solve u_t + L u - c u + f = 0 from its values at the end; see `Generator.backward`."""
    began, times = perf_counter(), checked_times(time)
    data = data_on(terminal, "terminal", problem, levels, extrapolate, kinks)
    duration = float(times.max())
    steady = is_steady(source, problem, start, duration)
    autonomous = is_autonomous(problem, start, duration) and steady
    rough = is_rough(data.on(problem, 1), problem.grid)
    steps = checked_steps(problem, method, n_steps, tolerance, damping, autonomous, rough, duration)

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        values = np.where(fine.absorbing, exits(exit_value, fine), data.on(fine, factor))
        given = source_on(source, fine, start if steady else None)
        return propagated(fine, values, times, steps, start=start, factor=factor, source=given, autonomous=autonomous)

    solutions = on_levels(solve, data.levels, problem.grid.dim)
    best = data.judged(extrapolated(solutions, problem.grid.dim, space_order(problem)), solutions[0], problem.grid)
    return answer(
        problem, "expectation", best, solutions[0], time, times, len(solutions), steps, perf_counter() - began
    )


def forward(
    problem: Problem,
    density: Any,
    time: float | ArrayLike,
    *,
    kinks: Any,
    start: float,
    method: Any,
    n_steps: int | None,
    tolerance: float | None,
    damping: int | None,
    levels: int | None,
    extrapolate: bool,
) -> Answer:
    """Solve p_t = L* p - c p from its values at the start; see `Generator.forward`."""
    began, times = perf_counter(), checked_times(time)
    data = data_on(density, "density", problem, levels, True, kinks)
    data.check_density(problem)
    autonomous = is_autonomous(problem, start, float(times.max()))
    steps = checked_steps(problem, method, n_steps, tolerance, damping, autonomous, True, float(times.max()))

    def masses(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        first = data.masses(fine, factor)
        return propagated(fine, first, times, steps, start=start, factor=factor, transpose=True, autonomous=autonomous)

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        return np.where(fine.absorbing, 0.0, masses(factor) / fine.volumes)

    solutions = on_levels(solve, data.levels, problem.grid.dim)
    best = extrapolated(solutions, problem.grid.dim, space_order(problem))
    if not extrapolate:
        best = kept_plain(best, solutions[0])
    found = answer(problem, "density", best, solutions[0], time, times, len(solutions), steps, perf_counter() - began)
    return found.with_extra(**remaining(problem, masses(1), np.ndim(time)))


def remaining(problem: Problem, masses: FloatArray, rank: int) -> dict[str, Any]:
    """Return the mass still there, and the masses taken by absorbing nodes."""
    lead = slice(None) if rank else 0
    taken = np.where(problem.absorbing, masses, 0.0)[lead]
    axes = tuple(range(-problem.grid.dim, 0))
    return {"mass": (masses[lead] - taken).sum(axis=axes), "absorbed": taken}


def answer(
    problem: Problem,
    kind: str,
    best: Extrapolation,
    plain: FloatArray,
    time: float | ArrayLike,
    times: FloatArray,
    levels: int,
    steps: Steps,
    seconds: float,
) -> Answer:
    """Put a solution into a record, without the axis of times where one was asked for."""
    lead = slice(None) if np.ndim(time) else 0
    when = times if np.ndim(time) else float(times[0])
    words = f"{described(problem)}; {steps}"
    return Answer(
        best.values[lead], best.error[lead], problem.grid, kind, plain[lead], when, words, levels, best.order, seconds
    )


def described(problem: Problem) -> str:
    """Return the schemes in space in words."""
    operator = problem.operator
    names = ", ".join(dict.fromkeys(operator.rates))
    cross = "" if operator.cross == "none" else f", mixed derivatives {operator.cross}"
    return f"{names} rates{cross}"


def space_order(problem: Problem) -> int:
    """Return the order of the rates in the spacing."""
    operator = problem.operator
    return 1 if "upwind" in operator.rates or operator.cross == "semi-lagrangian" else 2


def exits(exit_value: Any, problem: Problem) -> FloatArray:
    """Return the values at absorbing walls, constant in time."""
    if callable(exit_value):
        return data_on(exit_value, "exit_value", problem, 1, False).on(problem, 1)
    return field_on(exit_value, "exit_value", problem.points, 0.0, ())


def is_steady(source: Any, problem: Problem, start: float, duration: float) -> bool:
    """Tell whether a source is the same at several times and places."""
    if not callable(source):
        return True
    places = few_places(problem)
    looks = [source_at(source, problem, places, start + fraction * duration) for fraction in LOOKS]
    return all(np.array_equal(looks[0], look) for look in looks[1:])


def source_at(source: Any, problem: Problem, points: FloatArray, time: float) -> FloatArray:
    """Return a source at points."""
    return field_on(source, "source", points, time, problem.system.args if callable(source) else ())


def source_on(source: Any, problem: Problem, time: float | None) -> Source:
    """Return the source on a grid: None, its values at the one time that stands for all, or a function of time."""
    if source is None:
        return None
    planes = checked_kinks(None, source, problem.grid)
    walls = walls_met(problem) if any(axis.size for axis in planes) else problem.walls

    def at(now: float) -> FloatArray:
        values = projected(lambda x: source_at(source, problem, x, now), problem.grid, planes, walls)
        return np.where(problem.absorbing, 0.0, values)

    return at if time is None else at(time)


def checked_times(time: float | ArrayLike) -> FloatArray:
    """Return times as an array, or say what is wrong with them."""
    times = np.atleast_1d(as_numbers(time, "time"))
    if times.ndim != 1 or not times.size or not np.isfinite(times).all() or times.min() < 0.0:
        raise ValueError(f"time={time!r} must be a number of at least 0, or a sequence of them, e.g. time=1.0.")
    return times
