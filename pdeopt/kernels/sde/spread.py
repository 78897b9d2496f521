"""How a diffusion coefficient meets its noise."""

from typing import Any

from pdeopt.kernels.vectors import Vector, apply, times


def by_component(sigma: Vector, xi: Vector) -> Vector:
    """Return `sigma_k xi_k`; a single number `xi` counts for every component."""
    return times(sigma, xi)


def by_matrix(sigma: Any, xi: Vector) -> Vector:
    """Return the product of the rows of `sigma` and `xi`."""
    return apply(sigma, xi)
