"""What a generator discretises, and the rates that come of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.boundaries import Walls, wall_nodes
from pdeopt.kolmogorov.coefficients import (
    divergence_of_covariance,
    matrix_layout,
    sampled,
    sampled_covariance,
    sampled_drift,
)
from pdeopt.kolmogorov.interpolation import on_finer_grid
from pdeopt.kolmogorov.rates import Line, line_of
from pdeopt.kolmogorov.refinement import finer_grid, finer_mask
from pdeopt.kolmogorov.semidefinite import checked_diffusion
from pdeopt.kolmogorov.stencil import Matrix, Split, Stencil
from pdeopt.systems import SDE

__all__ = ["Operator", "Problem", "along"]


def along(values: FloatArray, axis: int, dim: int) -> FloatArray:
    """Give values of one axis the shape that broadcasts on the grid."""
    return values.reshape([-1 if k == axis else 1 for k in range(dim)])


@dataclass(frozen=True, eq=False)
class Problem:
    """What a generator discretises, checked.

    Parameters
    ----------
    system : SDE
    grid : Grid
    walls : tuple of pairs
    rates, cross : str or None
        Schemes; None chooses.
    killing : field
    fick : bool
        Whether the drift is that of the divergence form, b . grad + 1/2 div (a grad).
    assemble : callable
        Makes the rates of a problem at a time.
    often : bool
        Whether it is assembled at many times, so that compiling loops over nodes pays.
    refined : int
        By which factor the grid has been refined.
    covariance : callable, optional
        The diffusion matrix, where that is what was given.
    stopped : array of bool, shape ``grid.shape``, optional
        Nodes where the process ends, besides those of absorbing walls.
    """

    system: SDE
    grid: Grid
    walls: Walls
    rates: str | None
    cross: str | None
    killing: Any
    fick: bool
    assemble: Callable[["Problem", float], "Operator"]
    often: bool = False
    refined: int = 1
    covariance: Callable[..., Any] | None = None
    stopped: BoolArray | None = None

    @cached_property
    def points(self) -> FloatArray:
        """Nodes, shape ``(*shape, d)``."""
        return self.grid.points()

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The axes."""
        return tuple(line_of(self.grid, axis, walls) for axis, walls in enumerate(self.walls))

    @cached_property
    def volumes(self) -> FloatArray:
        """Volumes of the nodes' cells, shape ``grid.shape``."""
        total = np.ones(self.grid.shape)
        for axis, line in enumerate(self.lines):
            total *= along(line.volumes, axis, self.grid.dim)
        return total

    def drift_at(self, points: FloatArray, time: float) -> FloatArray:
        """Return the drift in the sense of Ito, of the shape of the points."""
        drift = sampled_drift(self.system, points, time, self.often)
        if not self.fick:
            return drift
        return drift + 0.5 * divergence_of_covariance(self.system, points, time, self.often)

    def covariance_at(self, points: FloatArray, time: float) -> FloatArray:
        """Return a = sigma sigma^T, shape (..., d, d)."""
        if self.covariance is not None:
            shape, write = matrix_layout(self.system.dim)
            given = (self.covariance, self.system.args, points, time, shape, write, self.often)
            a = sampled("covariance", *given).reshape(*points.shape, self.system.dim)
            return checked_diffusion(a, points)
        return sampled_covariance(self.system, points, time, self.often)

    @cached_property
    def operator(self) -> "Operator":
        """The rates at time 0."""
        return self.assemble(self, 0.0)

    def finer(self, factor: int) -> "Problem":
        """Return the problem on the grid with every cell cut into `factor` parts."""
        if factor == 1:
            return self
        grid, killing = finer_grid(self.grid, factor), self.killing
        if not callable(killing) and np.ndim(killing):
            killing = on_finer_grid(np.asarray(killing, dtype=float), self.grid, grid)
        stopped = None if self.stopped is None else finer_mask(self.stopped, self.grid, factor)
        return replace(self, grid=grid, killing=killing, stopped=stopped, refined=self.refined * factor)

    @cached_property
    def absorbing(self) -> BoolArray:
        """Nodes where the process ends."""
        walls = wall_nodes(self.grid, self.walls, "absorbing")
        return walls if self.stopped is None else walls | self.stopped


@dataclass(frozen=True, eq=False)
class Operator:
    """A generator at one time.

    Parameters
    ----------
    stencil : Stencil
        The rates; rows of absorbing nodes are zero, who is absorbed stays.
    split : Split
        The same in parts, for alternating directions.
    rates : tuple of str
        The scheme of each axis.
    cross : str
        That of mixed derivatives.
    joined : sparse array, optional
        The matrix, where walls join nodes that lie apart and the stencil is not all of it.
    masses : array, shape of the grid, optional
        Stationary masses where the scheme knows them.
    """

    stencil: Stencil
    split: Split
    rates: tuple[str, ...]
    cross: str
    joined: Matrix | None = None
    masses: FloatArray | None = None

    @property
    def whole(self) -> Stencil | Matrix:
        """The stencil, or the matrix where that is not all."""
        return self.stencil if self.joined is None else self.joined

    @cached_property
    def matrix(self) -> Matrix:
        """On the nodes in C order."""
        return self.stencil.matrix if self.joined is None else self.joined

    @property
    def is_monotone(self) -> bool:
        """Whether every rate of a jump is at least 0, so that a maximum principle holds."""
        return self.joined is None and bool((self.stencil.rates >= 0.0).all())
