"""What control problems accept, with messages that say the fix."""

from reprlib import repr as shortened
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape
from pdeopt.systems.validation import checked_positive

__all__ = [
    "checked_beta",
    "checked_grid",
    "checked_numbers",
    "checked_points",
    "checked_start",
    "checked_time",
    "checked_values",
]

FEWEST = 4
"""Nodes through which a cubic goes."""

BOUNDARIES = ("free", "reflecting")

COSTS = (
    "costs must be finite. For a wall use a large cost, or a grid that ends there with boundary='reflecting'",
    "0.5, an array of the shape of the grid, a function of a point, or a Landscape",
)
POTENTIALS = (
    "potentials must be finite. For a wall use a large value, or a grid that ends there",
    "a Landscape, an array of the shape of the grid, or a function of time that returns one",
)
DENSITIES = (
    "densities must be finite. Use numbers, 0.0 where there is nothing",
    "a point inside the grid, an array of its shape, or a function of a point",
)
WEIGHTS = ("what is averaged must be finite. Use numbers at all nodes", COSTS[1])
WORDS = {"density": DENSITIES, "initial": DENSITIES, "function": WEIGHTS}
WORDS |= dict.fromkeys(("potential", "landscape", "f"), POTENTIALS)
"""By the names of arguments, what their values must be and what works; others are costs."""


def checked_grid(grid: Any) -> Grid:
    """Return a grid of one to three axes that cubics fit on."""
    if not isinstance(grid, Grid):
        raise TypeError(f"grid={grid!r} is not a Grid. Make one: pdeopt.Grid(-3.0, 3.0, 121).")
    if grid.dim > 3:
        raise ValueError(f"grid has {grid.dim} axes, and control is solved on one to three of them.")
    if min(grid.shape) < FEWEST:
        raise ValueError(f"grid has shape {grid.shape}: every axis needs at least {FEWEST} nodes. Use e.g. 65 of them.")
    return grid


def checked_time(time: Any) -> float:
    """Return a positive horizon."""
    return checked_positive(time, "time", example="1.0")


def checked_beta(beta: Any) -> float:
    """Return a positive and finite inverse temperature."""
    if np.ndim(beta) == 0 and beta == np.inf:
        raise ValueError(
            "beta=inf has no noise, and the linear equation needs some. Use a finite beta, e.g. beta=100.0, or for "
            "f = 0 pdeopt.relax(terminal, grid, time=..., beta=numpy.inf), the Hopf-Lax formula."
        )
    return checked_positive(beta, "beta", example="2.0")


def checked_boundary(boundary: Any) -> str:
    """Return a known boundary."""
    if boundary not in BOUNDARIES:
        raise ValueError(
            f"boundary={boundary!r} is not known: use one of {', '.join(map(repr, BOUNDARIES))}. A periodic axis is a "
            "property of the grid."
        )
    return str(boundary)


def check_landscape(f: Any, dim: int) -> None:
    """Raise unless the landscape fits the grid."""
    if f is None:
        return
    if not isinstance(f, Landscape):
        raise TypeError(
            f"landscape={f!r} is not a Landscape. Make one: pdeopt.Landscape(value, gradient, dim={dim}), or use None "
            "for f = 0."
        )
    if f.dim != dim:
        raise ValueError(
            f"landscape has dim={f.dim}, but the grid has {dim} axes. Use a grid of {f.dim} axes, e.g. "
            f"pdeopt.Grid({(-3.0,) * f.dim}, {(3.0,) * f.dim}, {(65,) * f.dim})."
        )


def checked_numbers(values: Any, name: str) -> FloatArray:
    """Return an array of real numbers of any shape."""
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name}={shortened(values)} is neither a number nor an array of them. Use {WORDS.get(name, COSTS)[1]}."
        )
    return np.asarray(array, dtype=float)


def checked_values(values: ArrayLike, name: str, grid: Grid) -> FloatArray:
    """Return finite numbers at the nodes of a grid."""
    array = checked_numbers(values, name)
    if array.shape != grid.shape:
        raise ValueError(
            f"{name} has shape {array.shape}, but the grid has shape {grid.shape}. Use values at its nodes, a number, "
            "a function of a point, or a Landscape."
        )
    if not np.isfinite(array).all():
        where = np.unravel_index(int(np.argmin(np.isfinite(array))), array.shape)
        raise ValueError(f"{name} is {array[where]} at node {tuple(map(int, where))}: {WORDS.get(name, COSTS)[0]}.")
    return array


def checked_n_times(n_times: Any) -> int:
    """Return a number of times that cubics fit through."""
    if isinstance(n_times, bool) or not isinstance(n_times, int | np.integer) or n_times < FEWEST:
        raise ValueError(f"n_times={n_times!r} must be a whole number of at least {FEWEST}, e.g. n_times=65.")
    return int(n_times)


def checked_levels(levels: Any) -> int:
    """Return a number of grids."""
    if levels not in (1, 2, 3):
        raise ValueError(f"levels={levels!r} must be 1, 2 or 3 grids, e.g. levels=3.")
    return int(levels)


def checked_damping(damping: Any) -> float:
    """Return a share above 0, at most 1."""
    share = checked_positive(damping, "damping", example="0.5")
    if share > 1.0:
        raise ValueError(f"damping={damping!r} is the share of the new law, at most 1. Use e.g. damping=0.5.")
    return share


def checked_discount(discount: Any) -> float:
    """Return a rate of at least 0."""
    return checked_positive(discount, "discount", example="0.1", zero=True)


def checked_n_steps(n_steps: Any) -> int:
    """Return a number of steps."""
    if isinstance(n_steps, bool) or not isinstance(n_steps, int | np.integer) or n_steps < 1:
        raise ValueError(f"n_steps={n_steps!r} must be a whole number of at least 1, e.g. n_steps=50.")
    return int(n_steps)


def checked_points(x: ArrayLike, grid: Grid, name: str = "x") -> FloatArray:
    """Return points of shape (..., d) inside the grid; periodic axes have no outside."""
    points = np.asarray(x, dtype=float)
    if grid.dim == 1 and (points.ndim == 0 or points.shape[-1] != 1):
        points = points[..., None]
    if points.shape[-1:] != (grid.dim,):
        raise ValueError(
            f"{name} has shape {points.shape}, but the grid has {grid.dim} axes: the last axis must hold the "
            f"coordinates, e.g. {grid.lower}."
        )
    outside = ((points < grid.lower) | (points > grid.upper)) & ~np.asarray(grid.periodic)
    if not np.isfinite(points).all() or outside.any():
        bad = points[outside.any(axis=-1) | ~np.isfinite(points).all(axis=-1)][0]
        raise ValueError(
            f"{name} has {bad} outside the grid from {grid.lower} to {grid.upper}. Use points inside, or a larger grid."
        )
    return points


def checked_start(x0: ArrayLike, grid: Grid, name: str = "x0") -> FloatArray:
    """Return one point inside the grid, of shape (d,)."""
    point = checked_points(x0, grid, name)
    if point.size != grid.dim:
        raise ValueError(f"{name} has shape {np.shape(x0)}: use one point of {grid.dim} coordinates.")
    return point.reshape(grid.dim)


def checked_count(count: Any, name: str, least: int) -> int:
    """Return a whole number of at least so much."""
    number = isinstance(count, int | float | np.integer | np.floating) and not isinstance(count, bool)
    if not number or count % 1 != 0 or count < least:
        raise ValueError(f"{name}={count!r} must be a whole number of at least {least}, e.g. {name}={max(least, 32)}.")
    return int(count)


def checked_noise(beta: Any) -> float:
    """Return a positive and finite inverse temperature of paths with noise."""
    if np.ndim(beta) == 0 and beta == np.inf:
        raise ValueError("beta=inf has no noise; use scoped_flow, or a finite beta, e.g. beta=100.0.")
    return checked_positive(beta, "beta", example="2.0")
