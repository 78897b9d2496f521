"""The law of the controlled process: the forward half of the forward-backward system."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.control import checks
from pdeopt.control.levels import Level
from pdeopt.control.moments import Moments
from pdeopt.control.problem import ControlProblem, cost_on
from pdeopt.control.solution import TOUCHING, OptimalControl, across, wider
from pdeopt.grid import Grid
from pdeopt.kolmogorov.refinement import extrapolated

__all__ = ["ControlledLaw", "controlled_law"]

AT_A_NODE = 1e-9
"""Distance from a node, in spacings, at which a point counts as that node."""


@dataclass(frozen=True, eq=False, repr=False)
class ControlledLaw(Moments):
    """Densities of the optimally controlled process.

    Parameters
    ----------
    problem : ControlProblem
    times : array, shape (n_times,)
    values : array, shape ``(n_times, *grid.shape)``
        Density at each time, extrapolated in the spacing; from a point, at time 0 the mass of its cell.
    error : array, same shape
        Estimate of what `values` may be wrong by.
    plain : array, same shape
        On the grid itself: nowhere negative, its mass kept to rounding.
    cost : float
        Total cost, the mean of the value function over the law at the start.
    cost_error : float
    volumes : array, shape ``grid.shape``
        Of the cells: ``(values * volumes).sum()`` is the mass.
    """

    problem: ControlProblem
    times: FloatArray
    values: FloatArray
    error: FloatArray
    plain: FloatArray
    cost: float
    cost_error: float
    volumes: FloatArray

    @property
    def _nodes(self) -> Grid:
        return self.problem.grid

    @property
    def effort(self) -> float:
        """E int ``|alpha|^2`` / 2; with a running cost, that is part of it."""
        return self.cost - float(self.expectation(self.problem.terminal)[-1])

    def __str__(self) -> str:
        return (
            f"law of the controlled process of {self.problem!r}\n{len(self.times)} times; total cost {self.cost:.10g} "
            f"+- {self.cost_error:.1e}; mass off by {float(np.abs(self.mass - 1.0).max()):.1e}; density at the end up "
            f"to {float(self.values[-1].max()):.4g}, error {float(self.error[-1].max()):.1e}"
        )


def controlled_law(control: OptimalControl, initial: Any) -> ControlledLaw:
    """Return the law of the optimally controlled process at all times.

    Parameters
    ----------
    control : OptimalControl
    initial : array_like, callable or Landscape
        Where the process starts: one node of the grid, of shape (d,); or a density, as an array at the nodes or a
        function of a point, which is normalised.

    Returns
    -------
    ControlledLaw

    Raises
    ------
    ValueError
        If a point is not a node, a density is negative or zero everywhere, or the mass leaves the grid.

    Notes
    -----
    It solves rho_t = div((grad f + grad u) rho) + lap rho / (2 beta), as w(x, t) times the forward equation without
    control from rho_0 / w(x, 0) (Doob's transform): positive, of mass one, and exact in time.

    Examples
    --------
    >>> import pdeopt
    >>> well = pdeopt.landscapes.double_well()
    >>> problem = pdeopt.control.ControlProblem(None, well, pdeopt.Grid(-4.0, 4.0, 81), time=0.5, beta=1.0)
    >>> law = controlled_law(pdeopt.control.optimal_control(problem), 0.3)
    >>> round(float(law.mean[-1, 0]), 6)
    0.276392
    """
    starts = [initial_masses(level, initial) for level in control.levels]
    _check_inside(control, starts[0])
    return law_of(control, starts)


def law_of(control: OptimalControl, starts: Sequence[FloatArray]) -> ControlledLaw:
    """Move the masses on each level, and extrapolate."""
    levels = control.levels
    volumes = [level.problem.generator(level.grid).volumes for level in levels]
    densities = [
        level.law(start).reshape(-1, *level.grid.shape) / volume
        for level, start, volume in zip(levels, starts, volumes, strict=True)
    ]
    best = across(densities, control.problem)
    values, error = best.values, best.error
    # Grids do not share the mass of a point.
    values[0], error[0] = densities[0][0], 0.0
    cost = extrapolated([np.vdot(start, level.values[0])[None] for level, start in zip(levels, starts, strict=True)], 1)
    charged = starts[0] > 0.0
    return ControlledLaw(
        control.problem,
        control.times,
        values,
        error,
        densities[0],
        float(cost.values[0]),
        float(np.vdot(starts[0][charged], control.error[0][charged])),
        volumes[0],
    )


def initial_masses(level: Level, initial: Any) -> FloatArray:
    """Return masses of the cells at the start, of total one, shape of the level's grid."""
    given, grid = level.problem.grid, level.grid
    values = None if callable(initial) else checks.checked_numbers(initial, "initial")
    if values is not None and values.shape != given.shape:
        return _at_node(checks.checked_start(values, given, "initial"), given, grid)
    density = cost_on(initial, "initial", given, grid)
    masses = np.maximum(density, 0.0) * level.problem.generator(grid).volumes
    lowest = float(cost_on(initial, "initial", given, given).min())
    if not (lowest >= 0.0 and 0.0 < masses.sum() < np.inf):
        raise ValueError(
            f"initial is a density with values from {lowest:g} and mass {masses.sum():g}: it must not be negative, and "
            "not vanish everywhere. Use e.g. a Gaussian, lambda x: math.exp(-x * x)."
        )
    return np.asarray(masses / masses.sum())


def _at_node(point: FloatArray, given: Grid, grid: Grid) -> FloatArray:
    nearest = [int(np.argmin(np.abs(axis - x))) for axis, x in zip(given.axes, point, strict=True)]
    node = np.array([axis[k] for axis, k in zip(given.axes, nearest, strict=True)])
    if (np.abs(node - point) > AT_A_NODE * np.asarray(given.spacing)).any():
        raise ValueError(
            f"initial={point} is not a node of the grid; the nearest one is {node}. Use it, or a grid with a node "
            "there."
        )
    masses = np.zeros(grid.shape)
    masses[tuple(int(np.argmin(np.abs(axis - x))) for axis, x in zip(grid.axes, node, strict=True))] = 1.0
    return masses


def _check_inside(control: OptimalControl, masses: FloatArray) -> None:
    leaving = float(np.vdot(masses, control.wall_probability[0]))
    if leaving > TOUCHING:
        raise ValueError(
            f"initial leaves the grid from {control.grid.lower} to {control.grid.upper} with probability {leaving:.2g} "
            f"before time={control.problem.time:g}. Use {wider(control.grid)}, or an initial law farther inside."
        )
