"""The value function on one grid, and expectations and laws under the optimal control that follow from it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from pdeopt._types import BoolArray, FloatArray
from pdeopt.control.chains import Chain, chain_of, growth_of, uniformised
from pdeopt.control.problem import ControlProblem
from pdeopt.grid import Grid
from pdeopt.kolmogorov.stencil import Matrix

__all__ = ["Level", "solved_level"]

STEEPEST = 30.0
"""Largest change of beta u from a node to the next: more than that is lost in one digit of the larger weight."""

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
    values : array, shape (n_times, *grid.shape)
        The value function u.

    Notes
    -----
    With z_i = exp(-beta (u_k - u_{k+1})) the matrix diag(1 / z) diag(exp(beta u_{k+1})) exp(dt L) diag(exp(-beta
    u_{k+1})) is that of the controlled process over a step (Doob's transform): its rows sum to one.
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
        return self.values[-1].ravel()

    def weights(self, k: int) -> FloatArray:
        """Return what a step multiplies the constant by, exp(-beta (u_k - u_{k+1})) less the least running cost."""
        gain = self.values[k + 1] - self.values[k] + self.problem.least_running * float(self.times[1])
        return np.asarray(np.exp(self.problem.beta * gain)).ravel()

    def tilted(self, k: int, chain: Chain | None = None) -> Matrix:
        """Return the jumps tilted by beta u at the end of a step."""
        field = self.problem.beta * self.values[k + 1].ravel()
        return (self.chain if chain is None else chain).tilted(field)

    def expected_cost(self) -> FloatArray:
        """Return the expectation of V(x_T) + int c under the optimal control from each node, shape ``grid.shape``."""
        shift = float(self.last.min())
        costs = self.last - shift
        for k in reversed(range(len(self.times) - 1)):
            costs = self._cost_before(self.tilted(k), costs, self.weights(k))
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
            transposed = sparse.csr_array(self.tilted(k).T)
            out[k + 1] = uniformised(transposed, self.clock, out[k] / self.weights(k))
        return out

    def wall_probability(self) -> FloatArray:
        """Return the probability that the controlled process meets an end of the grid, shape of `values`."""
        chain, stays = self._stopped(self.chain), np.empty(self.values.shape)
        stays[-1] = np.where(self._ends, 0.0, 1.0).reshape(self.grid.shape)
        for k in reversed(range(len(self.times) - 1)):
            moved = uniformised(self.tilted(k, chain), self.clock, stays[k + 1].ravel()) / self.weights(k)
            stays[k] = moved.reshape(self.grid.shape)
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

    def _cost_before(self, jumps: Matrix, costs: FloatArray, weights: FloatArray) -> FloatArray:
        ones = np.ones(costs.size)
        return accumulated(jumps, self.clock, costs, ones, self._per_jump(self.chain)) / weights


def accumulated(
    jumps: Matrix, clock: float, costs: FloatArray, ones: FloatArray, per_jump: FloatArray | None
) -> FloatArray:
    """Return exp(t A) costs + int_0^t exp((t - s) A) c exp(s A) ones ds, where c is `per_jump` times the rate."""
    if per_jump is None:
        return uniformised(jumps, clock, costs)
    both = sparse.block_array([[jumps, sparse.diags_array(per_jump)], [None, jumps]], format="csr")
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
    problem, step = level.problem, float(level.times[1])
    jumps = level.tilted(k)
    growth = growth_of(jumps) * level.clock
    if growth > GROWTH:
        enough = int(np.ceil((len(level.times) - 1) * growth / GROWTH)) + 1
        raise ValueError(
            f"n_times={len(level.times)} makes steps over which exp(-beta u) grows by up to exp({growth:.0f}), above "
            f"the limit exp({GROWTH:.0f}) of doubles. Use n_times >= {enough}."
        )
    weights = uniformised(jumps, level.clock, np.ones(level.last.size))
    gain = np.log(weights).reshape(level.grid.shape) / problem.beta
    return np.asarray(level.values[k + 1] - gain + problem.least_running * step)


def _check_resolved(level: Level) -> None:
    steepest = level.chain.steepest(level.problem.beta * level.last)
    if steepest > STEEPEST:
        shape = tuple(int(np.ceil(n * steepest / STEEPEST)) for n in level.grid.shape)
        raise ValueError(
            f"terminal changes by {steepest:.3g} / beta from one node to the next, above the limit {STEEPEST:g} / beta "
            f"on a grid of {level.grid.shape} nodes with beta={level.problem.beta:g}: exp(-beta u) loses its digits. "
            f"Use shape >= {shape}, a smaller grid, or a smaller beta."
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
