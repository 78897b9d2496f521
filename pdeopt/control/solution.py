"""The value function, its gradient, and the feedback that is optimal."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from time import perf_counter

import numpy as np

from pdeopt._types import ArrayLike, BoolArray, FloatArray
from pdeopt.control import checks
from pdeopt.control.feedback import Table, controlled_system, feedback_at, feedback_table, node_gradient
from pdeopt.control.levels import Level, solved_level
from pdeopt.control.problem import ControlProblem
from pdeopt.grid import Grid
from pdeopt.kolmogorov.interpolation import spline_through
from pdeopt.kolmogorov.refinement import Extrapolation, default_levels, extrapolated, restricted
from pdeopt.systems import SDE

__all__ = ["OptimalControl", "joined", "optimal_control"]

TOUCHING = 0.01
"""Probability of meeting an end of the grid beyond which nothing is said."""


@dataclass(frozen=True, eq=False, repr=False)
class OptimalControl:
    """The value function of a control problem and the control that attains it.

    Parameters
    ----------
    problem : ControlProblem
    times : array, shape (n_times,)
        From 0 to the horizon, evenly spaced.
    values : array, shape ``(n_times, *grid.shape)``
        The value u(x, t): the least cost from x at time t. Extrapolated in the spacing.
    error : array, same shape
        Estimate of what `values` may be wrong by: from the change between grids, and from what lies beyond the grid.
    plain : array, same shape
        On the grid itself, without extrapolation.
    wall_probability : array, same shape
        Probability that the controlled process meets an end of the grid before the horizon; zero where ends are walls.
    order : float
        Of the differences between grids.
    levels : tuple of Level
        The solutions on each grid, for laws and expectations.
    seconds : float
    """

    problem: ControlProblem
    times: FloatArray
    values: FloatArray
    error: FloatArray
    plain: FloatArray
    wall_probability: FloatArray
    order: float
    levels: tuple[Level, ...]
    seconds: float = 0.0

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.problem.grid

    @cached_property
    def gradient(self) -> FloatArray:
        """Gradient of u at the nodes, the optimal alpha, shape ``(n_times, *grid.shape, d)``; from quintic splines."""
        return node_gradient(self.values, self.grid)

    @cached_property
    def table(self) -> Table:
        """What compiled code needs to evaluate the feedback; see `pdeopt.kernels.control.cubic_feedback`."""
        return feedback_table(self.times, self.gradient, self.grid)

    @cached_property
    def system(self) -> SDE:
        """The controlled dynamics, dx = (-grad f - alpha) ds + beta^(-1/2) dW, for `pdeopt.simulate`."""
        return controlled_system(self.problem.dynamics, self.table)

    def feedback(self, t: float, x: ArrayLike) -> FloatArray:
        """Return the optimal alpha = grad u at a time and points, by cubics in time and space.

        Parameters
        ----------
        t : float
            Between 0 and the horizon.
        x : array_like, shape (..., d)
            Points inside the grid; in one dimension also numbers and arrays of numbers.

        Returns
        -------
        array, shape (..., d)

        Raises
        ------
        ValueError
            If the time or a point lies outside.
        """
        if not 0.0 <= t <= self.problem.time:
            raise ValueError(f"t={t!r} must lie between 0 and the horizon, time={self.problem.time:g}.")
        return feedback_at(self.table, t, checks.checked_points(x, self.grid))

    def at(self, x: ArrayLike, index: int = 0) -> FloatArray:
        """Return u at points inside the grid at the time ``times[index]``, by splines of degree 5, shape (...)."""
        return spline_through(self.values[index], self.grid)(checks.checked_points(x, self.grid))

    def __str__(self) -> str:
        near = self.wall_probability[0] <= TOUCHING
        order = f", order {self.order:.2f}" if np.isfinite(self.order) else ""
        low, high = float(self.values[0][near].min()), float(self.values[0][near].max())
        return (
            f"{self.problem!r}\nvalue at time 0: {low:.6g} to {high:.6g}, error up to "
            f"{float(self.error[0][near].max()):.1e} where the grid is left with probability below {TOUCHING:g} "
            f"({int(near.sum())} nodes); {len(self.levels)} grids{order}; {self.seconds:.2f} s"
        )


def optimal_control(problem: ControlProblem, *, n_times: int = 65, levels: int | None = None) -> OptimalControl:
    """Solve a control problem by its exact linearisation.

    Parameters
    ----------
    problem : ControlProblem
    n_times : int
        Number of times from 0 to the horizon at which the value is kept, at least 4. The solution is exact in time
        whatever their number; the feedback is interpolated between them.
    levels : int, optional
        Number of grids, each of half the spacing, that the value is extrapolated from; by default 3 where the finest is
        not too large.

    Returns
    -------
    OptimalControl

    Raises
    ------
    ValueError
        If the cost is not resolved by the grid, or paths leave the grid from everywhere; the message says what works.

    Notes
    -----
    The value solves -u_t = -grad f . grad u - ``|grad u|^2`` / 2 + lap u / (2 beta) + c, u(T) = V, and w = exp(-beta u)
    the linear equation w_t + L w - beta c w = 0, L the generator of the dynamics without control: the noise is that
    under which the square cancels. It is solved by uniformisation, a sum of positive terms, of the generator tilted by
    the current u, so that u keeps its digits where w underflows.

    References
    ----------
    W. H. Fleming, *Exit probabilities and optimal stochastic control*, Applied Mathematics and Optimization 4 (1977).
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, section 5.

    Examples
    --------
    >>> import pdeopt
    >>> bowl, far = pdeopt.landscapes.quadratic(1.0), pdeopt.landscapes.quadratic(3.0)
    >>> problem = ControlProblem(bowl, far, pdeopt.Grid(-6.0, 6.0, 121), time=0.8, beta=2.0)
    >>> round(float(optimal_control(problem).at(1.5)), 7)
    0.5069195
    """
    times = np.linspace(0.0, problem.time, checks.checked_n_times(n_times))
    count = default_levels(problem.grid) if levels is None else checks.checked_levels(levels)
    began = perf_counter()
    return joined(problem, [solved_level(problem, 2**k, times) for k in range(count)], began)


def joined(problem: ControlProblem, levels: Sequence[Level], began: float) -> OptimalControl:
    """Extrapolate the solutions on several grids."""
    best = across([level.values for level in levels], problem)
    touching = levels[0].wall_probability() if problem.boundary == "free" else np.zeros_like(levels[0].values)
    if touching[0].min() > TOUCHING:
        raise ValueError(
            f"grid from {problem.grid.lower} to {problem.grid.upper} is left before time={problem.time:g} with "
            f"probability {touching[0].min():.2g} from everywhere. Use {wider(problem.grid)}, or "
            "boundary='reflecting' if its ends are walls."
        )
    with np.errstate(divide="ignore"):
        beyond = -np.log1p(-touching) / problem.beta
    return OptimalControl(
        problem,
        levels[0].times,
        best.values,
        best.error + beyond,
        levels[0].values,
        touching,
        _order(levels, touching[0] <= TOUCHING),
        tuple(levels),
        perf_counter() - began,
    )


def _order(levels: Sequence[Level], near: BoolArray) -> float:
    """Return the order of the differences at time 0, at nodes that the ends of the grid do not disturb."""
    if len(levels) < 3:
        return np.nan
    fields = [restricted(level.values[0], 2**k, near.ndim)[near] for k, level in enumerate(levels)]
    first, second = (float(np.abs(fine - coarse).mean()) for coarse, fine in pairwise(fields))
    return float(np.log2(first / second)) if first > 0.0 < second else np.nan


def wider(grid: Grid) -> str:
    """Return a grid three times as wide of the same spacing, as code."""
    lengths = [0.0 if wraps else length for length, wraps in zip(grid.extent, grid.periodic, strict=True)]
    lower = tuple(float(low - length) for low, length in zip(grid.lower, lengths, strict=True))
    upper = tuple(float(high + length) for high, length in zip(grid.upper, lengths, strict=True))
    shape = tuple(n if wraps else 3 * n - 2 for n, wraps in zip(grid.shape, grid.periodic, strict=True))
    return f"pdeopt.Grid({lower}, {upper}, {shape})"


def across(fields: Sequence[FloatArray], problem: ControlProblem) -> Extrapolation:
    """Extrapolate fields on the grids of successive levels, at the nodes of the first."""
    dim = problem.grid.dim
    return extrapolated([restricted(field, 2**k, dim) for k, field in enumerate(fields)], dim)
