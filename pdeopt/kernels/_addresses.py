"""Calls of kernels by their address: a loop around such a call is compiled once for all of them.

Numba optimises what a kernel calls again within it. Behind an address it is optimised once.
"""

from collections.abc import Callable
from typing import Any, cast

from numba.core import cgutils, types
from numba.extending import intrinsic

numba_types: Any = types
unpack: Any = cgutils.unpack_tuple


def _call_typer(_typing_context: Any, address: Any, arguments: Any) -> Any:  # noqa: ARG001
    kinds = tuple(numba_types.unliteral(kind) for kind in arguments)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        convention, given = context.call_conv, unpack(builder, values[1])
        there = convention.get_function_type(numba_types.none, kinds).as_pointer()
        pairs = zip(given, signature.args[1], kinds, strict=True)
        cast_ones = [context.cast(builder, value, kind, to) for value, kind, to in pairs]
        convention.call_function(builder, builder.inttoptr(values[0], there), numba_types.none, kinds, cast_ones)
        return context.get_dummy_value()

    return types.void(types.intp, arguments), generate


call = cast("Callable[[int, Any], None]", intrinsic(_call_typer))
"""`call(address, (argument, ...))` calls the kernel behind an address, which takes these and returns nothing."""


def address_of(function: Any, signature: Any) -> int:
    """Return where a kernel for arguments of a signature lies, compiled or loaded first; it stays there."""
    function.compile(signature)
    found = function.get_compile_result(signature)
    return int(found.library.get_pointer_to_function(found.fndesc.llvm_func_name))
