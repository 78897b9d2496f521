"""Vector instructions as wide as the processor has them, in a kernel that asks for them.

On processors with vectors of 512 bits the compiler takes 256, since the first of them slowed down for wider ones. Loops
that do as much arithmetic as they read gain a fifth and more; where there are no such vectors nothing changes.
"""

from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.extending import intrinsic, overload

numba_types: Any = types
overload_function: Any = overload
PREFERENCE = '"prefer-vector-width"="512"'


def _typer(_typing_context: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, _values: Any) -> Any:
        # The compiler reads it as text; the set of names that llvmlite knows has no attributes with values.
        set.add(builder.function.attributes, PREFERENCE)
        return context.get_dummy_value()

    return numba_types.void(), generate


_prefer: Any = intrinsic(_typer)


def wide_vectors() -> None:
    """Let all loops of the kernel that calls this, and of what is inlined there, use the widest vectors there are."""


def _compiled_form() -> Callable[[], None]:
    return lambda: _prefer()


# A part of its caller before that is compiled: a function of its own would be the one that is wide.
overload_function(wide_vectors, strict=False, inline="always")(_compiled_form)
