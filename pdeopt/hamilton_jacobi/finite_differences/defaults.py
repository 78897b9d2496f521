"""What is taken where neither a scheme nor a stepper is named."""

from itertools import product
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.kernels._points import coordinates
from pdeopt.kernels._specialise import interpreted
from pdeopt.kernels.hamilton_jacobi.fluxes import numerical_gradient

__all__ = ["rates", "usual_scheme", "usual_stepper"]

IMEX_COST = 6.0
"""A step of ARS(4,4,3) per step of SSPRK(3,3): measured 3 to 6, in one and two dimensions."""
N_PLACES = 64
"""Nodes at which speeds are looked at."""


def usual_scheme(problem: HamiltonJacobi, tolerance: float | None = None) -> str:
    """Return the name of the scheme in space that suits a problem.

    Fifth-order slopes with the Godunov flux where H is convex; a filtered scheme where it is not, as this converges to
    the viscosity solution and the former may not; first order on stretched axes, and where a filtered scheme would
    need an error estimate, which it has not.
    """
    if not all(problem.grid.uniform):
        return "godunov"
    if problem.hamiltonian.convex:
        return "weno5"
    return "filtered" if tolerance is None else "godunov"


def usual_stepper(problem: HamiltonJacobi, scheme: Any, tolerance: float | None = None) -> str:
    """Return the name of the stepper that suits a problem and a scheme.

    Parameters
    ----------
    problem : HamiltonJacobi
    scheme : scheme in space
    tolerance : float, optional
        Where given, a stepper with an error estimate is taken.

    Notes
    -----
    Where viscosity bounds explicit steps to less than one sixth of what slopes do, it is treated implicitly: by
    ARS(4,4,3) with slopes of fifth order, by ARS(1,1,1), which is monotone, with those of first. Not so in two and
    three dimensions where that would need a sparse factorisation: with a viscosity that varies, or on stretched axes.
    """
    if scheme.name == "filtered":
        return "filtered"
    first = scheme.order == 1
    if tolerance is not None:
        return "heun" if first else "ssprk33"
    plain = problem.viscosity_values.ndim == 0 and all(problem.grid.uniform)
    if np.any(problem.viscosity_values > 0.0) and (plain or problem.grid.dim == 1):
        transport, diffusion = rates(problem)
        if transport + diffusion > IMEX_COST * transport:
            return "ars111" if first else "ars443"
    return "euler" if first else "ssprk33"


def rates(problem: HamiltonJacobi) -> tuple[float, float]:
    """Return estimates of `sum_k |dH/dp_k| / h_k` and `sum_k 2 nu / h_k^2` for the initial data, at their largest.

    Speeds are those of the smallest and the largest slopes, at some nodes.
    """
    spacings = [float(np.diff(axis).min()) for axis in problem.grid.axes]
    diffusion = float(np.max(problem.viscosity_values)) * sum(2.0 / h**2 for h in spacings)
    boxes = [_slope_range(problem.initial_values, problem, axis) for axis in range(problem.grid.dim)]
    h = problem.hamiltonian
    # Interpreted down to what a user's function calls: nothing is compiled for a look at some nodes.
    gradient = interpreted(h.gradient or numerical_gradient(interpreted(h.value)))
    places = np.unique(np.linspace(0, problem.grid.size - 1, N_PLACES).astype(int))
    nodes = np.unravel_index(places, problem.grid.shape)
    points = np.stack([axis[node] for axis, node in zip(problem.grid.axes, nodes, strict=True)], axis=-1)
    transport = 0.0
    for point, u in zip(points, problem.initial_values.ravel()[places], strict=True):
        for corner in product(*boxes):
            x, p = (float(point[0]), corner[0]) if len(boxes) == 1 else (tuple(point.tolist()), corner)
            speeds = coordinates(gradient(0.0, x, float(u), p, *problem.hamiltonian.args))
            transport = max(transport, sum(abs(float(a)) / h for a, h in zip(speeds, spacings, strict=True)))
    return transport, diffusion


def _slope_range(values: FloatArray, problem: HamiltonJacobi, axis: int) -> tuple[float, float]:
    shape = [-1 if k == axis else 1 for k in range(problem.grid.dim)]
    slopes = np.diff(values, axis=axis) / np.diff(problem.grid.axes[axis]).reshape(shape)
    return float(slopes.min()), float(slopes.max())
