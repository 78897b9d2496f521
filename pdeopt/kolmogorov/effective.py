"""Poisson equations of a stationary process, and what it does on long scales: drift and diffusivity."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov import linear_systems
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.data import data_on
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.refinement import extrapolated, level_count
from pdeopt.kolmogorov.solving import invariant_masses
from pdeopt.kolmogorov.stationary import answered, check_endless, check_steady

__all__ = ["EffectiveDynamics", "effective_dynamics", "poisson"]


@dataclass(frozen=True, eq=False, repr=False)
class EffectiveDynamics:
    """Drift and diffusivity of a process in a periodic medium over times and lengths that are long.

    Parameters
    ----------
    drift : array, shape (d,)
        Mean velocity, length per time.
    diffusivity : array, shape (d, d)
        Half the variance per time, length^2 per time.
    drift_error, diffusivity_error : array of the same shapes
        Estimates from the change between grids.
    levels : int
        Number of grids solved on.
    """

    drift: FloatArray
    diffusivity: FloatArray
    drift_error: FloatArray
    diffusivity_error: FloatArray
    levels: int

    def __str__(self) -> str:
        velocity = ", ".join(f"{v:.10g}" for v in self.drift)
        rows = "; ".join(", ".join(f"{v:.10g}" for v in row) for row in self.diffusivity)
        errors = float(self.drift_error.max()), float(self.diffusivity_error.max())
        return f"drift ({velocity}) +- {errors[0]:.1e}, diffusivity ({rows}) +- {errors[1]:.1e}; {self.levels} grids"

    def __repr__(self) -> str:
        return f"<EffectiveDynamics of {self.drift.size} axes>"


def poisson(problem: Problem, source: Any, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
    """Solve L u = <f> - f with <u> = 0; see `Generator.poisson`."""
    check_endless(problem, "Poisson equation")
    data = data_on(source, "source", problem, levels, extrapolate)

    def solve(factor: int) -> FloatArray:
        fine = problem.finer(factor)
        return solved_poisson(fine, invariant_masses(fine), data.on(fine, factor))

    return answered(problem, "Poisson equation", solve, data.levels, extrapolate)


def solved_poisson(problem: Problem, masses: FloatArray, source: FloatArray) -> FloatArray:
    """Solve L u = <f> - f with <u> = 0, shape ``grid.shape``."""
    found = linear_systems.poisson(problem, source, masses)
    return found - np.sum(masses * found)


def effective_dynamics(problem: Problem, *, levels: int | None = None, extrapolate: bool = True) -> EffectiveDynamics:
    """Return drift and diffusivity on long scales; see `Generator.effective_dynamics`."""
    check_steady(problem)
    check_endless(problem, "effective dynamics")
    if not all(problem.grid.periodic):
        open_axes = [axis for axis, wraps in enumerate(problem.grid.periodic) if not wraps]
        raise ValueError(
            f"grid has the axes {open_axes}, which are not periodic: on long scales the process stays where it is. Use "
            "pdeopt.Grid(..., periodic=True) over one period."
        )
    count = level_count(problem.grid, levels, extrapolate)
    found = [_on_one_grid(problem.finer(2**level)) for level in range(count)]
    drifts, tensors = ([one[part] for one in found] for part in (0, 1))
    drift, tensor = extrapolated(drifts, 0), extrapolated(tensors, 0)
    return EffectiveDynamics(drift.values, tensor.values, drift.error, tensor.error, count)


def _on_one_grid(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Return drift and diffusivity of the chain itself: 1/2 sum pi r (e h + chi at the target - chi)^2."""
    stencil, dim = problem.operator.stencil, problem.grid.dim
    masses = invariant_masses(problem)
    jumps = np.asarray(stencil.offsets, dtype=float) * np.asarray(problem.grid.spacing)
    local = np.tensordot(jumps.T, stencil.rates, axes=1)
    drift = np.sum(masses * local, axis=tuple(range(1, dim + 1)))
    corrector = np.stack([solved_poisson(problem, masses, one) for one in local])
    tensor = np.zeros((dim, dim))
    for offset, jump, rates in zip(stencil.offsets, jumps, stencil.rates, strict=True):
        target = np.roll(corrector, [-step for step in offset], axis=tuple(range(1, dim + 1)))
        length = jump.reshape(-1, *(1,) * dim) + target - corrector
        flat = length.reshape(dim, -1)
        tensor += 0.5 * (flat * (masses * rates).ravel()) @ flat.T
    return drift, tensor
