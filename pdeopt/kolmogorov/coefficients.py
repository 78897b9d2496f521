"""Drift, diffusion matrix and other fields of an equation, sampled at points."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from pdeopt._types import Arguments, ArrayLike, FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE, from_row, pattern_of
from pdeopt.kernels._specialise import interpreted, specialised
from pdeopt.kernels.kolmogorov import samples
from pdeopt.landscapes import Landscape
from pdeopt.systems import SDE, OverdampedLangevin

__all__ = ["as_numbers", "sampled", "sampled_columns", "sampled_covariance", "sampled_drift"]

INTERPRETED = 20_000
"""Points up to which a Python loop takes less time than compiling one."""

STEP = 6.055454452393343e-06
"""Relative step of central differences, the cube root of the machine epsilon."""

Write = Callable[[FloatArray, Any], None]


def sampled_drift(system: SDE, points: FloatArray, time: float, often: bool = False) -> FloatArray:
    """Return the drift in the sense of Ito at points of shape (..., d), of the same shape."""
    if isinstance(system, OverdampedLangevin):
        return -system.landscape.gradient_at(points)
    ito = system.as_ito()
    write = samples.write_number if system.dim == 1 else samples.write_vector
    return sampled("drift", ito.compiled_drift, system.args, points, time, (system.dim,), write, often)


def sampled_covariance(system: SDE, points: FloatArray, time: float, often: bool = False) -> FloatArray:
    """Return a = sigma sigma^T at points of shape (..., d), shape (..., d, d)."""
    d = system.dim
    if isinstance(system, OverdampedLangevin):
        return np.broadcast_to(2.0 / system.beta * np.eye(d), (*points.shape, d)).copy()
    columns = sampled_columns(system, points, time, often)
    return np.asarray(columns @ np.swapaxes(columns, -1, -2))


def sampled_columns(system: SDE, points: FloatArray, time: float, often: bool = False) -> FloatArray:
    """Return sigma at points of shape (..., d), a column for each Brownian motion."""
    shape, write = _layout(system)
    sigma = sampled("diffusion", system.compiled_diffusion, system.args, points, time, shape, write, often)
    if system.diffusion_form == "vector":
        return np.asarray(sigma[..., None] * np.eye(system.dim))
    return sigma[..., None] if system.diffusion_form == "scalar" else sigma


def divergence_of_covariance(system: SDE, points: FloatArray, time: float, often: bool = False) -> FloatArray:
    """Return sum_j d a_ij / d x_j at points of shape (..., d), by central differences."""
    total = np.zeros(points.shape)
    for j in range(system.dim):
        shift = np.zeros(points.shape)
        shift[..., j] = STEP * np.maximum(1.0, np.abs(points[..., j]))
        ahead, behind = (sampled_covariance(system, points + s * shift, time, often)[..., j] for s in (1.0, -1.0))
        total += (ahead - behind) / (2.0 * shift[..., j, None])
    return total


def _layout(system: SDE) -> tuple[tuple[int, ...], Write]:
    if system.diffusion_form != "rows":
        return (system.dim,), samples.write_number if system.dim == 1 else samples.write_vector
    if system.dim == 1:
        return (1, system.n_brownian), samples.write_vector
    return (system.dim, system.n_brownian), samples.write_rows


def matrix_layout(dim: int) -> tuple[tuple[int, ...], Write]:
    """Return how a diffusion matrix is laid out as the result of a callback."""
    return ((1,), samples.write_number) if dim == 1 else ((dim, dim), samples.write_rows)


def sampled(
    name: str,
    function: Callable[..., Any],
    args: Arguments,
    points: FloatArray,
    time: float,
    shape: tuple[int, ...],
    write: Write,
    often: bool = False,
) -> FloatArray:
    """Return a function of ``(t, x, *args)`` at points of shape (..., d), each result of the given shape.

    Compiled where there are many points, or they are looked at `often`.

    Raises
    ------
    ValueError
        If it fails or is not finite somewhere; the message says where.
    """
    rows = np.ascontiguousarray(points).reshape(-1, points.shape[-1])
    out = np.empty((len(rows), int(np.prod(shape))))
    few = (len(rows) <= INTERPRETED and not often) or rows.shape[1] > LARGEST_TUPLE
    with np.errstate(all="ignore"):
        (_interpreted if few else _compiled)(name, function, write)(time, rows, args, out)
    if not (finite := np.isfinite(out).all(axis=1)).all():
        where = rows[int(np.argmin(finite))]
        raise ValueError(
            f"{name} is {out[int(np.argmin(finite))]} at t={time:g}, x={where}, which is not finite. Use a grid that "
            "leaves this point out, or guard the function there, e.g. by max(x, 0.0) under a root."
        )
    return out.reshape(points.shape[:-1] + shape)


def _compiled(name: str, function: Callable[..., Any], write: Write) -> Callable[..., None]:
    def run(time: float, rows: FloatArray, args: Arguments, out: FloatArray) -> None:
        try:
            _loop(function, write, rows.shape[1])(time, rows, args, out)
        except NumbaError:
            # What Python evaluates and Numba does not is slower, not wrong.
            _interpreted(name, function, write)(time, rows, args, out)

    return run


@lru_cache(maxsize=256)
def _loop(function: Callable[..., Any], write: Write, dim: int) -> Callable[..., None]:
    # To find a loop by the content of its function takes milliseconds.
    return specialised(samples.sample, POINT=pattern_of(dim), coefficient=function, write=write)


def _interpreted(name: str, function: Callable[..., Any], write: Write) -> Callable[..., None]:
    plain = interpreted(function)

    def run(time: float, rows: FloatArray, args: Arguments, out: FloatArray) -> None:
        pattern = pattern_of(rows.shape[1])
        for row, into in zip(rows, out, strict=True):
            try:
                value = plain(time, from_row(row, pattern), *args)
            except (ArithmeticError, ValueError) as error:
                raise ValueError(
                    f"{name} fails at t={time:g}, x={row}: {error}. Use a grid that leaves this point out, or guard "
                    "the function there, e.g. by max(x, 0.0) under a root."
                ) from error
            try:
                write(into, value)
            except (TypeError, ValueError, IndexError) as error:
                wanted = "a number" if into.size == 1 else f"{into.size} numbers, as a tuple"
                raise TypeError(f"{name} returns {value!r} at t={time:g}, x={row}: it must return {wanted}.") from error

    return run


def field_on(
    field: float | Callable[..., Any] | Landscape | ArrayLike,
    name: str,
    points: FloatArray,
    time: float,
    args: Arguments,
    often: bool = False,
) -> FloatArray:
    """Return a number, landscape, function of ``(t, x, *args)`` or array of values at points of shape (*shape, d)."""
    if isinstance(field, Landscape):
        return np.asarray(field(points))
    if callable(field):
        return sampled(name, field, args, points, time, (), samples.write_number, often)
    values = as_numbers(field, name)
    if values.ndim and values.shape != points.shape[:-1]:
        raise ValueError(
            f"{name} has shape {values.shape}, but the grid has shape {points.shape[:-1]}. Use values at its nodes, "
            f"a number, or a function of (t, x)."
        )
    return np.broadcast_to(values, points.shape[:-1]).astype(float)


def as_numbers(value: Any, name: str) -> FloatArray:
    """Return numbers as an array, or say that they are none."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name}={value!r} is neither a number, nor an array of them, nor a function.") from None
