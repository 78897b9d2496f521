"""From an equation and a grid to jump rates: every axis, mixed derivatives, killing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.along_axes import along, one_axis, potential
from pdeopt.kolmogorov.boundaries import Walls, wall_nodes
from pdeopt.kolmogorov.coefficients import (
    divergence_of_covariance,
    field_on,
    matrix_layout,
    sampled,
    sampled_covariance,
    sampled_drift,
)
from pdeopt.kolmogorov.interpolation import on_finer_grid
from pdeopt.kolmogorov.kinetic import kinetic_parts
from pdeopt.kolmogorov.mixed import with_mixed
from pdeopt.kolmogorov.parts import split_of, sum_of
from pdeopt.kolmogorov.rates import Line, line_of, loss_at_walls
from pdeopt.kolmogorov.refinement import finer_grid, finer_mask
from pdeopt.kolmogorov.resolution import check_finite, warn_of_steps
from pdeopt.kolmogorov.sawtooth import damping_rates, sawtooth_damping
from pdeopt.kolmogorov.semidefinite import checked_diffusion
from pdeopt.kolmogorov.stencil import Matrix, Offset, Split, Stencil, Tridiagonal
from pdeopt.systems import SDE, Langevin, OverdampedLangevin

__all__ = ["Operator", "Problem", "assembled"]

UNREACHED = 1e-8
"""Stationary mass on the walls of positions below which it does not matter what they do with momenta."""

SAWTOOTH = 9
"""Nodes that the damping of alternating functions spans."""


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
        if isinstance(self.system, OverdampedLangevin) and self.refined == 1:
            warn_of_steps(self.grid, potential(self, self.points))
        return assembled(self, 0.0)

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


def assembled(problem: Problem, time: float) -> Operator:
    """Return the generator of a problem at a time."""
    if isinstance(problem.system, Langevin):
        return kinetic_operator(problem)
    drift, covariance = problem.drift_at(problem.points, time), problem.covariance_at(problem.points, time)
    killing = field_on(problem.killing, "killing", problem.points, time, problem.system.args, problem.often)
    rates = [
        one_axis(problem, axis, drift[..., axis], 0.5 * covariance[..., axis, axis]) for axis in range(problem.grid.dim)
    ]
    axes = Stencil(*_axis_jumps(rates), killing + _losses(problem), problem.grid.periodic)
    names = tuple(scheme for scheme, _, _ in rates)
    whole, cross, name = with_mixed(problem, axes, drift, covariance, time, names)
    damping = _damping(problem, drift, covariance, names)
    if damping is not None:
        whole, cross = sum_of([whole, damping]), damping if cross is None else sum_of([cross, damping])
    still = problem.absorbing
    split = Split(tridiagonals(axes.frozen(still)), None if cross is None else cross.frozen(still))
    operator = Operator(whole.frozen(still), split, names, name)
    check_finite(problem.grid, operator.stencil, operator.rates)
    return operator


def _damping(problem: Problem, drift: FloatArray, covariance: FloatArray, schemes: tuple[str, ...]) -> Stencil | None:
    """Return what damps functions that alternate along axes of central transport and no diffusion at all."""
    if problem.grid.dim == 1:
        return None
    bare = [
        scheme == "central" and not covariance[..., axis, axis].any() and problem.grid.shape[axis] > SAWTOOTH
        for axis, scheme in enumerate(schemes)
    ]
    rates = damping_rates(drift, covariance, problem.grid)
    used = [rate if is_bare else 0.0 for rate, is_bare in zip(rates, bare, strict=True)]
    return sawtooth_damping(np.zeros(problem.grid.shape), used, problem.grid)


def kinetic_operator(problem: Problem) -> Operator:
    """Return the generator of Langevin dynamics with momenta, with its symmetry under reversal of time."""
    assert isinstance(problem.system, Langevin)
    if problem.absorbing.any() or np.any(problem.killing):
        raise ValueError(
            "a Langevin system with momenta takes boundary='reflecting' and killing=0.0 only. Stop it on sets of nodes "
            "instead, by mean_exit_time or committor."
        )
    scheme = "upwind" if problem.rates == "upwind" else "central"
    # Walls that nobody reaches may be local, and so part of the lines.
    parts = kinetic_parts(problem.system, problem.grid, rates=scheme, walls="thermal")
    if _mass_on_walls(parts.masses, problem.grid) < UNREACHED:
        return Operator(parts.stencil, parts.split, (scheme,), "none", masses=parts.masses)
    parts = kinetic_parts(problem.system, problem.grid, rates=scheme)
    return Operator(parts.stencil, split_of(parts.stencil), (scheme,), "none", parts.matrix, parts.masses)


def _mass_on_walls(masses: FloatArray, grid: Grid) -> float:
    ends = [masses.take([0, -1], axis=axis).sum() for axis in range(grid.dim // 2) if not grid.periodic[axis]]
    return float(sum(ends))


def _axis_jumps(rates: list[tuple[str, FloatArray, FloatArray]]) -> tuple[tuple[Offset, ...], FloatArray]:
    unit = np.eye(len(rates), dtype=int)
    offsets = [tuple(int(step) for step in sign * unit[axis]) for axis in range(len(rates)) for sign in (-1, 1)]
    return tuple(offsets), np.array([part for _, down, up in rates for part in (down, up)])


def _losses(problem: Problem) -> FloatArray:
    total = np.zeros(problem.grid.shape)
    for axis, line in enumerate(problem.lines):
        total += along(loss_at_walls(line), axis, problem.grid.dim)
    return total


def tridiagonals(axes: Stencil) -> tuple[Tridiagonal, ...]:
    """Return the parts of a stencil of jumps to neighbours, killing shared equally."""
    dim = len(axes.shape)
    parts = []
    for axis in range(dim):
        lower, upper = axes.rates[2 * axis], axes.rates[2 * axis + 1]
        parts.append(Tridiagonal(axis, lower, -lower - upper - axes.killing / dim, upper, axes.periodic[axis]))
    return tuple(parts)
