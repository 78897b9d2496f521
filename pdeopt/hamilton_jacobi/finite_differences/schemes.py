"""Schemes in space: what slopes are, and which numerical Hamiltonian takes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.kernels.hamilton_jacobi import chunks, fluxes, slopes

__all__ = ["Godunov", "LaxFriedrichs"]

Function = Callable[..., Any]


@dataclass(frozen=True)
class FirstOrder:
    """One-sided differences and the three-point Laplacian."""

    order: ClassVar[int] = 1
    ghosts: ClassVar[int] = 1

    def slopes(self, dim: int) -> Function:
        """Return the function that writes the slopes of a chunk."""
        return chunks.slope_finder(slopes.differences_across, slopes.differences_along, dim)

    def laplacian(self, dim: int) -> Function:
        """Return the function that writes the Laplacian of a chunk."""
        return chunks.laplacian_finder(slopes.curvature_across, slopes.curvature_along, dim)


@dataclass(frozen=True)
class Godunov(FirstOrder):
    """The upwind scheme: first order, monotone, for convex Hamiltonians."""

    name: ClassVar[str] = "godunov"

    def flux(self, hamiltonian: Hamiltonian, dim: int) -> Function:
        """Return the numerical Hamiltonian."""
        return hamiltonian.godunov(dim)


@dataclass(frozen=True)
class LaxFriedrichs(FirstOrder):
    """The central flux with the viscosity that makes it monotone: first order, for any Hamiltonian.

    Parameters
    ----------
    speeds : "local", "global" or sequence of float
        The speed of each axis: of the slopes at a node, of all slopes, or given.
    """

    speeds: str | Sequence[float] = "local"
    name: ClassVar[str] = "lax-friedrichs"

    def flux(self, hamiltonian: Hamiltonian, dim: int) -> Function:
        """Return the numerical Hamiltonian."""
        if self.speeds == "local":
            return fluxes.local_flux(hamiltonian.value, hamiltonian.speed_bounds())
        return fluxes.lax_friedrichs_flux(hamiltonian.value)
