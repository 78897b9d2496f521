"""Godunov's extremum of a Hamiltonian between one-sided slopes: least where they rise, greatest where they fall.

    H(minus, plus) = ext over p_1 in I(minus_1, plus_1) ... ext over p_d in I(minus_d, plus_d) of H(p)

with `ext` the minimum where `minus_k <= plus_k`, else the maximum (Osher and Shu 1991). Makers return functions
``f(t, x, u, q, minus, plus, args)`` that choose the slopes from one axis on and take those of the axes before from `q`.
"""

from collections.abc import Callable

from pdeopt._types import Arguments, FloatArray, Point
from pdeopt.kernels._points import as_point, coordinates, with_item

Function = Callable[..., float]

GOLDEN = 0.3819660112501051
"""(3 - sqrt 5) / 2."""
CLOSE = 1e-8
"""Of slopes, against the interval: the error of the minimum is of the order of its square."""
NEAR = 1e-6
"""Part of an interval in which its end stands for the minimum: wrong by its square, and far above rounding."""
MOST = 60


def nested_flux(value: Function, dim: int, n_samples: int) -> Function:
    """Return the Godunov flux by searching along one axis after the other.

    Parameters
    ----------
    value : callable
        The Hamiltonian.
    dim : int
    n_samples : int
        Slopes at which an interval is looked at first; 0 for convex Hamiltonians, which have one valley.
    """

    def innermost(t: float, x: Point, u: float, q: Point, minus: Point, plus: Point, args: Arguments) -> float:
        return value(t, x, u, as_point(x, q), *args)

    chosen = innermost
    for axis in range(dim - 1, -1, -1):
        chosen = along_axis(chosen, axis) if n_samples == 0 else sampled_along_axis(chosen, axis, n_samples)

    def flux(t: float, x: Point, u: float, minus: Point, plus: Point, extra: FloatArray, args: Arguments) -> float:
        low, high = coordinates(minus), coordinates(plus)
        return chosen(t, x, u, low, low, high, args)

    return flux


def along_axis(inner: Function, axis: int) -> Function:
    """Return the extremum along an axis of a function that is convex in this slope."""
    least = valley(inner, axis)

    def extremum(t: float, x: Point, u: float, q: Point, minus: Point, plus: Point, args: Arguments) -> float:
        low, high = minus[axis], plus[axis]
        first = inner(t, x, u, with_item(q, axis, low), minus, plus, args)
        if low == high:
            return first
        last = inner(t, x, u, with_item(q, axis, high), minus, plus, args)
        if low > high:
            return max(first, last)
        # One valley: where the function rises from its lower end, or falls to its upper, there is nothing to search.
        near = NEAR * (high - low)
        if inner(t, x, u, with_item(q, axis, low + near), minus, plus, args) >= first:
            return first
        if inner(t, x, u, with_item(q, axis, high - near), minus, plus, args) >= last:
            return last
        return least(1.0, low, high, t, x, u, q, minus, plus, args)

    return extremum


def sampled_along_axis(inner: Function, axis: int, n_samples: int) -> Function:
    """Return the extremum along an axis, the best of some samples of the interval and of its neighbourhood."""
    least = valley(inner, axis)

    def extremum(t: float, x: Point, u: float, q: Point, minus: Point, plus: Point, args: Arguments) -> float:
        low, high = minus[axis], plus[axis]
        # A greatest value is the least of the opposite.
        sign = 1.0 if low <= high else -1.0
        best, place = sign * inner(t, x, u, with_item(q, axis, low), minus, plus, args), 0
        if low == high:
            return best
        gap = (high - low) / (n_samples - 1)
        for k in range(1, n_samples):
            found = sign * inner(t, x, u, with_item(q, axis, low + k * gap), minus, plus, args)
            if found < best:
                best, place = found, k
        one, other = low + max(place - 1, 0) * gap, low + min(place + 1, n_samples - 1) * gap
        near = least(sign, min(one, other), max(one, other), t, x, u, q, minus, plus, args)
        return sign * min(best, near)

    return extremum


def valley(inner: Function, axis: int) -> Function:
    """Return the least value inside an interval with one valley, of `sign` times a function, by Brent's method.

    References
    ----------
    R. P. Brent, *Algorithms for Minimization without Derivatives*, 1973, chapter 5.
    """

    def least(
        sign: float,
        low: float,
        high: float,
        t: float,
        x: Point,
        u: float,
        q: Point,
        minus: Point,
        plus: Point,
        args: Arguments,
    ) -> float:
        close = CLOSE * (high - low)
        best = second = third = low + GOLDEN * (high - low)
        f_best = sign * inner(t, x, u, with_item(q, axis, best), minus, plus, args)
        f_second = f_third = f_best
        move = previous = 0.0
        for _ in range(MOST):
            middle = 0.5 * (low + high)
            if abs(best - middle) + 0.5 * (high - low) <= 2.0 * close:
                break
            # The vertex of the parabola through the three best, where it lies well inside and steps shrink.
            r, s = (best - second) * (f_best - f_third), (best - third) * (f_best - f_second)
            top, bottom = (best - third) * s - (best - second) * r, 2.0 * (s - r)
            step = -top / bottom if bottom != 0.0 else 0.0
            inside = low + close < best + step < high - close
            if bottom == 0.0 or not inside or abs(step) >= 0.5 * abs(previous):
                previous = high - best if best < middle else low - best
                step = GOLDEN * previous
            else:
                previous = move
            move = step if abs(step) >= close else (close if step > 0.0 else -close)
            place = best + move
            found = sign * inner(t, x, u, with_item(q, axis, place), minus, plus, args)
            if found <= f_best:
                low, high = (best, high) if place >= best else (low, best)
                third, f_third, second, f_second = second, f_second, best, f_best
                best, f_best = place, found
                continue
            low, high = (place, high) if place < best else (low, place)
            if found <= f_second or second == best:
                third, f_third, second, f_second = second, f_second, place, found
            elif found <= f_third or third in (best, second):
                third, f_third = place, found
        return f_best

    return least
