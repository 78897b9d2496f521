"""Damping of functions that alternate between neighbouring nodes, which central differences do not see."""

from collections.abc import Iterable

import numpy as np
from scipy.special import expit

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.stencil import Stencil

__all__ = ["sawtooth_damping"]

POWER = 4
"""Power of the second difference: an error of order 2 * POWER."""

Table = dict[int, FloatArray]


def sawtooth_damping(logarithms: FloatArray, axes: Iterable[int], periodic: tuple[bool, ...], rate: float) -> Stencil:
    """Return minus `rate` times the sum over axes of the fourth power of the second difference over 4.

    Parameters
    ----------
    logarithms : array, shape of the grid
        Logarithms of the weights with which the result is symmetric.
    axes : iterable of int
        Where to damp.
    periodic : tuple of bool
        Axes that wrap.
    rate : float
        At which a function that alternates between neighbours is damped, per unit of time.

    Notes
    -----
    With T u_i = -sum_j c_ij (u_j - u_i) / 4 over the two neighbours, c_ij the harmonic mean of the two weights over
    that of node i, the result is -rate T^4: symmetric, negative semidefinite, rows sum to zero, of eighth order.
    """
    table: dict[tuple[int, ...], FloatArray] = {}
    for axis in axes:
        once = _second_difference(logarithms, axis, periodic[axis])
        power = once
        for _ in range(POWER - 1):
            power = _product(once, power, axis)
        for steps, entries in power.items():
            if steps:
                table[tuple(steps if k == axis else 0 for k in range(logarithms.ndim))] = -rate * entries
    return Stencil(tuple(table), np.stack(list(table.values())), np.zeros(logarithms.shape), periodic)


def _second_difference(logarithms: FloatArray, axis: int, wraps: bool) -> Table:
    logs = np.moveaxis(logarithms, axis, -1)
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
