"""Hamiltonians: what the equation is, and what its numerical flux needs to know."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pdeopt._types import Arguments
from pdeopt.hamilton_jacobi.finite_differences.parameters import check_flag
from pdeopt.kernels.hamilton_jacobi import extrema, fluxes
from pdeopt.systems.validation import checked_count

__all__ = ["Hamiltonian"]

Function = Callable[..., Any]

CONVEX, ANY = (2, 3), (5, 5)
"""Slopes per axis at which derivatives are sampled in one dimension, and in more."""
LOOKS = 17
"""Slopes at which an interval is searched for extrema of a Hamiltonian that is not convex."""


@dataclass(frozen=True, eq=False, repr=False)
class Hamiltonian:
    """A function `H(t, x, u, p, *args)` of time, place, value and gradient.

    Parameters
    ----------
    value : callable
        An ``@njit`` function, or a plain one that Numba can compile; it is compiled with the solver, once, and kept on
        disk. In one dimension `x` and `p` are floats, else tuples of floats.
    convex : bool
        Whether H is convex in `p`. It decides how the upwind (Godunov) Hamiltonian is found, and which scheme is taken
        by default.
    gradient : callable, optional
        ``(t, x, u, p, *args)`` to the derivatives of H with respect to `p`, in the form of `p`; by default central
        differences.
    vertex : callable, optional
        ``(t, x, u, *args)`` to the `p` at which H is least along each axis, where that does not depend on the other
        slopes, as for sums over axes and for norms. By default it is searched for.
    speeds : callable, optional
        ``(t, x, u, low, high, *args)`` to bounds of the derivatives, over the box of slopes between `low` and `high`
        (in any order), in the form of `p`. By default the largest at corners of the box, and at some slopes inside.
        That is strict for convex functions in one dimension and for sums of them over axes, for others it is not.
    upwind : callable, optional
        ``(t, x, u, minus, plus, *args)`` to the Godunov Hamiltonian of the one-sided slopes in closed form.
    autonomous : bool
        Whether H depends on `p` alone. Then slopes do not grow, and a step that is monotone at the start stays so.
    depends_on_value : bool
        Whether H depends on `u`. Where it grows with `u`, that bounds the step as well.
    args : tuple
        Parameters, numbers or arrays, passed to all these functions at their end. Other values need no compilation.
    dim : int, optional
        Number of slopes it takes, where that is fixed by its parameters.
    name : str
        For labels.

    Raises
    ------
    TypeError, ValueError
        If a function cannot be called, `args` is no tuple, a flag is neither True nor False, or `dim` no whole number
        from 1 on.

    See Also
    --------
    pdeopt.hamilton_jacobi.finite_differences.built_in.quadratic : ``|p|^2 / 2``, and other built-in ones beside it.

    Examples
    --------
    >>> import numba
    >>> @numba.njit
    ... def hopping(t, x, u, p, rate):
    ...     return rate * (np.cosh(p) - 1.0)
    >>> Hamiltonian(hopping, convex=True, autonomous=True, args=(2.0,))
    <Hamiltonian hopping, convex>
    """

    value: Function
    convex: bool = field(default=False, kw_only=True)
    gradient: Function | None = field(default=None, kw_only=True)
    vertex: Function | None = field(default=None, kw_only=True)
    speeds: Function | None = field(default=None, kw_only=True)
    upwind: Function | None = field(default=None, kw_only=True)
    autonomous: bool = field(default=False, kw_only=True)
    depends_on_value: bool = field(default=False, kw_only=True)
    args: Arguments = field(default=(), kw_only=True)
    dim: int | None = field(default=None, kw_only=True)
    name: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        for name in ("value", "gradient", "vertex", "speeds", "upwind"):
            function = getattr(self, name)
            if not callable(function) and (function is not None or name == "value"):
                raise TypeError(f"{name}={function!r} is no function; use e.g. lambda t, x, u, p: 0.5 * p * p.")
        if not isinstance(self.args, tuple):
            raise TypeError(f"args={self.args!r} is no tuple; use args=({self.args!r},).")
        for flag in ("convex", "autonomous", "depends_on_value"):
            check_flag(getattr(self, flag), flag)
        if self.dim is not None:
            checked_count(self.dim, "dim")
        if not self.name:
            object.__setattr__(self, "name", getattr(self.value, "__name__", "H"))

    def godunov(self, dim: int) -> Function:
        """Return the Godunov flux in so many dimensions."""
        if self.upwind is not None:
            return fluxes.given_flux(self.upwind)
        if self.vertex is not None:
            return fluxes.vertex_flux(self.value, self.vertex)
        return extrema.nested_flux(self.value, dim, 0 if self.convex else LOOKS)

    def slope_gradient(self) -> Function:
        """Return the derivatives with respect to slopes, given or by differences."""
        return self.gradient or fluxes.numerical_gradient(self.value)

    def speed_bounds(self) -> Function:
        """Return the function that bounds the derivatives over a box of slopes."""
        if self.speeds is not None:
            return fluxes.given_speeds(self.speeds)
        return fluxes.sampled_speeds(self.slope_gradient(), *(CONVEX if self.convex else ANY))

    def pull(self) -> Function:
        """Return the function that bounds the derivative with respect to the value from above, at least zero."""
        return fluxes.numerical_pull(self.value) if self.depends_on_value else fluxes.no_pull

    def __repr__(self) -> str:
        return f"<Hamiltonian {self.name}{', convex' if self.convex else ''}>"
