"""Factories of the functions that `pdeopt.kernels.exits` and `array_exits` call, for boxes and for levels.

They serve floats, tuples and arrays alike. `sigma_of(t, x, args, work)` returns the diffusion, a sequence with an entry
or a row for every coordinate; `variance(sigma, k)` makes of it the variance of coordinate k per unit of time.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._points import coordinates
from pdeopt.kernels.bridges import REACH, passage
from pdeopt.kernels.random import uniform

Function = Callable[..., Any]
UNIFORM_DRAW = 65535
"""Number of the draw that decides about the bridge of a step, above those of schemes."""


def no_sigma(_t: float, x: Any, _args: Arguments, _work: FloatArray) -> Any:
    """Return anything: where no bridge is tested the diffusion does not matter."""
    return coordinates(x)


def tuple_sigma(diffusion: Function) -> Function:
    """Return `sigma_of` for a diffusion that returns a float or a tuple."""

    def sigma_of(t: float, x: Any, args: Arguments, _work: FloatArray) -> Any:
        return coordinates(diffusion(t, x, *args))

    return sigma_of


def row_sigma(diffusion: Function) -> Function:
    """Return `sigma_of` for one coordinate with several Brownian motions: a tuple of one row."""

    def sigma_of(t: float, x: Any, args: Arguments, _work: FloatArray) -> Any:
        return (diffusion(t, x, *args),)

    return sigma_of


def array_sigma(diffusion: Function, dim: int, n_columns: int) -> Function:
    """Return `sigma_of` for a diffusion that fills an array, with columns unless `n_columns` is 0."""

    def vector(t: float, x: FloatArray, args: Arguments, work: FloatArray) -> FloatArray:
        out = work[:dim]
        diffusion(t, x, *(args + (out,)))  # noqa: RUF005 - Numba unpacks one tuple only
        return out

    def matrix(t: float, x: FloatArray, args: Arguments, work: FloatArray) -> FloatArray:
        out = work[: dim * n_columns].reshape((dim, n_columns))
        diffusion(t, x, *(args + (out,)))  # noqa: RUF005
        return out

    return matrix if n_columns else vector


def no_variance(_sigma: Any, _k: int) -> float:
    """Return the variance of a path that is straight between the ends of steps."""
    return 0.0


def entry_variance(sigma: Any, k: int) -> float:
    """Return the variance of coordinate k of a diffusion that is a vector."""
    return float(sigma[k] * sigma[k])


def row_variance(sigma: Any, k: int) -> float:
    """Return the variance of coordinate k of a diffusion that is a matrix."""
    total = 0.0
    for j in range(len(sigma[k])):
        total += sigma[k][j] * sigma[k][j]
    return total


def straight_variance(_sigma: Any, _g: Any) -> float:
    """Return the variance of a level where no bridge is tested."""
    return 0.0


def entry_level_variance(sigma: Any, g: Any) -> float:
    """Return the variance along a gradient of independent coordinates."""
    total = 0.0
    for k in range(len(g)):
        total += (sigma[k] * g[k]) ** 2
    return total


def scalar_level_variance(sigma: Any, g: Any) -> float:
    """Return the variance along a gradient where one Brownian motion moves all coordinates."""
    total = 0.0
    for k in range(len(g)):
        total += sigma[k] * g[k]
    return total * total


def row_level_variance(sigma: Any, g: Any) -> float:
    """Return the variance along a gradient of a diffusion that is a matrix."""
    total = 0.0
    for j in range(len(sigma[0])):
        along = 0.0
        for k in range(len(g)):
            along += sigma[k][j] * g[k]
        total += along * along
    return total


def box_functions(sigma_of: Function, variance: Function) -> tuple[Function, Function]:
    """Return `margin` and `crossing` of a box; a region is its lower and upper corner.

    Face `2 k` is the lower one of axis `k`, `2 k + 1` the upper one; coordinates are independent bridges.
    """

    def margin(t: float, x: Any, y: Any, h: float, args: Arguments, region: Any, work: FloatArray) -> float:
        before, after, sigma = coordinates(x), coordinates(y), sigma_of(t, x, args, work)
        lower, upper = region
        least = np.inf
        for k in range(len(before)):
            reach = 0.5 * REACH * h * variance(sigma, k)
            least = min(least, (before[k] - lower[k]) * (after[k] - lower[k]) - reach)
            least = min(least, (upper[k] - before[k]) * (upper[k] - after[k]) - reach)
        return least

    def crossing(
        t: float, x: Any, y: Any, h: float, args: Arguments, region: Any, seed: int, path: int, n: int, work: FloatArray
    ) -> tuple[float, int]:
        before, after, sigma = coordinates(x), coordinates(y), sigma_of(t, x, args, work)
        lower, upper = region
        u = uniform(seed, path, n, UNIFORM_DRAW)
        first, face = np.inf, -1
        for side in range(2 * len(before)):
            k, sign = side >> 1, 2.0 * (side & 1) - 1.0
            wall = upper[k] if side & 1 else lower[k]
            a, b, q = sign * (wall - before[k]), sign * (wall - after[k]), h * variance(sigma, k)
            fraction, u = passage(a, b, q, u, seed, path, n, side)
            if fraction < first:
                first, face = fraction, side
        return first, face

    return margin, crossing


def level_functions(
    level: Function, gradient_of: Function, sigma_of: Function, variance: Function
) -> tuple[Function, Function]:
    """Return `margin` and `crossing` of a level, positive inside, which falls as if the boundary were flat."""

    def margin(t: float, x: Any, y: Any, h: float, args: Arguments, _region: Any, work: FloatArray) -> float:
        a, b = level(t, x, *args), level(t + h, y, *args)
        return float(a * b - 0.5 * REACH * h * along(t, x, args, work))

    def along(t: float, x: Any, args: Arguments, work: FloatArray) -> float:
        g = gradient_of(t, x, args, work)
        return float(variance(sigma_of(t, x, args, work[len(g) :]), g))

    def crossing(
        t: float,
        x: Any,
        y: Any,
        h: float,
        args: Arguments,
        _region: Any,
        seed: int,
        path: int,
        n: int,
        work: FloatArray,
    ) -> tuple[float, int]:
        a, b, q = level(t, x, *args), level(t + h, y, *args), h * along(t, x, args, work)
        fraction, _ = passage(a, b, q, uniform(seed, path, n, UNIFORM_DRAW), seed, path, n, 0)
        return fraction, 0 if fraction < np.inf else -1

    return margin, crossing


def tuple_gradient(gradient: Function) -> Function:
    """Return `gradient_of` for a gradient that returns a float or a tuple."""

    def gradient_of(t: float, x: Any, args: Arguments, _work: FloatArray) -> Any:
        return coordinates(gradient(t, x, *args))

    return gradient_of


def array_gradient(gradient: Function, dim: int) -> Function:
    """Return `gradient_of` for a gradient that fills an array."""

    def gradient_of(t: float, x: FloatArray, args: Arguments, work: FloatArray) -> FloatArray:
        out = work[:dim]
        gradient(t, x, *(args + (out,)))  # noqa: RUF005
        return out

    return gradient_of


def at_end(crossing: Function) -> Function:
    """Return a crossing that takes the end of the step for the time of exit."""

    def crossing_at_end(
        t: float, x: Any, y: Any, h: float, args: Arguments, region: Any, seed: int, path: int, n: int, work: FloatArray
    ) -> tuple[float, int]:
        fraction, face = crossing(t, x, y, h, args, region, seed, path, n, work)
        return 1.0 if face >= 0 else fraction, face

    return crossing_at_end


def on_face(x: Any, y: Any, k: int, fraction: float, face: int, region: Any) -> float:
    """Return coordinate k of the place of exit from a box: on the face, and on the straight line beside it."""
    lower, upper = coordinates(region[0])[k], coordinates(region[1])[k]
    if face >> 1 == k:
        return float(upper if face & 1 else lower)
    before, after = coordinates(x)[k], coordinates(y)[k]
    return float(min(max(before + fraction * (after - before), lower), upper))


def on_line(x: Any, y: Any, k: int, fraction: float, _face: int, _region: Any) -> float:
    """Return coordinate k of the place on the straight line from x to y."""
    before, after = coordinates(x), coordinates(y)
    return float(before[k] + fraction * (after[k] - before[k]))


def at_state(_x: Any, y: Any, k: int, _fraction: float, _face: int, _region: Any) -> float:
    """Return coordinate k of the state at the end of the step."""
    return float(coordinates(y)[k])
