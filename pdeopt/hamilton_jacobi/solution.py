"""From a problem to fields: values, minimisers, moments of the softmin weights."""

from dataclasses import dataclass, replace

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.axes import CELLS, WEIGHTED, Axis
from pdeopt.hamilton_jacobi.passes import Softmin, hopf_lax_along, softmin_along
from pdeopt.hamilton_jacobi.problem import Problem, check_scales
from pdeopt.hamilton_jacobi.sampling import State, initial_state
from pdeopt.kernels.averages import n_products
from pdeopt.kernels.stencils import BEND_MODEL

__all__ = ["Stage", "method_name", "solve_stages"]

NAMES = {CELLS: "cell-exact"}


@dataclass(frozen=True, eq=False)
class Stage:
    """The last step of a solution: a state from which one pass an axis gives everything at `time`."""

    problem: Problem
    state: State
    time: float

    def values(self, outputs: list[FloatArray]) -> FloatArray:
        """Return the solution on the product of `outputs`."""
        field, threads = self.state.field, self.problem.threads
        for k, axis in enumerate(self.state.axes):
            if self.time == 0.0:
                continue
            if np.isinf(self.problem.beta):
                field, _ = hopf_lax_along(field, k, axis, outputs[k], self.time, threads=threads)
            else:
                field, _ = softmin_along(
                    field, k, axis, Softmin(outputs[k], axis.variance, self.problem.beta), None, threads
                )
        return field

    def moments(self, outputs: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Return means and covariances of the position under the softmin weights.

        Means have shape (d, ...); covariances are the lower triangle row by row, shape (d (d + 1) / 2, ...).
        """
        field, dim = self.state.field, len(self.state.axes)
        carried = np.empty((0, *field.shape))
        for k, axis in enumerate(self.state.axes):
            task = Softmin(
                outputs[k], axis.variance, self.problem.beta, k + 1, with_position=True, bend_mode=BEND_MODEL
            )
            field, carried = softmin_along(field, k, axis, task, carried, self.problem.threads)
        return carried[:dim], carried[dim : dim + n_products(dim)]

    def minimisers(self, outputs: list[FloatArray]) -> FloatArray:
        """Return the minimiser of the Hopf-Lax formula, shape (d, ...).

        Where several tie, the smallest along each axis.
        """
        field, threads = self.state.field, self.problem.threads
        found = np.empty((0, *field.shape))
        for k, axis in enumerate(self.state.axes):
            # Minimisers along earlier axes are those at the place that wins along this one.
            field, found = hopf_lax_along(field, k, axis, outputs[k], self.time, carried=found, threads=threads)
        return found


def method_name(problem: Problem, state: State) -> str:
    """Return the name of the method: that of every axis, if they differ."""
    if np.isinf(problem.beta):
        return "hopf-lax"
    names = [NAMES.get(axis.origin or axis.rule, "cole-hopf") for axis in state.axes]
    return names[0] if len(set(names)) == 1 else ", ".join(names)


def _same_samples(state: State, other: State) -> bool:
    """Whether a state that has coarsened can stand in for fresh samples: neither needs its own nodes."""
    plain = all(axis.rule != WEIGHTED for axis in (*state.axes, *other.axes))
    return plain and state.field.shape == other.field.shape


def solve_stages(problem: Problem, times: FloatArray) -> list[Stage]:
    """Return the stage of every time, in the order given; later times go on from what earlier ones have coarsened."""
    horizon = float(times.max())
    stages: dict[float, Stage] = {}
    samples: State | None = None
    state: State | None = None
    # In order of time: what has been coarsened for one time is the start of the next.
    for time in sorted(set(times.tolist())):
        if time == 0.0:
            stages[time] = Stage(problem, State(problem.initial, (), problem.beta), time)
            continue
        check_scales(problem, time)
        fresh = initial_state(problem, time, horizon)
        if np.isinf(problem.beta):
            stages[time] = Stage(problem, fresh, time)
            continue
        goes_on = samples is not None and state is not None and _same_samples(samples, fresh)
        start = state if goes_on and state is not None else fresh
        axes = [_ruled(axis, own) for axis, own in zip(start.axes, fresh.axes, strict=True)]
        state = State(start.field, tuple(axes), problem.beta).towards(time, horizon, problem.threads)
        samples = fresh
        stages[time] = Stage(problem, state, time)
    return [stages[time] for time in times.tolist()]


def _ruled(axis: Axis, fresh: Axis) -> Axis:
    """Return the axis with the rule of fresh samples, unless coarsening has begun."""
    return axis if axis.rule == WEIGHTED or axis.applied > 0.0 else replace(axis, rule=fresh.rule)
