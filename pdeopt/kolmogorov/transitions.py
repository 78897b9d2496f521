"""Paths of transitions between two sets: committors both ways, reactive density, currents and rates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.currents import current_field, flows, net_flows, positive
from pdeopt.kolmogorov.evolution import described, space_order
from pdeopt.kolmogorov.linear_systems import LinearSystem, linear_system
from pdeopt.kolmogorov.masks import checked_mask
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.refinement import Extrapolation, extrapolated, finer_mask, level_count, restricted
from pdeopt.kolmogorov.solving import invariant_masses
from pdeopt.kolmogorov.stationary import answered
from pdeopt.kolmogorov.stencil import Matrix
from pdeopt.systems import OverdampedLangevin

__all__ = ["TransitionPaths", "backward_committor", "stationary_current", "transition_paths"]

NUMBERS = ("flux", "rate", "reverse_rate", "reactive", "duration")


@dataclass(frozen=True, eq=False, repr=False)
class TransitionPaths:
    """How a process in its stationary state goes from one set to another.

    Parameters
    ----------
    committor : Answer
        Probability to reach b before a.
    backward_committor : Answer
        Probability to have been in a later than in b.
    density : Answer
        Of being at a place on the way from a to b; its integral is `reactive`.
    current : Answer
        Of transitions, per unit of time and area, shape ``(d, *grid.shape)``.
    edges : sparse array, shape (N, N)
        Net transitions per unit of time from node to node on the grid itself, at least 0.
    flux : float
        Transitions from a to b per unit of time, as many as back.
    rate, reverse_rate : float
        The same per unit of time spent coming last from a, and from b.
    reactive : float
        Share of time spent on the way from a to b.
    duration : float
        Mean time that a transition takes, from leaving a for the last time.
    errors : mapping
        Estimates for each of these numbers.
    """

    committor: Answer
    backward_committor: Answer
    density: Answer
    current: Answer
    edges: Matrix
    flux: float
    rate: float
    reverse_rate: float
    reactive: float
    duration: float
    errors: Mapping[str, float]

    def __str__(self) -> str:
        known = np.isfinite(self.errors["rate"])
        rows = [
            f"{name} {getattr(self, name):.10g}" + (f" (error {self.errors[name]:.1e})" if known else "")
            for name in NUMBERS
        ]
        grids = f"{self.committor.levels} grids" if known else "one grid, errors not estimated"
        return "transitions: " + ", ".join(rows) + f"\n{self.committor.method}; {grids}"

    def __repr__(self) -> str:
        return f"<TransitionPaths: rate {self.rate:.6g}>"


def check_stationary(problem: Problem) -> None:
    """Raise if the process ends."""
    if np.any(problem.operator.stencil.killing) or problem.absorbing.any():
        raise ValueError(
            "the process ends, by killing or at a wall, and has no stationary state to start from. Use killing=0.0 and "
            "boundary='reflecting'."
        )


def checked_sets(problem: Problem, a: Any, b: Any) -> tuple[BoolArray, BoolArray]:
    """Return two sets that do not meet."""
    first, second = (checked_mask(mask, name, problem.grid) for mask, name in ((a, "a"), (b, "b")))
    if (first & second).any():
        raise ValueError(
            f"a and b share {int((first & second).sum())} nodes: use sets that do not overlap, such as x < -1 and "
            "x > 1."
        )
    return first, second


@dataclass(frozen=True, eq=False)
class Crossing:
    """Transitions on one grid: stationary masses, those that come last from a, and the committor."""

    problem: Problem
    system: LinearSystem
    a: BoolArray
    b: BoolArray
    masses: FloatArray
    coming: FloatArray
    committor: FloatArray

    @property
    def backward(self) -> FloatArray:
        """Backward committor; 0 off a where the stationary mass is too small for a float."""
        ratio = np.divide(self.coming, self.masses, out=np.zeros(self.a.shape), where=self.masses != 0.0)
        return np.where(self.a, 1.0, np.clip(ratio, 0.0, 1.0))

    @property
    def flux(self) -> float:
        """Transitions per unit of time, as jumps out of a."""
        matrix, inside = self.problem.operator.matrix, self.a.ravel()
        ahead = np.asarray(matrix[inside][:, ~inside] @ self.committor[~self.a])
        return float(np.sum(self.masses[self.a] * ahead))

    def numbers(self) -> FloatArray:
        """Return those of `NUMBERS`."""
        coming, reactive = float(self.coming.sum()), float(np.sum(self.coming * self.committor))
        total, flux = float(self.masses.sum()), self.flux
        return np.array([flux, flux / coming, flux / (total - coming), reactive, reactive / flux])

    def net(self) -> Matrix:
        """Return net transitions between nodes, antisymmetric."""
        return net_flows(flows(self.problem, self.coming, self.committor))

    def fields(self) -> FloatArray:
        """Return committor, backward committor, density and current, shape ``(3 + d, *shape)``."""
        density = self.coming * self.committor / self.problem.volumes
        current = current_field(self.problem, self.net())
        return np.concatenate([[self.committor, self.backward, density], current])


def crossing(problem: Problem, a: BoolArray, b: BoolArray) -> Crossing:
    """Solve for transitions on one grid.

    Notes
    -----
    Masses that come last from a solve the transposed equation off both sets, with the stationary masses on a: divided
    by the stationary masses they are the committor of the time-reversed process; Metzner, Schuette & Vanden-Eijnden,
    Multiscale Modeling & Simulation 7 (2009) 1192.
    """
    system, masses = linear_system(problem, a | b), invariant_masses(problem)
    if isinstance(problem.system, OverdampedLangevin) and problem.operator.masses is not None:
        # In detailed balance the reversed process is the same: no division by masses too small for floats.
        coming = masses * system.solve(a.astype(float))
    else:
        leaving = (problem.operator.matrix.T @ np.where(a, masses, 0.0).ravel()).reshape(a.shape)
        free = system.solve_transposed(np.where(a | b, 0.0, leaving))
        coming = np.where(a, masses, np.where(b, 0.0, free))
    return Crossing(problem, system, a, b, masses, coming, system.solve(b.astype(float)))


def crossings(problem: Problem, a: Any, b: Any, levels: int | None, extrapolate: bool) -> list[Crossing]:
    """Solve for transitions on the grid and on finer ones."""
    check_stationary(problem)
    sets = checked_sets(problem, a, b)
    count = level_count(problem.grid, levels, extrapolate)
    factors = [2**level for level in range(count)]
    return [crossing(problem.finer(k), *(finer_mask(mask, problem.grid, k) for mask in sets)) for k in factors]


def transition_paths(problem: Problem, a: Any, b: Any, levels: int | None, extrapolate: bool) -> TransitionPaths:
    """Solve for all about transitions; see `Between.transition_paths`."""
    began, order = perf_counter(), space_order(problem)
    found = crossings(problem, a, b, levels, extrapolate)
    fields = [restricted(one.fields(), 2**level, problem.grid.dim) for level, one in enumerate(found)]
    best = extrapolated(fields, problem.grid.dim, order)
    numbers = extrapolated([one.numbers() for one in found], 0, order)
    seconds = perf_counter() - began

    def answer(kind: str, rows: Any, low: float, high: float) -> Answer:
        return _answer(problem, kind, best, fields[0], rows, (low, high), len(found), seconds)

    return TransitionPaths(
        answer("committor", 0, 0.0, 1.0),
        answer("backward committor", 1, 0.0, 1.0),
        answer("reactive density", 2, 0.0, np.inf),
        answer("reactive current", slice(3, None), -np.inf, np.inf),
        positive(found[0].net()),
        **dict(zip(NUMBERS, numbers.values.tolist(), strict=True)),
        errors=dict(zip(NUMBERS, numbers.error.tolist(), strict=True)),
    )


def _answer(
    problem: Problem,
    kind: str,
    best: Extrapolation,
    plain: FloatArray,
    rows: Any,
    bounds: tuple[float, float],
    levels: int,
    seconds: float,
) -> Answer:
    values, words = np.clip(best.values[rows], *bounds), described(problem)
    error, order = best.error[rows], best.order
    return Answer(values, error, problem.grid, kind, plain[rows], None, words, levels, order, seconds)


def backward_committor(problem: Problem, a: Any, b: Any, levels: int | None, extrapolate: bool) -> Answer:
    """Solve for the committor of the reversed process; see `Between.backward_committor`."""
    check_stationary(problem)
    sets = checked_sets(problem, a, b)

    def solve(factor: int) -> FloatArray:
        return crossing(problem.finer(factor), *(finer_mask(mask, problem.grid, factor) for mask in sets)).backward

    return answered(problem, "backward committor", solve, levels, extrapolate, (0.0, 1.0))


def stationary_current(problem: Problem, levels: int | None, extrapolate: bool) -> Answer:
    """Return the current of the invariant density; see `Between.stationary_current`."""
    check_stationary(problem)

    def net(fine: Problem) -> Matrix:
        return net_flows(flows(fine, invariant_masses(fine), np.ones(fine.grid.shape)))

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        return current_field(fine, net(fine))

    found = answered(problem, "stationary current", solve, levels, extrapolate)
    return replace(found, extra={"edges": positive(net(problem))})
