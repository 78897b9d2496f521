"""Hamiltonians: what the equation is, and what its numerical flux needs to know."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pdeopt.kernels.hamilton_jacobi import fluxes
from pdeopt.kernels.hamilton_jacobi import hamiltonians as kernels

__all__ = ["Hamiltonian", "quadratic"]

Function = Callable[..., Any]

CORNERS, SAMPLES = 2, 5
"""Slopes per axis at which derivatives are sampled: the ends alone where H is convex."""


@dataclass(frozen=True, eq=False, repr=False)
class Hamiltonian:
    """A function `H(t, x, u, p, *args)` of time, place, value and gradient.

    Parameters
    ----------
    value : callable
        An ``@njit`` function, or a plain one that Numba can compile. In one dimension `x` and `p` are floats, else
        tuples of floats.
    convex : bool
        Whether H is convex in p. Then the upwind (Godunov) Hamiltonian is known without a search among extrema.
    gradient : callable, optional
        ``(t, x, u, p, *args)`` to the derivatives of H with respect to `p`, in the form of `p`; by default central differences.
    vertex : callable, optional
        ``(t, x, u, *args)`` to where H is least along each axis, where that does not depend on the other slopes, as for sums over
        axes and for norms.
    speeds : callable, optional
        ``(t, x, u, low, high, *args)`` to bounds of the derivatives over the box from `low` to `high`; by default the largest at
        some slopes in the box.
    upwind : callable, optional
        ``(t, x, u, minus, plus, *args)`` to the Godunov Hamiltonian of the one-sided slopes in closed form.
    autonomous : bool
        Whether H depends on `p` alone: then slopes do not grow, and a step that is monotone at the start stays so.
    name : str
        For labels.
    """

    value: Function
    convex: bool = False
    gradient: Function | None = field(default=None, kw_only=True)
    vertex: Function | None = field(default=None, kw_only=True)
    speeds: Function | None = field(default=None, kw_only=True)
    upwind: Function | None = field(default=None, kw_only=True)
    autonomous: bool = field(default=False, kw_only=True)
    name: str = field(default="", kw_only=True)

    def godunov(self) -> Function:
        """Return the Godunov flux."""
        if self.upwind is not None:
            return fluxes.given_flux(self.upwind)
        assert self.vertex is not None
        return fluxes.vertex_flux(self.value, self.vertex)

    def speed_bounds(self) -> Function:
        """Return the function that bounds the derivatives over a box of slopes."""
        gradient = self.gradient or fluxes.numerical_gradient(self.value)
        return fluxes.sampled_speeds(gradient, CORNERS if self.convex else SAMPLES)

    def __repr__(self) -> str:
        return f"<Hamiltonian {self.name or getattr(self.value, '__name__', '')}{', convex' if self.convex else ''}>"


def quadratic() -> Hamiltonian:
    """Return `|p|^2 / 2`, whose equation is that of `pdeopt.relax`."""
    return Hamiltonian(
        kernels.quadratic,
        True,
        gradient=kernels.quadratic_gradient,
        vertex=kernels.origin,
        upwind=kernels.quadratic_godunov,
        autonomous=True,
        name="|p|^2 / 2",
    )
