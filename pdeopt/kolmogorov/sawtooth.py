"""Damping of functions that alternate between neighbouring nodes, which central differences carry backwards."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.stencil import Stencil

__all__ = ["damping_rates", "sawtooth_damping"]

POWER = 4
"""Power of the second difference: an error of order 2 * POWER."""

Table = dict[int, FloatArray]


def sawtooth_damping(weights: FloatArray, rates: Sequence[float], periodic: tuple[bool, ...]) -> Stencil | None:
    """Return minus the sum over axes of a rate times the fourth power of the second difference over 4.

    Parameters
    ----------
    weights : array, shape of the grid
        Logarithms of the weights in whose product the result is symmetric: of an invariant law, or of volumes.
    rates : sequence of float
        One per axis: at which a function that alternates between neighbours is damped, per unit of time, at least 0.
    periodic : tuple of bool
        Axes that wrap.

    Returns
    -------
    Stencil or None
        Of jumps up to four nodes, with rates of either sign; None if all rates are zero.

    Notes
    -----
    With T u_i = -sum_j c_ij (u_j - u_i) / 4 over the two neighbours, c_ij the harmonic mean of the two weights over
    that of node i, the result is -rate T^4: symmetric, negative semidefinite, rows sum to zero, of eighth order.
    """
    table: dict[tuple[int, ...], FloatArray] = {}
    for axis, rate in enumerate(rates):
        if rate > 0.0:
            for steps, entries in _power(_second_difference(weights, axis, periodic[axis]), axis).items():
                if steps:
                    table[tuple(steps if k == axis else 0 for k in range(weights.ndim))] = -rate * entries
    none = np.zeros(weights.shape)
    return Stencil(tuple(table), np.stack(list(table.values())), none, periodic) if table else None


def damping_rates(drift: FloatArray, covariance: FloatArray, grid: Grid) -> tuple[float, ...]:
    """Return a rate for each axis along which nothing diffuses somewhere: that of crossing the grid, 0 elsewhere.

    Parameters
    ----------
    drift : array, shape (*shape, d)
    covariance : array, shape (*shape, d, d)
    grid : Grid
    """
    return tuple(
        float(np.pi * np.ptp(drift[..., axis]) / grid.extent[axis]) if covariance[..., axis, axis].min() <= 0.0 else 0.0
        for axis in range(grid.dim)
    )


def _power(once: Table, axis: int) -> Table:
    power = once
    for _ in range(POWER - 1):
        power = _product(once, power, axis)
    return power


def _second_difference(weights: FloatArray, axis: int, wraps: bool) -> Table:
    logs = np.moveaxis(weights, axis, -1)
    # Twice the share of the neighbour: 2 w_j / (w_i + w_j), at most 2 whatever the weights.
    above, below = (0.5 * expit(np.roll(logs, -step, axis=-1) - logs) for step in (1, -1))
    if not wraps:
        above[..., -1], below[..., 0] = 0.0, 0.0
    table = {-1: -below, 0: above + below, 1: -above}
    return {step: np.moveaxis(entries, -1, axis) for step, entries in table.items()}


def _product(first: Table, second: Table, axis: int) -> Table:
    """Return the product of two operators along an axis, as tables of entries by steps."""
    total: Table = {}
    for step, entries in first.items():
        for further, others in second.items():
            part = entries * np.roll(others, -step, axis=axis)
            total[step + further] = total.get(step + further, 0.0) + part
    return total
