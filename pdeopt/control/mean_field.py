"""Control of many that meet in their law: the forward-backward system as a fixed point."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.control import checks
from pdeopt.control.laws import ControlledLaw, initial_masses, law_of
from pdeopt.control.levels import Level, solved_level
from pdeopt.control.problem import ControlProblem
from pdeopt.control.solution import OptimalControl, joined
from pdeopt.grid import Grid
from pdeopt.kolmogorov.interpolation import on_finer_grid
from pdeopt.kolmogorov.refinement import default_levels

__all__ = ["Coupling", "MeanField", "mean_field_control"]

Coupling: TypeAlias = Callable[[Grid, FloatArray], ArrayLike]
"""A function of a grid and of the density at the end on it, to the cost that it adds at the nodes."""


@dataclass(frozen=True, eq=False, repr=False)
class MeanField:
    """An equilibrium: the control is optimal against the law that it makes.

    Parameters
    ----------
    control : OptimalControl
        Value and feedback of one against the law of all.
    law : ControlledLaw
        That law.
    residuals : tuple of array
        For each grid the change in total variation from the law assumed to the law made, one entry per iteration.
    damping : float
    """

    control: OptimalControl
    law: ControlledLaw
    residuals: tuple[FloatArray, ...]
    damping: float

    def __str__(self) -> str:
        rows = [f"grid {k}: {len(r)} iterations, residuals {_shown(r)}" for k, r in enumerate(self.residuals)]
        return "\n".join([f"equilibrium, damping {self.damping:g}, total cost {self.law.cost:.10g}", *rows])


def _shown(residuals: FloatArray) -> str:
    numbers = [f"{x:.1e}" for x in residuals]
    return ", ".join(numbers if len(numbers) <= 6 else [*numbers[:3], "...", *numbers[-2:]])


def mean_field_control(
    problem: ControlProblem,
    coupling: Coupling,
    initial: Any,
    *,
    damping: float = 0.5,
    memory: int = 4,
    tolerance: float = 1e-10,
    max_iterations: int = 100,
    n_times: int = 65,
    levels: int | None = None,
) -> MeanField:
    """Solve the forward-backward system whose cost at the end depends on the law at the end.

    Parameters
    ----------
    problem : ControlProblem
        With the part of the cost that does not depend on the law.
    coupling : callable
        A function of ``(grid, density)``, the density of the controlled law at the horizon at the nodes of a grid, that
        returns the cost it adds there; it must read the nodes from the grid, which is refined.
    initial : array_like, callable or Landscape
        Where the process starts, as for `controlled_law`.
    damping : float
        Share of the new law in the next one, above 0 and at most 1.
    memory : int
        How many earlier laws are mixed in by least squares (Anderson); 0 for damping alone.
    tolerance : float
        Total variation between the law assumed and the law made, at which the iteration ends.
    max_iterations : int
        On each grid.
    n_times, levels
        As for `optimal_control`.

    Returns
    -------
    MeanField

    Raises
    ------
    ValueError
        If the iteration does not converge, with its residuals, or the coupling returns what does not fit.

    Notes
    -----
    -u_t = -grad f . grad u - ``|grad u|^2`` / 2 + lap u / (2 beta), u(T) = V + F[rho(T)], and
    rho_t = div((grad f + grad u) rho) + lap rho / (2 beta): Lasry and Lions, Japanese Journal of Mathematics 2 (2007).
    The fixed point by Anderson's mixing, Journal of the ACM 12 (1965).

    Examples
    --------
    >>> import pdeopt
    >>> def toward_the_mean(grid, density):
    ...     x = grid.axes[0]
    ...     return 0.5 * (x - (x * density).sum() / density.sum()) ** 2
    >>> problem = ControlProblem(None, 0.0, pdeopt.Grid(-5.0, 5.0, 101), time=0.5, beta=4.0)
    >>> found = mean_field_control(problem, toward_the_mean, 1.0, levels=1)
    >>> round(float(found.law.mean[-1, 0]), 6)
    1.0
    """
    share = checks.checked_damping(damping)
    times = np.linspace(0.0, problem.time, checks.checked_n_times(n_times))
    count = default_levels(problem.grid) if levels is None else checks.checked_levels(levels)
    began, solved, residuals = perf_counter(), list[_Iterate](), list[FloatArray]()
    for k in range(count):
        guess = _first_guess(problem, 2**k, times, initial, solved)
        found, changes = _iterated(problem, coupling, guess, Mixing(share, memory), tolerance, max_iterations)
        solved.append(found)
        residuals.append(changes)
    control = joined(problem, [iterate.level for iterate in solved], began)
    law = law_of(control, [iterate.start for iterate in solved])
    return MeanField(control, law, tuple(residuals), share)


@dataclass(frozen=True, eq=False)
class _Iterate:
    """A solution on one grid, where it starts, and the masses at the end that it assumed, flat."""

    level: Level
    start: FloatArray
    masses: FloatArray

    @property
    def volumes(self) -> FloatArray:
        return self.level.problem.generator(self.level.grid).volumes

    @property
    def density(self) -> FloatArray:
        return self.masses.reshape(self.level.grid.shape) / self.volumes


def _first_guess(
    problem: ControlProblem, factor: int, times: FloatArray, initial: Any, coarser: list[_Iterate]
) -> _Iterate:
    """Start from the coarser grid's law, or from the law without coupling."""
    level = solved_level(problem, factor, times)
    start = initial_masses(level, initial)
    if not coarser:
        return _Iterate(level, start, level.law(start)[-1])
    last = coarser[-1]
    density = np.maximum(on_finer_grid(last.density, last.level.grid, level.grid), 0.0)
    iterate = _Iterate(level, start, density.ravel())
    masses = (density * iterate.volumes).ravel()
    return _Iterate(level, start, masses / masses.sum())


def _iterated(
    problem: ControlProblem,
    coupling: Coupling,
    iterate: _Iterate,
    mixing: "Mixing",
    tolerance: float,
    max_iterations: int,
) -> tuple[_Iterate, FloatArray]:
    grid, times, terminal = iterate.level.grid, iterate.level.times, problem.terminal_on(iterate.level.grid)
    factor = _factor(problem.grid, grid)
    changes: list[float] = []
    while len(changes) < max_iterations:
        added = checks.checked_values(coupling(grid, iterate.density), "coupling", grid)
        level = solved_level(problem, factor, times, terminal + added)
        made = level.law(iterate.start)[-1]
        changes.append(float(0.5 * np.abs(made - iterate.masses).sum()))
        if changes[-1] <= tolerance:
            return _Iterate(level, iterate.start, made), np.array(changes)
        iterate = _Iterate(level, iterate.start, mixing.next(iterate.masses, made))
    raise ValueError(
        f"max_iterations={max_iterations} with damping={mixing.damping:g} end at a residual of {changes[-1]:.1e}, "
        f"above tolerance={tolerance:.1e} (residuals {_shown(np.array(changes))}). Use "
        f"damping={0.5 * mixing.damping:g}, max_iterations={4 * max_iterations}, or a larger tolerance; there may be "
        "no equilibrium that is stable."
    )


class Mixing:
    """The next law from those assumed and made so far: Anderson's mixing of damped steps."""

    def __init__(self, damping: float, memory: int) -> None:
        self.damping, self.memory = damping, memory
        self._assumed: list[FloatArray] = []
        self._changes: list[FloatArray] = []

    def next(self, assumed: FloatArray, made: FloatArray) -> FloatArray:
        """Return the law to assume next: masses of total one, nowhere negative."""
        self._assumed = [*self._assumed[-self.memory :], assumed] if self.memory else [assumed]
        self._changes = [*self._changes[-self.memory :], made - assumed] if self.memory else [made - assumed]
        law = assumed + self.damping * self._changes[-1]
        if len(self._assumed) > 1:
            steps, bends = (np.diff(np.array(rows), axis=0).T for rows in (self._assumed, self._changes))
            parts = np.linalg.lstsq(bends, self._changes[-1], rcond=None)[0]
            law = law - (steps + self.damping * bends) @ parts
        law = np.maximum(law, 0.0)
        return np.asarray(law / law.sum())


def _factor(grid: Grid, finer: Grid) -> int:
    return round(finer.shape[0] / grid.shape[0])
