"""The loss of a network as a landscape of its parameters."""

from functools import cache
from typing import Any

import numba
import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple

from pdeopt._types import FloatArray, IntArray, ScalarFunction
from pdeopt.kernels.networks.evaluation import evaluate
from pdeopt.kernels.networks.gradients import gradient
from pdeopt.kernels.networks.layout import work_size
from pdeopt.landscapes import Landscape

__all__ = ["loss_landscape"]

MOST_NUMBERS = 8
"""Dimensions up to which callbacks see tuples."""


def loss_landscape(layout: IntArray, n_parameters: int, x: FloatArray, y: FloatArray) -> Landscape:
    """Return the mean loss over the rows of `x`, `y` as a landscape.

    Parameters
    ----------
    layout : int array
        The network, see `pdeopt.kernels.networks.layout`.
    n_parameters : int
    x : array, shape (n, n_in)
    y : array, shape (n, n_out), or (n, 1) for softmax
        All contiguous.
    """
    value, slope = (_value, _slope) if n_parameters > MOST_NUMBERS else _on_tuples(n_parameters)
    return Landscape(value, slope, dim=n_parameters, args=(layout, x, y), name="loss of a network")


@numba.njit(cache=True)
def _value(theta: FloatArray, layout: IntArray, x: FloatArray, y: FloatArray) -> float:
    return evaluate(np.ascontiguousarray(theta), layout, x, y, np.empty(work_size(layout, 1)))[0]


@numba.njit(cache=True)
def _slope(theta: FloatArray, layout: IntArray, x: FloatArray, y: FloatArray) -> FloatArray:
    out = np.empty(theta.size)
    rows, work = np.arange(x.shape[0]), np.empty(work_size(layout, x.shape[0]))
    gradient(np.ascontiguousarray(theta), layout, x, y, rows, work, out)
    return out


@cache
def _on_tuples(dim: int) -> tuple[ScalarFunction, ScalarFunction]:
    @numba.njit
    def value(theta: Any, layout: IntArray, x: FloatArray, y: FloatArray) -> float:
        return _value(np.array(theta), layout, x, y)

    @numba.njit
    def slope(theta: Any, layout: IntArray, x: FloatArray, y: FloatArray) -> Any:
        return to_fixed_tuple(_slope(np.array(theta), layout, x, y), dim)  # type: ignore[call-arg]

    return value, slope
