"""Flows of probability between nodes, and the vector fields that they make."""

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.stencil import Matrix

__all__ = ["current_field", "flows", "net_flows", "positive"]


def flows(problem: Problem, before: FloatArray, after: FloatArray) -> Matrix:
    """Return before_i L_ij after_j for i != j, shape (N, N): jumps per unit of time, weighted at both ends."""
    rates = problem.operator.matrix.tocoo()
    apart = rates.row != rates.col
    rows, columns = rates.row[apart], rates.col[apart]
    data = before.ravel()[rows] * rates.data[apart] * after.ravel()[columns]
    return sparse.csr_array((data, (rows, columns)), shape=rates.shape)


def net_flows(given: Matrix) -> Matrix:
    """Return the differences of the flows there and back, antisymmetric."""
    return sparse.csr_array(given - given.T)


def positive(net: Matrix) -> Matrix:
    """Return the net flows that are above 0, each edge once."""
    found = sparse.csr_array(net.maximum(0.0))
    found.eliminate_zeros()
    return found


def current_field(problem: Problem, net: Matrix) -> FloatArray:
    """Return the current density at the nodes, shape ``(d, *shape)``.

    Notes
    -----
    At a node of volume V the sum over its edges of flow times displacement, over 2 V: on even axes the mean of the
    flows through opposite faces over their area, of second order in the spacing.
    """
    grid, listed = problem.grid, net.tocoo()
    places = problem.points.reshape(-1, grid.dim)
    steps = places[listed.col] - places[listed.row]
    for axis in np.flatnonzero(grid.periodic):
        period = grid.extent[axis]
        steps[:, axis] -= period * np.round(steps[:, axis] / period)
    sums = [np.bincount(listed.row, listed.data * step, minlength=grid.size) for step in steps.T]
    return np.array(sums).reshape(grid.dim, *grid.shape) / (2.0 * problem.volumes)
