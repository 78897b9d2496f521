"""The ways a kernel is compiled, in one place."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

FUSED = {"contract"}
FAST_MATH = {"contract", "reassoc", "arcp", "nsz"}
"""The relaxations that keep NaN and infinity meaningful; full fast math is never used."""

# All state their flags: a callee that states none inherits those of the first caller that compiles it.


def kernel(function: Function) -> Function:
    """Compile a pure kernel: cached on disk, without the GIL, no freedom but fused multiply-add."""
    # Division as in NumPy: Python's check for zero keeps loops from becoming vector instructions.
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": FUSED}
    return cast("Function", numba.njit(**options)(function))


STRICT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": False}


def strict_kernel(function: Function) -> Function:
    """Compile a pure kernel whose arithmetic is taken as written: the same bits in any loop and on any processor."""
    return cast("Function", numba.njit(**STRICT)(function))


def exact_kernel(function: Function) -> Function:
    """Compile a strict kernel that is inlined by force: left as a call it would keep a loop from being vectorised."""
    return cast("Function", numba.njit(**STRICT, forceinline=True)(function))


def fast_kernel(function: Function) -> Function:
    """Compile a pure kernel whose sums may be reordered and contracted, the same way in every run."""
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": FAST_MATH}
    return cast("Function", numba.njit(**options)(function))


def inlined_kernel(function: Function) -> Function:
    """Compile a fast kernel that is inlined by force: a part of one larger kernel, too short for a call."""
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": FAST_MATH}
    return cast("Function", numba.njit(**options, forceinline=True)(function))


def short_kernel(function: Function) -> Function:
    """Compile a pure kernel that is inlined by force, as a call would cost more; no freedom but fused multiply-add."""
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": FUSED}
    return cast("Function", numba.njit(**options, forceinline=True)(function))


def merged_kernel(function: Function) -> Function:
    """Compile a fast kernel as a part of its callers only: their source is one before it is compiled, once."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": FAST_MATH, "inline": "always"}
    return cast("Function", numba.njit(**options)(function))
