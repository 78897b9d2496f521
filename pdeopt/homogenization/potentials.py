"""Rough potentials: a landscape with periodic ripples on it."""

from functools import lru_cache
from typing import Any

from pdeopt._types import Point
from pdeopt.homogenization.medium_checks import check_landscape, checked_positive
from pdeopt.kernels._points import as_point, coordinates, with_item
from pdeopt.landscapes import Landscape
from pdeopt.systems.compilation import Function, returning_floats
from pdeopt.systems.forces import compiled_functions

__all__ = ["at_scale", "rough_potential"]


def rough_potential(landscape: Landscape, ripples: Landscape, scale: float) -> Landscape:
    """Return the landscape V(x) + v(x / scale).

    Parameters
    ----------
    landscape, ripples : Landscape
        V and v, of the same dimension, one to three. v usually repeats; the ripples then have `scale` times its period.
    scale : float
        The epsilon, a positive number.

    Returns
    -------
    Landscape
        With ``args = (scale, V.args, v.args)``: one compilation serves all scales.

    Raises
    ------
    TypeError, ValueError
        If an argument is no landscape, dimensions differ, or the scale is not positive.

    Examples
    --------
    >>> import math
    >>> import pdeopt
    >>> v = pdeopt.Landscape(lambda x: math.cos(2 * math.pi * x))
    >>> f = rough_potential(pdeopt.landscapes.quadratic(1.0), v, 0.25)
    >>> float(f(0.5))
    1.125
    """
    check_landscape(landscape, "landscape")
    check_landscape(ripples, "ripples", (landscape.dim,))
    epsilon = checked_positive(scale, "scale", "0.1")
    value, gradient = (_sum_of(*pair, landscape.dim) for pair in _pairs(landscape, ripples))
    return Landscape(
        value,
        gradient,
        dim=landscape.dim,
        args=(epsilon, landscape.args, ripples.args),
        kinks_complete=not (landscape.kinks or ripples.kinks),
        domain=landscape.domain,
        name=f"{landscape.name or 'landscape'} with ripples of {epsilon:g}",
    )


def at_scale(potential: Landscape, scale: float) -> Landscape:
    """Return the landscape V(x, x / scale) of a potential of slow and fast coordinates.

    Parameters
    ----------
    potential : Landscape
        V(x, y), the d slow coordinates first, then the d fast ones: of dimension 2 or 4.
    scale : float
        The epsilon, a positive number.

    Returns
    -------
    Landscape
        Of d dimensions, with ``args = (scale, V.args)``.

    Raises
    ------
    TypeError, ValueError
        If the potential is no landscape of dimension 2 or 4, or the scale is not positive.

    Examples
    --------
    >>> import math
    >>> import pdeopt
    >>> V = pdeopt.Landscape(lambda x: 0.5 * x[0] ** 2 + x[0] * math.cos(x[1]), dim=2)
    >>> round(float(at_scale(V, 0.1)(2.0)), 6)
    2.816164
    """
    check_landscape(potential, "potential", (2, 4))
    epsilon = checked_positive(scale, "scale", "0.1")
    value, gradient = compiled_functions(potential)
    pair = (_composed(value, False, potential.dim // 2), _composed(gradient, True, potential.dim // 2))
    name = f"{potential.name or 'potential'} at scale {epsilon:g}"
    args, complete = (epsilon, potential.args), not potential.kinks
    return Landscape(*pair, dim=potential.dim // 2, args=args, kinks_complete=complete, name=name)


@lru_cache(maxsize=64)
def _composed(function: Function, slopes: bool, dim: int) -> Function:
    """Make f(x, x / scale), or its gradient from that of f."""
    zeros = (0.0,) * (2 * dim)

    def number(x: Point, scale: float, args: Any) -> Any:
        here, both = coordinates(x), zeros
        for i in range(dim):
            both = with_item(with_item(both, i, here[i]), dim + i, here[i] / scale)
        return function(both, *args)

    def vector(x: Point, scale: float, args: Any) -> Any:
        here, both = coordinates(x), zeros
        for i in range(dim):
            both = with_item(with_item(both, i, here[i]), dim + i, here[i] / scale)
        parts, out = function(both, *args), here
        for i in range(dim):
            out = with_item(out, i, parts[i] + parts[dim + i] / scale)
        return as_point(x, out)

    return returning_floats(vector if slopes else number)


def _pairs(landscape: Landscape, ripples: Landscape) -> tuple[tuple[Function, Function, bool], ...]:
    (value, gradient), (height, slope) = compiled_functions(landscape), compiled_functions(ripples)
    return (value, height, False), (gradient, slope, True)


@lru_cache(maxsize=64)
def _sum_of(coarse: Function, fine: Function, slopes: bool, dim: int) -> Function:
    """Make f(x) + g(x / scale), or its gradient from theirs."""

    def number(x: Point, scale: float, outer: Any, inner: Any) -> Any:
        # `dim` and `slopes` are constants of the compiled function.
        place = coordinates(x)
        for i in range(dim):
            place = with_item(place, i, place[i] / scale)
        return coarse(x, *outer) + fine(as_point(x, place), *inner)

    def vector(x: Point, scale: float, outer: Any, inner: Any) -> Any:
        place = coordinates(x)
        for i in range(dim):
            place = with_item(place, i, place[i] / scale)
        first = coordinates(coarse(x, *outer))
        second = coordinates(fine(as_point(x, place), *inner))
        out = place
        for i in range(dim):
            out = with_item(out, i, first[i] + second[i] / scale)
        return as_point(x, out)

    return returning_floats(vector if slopes else number)
