"""Numbers and nested tuples of numbers, of any type, as floats."""

from typing import Any

from numba.core import types
from numba.extending import intrinsic, overload

__all__ = ["as_floats"]

# Numba leaves these without types.
intrinsic_function: Any = intrinsic
overload_function: Any = overload
tuple_types: Any = types.BaseTuple
tuple_of: Any = types.Tuple


def _float_type(item: Any) -> Any:
    if isinstance(item, tuple_types):
        return tuple_of([_float_type(entry) for entry in item.types])
    return types.float64


def _is_number(item: Any) -> bool:
    if isinstance(item, tuple_types):
        return all(_is_number(entry) for entry in item.types)
    return isinstance(item, types.Float | types.Integer | types.Boolean)


def _cast_typer(typing_context: Any, value: Any) -> Any:
    target = _float_type(value)

    def build(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return context.cast(builder, arguments[0], value, target)

    return target(value), build


_cast: Any = intrinsic_function(_cast_typer)


def as_floats(value: Any) -> Any:
    """Return a number or a nested tuple with every integer turned into a float; else the value as it is.

    Compiled code indexes a tuple of floats by a running index, but not one of floats and integers.
    """
    if isinstance(value, tuple):
        return tuple(as_floats(item) for item in value)
    return float(value) if isinstance(value, bool | int | float) else value


def _compiled_form(value: Any) -> Any:
    return (lambda value: _cast(value)) if _is_number(value) else (lambda value: value)


# Annotations may differ between the typer and the body it returns.
overload_function(as_floats, strict=False)(_compiled_form)
