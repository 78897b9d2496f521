"""Conditions and functions of the coordinates, as typed on the command line: read, never executed."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.landscapes import Landscape

__all__ = ["Formula", "read_formula"]

LONGEST = 400
TRIED = np.array([0.0, 1.0, 3.0])
"""Where it is seen if an expression is linear."""
EVEN = 1e-12
COMPARISONS: Mapping[type, Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
EDGES: Mapping[type, tuple[type[ast.cmpop], type[ast.cmpop]]] = {
    sign: pair for pair in ((ast.Lt, ast.LtE), (ast.Gt, ast.GtE)) for sign in pair
}
ARITHMETIC: Mapping[type, Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
SIGNS: Mapping[type, Callable[..., Any]] = {ast.USub: np.negative, ast.UAdd: np.positive}
JOINTS: Mapping[type, Callable[..., Any]] = {ast.And: np.logical_and, ast.Or: np.logical_or}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "abs", "sin", "cos", "tan", "tanh")},
    "max": lambda *values: reduce(np.maximum, values),
    "min": lambda *values: reduce(np.minimum, values),
}
CONSTANTS: Mapping[str, float] = {"pi": np.pi, "e": np.e}


@dataclass(frozen=True, eq=False)
class Formula:
    """A condition or a function of the coordinates.

    Parameters
    ----------
    option : str
        Where it was typed, for messages.
    text : str
    tree : ast.expr
    names : tuple of str
        The coordinates, in order.
    """

    option: str
    text: str
    tree: ast.expr
    names: tuple[str, ...]

    def on(self, points: FloatArray) -> Any:
        """Return the value at points of shape (..., d), numbers or truth values."""
        found = self.of(tuple(points[..., axis] for axis in range(len(self.names))))
        return np.broadcast_to(found, points.shape[:-1])

    def of(self, coordinates: Sequence[Any]) -> Any:
        """Return the value for one number, or array of numbers, per coordinate."""
        with np.errstate(all="ignore"):
            return self._value(self.tree, dict(zip(self.names, coordinates, strict=True)))

    def holds(self, points: FloatArray) -> BoolArray:
        """Return where a condition is true."""
        found = np.asarray(self.on(points))
        if found.dtype != bool:
            raise ValueError(f"{self.option} {self.text!r} is no condition; compare with <, <=, > or >=: 'x < 1'.")
        return found

    def with_edges(self, belong: bool) -> "Formula":
        """Return the condition with the points at its limits, or without them."""
        return replace(self, tree=_with_edges(self.tree, belong))

    def function(self) -> Landscape:
        """Return a function of points that knows where it bends or jumps; conditions are 1 where true, else 0."""
        dim, marks = len(self.names), self.limits()
        one = (lambda x: 1.0 * self.of((x,)) + 0.0 * x) if dim == 1 else (lambda x: 1.0 * self.of(x) + 0.0 * sum(x))
        planes = tuple(tuple(marks[name]) for name in self.names)
        return Landscape(one, dim=dim, kinks=planes[0] if dim == 1 else planes, vectorised=True, name=self.text)

    def limits(self) -> dict[str, list[float]]:
        """Return where it bends or jumps across planes of one coordinate, by coordinate."""
        found: dict[str, set[float]] = {name: set() for name in self.names}
        for one, other in self._compared():
            used = (_named(one) | _named(other)) & set(self.names)
            if len(used) == 1:
                name = used.pop()
                found[name] |= self._crossing(one, other, name)
        return {name: sorted(values) for name, values in found.items()}

    def _compared(self) -> Iterator[tuple[ast.expr, ast.expr]]:
        """Yield what is compared with what: by signs, by max and min, and by abs with 0."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Compare(left=left, comparators=rest):
                    yield from pairwise([left, *rest])
                case ast.Call(func=ast.Name(id="max" | "min"), args=parts):
                    yield from combinations(parts, 2)
                case ast.Call(func=ast.Name(id="abs"), args=[part]):
                    yield part, ast.Constant(0.0)

    def _crossing(self, one: ast.expr, other: ast.expr, name: str) -> set[float]:
        """Return where two expressions linear in a coordinate are equal."""
        with np.errstate(all="ignore"):
            ends = [
                np.asarray(self._value(part, {name: TRIED}), dtype=float) * np.ones(TRIED.size) for part in (one, other)
            ]
        for part, values in zip((one, other), ends[::-1], strict=True):
            if isinstance(part, ast.Name) and np.isfinite(values).all() and np.ptp(values) == 0.0:
                return {float(values[0])}
        if not np.isfinite(ends).all():
            return set()
        gap = ends[0] - ends[1]
        slopes = np.diff(gap) / np.diff(TRIED)
        if slopes[0] == 0.0 or np.ptp(slopes) > EVEN * abs(slopes[0]):
            return set()
        return {float(TRIED[0] - gap[0] / slopes[0]) + 0.0}

    def _value(self, node: ast.AST, at: Mapping[str, Any]) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return float(number)
            case ast.Name(id=name) if name in at or name in CONSTANTS:
                return at[name] if name in at else CONSTANTS[name]
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return np.logical_not(self._truth(inner, at))
            case ast.UnaryOp(op=sign, operand=inner) if type(sign) in SIGNS:
                return SIGNS[type(sign)](self._value(inner, at))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in ARITHMETIC:
                return ARITHMETIC[type(sign)](self._value(left, at), self._value(right, at))
            case ast.BoolOp(op=joint, values=parts):
                return reduce(JOINTS[type(joint)], (self._truth(part, at) for part in parts))
            case ast.Compare(left=left, ops=signs, comparators=rest) if {type(s) for s in signs} <= set(COMPARISONS):
                values = [self._value(part, at) for part in (left, *rest)]
                steps = zip(signs, pairwise(values), strict=True)
                return reduce(np.logical_and, (COMPARISONS[type(sign)](*pair) for sign, pair in steps))
            case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in FUNCTIONS:
                return self._called(name, [self._value(part, at) for part in parts])
        raise ValueError(self._complaint(node))

    def _called(self, name: str, values: list[Any]) -> Any:
        if not values or (name not in ("max", "min") and len(values) != 1):
            raise ValueError(f"{self.option} {self.text!r}: {name} takes one number, max and min several.")
        return FUNCTIONS[name](*values)

    def _truth(self, node: ast.AST, at: Mapping[str, Any]) -> Any:
        found = self._value(node, at)
        if np.asarray(found).dtype != bool:
            raise ValueError(f"{self.option} {self.text!r}: {ast.unparse(node)} is no condition; compare it, 'x < 1'.")
        return found

    def _complaint(self, node: ast.AST) -> str:
        words = f"{', '.join(self.names)}, numbers, + - * / ^, < <= > >=, and, or, not, {', '.join(FUNCTIONS)}"
        part = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
        return f"{self.option} {self.text!r}: {part} is not understood; use {words}."


def _with_edges(node: ast.expr, belong: bool) -> ast.expr:
    match node:
        case ast.UnaryOp(op=ast.Not() as sign, operand=inner):
            return ast.UnaryOp(sign, _with_edges(inner, not belong))
        case ast.BoolOp(op=joint, values=parts):
            return ast.BoolOp(joint, [_with_edges(part, belong) for part in parts])
        case ast.Compare(left=left, ops=signs, comparators=rest):
            return ast.Compare(left, [EDGES[type(sign)][belong]() for sign in signs], rest)
    return node


def _named(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def read_formula(text: str, option: str, names: Sequence[str]) -> Formula:
    """Return what was typed, checked.

    Parameters
    ----------
    text : str
        Arithmetic, comparisons, ``and``, ``or``, ``not`` and some functions of the coordinates; ``^`` is a power.
    option : str
        Where it was typed, for messages.
    names : sequence of str
        The coordinates.

    Raises
    ------
    ValueError
        If it is anything else; the message says what is understood.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{option} has {len(text)} characters, above the limit of {LONGEST}; put it in a module.")
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{option} {text!r} cannot be read; write e.g. 'x < 1' or 'x > -1 and y^2 < 2'.") from None
    found = Formula(option, text, tree, tuple(names))
    # Whatever is not understood shows at any point.
    found.on(np.full((1, len(names)), 0.5))
    return found
