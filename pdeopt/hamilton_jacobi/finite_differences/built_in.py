"""Hamiltonians that have a name."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, Point
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.hamilton_jacobi.finite_differences.parameters import checked_per_axis
from pdeopt.kernels._points import as_point, coordinates, with_item
from pdeopt.kernels.hamilton_jacobi import hamiltonians as kernels
from pdeopt.landscapes import Landscape
from pdeopt.systems.forces import point_gradient

__all__ = ["HAMILTONIANS", "controlled_descent", "eikonal", "quadratic", "shifted_quadratic"]

Function = Callable[..., Any]


def quadratic() -> Hamiltonian:
    """Return ``|p|^2 / 2``, whose equation is that of `pdeopt.relax`.

    Returns
    -------
    Hamiltonian

    Examples
    --------
    >>> quadratic()
    <Hamiltonian |p|^2 / 2, convex>
    """
    return Hamiltonian(
        kernels.quadratic,
        convex=True,
        gradient=kernels.quadratic_gradient,
        vertex=kernels.origin,
        speeds=kernels.quadratic_speeds,
        upwind=kernels.quadratic_godunov,
        autonomous=True,
        name="|p|^2 / 2",
    )


def shifted_quadratic(shift: ArrayLike) -> Hamiltonian:
    """Return ``|p + shift|^2 / 2``: relaxation in a constant wind.

    Parameters
    ----------
    shift : float or array_like, shape (d,)
        In units of slope.

    Returns
    -------
    Hamiltonian

    Raises
    ------
    ValueError
        If it is not one finite number per axis.
    """
    limit, example = "finite numbers, one per axis", "shift=1.0 or shift=[1.0, 0.0]"
    numbers = np.atleast_1d(checked_per_axis(shift, "shift", limit, example))
    return Hamiltonian(
        kernels.shifted,
        convex=True,
        gradient=kernels.shifted_gradient,
        vertex=kernels.shifted_vertex,
        speeds=kernels.shifted_speeds,
        autonomous=True,
        args=(tuple(numbers.tolist()),),
        dim=numbers.size,
        name=f"|p + {', '.join(f'{one:g}' for one in numbers)}|^2 / 2",
    )


def eikonal(speed: float = 1.0) -> Hamiltonian:
    """Return ``speed |p|``: fronts that move along their normals.

    Parameters
    ----------
    speed : float
        Finite; level sets ``u < c`` grow where it is negative, and shrink where it is positive.

    Returns
    -------
    Hamiltonian
        With the Godunov scheme of Rouy and Tourin.

    Raises
    ------
    ValueError
        If `speed` is not one finite number.

    References
    ----------
    E. Rouy, A. Tourin, *A viscosity solutions approach to shape-from-shading*, SIAM J. Numer. Anal. 29 (1992) 867-884.
    """
    number = checked_per_axis(speed, "speed", "one finite number", "speed=1.0")
    if number.ndim > 0:
        raise ValueError(f"speed={speed!r} must be one finite number for all axes, e.g. speed=1.0.")
    return Hamiltonian(
        kernels.eikonal,
        convex=bool(number >= 0.0),
        speeds=kernels.eikonal_speeds,
        upwind=kernels.eikonal_godunov,
        autonomous=True,
        args=(float(number),),
        name="|p|" if number == 1.0 else f"{float(number):g} |p|",
    )


def controlled_descent(f: Landscape) -> Hamiltonian:
    """Return ``grad f(x) . p + |p|^2 / 2``, of the value of steering gradient descent in a landscape.

    Parameters
    ----------
    f : Landscape
        With a gradient that can be compiled.

    Returns
    -------
    Hamiltonian
        Of the equation in the time that is left: `u_t + grad f . grad u + |grad u|^2 / 2 = lap u / (2 beta)`.

    Raises
    ------
    TypeError
        If `f` is no landscape, or known by samples alone.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, *Deep relaxation: partial differential equations for
    optimizing deep neural networks*, Res. Math. Sci. 5 (2018) 30, section 5, with its time reversed.
    """
    if not isinstance(f, Landscape) or f.is_sampled:
        raise TypeError(
            f"f={f!r} must be a Landscape that is given by functions, e.g. pdeopt.landscapes.double_well()."
        )
    value, gradient, vertex = _of_descent(point_gradient(f))
    return Hamiltonian(
        value,
        convex=True,
        gradient=gradient,
        vertex=vertex,
        args=f.args,
        dim=f.dim,
        name=f"grad f . p + |p|^2 / 2 with f = {f.name or 'landscape'}",
    )


@lru_cache(maxsize=64)
def _of_descent(slopes: Function) -> tuple[Function, Function, Function]:
    def value(t: float, x: Point, u: float, p: Point, *args: Any) -> float:
        q, drift, total = coordinates(p), coordinates(slopes(x, *args)), 0.0
        for k in range(len(q)):
            total += (drift[k] + 0.5 * q[k]) * q[k]
        return total

    def gradient(t: float, x: Point, u: float, p: Point, *args: Any) -> Point:
        q, drift = coordinates(p), coordinates(slopes(x, *args))
        for k in range(len(q)):
            q = with_item(q, k, q[k] + drift[k])
        return as_point(p, q)

    def vertex(t: float, x: Point, u: float, *args: Any) -> Point:
        drift = coordinates(slopes(x, *args))
        for k in range(len(drift)):
            drift = with_item(drift, k, -drift[k])
        return as_point(x, drift)

    return value, gradient, vertex


HAMILTONIANS: Mapping[str, Callable[..., Hamiltonian]] = {
    "quadratic": quadratic,
    "eikonal": eikonal,
    "shifted-quadratic": shifted_quadratic,
    "controlled-descent": controlled_descent,
}
"""Makers by name; the last two take a shift, and a landscape."""
