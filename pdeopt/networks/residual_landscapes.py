"""The loss of a residual network without noise, as a landscape of its parameters."""

import numba
import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.networks.residual.gradients import mean_score, propagate
from pdeopt.kernels.networks.residual.layout import LOSS, MEAN_NETWORK, N_OUT, work_size

__all__ = ["mean_slope", "mean_value"]


@numba.njit(cache=True)
def mean_value(theta: FloatArray, layout: IntArray, x: FloatArray, y: FloatArray) -> float:
    """Return the mean loss over all rows."""
    rows, work = np.arange(x.shape[0]), np.empty(work_size(layout, x.shape[0]))
    outputs = np.empty((rows.size, layout[N_OUT]))
    propagate(np.ascontiguousarray(theta), layout, x, y, rows, work, outputs, work[:0], 0, 0, MEAN_NETWORK)
    return float(mean_score(layout[LOSS], outputs, y)[0])


@numba.njit(cache=True)
def mean_slope(theta: FloatArray, layout: IntArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return its gradient."""
    out, none = np.empty(theta.size), np.empty((0, layout[N_OUT]))
    rows, work = np.arange(x.shape[0]), np.empty(work_size(layout, x.shape[0]))
    propagate(np.ascontiguousarray(theta), layout, x, y, rows, work, none, out, 0, 0, MEAN_NETWORK)
    return out
