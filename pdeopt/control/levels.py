"""The value function on one grid, and expectations and laws under the optimal control that follow from it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from pdeopt._types import BoolArray, FloatArray
from pdeopt.control.chains import Chain, chain_of, uniformised
from pdeopt.control.problem import ControlProblem
from pdeopt.grid import Grid
from pdeopt.kolmogorov.stencil import Matrix

__all__ = ["Level", "solved_level"]

STEEPEST = 8.0
"""Median change of beta V from a node to the next beyond which differences say nothing."""

GROWTH = 400.0
"""Largest logarithm of what a step of time multiplies a weight by; doubles end at 709."""

LARGEST_WORK = 2e11
"""Multiplications after which nobody waits."""


@dataclass(frozen=True, eq=False)
class Level:
    """The value on one grid.

    Parameters
    ----------
    problem : ControlProblem
    grid : Grid
        That of the problem or a finer one.
    chain : Chain
        Of the dynamics without control, killed at the rate beta c.
    times : array, shape (n_times,)
        From 0 to the horizon.
    values : array, shape ``(n_times, *grid.shape)``
        The value function u.

    Notes
    -----
    Over a step exp(beta u_k) exp(dt L) exp(-beta u_{k+1}), the exponentials of u as diagonal matrices, is the matrix of
    the controlled process (Doob's transform): its rows sum to one.
    """

    problem: ControlProblem
    grid: Grid
    chain: Chain
    times: FloatArray
    values: FloatArray

    @property
    def clock(self) -> float:
        """Jumps of the chain in a step of time, in the mean."""
        return self.chain.rate * float(self.times[1])

    @property
    def last(self) -> FloatArray:
        """The cost at the end, flat."""
        return np.asarray(self.values[-1].ravel())

    def step(self, k: int, chain: Chain | None = None) -> "Step":
        """Return the step from ``times[k]`` to the next one."""
        return Step.against(self.values[k + 1], self, chain)

    def weights(self, k: int, step: "Step") -> FloatArray:
        """Return what the step multiplies the constant by, z; but for the least running cost."""
        gain = step.field - self.problem.beta * (self.values[k] - self._least_cost_of_step)
        return np.asarray(np.exp(gain)).ravel()

    def expected_cost(self) -> FloatArray:
        """Return the expectation of V(x_T) + int c under the optimal control from each node, shape ``grid.shape``."""
        shift = float(self.last.min())
        costs = self.last - shift
        for k in reversed(range(len(self.times) - 1)):
            step = self.step(k)
            earned = step.accumulated(costs, self._per_jump(self.chain))
            costs = earned / self.weights(k, step)
        return (costs + shift + self._least_running_cost).reshape(self.grid.shape)

    def uncontrolled_cost(self) -> FloatArray:
        """Return the expectation of V(x_T) + int c without control from each node, shape ``grid.shape``."""
        chain = self.chain if self._running is None else chain_of(self.problem.generator(self.grid, killed=False))
        shift, clock = float(self.last.min()), chain.rate * self.problem.time
        ones = np.ones(self.last.size)
        costs = accumulated(chain.jumps, clock, self.last - shift, ones, self._per_jump(chain))
        return (costs + shift + self._least_running_cost).reshape(self.grid.shape)

    def law(self, masses: FloatArray) -> FloatArray:
        """Return the masses of the controlled process at each time, from those at the start, shape (n_times, N)."""
        out = np.empty((len(self.times), masses.size))
        out[0] = masses.ravel()
        for k in range(len(self.times) - 1):
            step = self.step(k)
            out[k + 1] = step.transposed(out[k] / self.weights(k, step))
        return out

    def wall_probability(self) -> FloatArray:
        """Return the probability that the controlled process meets an end of the grid, shape of `values`."""
        if not self._ends.any():
            return np.zeros(self.values.shape)
        chain, stays = self._stopped(self.chain), np.empty(self.values.shape)
        stays[-1] = np.where(self._ends, 0.0, 1.0).reshape(self.grid.shape)
        for k in reversed(range(len(self.times) - 1)):
            step = self.step(k, chain)
            stays[k] = (step.applied(stays[k + 1].ravel()) / self.weights(k, step)).reshape(self.grid.shape)
        return np.clip(1.0 - stays, 0.0, 1.0)

    def free_wall_probability(self) -> FloatArray:
        """Return the probability that the process without control meets an end of the grid, shape ``grid.shape``."""
        chain = self._stopped(chain_of(self.problem.generator(self.grid, killed=False)))
        inside = np.where(self._ends, 0.0, 1.0)
        stays = uniformised(chain.jumps, chain.rate * self.problem.time, inside).reshape(self.grid.shape)
        return np.clip(1.0 - stays, 0.0, 1.0)

    @property
    def has_running(self) -> bool:
        """Whether there is a running cost."""
        return self._running is not None or self.problem.least_running != 0.0

    @cached_property
    def _ends(self) -> BoolArray:
        """Nodes at the ends of axes that do not repeat, flat."""
        return self.problem.generator(self.grid, "absorbing").problem.absorbing.ravel()

    def _stopped(self, chain: Chain) -> Chain:
        keep = sparse.diags_array(np.where(self._ends, 0.0, 1.0))
        return Chain(sparse.csr_array(keep @ chain.jumps @ keep), chain.rate)

    @cached_property
    def _running(self) -> FloatArray | None:
        costs = self.problem.running_on(self.grid).ravel()
        return costs if costs.any() else None

    @property
    def _least_running_cost(self) -> float:
        return self.problem.least_running * self.problem.time

    def _per_jump(self, chain: Chain) -> FloatArray | None:
        return None if self._running is None else self._running / chain.rate

    @property
    def _least_cost_of_step(self) -> float:
        return self.problem.least_running * float(self.times[1])


@dataclass(frozen=True, eq=False)
class Step:
    """A step of time against a value u at its end: exp(beta u) exp(dt L) exp(-beta u), without overflow.

    Parameters
    ----------
    field : array, shape of the grid
        g, beta u but nowhere steeper than exponentials of it allow: where u is steeper, nobody comes from.
    jumps : sparse matrix
        Tilted by `field`.
    clock : float
    survivors : array, flat
        exp(g - beta u), at most 1.
    """

    field: FloatArray
    jumps: Matrix
    clock: float
    survivors: FloatArray

    @classmethod
    def against(cls, value: FloatArray, level: Level, chain: Chain | None = None) -> "Step":
        """Return the step to a time at which the value is given."""
        slope = np.arccosh(1.0 + GROWTH / level.clock)
        field = envelope(level.problem.beta * value, slope, level.grid.periodic)
        survivors = np.exp(field - level.problem.beta * value).ravel()
        return cls(field, (level.chain if chain is None else chain).tilted(field.ravel()), level.clock, survivors)

    def applied(self, column: FloatArray) -> FloatArray:
        """Return the step of exp(-beta u) times a column, over exp(-g)."""
        return uniformised(self.jumps, self.clock, self.survivors * column)

    def transposed(self, masses: FloatArray) -> FloatArray:
        """Apply the transpose."""
        return self.survivors * uniformised(sparse.csr_array(self.jumps.T), self.clock, masses)

    def accumulated(self, costs: FloatArray, per_jump: FloatArray | None) -> FloatArray:
        """Apply the step to costs, and add what a running cost makes meanwhile."""
        return accumulated(self.jumps, self.clock, self.survivors * costs, self.survivors, per_jump)


def envelope(field: FloatArray, slope: float, periodic: tuple[bool, ...]) -> FloatArray:
    """Return the largest field below a given one that changes by at most `slope` from node to node of each axis."""
    for axis, wraps in enumerate(periodic):
        lines = np.moveaxis(field, axis, -1)
        n = lines.shape[-1]
        lines = np.concatenate([lines] * 3, axis=-1) if wraps else lines
        ramp = slope * np.arange(lines.shape[-1])
        upward = np.minimum.accumulate(lines - ramp, axis=-1) + ramp
        both = np.minimum.accumulate((upward + ramp)[..., ::-1], axis=-1)[..., ::-1] - ramp
        field = np.moveaxis(both[..., n : 2 * n] if wraps else both, -1, axis)
    return field


def accumulated(
    jumps: Matrix, clock: float, costs: FloatArray, ones: FloatArray, per_jump: FloatArray | None
) -> FloatArray:
    """Return exp(t A) costs + int_0^t exp((t - s) A) c exp(s A) ones ds, where c is `per_jump` times the rate."""
    if per_jump is None:
        return uniformised(jumps, clock, costs)
    both: Any = sparse.block_array([[jumps, sparse.diags_array(per_jump)], [None, jumps]], format="csr")
    return uniformised(both, clock, np.concatenate([costs, ones]))[: costs.size]


def solved_level(problem: ControlProblem, factor: int, times: FloatArray, terminal: FloatArray | None = None) -> Level:
    """Solve for the value on the grid refined by a factor.

    Parameters
    ----------
    problem : ControlProblem
    factor : int
    times : array
        Evenly spaced, from 0 to the horizon.
    terminal : array, shape of the finer grid, optional
        The cost at the end, by default that of the problem.
    """
    grid = problem.finer(factor)
    chain = chain_of(problem.generator(grid))
    values = np.empty((len(times), *grid.shape))
    values[-1] = problem.terminal_on(grid) if terminal is None else terminal
    level = Level(problem, grid, chain, times, values)
    _check_resolved(level)
    _check_work(level)
    for k in reversed(range(len(times) - 1)):
        values[k] = _value_before(level, k)
    return level


def _value_before(level: Level, k: int) -> FloatArray:
    step = level.step(k)
    weights = step.applied(np.ones(level.last.size))
    if not (weights.min() > 0.0 and np.isfinite(weights).all()):
        n_times = len(level.times)
        raise ValueError(
            f"n_times={n_times} makes steps over which exp(-beta u) leaves the range of doubles, with "
            f"beta={level.problem.beta:g}. Use n_times={4 * n_times - 3} or more, or a smaller grid."
        )
    cost = level.problem.least_running * float(level.times[1])
    return np.asarray((step.field - np.log(weights).reshape(level.grid.shape)) / level.problem.beta + cost)


def _check_resolved(level: Level) -> None:
    change = level.chain.typical_change(level.problem.beta * level.last)
    if change > STEEPEST:
        shape = tuple(int(np.ceil(n * change / STEEPEST)) for n in level.grid.shape)
        raise ValueError(
            f"terminal changes by {change:.3g} / beta from one node to the next over half of the grid, above the limit "
            f"{STEEPEST:g} / beta, on a grid of {level.grid.shape} nodes with beta={level.problem.beta:g}: too few to "
            f"carry exp(-beta u). Use shape >= {shape}, a smaller grid, or a smaller beta; for f = 0 pdeopt.relax."
        )


def _check_work(level: Level) -> None:
    work = level.chain.rate * level.problem.time * level.chain.jumps.nnz
    if work > LARGEST_WORK:
        shape = tuple(
            max(4, int(n * (LARGEST_WORK / work) ** (1.0 / (len(level.grid.shape) + 2)))) for n in level.grid.shape
        )
        raise ValueError(
            f"a grid of {level.grid.shape} nodes with time={level.problem.time:g} takes {work:.1e} multiplications, "
            f"above the limit {LARGEST_WORK:.0e}. Use shape <= {shape} for the finest grid, or levels=1."
        )
