"""Damping of functions that alternate between neighbouring nodes, which central differences carry backwards."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.cells import distances, on_axis, widths_along
from pdeopt.kolmogorov.parts import sum_of
from pdeopt.kolmogorov.stencil import Offset, Stencil

__all__ = ["POWER", "damping_rates", "sawtooth_damping", "second_difference", "subtracted_power"]

POWER = 4
"""Power of the second difference: an error of order 2 * POWER."""

Table = dict[Offset, FloatArray]


def second_difference(densities: FloatArray, grid: Grid, axis: int) -> Stencil:
    """Return a quarter of the second difference along an axis, symmetric in a weighted product.

    Parameters
    ----------
    densities : array, shape ``grid.shape``
        Logarithms of the weight per volume; zeros for volumes themselves.
    grid : Grid
    axis : int

    Notes
    -----
    Rates are harmonic means of the two densities, over that of the node: minus 1 on functions that alternate where
    densities vary slowly, and bounded where they do not.
    """
    above, below = distances(grid, axis)
    rates = []
    for step, lengths in ((1, above), (-1, below)):
        shares = on_axis(0.5 * lengths / widths_along(grid, axis), axis, grid.dim)
        rate = shares * expit(np.roll(densities, -step, axis=axis) - densities)
        if not grid.periodic[axis]:
            np.moveaxis(rate, axis, 0)[-1 if step > 0 else 0] = 0.0
        rates.append(rate)
    offsets = tuple(tuple(sign if k == axis else 0 for k in range(grid.dim)) for sign in (1, -1))
    return Stencil(offsets, np.stack(rates), np.zeros(grid.shape), grid.periodic)


def subtracted_power(difference: Stencil, rate: float) -> Stencil:
    """Return minus a rate times the fourth power of a second difference: jumps of up to four nodes."""
    once = dict(zip(difference.offsets, difference.rates, strict=True))
    once[(0,) * len(difference.periodic)] = difference.diagonal
    power = once
    for _ in range(POWER - 1):
        power = _product(once, power)
    jumps = {offset: -rate * entries for offset, entries in power.items() if any(offset)}
    return Stencil(tuple(jumps), np.stack(list(jumps.values())), np.zeros(difference.shape), difference.periodic)


def sawtooth_damping(densities: FloatArray, rates: Sequence[float], grid: Grid) -> Stencil | None:
    """Return minus the sum over axes of a rate times the fourth power of `second_difference`.

    Parameters
    ----------
    densities : array, shape ``grid.shape``
        As for `second_difference`.
    rates : sequence of float
        One per axis: at which a function that alternates between neighbours is damped, per unit of time, at least 0.
    grid : Grid

    Returns
    -------
    Stencil or None
        With rates of either sign; None if all are zero.

    Notes
    -----
    Symmetric, negative semidefinite, with row sums zero; of eighth order.
    """
    used = [axis for axis, rate in enumerate(rates) if rate > 0.0]
    parts = [subtracted_power(second_difference(densities, grid, axis), rates[axis]) for axis in used]
    return sum_of(parts) if parts else None


def damping_rates(drift: FloatArray, covariance: FloatArray, grid: Grid) -> tuple[float, ...]:
    """Return a rate for each axis along which nothing diffuses somewhere, pi crossings of the grid; 0 for the others.

    Parameters
    ----------
    drift : array, shape ``(*shape, d)``
    covariance : array, shape ``(*shape, d, d)``
    grid : Grid
    """
    return tuple(
        float(np.pi * np.ptp(drift[..., axis]) / grid.extent[axis]) if covariance[..., axis, axis].min() <= 0.0 else 0.0
        for axis in range(grid.dim)
    )


def _product(first: Table, second: Table) -> Table:
    total: Table = {}
    for step, entries in first.items():
        for further, others in second.items():
            offset = tuple(a + b for a, b in zip(step, further, strict=True))
            part = entries * np.roll(others, [-a for a in step], axis=range(len(step)))
            total[offset] = total[offset] + part if offset in total else part
    return total
