"""The Hamilton-Jacobi-Bellman equation by monotone differences and iteration over policies: no linearisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from pdeopt._types import FloatArray
from pdeopt.control import checks
from pdeopt.control.problem import ControlProblem
from pdeopt.grid import Grid
from pdeopt.kolmogorov.interpolation import spline_through
from pdeopt.kolmogorov.refinement import extrapolated, restricted
from pdeopt.kolmogorov.stencil import Matrix, Stencil

__all__ = ["PolicySolution", "policy_iteration"]

MOST_POLICIES = 100
"""Policies of one step of time; each is at least as good as the last, and a few suffice."""

SETTLED = 1e-13
"""Change of the value, relative to its size, at which a policy is kept."""


@dataclass(frozen=True, eq=False, repr=False)
class PolicySolution:
    """The value at time 0 by iteration over policies.

    Parameters
    ----------
    problem : ControlProblem
    values : array, shape ``grid.shape``
        Extrapolated in spacing and step together.
    error : array, same shape
        Estimate of what `values` may be wrong by.
    plain : tuple of array
        On each grid, at the nodes of the first.
    discount : float
    n_policies : tuple of int
        Linear solves on each grid.
    seconds : float
    """

    problem: ControlProblem
    values: FloatArray
    error: FloatArray
    plain: tuple[FloatArray, ...]
    discount: float
    n_policies: tuple[int, ...]
    seconds: float

    def at(self, x: FloatArray | float) -> FloatArray:
        """Return the value at points inside the grid, by splines, shape (...)."""
        grid = self.problem.grid
        return spline_through(self.values, grid)(checks.checked_points(x, grid))

    def __str__(self) -> str:
        solves = ", ".join(map(str, self.n_policies))
        return f"{self.problem!r} by policies: {solves} linear solves, {self.seconds:.2f} s"


def policy_iteration(
    problem: ControlProblem, *, n_steps: int = 50, levels: int = 3, discount: float = 0.0
) -> PolicySolution:
    """Solve the Hamilton-Jacobi-Bellman equation itself, by Howard's iteration in each implicit step.

    Parameters
    ----------
    problem : ControlProblem
    n_steps : int
        Steps of implicit Euler on the first grid; twice as many on each finer one.
    levels : int
        Number of grids, each of half the spacing.
    discount : float
        Rate r at which later costs count less, per unit of time, at least 0: the cost is
        E[exp(-r T) V + int exp(-r s) (``|alpha|^2`` / 2 + c) ds].

    Returns
    -------
    PolicySolution

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    -u_t = L u + min_alpha(-alpha . grad u + ``|alpha|^2`` / 2) + c - r u with upwind differences of the control term:
    every policy is a generator of jumps, the scheme monotone and of first order in spacing and step, whatever their
    ratio. With a discount the equation has no linear form; without, this checks `optimal_control`.

    Examples
    --------
    >>> import pdeopt
    >>> bowl, far = pdeopt.landscapes.quadratic(1.0), pdeopt.landscapes.quadratic(3.0)
    >>> problem = ControlProblem(bowl, far, pdeopt.Grid(-4.0, 4.0, 41), time=0.8, beta=2.0)
    >>> found = policy_iteration(problem, n_steps=20)
    >>> bool(abs(found.at(1.5) - 0.506919494897598534) < 2e-3)
    True
    """
    began, rate = perf_counter(), checks.checked_discount(discount)
    steps, count = checks.checked_n_steps(n_steps), checks.checked_levels(levels)
    runs = [_marched(problem, 2**k, steps * 2**k, rate) for k in range(count)]
    fields = [restricted(values, 2**k, problem.grid.dim) for k, (values, _) in enumerate(runs)]
    best = extrapolated(fields, problem.grid.dim, order=1)
    solves = tuple(number for _, number in runs)
    return PolicySolution(problem, best.values, best.error, tuple(fields), rate, solves, perf_counter() - began)


def _marched(problem: ControlProblem, factor: int, n_steps: int, discount: float) -> tuple[FloatArray, int]:
    grid = problem.finer(factor)
    step = problem.time / n_steps
    free = problem.generator(grid, killed=False).operator.matrix
    running = problem.running_on(grid) + problem.least_running
    identity = sparse.eye_array(grid.size, format="csr")
    base = (1.0 + discount * step) * identity - step * free
    values, solves = problem.terminal_on(grid), 0
    for _ in range(n_steps):
        values, used = _implicit_step(base, values + step * running, step, grid, values)
        solves += used
    return values, solves


def _implicit_step(
    base: Matrix, known: FloatArray, step: float, grid: Grid, guess: FloatArray
) -> tuple[FloatArray, int]:
    """Improve the policy until the value settles."""
    values, count, change = guess, 0, np.inf
    while count < MOST_POLICIES and change > SETTLED * (1.0 + float(np.abs(values).max())):
        policy, effort = improved_policy(values, grid)
        system = sparse.csc_array(base - step * policy)
        better = splu(system).solve((known + step * effort).ravel()).reshape(grid.shape)
        change = float(np.abs(better - values).max())
        values, count = better, count + 1
    return values, count


def improved_policy(values: FloatArray, grid: Grid) -> tuple[Matrix, FloatArray]:
    """Return the jumps of the best control against a value, and its cost ``|alpha|^2`` / 2, shape ``grid.shape``.

    On each axis the control pushes to the side on which the value falls more steeply, as hard as it falls.
    """
    rates, offsets, effort = [], [], np.zeros(grid.shape)
    for axis in range(grid.dim):
        downhill, gaps = _falls(values, grid, axis)
        stronger = (downhill[0] >= downhill[1], downhill[1] > downhill[0])
        pushes = [np.where(chosen, np.maximum(fall, 0.0), 0.0) for chosen, fall in zip(stronger, downhill, strict=True)]
        effort += 0.5 * (pushes[0] ** 2 + pushes[1] ** 2)
        rates += [push / gap for push, gap in zip(pushes, gaps, strict=True)]
        offsets += [tuple(sign * int(k == axis) for k in range(grid.dim)) for sign in (-1, 1)]
    return Stencil(tuple(offsets), np.array(rates), np.zeros(grid.shape), grid.periodic).matrix, effort


def _falls(values: FloatArray, grid: Grid, axis: int) -> tuple[Sequence[FloatArray], Sequence[FloatArray]]:
    """Return the slopes down to the neighbour below and above, zero across walls, and the distances to them."""
    nodes, shape = grid.axes[axis], [-1 if k == axis else 1 for k in range(grid.dim)]
    wrap = grid.extent[axis] + nodes[0] - nodes[-1] if grid.periodic[axis] else np.inf
    above = np.append(np.diff(nodes), wrap)
    gaps = [np.roll(above, 1).reshape(shape), above.reshape(shape)]
    return [(values - np.roll(values, sign, axis)) / gap for sign, gap in zip((1, -1), gaps, strict=True)], gaps
