"""Bare memory: what a kernel of many parts passes on to them.

A pointer is one argument and is not counted, where an array is seven: calls are cheap and compile fast. And of two
places in one array the compiler has to assume, for every pair of accesses, that they may overlap: of two pointers made
here it only compares where they begin and end, and turns loops over them into vector instructions.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic

Memory: TypeAlias = Any
"""Numbers in a row, inside compiled code only; the array they are in has to be kept alive."""

WORD = ir.IntType(64)
numba_types: Any = types
pack: Any = cgutils.pack_array


def _memory_typer(_typing_context: Any, array: Any, start: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        first = context.make_array(signature.args[0])(context, builder, values[0]).data
        # Through an integer: the pointer no longer says which array it came from.
        address = builder.ptrtoint(builder.gep(first, [values[1]]), WORD)
        return builder.inttoptr(address, first.type)

    return numba_types.CPointer(array.dtype)(array, types.intp), generate


def _read_typer(_typing_context: Any, memory: Any, index: Any) -> Any:  # noqa: ARG001
    def generate(_context: Any, builder: Any, _: Any, values: Any) -> Any:
        return builder.load(builder.gep(values[0], [values[1]]))

    return memory.dtype(memory, types.intp), generate


def _write_typer(_typing_context: Any, memory: Any, index: Any, value: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, _: Any, values: Any) -> Any:
        builder.store(values[2], builder.gep(values[0], [values[1]]))
        return context.get_dummy_value()

    return types.void(memory, types.intp, memory.dtype), generate


def _behind_typer(_typing_context: Any, memory: Any, index: Any) -> Any:  # noqa: ARG001
    def generate(_context: Any, builder: Any, _: Any, values: Any) -> Any:
        address = builder.ptrtoint(builder.gep(values[0], [values[1]]), WORD)
        return builder.inttoptr(address, values[0].type)

    return memory(memory, types.intp), generate


def _stretch_typer(_typing_context: Any, array: Any, start: Any, n: Any) -> Any:  # noqa: ARG001
    flat = numba_types.Array(numba_types.float64, 1, "C")

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        source, made = context.make_array(signature.args[0]), context.make_array(flat)(context, builder)
        size = ir.Constant(WORD, 8)
        made.data = builder.gep(source(context, builder, values[0]).data, [values[1]])
        made.itemsize, made.nitems = size, values[2]
        made.shape, made.strides = pack(builder, [values[2]]), pack(builder, [size])
        made.meminfo = ir.Constant(made.meminfo.type, None)
        made.parent = ir.Constant(made.parent.type, None)
        return made._getvalue()

    return flat(array, types.intp, types.intp), generate


memory_of: Callable[..., Memory] = intrinsic(_memory_typer)
"""`memory_of(array, start)` returns the numbers of a contiguous array from `start` on."""

read: Callable[..., Any] = intrinsic(_read_typer)
"""`read(memory, index)` returns one number."""

write: Callable[..., None] = intrinsic(_write_typer)
"""`write(memory, index, value)` sets one number."""

behind: Callable[..., Memory] = intrinsic(_behind_typer)
"""`behind(memory, n)` returns the numbers from place n on."""

stretch: Callable[..., Any] = intrinsic(_stretch_typer)
"""`stretch(array, start, n)` returns n doubles of a contiguous array of any shape as an array, unchecked, uncounted."""
