"""Values and gradients of a landscape as dispatchers, and the drifts made of them.

One compilation serves all parameters: they travel in ``args``, first those of the dynamics, then the landscape's.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE, from_row, pattern_of, with_item
from pdeopt.landscapes import Landscape, numerical, transforms
from pdeopt.systems.compilation import Function, compiled, is_compiled, returning_floats, with_floats


def compiled_functions(f: Landscape) -> tuple[Function, Function]:
    """Return value and gradient of a landscape as dispatchers of ``(x, *args)``; its gradient may be numerical."""
    if f.source is not None:
        value, gradient = compiled_functions(f.source)
        return transforms.value_function(value, f.dim), transforms.gradient_function(gradient, f.dim)
    value = compiled(f.value)
    if numerical.is_numerical(f.gradient) and not is_compiled(f.gradient):
        return value, numerical.gradient_function(value, f.dim, f.step)
    return value, compiled(f.gradient)


def point_gradient(f: Landscape) -> Function:
    """Return the gradient as a dispatcher: of ``(x, *args)``, or of ``(x, *args, out)`` above eight dimensions."""
    gradient = compiled_functions(f)[1]
    return with_floats(gradient) if f.dim <= LARGEST_TUPLE else _filling(gradient)


@lru_cache(maxsize=256)
def _filling(gradient: Function) -> Function:
    def fill(x: FloatArray, *rest: Any) -> None:
        out = rest[-1]
        slopes = gradient(x, *rest[:-1])
        # A loop: assigning to a slice takes seconds to compile.
        for i in range(len(out)):
            out[i] = slopes[i]

    return compiled(fill)


@lru_cache(maxsize=256)
def overdamped_drift(gradient: Function, dim: int) -> Function:
    """Make the drift -grad f, a function of ``(t, x, beta, *args)``."""

    def number(t: float, x: float, beta: float, *args: Any) -> float:
        slope: float = gradient(x, *args)
        return -slope

    def point(t: float, x: Any, beta: float, *args: Any) -> Any:
        out = gradient(x, *args)
        for i in range(dim):
            out = with_item(out, i, -out[i])
        return out

    def array(t: float, x: FloatArray, beta: float, *rest: Any) -> None:
        out = rest[-1]
        gradient(x, *rest)
        for i in range(dim):
            out[i] = -out[i]

    return returning_floats(number if dim == 1 else point if dim <= LARGEST_TUPLE else array)


@lru_cache(maxsize=256)
def overdamped_diffusion(dim: int) -> Function:
    """Make the diffusion sqrt(2 / beta) of every coordinate, a function of ``(t, x, beta, *args)``."""
    ones = (1.0,) * dim

    def number(t: float, x: float, beta: float, *args: Any) -> float:
        return float(np.sqrt(2.0 / beta))

    def point(t: float, x: Any, beta: float, *args: Any) -> Any:
        out = ones
        for i in range(dim):
            out = with_item(out, i, np.sqrt(2.0 / beta))
        return out

    def array(t: float, x: FloatArray, beta: float, *rest: Any) -> None:
        out = rest[-1]
        for i in range(dim):
            out[i] = np.sqrt(2.0 / beta)

    return returning_floats(number if dim == 1 else point if dim <= LARGEST_TUPLE else array)


@lru_cache(maxsize=256)
def position_gradient(gradient: Function, dim: int) -> Function:
    """Make a function ``(x, out, args)`` that writes the gradient at the first `dim` entries of the array x."""
    pattern = pattern_of(dim)

    def from_number(x: FloatArray, out: FloatArray, args: Any) -> None:
        out[0] = gradient(x[0], *args)

    def from_tuple(x: FloatArray, out: FloatArray, args: Any) -> None:
        slopes = gradient(from_row(x, pattern), *args)
        for i in range(dim):
            out[i] = slopes[i]

    def from_array(x: FloatArray, out: FloatArray, args: Any) -> None:
        gradient(x[:dim], *args, out)

    return compiled(from_number if dim == 1 else from_tuple if dim <= LARGEST_TUPLE else from_array)


@lru_cache(maxsize=256)
def position_of(dim: int) -> Function:
    """Make a function that takes the position, a float or a tuple, from a state that is a tuple."""

    def number(x: Any) -> float:
        return float(x[0])

    def point(x: Any) -> Any:
        return x[:dim]

    return compiled(number if dim == 1 else point)


@lru_cache(maxsize=256)
def slopes_of(gradient: Function, dim: int) -> Function:
    """Make a function ``(x, args)`` that returns the gradient at the position of a state, always a tuple."""
    position = position_of(dim)

    def number(x: Any, args: Any) -> Any:
        return (gradient(position(x), *args),)

    def point(x: Any, args: Any) -> Any:
        return gradient(position(x), *args)

    return compiled(number if dim == 1 else point)


@lru_cache(maxsize=256)
def langevin_drift(gradient: Function, dim: int) -> Function:
    """Make the drift of (q, p), a function of ``(t, x, beta, friction, mass, *args)``."""
    if 2 * dim > LARGEST_TUPLE:
        return _langevin_array_drift(gradient, dim)
    slopes_at = slopes_of(gradient, dim)

    def drift(t: float, x: Any, beta: float, friction: float, mass: float, *args: Any) -> Any:
        slopes = slopes_at(x, args)
        out = x
        for i in range(dim):
            out = with_item(out, i, x[dim + i] / mass)
            out = with_item(out, dim + i, -slopes[i] - friction * x[dim + i])
        return out

    return returning_floats(drift)


def _langevin_array_drift(gradient: Function, dim: int) -> Function:
    fill = position_gradient(gradient, dim)

    def drift(t: float, x: FloatArray, beta: float, friction: float, mass: float, *rest: Any) -> None:
        out = rest[-1]
        fill(x, out[dim:], rest[:-1])
        for i in range(dim):
            out[i] = x[dim + i] / mass
            out[dim + i] = -out[dim + i] - friction * x[dim + i]

    return returning_floats(drift)


@lru_cache(maxsize=256)
def langevin_diffusion(dim: int) -> Function:
    """Make the diffusion (0, sqrt(2 friction mass / beta)) of (q, p)."""
    zeros = (0.0,) * (2 * dim)

    def point(t: float, x: Any, beta: float, friction: float, mass: float, *args: Any) -> Any:
        out = zeros
        for i in range(dim):
            out = with_item(out, dim + i, np.sqrt(2.0 * friction * mass / beta))
        return out

    def array(t: float, x: FloatArray, beta: float, friction: float, mass: float, *rest: Any) -> None:
        out = rest[-1]
        for i in range(dim):
            out[i] = 0.0
            out[dim + i] = np.sqrt(2.0 * friction * mass / beta)

    return returning_floats(point if 2 * dim <= LARGEST_TUPLE else array)


@lru_cache(maxsize=256)
def adaptive_drift(gradient: Function, dim: int) -> Function:
    """Make the drift of (q, p, xi), a function of ``(t, x, beta, amplitude, coupling, mass, *args)``."""
    if 2 * dim + 1 > LARGEST_TUPLE:
        return _adaptive_array_drift(gradient, dim)
    slopes_at = slopes_of(gradient, dim)

    def drift(t: float, x: Any, beta: float, amplitude: float, coupling: float, mass: float, *args: Any) -> Any:
        slopes = slopes_at(x, args)
        out = x
        excess = -dim / beta
        for i in range(dim):
            p = x[dim + i]
            excess += p * p / mass
            out = with_item(out, i, p / mass)
            out = with_item(out, dim + i, -slopes[i] - x[2 * dim] * p)
        return with_item(out, 2 * dim, coupling * excess)

    return returning_floats(drift)


def _adaptive_array_drift(gradient: Function, dim: int) -> Function:
    fill = position_gradient(gradient, dim)

    def drift(t: float, x: FloatArray, beta: float, amplitude: float, coupling: float, mass: float, *rest: Any) -> None:
        out = rest[-1]
        fill(x, out[dim : 2 * dim], rest[:-1])
        excess = -dim / beta
        for i in range(dim):
            p = x[dim + i]
            excess += p * p / mass
            out[i] = p / mass
            out[dim + i] = -out[dim + i] - x[2 * dim] * p
        out[2 * dim] = coupling * excess

    return returning_floats(drift)


@lru_cache(maxsize=256)
def adaptive_diffusion(dim: int) -> Function:
    """Make the diffusion (0, amplitude, 0) of (q, p, xi)."""
    zeros = (0.0,) * (2 * dim + 1)

    def point(t: float, x: Any, beta: float, amplitude: float, coupling: float, mass: float, *args: Any) -> Any:
        out = zeros
        for i in range(dim):
            out = with_item(out, dim + i, amplitude)
        return out

    def array(t: float, x: FloatArray, beta: float, amplitude: float, coupling: float, mass: float, *rest: Any) -> None:
        out = rest[-1]
        out[2 * dim] = 0.0
        for i in range(dim):
            out[i] = 0.0
            out[dim + i] = amplitude

    return returning_floats(point if 2 * dim + 1 <= LARGEST_TUPLE else array)
