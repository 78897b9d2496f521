"""Walls that turn a momentum round: there p and -p are one state."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.stencil import Matrix

__all__ = ["folded", "mean_over_reflections", "odd_decay"]


def mean_over_reflections(shape: tuple[int, ...], axes: Sequence[int]) -> Matrix:
    """Return the projection on functions that are even in the momentum across a wall, on that wall.

    Parameters
    ----------
    shape : tuple of int
        Of a grid of positions, then momenta.
    axes : sequence of int
        Positions whose walls reflect.
    """
    return reduce(lambda done, axis: sparse.csr_array(done @ _mean_over_flip(shape, axis)), axes, _identity(shape))


def folded(matrix: Matrix, mean: Matrix) -> Matrix:
    """Return a matrix from and to even functions; what symmetry it has in a weight that is even, it keeps."""
    return sparse.csr_array(mean @ matrix @ mean)


def odd_decay(rates: FloatArray, mean: Matrix) -> Matrix:
    """Return the decay of what is odd on walls, which no process has, at rates given on the grid.

    It is a jump from p to -p, and cancels the negative rates there that `folded` leaves if rates are those at which
    nodes are left.
    """
    d = rates.ndim // 2
    even = 0.5 * (rates + np.flip(rates, axis=tuple(range(d, 2 * d))))
    rest = sparse.csr_array(_identity(rates.shape) - mean)
    # On both sides, so that it is symmetric where several walls meet.
    return sparse.csr_array(-(rest @ sparse.diags_array(even.ravel()) @ rest))


def _identity(shape: tuple[int, ...]) -> Matrix:
    return sparse.csr_array(sparse.eye_array(int(np.prod(shape)), format="csr"))


def _mean_over_flip(shape: tuple[int, ...], axis: int) -> Matrix:
    """Return the matrix of the mean over p and -p on both walls of a position, the identity elsewhere."""
    nodes = np.arange(int(np.prod(shape))).reshape(shape)
    partner = nodes.copy()
    ends: tuple[Any, ...] = tuple([0, -1] if k == axis else slice(None) for k in range(len(shape)))
    partner[ends] = np.flip(nodes, axis=len(shape) // 2 + axis)[ends]
    half = np.full(nodes.size, 0.5)
    rows = np.arange(nodes.size)
    entries = (np.concatenate([half, half]), (np.concatenate([rows, rows]), np.concatenate([rows, partner.ravel()])))
    return sparse.csr_array(sparse.coo_array(entries, shape=(nodes.size, nodes.size)))
