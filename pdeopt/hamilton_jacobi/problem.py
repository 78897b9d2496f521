"""The checked statement of a relaxation: initial data, grid, temperature, boundary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape

__all__ = [
    "BOUNDARIES",
    "METHODS",
    "Boundary",
    "Problem",
    "check_beta",
    "check_scales",
    "check_times",
    "check_values",
    "check_variance",
    "make_problem",
]

BOUNDARIES = ("free", "reflecting")
METHODS = ("cole-hopf", "cell-exact", "hopf-lax")
LARGEST_DIM = 3
LARGEST = 1e150
"""Largest exponent, and ratio of times to the square of lengths: squares of these are still finite."""
WIDEST = 1e5
"""Largest standard deviation of the kernel, in lengths of the grid."""
Boundary: TypeAlias = str | Sequence[str]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is relaxed: a landscape or values on a grid, between given boundaries, at one inverse temperature.

    Parameters
    ----------
    landscape : Landscape or None
        None where only the values on the grid are known.
    initial : array, shape ``grid.shape``
        The landscape on the grid.
    beta : float
        Positive, or ``inf``.
    boundary : tuple of str
        One of ``"free"``, ``"reflecting"``, ``"periodic"`` per axis.
    method : str, optional
        As the caller wrote it.
    threads : int
        At least one.
    """

    landscape: Landscape | None
    initial: FloatArray
    grid: Grid
    beta: float
    boundary: tuple[str, ...]
    method: str | None = None
    threads: int = 1

    @property
    def is_sampled(self) -> bool:
        """Whether only the values on the grid are known."""
        return self.landscape is None


def check_values(values: FloatArray, origin: str) -> None:
    """Raise ValueError at NaN, -inf, or where there is no finite value; `origin` names the values."""
    # One pass in the common case: the minimum is NaN or infinite wherever there is something to say.
    if np.isfinite(values.min()):
        return
    bad = np.isnan(values) | (values == -np.inf)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(
            f"{origin} is {values[place]} at index {place} ({int(bad.sum())} such values); values must be numbers or "
            f"+inf (a wall). Use np.nan_to_num(values, nan=np.inf) to make walls of them."
        )
    if np.isinf(values).all():
        raise ValueError(f"{origin} is +inf everywhere on the grid; at least one value must be finite.")


def _initial(f: Landscape | ArrayLike, grid: Grid) -> tuple[Landscape | None, FloatArray]:
    """Return the landscape, None if only samples are known, and its checked values on the grid."""
    if isinstance(f, Landscape):
        if f.dim != grid.dim:
            raise ValueError(f"f has dim={f.dim}, the grid has {grid.dim} axes. Use a grid with {f.dim} axes.")
        values = np.asarray(f.on(grid), dtype=float)
        check_values(values, f"f on the grid ({f.name or 'landscape'})")
        # Samples on the very grid are relaxed as the array they came from.
        known = f.is_sampled and f.grid == grid
        return (None if known else f), values
    if callable(f):
        raise TypeError(f"f={f!r} is a bare function; wrap it: pdeopt.Landscape(f, dim={grid.dim}).")
    values = _real_array(f)
    if values.shape != grid.shape and values.ndim == 0:
        raise ValueError(f"f={f!r} is no array; use an array of the grid's shape {grid.shape}, or a Landscape.")
    if values.shape != grid.shape:
        raise ValueError(
            f"f has shape {values.shape}, the grid {grid.shape}. Use Grid(lower, upper, shape={values.shape})."
        )
    check_values(values, "f")
    return None, values


def _real_array(f: ArrayLike) -> FloatArray:
    """Return values as an array of floats."""
    if isinstance(f, str):
        raise TypeError(f"f={f!r} is a string; use pdeopt.landscapes.get({f!r}), or numpy.load for a file.")
    if isinstance(f, np.ma.MaskedArray):
        raise TypeError("f is a masked array; use f.filled(numpy.inf) to make walls of the masked entries.")
    try:
        values = np.asarray(f)
        if np.iscomplexobj(values):
            raise TypeError
        return values.astype(float, copy=False)
    except (TypeError, ValueError):
        raise TypeError("f is no array of real numbers; use numpy.asarray(f, dtype=float), or a Landscape.") from None


def _number(value: object, name: str, example: float) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"{name}={value!r} is not a number; use {name}={example}.") from None


def _boundaries(boundary: Boundary, grid: Grid) -> tuple[str, ...]:
    """Return one boundary per axis; periodic axes of the grid are periodic whatever was said."""
    if not isinstance(boundary, str | Sequence):
        raise TypeError(f"boundary={boundary!r} is no name; use 'free' or 'reflecting', or one of them per axis.")
    given = (boundary,) * grid.dim if isinstance(boundary, str) else tuple(boundary)
    if len(given) != grid.dim:
        raise ValueError(
            f"boundary={boundary!r} has {len(given)} entries for {grid.dim} axes; use one name or one per axis."
        )
    for name in given:
        if name == "periodic" and not all(grid.periodic):
            raise ValueError("boundary='periodic' is a property of the grid; use Grid(..., periodic=True).")
        if name not in (*BOUNDARIES, "periodic"):
            raise ValueError(
                f"boundary={name!r} is unknown; use 'free' or 'reflecting' (periodic axes come from the grid)."
            )
    return tuple("periodic" if closed else name for name, closed in zip(given, grid.periodic, strict=True))


def check_beta(beta: float) -> float:
    """Return a valid inverse temperature."""
    value = _number(beta, "beta", 1.0)
    if not value > 0:
        raise ValueError(f"beta={beta} must be positive; use beta=1.0, or beta=np.inf for the Hopf-Lax limit.")
    return value


def check_times(time: float | Sequence[float] | FloatArray) -> tuple[FloatArray, bool]:
    """Return times as an array and whether one number was given.

    Raises
    ------
    ValueError
        If a time is negative or not finite, or there is none.
    """
    try:
        times = np.asarray([] if time is None else time, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(
            f"time={time!r} is not a number or a sequence of numbers; use time=0.5 or [0.1, 1.0]."
        ) from None
    if times.ndim > 1 or times.size == 0:
        raise ValueError(f"time has shape {times.shape}; use a number or a sequence of numbers, e.g. time=[0.1, 1.0].")
    bad = ~(np.isfinite(times) & (times >= 0))
    if bad.any():
        raise ValueError(
            f"time={times[bad].flat[0]} must be finite and not negative; use time=0.5 (length^2 per unit of loss)."
        )
    return np.atleast_1d(times), times.ndim == 0


def check_variance(variance: float) -> float:
    """Return a valid variance of the heat kernel."""
    value = _number(variance, "variance", 0.5)
    if not (np.isfinite(value) and value >= 0):
        raise ValueError(f"variance={variance} must be finite and not negative; use variance=0.5 (length^2).")
    return value


def check_scales(problem: Problem, time: float) -> None:
    """Raise ValueError where exponents or the width of the kernel leave the range of floating-point numbers.

    `time` is positive.
    """
    values, length = problem.initial, float(np.max(problem.grid.extent))
    finite = values[np.isfinite(values)]
    # In Python's floats: a product that overflows is infinite, without a warning.
    top = max(abs(float(finite.max())), abs(float(finite.min())))
    if not top * (problem.beta if np.isfinite(problem.beta) else 1.0) < LARGEST:
        raise ValueError(
            f"f reaches {top:.3g}, which with beta={problem.beta:g} is above the limit beta * |f| < {LARGEST:g}. "
            f"Count the loss in a larger unit, e.g. f / {top:.1g}."
        )
    shortest, longest = length**2 / LARGEST, length**2 * LARGEST
    low, high = shortest, longest
    if np.isfinite(problem.beta):
        low, high = max(low, length**2 * problem.beta / LARGEST), WIDEST**2 * length**2 * problem.beta
    if low > high:
        raise ValueError(f"beta={problem.beta:g} is out of range; use beta >= 1e-100 (or smooth), or beta=np.inf.")
    if not low <= time <= high:
        raise ValueError(
            f"time={time:g} with beta={problem.beta:g} is out of range on a grid of length {length:g}: use a time from "
            f"{low:.3g} to {high:.3g}, or time=0 for f itself."
        )


def make_problem(
    f: Landscape | ArrayLike,
    grid: Grid,
    beta: float,
    boundary: Boundary,
    method: str | None,
    threads: int,
) -> Problem:
    """Return the checked problem.

    Parameters are those of `pdeopt.relax`; samples given on the very grid count as an array.

    Raises
    ------
    TypeError
        If `grid` is not a Grid or `f` a bare function.
    ValueError
        If an argument is out of range; the message names it, its value and one that works.
    """
    if not isinstance(grid, Grid):
        raise TypeError(f"grid={grid!r} is not a Grid; use pdeopt.Grid(lower, upper, shape).")
    if grid.dim > LARGEST_DIM:
        raise ValueError(
            f"grid has {grid.dim} axes, the limit is {LARGEST_DIM}; use pdeopt.landscapes with closed forms above."
        )
    beta = check_beta(beta)
    if method is not None and method not in METHODS:
        raise ValueError(f"method={method!r} is unknown; use None or one of {', '.join(map(repr, METHODS))}.")
    if method is not None and (method == "hopf-lax") != np.isinf(beta):
        raise ValueError(
            f"method={method!r} does not fit beta={beta}; 'hopf-lax' is for beta=inf, the others for finite beta."
        )
    if not isinstance(threads, int | np.integer):
        raise TypeError(f"threads={threads!r} is no whole number; use threads=2, or threads=None for all cores.")
    if threads < 1:
        raise ValueError(f"threads={threads} must be at least 1; use threads=None for all cores.")
    landscape, initial = _initial(f, grid)
    return Problem(landscape, initial, grid, beta, _boundaries(boundary, grid), method, threads)
