"""Many paths side by side: rows of numbers, one column a path, read and written as points.

The numbers of a state lie `CHUNK` apart, a constant, so that the compiler sees that two paths never share memory and
turns a loop over paths into vector instructions.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic

from pdeopt.kernels.random import CHUNK

tuple_kind: Any = types.BaseTuple

PHASES = 4
"""Steps for which one filling of the noise lasts: the rows of one draw."""

Layout: TypeAlias = "float | tuple[Layout, ...]"
"""Nested tuples of floats, of which only the form matters."""


def n_numbers(layout: Any) -> int:
    """Return how many numbers a nested tuple holds."""
    return sum(n_numbers(part) for part in layout) if isinstance(layout, tuple) else 1


def _first_pointer(context: Any, builder: Any, kind: Any, array: Any, start: Any) -> Any:
    return builder.gep(context.make_array(kind)(context, builder, array).data, [start])


def _row_pointer(builder: Any, first: Any, row: int) -> Any:
    return builder.gep(first, [ir.Constant(ir.IntType(64), row * CHUNK)])


def _loader(memory: Any, layout: Any, stride: int) -> Any:
    def generate(context: Any, builder: Any, _: Any, values: Any) -> Any:
        first = _first_pointer(context, builder, memory, values[0], values[1])
        rows = iter(range(0, 1 << 30, stride))

        def build(kind: Any) -> Any:
            if isinstance(kind, tuple_kind):
                return context.make_tuple(builder, kind, [build(part) for part in kind.types])
            return builder.load(_row_pointer(builder, first, next(rows)))

        return build(layout)

    return layout(memory, types.intp, layout), generate


def _load_typer(_typing_context: Any, memory: Any, start: Any, layout: Any) -> Any:  # noqa: ARG001
    return _loader(memory, layout, 1)


def _load_draws_typer(_typing_context: Any, memory: Any, start: Any, layout: Any) -> Any:  # noqa: ARG001
    return _loader(memory, layout, PHASES)


def _store_typer(_typing_context: Any, memory: Any, start: Any, value: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, _: Any, values: Any) -> Any:
        first = _first_pointer(context, builder, memory, values[0], values[1])
        rows = iter(range(1 << 30))

        def put(kind: Any, item: Any) -> None:
            if isinstance(kind, tuple_kind):
                for k, part in enumerate(kind.types):
                    put(part, builder.extract_value(item, k))
                return
            item = context.cast(builder, item, kind, types.float64)
            builder.store(item, _row_pointer(builder, first, next(rows)))

        put(value, values[2])
        return context.get_dummy_value()

    return types.void(memory, types.intp, value), generate


load: Callable[..., Any] = intrinsic(_load_typer)
"""`load(memory, start, layout)` returns nested tuples of the form of `layout`, read `CHUNK` apart from `start` on."""

load_draws: Callable[..., Any] = intrinsic(_load_draws_typer)
"""The same for noise, whose draws lie `PHASES * CHUNK` apart."""

store: Callable[..., None] = intrinsic(_store_typer)
"""`store(memory, start, value)` writes nested tuples of floats `CHUNK` apart from `start` on."""
