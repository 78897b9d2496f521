"""Vector instructions as wide as the processor has them, in a kernel that asks for them.

On processors with vectors of 512 bits the compiler takes 256, since the first of them slowed down for wider ones. Loops
that do as much arithmetic as they read gain a fifth and more; where there are no such vectors nothing changes.
"""

from typing import Any

from numba.core import types
from numba.extending import intrinsic

numba_types: Any = types
PREFERENCE = '"prefer-vector-width"="512"'


def _typer(_typing_context: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, _values: Any) -> Any:
        # The compiler reads it as text; the set of names that llvmlite knows has no attributes with values.
        set.add(builder.function.attributes, PREFERENCE)
        return context.get_dummy_value()

    return numba_types.void(), generate


wide_vectors: Any = intrinsic(_typer)
"""Called anywhere in a kernel, lets all its loops, and those of what is inlined there, use the widest vectors."""
