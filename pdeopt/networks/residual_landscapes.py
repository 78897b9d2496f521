"""The loss of a residual network without noise, as a landscape of its parameters."""

import numba
import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.networks.residual.gradients import evaluate, gradient
from pdeopt.kernels.networks.residual.layout import MEAN_NETWORK, work_size

__all__ = ["mean_slope", "mean_value"]


@numba.njit(cache=True)
def mean_value(theta: FloatArray, layout: IntArray, x: FloatArray, y: FloatArray) -> float:
    """Return the mean loss over all rows."""
    work = np.empty(work_size(layout, x.shape[0]))
    return evaluate(np.ascontiguousarray(theta), layout, x, y, work, 0, 0, MEAN_NETWORK)[0]


@numba.njit(cache=True)
def mean_slope(theta: FloatArray, layout: IntArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return its gradient."""
    out = np.empty(theta.size)
    rows, work = np.arange(x.shape[0]), np.empty(work_size(layout, x.shape[0]))
    gradient(np.ascontiguousarray(theta), layout, x, y, rows, work, out, 0, 0, MEAN_NETWORK)
    return out
