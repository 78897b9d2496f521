"""Arithmetic on points of small dimension: floats in one dimension, tuples of floats in two to eight.

One scheme, written with these functions, serves every dimension up to eight and compiles to straight code without
loops or allocation. Where one argument is a tuple the others may be floats: they count for every component.
"""

from collections.abc import Callable
from typing import Any, cast

from numba.core import types
from numba.extending import intrinsic, overload

from pdeopt.kernels._jit import exact_kernel

Vector = Any
tuple_kind: Any = types.UniTuple


def _is_tuple(kind: Any) -> bool:
    return isinstance(kind, types.BaseTuple)


def _elementwise(scalar: Callable[..., float]) -> Any:
    """Return the intrinsic that applies a function of two or three floats to components."""
    body = getattr(scalar, "py_func", scalar)

    def typer(_context: Any, *kinds: Any) -> Any:
        counts = {kind.count for kind in kinds if _is_tuple(kind)}
        if len(counts) > 1:
            return None
        count = counts.pop() if counts else 0
        inner = types.float64(*[types.float64] * len(kinds))

        def item(context: Any, builder: Any, kind: Any, value: Any, k: int) -> Any:
            if _is_tuple(kind):
                kind, value = kind.types[k], builder.extract_value(value, k)
            return context.cast(builder, value, kind, types.float64)

        def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            pairs = list(zip(signature.args, values, strict=True))
            items = [
                context.compile_internal(builder, body, inner, [item(context, builder, *pair, k) for pair in pairs])
                for k in range(max(count, 1))
            ]
            return context.make_tuple(builder, signature.return_type, items) if count else items[0]

        result = tuple_kind(types.float64, count) if count else types.float64
        return result(*kinds), build

    def two(typing_context: Any, a: Any, b: Any) -> Any:
        return typer(typing_context, a, b)

    def three(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
        return typer(typing_context, a, b, c)

    return intrinsic(two if body.__code__.co_argcount == 2 else three)


def _components(*values: Vector) -> list[tuple[float, ...]]:
    count = max((len(value) for value in values if isinstance(value, tuple)), default=1)
    return list(zip(*[value if isinstance(value, tuple) else (value,) * count for value in values], strict=True))


def _in_python(scalar: Callable[..., float], *values: Vector) -> Vector:
    items = tuple(scalar(*parts) for parts in _components(*values))
    return items if any(isinstance(value, tuple) for value in values) else items[0]


def _register(function: Callable[..., Any]) -> Callable[[Any], Any]:
    return cast("Callable[[Any], Any]", overload(function, strict=False))


@exact_kernel
def _sum(a: float, b: float) -> float:
    return a + b


@exact_kernel
def _difference(a: float, b: float) -> float:
    return a - b


@exact_kernel
def _product(a: float, b: float) -> float:
    return a * b


@exact_kernel
def _quotient(a: float, b: float) -> float:
    return a / b


@exact_kernel
def _sum_of_product(a: float, b: float, c: float) -> float:
    return a + b * c


_plus, _minus, _times = _elementwise(_sum), _elementwise(_difference), _elementwise(_product)
_over, _plus_times = _elementwise(_quotient), _elementwise(_sum_of_product)


def plus(x: Vector, y: Vector) -> Vector:
    """Return `x + y`."""
    return _in_python(_sum, x, y)


def minus(x: Vector, y: Vector) -> Vector:
    """Return `x - y`."""
    return _in_python(_difference, x, y)


def times(x: Vector, y: Vector) -> Vector:
    """Return the product by components."""
    return _in_python(_product, x, y)


def over(x: Vector, y: Vector) -> Vector:
    """Return the quotient by components."""
    return _in_python(_quotient, x, y)


def plus_times(x: Vector, a: Vector, y: Vector) -> Vector:
    """Return `x + a y`, the products by components."""
    return _in_python(_sum_of_product, x, a, y)


@_register(plus)
def _typed_plus(x: Any, y: Any) -> Any:  # noqa: ARG001
    return lambda x, y: _plus(x, y)


@_register(minus)
def _typed_minus(x: Any, y: Any) -> Any:  # noqa: ARG001
    return lambda x, y: _minus(x, y)


@_register(times)
def _typed_times(x: Any, y: Any) -> Any:  # noqa: ARG001
    return lambda x, y: _times(x, y)


@_register(over)
def _typed_over(x: Any, y: Any) -> Any:  # noqa: ARG001
    return lambda x, y: _over(x, y)


@_register(plus_times)
def _typed_plus_times(x: Any, a: Any, y: Any) -> Any:  # noqa: ARG001
    return lambda x, a, y: _plus_times(x, a, y)


def dot(x: Vector, y: Vector) -> float:
    """Return the inner product."""
    return sum((a * b for a, b in _components(x, y)), 0.0)


@_register(dot)
def _typed_dot(x: Any, y: Any) -> Any:  # noqa: ARG001
    if _is_tuple(x):
        return _dot_tuples if len(x) > 1 else lambda x, y: x[0] * y[0]
    return lambda x, y: x * y


def _dot_tuples(x: Any, y: Any) -> Any:
    return x[0] * y[0] + dot(x[1:], y[1:])


def apply(matrix: Any, y: Vector) -> Vector:
    """Return the product of a matrix, a tuple of rows, and a vector.

    In one dimension the matrix is its only row: a float for one noise, a tuple for several.
    """
    if not isinstance(matrix, tuple):
        return matrix * y
    if not isinstance(matrix[0], tuple):
        return dot(matrix, y)
    return tuple(dot(row, y) for row in matrix)


@_register(apply)
def _typed_apply(matrix: Any, y: Any) -> Any:  # noqa: ARG001
    if not _is_tuple(matrix) or not _is_tuple(matrix[0]):
        return lambda matrix, y: dot(matrix, y)
    return _apply_rows if len(matrix) > 1 else lambda matrix, y: (dot(matrix[0], y),)


def _apply_rows(matrix: Any, y: Any) -> Any:
    return (dot(matrix[0], y), *apply(matrix[1:], y))


def flat(x: Vector) -> Any:
    """Return a tuple: of the one float, or the tuple itself."""
    return x if isinstance(x, tuple) else (x,)


@_register(flat)
def _typed_flat(x: Any) -> Any:
    return (lambda x: x) if _is_tuple(x) else (lambda x: (x,))
