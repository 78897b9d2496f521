"""Gradients on minibatches behind an address, so that one training loop serves all networks."""

from typing import Any

from numba.core import types, typing

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._addresses import address_of, call
from pdeopt.kernels._jit import inlined_kernel

numba_types: Any = types
numba_typing: Any = typing


def _array(kind: Any, n_axes: int) -> Any:
    return numba_types.Array(kind, n_axes, "C")


VECTOR, TABLE, INTEGERS = _array(types.float64, 1), _array(types.float64, 2), _array(types.int64, 1)
PLAIN = numba_typing.signature(types.none, VECTOR, INTEGERS, TABLE, TABLE, INTEGERS, VECTOR, VECTOR)
"""Parameters, layout, inputs, targets, rows, work and the gradient, which is written."""
NOISY = numba_typing.signature(types.none, *PLAIN.args[:-1], TABLE, VECTOR, types.int64, types.int64, types.int64)
"""The same with outputs before the gradient, then seed, run and the number of the minibatch."""


def slope_address(gradient: Any, *, noisy: bool) -> tuple[int, bool]:
    """Return what `take_slope` calls a gradient by."""
    return address_of(gradient, NOISY if noisy else PLAIN), noisy


@inlined_kernel
def take_slope(
    slope: tuple[int, bool],
    parameters: FloatArray,
    layout: IntArray,
    data: tuple[FloatArray, FloatArray],
    rows: IntArray,
    work: FloatArray,
    out: FloatArray,
    key: tuple[int, int, int],
) -> None:
    """Call the gradient at an address, one with noise for a key of seed, run and number of the minibatch."""
    address, noisy = slope
    if noisy:
        none = data[1][:0]
        call(address, (parameters, layout, data[0], data[1], rows, work, none, out, key[0], key[1], key[2]))
    else:
        call(address, (parameters, layout, data[0], data[1], rows, work, out))
