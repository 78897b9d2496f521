"""Schemes in space: what slopes are, and which numerical Hamiltonian takes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.hamilton_jacobi.finite_differences.limits import Limits
from pdeopt.hamilton_jacobi.finite_differences.parameters import checked_per_axis
from pdeopt.hamilton_jacobi.finite_differences.walls import Wall
from pdeopt.kernels.hamilton_jacobi import fluxes, slopes

__all__ = ["SCHEME", "Godunov", "LaxFriedrichs"]

Function = Callable[..., Any]

SCHEME = ("name", "order", "ghosts", "stiffness", "check_grid", "between", "chunk", "flux", "speeds", "adjusted")
"""What a scheme in space has."""
SPEEDS = "'local', 'global', or finite numbers that are not negative, one or one per axis"


@dataclass(frozen=True)
class FirstOrder:
    """One-sided differences and the three-point Laplacian."""

    order: ClassVar[int] = 1
    ghosts: ClassVar[int] = 1
    stiffness: ClassVar[float] = 1.0

    def chunk(self, dim: int) -> tuple[Function, Function, Function]:
        """Return what opens a chunk of a row, and reads slopes and Laplacians of its nodes."""
        return slopes.FIRST_ORDER[dim - 1]

    def check_grid(self, grid: Grid) -> None:
        """Accept any grid."""

    def between(self, walls: tuple[tuple[Wall, Wall], ...]) -> Any:  # noqa: ARG002
        """Return the scheme for these walls: the same."""
        return self

    @property
    def uses_ranges(self) -> bool:
        """Whether speeds at a node depend on the slopes of all nodes."""
        return False

    def speeds(self, hamiltonian: Hamiltonian) -> Function:
        """Return the function that bounds the speeds of a node."""
        return hamiltonian.speed_bounds()

    def adjusted(self, limits: Limits, spacings: FloatArray) -> Limits:  # noqa: ARG002
        """Return what bounds a step of this scheme; `spacings` are the least of each axis."""
        return limits


@dataclass(frozen=True)
class Godunov(FirstOrder):
    """The upwind scheme: first order, monotone.

    Its Hamiltonian is the least between the one-sided slopes where they rise, the greatest where they fall. For convex
    Hamiltonians it is exact; for others the extrema are searched for, and those between the samples may be missed.

    References
    ----------
    S. Osher, C.-W. Shu, *High-order essentially nonoscillatory schemes for Hamilton-Jacobi equations*, SIAM J. Numer.
    Anal. 28 (1991) 907-922.
    """

    name: ClassVar[str] = "godunov"

    def flux(self, hamiltonian: Hamiltonian, dim: int) -> Function:
        """Return the numerical Hamiltonian."""
        return hamiltonian.godunov(dim)


@dataclass(frozen=True)
class LaxFriedrichs(FirstOrder):
    """The central flux with the viscosity that makes it monotone: first order, for any Hamiltonian.

    Parameters
    ----------
    speed : "local", "global", float or sequence of float
        The speed of each axis: of the slopes at a node, of all slopes, or given; given ones must not be less than the
        derivatives of H.

    Raises
    ------
    ValueError
        If `speed` is anything else, negative or not finite.

    References
    ----------
    M. G. Crandall, P.-L. Lions, *Two approximations of solutions of Hamilton-Jacobi equations*, Math. Comp. 43 (1984)
    1-19.
    """

    speed: str | float | Sequence[float] | FloatArray = "local"
    name: ClassVar[str] = "lax-friedrichs"

    def __post_init__(self) -> None:
        if isinstance(self.speed, str) and self.speed in ("local", "global"):
            return
        given = checked_per_axis(self.speed, "speed", SPEEDS, "speed=1.0", least=0.0)
        if isinstance(self.speed, np.ndarray):
            # Records of equal numbers are equal.
            object.__setattr__(self, "speed", given.tolist())

    @property
    def uses_ranges(self) -> bool:
        """Whether speeds at a node depend on the slopes of all nodes."""
        return self.speed == "local"

    def speeds(self, hamiltonian: Hamiltonian) -> Function:
        """Return the function that bounds the speeds of a node, for the step."""
        bounds = hamiltonian.speed_bounds()
        return fluxes.local_bounds(bounds) if self.uses_ranges else bounds

    def flux(self, hamiltonian: Hamiltonian, dim: int) -> Function:  # noqa: ARG002
        """Return the numerical Hamiltonian."""
        if self.uses_ranges:
            return fluxes.local_flux(hamiltonian.value, fluxes.local_speeds(hamiltonian.speed_bounds()))
        return fluxes.lax_friedrichs_flux(hamiltonian.value)

    def adjusted(self, limits: Limits, spacings: FloatArray) -> Limits:
        """Return what bounds a step: with one speed per axis, it is that of all nodes."""
        if self.uses_ranges:
            return limits
        speeds = limits.speeds if self.speed == "global" else self._given(limits.speeds.size)
        transport = float(np.sum(np.asarray(speeds, dtype=float) / spacings)) + limits.pull
        return replace(limits, rate=transport + limits.diffusion, transport=transport, speeds=speeds)

    def _given(self, dim: int) -> FloatArray:
        given = np.asarray(self.speed, dtype=float)
        if given.size not in (1, dim):
            raise ValueError(
                f"speed={self.speed!r} has {given.size} entries for {dim} axes; give one, or one per axis."
            )
        return np.broadcast_to(given, (dim,))
