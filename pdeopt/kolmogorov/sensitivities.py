"""Derivatives of answers with respect to parameters and data, by the adjoint equation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.data import data_on
from pdeopt.kolmogorov.evolution import space_order
from pdeopt.kolmogorov.exits import check_rate, field_data
from pdeopt.kolmogorov.interpolation import spline_through
from pdeopt.kolmogorov.linear_systems import linear_system, poisson
from pdeopt.kolmogorov.masks import checked_mask
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.propagation import checked_steps, is_autonomous, propagated
from pdeopt.kolmogorov.refinement import extrapolated, finer_mask, level_count
from pdeopt.kolmogorov.stencil import Matrix
from pdeopt.kolmogorov.transitions import Crossing, crossings
from pdeopt.systems import SDE, Langevin, OverdampedLangevin

__all__ = ["Sensitivity", "exit_sensitivity", "expectation_sensitivity", "rate_sensitivity"]

STEP = 1e-3
"""Step of differences of the rates, relative to the parameter: of fourth order, so that both errors are near 1e-12."""

DIFFERENCES = ((-2, 1.0 / 12.0), (-1, -2.0 / 3.0), (1, 2.0 / 3.0), (2, -1.0 / 12.0))

SPACING, N_SIDE = 0.09, 38
"""Of the double-exponential rule in time, which does not mind what is rough at either end."""

OWN_PARAMETERS = {OverdampedLangevin: ("beta",), Langevin: ("beta", "friction", "mass")}
"""What leads the ``args`` of a system with a landscape, whose parameters follow."""

Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity:
    """A number that was asked for, and its derivatives.

    Parameters
    ----------
    value : float
    derivatives : array, shape (n,)
        With respect to the parameters.
    error : array, shape (n,)
        Estimate of what `derivatives` may be wrong by.
    value_error : float
    parameters : tuple of int
        Places in ``system.args``.
    data : array, shape ``grid.shape``
        Derivatives with respect to the data at each node, on the grid itself: of an expectation its terminal values,
        of an exit value its source; zeros for a rate.
    kind : str
    """

    value: float
    derivatives: FloatArray
    error: FloatArray
    value_error: float
    parameters: tuple[int, ...]
    data: FloatArray
    kind: str

    def __str__(self) -> str:
        rows = [
            f"d/d args[{k}] {slope:.10g} (error {error:.1e})"
            for k, slope, error in zip(self.parameters, self.derivatives, self.error, strict=True)
        ]
        return f"{self.kind} {self.value:.10g} (error {self.value_error:.1e}): " + ", ".join(rows)

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.kind} to {len(self.parameters)} parameters>"


def checked_parameters(parameters: Any, system: SDE) -> tuple[int, ...]:
    """Return places in ``system.args`` that hold numbers."""
    numbers = [k for k, value in enumerate(system.args) if isinstance(value, int | float | np.number)]
    wanted = numbers if parameters is None else np.atleast_1d(parameters).tolist()
    for k in wanted:
        if k not in numbers:
            raise ValueError(
                f"parameters={parameters!r} names {k!r}, but the places of numbers in system.args={system.args} are "
                f"{numbers}. Use some of these, or pass what is varied as a number in args."
            )
    if not wanted:
        raise ValueError(
            f"system.args={system.args} holds no number to vary: pass parameters to the drift and diffusion as args, "
            "e.g. pdeopt.SDE(lambda t, x, k: -k * x, lambda t, x, k: 1.0, args=(2.0,))."
        )
    return tuple(int(k) for k in wanted)


def varied(problem: Problem, place: int, value: float) -> Problem:
    """Return the problem with another value of one parameter."""
    system = problem.system
    args = (*system.args[:place], value, *system.args[place + 1 :])
    names = OWN_PARAMETERS.get(type(system), ())
    facts: dict[str, Any] = dict(zip(names, args, strict=False)) if names else {"args": args}
    if isinstance(system, OverdampedLangevin | Langevin):
        facts["landscape"] = replace(system.landscape, args=args[len(names) :])
    return replace(problem, system=replace(system, **facts))


def rates_derivative(problem: Problem, place: int) -> Matrix:
    """Return the derivative of the matrix with respect to a parameter, by differences of its rates."""
    here = float(problem.system.args[place])
    step = STEP * (abs(here) or 1.0)
    total: Any = sparse.csr_array(problem.operator.matrix.shape)
    killing: FloatArray = np.zeros(problem.grid.shape)
    for steps, weight in DIFFERENCES:
        operator = varied(problem, place, here + steps * step).operator
        total = total + (weight / step) * operator.matrix
        killing = killing + (weight / step) * operator.stencil.killing
    # Differences of diagonals would round as the largest rates do, not as rates times differences of values.
    total.setdiag(0.0)
    sums: FloatArray = np.asarray(total.sum(axis=1)) + killing.ravel()
    return sparse.csr_array(total - sparse.diags_array(sums))


def contracted(problem: Problem, parameters: tuple[int, ...], pairs: Sequence[Pair]) -> FloatArray:
    """Return the sum of <p, L' u> over pairs (p, u), for each parameter."""
    before, after = (np.array([pair[k].ravel() for pair in pairs]) for k in (0, 1))
    slopes = [rates_derivative(problem, place) for place in parameters]
    return np.array([np.sum(before * (slope @ after.T).T) for slope in slopes])


def start_weights(start: Any, grid: Grid) -> FloatArray:
    """Return the weights with which values at nodes make that at a point, shape ``grid.shape``."""
    point = np.asarray(start, dtype=float).reshape(-1)
    if point.size != grid.dim or not (np.all(point >= grid.lower) and np.all(point <= grid.upper)):
        raise ValueError(
            f"start={start!r} must be a point of {grid.dim} coordinates inside the grid from {grid.lower} to "
            f"{grid.upper}, e.g. start={tuple(0.5 * (a + b) for a, b in zip(grid.lower, grid.upper, strict=True))}."
        )
    weights: FloatArray = np.ones(())
    for axis, x in enumerate(point):
        line = Grid.from_axes(grid.axes[axis], periodic=grid.periodic[axis])
        weights = weights[..., None] * spline_through(np.eye(line.size), line)(np.array([x]))
    return weights


def collected(
    problem: Problem,
    parameters: tuple[int, ...],
    kind: str,
    solve: Callable[[int], tuple[FloatArray, FloatArray]],
    count: int,
) -> Sensitivity:
    """Return what each grid says of a number and its derivatives, extrapolated."""
    found = [solve(2**level) for level in range(count)]
    best = extrapolated([numbers for numbers, _ in found], 0, space_order(problem))
    error = np.where(np.isfinite(best.error), best.error, np.inf)
    return Sensitivity(
        float(best.values[0]), best.values[1:], error[1:], float(error[0]), parameters, found[0][1], kind
    )


def expectation_sensitivity(
    problem: Problem,
    terminal: Any,
    time: float,
    start: Any,
    parameters: Any,
    kinks: Any,
    levels: int | None,
    extrapolate: bool,
) -> Sensitivity:
    """Differentiate E terminal(X_time); see `Varying.expectation_sensitivity`."""
    places = checked_parameters(parameters, problem.system)
    check_time(problem, time)
    data = data_on(terminal, "terminal", problem, levels, extrapolate, kinks)
    nodes, weights = double_exponential(time)
    steps = checked_steps(problem, None, None, None, None, True, True, time)

    def solve(factor: int) -> tuple[FloatArray, FloatArray]:
        fine = problem.finer(factor)
        begin = np.where(fine.absorbing, 0.0, start_weights(start, fine.grid))
        last = np.where(fine.absorbing, 0.0, data.on(fine, factor))
        ahead = propagated(fine, begin, np.append(nodes, time), steps, factor=factor, transpose=True)
        back = propagated(fine, last, np.append(time - nodes, time), steps, factor=factor)
        pairs = list(zip(weights[:, None] * ahead[:-1].reshape(nodes.size, -1), back[:-1], strict=True))
        value = float(np.sum(begin * back[-1]))
        return np.append(value, contracted(fine, places, pairs)), ahead[-1]

    return collected(problem, places, "expectation", solve, data.levels)


def check_time(problem: Problem, time: float) -> None:
    """Raise if the time is no positive number or coefficients depend on it."""
    if not 0.0 < time < np.inf:
        raise ValueError(f"time={time!r} must be a number above 0, e.g. time=1.0.")
    if not is_autonomous(problem, 0.0, time):
        raise ValueError(
            "drift, diffusion or killing depends on time: sensitivities are found where they do not. Use differences "
            "of backward(...) at two values of the parameter."
        )


def double_exponential(duration: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights on (0, duration), dense at both ends; Takahasi & Mori (1974)."""
    t = SPACING * np.arange(-N_SIDE, N_SIDE + 1)
    inner = 0.5 * np.pi * np.sinh(t)
    # The share of the shorter side, without cancellation.
    share = 1.0 / (1.0 + np.exp(-2.0 * inner))
    weights = SPACING * 0.25 * np.pi * np.cosh(t) / np.cosh(inner) ** 2
    return duration * share, duration * weights


def exit_sensitivity(
    problem: Problem,
    inside: Any,
    start: Any,
    values: Any,
    source: Any,
    rate: float,
    parameters: Any,
    levels: int | None,
    extrapolate: bool,
) -> Sensitivity:
    """Differentiate what is earned until the exit; see `Varying.exit_sensitivity`."""
    places = checked_parameters(parameters, problem.system)
    outside = ~checked_mask(inside, "inside", problem.grid)
    check_rate(problem, outside, rate)
    given = field_data(values, "values", problem, levels, extrapolate, None)
    earned = field_data(source, "source", problem, levels, extrapolate, None)

    def solve(factor: int) -> tuple[FloatArray, FloatArray]:
        fine = problem.finer(factor)
        ends = finer_mask(outside, problem.grid, factor) | fine.absorbing
        system = linear_system(fine, ends, rate)
        found = system.solve(np.where(ends, given.on(fine, factor), earned.on(fine, factor)))
        weights = start_weights(start, fine.grid)
        spent = np.where(ends, 0.0, system.solve_transposed(weights))
        value = float(np.sum(weights * found))
        return np.append(value, contracted(fine, places, [(spent, found)])), spent

    return collected(problem, places, "exit value", solve, level_count(problem.grid, levels, extrapolate))


def rate_sensitivity(
    problem: Problem, a: Any, b: Any, parameters: Any, levels: int | None, extrapolate: bool
) -> Sensitivity:
    """Differentiate the rate of transitions; see `Varying.rate_sensitivity`."""
    places = checked_parameters(parameters, problem.system)
    found = crossings(problem, a, b, level_count(problem.grid, levels, extrapolate), True)

    def solve(factor: int) -> tuple[FloatArray, FloatArray]:
        one = found[factor.bit_length() - 1]
        return np.append(one.numbers()[1], rate_derivatives(one, places)), np.zeros(problem.grid.shape)

    return collected(problem, places, "rate", solve, len(found))


def rate_derivatives(one: Crossing, parameters: tuple[int, ...]) -> FloatArray:
    """Return derivatives of the rate F / R on one grid.

    Notes
    -----
    The flux is F = m L q, q the committor and m the masses that come last from a, of total R; so is R =
    m (1_a + L g), with L g = -1 off both sets and g = 0 on them. In both, variations of what solves an equation drop
    out, but for those of the stationary masses on a, which a Poisson equation gives.
    """
    matrix, ends = one.problem.operator.matrix, one.a | one.b
    waiting = one.system.solve(np.where(ends, 0.0, 1.0))
    total = float(one.coming.sum())
    rate = one.flux / total
    gap = one.committor - rate * waiting
    ahead = np.asarray(matrix @ gap.ravel()).reshape(one.a.shape)
    on_a = np.where(one.a, ahead - rate, 0.0)
    # On b the reversed process has not come from a: these rows carry no weight.
    pairs = [(one.coming, gap), (one.masses, poisson(one.problem, on_a, one.masses))]
    return contracted(one.problem, parameters, pairs) / total
