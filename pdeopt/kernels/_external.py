"""The filling of noise as an external function: optimised once, and not again inside every loop that calls it.

Numba optimises a callee again within each of its callers. Noise is filled by much code, four steps of 512 paths at a
time: a call through a symbol costs nothing there, and the loops of a new drift compile in less than half the time.
"""

from collections.abc import Callable
from typing import Any, cast

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numba
from numba.core import types, typing

from pdeopt.kernels._specialise import OPTIONS, bound_copy

numba_types: Any = types
numba_typing: Any = typing
carray: Any = numba.carray  # type: ignore[attr-defined]
SIGNATURE = numba_typing.signature(
    types.void,
    *(
        types.int64,
        types.int64,
        types.float64,
        types.int64,
        types.int64,
        numba_types.CPointer(types.float64),
        types.int64,
        types.int64,
    ),
)
"""Seed, substeps and decay (a key), path, index, noise, its size, and whether nothing was drawn before."""

_alive: dict[str, Any] = {}


def draw(_key: Any, _path: int, _index: int, _noise: Any, _fresh: bool) -> None:
    """Stand for the function that fills the noise of `PHASES` steps."""


def fill_noise(
    seed: int, substeps: int, decay: float, path: int, index: int, noise: Any, size: int, fresh: int
) -> None:
    """Fill noise at an address."""
    draw((seed, substeps, decay), path, index, carray(noise, (size,)), fresh != 0)


def external_draw(function: Callable[..., None]) -> Callable[..., None]:
    """Compile `function(key, path, index, noise, fresh)`, and return what `specialised` loops call it by."""
    copy, stable = bound_copy(fill_noise, draw=function)
    name = f"pdeopt.{copy.__qualname__}"
    if name not in _alive:
        _alive[name] = numba.cfunc(SIGNATURE, cache=stable, **OPTIONS)(copy)
        llvm.add_symbol(name, _alive[name].address)
    return cast("Callable[..., None]", types.ExternalFunction(name, SIGNATURE))
