"""The bits of a double, the fused product and the square root: single instructions that a vectorised loop keeps.

The functions here work inside compiled code only.
"""

from collections.abc import Callable
from typing import Any, cast

from numba import types
from numba.extending import intrinsic


def _generate_bits(typing_context: Any, x: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.int64))

    return types.int64(types.float64), generate


def _generate_float(typing_context: Any, bits: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


def _generate_fused(typing_context: Any, x: Any, y: Any, z: Any) -> Any:  # noqa: ARG001
    def generate(_context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


def _generate_root(typing_context: Any, x: Any) -> Any:  # noqa: ARG001
    def generate(_context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.sqrt", [arguments[0].type]), arguments)

    return types.float64(types.float64), generate


bits_of = cast("Callable[[float], int]", intrinsic(_generate_bits))
float_of = cast("Callable[[int], float]", intrinsic(_generate_float))
fused = cast("Callable[[float, float, float], float]", intrinsic(_generate_fused))
root = cast("Callable[[float], float]", intrinsic(_generate_root))
