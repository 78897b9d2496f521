"""Factories of the functions that put an exited path on the boundary: see `pdeopt.kernels.exits`.

`landed(t, x, y, h, fraction, face, args, region, work)` returns the place of exit in a step from x to y, for arrays it
writes it to y.
"""

from collections.abc import Callable
from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._points import as_point, with_item
from pdeopt.kernels.vectors import dot, flat, minus, plus_times

Function = Callable[..., Any]


def on_face(
    _t: float, x: Any, y: Any, _h: float, fraction: float, face: int, _args: Arguments, region: Any, _work: FloatArray
) -> Any:
    """Return the place on a face of a box, in other coordinates on the straight line."""
    place, lower, upper = flat(plus_times(x, fraction, minus(y, x))), region[0], region[1]
    for k in range(len(place)):
        place = with_item(place, k, min(max(place[k], lower[k]), upper[k]))
    k = face >> 1
    return as_point(x, with_item(place, k, upper[k] if face & 1 else lower[k]))


def on_array_face(
    _t: float,
    x: FloatArray,
    y: FloatArray,
    _h: float,
    fraction: float,
    face: int,
    _args: Arguments,
    region: Any,
    _work: FloatArray,
) -> None:
    """Write the same."""
    lower, upper = region
    for k in range(len(x)):
        y[k] = min(max(x[k] + fraction * (y[k] - x[k]), lower[k]), upper[k])
    k = face >> 1
    y[k] = upper[k] if face & 1 else lower[k]


def on_line(
    _t: float, x: Any, y: Any, _h: float, fraction: float, _face: int, _args: Arguments, _region: Any, _work: FloatArray
) -> Any:
    """Return the place on the straight line."""
    return plus_times(x, fraction, minus(y, x))


def on_array_line(
    _t: float,
    x: FloatArray,
    y: FloatArray,
    _h: float,
    fraction: float,
    _face: int,
    _args: Arguments,
    _region: Any,
    _work: FloatArray,
) -> None:
    """Write the same."""
    for k in range(len(x)):
        y[k] = x[k] + fraction * (y[k] - x[k])


def at_state(
    _t: float,
    _x: Any,
    y: Any,
    _h: float,
    _fraction: float,
    _face: int,
    _args: Arguments,
    _region: Any,
    _work: FloatArray,
) -> Any:
    """Return the state at the end of the step; as an array it is left as it is."""
    return y


def on_level(level: Function, gradient: Function) -> Function:
    """Return `landed` of a level: from the straight line by a step of Newton along the gradient."""

    def landed(
        t: float,
        x: Any,
        y: Any,
        h: float,
        fraction: float,
        _face: int,
        args: Arguments,
        _region: Any,
        _work: FloatArray,
    ) -> Any:
        place, when = plus_times(x, fraction, minus(y, x)), t + fraction * h
        g = gradient(when, place, *args)
        return plus_times(place, -level(when, place, *args) / dot(g, g), g)

    return landed


def on_array_level(level: Function, gradient_of: Function) -> Function:
    """Return the same for arrays; `gradient_of(t, x, args, work)` returns the gradient."""

    def landed(
        t: float,
        x: FloatArray,
        y: FloatArray,
        h: float,
        fraction: float,
        _face: int,
        args: Arguments,
        _region: Any,
        work: FloatArray,
    ) -> None:
        when = t + fraction * h
        for k in range(len(x)):
            y[k] = x[k] + fraction * (y[k] - x[k])
        g = gradient_of(when, y, args, work)
        square = 0.0
        for k in range(len(x)):
            square += g[k] * g[k]
        factor = level(when, y, *args) / square
        for k in range(len(x)):
            y[k] -= factor * g[k]

    return landed
