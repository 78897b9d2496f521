"""What control gains: the expected costs with and without it, and the effort, from the equations or from paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.control import checks
from pdeopt.control.feedback import paired_system
from pdeopt.control.levels import Level
from pdeopt.control.solution import TOUCHING, OptimalControl, across, wider
from pdeopt.grid import Grid
from pdeopt.kolmogorov.interpolation import spline_through
from pdeopt.sde import simulate

__all__ = ["CostInequality", "Term", "cost_inequality", "simulated_inequality"]


class Term(NamedTuple):
    """A number and its error: an estimate of it, or one standard error where paths were sampled."""

    value: float
    error: float


@dataclass(frozen=True, eq=False, repr=False)
class CostInequality:
    """The terms of E V(controlled) <= E V(free) - E int ``|alpha|^2`` / 2, each a number and its error.

    Parameters
    ----------
    start : array, shape (d,)
        Where both processes start.
    free : Term
        Expected cost without control; with a running cost its integral is part of it.
    controlled : Term
        Expected cost under the optimal control, effort apart.
    effort : Term
        E int ``|alpha|^2`` / 2.
    slack : Term
        ``free - controlled - effort``, at least 0.
    value : Term
        ``controlled + effort``, the value function at the start.
    source : str
        Where the numbers come from.
    """

    start: FloatArray
    free: Term
    controlled: Term
    effort: Term
    slack: Term
    value: Term
    source: str

    @property
    def terms(self) -> Mapping[str, Term]:
        """The terms by name."""
        names = ("free", "controlled", "effort", "slack", "value")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        rows = [f"{name:<12}{term.value:>20.12g}{term.error:>12.1e}" for name, term in self.terms.items()]
        where = ", ".join(f"{x:g}" for x in self.start)
        return "\n".join([f"from x = {where}: {self.source}", f"{'':<12}{'value':>20}{'error':>12}", *rows])


def cost_inequality(control: OptimalControl, x0: ArrayLike) -> CostInequality:
    """Return all terms at a point from the equations.

    Parameters
    ----------
    control : OptimalControl
    x0 : array_like, shape (d,)
        Inside the grid; at a node no interpolation is added.

    Returns
    -------
    CostInequality

    Raises
    ------
    ValueError
        If the point lies outside, or paths from it leave the grid with a probability above 0.01.

    Notes
    -----
    Theorem 12 of arXiv:1704.04932. The expectation under control is E[V exp(-beta V)] / E[exp(-beta V)] over free paths
    (Doob's transform), and the slack Jensen's gap E V + log E exp(-beta V) / beta.

    Examples
    --------
    >>> import pdeopt
    >>> bowl, far = pdeopt.landscapes.quadratic(1.0), pdeopt.landscapes.quadratic(3.0)
    >>> problem = pdeopt.control.ControlProblem(bowl, far, pdeopt.Grid(-6.0, 6.0, 121), time=0.8, beta=2.0)
    >>> found = cost_inequality(pdeopt.control.optimal_control(problem), 1.5)
    >>> round(found.slack.value, 8)
    0.47377006
    """
    start, grid = checks.checked_start(x0, control.grid), control.grid
    best = across([_terms_on(level) for level in control.levels], control.problem)
    values, estimates = spline_through(best.values, grid)(start), best.error[(slice(None), *_around(start, grid))]
    left = _leaving(control, start)
    beyond = _beyond(control, left)
    free, controlled, effort, slack, value = (
        Term(float(number), float(error.max() + more))
        for number, error, more in zip(values, estimates, beyond, strict=True)
    )
    nodes = " x ".join(map(str, grid.shape))
    source = f"equations on {nodes} nodes, {len(control.levels)} grids"
    return CostInequality(start, free, controlled, effort, slack, value, source)


def _terms_on(level: Level) -> FloatArray:
    value, free, controlled = level.values[0], level.uncontrolled_cost(), level.expected_cost()
    return np.stack([free, controlled, value - controlled, free - value, value])


def _around(start: FloatArray, grid: Grid) -> tuple[slice, ...]:
    """Return the nodes of the cell of a point."""
    cells = [int(np.searchsorted(axis, x, side="right")) - 1 for axis, x in zip(grid.axes, start, strict=True)]
    return tuple(slice(max(cell, 0), cell + 2) for cell in cells)


def _leaving(control: OptimalControl, start: FloatArray) -> tuple[float, float]:
    """Return the probabilities that free and controlled paths meet an end of the grid, or say that they are large."""
    if control.problem.boundary != "free":
        return 0.0, 0.0
    around = _around(start, control.grid)
    free = float(control.levels[0].free_wall_probability()[around].max())
    steered = float(control.wall_probability[0][around].max())
    if max(free, steered) > TOUCHING:
        raise ValueError(
            f"x0={start} is too near the ends of the grid from {control.grid.lower} to {control.grid.upper}: free "
            f"paths meet them with probability {free:.2g}, controlled ones with {steered:.2g}. Use "
            f"{wider(control.grid)}."
        )
    return free, steered


def _beyond(control: OptimalControl, left: tuple[float, float]) -> tuple[float, ...]:
    last = control.levels[0].values[-1]
    span = float(np.ptp(last))
    free, steered = (probability * span for probability in left)
    value = -np.log1p(-left[1]) / control.problem.beta
    return free, steered, steered + value, free + value, value


def simulated_inequality(
    control: OptimalControl,
    x0: ArrayLike,
    *,
    n_paths: int = 20_000,
    n_steps: int = 200,
    seed: int | None = 0,
    method: str = "heun",
    threads: int | None = None,
) -> CostInequality:
    """Return all terms at a point from paths, each controlled one beside a free one of the same noise.

    Parameters
    ----------
    control : OptimalControl
        Its feedback steers the paths.
    x0 : array_like, shape (d,)
    n_paths, n_steps : int
        Pairs of paths, and steps up to the horizon.
    seed, method, threads
        As for `pdeopt.simulate`; the noise is additive.

    Returns
    -------
    CostInequality
        Errors are standard errors, that of the slack of the paired differences; the error of the time step is not part
        of them.

    Raises
    ------
    ValueError
        If the problem has a running cost.
    """
    problem, start = control.problem, checks.checked_start(x0, control.grid)
    if control.levels[0].has_running:
        raise ValueError("the problem has a running cost, which paths do not sum up. Use cost_inequality.")
    run = simulate(
        paired_system(problem.dynamics, control.table),
        (*start, *start, 0.0),
        step=problem.time / n_steps,
        n_steps=n_steps,
        n_paths=n_paths,
        method=method,
        seed=seed,
        threads=threads,
        statistics=False,
    )
    ends = run.final
    costs = [problem.terminal_at(ends[:, k * problem.grid.dim : (k + 1) * problem.grid.dim]) for k in range(2)]
    effort = ends[:, -1]
    samples = (costs[1], costs[0], effort, costs[1] - costs[0] - effort, costs[0] + effort)
    terms = (Term(float(x.mean()), float(x.std(ddof=1) / np.sqrt(x.size))) for x in samples)
    free, controlled, spent, slack, value = terms
    source = f"{n_paths} pairs of paths of {n_steps} steps, {method}, seed {run.seed}"
    return CostInequality(start, free, controlled, spent, slack, value, source)
