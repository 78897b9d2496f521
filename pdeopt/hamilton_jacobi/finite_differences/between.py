"""Between the nodes of a grid: values at points, gradients, and fields known on every second node."""

from typing import Any

import numpy as np
from scipy.interpolate import NdBSpline, make_interp_spline

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid

__all__ = ["between", "central_gradient", "spread_out"]

WRAPPED = 12
"""Nodes repeated on both sides of a period, so that splines do not see its ends."""


def between(values: FloatArray, grid: Grid, points: ArrayLike, degree: int) -> FloatArray:
    """Return values at points of the box, of the spline through the nodes.

    Parameters
    ----------
    values : array, shape ``(..., *grid.shape)``
    grid : Grid
    points : array_like, shape (..., d)
        In one dimension also numbers and arrays of numbers.
    degree : int
        Odd; 1 on axes of few nodes.
    """
    places = _inside(_places(points, grid), grid)
    nodes, around = _wrapped(values, grid)
    # SciPy wants the axes of the grid first.
    lead, d = values.ndim - grid.dim, grid.dim
    coefficients = np.moveaxis(around, range(lead), range(d, values.ndim))
    degrees = [degree if own.size > degree else 1 for own in nodes]
    knots = []
    for axis, own in enumerate(nodes):
        spline = make_interp_spline(own, np.moveaxis(coefficients, axis, 0), k=degrees[axis])
        coefficients = np.moveaxis(np.asarray(spline.c), 0, axis)
        knots.append(spline.t)
    found = np.asarray(NdBSpline(tuple(knots), np.ascontiguousarray(coefficients), tuple(degrees))(places))
    ends: FloatArray = np.moveaxis(found, range(found.ndim - lead, found.ndim), range(lead))
    return ends[()]


def _places(points: ArrayLike, grid: Grid) -> FloatArray:
    try:
        places = np.asarray(points, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"points={points!r} is no array of numbers; use shape (..., {grid.dim}).") from None
    # In one dimension a plain array of numbers is many points, unless its last axis says otherwise.
    if grid.dim == 1 and (places.ndim == 0 or places.shape[-1] != 1):
        places = places[..., None]
    if places.shape[-1:] != (grid.dim,):
        raise ValueError(f"points has shape {places.shape}, the grid {grid.dim} axes; use shape (..., {grid.dim}).")
    return places


def _inside(places: FloatArray, grid: Grid) -> FloatArray:
    low, period = np.asarray(grid.lower), np.asarray(grid.extent)
    places = np.where(grid.periodic, low + np.mod(places - low, period), places)
    outside = ~((places >= low) & (places <= grid.upper)).all(axis=-1)
    if outside.any():
        raise ValueError(
            f"points has {places[outside][0].tolist()} outside the grid from {grid.lower} to {grid.upper}. Use points "
            f"inside, such as {(low + 0.5 * period).tolist()}, or a larger grid."
        )
    return places


def _wrapped(values: FloatArray, grid: Grid) -> tuple[list[FloatArray], FloatArray]:
    nodes, lead = [], values.ndim - grid.dim
    for axis, (own, wraps) in enumerate(zip(grid.axes, grid.periodic, strict=True)):
        if wraps:
            index = np.arange(-WRAPPED, own.size + WRAPPED + 1)
            own = own[index % own.size] + grid.extent[axis] * (index // own.size)
            values = values.take(index % grid.shape[axis], axis=lead + axis)
        nodes.append(own)
    return nodes, values


def central_gradient(values: FloatArray, grid: Grid) -> FloatArray:
    """Return the gradient of ``(..., *grid.shape)`` by central differences, one-sided at walls, with a last axis d."""
    out, lead = np.empty((*values.shape, grid.dim)), values.ndim - grid.dim
    for axis, (nodes, wraps) in enumerate(zip(grid.axes, grid.periodic, strict=True)):
        place = lead + axis
        if wraps:
            difference = np.roll(values, -1, axis=place) - np.roll(values, 1, axis=place)
            out[..., axis] = difference / (2.0 * grid.spacing[axis])
        else:
            edge: Any = min(2, nodes.size - 1)
            out[..., axis] = np.gradient(values, nodes, axis=place, edge_order=edge)
    return out


def spread_out(coarse: FloatArray, grid: Grid) -> FloatArray:
    """Return a field known on every second node, with the larger neighbour at the nodes between."""
    found, lead = coarse, coarse.ndim - grid.dim
    for axis, n in enumerate(grid.shape):
        found = found.repeat(2, axis=lead + axis)
        following = np.roll(found, -1, axis=lead + axis)
        # Copies stand at 2 k and 2 k + 1; the node 2 k + 1 has k and k + 1 for neighbours.
        found = np.maximum(found, following).take(range(n), axis=lead + axis)
    return found
