"""The loss of a network as a landscape of its parameters."""

from functools import cache
from typing import Any, TypeAlias

import numba
import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple

from pdeopt._types import FloatArray, IntArray, ScalarFunction
from pdeopt.kernels.networks.evaluation import evaluate
from pdeopt.kernels.networks.gradients import gradient
from pdeopt.kernels.networks.layout import work_size
from pdeopt.landscapes import Landscape

__all__ = ["loss_landscape"]

Functions: TypeAlias = tuple[ScalarFunction, ScalarFunction]

MOST_NUMBERS = 8
"""Dimensions up to which callbacks see tuples."""


def loss_landscape(
    layout: IntArray, n_parameters: int, x: FloatArray, y: FloatArray, functions: Functions | None = None
) -> Landscape:
    """Return the mean loss over the rows of `x`, `y` as a landscape.

    Parameters
    ----------
    layout : int array
        The network, as `functions` take it.
    n_parameters : int
    x : array, shape (n, n_in)
    y : array, shape (n, n_out), or (n, 1) for softmax
        All contiguous.
    functions : pair of compiled functions, optional
        Of parameters, layout, inputs and targets: the loss and its gradient. By default those of perceptrons.
    """
    on_arrays = functions or (_value, _slope)
    value, slope = on_arrays if n_parameters > MOST_NUMBERS else _on_tuples(n_parameters, on_arrays)
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
def _on_tuples(dim: int, on_arrays: Functions) -> Functions:
    value_of, slope_of = on_arrays

    @numba.njit
    def value(theta: Any, layout: IntArray, x: FloatArray, y: FloatArray) -> float:
        return float(value_of(np.array(theta), layout, x, y))

    @numba.njit
    def slope(theta: Any, layout: IntArray, x: FloatArray, y: FloatArray) -> Any:
        return to_fixed_tuple(slope_of(np.array(theta), layout, x, y), dim)  # type: ignore[call-arg]

    return value, slope
