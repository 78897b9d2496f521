"""Rates of slow and fast variables of two-scale systems, and the drifts made of them.

Rates are functions ``(z, args)`` of the state z = (x, y), a tuple, that return the tuple (dx, dy) per unit of their own
clocks; above eight components ``(z, out, args)`` on arrays.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE, coordinates, from_row, pattern_of, with_item
from pdeopt.systems.compilation import Function, compiled, returning_floats, with_floats
from pdeopt.systems.forces import position_gradient


@lru_cache(maxsize=256)
def block_of(dim: int) -> Function:
    """Make a function ``(z, start)`` that takes `dim` entries of a tuple: a float, or a tuple."""
    zeros = (0.0,) * dim

    def number(z: Any, start: int) -> float:
        return float(z[start])

    def point(z: Any, start: int) -> Any:
        out = zeros
        for i in range(dim):
            out = with_item(out, i, z[start + i])
        return out

    return compiled(number if dim == 1 else point)


@lru_cache(maxsize=256)
def slopes_of(gradient: Function) -> Function:
    """Make a function ``(point, args)`` that returns the gradient as a tuple."""

    def slopes(point: Any, args: Any) -> Any:
        return coordinates(gradient(point, *args))

    return compiled(slopes)


@lru_cache(maxsize=256)
def entropy_rates(gradient: Function, dim: int) -> Function:
    """Make -(x - y)/t and -(grad f(y) - (x - y)/t) of z = (x, y), for args (t, ...)."""
    block, slopes, fill = block_of(dim), slopes_of(gradient), position_gradient(gradient, dim)

    def point(z: Any, args: Any) -> Any:
        g, out = slopes(block(z, dim), args[1:]), z
        for i in range(dim):
            pull = (z[i] - z[dim + i]) / args[0]
            out = with_item(with_item(out, i, -pull), dim + i, pull - g[i])
        return out

    def array(z: FloatArray, out: FloatArray, args: Any) -> None:
        fill(z[dim:], out[dim:], args[1:])
        for i in range(dim):
            pull = (z[i] - z[dim + i]) / args[0]
            out[i] = -pull
            out[dim + i] = pull - out[dim + i]

    return compiled(point if 2 * dim <= LARGEST_TUPLE else array)


@lru_cache(maxsize=256)
def displaced_rates(gradient: Function, dim: int, feedback: float) -> Function:
    """Make -g and feedback * g - z/t with g = grad f(x - z), for args (t, ...): 1 feeds the force back, 0 does not."""
    block, slopes, fill = block_of(dim), slopes_of(gradient), position_gradient(gradient, dim)

    def point(z: Any, args: Any) -> Any:
        place = z
        for i in range(dim):
            place = with_item(place, i, z[i] - z[dim + i])
        g, out = slopes(block(place, 0), args[1:]), z
        for i in range(dim):
            out = with_item(with_item(out, i, -g[i]), dim + i, feedback * g[i] - z[dim + i] / args[0])
        return out

    def array(z: FloatArray, out: FloatArray, args: Any) -> None:
        for i in range(dim):
            out[i] = z[i] - z[dim + i]
        fill(out[:dim], out[dim:], args[1:])
        for i in range(dim):
            g = out[dim + i]
            out[i] = -g
            out[dim + i] = feedback * g - z[dim + i] / args[0]

    return compiled(point if 2 * dim <= LARGEST_TUPLE else array)


@lru_cache(maxsize=256)
def elastic_rates(gradient: Function, dim: int, count: int, to_mean: bool) -> Function:
    """Make -(x - mean y)/t and -(grad f(y_k) + (y_k - c)/t), c = x or the mean of y, for args (t, ...)."""
    block, slopes, fill = block_of(dim), slopes_of(gradient), position_gradient(gradient, dim)
    share = 1.0 / count

    def point(z: Any, args: Any) -> Any:
        out = z
        for i in range(dim):
            mean = 0.0
            for k in range(1, count + 1):
                mean += share * z[k * dim + i]
            out = with_item(out, i, mean)
        centre = out if to_mean else z
        for k in range(1, count + 1):
            g = slopes(block(z, k * dim), args[1:])
            for i in range(dim):
                out = with_item(out, k * dim + i, (centre[i] - z[k * dim + i]) / args[0] - g[i])
        for i in range(dim):
            out = with_item(out, i, (out[i] - z[i]) / args[0])
        return out

    def array(z: FloatArray, out: FloatArray, args: Any) -> None:
        for i in range(dim):
            out[i] = 0.0
            for k in range(1, count + 1):
                out[i] += share * z[k * dim + i]
        centre = out if to_mean else z
        for k in range(1, count + 1):
            fill(z[k * dim : (k + 1) * dim], out[k * dim : (k + 1) * dim], args[1:])
            for i in range(dim):
                out[k * dim + i] = (centre[i] - z[k * dim + i]) / args[0] - out[k * dim + i]
        for i in range(dim):
            out[i] = (out[i] - z[i]) / args[0]

    return compiled(point if (1 + count) * dim <= LARGEST_TUPLE else array)


@lru_cache(maxsize=256)
def filling(function: Function, n_slow: int, n_fast: int, n_out: int) -> Function:
    """Make a function ``(z, out, args)`` of a user's function of (x, y, ``*args``), which fills above eight results."""
    x_form, y_form, inner = pattern_of(n_slow), pattern_of(n_fast), compiled(function)

    def fill(z: FloatArray, out: FloatArray, args: Any) -> None:
        given = coordinates(inner(from_row(z[:n_slow], x_form), from_row(z[n_slow:], y_form), *args))
        for i in range(n_out):
            out[i] = given[i]

    def fill_array(z: FloatArray, out: FloatArray, args: Any) -> None:
        inner(from_row(z[:n_slow], x_form), from_row(z[n_slow:], y_form), *args, out)

    return compiled(fill if n_out <= LARGEST_TUPLE else fill_array)


@lru_cache(maxsize=256)
def returning(function: Function, n_slow: int, n_fast: int) -> Function:
    """Make a function ``(z, args)`` that returns the tuple of a user's function of (x, y, ``*args``)."""
    x_of, y_of, floats = block_of(n_slow), block_of(n_fast), with_floats(function)

    def tupled(z: Any, args: Any) -> Any:
        return coordinates(floats(x_of(z, 0), y_of(z, n_slow), *args))

    return compiled(tupled)


@lru_cache(maxsize=256)
def given_rates(slow: Function, fast: Function, n_slow: int, n_fast: int) -> Function:
    """Make rates of two functions of (x, y, ``*args``)."""
    if n_slow + n_fast <= LARGEST_TUPLE:
        h, g = returning(slow, n_slow, n_fast), returning(fast, n_slow, n_fast)

        def point(z: Any, args: Any) -> Any:
            return h(z, args) + g(z, args)

        return compiled(point)
    fill_h, fill_g = filling(slow, n_slow, n_fast, n_slow), filling(fast, n_slow, n_fast, n_fast)

    def array(z: FloatArray, out: FloatArray, args: Any) -> None:
        fill_h(z, out[:n_slow], args)
        fill_g(z, out[n_slow:], args)

    return compiled(array)


@lru_cache(maxsize=256)
def with_centred(rates: Function, centred: Function, n_slow: int, n_fast: int) -> Function:
    """Make rates whose slow part is ``h + centred / sqrt(args[0])``, for args (epsilon, ...)."""
    if n_slow + n_fast <= LARGEST_TUPLE:
        kick = returning(centred, n_slow, n_fast)

        def point(z: Any, args: Any) -> Any:
            out, push = rates(z, args[1:]), kick(z, args[1:])
            for i in range(n_slow):
                out = with_item(out, i, out[i] + push[i] / np.sqrt(args[0]))
            return out

        return compiled(point)
    fill = filling(centred, n_slow, n_fast, n_slow)

    def array(z: FloatArray, out: FloatArray, args: Any) -> None:
        push = np.empty(n_slow)
        fill(z, push, args[1:])
        rates(z, out, args[1:])
        for i in range(n_slow):
            out[i] += push[i] / np.sqrt(args[0])

    return compiled(array)


def _with_epsilon(epsilon: float, args: Any) -> Any:
    return (epsilon, *args)


def _alone(epsilon: float, args: Any) -> Any:
    return args


@lru_cache(maxsize=256)
def drift_of(rates: Function, n_slow: int, n_fast: int, centred: bool) -> Function:
    """Make the drift (h, g/epsilon), a function of ``(t, z, slow_sigma, sigma, epsilon, *args)``."""
    n, parameters = n_slow + n_fast, compiled(_with_epsilon if centred else _alone)

    def point(t: float, z: Any, slow_sigma: float, sigma: float, epsilon: float, *args: Any) -> Any:
        out = rates(z, parameters(epsilon, args))
        for i in range(n_slow, n):
            out = with_item(out, i, out[i] / epsilon)
        return out

    def array(t: float, z: FloatArray, slow_sigma: float, sigma: float, epsilon: float, *rest: Any) -> None:
        out = rest[-1]
        rates(z, out, parameters(epsilon, rest[:-1]))
        for i in range(n_slow, n):
            out[i] /= epsilon

    return returning_floats(point if n <= LARGEST_TUPLE else array)


@lru_cache(maxsize=256)
def diffusion_of(n_slow: int, n_fast: int) -> Function:
    """Make the diffusion (slow_sigma, sigma / sqrt(epsilon))."""
    n = n_slow + n_fast
    ones = (1.0,) * n

    def point(t: float, z: Any, slow_sigma: float, sigma: float, epsilon: float, *args: Any) -> Any:
        out = ones
        for i in range(n):
            out = with_item(out, i, slow_sigma if i < n_slow else sigma / np.sqrt(epsilon))
        return out

    def array(t: float, z: FloatArray, slow_sigma: float, sigma: float, epsilon: float, *rest: Any) -> None:
        out = rest[-1]
        for i in range(n):
            out[i] = slow_sigma if i < n_slow else sigma / np.sqrt(epsilon)

    return returning_floats(point if n <= LARGEST_TUPLE else array)
