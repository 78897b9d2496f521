"""Parts of one array that the compiler takes for separate memory.

Of two places in the same array at a distance that is known only at run time, the compiler has to assume for every pair
of accesses that they may overlap: loops become vector instructions only behind dozens of comparisons, or not at all.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic

WORD = ir.IntType(64)


def _typer(_typing_context: Any, array: Any, start: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        found = context.make_array(signature.args[0])(context, builder, values[0])
        # Through an integer: the pointer no longer says which array it came from.
        address = builder.ptrtoint(builder.gep(found.data, [values[1]]), WORD)
        found.data = builder.inttoptr(address, found.data.type)
        found.meminfo = ir.Constant(found.meminfo.type, None)
        return found._getvalue()

    return array(array, types.intp), generate


part: Callable[..., Any] = intrinsic(_typer)
"""`part(array, start)` returns a flat array from `start` on, uncounted and of no certain length."""
