"""Numerical Hamiltonians: makers of functions `flux(t, x, u, minus, plus, extra, args)` of both one-sided slopes.

`extra` holds 3 d numbers that are the same at all nodes: the largest speed along every axis, and the smallest and
the largest slope. Each flux is consistent, `flux(p, p) = H(p)`; where it does not decrease in `minus` nor increase in
`plus`, explicit steps up to the bound of `measure_rows` are monotone.
"""

from collections.abc import Callable
from typing import Any

from pdeopt._types import Arguments, FloatArray, Point
from pdeopt.kernels._points import as_point, coordinates, with_item

Function = Callable[..., Any]

STEP = 6e-6
"""Of central differences: the cube root of the rounding of a double."""


def given_flux(upwind: Function) -> Function:
    """Return the flux of a Godunov Hamiltonian `upwind(t, x, u, minus, plus, *args)` in closed form."""

    def flux(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> Any:
        return upwind(t, x, u, minus, plus, *args)

    return flux


def vertex_flux(value: Function, vertex: Function) -> Function:
    """Return the Godunov flux of a Hamiltonian whose minimum along each axis does not depend on the other slopes.

    Along an axis it is the larger of `H(max(p-, v))` and `H(min(p+, v))`, with the vertex v.
    """

    def flux(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> Any:
        low, high, lowest = coordinates(minus), coordinates(plus), coordinates(vertex(t, x, u, *args))
        upwind = lowest
        for k in range(len(low)):
            one, other = max(low[k], lowest[k]), min(high[k], lowest[k])
            here = value(t, x, u, as_point(minus, with_item(lowest, k, one)), *args)
            there = value(t, x, u, as_point(minus, with_item(lowest, k, other)), *args)
            upwind = with_item(upwind, k, one if here >= there else other)
        return value(t, x, u, as_point(minus, upwind), *args)

    return flux


def lax_friedrichs_flux(value: Function) -> Function:
    """Return the flux `H((p- + p+)/2) - sum_k a_k (p+_k - p-_k)/2` with the speeds `a` of `extra`."""

    def flux(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> Any:
        low, high = coordinates(minus), coordinates(plus)
        middle, viscous = low, 0.0
        for k in range(len(low)):
            middle = with_item(middle, k, 0.5 * (low[k] + high[k]))
            viscous += 0.5 * extra[k] * (high[k] - low[k])
        return value(t, x, u, as_point(minus, middle), *args) - viscous

    return flux


def local_flux(value: Function, local: Function) -> Function:
    """Return the flux of `lax_friedrichs_flux` with speeds of the node, those of `local_speeds`."""

    def flux(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> Any:
        low, high = coordinates(minus), coordinates(plus)
        fastest = local(t, x, u, minus, plus, extra, args)
        middle, viscous = low, 0.0
        for k in range(len(low)):
            middle = with_item(middle, k, 0.5 * (low[k] + high[k]))
            viscous += 0.5 * fastest[k] * (high[k] - low[k])
        return value(t, x, u, as_point(minus, middle), *args) - viscous

    return flux


def local_speeds(speeds: Function, width: float = 1.0) -> Function:
    """Return speeds of a node: along an axis over its slopes there, and all slopes that occur along the others.

    Less than all would not be monotone in several dimensions (Osher and Shu 1991).

    Parameters
    ----------
    speeds : callable
        Of a box of slopes.
    width : float
        Of the slopes along the axis about their mean, in the width at the node.
    """

    def local(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> Any:
        low, high = coordinates(minus), coordinates(plus)
        found, d, more = low, len(low), 0.5 * (width - 1.0)
        for k in range(d):
            wider = more * (high[k] - low[k])
            one, other = with_item(low, k, low[k] - wider), with_item(high, k, high[k] + wider)
            for i in range(d):
                if i != k:
                    one, other = with_item(one, i, extra[d + i]), with_item(other, i, extra[2 * d + i])
            fastest = speeds(t, x, u, as_point(minus, one), as_point(plus, other), extra, args)
            found = with_item(found, k, fastest[k])
        return found

    return local


def local_bounds(speeds: Function) -> Function:
    """Return what bounds a step with `local_flux`: by how much it changes with the value at the node, times spacing.

    The speed `a` itself changes, which makes it `a + r da/dr` with the half width r of the slopes along the axis: at
    most `2 a - a_0`, with `a_0` for no width, where `a` is a concave function of r, and at most `a_2` over twice the
    width where it is convex. This is the larger; for quadratic Hamiltonians both are exact.
    """
    none, once, twice = local_speeds(speeds, 0.0), local_speeds(speeds), local_speeds(speeds, 2.0)

    def bounds(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> Any:
        found, least = once(t, x, u, minus, plus, extra, args), none(t, x, u, minus, plus, extra, args)
        most = twice(t, x, u, minus, plus, extra, args)
        for k in range(len(found)):
            found = with_item(found, k, max(2.0 * found[k] - least[k], most[k]))
        return found

    return bounds


def numerical_gradient(value: Function) -> Function:
    """Return the derivatives of a Hamiltonian with respect to slopes by central differences."""

    def gradient(t: float, x: Point, u: float, p: Point, *args: Any) -> Point:
        q = coordinates(p)
        found = q
        for k in range(len(q)):
            step = STEP * (1.0 + abs(q[k]))
            above = value(t, x, u, as_point(p, with_item(q, k, q[k] + step)), *args)
            below = value(t, x, u, as_point(p, with_item(q, k, q[k] - step)), *args)
            found = with_item(found, k, (above - below) / (2.0 * step))
        return as_point(p, found)

    return gradient


def sampled_speeds(gradient: Function, n_on_line: int, n_in_box: int) -> Function:
    """Return the largest derivatives over a lattice in the box between the slopes, its corners included.

    Two samples an axis suffice where each derivative is monotone in every slope, as for sums of convex functions. Else
    this is no strict bound.

    Parameters
    ----------
    gradient : callable
    n_on_line, n_in_box : int
        Samples an axis in one dimension, and in more.
    """

    def speeds(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> Any:
        low, high = coordinates(minus), coordinates(plus)
        found, p, total = low, low, 1
        n_samples = n_on_line if len(low) == 1 else n_in_box
        for k in range(len(low)):
            found = with_item(found, k, 0.0)
            total *= n_samples
        for sample in range(total):
            rest = sample
            for k in range(len(low)):
                weight = (rest % n_samples) / (n_samples - 1)
                p = with_item(p, k, (1.0 - weight) * low[k] + weight * high[k])
                rest //= n_samples
            slope = coordinates(gradient(t, x, u, as_point(minus, p), *args))
            for k in range(len(low)):
                found = with_item(found, k, max(found[k], abs(slope[k])))
        return found

    return speeds


def given_speeds(bounds: Function) -> Function:
    """Return the speeds of `bounds(t, x, u, low, high, *args)`."""

    def speeds(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> Any:
        return coordinates(bounds(t, x, u, minus, plus, *args))

    return speeds


def no_pull(t: float, x: Point, u: float, minus: Point, plus: Point, args: Arguments) -> float:
    """Return the derivative with respect to the value of a Hamiltonian that does not depend on it."""
    return 0.0


def numerical_pull(value: Function) -> Function:
    """Return the derivative with respect to the value, by differences, where positive: the larger at both slopes."""

    def pull(t: float, x: Point, u: float, minus: Point, plus: Point, args: Arguments) -> Any:
        step = STEP * (1.0 + abs(u))
        one = value(t, x, u + step, minus, *args) - value(t, x, u - step, minus, *args)
        other = value(t, x, u + step, plus, *args) - value(t, x, u - step, plus, *args)
        return max(max(one, other), 0.0) / (2.0 * step)

    return pull
