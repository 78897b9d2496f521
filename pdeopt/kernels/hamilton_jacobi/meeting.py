"""A place where threads that run a kernel wait for each other, without the interpreter.

Numba has no barrier for kernels that run in threads of one's own. Here each thread counts its arrivals in a cell of its
own, which the others read: stores release what was written before, loads acquire it.
"""

import sys
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from pdeopt._types import IntArray
from pdeopt.kernels._jit import kernel

numba_types: Any = types

APART = 8
"""Cells of threads lie in cache lines of their own."""
OPEN = 1 << 60
"""Arrivals in all cells with which nobody waits any longer."""
PATIENCE = 2000
"""Looks at a cell before the processor is offered to others."""

# What a thread does that waits for one which has no processor.
offer: Any = numba_types.ExternalFunction("SwitchToThread" if sys.platform == "win32" else "sched_yield", types.int32())


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    return builder.gep(context.make_array(kind)(context, builder, array).data, [index])


def _load_typer(_typing_context: Any, cells: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load_atomic(_pointer(context, builder, signature.args[0], *values), "acquire", 8)

    return types.int64(cells, types.intp), generate


def _store_typer(_typing_context: Any, cells: Any, index: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        place = _pointer(context, builder, signature.args[0], *values[:2])
        builder.store_atomic(values[2], place, "release", 8)
        return context.get_dummy_value()

    return types.void(cells, types.intp, types.int64), generate


load: Any = intrinsic(_load_typer)
store: Any = intrinsic(_store_typer)


@kernel
def meet(cells: IntArray, me: int, count: int) -> None:
    """Wait until `count` threads, this one the number `me` of them, have come as often.

    Parameters
    ----------
    cells : array of int, from `new_cells`
    me : int
        From 0 on.
    count : int
        Threads that are running: a barrier of fewer never opens.
    """
    if count == 1:
        return
    arrivals = load(cells, me * APART) + 1
    if arrivals > OPEN:
        return
    store(cells, me * APART, arrivals)
    for other in range(count):
        looks = 0
        while load(cells, other * APART) < arrivals:
            looks += 1
            if looks > PATIENCE:
                offer()
                looks = 0


def new_cells(count: int) -> IntArray:
    """Return cells for so many threads that have never met."""
    return np.zeros(count * APART, dtype=np.int64)
