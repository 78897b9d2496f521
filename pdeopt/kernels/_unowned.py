"""Arrays that are not counted: a call that takes one costs no atomic instructions.

Numba counts the references to an array at many of the calls that it is passed through, two locked instructions of some
twenty cycles each: more than a cheap drift. The loops of an ensemble hold their arrays from outside for as long as they
run, so that within them no count is needed.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic

array_kind: Any = types.Array
tuple_kind: Any = types.BaseTuple


def _without_owner(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    if isinstance(kind, tuple_kind):
        parts = [
            _without_owner(context, builder, part, builder.extract_value(value, k)) for k, part in enumerate(kind.types)
        ]
        return context.make_tuple(builder, kind, parts)
    if not isinstance(kind, array_kind):
        context.nrt.incref(builder, kind, value)
        return value
    array = context.make_array(kind)(context, builder, value)
    array.meminfo = ir.Constant(array.meminfo.type, None)
    return array._getvalue()


def _typer(_typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _without_owner(context, builder, signature.args[0], values[0])

    return value(value), generate


unowned: Callable[..., Any] = intrinsic(_typer)
"""`unowned(value)` returns an array, or the arrays in nested tuples, uncounted; others have to keep them alive."""
