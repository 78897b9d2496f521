"""Optimal stopping: the value of a reward that may be taken at any time, and where to take it."""

from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, BoolArray, FloatArray
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.coefficients import field_on
from pdeopt.kolmogorov.data import data_on
from pdeopt.kolmogorov.generator import Generator
from pdeopt.kolmogorov.obstacles import Penalty, Splitting, Stages, solved_by_policies
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.refinement import Extrapolation, extrapolated, on_levels

__all__ = ["optimal_stopping", "stopping_edges"]

METHODS: dict[str, type[Penalty] | type[Splitting]] = {"penalty": Penalty, "splitting": Splitting}
SCHEMES = ("tr-bdf2", "crank-nicolson", "backward-euler")

GRADING = 3.0
"""Penalty steps end at (k/n)^3 of the time: the edge of the region starts like a root of it."""

BLOCKS = 4
"""Splitting steps are equal within blocks, each half as long as the one after, so that they share their factors."""

DAMPING = 2
"""Steps of Crank-Nicolson replaced by two halves of backward Euler each."""

GAMMA = 2.0 - np.sqrt(2.0)


@dataclass(frozen=True, eq=False)
class _Grids:
    """What was found on one grid: values at the times, where the process is stopped, the work.

    And what values miss because the edge of the region lies between nodes, if it stands still.
    """

    values: FloatArray
    stops: BoolArray
    n_solves: int
    missed: float = 0.0


def optimal_stopping(
    generator: Generator,
    reward: Any,
    time: float | ArrayLike | None = None,
    *,
    source: Any = 0.0,
    method: str = "penalty",
    scheme: str = "tr-bdf2",
    n_steps: int | None = None,
    levels: int | None = None,
    extrapolate: bool = True,
) -> Answer:
    """Solve min(-u_t - L u + c u - f, u - g) = 0, u = g at the end: the best expectation of a reward g.

    Parameters
    ----------
    generator : Generator
        Its killing is the discount rate c. The process is stopped at absorbing walls.
    reward : callable, Landscape or array of shape ``grid.shape``
        g: a function of a point, or values at the nodes.
    time : float or sequence of float, optional
        Time to go, positive; by default without end, which needs a discount, an absorbing wall or a running reward
        that makes stopping right.
    source : field
        Running reward f, constant in time: a number, a function of ``(t, x, *args)``, or values at the nodes.
    method : {"penalty", "splitting"}
        ``"penalty"``: penalty iteration, a few linear solves per stage, exact to 1e-8. ``"splitting"``: one solve per
        stage with shared factors, first order in time: the choice in two and more dimensions.
    scheme : {"tr-bdf2", "crank-nicolson", "backward-euler"}
        Crank-Nicolson starts with four halves of backward Euler.
    n_steps : int, optional
        On the first grid; finer grids take proportionally more. By default half the nodes of the longest axis, at
        least 64.
    levels : int, optional
        Grids to solve on, 1 to 3.
    extrapolate : bool
        False solves on the grid alone.

    Returns
    -------
    Answer
        With `exercise`, where g is taken, an array of bool with the shape of the values; `edges`, in one dimension and
        for one time, the places where that begins or ends; and `n_solves`, of the linear systems.

    Raises
    ------
    ValueError
        If a name is not known, a time is not positive, or a shape does not fit.

    Notes
    -----
    Second order in space and time together, steps being small near the end where the edge of the region moves like a
    square root; extrapolated as every answer. Forsyth & Vetzal (2002); Ikonen & Toivanen (2004); without end Howard's
    policy iteration, which is exact.

    Examples
    --------
    >>> import pdeopt
    >>> def drift(t, x):
    ...     return 0.0
    >>> walk = Generator(pdeopt.SDE(drift, lambda t, x: 1.0), pdeopt.Grid(0.0, 1.0, 33), boundary="absorbing")
    >>> hull = optimal_stopping(walk, lambda x: max(0.0, 1.0 - 4.0 * abs(x - 0.25)))
    >>> hull.values[::8].round(12)
    array([0.        , 1.        , 0.66666667, 0.33333333, 0.        ])
    """
    _check_names(method, scheme)
    began, problem = perf_counter(), generator.problem
    data = data_on(reward, "reward", problem, levels, extrapolate)
    times = None if time is None else _checked_times(time)
    many = max(64, max(problem.grid.shape) // 2) if n_steps is None else _checked_count(n_steps)
    found: dict[int, _Grids] = {}

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        gain = np.broadcast_to(field_on(source, "source", fine.points, 0.0, ()), fine.grid.shape).ravel()
        worth = data.on(fine, factor).ravel()
        if times is None:
            found[factor] = _endless(fine, gain, worth)
        else:
            found[factor] = _marched(fine, gain, worth, times, (method, scheme, many * factor))
        return found[factor].values

    solutions = on_levels(solve, data.levels, problem.grid.dim)
    second_order = times is not None and method == "penalty" and scheme != "backward-euler"
    missed = None if times is not None else found[max(found)].missed
    best = _combined(solutions, extrapolated(solutions, problem.grid.dim), second_order, missed)
    best = data.judged(best, solutions[0], problem.grid)
    several = time is not None and np.ndim(time) > 0
    lead: Any = slice(None) if several else 0
    values = np.maximum(best.values, data.on(problem, 1))[lead]
    words = "policy iteration" if times is None else f"{method} in {many} steps of {scheme}"
    when = None if times is None else times if several else float(times[0])
    record = Answer(
        values, best.error[lead], problem.grid, "value of stopping", solutions[0][lead], when, words, len(solutions),
        best.order, perf_counter() - began,
    )  # fmt: skip
    return record.with_extra(**_where(found, problem, data, several))


def _combined(
    solutions: list[FloatArray], best: Extrapolation, second_order: bool, missed: float | None
) -> Extrapolation:
    if len(solutions) == 1 or second_order:
        return best
    if missed is None:
        # The order in time is less than the one assumed.
        error = np.maximum(best.error, np.abs(best.values - solutions[-1]))
        return Extrapolation(best.values, error, best.order, best.differences)
    # An edge that stands still lies anywhere between nodes: errors fall, but not smoothly enough to extrapolate.
    error = np.maximum(np.abs(solutions[-1] - solutions[-2]), missed)
    return Extrapolation(solutions[-1], error, best.order, best.differences)


def _where(found: dict[int, _Grids], problem: Problem, data: Any, several: bool) -> dict[str, Any]:
    extra: dict[str, Any] = {
        "exercise": found[1].stops if several else found[1].stops[0],
        "n_solves": sum(grids.n_solves for grids in found.values()),
    }
    if problem.grid.dim == 1 and not several:
        factor = max(found)
        fine = problem.finer(factor)
        free, excess = ~fine.absorbing, found[factor].values[0] - data.on(fine, factor)
        extra["edges"] = stopping_edges(fine.grid.axes[0][free], excess[free], found[factor].stops[0][free])
    return extra


def stopping_edges(nodes: FloatArray, excess: FloatArray, stops: BoolArray) -> FloatArray:
    """Return where a region of exercise begins or ends on a line.

    Parameters
    ----------
    nodes : array, shape (n,)
    excess : array, shape (n,)
        Value minus reward.
    stops : array of bool, shape (n,)

    Returns
    -------
    array
        Ascending places; the root of the excess is a straight line beside them, as values touch rewards smoothly.
    """
    edges = []
    for i in np.flatnonzero(stops[1:] != stops[:-1]):
        last, step = (i, 1) if stops[i] else (i + 1, -1)
        first, second = last + step, last + 2 * step
        if not 0 <= second < nodes.size or stops[second]:
            edges.append(0.5 * (nodes[i] + nodes[i + 1]))
            continue
        near, far = np.sqrt(np.maximum(excess[[first, second]], 0.0))
        place = nodes[first] - near * (nodes[second] - nodes[first]) / max(far - near, np.finfo(float).tiny)
        edges.append(float(np.clip(place, *sorted((nodes[last], nodes[first])))))
    return np.array(edges)


def _endless(problem: Problem, source: FloatArray, reward: FloatArray) -> _Grids:
    matrix = problem.operator.matrix
    values, stops, count = solved_by_policies(matrix, source, reward)
    shape = (1, *problem.grid.shape)
    cost = -(matrix @ reward + source)
    stops &= cost > 0.0
    # Second derivatives jump by cost / D at the edge, and an eighth of that times h^2 is lost when it is halfway.
    missed = float((cost / np.maximum(-4.0 * matrix.diagonal(), np.finfo(float).tiny))[stops].max(initial=0.0))
    return _Grids(values.reshape(shape), stops.reshape(shape), count, missed)


def _marched(
    problem: Problem, source: FloatArray, reward: FloatArray, times: FloatArray, how: tuple[str, str, int]
) -> _Grids:
    method, scheme, n_steps = how
    matrix = problem.operator.matrix
    stages: Stages = METHODS[method](matrix)
    clock = _graded(times.max(), n_steps) if method == "penalty" else _blocks(times.max(), n_steps)
    clock = np.unique(np.concatenate([clock, times]))
    values, kept = reward.copy(), {}
    for k, step in enumerate(np.diff(clock)):
        damped = scheme == "backward-euler" or (scheme == "crank-nicolson" and k < DAMPING)
        take = _euler if damped else _tr_bdf2 if scheme == "tr-bdf2" else _crank_nicolson
        for _ in range(2 if damped else 1):
            values = take(stages, step / (2.0 if damped else 1.0), values, source, reward)
        kept[clock[k + 1]] = values, stages.active
    shape = (times.size, *problem.grid.shape)
    fields = np.stack([kept[time][0] for time in times]).reshape(shape)
    # Where waiting costs nothing a tie of value and reward is no reason to stop.
    costly = matrix @ reward + source < 0.0
    stops = np.stack([kept[time][1] & costly for time in times]).reshape(shape)
    return _Grids(fields, stops, stages.n_solves)


def _euler(stages: Stages, step: float, values: FloatArray, source: FloatArray, reward: FloatArray) -> FloatArray:
    return np.asarray(stages.stage(step, step, values + step * source, reward))


def _crank_nicolson(
    stages: Stages, step: float, values: FloatArray, source: FloatArray, reward: FloatArray
) -> FloatArray:
    right = values + 0.5 * step * (stages.matrix @ values) + step * source
    return np.asarray(stages.stage(0.5 * step, step, right, reward))


def _tr_bdf2(stages: Stages, step: float, values: FloatArray, source: FloatArray, reward: FloatArray) -> FloatArray:
    a = 0.5 * GAMMA * step
    middle = stages.stage(a, 2.0 * a, values + a * (stages.matrix @ values) + 2.0 * a * source, reward)
    right = (middle / GAMMA - (1.0 - GAMMA) ** 2 / GAMMA * values) / (2.0 - GAMMA) + a * source
    return np.asarray(stages.stage(a, a, right, reward))


def _graded(duration: float, n_steps: int) -> FloatArray:
    return np.asarray(duration * (np.arange(n_steps + 1) / n_steps) ** GRADING)


def _blocks(duration: float, n_steps: int) -> FloatArray:
    each = max(1, -(-n_steps // BLOCKS))
    ends = np.append(0.0, 2.0 ** np.arange(1.0 - BLOCKS, 1.0))
    parts = [np.linspace(low, high, each, endpoint=False) for low, high in pairwise(ends)]
    return np.asarray(duration * np.append(np.concatenate(parts), 1.0))


def _check_names(method: str, scheme: str) -> None:
    for argument, name, known in (("method", method, METHODS), ("scheme", scheme, SCHEMES)):
        if name not in known:
            raise ValueError(f"{argument}={name!r} is not known: use {', '.join(map(repr, known))}.")


def _checked_times(time: float | ArrayLike) -> FloatArray:
    times = np.atleast_1d(np.asarray(time, dtype=float))
    if times.ndim > 1 or times.size == 0 or not (np.isfinite(times) & (times > 0.0)).all():
        raise ValueError(f"time={time!r} must be a positive number, or a sequence of them, e.g. time=1.0.")
    return times


def _checked_count(n_steps: int) -> int:
    if int(n_steps) != n_steps or n_steps < 1:
        raise ValueError(f"n_steps={n_steps!r} must be a whole number of at least 1, e.g. n_steps=200.")
    return int(n_steps)
