"""From an equation and a grid to jump rates: every axis, mixed derivatives, killing."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.along_axes import one_axis, potential
from pdeopt.kolmogorov.coefficients import field_on
from pdeopt.kolmogorov.kinetic import kinetic_parts
from pdeopt.kolmogorov.mixed import with_mixed
from pdeopt.kolmogorov.parts import split_of, sum_of
from pdeopt.kolmogorov.problem import Operator, Problem, along
from pdeopt.kolmogorov.rates import loss_at_walls
from pdeopt.kolmogorov.resolution import check_finite, warn_of_steps
from pdeopt.kolmogorov.sawtooth import damping_rates, sawtooth_damping
from pdeopt.kolmogorov.stencil import Offset, Split, Stencil, Tridiagonal
from pdeopt.systems import Langevin, OverdampedLangevin

__all__ = ["assembled"]

UNREACHED = 1e-8
"""Stationary mass on the walls of positions below which it does not matter what they do with momenta."""

SAWTOOTH = 9
"""Nodes that the damping of alternating functions spans."""


def assembled(problem: Problem, time: float) -> Operator:
    """Return the generator of a problem at a time."""
    if isinstance(problem.system, Langevin):
        return kinetic_operator(problem)
    if isinstance(problem.system, OverdampedLangevin) and problem.refined == 1 and not problem.often:
        warn_of_steps(problem.grid, potential(problem, problem.points))
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
