"""What is to be controlled, and at which cost."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.control import checks
from pdeopt.grid import Grid
from pdeopt.kernels.kolmogorov import samples
from pdeopt.kolmogorov import Generator
from pdeopt.kolmogorov.coefficients import sampled
from pdeopt.kolmogorov.interpolation import on_finer_grid, spline_through
from pdeopt.kolmogorov.refinement import finer_grid
from pdeopt.landscapes import Landscape, affine
from pdeopt.systems import OverdampedLangevin, overdamped_langevin

__all__ = ["ControlProblem", "Cost"]

Cost: TypeAlias = "float | Landscape | Callable[[Any], float] | ArrayLike"

FASTER = 4.0
"""How many times faster than those of Scharfetter-Gummel the rates by Gibbs weights may be: they grow like
exponentials where a wall of the landscape is steep."""


@dataclass(frozen=True, eq=False, repr=False)
class ControlProblem:
    """Gradient dynamics dx = (-grad f - alpha) ds + beta^(-1/2) dW, to be steered at the least cost.

    The cost of a control alpha is E[V(x_T) + int_0^T (``|alpha|^2`` / 2 + c(x)) ds].

    Parameters
    ----------
    landscape : Landscape, optional
        The f; None for f = 0.
    terminal : Landscape, callable, array or float
        The cost V at the end: a function of a point, or values at the nodes.
    grid : Grid
        Of one to three axes, with at least 4 nodes each.
    time : float
        The horizon T, positive.
    beta : float
        Inverse temperature of the control noise beta^(-1/2) dW, positive and finite: without control the invariant law
        is exp(-2 beta f), that of ``overdamped_langevin(f, 2 * beta)``.
    running : Landscape, callable, array or float
        The cost c per unit of time, bounded below.
    boundary : {"free", "reflecting"}
        ``"free"``: the whole space; what the ends of the grid may change is part of the errors. ``"reflecting"``: the
        ends are walls. A periodic axis overrides it.
    rates : str, optional
        Scheme in space, as for `Generator`; by default Gibbs weights, or Scharfetter-Gummel where these would be fast.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, a cost is not finite on the grid, or dimensions differ.

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.double_well()
    >>> ControlProblem(f, f, pdeopt.Grid(-3.0, 3.0, 121), time=1.0, beta=2.0)
    <ControlProblem 'double_well': beta 2, time 1, 121 nodes, free boundary>
    """

    landscape: Landscape | None
    terminal: Cost
    grid: Grid
    _: KW_ONLY
    time: float
    beta: float
    running: Cost = 0.0
    boundary: str = "free"
    rates: str | None = None

    def __post_init__(self) -> None:
        facts = {
            "grid": checks.checked_grid(self.grid),
            "time": checks.checked_time(self.time),
            "beta": checks.checked_beta(self.beta),
            "boundary": checks.checked_boundary(self.boundary),
        }
        for name, fact in facts.items():
            object.__setattr__(self, name, fact)
        checks.check_landscape(self.landscape, self.grid.dim)
        for name in ("terminal", "running"):
            cost_on(getattr(self, name), name, self.grid, self.grid)

    @cached_property
    def dynamics(self) -> OverdampedLangevin:
        """The dynamics without control, ``overdamped_langevin(f, 2 * beta)``."""
        flat = affine(np.zeros(self.grid.dim))
        return overdamped_langevin(flat if self.landscape is None else self.landscape, 2.0 * self.beta)

    @cached_property
    def scheme(self) -> str | None:
        """The scheme in space."""
        if self.rates is not None:
            return self.rates
        fastest = {}
        with np.errstate(over="ignore"):
            for name in ("gibbs", "scharfetter-gummel"):
                stencil = Generator(self.dynamics, self.grid, rates=name).operator.stencil
                fastest[name] = -float(stencil.diagonal.min())
        return "gibbs" if fastest["gibbs"] <= FASTER * fastest["scharfetter-gummel"] else "scharfetter-gummel"

    @cached_property
    def least_running(self) -> float:
        """The least running cost at the nodes."""
        return float(cost_on(self.running, "running", self.grid, self.grid).min())

    def finer(self, factor: int) -> Grid:
        """Return the grid with every cell cut into `factor` parts."""
        return finer_grid(self.grid, factor)

    def terminal_on(self, grid: Grid) -> FloatArray:
        """Return V at the nodes of the grid or of a finer one."""
        return cost_on(self.terminal, "terminal", self.grid, grid)

    def terminal_at(self, points: FloatArray) -> FloatArray:
        """Return V at points of shape (..., d), also beyond the grid; of values at nodes that of the nearest end."""
        if isinstance(self.terminal, Landscape):
            return np.asarray(self.terminal(points))
        if callable(self.terminal):
            return _function_at(self.terminal, "terminal", points)
        inside = np.where(self.grid.periodic, points, np.clip(points, self.grid.lower, self.grid.upper))
        return spline_through(self.terminal_on(self.grid), self.grid)(inside)

    def running_on(self, grid: Grid) -> FloatArray:
        """Return c less its least value at the nodes of the grid or of a finer one, at least 0."""
        costs = cost_on(self.running, "running", self.grid, grid) - self.least_running
        return np.maximum(costs, 0.0)

    def generator(self, grid: Grid, walls: str = "reflecting", *, killed: bool = True) -> Generator:
        """Return the generator L - beta c of the dynamics without control."""
        killing = self.beta * self.running_on(grid) if killed else 0.0
        return Generator(self.dynamics, grid, walls, rates=self.scheme, killing=killing)

    def __repr__(self) -> str:
        name = "flat" if self.landscape is None else self.landscape.name
        nodes, facts = " x ".join(map(str, self.grid.shape)), f"beta {self.beta:g}, time {self.time:g}"
        return f"<ControlProblem {name!r}: {facts}, {nodes} nodes, {self.boundary} boundary>"


def cost_on(cost: Any, name: str, given: Grid, grid: Grid) -> FloatArray:
    """Return a cost at the nodes of a grid; values stand at the nodes of the grid `given`."""
    if isinstance(cost, Landscape):
        return checks.checked_values(cost.on(grid), name, grid)
    if callable(cost):
        return _function_at(cost, name, grid.points())
    if not np.ndim(cost):
        return checks.checked_values(np.full(grid.shape, checks.checked_numbers(cost, name)), name, grid)
    values = checks.checked_values(cost, name, given)
    return values if grid.shape == given.shape else on_finer_grid(values, given, grid)


def _function_at(function: Callable[[Any], float], name: str, points: FloatArray) -> FloatArray:
    return sampled(name, lambda _, x: function(x), (), points, 0.0, (), samples.write_number)
